//! Proposals by slot, with gaps: what an acceptor has accepted, and what a learner has learned.

use std::hash::{Hash, Hasher};

use crate::protocols::ballot::Ballot;
use crate::protocols::sessions::Command;
use crate::sim::chunks::Chunks;

/// An instance of the consensus algorithm: the place of a command in the sequence. The first is 1.
pub type Slot = u64;

/// A proposal: a number and a value (§2.2).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Proposal {
    /// Its number.
    pub ballot: Ballot,
    /// Its value.
    pub command: Command,
}

/// At most one proposal for each slot. A slot is never emptied again.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    slots: Chunks<Option<Proposal>>,
    written: Chunks<Slot>,
}

impl Ledger {
    /// The last slot that is not empty; 0 if there is none.
    pub fn last(&self) -> Slot {
        self.slots.len()
    }

    /// What stands in a slot.
    pub fn get(&self, slot: Slot) -> Option<&Proposal> {
        self.slots.get(slot.checked_sub(1)?)?.as_ref()
    }

    /// Writes a slot, over whatever stood there.
    pub fn set(&mut self, slot: Slot, proposal: Proposal) {
        if self.get(slot) == Some(&proposal) {
            return;
        }
        while self.slots.len() < slot {
            self.slots.push(None);
        }
        if let Some(place) = self.slots.get_mut(slot.wrapping_sub(1)) {
            *place = Some(proposal);
            self.written.push(slot);
        }
    }

    /// The slots in the order in which they were written: who remembers how many there were knows
    /// from this what has changed since.
    pub fn written(&self) -> &Chunks<Slot> {
        &self.written
    }

    /// The slots from `first` to `last`, as they are.
    pub fn range(&self, first: Slot, last: Slot) -> impl Iterator<Item = &Option<Proposal>> {
        self.slots.range(first.saturating_sub(1), last)
    }
}

/// What stands in the slots: how it came there is no part of what it is.
impl Hash for Ledger {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        self.slots.hash(hasher);
    }
}

impl PartialEq for Ledger {
    fn eq(&self, other: &Ledger) -> bool {
        self.slots == other.slots
    }
}

impl Eq for Ledger {}
