//! What the clients asked, what they were told, and whether that can be explained.

use super::history::{Part, answer, chart, end, line, parts};
use crate::check::Verdict;
use crate::sim::session::Call;
use crate::ui::hooks::markup::Markup;
use crate::ui::state::shell::{Dialog, Shell};
use crate::ui::state::store::{Command, Store, View};
use crate::ui::state::study::{Known, Wish};
use crate::ui::state::tell;

/// More calls than this are not shown: the last ones are.
const SHOWN: usize = 120;
/// More lines of a reason than this are folded.
const REASONS: usize = 8;

/// The history: the verdict, the intervals, and the same as a table, the latest call first.
pub fn calls(page: &mut Markup, store: &Store, view: &View, shell: &Shell) {
    if view.names.clients == 0 {
        return page.line("p class=empty", "This cluster has no clients.");
    }
    let known = store.desk(|desk, player| desk.known(player, &shell.study));
    if known.calls.is_empty() {
        let text = "No client has asked for anything yet. Its calls and the answers will \
                    stand here.";
        page.line("p class=empty", text);
        return ask(page, store);
    }
    let first = known.calls.len().saturating_sub(SHOWN);
    let parts = parts(&known);
    verdict(page, store, &known);
    picked(page, store, view, &known, &parts, shell.study.call);
    chart(page, store, view, &shell.study, (&known, &parts), first);
    if first > 0 {
        page.line("p class=empty", &format!("{first} earlier calls are not shown."));
    }
    ask(page, store);
    page.el("details class=twin open=open", |page| {
        page.line("summary", "As a table");
        page.el("table class=calls", |page| {
            page.line("caption class=sr", "Calls of the clients, the latest first");
            page.el("thead", |page| {
                page.el("tr", |page| {
                    for name in ["who", "asked", "answer", "at"] {
                        page.line("th scope=col", name);
                    }
                });
            });
            page.el("tbody", |page| {
                for place in (first..known.calls.len()).rev() {
                    row(page, store, view, &known.calls[place], parts[place]);
                }
            });
        });
    });
}

fn button(page: &mut Markup, store: &Store, label: &str, command: Command) {
    page.press("button type=button class=small", store, label, command);
}

fn ask(page: &mut Markup, store: &Store) {
    page.el("p class=row", |page| {
        button(page, store, "Let a client ask…", Command::Dialog(Some(Dialog::Act)));
    });
}

/// Whether an order explains the answers, and why not.
fn verdict(page: &mut Markup, store: &Store, known: &Known) {
    let Some((verdict, reasons)) = &known.verdict else {
        let text = "Whether these answers can be explained is judged while the run stands still.";
        return page.line("p class='verdict open'", text);
    };
    let (class, word, hint) = match verdict {
        Verdict::Linearizable(order) if order.len() > 1 => {
            ("verdict holds", "linearizable", " The numbers in the bars are such an order.")
        }
        Verdict::Linearizable(_) => ("verdict holds", "linearizable", ""),
        Verdict::NotLinearizable(_) => (
            "verdict broken",
            "not linearizable",
            " The answers with a flag contradict each other.",
        ),
        Verdict::Undecided(_) => ("verdict open", "undecided", ""),
    };
    let (headline, rest) = reasons.split_first().map_or(("", &[][..]), |(a, b)| (&**a, b));
    let wrong = matches!(verdict, Verdict::NotLinearizable(_));
    page.el("section", |page| {
        page.attr("class", class);
        page.attr("data-verdict", word);
        page.el("p", |page| {
            page.line("i class=dot aria-hidden=true", "");
            page.text(headline);
            page.text(hint);
        });
        if !rest.is_empty() {
            page.el("details", |page| {
                if wrong && rest.len() <= REASONS {
                    page.attr("open", "open");
                }
                page.line("summary", if wrong { "Why not?" } else { "In words" });
                page.el("ol class=plain", |page| {
                    for line in rest {
                        page.line("li", line.trim_start());
                    }
                });
            });
        }
        if matches!(verdict, Verdict::Undecided(_)) {
            button(page, store, "Think longer", Command::Study(Wish::Judge));
        }
    });
}

/// The call that one looks at, in full.
fn picked(
    page: &mut Markup,
    store: &Store,
    view: &View,
    known: &Known,
    parts: &[Part],
    call: Option<usize>,
) {
    let Some((place, call)) = call.and_then(|at| Some((at, known.calls.get(at)?))) else { return };
    page.el("section class=picked aria-label='The call'", |page| {
        let text = format!("{} {}", view.name(call.client), line(view, call, parts[place]));
        page.line("p", &text);
        page.el("div class=actions", |page| {
            button(page, store, "Go to the call", Command::Seek(call.called_step));
            if let Some((_, Some(step))) = end(call) {
                button(page, store, "Go to the answer", Command::Seek(step));
                let why = Command::Study(Wish::Why(Some(step)));
                button(page, store, "Why this answer?", why);
            }
        });
    });
}

fn row(page: &mut Markup, store: &Store, view: &View, call: &Call, part: Part) {
    let (class, mut answer) = answer(call);
    let again = match call.attempts {
        0 | 1 => String::new(),
        attempts => format!(" ({attempts} tries)"),
    };
    match part {
        Part::None => {}
        Part::Effect(number, _) => answer += &format!(" (number {number})"),
        Part::Conflict => answer += " (contradicts)",
    }
    let seek = end(call).and_then(|(_, step)| step).unwrap_or(call.called_step);
    page.el("tr", |page| {
        page.attr("class", class);
        page.line("td", &view.name(call.client));
        page.el("td", |page| {
            page.line("code", &call.op);
            page.text(&again);
        });
        page.line("td", &answer);
        page.el("td class=num", |page| {
            page.el("button type=button class=link", |page| {
                page.click(store, Command::Seek(seek));
                page.attr("title", &format!("Go to event {seek}"));
                page.text(&tell::clock(call.called_at));
            });
        });
    });
}
