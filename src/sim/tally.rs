//! What a run has cost its servers and its clients up to now: the numbers by which two protocols of
//! one service are compared.
//!
//! All of it is read off what any run says of itself, so it works for every protocol.

use super::session::{Call, Outcome, Session};
use super::trace::EventKind;
use crate::order::{SortedMap, sort_by_key};
use crate::view::{NodeNames, Time};

/// The numbers of a run at its present position.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Messages that servers sent each other.
    pub messages: u64,
    /// Messages between clients and servers, both ways.
    pub client_messages: u64,
    /// How many of all of them were lost.
    pub lost: u64,
    /// Calls that clients have made.
    pub calls: u32,
    /// How many of them were answered.
    pub answered: u32,
    /// How long the answered ones took, in microseconds.
    pub latency: Option<Spread>,
    /// Message delays of the answered ones: how many messages, each sent because of the one
    /// before, led from the call to its answer. Two of them are a round trip. `None` if the run
    /// keeps no trace.
    pub delays: Option<Spread>,
    /// The times at which the service was unavailable, in order, without overlaps: a call waited
    /// that took longer than the client's time-out, or is still waiting so long.
    pub outages: Vec<(Time, Time)>,
}

/// Some numbers, in two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spread {
    /// The one in the middle; of two, the lower.
    pub median: u64,
    /// The largest.
    pub most: u64,
}

impl Spread {
    /// Of these numbers; `None` if there are none.
    fn of(mut numbers: Vec<u64>) -> Option<Spread> {
        sort_by_key(&mut numbers, |number| [*number, 0, 0]);
        let most = *numbers.last()?;
        Some(Spread { median: numbers[(numbers.len() - 1) / 2], most })
    }
}

/// What the numbers are called, in the order of [`Tally::shown`], and what they count.
pub const ROWS: [(&str, &str); 8] = [
    ("messages", "Messages that servers sent each other."),
    ("messages a call", "The same for each call that was answered."),
    ("client messages", "Requests and replies, repeated ones and redirections included."),
    ("lost", "Messages that never arrived."),
    ("answered", "Calls that were answered, of all that were made."),
    (
        "round trips",
        "From a call to its answer: messages, each sent because of the one before, in pairs. The \
         middle of the answered calls, and the most.",
    ),
    ("latency", "How long a call took: the middle of the answered calls, and the longest."),
    (
        "unavailable",
        "How long a call waited that took longer than the client's time-out, all such calls \
         together.",
    ),
];

/// What was counted before and cannot change as long as the run is the same: the message delays of
/// calls, by the steps of call and answer.
#[derive(Clone, Debug, Default)]
pub struct Ledger(SortedMap<(u64, u64), Option<u64>>);

impl Tally {
    /// The numbers as people read them, one for each of [`ROWS`].
    pub fn shown(&self) -> [String; ROWS.len()] {
        let spread = |spread: Option<Spread>, show: fn(u64) -> String| match spread {
            Some(Spread { median, most }) if median == most => show(median),
            Some(Spread { median, most }) => format!("{}, at most {}", show(median), show(most)),
            None => "–".to_string(),
        };
        let tenths = |hundredths: u64| tenths((hundredths + 5) / 10);
        [
            self.messages.to_string(),
            self.messages_per_call().map_or("–".to_string(), tenths),
            self.client_messages.to_string(),
            self.lost.to_string(),
            format!("{} of {}", self.answered, self.calls),
            spread(self.delays, round_trips),
            spread(self.latency, milliseconds),
            milliseconds(self.unavailable_us()),
        ]
    }

    /// The numbers of a run up to its present position.
    pub fn of(session: &mut dyn Session) -> Tally {
        Tally::with(session, &mut Ledger::default())
    }

    /// The same, by whoever counts again and again on the same branch of the run.
    pub fn with(session: &mut dyn Session, ledger: &mut Ledger) -> Tally {
        let mut tally = Tally::default();
        tally.count_messages(session);
        let calls = session.calls();
        tally.calls = calls.len() as u32;
        let (mut latency, mut delays) = (Vec::new(), Vec::new());
        for call in &calls {
            if let Outcome::Done { at, step, .. } = call.outcome {
                latency.push(at - call.called_at);
                let (called, count) = (call.called_step, message_delays);
                let known =
                    ledger.0.or_insert_with((called, step), || count(session, called, step));
                delays.extend(*known);
            }
        }
        tally.answered = latency.len() as u32;
        tally.latency = Spread::of(latency);
        tally.delays = Spread::of(delays);
        let patience = session.setup().clients.timeout;
        tally.outages = outages(&calls, patience, session.now());
        tally
    }

    /// How long the service was unavailable, all together, in microseconds.
    pub fn unavailable_us(&self) -> Time {
        self.outages.iter().map(|(from, to)| to - from).sum()
    }

    /// Messages between servers for each answered call, in hundredths.
    pub fn messages_per_call(&self) -> Option<u64> {
        (self.messages * 100).checked_div(u64::from(self.answered))
    }

    fn count_messages(&mut self, session: &dyn Session) {
        let names: NodeNames = session.names();
        for from in names.all() {
            for to in names.all().filter(|&to| to != from) {
                let link = session.link(from, to);
                self.lost += link.lost;
                match names.is_client(from) || names.is_client(to) {
                    true => self.client_messages += link.sent,
                    false => self.messages += link.sent,
                }
            }
        }
    }
}

fn tenths(tenths: u64) -> String {
    format!("{}.{}", tenths / 10, tenths % 10)
}

fn milliseconds(us: Time) -> String {
    format!("{} ms", tenths((us + 50) / 100))
}

/// Two messages are a round trip, one is half of it.
fn round_trips(delays: u64) -> String {
    match delays % 2 {
        0 => (delays / 2).to_string(),
        _ => tenths(delays * 5),
    }
}

/// How many messages led from a call to its answer, following back what caused what.
fn message_delays(session: &mut dyn Session, called: u64, answered: u64) -> Option<u64> {
    let (mut delays, mut step) = (0, answered);
    while step > called {
        let event = session.event(step)?;
        delays += u64::from(matches!(event.kind, EventKind::Receive { .. }));
        match event.cause {
            Some(cause) => step = cause,
            None => break,
        }
    }
    Some(delays)
}

/// When calls waited that took longer than that, or wait still.
fn outages(calls: &[Call], patience: Time, now: Time) -> Vec<(Time, Time)> {
    let mut spans: Vec<(Time, Time)> = Vec::new();
    for call in calls {
        let end = match call.outcome {
            Outcome::Open => now,
            Outcome::Done { at, .. } | Outcome::Refused { at, .. } | Outcome::Unknown { at } => at,
        };
        if end > call.called_at + patience {
            spans.push((call.called_at, end));
        }
    }
    sort_by_key(&mut spans, |(from, to)| [*from, *to, 0]);
    let mut merged: Vec<(Time, Time)> = Vec::new();
    for (from, to) in spans {
        match merged.last_mut() {
            Some(last) if from <= last.1 => last.1 = last.1.max(to),
            _ => merged.push((from, to)),
        }
    }
    merged
}
