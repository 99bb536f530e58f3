//! Where a message is, at a given virtual time.

use std::cell::RefCell;

use super::geometry::{Geometry, Point};
use crate::order::SortedMap;
use crate::sim::session::Flight;
use crate::ui::state::scene::Scene;
use crate::view::NodeId;

/// Counts messages that wait at the same place, so that they stand side by side.
#[derive(Default)]
pub struct Waiting(RefCell<SortedMap<(NodeId, NodeId), u32>>);

impl Waiting {
    fn next(&self, from: NodeId, to: NodeId) -> f64 {
        let mut counts = self.0.borrow_mut();
        let count = counts.or_insert_with((from, to), || 0);
        *count += 1;
        f64::from((*count - 1).min(12))
    }
}

/// Where a message is at the time that is shown. One that waits stands in the middle of a link
/// that holds, before a node that is paused, or on the way if it is to be delivered by hand.
pub fn place(
    geometry: &Geometry,
    scene: &Scene,
    flight: &Flight,
    shown: f64,
    waiting: &Waiting,
) -> Point {
    let (from, to) = (flight.name.from, flight.to);
    if flight.held {
        let paused = scene.node(to).is_some_and(|shot| shot.paused);
        let start = if paused { 0.92 } else { 0.46 };
        return geometry.along(from, to, start - waiting.next(from, to) * 0.07);
    }
    let Some(due) = flight.due_at else {
        return geometry.along(from, to, 0.62 - waiting.next(from, to) * 0.07);
    };
    geometry.along(from, to, part(flight.sent_at, due, shown))
}

/// How much of its way a message has gone. What is delivered by hand in the instant in which it
/// was sent has arrived.
pub fn part(sent: u64, due: u64, shown: f64) -> f64 {
    if shown >= due as f64 { 1.0 } else { (shown - sent as f64) / (due as f64 - sent as f64) }
}
