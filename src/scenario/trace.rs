//! Events in words: the lines of `run --trace`, of the golden traces and of any log.

use std::fmt::Write;

use super::action::print_action;
use crate::sim::info::Info;
use crate::sim::trace::{Event, EventKind, Sent};
use crate::view::{NodeNames, SECOND};

/// An event in one line: its number, its time, what happened, what it sent and told.
pub fn line(event: &Event, names: NodeNames, info: &Info) -> String {
    let (seconds, us) = (event.at / SECOND, event.at % SECOND);
    let mut out = format!("{:>5} {seconds:>3}.{us:06}s  ", event.step);
    out.push_str(&what(event, names));
    for note in &event.notes {
        let _ = match note.text.is_empty() {
            true => write!(out, "; {}", note.id),
            false => write!(out, "; {}: {}", note.id, note.text),
        };
    }
    if !event.sent.is_empty() {
        let sent: Vec<String> = event.sent.iter().map(|sent| sending(sent, names)).collect();
        let _ = write!(out, "; sends {}", sent.join(", "));
    }
    for &reached in &event.reached {
        let _ = write!(out, "; reaches {}", info.properties[reached as usize].id);
    }
    for &broken in &event.broke {
        let _ = write!(out, "; BREAKS {}", info.properties[broken as usize].id);
    }
    out
}

/// What happened, without what came of it.
pub fn what(event: &Event, names: NodeNames) -> String {
    let node = event.node.map(|node| names.name(node)).unwrap_or_default();
    match &event.kind {
        EventKind::Receive { message, kind, summary } => {
            let mut out = format!("{node} gets {} {kind}", message.text(names));
            if !summary.is_empty() {
                let _ = write!(out, " ({summary})");
            }
            out
        }
        EventKind::Missed { message, kind } => {
            format!("{node} is down and misses {} {kind}", message.text(names))
        }
        EventKind::Timer(timer) => format!("{node} timer {timer}"),
        EventKind::Wake => format!("{node} goes on"),
        EventKind::Action { action, void: None } => {
            format!("! {}", print_action(action, names))
        }
        EventKind::Action { action, void: Some(why) } => {
            format!("! {} (no effect: {why})", print_action(action, names))
        }
    }
}

fn sending(sent: &Sent, names: NodeNames) -> String {
    let (name, to) = (sent.message.text(names), names.name(sent.to));
    let lost = sent.lost.map(|why| format!(" ({})", why.text())).unwrap_or_default();
    format!("{name} {} to {to}{lost}", sent.kind)
}
