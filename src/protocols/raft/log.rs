//! The log: entries with their terms, numbered from 1.

use std::hash::{Hash, Hasher};
use std::rc::Rc;

pub use crate::protocols::sessions::Command;
use crate::sim::chunks::Chunks;

/// A term: the logical clock of Raft (§5.1). The first leader's is 1.
pub type Term = u64;

/// A position in the log. The first entry has index 1; index 0 stands before it, with term 0.
pub type Index = u64;

/// A log entry (§5.3).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Entry {
    /// The term in which a leader received it.
    pub term: Term,
    /// The command for the state machine.
    pub command: Command,
}

impl Entry {
    /// An entry that does nothing.
    pub fn no_op(term: Term) -> Entry {
        Entry { term, command: Command::NoOp }
    }
}

/// The entries of an AppendEntries message. `None` is a heartbeat, which so allocates nothing.
pub type Entries = Option<Rc<[Entry]>>;

/// A server's log. It can grow at its end and be cut there, and in no other way change.
#[derive(Clone, Debug, Default)]
pub struct Log {
    entries: Chunks<Entry>,
    truncations: u64,
    kept: Index,
}

impl Log {
    /// The index of the last entry; 0 if there is none.
    pub fn last_index(&self) -> Index {
        self.entries.len()
    }

    /// The term of the last entry; 0 if there is none.
    pub fn last_term(&self) -> Term {
        self.entries.last().map_or(0, |entry| entry.term)
    }

    /// The entry at an index.
    pub fn get(&self, index: Index) -> Option<&Entry> {
        self.entries.get(index.checked_sub(1)?)
    }

    /// The term of the entry at an index: 0 at index 0, `None` behind the end.
    pub fn term(&self, index: Index) -> Option<Term> {
        match index {
            0 => Some(0),
            _ => self.get(index).map(|entry| entry.term),
        }
    }

    /// All entries, structurally shared with this log.
    pub fn entries(&self) -> &Chunks<Entry> {
        &self.entries
    }

    /// Adds an entry at the end.
    pub fn append(&mut self, entry: Entry) {
        self.entries.push(entry);
    }

    /// Deletes the entry at `index` and all that follow it.
    pub fn truncate_from(&mut self, index: Index) {
        if index <= self.last_index() {
            self.kept = index.saturating_sub(1);
            self.entries.truncate(self.kept);
            self.truncations += 1;
        }
    }

    /// At most `batch` entries from `first` on, for a message; `None` if there are none.
    pub fn slice(&self, first: Index, batch: u64) -> Entries {
        let last = self.last_index().min(first.saturating_add(batch) - 1);
        if first == 0 || first > last {
            return None;
        }
        Some(self.entries.range(first - 1, last).cloned().collect())
    }

    /// The first index at or below `index` that carries the same term as the entry there.
    pub fn first_index_of_term_at(&self, index: Index) -> Index {
        let Some(term) = self.term(index) else { return index };
        match self.partition_point(index, |other| other < term) {
            first if first < index => first + 1,
            _ => index,
        }
    }

    /// The last index, up to `index`, whose term is not above `term`. Terms never fall along a
    /// log, so this is a binary search.
    pub fn last_index_within_term(&self, index: Index, term: Term) -> Index {
        self.partition_point(index, |other| other <= term)
    }

    /// How often the log was cut so far, and how many entries the last cut left. Who remembers
    /// the number of cuts and the length knows from these which entries may have changed.
    pub fn truncations(&self) -> (u64, Index) {
        (self.truncations, self.kept)
    }

    /// How many of the first `limit` entries fulfil `before`, all of which stand in front.
    fn partition_point(&self, limit: Index, before: impl Fn(Term) -> bool) -> Index {
        let (mut low, mut high) = (0, limit.min(self.last_index()));
        while low < high {
            let middle = low + (high - low) / 2;
            match self.entries.get(middle) {
                Some(entry) if before(entry.term) => low = middle + 1,
                _ => high = middle,
            }
        }
        low
    }
}

/// The entries alone: how often the log was cut is no part of what it is.
impl Hash for Log {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        self.entries.hash(hasher);
    }
}

impl PartialEq for Log {
    fn eq(&self, other: &Log) -> bool {
        self.entries == other.entries
    }
}

impl Eq for Log {}

impl FromIterator<Entry> for Log {
    fn from_iter<I: IntoIterator<Item = Entry>>(entries: I) -> Log {
        Log { entries: entries.into_iter().collect(), truncations: 0, kept: 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log(terms: &[Term]) -> Log {
        terms.iter().map(|&term| Entry::no_op(term)).collect()
    }

    #[test]
    fn index_0_stands_before_the_first_entry() {
        let log = log(&[1, 1, 4]);
        assert_eq!(log.term(0), Some(0));
        assert_eq!(log.term(3), Some(4));
        assert_eq!(log.term(4), None);
        assert_eq!((log.last_index(), log.last_term()), (3, 4));
        assert_eq!(log.get(0), None);
    }

    #[test]
    fn a_slice_stays_within_the_log_and_the_batch() {
        let log = log(&[1, 2, 3, 4]);
        let terms = |first, batch| {
            let entries = log.slice(first, batch)?;
            Some(entries.iter().map(|entry| entry.term).collect::<Vec<_>>())
        };
        assert_eq!(terms(2, 2), Some(vec![2, 3]));
        assert_eq!(terms(3, 9), Some(vec![3, 4]));
        assert_eq!(terms(5, 9), None);
        assert_eq!(terms(0, 9), None);
        assert_eq!(terms(1, u64::MAX), Some(vec![1, 2, 3, 4]));
    }

    #[test]
    fn searches_by_term_find_the_borders_of_a_term() {
        let log = log(&[1, 1, 1, 4, 4, 5, 5, 6, 6, 6]);
        assert_eq!(log.first_index_of_term_at(10), 8);
        assert_eq!(log.first_index_of_term_at(8), 8);
        assert_eq!(log.first_index_of_term_at(5), 4);
        assert_eq!(log.first_index_of_term_at(1), 1);
        assert_eq!(log.first_index_of_term_at(0), 0);
        assert_eq!(log.last_index_within_term(10, 4), 5);
        assert_eq!(log.last_index_within_term(10, 3), 3);
        assert_eq!(log.last_index_within_term(4, 9), 4);
        assert_eq!(log.last_index_within_term(10, 0), 0);
    }

    #[test]
    fn a_cut_is_counted_only_if_it_cuts() {
        let mut log = log(&[1, 1, 2]);
        log.truncate_from(4);
        assert_eq!(log.truncations(), (0, 0));
        log.truncate_from(2);
        assert_eq!(log.truncations(), (1, 1));
        assert_eq!(log.last_index(), 1);
    }
}
