//! What the clients saw, as the checkers want it.

use std::rc::Rc;

use super::client::Ending;
use super::clients::Caller;
use crate::check::{self, History, Limits, Outcome, Verdict, explain};
use crate::order::sort_by_key;
use crate::service::Service;
use crate::view::{NodeNames, Span, Time};

/// Judges the calls of all clients, and says why.
pub fn linearizability<S: Service>(
    clients: &[Rc<Caller<S>>],
    names: NodeNames,
    limits: &Limits,
) -> (Verdict, Vec<String>) {
    if S::INFO.ops.is_empty() {
        // Nobody can have asked for anything, and the compiler leaves the judge of it out.
        return (Verdict::Linearizable(Vec::new()), Vec::new());
    }
    let (history, times) = history(clients, names);
    let verdict = check::linearizability(&history, limits);
    let when = |step: u64| {
        let known = times.iter().find(|&&(known, _)| known == step);
        known.map_or(String::new(), |&(_, at)| Span(at).to_string())
    };
    let told = explain(&history, &verdict, when);
    (verdict, told)
}

/// The calls that were sent, in order, with the times of the steps at which they began or ended.
///
/// Steps give the order, because several may share a microsecond.
fn history<S: Service>(
    clients: &[Rc<Caller<S>>],
    names: NodeNames,
) -> (History<S>, Vec<(u64, Time)>) {
    let mut calls = Vec::new();
    for caller in clients {
        for (place, record) in caller.client.calls().iter().enumerate() {
            if record.attempts > 0 {
                calls.push((&**caller, place, record));
            }
        }
    }
    sort_by_key(&mut calls, |(_, _, record)| [record.called_step, 0, 0]);
    let mut history = History::new();
    let mut times = Vec::new();
    for (caller, call, record) in calls {
        times.push((record.called_step, record.called_at));
        let (client, op) = (names.name(caller.client.me()), caller.ops[call].clone());
        let place = history.call(&client, op, record.called_step);
        match (&record.ending, &caller.outs[call]) {
            (Ending::Done(_, at, step), Some(out)) => {
                times.push((*step, *at));
                history.close(place, Outcome::Done { out: out.clone(), at: *step });
            }
            // A server refused the last attempt; an earlier one may have taken effect.
            (Ending::Refused(..), _) if record.attempts == 1 => {
                history.close(place, Outcome::Refused);
            }
            _ => {}
        }
    }
    (history, times)
}
