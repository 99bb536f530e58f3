//! A verdict in words, for a page or a terminal.

use super::history::{Account, Bare, ranks};
use super::linearizability::{Conflict, Effect, Undecided, Verdict};

/// How many operations of an order are written out.
const LINES_MAX: usize = 40;
/// Up to so many answers are told with what came before what.
const FEW: usize = 6;
/// How many rows of a state are written out.
const ROWS_MAX: usize = 4;

/// Says what was found and why: a headline, then the particulars, a line each. `when` writes a
/// position of the history as its reader knows it: `step 12`, `0.8s`, as it stands behind "at".
pub fn explain(
    history: &dyn Account,
    verdict: &Verdict,
    when: impl Fn(u64) -> String,
) -> Vec<String> {
    match verdict {
        Verdict::Linearizable(effects) => explain_order(history, effects, &when),
        Verdict::NotLinearizable(conflict) => explain_conflict(history, conflict, &when),
        Verdict::Undecided(undecided) => explain_undecided(undecided),
    }
}

fn explain_order(
    history: &dyn Account,
    effects: &[Effect],
    when: &dyn Fn(u64) -> String,
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
    if effects.len() > LINES_MAX {
        lines.push(format!("  … and {} more", effects.len() - LINES_MAX));
    }
    let mut open: Vec<bool> =
        history.bare().iter().map(|call| !call.refused && call.answered_at.is_none()).collect();
    effects.iter().for_each(|effect| open[effect.call] = false);
    match open.iter().filter(|open| **open).count() {
        0 => {}
        1 => lines.push("One call without answer need not have taken effect.".to_string()),
        n => lines.push(format!("{n} calls without answer need not have taken effect.")),
    }
    lines
}

fn explain_conflict(
    history: &dyn Account,
    conflict: &Conflict,
    when: &dyn Fn(u64) -> String,
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
    let (earlier, shown) =
        conflict.answers.split_at(conflict.answers.len().saturating_sub(LINES_MAX));
    if !earlier.is_empty() {
        lines.push(format!("  {} earlier ones, then", earlier.len()));
    }
    let bare = history.bare();
    for &call in shown {
        let answered = bare[call].answered_at.map_or(String::new(), when);
        let called = when(bare[call].called_at);
        lines.push(format!("  {}, called at {called}, answered at {answered}", history.line(call)));
    }
    // The answers stand in their order; of many, that says as much.
    let few = if shown.len() <= FEW { shown } else { &[] };
    for (earlier, later) in precedences(&bare, few) {
        let (earlier, later) = (history.asked(earlier), history.asked(later));
        lines.push(format!("  {earlier} was answered before {later} was called."));
    }
    lines.push(explain_wrong(history, conflict));
    lines
}

/// What would have been answered after the order that explains everything before.
fn explain_wrong(history: &dyn Account, conflict: &Conflict) -> String {
    let asked = history.asked(conflict.wrong);
    if conflict.before.contains(&conflict.wrong) {
        // It has to come early, but with another answer than the one that came.
        return format!("Without that of {asked} the answers up to then fit together.");
    }
    let (rows, out) = history.replay(&conflict.before, conflict.wrong);
    let rows = rows.iter().take(ROWS_MAX);
    let rows: Vec<String> = rows.map(|(key, value)| format!("{key} = {value}")).collect();
    let found = if rows.is_empty() { "nothing stored".to_string() } else { rows.join(", ") };
    match conflict.before.last() {
        Some(&last) => format!(
            "The answers before that one fit an order that ends with {}. It leaves {found}, \
             after which {asked} would answer {out}.",
            history.line(last)
        ),
        None => format!("With {found}, {asked} would answer {out}."),
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
fn precedences(bare: &[Bare], calls: &[usize]) -> Vec<(usize, usize)> {
    let ranks = ranks(bare);
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

fn on(part: Option<&str>) -> String {
    part.map_or_else(String::new, |part| format!(" on `{part}`"))
}
