//! The history of clients: calls as intervals from question to answer.

use std::rc::Rc;

use super::search::{Model, States};
use crate::order::sort_by_key;
use crate::service::Service;

/// Everything that clients asked for, in the order in which the calls were recorded.
///
/// Positions may be steps, times or line numbers: only their order counts. Where an answer and a
/// call stand at the same position, the answer came first, so that a client that calls again at
/// the very step of its last answer keeps its order.
#[derive(Clone, Debug)]
pub struct History<S: Service> {
    calls: Vec<Interval<S>>,
}

/// One call.
#[derive(Clone, Debug)]
pub struct Interval<S: Service> {
    /// Who called, as people know it: `c1`.
    pub client: Rc<str>,
    /// What was asked.
    pub op: S::Op,
    /// The position of the call.
    pub called_at: u64,
    /// What came of it.
    pub outcome: Outcome<S::Out>,
}

/// What came of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome<O> {
    /// It took effect at some moment between the call and position `at`, and gave this answer.
    Done {
        /// The answer.
        out: O,
        /// The position at which it came.
        at: u64,
    },
    /// Nobody knows: it took effect at some moment after the call, or will, or never.
    Unknown,
    /// It did not happen and never will.
    Refused,
}

/// A call without the types of its service.
#[derive(Clone, Copy, Debug)]
pub struct Bare {
    /// The position of the call.
    pub called_at: u64,
    /// The position of the answer, if one came.
    pub answered_at: Option<u64>,
    /// Whether it did not happen and never will.
    pub refused: bool,
}

/// A history without the types of its service, so that judging and telling are compiled once and
/// not once for each service. A call is named by its place.
pub trait Account {
    /// Every call.
    fn bare(&self) -> Vec<Bare>;

    /// The part of the service that a call concerns, if it has parts.
    fn part(&self, call: usize) -> Option<&str>;

    /// What was asked and answered, in one line: `c1 put x 1 → ok`.
    fn line(&self, call: usize) -> String;

    /// What was asked: ``put x 1` of c1`.
    fn asked(&self, call: usize) -> String;

    /// The rows of the state that these calls lead to in this order, and what one more would be
    /// answered there.
    fn replay(&self, before: &[usize], call: usize) -> (Vec<(String, String)>, String);

    /// What the search asks of the service.
    fn model(&self) -> Box<dyn Model + '_>;
}

impl<S: Service> Default for History<S> {
    fn default() -> History<S> {
        History { calls: Vec::new() }
    }
}

impl<S: Service> History<S> {
    /// A history without calls.
    pub fn new() -> History<S> {
        History::default()
    }

    /// Records a call and answers its place. Until [`History::close`] its outcome is unknown,
    /// which is what a call that is still open amounts to.
    pub fn call(&mut self, client: &str, op: S::Op, called_at: u64) -> usize {
        let outcome = Outcome::Unknown;
        self.calls.push(Interval { client: client.into(), op, called_at, outcome });
        self.calls.len() - 1
    }

    /// Records what came of the call at that place.
    ///
    /// # Panics
    /// If there is no such call, or the answer stands before the question: the recorder's error.
    pub fn close(&mut self, call: usize, outcome: Outcome<S::Out>) {
        let interval = &mut self.calls[call];
        if let Outcome::Done { at, .. } = outcome {
            assert!(at >= interval.called_at, "an answer comes after its question");
        }
        interval.outcome = outcome;
    }

    /// Every call, in the order of recording: what a checker calls operation `k` is `calls()[k]`.
    pub fn calls(&self) -> &[Interval<S>] {
        &self.calls
    }
}

impl<S: Service> Account for History<S> {
    fn bare(&self) -> Vec<Bare> {
        let bare = |interval: &Interval<S>| Bare {
            called_at: interval.called_at,
            answered_at: match interval.outcome {
                Outcome::Done { at, .. } => Some(at),
                Outcome::Unknown | Outcome::Refused => None,
            },
            refused: interval.outcome == Outcome::Refused,
        };
        self.calls.iter().map(bare).collect()
    }

    fn part(&self, call: usize) -> Option<&str> {
        S::part(&self.calls[call].op)
    }

    fn line(&self, call: usize) -> String {
        let Interval { client, op, outcome, .. } = &self.calls[call];
        let op = S::print_op(op);
        match outcome {
            Outcome::Done { out, .. } => format!("{client} {op} → {}", S::print_out(out)),
            Outcome::Unknown => format!("{client} {op} → no answer"),
            Outcome::Refused => format!("{client} {op} → refused"),
        }
    }

    fn asked(&self, call: usize) -> String {
        format!("`{}` of {}", S::print_op(&self.calls[call].op), self.calls[call].client)
    }

    fn replay(&self, before: &[usize], call: usize) -> (Vec<(String, String)>, String) {
        let mut state = S::default();
        for &call in before {
            state.apply(&self.calls[call].op);
        }
        (state.rows(), S::print_out(&state.apply(&self.calls[call].op)))
    }

    fn model(&self) -> Box<dyn Model + '_> {
        Box::new(States::new(&self.calls))
    }
}

/// The order of calls and answers without ties: for each call the rank of its beginning and, if it
/// was answered, of its end.
pub(super) fn ranks(calls: &[Bare]) -> Vec<(usize, Option<usize>)> {
    // At one position: first the ends of what began earlier, then whatever begins and ends
    // right there, one after the other, then what begins there and ends later.
    let mut events = Vec::with_capacity(2 * calls.len());
    for (call, bare) in calls.iter().enumerate() {
        let began = bare.called_at;
        match bare.answered_at {
            Some(at) if at == began => {
                events.push((began, 1, call, false));
                events.push((began, 1, call, true));
            }
            Some(at) => {
                events.push((began, 2, call, false));
                events.push((at, 0, call, true));
            }
            None => events.push((began, 2, call, false)),
        }
    }
    sort_by_key(&mut events, |&(at, kind, call, end)| [at, kind, 2 * call as u64 + u64::from(end)]);
    let mut ranks = vec![(0, None); calls.len()];
    for (rank, (_, _, call, end)) in events.into_iter().enumerate() {
        if end {
            ranks[call].1 = Some(rank);
        } else {
            ranks[call].0 = rank;
        }
    }
    ranks
}
