//! Ways through the events of a run: to the next of a kind, and from an event to what caused it.

use std::rc::Rc;

use super::action::Action;
use super::session::Session;
use super::trace::{Event, EventKind};
use crate::view::Time;

/// What sort of event one looks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// Any.
    #[default]
    Any,
    /// A message of that kind arrived, or would have.
    Message(&'static str),
    /// That timer went off.
    Timer(&'static str),
    /// A paused node went on.
    Wake,
    /// A client was told to ask for something.
    Request,
    /// Somebody intervened in another way.
    Fault,
    /// A message was lost.
    Lost,
    /// The protocol told something: that note, or any if it has no name.
    Note(&'static str),
    /// A property broke.
    Violation,
}

impl Kind {
    /// What sort of event that is.
    pub fn of(event: &Event) -> Kind {
        match &event.kind {
            EventKind::Receive { kind, .. } | EventKind::Missed { kind, .. } => Kind::Message(kind),
            EventKind::Timer(timer) => Kind::Timer(timer),
            EventKind::Wake => Kind::Wake,
            EventKind::Action { action: Action::Request { .. }, .. } => Kind::Request,
            EventKind::Action { .. } => Kind::Fault,
        }
    }

    /// Whether an event is of that sort.
    pub fn fits(self, event: &Event) -> bool {
        match self {
            Kind::Any => true,
            Kind::Lost => {
                matches!(event.kind, EventKind::Missed { .. })
                    || event.sent.iter().any(|sent| sent.lost.is_some())
            }
            Kind::Note("") => event.notes.iter().any(|note| !note.text.is_empty()),
            Kind::Note(id) => event.notes.iter().any(|note| note.id == id),
            Kind::Violation => !event.broke.is_empty(),
            kind => kind == Kind::of(event),
        }
    }
}

/// The step of the next event that fits, or of the one before the present position.
///
/// What is not yet known is looked for in a copy of the run, so that a search in vain leaves the
/// run as it was. It ends after `limit` events.
pub fn next(
    session: &mut dyn Session,
    fits: &dyn Fn(&Event) -> bool,
    forward: bool,
    limit: u64,
) -> Option<u64> {
    let (here, head) = (session.step_count(), session.head());
    let found = |step: u64, session: &mut dyn Session| {
        session.event(step).is_some_and(|event| fits(&event))
    };
    if !forward {
        return (1..here).rev().take(limit as usize).find(|&step| found(step, session));
    }
    let last = head.min(here.saturating_add(limit));
    if let Some(step) = (here + 1..=last).find(|&step| found(step, session)) {
        return Some(step);
    }
    let mut ahead = session.fork();
    ahead.seek(head);
    // Of two runs side by side, some steps are the other's.
    let mut tries = here.saturating_add(limit).saturating_sub(head);
    for step in head + 1..=here.saturating_add(limit) {
        while ahead.step_count() < step {
            if tries == 0 || !ahead.step() {
                return None;
            }
            tries -= 1;
        }
        if found(step, &mut *ahead) {
            return Some(step);
        }
    }
    None
}

/// Goes to a time, back or forth: everything up to it has happened. Stops early after `limit` new
/// events.
pub fn seek_time(session: &mut dyn Session, at: Time, limit: u64) {
    if at < session.now() {
        let (mut done, mut later) = (0, session.step_count());
        while done < later {
            let middle = done + (later - done).div_ceil(2);
            match session.event(middle).is_some_and(|event| event.at <= at) {
                true => done = middle,
                false => later = middle - 1,
            }
        }
        session.seek(done);
    }
    session.run_to(at, limit);
}

/// An event and what caused it, back to where it began: the event first. At most `limit` events;
/// if the last of them has a cause, the chain goes on.
pub fn causes(session: &mut dyn Session, step: u64, limit: usize) -> Vec<Rc<Event>> {
    let mut chain = Vec::new();
    let mut next = Some(step);
    while let Some(event) = next.and_then(|step| session.event(step))
        && chain.len() < limit
    {
        next = event.cause;
        chain.push(event);
    }
    chain
}

/// The known events that an event brought about directly, among the `within` that follow it.
pub fn effects(session: &mut dyn Session, step: u64, within: u64) -> Vec<Rc<Event>> {
    let last = session.head().min(step.saturating_add(within));
    let events = (step + 1..=last).filter_map(|later| session.event(later));
    events.filter(|event| event.cause == Some(step)).collect()
}
