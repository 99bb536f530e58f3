//! The checker against histories made by hand and against trying every order.

use proptest::prelude::*;

use super::{Conflict, Effect, History, Limits, Outcome, Verdict, explain, linearizability};
use crate::service::{KeyValue, KeyValueOp, KeyValueOut, Service};

/// `c1 0-5 put x 1 = ok`: who, from when to when, what, and the answer. `?` is no answer, `!` a
/// refusal, and the position of the end then says nothing.
fn history(text: &str) -> History<KeyValue> {
    let mut history = History::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (asked, out) = line.split_once(" = ").expect(line);
        let words: Vec<&str> = asked.split(' ').collect();
        let (called, at) = words[1].split_once('-').expect(line);
        let op = KeyValue::parse(&words[2..]).expect(line);
        let call = history.call(words[0], op, called.parse().expect(line));
        let out = match out {
            "?" => continue,
            "!" => {
                history.close(call, Outcome::Refused);
                continue;
            }
            "ok" => KeyValueOut::Ok,
            "mismatch" => KeyValueOut::Mismatch,
            "absent" => KeyValueOut::Value(None),
            value => KeyValueOut::Value(Some(value.into())),
        };
        history.close(call, Outcome::Done { out, at: at.parse().expect(line) });
    }
    history
}

fn judge(text: &str) -> Verdict {
    linearizability(&history(text), &Limits::default())
}

/// The order of a linearizable history, as places in it.
fn order(text: &str) -> Vec<usize> {
    match judge(text) {
        Verdict::Linearizable(effects) => effects.iter().map(|effect| effect.call).collect(),
        verdict => panic!("{verdict:?}"),
    }
}

fn conflict(text: &str) -> Conflict {
    match judge(text) {
        Verdict::NotLinearizable(conflict) => conflict,
        verdict => panic!("{verdict:?}"),
    }
}

#[test]
fn nothing_is_linearizable() {
    assert!(order("").is_empty());
}

#[test]
fn a_stale_read_contradicts_the_write_before_it() {
    let found = conflict(
        "c1 0-1 put x 1 = ok
         c1 2-3 put x 2 = ok
         c2 4-5 get x = 1
         c2 6-7 get x = 2",
    );
    assert_eq!(found.wrong, 2);
    assert_eq!(found.before, [0, 1]);
    assert_eq!(found.answers, [0, 1, 2]);
    assert!(found.minimal);
}

#[test]
fn a_concurrent_read_may_see_either_side() {
    assert_eq!(order("c1 0-9 put x 1 = ok\n c2 1-2 get x = absent"), [1, 0]);
    assert_eq!(order("c1 0-9 put x 1 = ok\n c2 1-2 get x = 1"), [0, 1]);
}

#[test]
fn reads_do_not_go_back_in_time() {
    let found = conflict(
        "c1 0-9 put x 1 = ok
         c2 1-2 get x = 1
         c3 3-4 get x = absent",
    );
    // The answer to the write came last and says nothing new.
    assert_eq!((found.wrong, found.answers), (2, vec![1, 2]));
}

#[test]
fn a_lost_update_shows() {
    let found = conflict(
        "c1 0-9 cas x 0 1 = ok
         c2 1-8 cas x 0 2 = ok
         c3 0-0 put x 0 = ok",
    );
    assert_eq!(found.answers.len(), 2, "one of the two, and the initial write is immaterial");
}

#[test]
fn a_value_from_nowhere_is_wrong_by_itself() {
    let found = conflict("c1 0-9 put x 1 = ok\n c2 1-2 get x = 7");
    assert_eq!((found.wrong, found.answers), (1, vec![1]));
}

#[test]
fn a_write_without_answer_may_show_late_or_never() {
    let text = "c1 0-0 put x 1 = ?
                c2 1-2 get x = absent
                c2 3-4 get x = absent";
    assert_eq!(order(text), [1, 2]);
    assert_eq!(order(&format!("{text}\n c2 5-6 get x = 1")), [1, 2, 0, 3]);
    let found = conflict(&format!("{text}\n c2 5-6 get x = 1\n c2 7-8 get x = absent"));
    assert_eq!((found.wrong, found.answers), (4, vec![3, 4]));
}

#[test]
fn a_write_without_answer_shows_once() {
    let text = "c1 0-0 append x a = ?\n c2 1-2 get x = a";
    assert_eq!(order(text), [0, 1]);
    let found = conflict(&format!("{text}\n c2 3-4 get x = aa"));
    assert_eq!(found.answers, [2]);
    let twice = format!("c3 0-0 append x a = ?\n {text}\n c2 3-4 get x = aa");
    assert_eq!(order(&twice), [0, 2, 1, 3]);
}

#[test]
fn a_refused_call_did_not_happen() {
    assert_eq!(order("c1 0-0 put x 1 = !\n c2 1-2 get x = absent"), [1]);
    assert_eq!(conflict("c1 0-0 put x 1 = !\n c2 1-2 get x = 1").answers, [1]);
}

