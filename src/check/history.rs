//! The history of clients: calls as intervals from question to answer.

use std::rc::Rc;

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

    /// What was asked and answered, in one line: `c1 put x 1 → ok`.
    pub fn line(&self, call: usize) -> String {
        let Interval { client, op, outcome, .. } = &self.calls[call];
        let op = S::print_op(op);
        match outcome {
            Outcome::Done { out, .. } => format!("{client} {op} → {}", S::print_out(out)),
            Outcome::Unknown => format!("{client} {op} → no answer"),
            Outcome::Refused => format!("{client} {op} → refused"),
        }
    }

    /// The order of calls and answers without ties: for each call the rank of its beginning and,
    /// if it was answered, of its end.
    pub(super) fn ranks(&self) -> Vec<(usize, Option<usize>)> {
        // At one position: first the ends of what began earlier, then whatever begins and ends
        // right there, one after the other, then what begins there and ends later.
        let mut events = Vec::with_capacity(2 * self.calls.len());
        for (call, interval) in self.calls.iter().enumerate() {
            let began = interval.called_at;
            match interval.outcome {
                Outcome::Done { at, .. } if at == began => {
                    events.push((began, 1, call, false));
                    events.push((began, 1, call, true));
                }
                Outcome::Done { at, .. } => {
                    events.push((began, 2, call, false));
                    events.push((at, 0, call, true));
                }
                Outcome::Unknown | Outcome::Refused => events.push((began, 2, call, false)),
            }
        }
        sort_by_key(&mut events, |&(at, kind, call, end)| {
            [at, kind, 2 * call as u64 + u64::from(end)]
        });
        let mut ranks = vec![(0, None); self.calls.len()];
        for (rank, (_, _, call, end)) in events.into_iter().enumerate() {
            if end {
                ranks[call].1 = Some(rank);
            } else {
                ranks[call].0 = rank;
            }
        }
        ranks
    }
}
