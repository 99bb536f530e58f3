//! Everything of a cluster that does not depend on the protocol: the machine, the logical clocks,
//! the verdicts, the digest, and what is written down.

use super::causality::Causality;
use super::client::CLIENT_TIMERS;
use super::core::{Core, Launch, NEVER, REPLY, REQUEST};
use super::digest::Digest;
use super::info::{Info, MarkKind, PropertyKind};
use super::protocol::TimerTag;
use super::session::Watch;
use super::trace::{EventKind, Note, Sent};
use super::verdict::Verdicts;
use crate::view::{NodeId, NodeNames};

/// A cluster without its protocol.
#[derive(Clone)]
pub struct World {
    /// What the protocol says of itself.
    pub info: &'static Info,
    /// The machine.
    pub core: Core,
    /// The verdicts on the properties.
    pub verdicts: Verdicts,
    /// The logical clocks, if a trace is kept.
    pub causality: Option<Causality>,
    /// How far the script has been done.
    pub script_done: usize,
    /// Which notes were reached, by their place in `Info::notes`.
    pub notes_reached: u128,
    /// What is checked and remembered.
    pub watch: Watch,
    /// The digest of all that has happened.
    pub digest: Digest,
}

/// What is written down of one event, if a trace is kept.
#[derive(Default)]
pub struct Record {
    /// Whether anybody wants to know.
    pub on: bool,
    /// Where it happened.
    pub node: Option<NodeId>,
    /// What it was.
    pub kind: Option<EventKind>,
    /// What brought it about.
    pub cause: Option<u64>,
    /// What it sent.
    pub sent: Vec<Sent>,
    /// What it told.
    pub notes: Vec<Note>,
    /// How it is marked on the scrubber.
    pub marks: Vec<MarkKind>,
}

impl World {
    /// The world at time zero.
    pub fn new(info: &'static Info, core: Core, watch: Watch) -> World {
        let nodes = core.nodes.len();
        World {
            info,
            core,
            verdicts: Verdicts::new(info),
            causality: watch.trace.then(|| Causality::new(nodes)),
            script_done: 0,
            notes_reached: 0,
            watch,
            digest: Digest::default(),
        }
    }

    /// How everybody is called.
    #[inline(always)]
    pub fn names(&self) -> NodeNames {
        self.core.names
    }

    /// A step of the logical clocks, which received what is in that slot, if anything.
    #[inline(always)]
    pub fn tick(&mut self, node: NodeId, received: Option<u32>) {
        if let Some(causality) = &mut self.causality {
            causality.tick(node, received);
        }
    }

    /// Sends a message. The caller keeps what it says in the slots that the answer names.
    pub fn send(&mut self, from: NodeId, to: NodeId, kind: u8, record: &mut Record) -> Launch {
        let launch = self.core.launch(from, to, kind);
        if let Some(causality) = &mut self.causality {
            causality.stamp(from, launch.slot);
            if let Some(copy) = launch.copy {
                causality.stamp(from, copy);
            }
        }
        if record.on {
            record.sent.push(Sent {
                message: launch.name,
                to,
                kind: self.kind_name(kind),
                due_at: Some(launch.due_at).filter(|&due_at| due_at != NEVER),
                lost: launch.lost,
            });
        }
        launch
    }

    /// Tells of timers that were fired by hand but set anew or stopped before they went off: the
    /// event that did so says it, since the action itself could not know.
    #[cold]
    pub fn tell_overtaken(&mut self, record: &mut Record) {
        let mut fired = std::mem::take(&mut self.core.by_hand);
        fired.retain(|&(node, tag, at)| {
            let stands = self.core.is_due(node, tag, at);
            if !stands && record.on {
                let timer = self.timer_name(self.names().is_client(node), tag);
                let node = self.names().name(node);
                let text = format!("{node}'s timer {timer}, fired by hand, was set anew before");
                record.notes.push(Note { id: "overtaken", text });
            }
            stands
        });
        self.core.by_hand = fired;
    }

    /// Takes down what a protocol tells.
    ///
    /// # Panics
    /// If the protocol declares no such note: its author's error.
    pub fn note(&mut self, id: &'static str, text: String, record: &mut Record) {
        if !self.watch.properties && !self.watch.trace {
            return;
        }
        let place = self.info.notes.iter().position(|note| note.id == id);
        let place = place.expect("a declared note");
        self.notes_reached |= 1 << place;
        if record.on {
            record.marks.extend(self.info.notes[place].mark);
            record.notes.push(Note { id, text });
        }
    }

    /// The properties of that kind that were broken or reached first at the present step.
    pub fn found_now(&self, kind: PropertyKind) -> Vec<u32> {
        self.verdicts.fresh(kind, self.core.steps)
    }

    /// The name of a kind of message.
    pub fn kind_name(&self, kind: u8) -> &'static str {
        match kind {
            REQUEST => "Request",
            REPLY => "Reply",
            kind => self.info.messages[usize::from(kind)].id,
        }
    }

    /// The kind of message of that name.
    pub fn kind_of(&self, name: &str) -> Option<u8> {
        match name {
            "Request" => Some(REQUEST),
            "Reply" => Some(REPLY),
            name => {
                let place = self.info.messages.iter().position(|kind| kind.id == name);
                place.map(|place| place as u8)
            }
        }
    }

    /// The name of a timer.
    pub fn timer_name(&self, client: bool, tag: TimerTag) -> &'static str {
        match client {
            true => CLIENT_TIMERS[usize::from(tag.0)],
            false => self.info.timers[usize::from(tag.0)].id,
        }
    }

    /// The timer of that name.
    pub fn timer_of(&self, client: bool, name: &str) -> Option<TimerTag> {
        let count = if client { CLIENT_TIMERS.len() } else { self.info.timers.len() };
        (0..count as u8).map(TimerTag).find(|&tag| self.timer_name(client, tag) == name)
    }
}
