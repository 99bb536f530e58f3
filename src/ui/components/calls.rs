//! What the clients asked, what they were told, and whether that can be explained.

use yew::prelude::*;

use super::history::{Part, answer, chart, end, line, parts};
use crate::check::Verdict;
use crate::sim::session::Call;
use crate::ui::state::shell::{Dialog, Shell};
use crate::ui::state::store::{Command, Store, View};
use crate::ui::state::study::{Known, Wish};
use crate::ui::state::tell;

/// More calls than this are not shown: the last ones are.
const SHOWN: usize = 120;
/// More lines of a reason than this are folded.
const REASONS: usize = 8;

/// The history: the verdict, the intervals, and the same as a table, the latest call first.
pub fn calls(store: &Store, view: &View, shell: &Shell) -> Html {
    if view.names.clients == 0 {
        return html! { <p class="empty">{ "This cluster has no clients." }</p> };
    }
    let ask = html! {
        <p class="row"><button type="button" class="small"
            onclick={store.on(Command::Dialog(Some(Dialog::Act)))}>
            { "Let a client ask…" }</button></p>
    };
    let known = store.desk(|desk, player| desk.known(player, &shell.study));
    if known.calls.is_empty() {
        return html! {
            <>
                <p class="empty">{ "No client has asked for anything yet. Its calls and the \
                    answers will stand here." }</p>
                { ask }
            </>
        };
    }
    let first = known.calls.len().saturating_sub(SHOWN);
    let parts = parts(&known);
    let rows = known.calls.iter().enumerate().skip(first).rev();
    html! {
        <>
            { verdict(store, &known) }
            { picked(store, view, &known, &parts, shell.study.call) }
            { chart(store, view, &shell.study, &known, first) }
            if first > 0 {
                <p class="empty">{ format!("{first} earlier calls are not shown.") }</p>
            }
            { ask }
            <details class="twin" open=true>
                <summary>{ "As a table" }</summary>
                <table class="calls">
                    <caption class="sr">{ "Calls of the clients, the latest first" }</caption>
                    <thead><tr>
                        <th scope="col">{ "who" }</th><th scope="col">{ "asked" }</th>
                        <th scope="col">{ "answer" }</th><th scope="col" class="num">{ "at" }</th>
                    </tr></thead>
                    <tbody>
                        { for rows.map(|(place, call)| row(store, view, call, parts[place])) }
                    </tbody>
                </table>
            </details>
        </>
    }
}

/// Whether an order explains the answers, and why not.
fn verdict(store: &Store, known: &Known) -> Html {
    let Some((verdict, reasons)) = &known.verdict else {
        return html! {
            <p class="verdict open">
                { "Whether these answers can be explained is judged while the run stands still." }
            </p>
        };
    };
    let (class, word) = match verdict {
        Verdict::Linearizable(_) => ("holds", "linearizable"),
        Verdict::NotLinearizable(_) => ("broken", "not linearizable"),
        Verdict::Undecided(_) => ("open", "undecided"),
    };
    let wrong = class == "broken";
    let hint = match verdict {
        Verdict::Linearizable(order) if order.len() > 1 => {
            "The numbers in the bars are such an order."
        }
        Verdict::NotLinearizable(_) => "The answers with a flag contradict each other.",
        _ => "",
    };
    let (headline, rest) = reasons.split_first().map_or(("", &[][..]), |(a, b)| (&**a, b));
    let lines = rest.iter().map(|line| html! { <li>{ line.trim_start() }</li> });
    html! {
        <section class={classes!("verdict", class)} data-verdict={word}>
            <p><i class="dot" aria-hidden="true"></i>{ headline }{ " " }{ hint }</p>
            if !rest.is_empty() {
                <details open={wrong && rest.len() <= REASONS}>
                    <summary>{ if wrong { "Why not?" } else { "In words" } }</summary>
                    <ol class="plain">{ for lines }</ol>
                </details>
            }
            if class == "open" {
                <button type="button" class="small" onclick={store.on(Command::Study(Wish::Judge))}>
                    { "Think longer" }</button>
            }
        </section>
    }
}

/// The call that one looks at, in full.
fn picked(store: &Store, view: &View, known: &Known, parts: &[Part], call: Option<usize>) -> Html {
    let Some((place, call)) = call.and_then(|at| Some((at, known.calls.get(at)?))) else {
        return Html::default();
    };
    let button = |label: &'static str, command: Command| {
        html! {
            <button type="button" class="small" onclick={store.on(command)}>{ label }</button>
        }
    };
    html! {
        <section class="picked" aria-label="The call">
            <p><b>{ view.name(call.client) }</b>{ " " }{ line(view, call, parts[place]) }</p>
            <div class="actions">
                { button("Go to the call", Command::Seek(call.called_step)) }
                if let Some((_, Some(step))) = end(call) {
                    { button("Go to the answer", Command::Seek(step)) }
                    { button("Why this answer?", Command::Study(Wish::Why(Some(step)))) }
                }
            </div>
        </section>
    }
}

fn row(store: &Store, view: &View, call: &Call, part: Part) -> Html {
    let (class, answer) = answer(call);
    let again = match call.attempts {
        0 | 1 => String::new(),
        attempts => format!(" ({attempts} tries)"),
    };
    let note = match part {
        Part::None => String::new(),
        Part::Effect(number, _) => format!(" (number {number})"),
        Part::Conflict => " (contradicts)".to_string(),
    };
    let seek = end(call).and_then(|(_, step)| step).unwrap_or(call.called_step);
    html! {
        <tr class={class}>
            <td>{ view.name(call.client) }</td>
            <td><code>{ &call.op }</code>{ again }</td>
            <td>{ answer }{ note }</td>
            <td class="num"><button type="button" class="link"
                onclick={store.on(Command::Seek(seek))}
                title={format!("Go to event {seek}")}>{ tell::clock(call.called_at) }</button></td>
        </tr>
    }
}
