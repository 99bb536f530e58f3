//! What the clients asked, and what they were told.

use yew::prelude::*;

use crate::sim::session::{Call, Outcome};
use crate::ui::state::shell::Dialog;
use crate::ui::state::store::{Command, Store, View};
use crate::ui::state::tell;

/// More calls than this are not listed: the last ones are.
const SHOWN: usize = 200;

/// The list, the latest call first.
pub fn calls(store: &Store, view: &View) -> Html {
    if view.names.clients == 0 {
        return html! { <p class="empty">{ "This cluster has no clients." }</p> };
    }
    let ask = html! {
        <p class="row"><button type="button" class="small"
            onclick={store.on(Command::Dialog(Some(Dialog::Act)))}>
            { "Let a client ask…" }</button></p>
    };
    if view.calls.is_empty() {
        return html! {
            <>
                <p class="empty">{ "No client has asked for anything yet. Its calls and the \
                    answers will stand here." }</p>
                { ask }
            </>
        };
    }
    html! {
        <>
            { ask }
            <table class="calls">
                <caption class="sr">{ "Calls of the clients, the latest first" }</caption>
                <thead><tr>
                    <th scope="col">{ "who" }</th><th scope="col">{ "asked" }</th>
                    <th scope="col">{ "answer" }</th><th scope="col" class="num">{ "at" }</th>
                </tr></thead>
                <tbody>
                    { for view.calls.iter().rev().take(SHOWN).map(|call| row(store, view, call)) }
                </tbody>
            </table>
        </>
    }
}

fn row(store: &Store, view: &View, call: &Call) -> Html {
    let (class, answer, step) = match &call.outcome {
        Outcome::Open => ("open", "waits…".to_string(), None),
        Outcome::Done { out, step, .. } => ("done", out.clone(), Some(*step)),
        Outcome::Refused { why, .. } => ("refused", format!("refused: {why}"), None),
        Outcome::Unknown { .. } => ("unknown", "unknown: it may have happened".to_string(), None),
    };
    let again = match call.attempts {
        0 | 1 => String::new(),
        attempts => format!(" ({attempts} tries)"),
    };
    let seek = step.unwrap_or(call.called_step);
    html! {
        <tr class={class}>
            <td>{ view.name(call.client) }</td>
            <td><code>{ &call.op }</code>{ again }</td>
            <td>{ answer }</td>
            <td class="num"><button type="button" class="link"
                onclick={store.on(Command::Seek(seek))}
                title={format!("Go to event {seek}")}>{ tell::clock(call.called_at) }</button></td>
        </tr>
    }
}