#[test]
fn an_answer_and_the_next_call_of_the_same_step_keep_their_order() {
    assert_eq!(order("c1 0-3 put x 1 = ok\n c1 3-3 get x = 1\n c1 3-5 put x 2 = ok"), [0, 1, 2]);
    let found = conflict("c1 0-3 put x 1 = ok\n c1 3-5 get x = absent");
    assert_eq!(found.answers, [0, 1]);
}

#[test]
fn parts_are_judged_apart_and_their_orders_merged() {
    let text = "c1 0-9 put x 1 = ok
                c2 1-2 put y 1 = ok
                c2 3-4 get x = absent
                c3 5-6 get y = 1";
    assert_eq!(order(text), [1, 2, 0, 3]);
    let found = conflict(&format!("{text}\n c3 7-8 get y = 2\n c2 10-11 get x = absent"));
    assert_eq!((found.part.as_deref(), found.calls), (Some("x"), 3));
}

#[test]
fn too_many_orders_are_undecided_in_bounded_work() {
    let mut text = String::new();
    for letter in 'a'..='z' {
        text.push_str(&format!("c-{letter} 0-9 append x {letter} = ok\n"));
    }
    text.push_str("c1 10-11 get x = zyx");
    let history = history(&text);
    let verdict = linearizability(&history, &Limits { states: 2_000 });
    let Verdict::Undecided(undecided) = &verdict else { panic!("{verdict:?}") };
    assert_eq!((undecided.answers, undecided.explained), (27, 26));
    let lines = explain(&history, &verdict, |at| at.to_string());
    assert_eq!(lines[1], "Some order explains the first 26 of 27 answers.");
}

#[test]
fn a_long_history_is_judged_step_by_step() {
    let mut history = History::<KeyValue>::new();
    let mut store = KeyValue::default();
    for k in 0..1_000_u64 {
        let client = format!("c{}", k % 5);
        let op = match k % 3 {
            0 => KeyValueOp::Put("x".into(), k.to_string().into()),
            1 => KeyValueOp::Get("x".into()),
            _ => KeyValueOp::Append("x".into(), "a".into()),
        };
        let out = store.apply(&op);
        let call = history.call(&client, op, 10 * k);
        if k % 500 != 3 {
            history.close(call, Outcome::Done { out, at: 10 * k + 37 });
        }
    }
    let limits = Limits { states: 300_000 };
    let verdict = linearizability(&history, &limits);
    assert!(matches!(verdict, Verdict::Linearizable(_)), "{verdict:?}");
    let call = history.call("c9", KeyValueOp::Get("x".into()), 20_000);
    let out = KeyValueOut::Value(Some("7".into()));
    history.close(call, Outcome::Done { out, at: 20_001 });
    let verdict = linearizability(&history, &limits);
    let Verdict::NotLinearizable(found) = verdict else { panic!("{verdict:?}") };
    assert_eq!(found.wrong, 1_000);
}

#[test]
fn a_violation_is_told_with_its_reasons() {
    let history = history("c1 0-1 put x 1 = ok\n c2 4-5 get x = absent");
    let verdict = linearizability(&history, &Limits::default());
    let lines = explain(&history, &verdict, |at| format!("{at}s"));
    assert_eq!(
        lines,
        [
            "Not linearizable: no order of the 2 operations on `x` explains the answers.",
            "These answers contradict each other, whatever else was answered:",
            "  c1 put x 1 → ok, called at 0s, answered at 1s",
            "  c2 get x → absent, called at 4s, answered at 5s",
            "  `put x 1` of c1 was answered before `get x` of c2 was called.",
            "The answers before that one fit an order that ends with c1 put x 1 → ok. It leaves \
             x = 1, after which `get x` of c2 would answer 1.",
        ]
    );
}

#[test]
fn an_order_is_told_with_what_need_not_have_happened() {
    let history = history("c1 0-9 put x 1 = ok\n c3 0-0 put x 3 = ?\n c2 4-5 get x = absent");
    let verdict = linearizability(&history, &Limits::default());
    let lines = explain(&history, &verdict, |at| format!("{at}s"));
    assert_eq!(
        lines,
        [
            "Linearizable: 2 operations took effect one after the other, in this order.",
            "  1. c2 get x → absent, from 4s on",
            "  2. c1 put x 1 → ok, from 4s on",
            "One call without answer need not have taken effect.",
        ]
    );
}

/// When a call ended, and `None` if it is not known to have ended.
fn end(history: &History<KeyValue>, call: usize) -> Option<u64> {
    match history.calls()[call].outcome {
        Outcome::Done { at, .. } => Some(at),
        Outcome::Unknown | Outcome::Refused => None,
    }
}

/// Whether call `a` was answered before `b` was made.
fn precedes(history: &History<KeyValue>, a: usize, b: usize) -> bool {
    let called = |call: usize| history.calls()[call].called_at;
    let Some(answered) = end(history, a) else { return false };
    let both_instant = called(a) == called(b) && end(history, b) == Some(called(b));
    answered < called(b)
        || answered == called(b) && !(both_instant && answered == called(a) && a > b)
}

