//! A verdict in words, for a page or a terminal.

use super::history::{History, Outcome};
use super::linearizability::{Conflict, Effect, Undecided, Verdict};
use crate::service::Service;

/// How many operations of an order are written out.
const LINES_MAX: usize = 40;

/// Says what was found and why: a headline, then the particulars, a line each. `when` writes a
/// position of the history as its reader knows it: `step 12`, `0.8s`.
pub fn explain<S: Service>(
    history: &History<S>,
    verdict: &Verdict,
    when: impl Fn(u64) -> String,
) -> Vec<String> {
    match verdict {
        Verdict::Linearizable(effects) => explain_order(history, effects, when),
        Verdict::NotLinearizable(conflict) => explain_conflict(history, conflict, when),
        Verdict::Undecided(undecided) => explain_undecided(undecided),
    }
}

fn explain_order<S: Service>(
    history: &History<S>,
    effects: &[Effect],
    when: impl Fn(u64) -> String,
) -> Vec<String> {
    let mut lines = vec![match effects.len() {
        0 => "Linearizable: nothing was answered.".to_string(),
        1 => "Linearizable: one operation took effect.".to_string(),
        n => {
            format!("Linearizable: {n} operations took effect one after the other, in this order.")
        }
    }];
    for (place, effect) in effects.iter().take(LINES_MAX).enumerate() {
        let (line, at) = (history.line(effect.call), when(effect.at));
        lines.push(format!("  {}. {line}, from {at} on", place + 1));
    }
    lines.extend(more(effects.len()));
    let mut placed = vec![false; history.calls().len()];
    effects.iter().for_each(|effect| placed[effect.call] = true);
    let open = |call: &usize| history.calls()[*call].outcome == Outcome::Unknown && !placed[*call];
    match (0..placed.len()).filter(open).count() {
        0 => {}
        1 => lines.push("One call without answer need not have taken effect.".to_string()),
        n => lines.push(format!("{n} calls without answer need not have taken effect.")),
    }
    lines
}

fn explain_conflict<S: Service>(
    history: &History<S>,
    conflict: &Conflict,
    when: impl Fn(u64) -> String,
) -> Vec<String> {
    let about = on(conflict.part.as_deref());
    let calls = conflict.calls;
    let mut lines = vec![match calls {
        1 => format!("Not linearizable: the only operation{about} cannot give this answer."),
        n => {
            format!("Not linearizable: no order of the {n} operations{about} explains the answers.")
        }
    }];
    lines.push(match (conflict.answers.len(), conflict.minimal) {
        (1, true) => "This answer is wrong, whatever else was answered:".to_string(),
        (_, true) => "These answers contradict each other, whatever else was answered:".to_string(),
        (_, false) => "These answers contradict each other, some perhaps needlessly:".to_string(),
    });
    for &call in conflict.answers.iter().take(LINES_MAX) {
        let interval = &history.calls()[call];
        let answered = match interval.outcome {
            Outcome::Done { at, .. } => when(at),
            Outcome::Unknown | Outcome::Refused => String::new(),
        };
        let called = when(interval.called_at);
        lines.push(format!("  {}, called {called}, answered {answered}", history.line(call)));
    }
    lines.extend(more(conflict.answers.len()));
    for (earlier, later) in precedences(history, &conflict.answers).into_iter().take(LINES_MAX) {
        let (earlier, later) = (asked(history, earlier), asked(history, later));
        lines.push(format!("  {earlier} was answered before {later} was called."));
    }
    lines.push(explain_wrong(history, conflict));
    lines
}

/// What the wrong answer should have been after the order that explains everything before it.
fn explain_wrong<S: Service>(history: &History<S>, conflict: &Conflict) -> String {
    let mut state = S::default();
    let last = conflict.before.iter().map(|&call| {
        state.apply(&history.calls()[call].op);
        history.line(call)
    });
    let last = last.last();
    let wrong = &history.calls()[conflict.wrong];
    let asked = asked(history, conflict.wrong);
    if conflict.before.contains(&conflict.wrong) {
        // It was placed before its answer came, with another answer.
        return format!("All answers before that of {asked} fit together; that one fits none.");
    }
    let out = S::print_out(&state.apply(&wrong.op));
    match last {
        Some(last) => format!(
            "All answers before that one fit an order that ends with {last}. \
             After it {asked} answers {out}."
        ),
        None => format!("Nothing had been answered before; {asked} answers {out} at first."),
    }
}

fn explain_undecided(undecided: &Undecided) -> Vec<String> {
    let Undecided { part, answers, explained } = undecided;
    let about = on(part.as_deref());
    vec![
        format!("Undecided: too many orders of the operations{about} to try them all."),
        format!("Some order explains the first {explained} of {answers} answers."),
    ]
}

/// Which of the answers came before which of the calls, without what follows from the others.
fn precedences<S: Service>(history: &History<S>, calls: &[usize]) -> Vec<(usize, usize)> {
    let ranks = history.ranks();
    let before = |a: usize, b: usize| ranks[a].1.is_some_and(|end| end < ranks[b].0);
    let mut pairs = Vec::new();
    for &a in calls {
        for &b in calls {
            let direct = || !calls.iter().any(|&c| before(a, c) && before(c, b));
            if before(a, b) && direct() {
                pairs.push((a, b));
            }
        }
    }
    pairs
}

fn asked<S: Service>(history: &History<S>, call: usize) -> String {
    let interval = &history.calls()[call];
    format!("`{}` of {}", S::print_op(&interval.op), interval.client)
}

fn on(part: Option<&str>) -> String {
    part.map_or_else(String::new, |part| format!(" on {part}"))
}

fn more(len: usize) -> Option<String> {
    (len > LINES_MAX).then(|| format!("  … and {} more", len - LINES_MAX))
}
