//! Events, times and places in words. One place, so that the log, the caption, the live region
//! and the tests say the same.

use crate::sim::info::Info;
use crate::sim::session::LossReason;
use crate::sim::trace::{Event, EventKind};
use crate::sim::trail::Kind;
use crate::view::{NodeNames, Quorum, Time, Value};

/// A virtual time with always the same digits: `1.234 s`.
pub fn clock(at: Time) -> String {
    format!("{}.{:03} s", at / 1_000_000, at % 1_000_000 / 1_000)
}

/// A virtual time to the microsecond, where two events may be that close.
pub fn exact(at: Time) -> String {
    format!("{}.{:06} s", at / 1_000_000, at % 1_000_000)
}

/// A short length of time: `12.3 ms`.
pub fn millis(us: Time) -> String {
    format!("{}.{} ms", us / 1_000, us % 1_000 / 100)
}

/// Whose answers a node gathers.
pub fn gathered(quorum: &Quorum, names: NodeNames) -> String {
    let members = Value::Nodes(quorum.members.clone()).show(names);
    let reached = if quorum.reached() { "enough" } else { "not enough yet" };
    format!("{}, {reached} ({members})", quorum.count())
}

/// What an event was, in one line, without what a message said.
pub fn short(event: &Event, names: NodeNames) -> String {
    let node = event.node.map(|node| names.name(node)).unwrap_or_default();
    match &event.kind {
        EventKind::Receive { message, kind, .. } => {
            format!("{node} receives {kind} from {}", names.name(message.from))
        }
        EventKind::Missed { message, kind } => {
            let from = names.name(message.from);
            format!("{node} is down: {kind} from {from} is lost")
        }
        EventKind::Timer(timer) => format!("{node}: {timer} timer goes off"),
        EventKind::Wake => format!("{node} goes on"),
        EventKind::Action { action, void } => {
            let what = super::source::action_line(action, names);
            match void {
                Some(why) => format!("{what} (no effect: {why})"),
                None => what,
            }
        }
    }
}

/// What an event was, in one line.
pub fn event(event: &Event, names: NodeNames) -> String {
    match summary(event) {
        Some(summary) => format!("{}: {summary}", short(event, names)),
        None => short(event, names),
    }
}

/// What the message said that an event received.
pub fn summary(event: &Event) -> Option<&str> {
    match &event.kind {
        EventKind::Receive { summary, .. } => Some(&**summary).filter(|text| !text.is_empty()),
        _ => None,
    }
}

/// The same for the narrator: what the protocol told of it, or else what it was.
pub fn told(event: &Event, info: &Info, names: NodeNames) -> String {
    let mut parts: Vec<String> = Vec::new();
    for &place in &event.broke {
        if let Some(property) = info.properties.get(place as usize) {
            parts.push(format!("{} is broken", property.title));
        }
    }
    parts.extend(event.notes.iter().filter(|note| !note.text.is_empty()).map(|n| n.text.clone()));
    if parts.is_empty() {
        return self::event(event, names);
    }
    let node = event.node.map(|node| names.name(node)).unwrap_or_default();
    let text = parts.join("; ");
    if node.is_empty() || text.starts_with(&node) { text } else { format!("{node}: {text}") }
}

/// What is to be said of an event besides what it was: what broke, what the protocol told, what a
/// message said, what was lost.
pub fn particulars(event: &Event, info: &Info, names: NodeNames) -> String {
    let broke = event.broke.iter().filter_map(|at| info.properties.get(*at as usize));
    let mut parts: Vec<String> =
        broke.map(|property| format!("{} broken", property.title)).collect();
    for &place in &event.reached {
        parts.extend(info.properties.get(place as usize).map(|reached| reached.title.to_string()));
    }
    parts.extend(event.notes.iter().filter(|note| !note.text.is_empty()).map(|n| n.text.clone()));
    if parts.is_empty() {
        parts.extend(summary(event).map(str::to_string));
    }
    parts.extend(losses(event, names));
    parts.join(" · ")
}

/// How one event brought about another: what it sent or set, and how long that took.
pub fn because(cause: &Event, effect: &Event, names: NodeNames) -> String {
    let took = millis(effect.at.saturating_sub(cause.at));
    match &effect.kind {
        EventKind::Receive { message, kind, .. } | EventKind::Missed { message, kind } => {
            let from = names.name(message.from);
            let to = effect.node.map(|node| names.name(node)).unwrap_or_default();
            format!("{from} sent {kind} to {to}, which took {took}")
        }
        EventKind::Timer(timer) => {
            let node = effect.node.map(|node| names.name(node)).unwrap_or_default();
            format!("{node} set its {timer} timer, {took} before it went off")
        }
        _ => format!("{took} before"),
    }
}

/// A kind of event as a person says it.
pub fn kind(kind: Kind, info: &Info) -> String {
    match kind {
        Kind::Any => "Everything".to_string(),
        Kind::Message(id) => id.to_string(),
        Kind::Timer(id) => format!("{id} timer"),
        Kind::Wake => "goes on".to_string(),
        Kind::Request => "A client is told to ask".to_string(),
        Kind::Fault => "Interventions".to_string(),
        Kind::Lost => "Lost messages".to_string(),
        Kind::Note("") => "Whatever is told".to_string(),
        Kind::Note(id) => {
            let note = info.notes.iter().find(|note| note.id == id);
            note.map_or(id, |note| note.id).replace('_', " ")
        }
        Kind::Violation => "Violations".to_string(),
    }
}

/// What became of what an event sent.
pub fn losses(event: &Event, names: NodeNames) -> Option<String> {
    let lost: Vec<String> = event
        .sent
        .iter()
        .filter_map(|sent| sent.lost.map(|why| (sent, why)))
        .map(|(sent, why)| format!("{} to {} {}", sent.kind, names.name(sent.to), fate(why)))
        .collect();
    (!lost.is_empty()).then(|| lost.join(", "))
}

fn fate(why: LossReason) -> &'static str {
    match why {
        LossReason::Chance => "is lost",
        LossReason::Cut => "meets a cut link",
        LossReason::Dropped => "is dropped",
        LossReason::Down => "finds nobody",
        LossReason::Full => "finds the network full",
    }
}