/// Whether an order holds what was answered, keeps the order of call and answer, and explains
/// every answer.
fn explains(history: &History<KeyValue>, order: &[usize]) -> bool {
    let mut store = KeyValue::default();
    let kept = order
        .iter()
        .enumerate()
        .all(|(place, &b)| order[place + 1..].iter().all(|&a| a != b && !precedes(history, a, b)));
    let complete = (0..history.calls().len())
        .all(|call| end(history, call).is_none() || order.contains(&call));
    let answered = order.iter().all(|&call| {
        let interval = &history.calls()[call];
        let found = store.apply(&interval.op);
        match &interval.outcome {
            Outcome::Done { out, .. } => *out == found,
            Outcome::Unknown => true,
            Outcome::Refused => false,
        }
    });
    kept && complete && answered
}

/// Whether any order of any of the calls explains the history: all of them are tried.
fn any_order_explains(history: &History<KeyValue>, order: &mut Vec<usize>) -> bool {
    if explains(history, order) {
        return true;
    }
    (0..history.calls().len()).any(|call| {
        if order.contains(&call) {
            return false;
        }
        order.push(call);
        let found = any_order_explains(history, order);
        order.pop();
        found
    })
}

fn brute(history: &History<KeyValue>) -> bool {
    any_order_explains(history, &mut Vec::new())
}

/// The history as it were if only those answers had come.
fn only(history: &History<KeyValue>, counts: impl Fn(usize) -> bool) -> History<KeyValue> {
    let mut relaxed = history.clone();
    for call in 0..history.calls().len() {
        if end(history, call).is_some() && !counts(call) {
            relaxed.close(call, Outcome::Unknown);
        }
    }
    relaxed
}

fn operation() -> impl Strategy<Value = KeyValueOp> {
    let key = prop_oneof![3 => Just("x"), 1 => Just("y")];
    let value = || prop_oneof![Just("0"), Just("1"), Just("2")];
    (key, 0..6, value(), value()).prop_map(|(key, kind, one, two)| match kind {
        0 | 1 => KeyValueOp::Get(key.into()),
        2 => KeyValueOp::Put(key.into(), one.into()),
        3 => KeyValueOp::Append(key.into(), one.into()),
        4 => KeyValueOp::Cas(key.into(), one.into(), two.into()),
        _ => KeyValueOp::Delete(key.into()),
    })
}

/// A short history of a store that mostly keeps its promise: calls take effect at some moment
/// inside their interval, but some are lost, some are answered wrongly, some not at all.
fn short_history() -> impl Strategy<Value = History<KeyValue>> {
    let call = (operation(), 0..12_u64, 0..6_u64, 0..6_u64, 0..12);
    prop::collection::vec(call, 0..=6).prop_map(|mut calls| {
        calls.sort_by_key(|call| call.1);
        let mut history = History::new();
        let mut store = KeyValue::default();
        for (k, (op, moment, early, late, fate)) in calls.into_iter().enumerate() {
            let mut lost = store.clone();
            let out = if fate == 0 { lost.apply(&op) } else { store.apply(&op) };
            let call = history.call(&format!("c{k}"), op, moment.saturating_sub(early));
            let outcome = match fate {
                1 | 2 | 6 => Outcome::Unknown,
                3 => Outcome::Done { out: KeyValueOut::Value(None), at: moment + late },
                4 => Outcome::Done { out: KeyValueOut::Ok, at: moment },
                5 => Outcome::Refused,
                _ => Outcome::Done { out, at: moment + late },
            };
            history.close(call, outcome);
        }
        history
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..Default::default() })]

    #[test]
    fn the_verdict_is_that_of_trying_every_order(history in short_history()) {
        match linearizability(&history, &Limits::default()) {
            Verdict::Linearizable(effects) => {
                let order: Vec<usize> = effects.iter().map(|effect| effect.call).collect();
                prop_assert!(explains(&history, &order), "{order:?}");
                prop_assert!(effects.is_sorted_by_key(|effect| effect.at));
                for &Effect { call, at } in &effects {
                    prop_assert!(history.calls()[call].called_at <= at);
                    prop_assert!(end(&history, call).is_none_or(|end| at <= end));
                }
            }
            Verdict::NotLinearizable(found) => {
                prop_assert!(!brute(&history));
                prop_assert!(found.minimal);
                prop_assert_eq!(found.answers.last(), Some(&found.wrong));
                prop_assert!(!brute(&only(&history, |call| found.answers.contains(&call))));
                for &without in &found.answers {
                    let rest = |call| call != without && found.answers.contains(&call);
                    prop_assert!(brute(&only(&history, rest)), "{without} does not matter");
                }
            }
            Verdict::Undecided(undecided) => prop_assert!(false, "{undecided:?}"),
        }
    }
}
