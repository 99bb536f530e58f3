//! What happened: one [`Event`] a step, with its cause and its logical times.

use super::action::Action;
use super::session::LossReason;
use crate::view::{MessageName, NodeId, Time};

/// One event.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// Its number, from 1.
    pub step: u64,
    /// Its time.
    pub at: Time,
    /// Where it happened; `None` for what is done to the network as a whole.
    pub node: Option<NodeId>,
    /// What it was.
    pub kind: EventKind,
    /// The event that brought it about: the sending of what was received, the setting of the
    /// timer that fired.
    pub cause: Option<u64>,
    /// Lamport time at the node after the event: `max(local, received) + 1`. An event that
    /// receives and sends is one event, and what it sends carries this time.
    pub lamport: u64,
    /// Vector time at the node after the event, one entry for each node; the node's own entry
    /// grows by one with each of its events.
    pub vector: Box<[u32]>,
    /// What it sent.
    pub sent: Vec<Sent>,
    /// What it told.
    pub notes: Vec<Note>,
    /// The properties that it broke, by their place in `Info::properties`.
    pub broke: Vec<u32>,
    /// The `sometimes` properties that it was the first to reach.
    pub reached: Vec<u32>,
}

/// What an event was.
#[derive(Clone, Debug, PartialEq)]
pub enum EventKind {
    /// A message arrived.
    Receive {
        /// Which.
        message: MessageName,
        /// Its kind.
        kind: &'static str,
        /// What it said in one line.
        summary: String,
    },
    /// A message arrived at a node that is down, and is lost.
    Missed {
        /// Which.
        message: MessageName,
        /// Its kind.
        kind: &'static str,
    },
    /// A timer went off.
    Timer(&'static str),
    /// A paused node went on by itself.
    Wake,
    /// Somebody intervened.
    Action {
        /// What was done.
        action: Action,
        /// Why it had no effect, if it had none: the message had arrived already, or the like.
        void: Option<String>,
    },
}

/// A message that an event sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sent {
    /// Its name.
    pub message: MessageName,
    /// To whom.
    pub to: NodeId,
    /// Its kind.
    pub kind: &'static str,
    /// When it will arrive, as the network decided when it was sent; `None` in a manual run.
    pub due_at: Option<Time>,
    /// Why it never will, if it was lost at once.
    pub lost: Option<LossReason>,
}

/// Something that a protocol told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// One of `Info::notes`.
    pub id: &'static str,
    /// The particulars.
    pub text: String,
}
