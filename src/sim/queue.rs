//! The queue of what is due: a heap of numbers of 128 bits.
//!
//! An entry is its time (64 bits), its order among those of the same time (38 bits) and what is
//! due (26 bits), packed so that comparing two entries is comparing two numbers. The queue is the
//! hottest place of the kernel; packed, it is about twice as fast as a derived `Ord`.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::view::Time;

const DUE_BITS: u32 = 26;
const PAYLOAD_BITS: u32 = DUE_BITS - 2;

/// How many messages an entry can tell apart.
pub const MAX_SLOTS: usize = 1 << PAYLOAD_BITS;

/// The queue.
#[derive(Clone, Debug, Default)]
pub struct Queue {
    heap: BinaryHeap<Reverse<u128>>,
}

/// Something that is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// When.
    pub at: Time,
    /// Its order among those of the same time.
    pub order: u64,
    /// What.
    pub due: Due,
}

/// What is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    /// The message in that slot arrives.
    Message(u32),
    /// The timer of that tag goes off at that node.
    Timer(u8, u8),
    /// The pause of that number ends at that node. The number is counted modulo 65,536.
    Wake(u8, u16),
}

impl Queue {
    /// Puts an entry in.
    pub fn push(&mut self, entry: Entry) {
        self.heap.push(Reverse(entry.pack()));
    }

    /// How many entries there are, those that are out of date counted.
    pub fn len(&self) -> usize {
        self.heap.len()
    }

    /// Keeps the entries that are to be kept.
    pub fn retain(&mut self, mut keep: impl FnMut(Entry) -> bool) {
        self.heap.retain(|Reverse(packed)| keep(Entry::unpack(*packed)));
    }

    /// The earliest entry.
    #[inline(always)]
    pub fn peek(&self) -> Option<Entry> {
        self.heap.peek().map(|Reverse(packed)| Entry::unpack(*packed))
    }

    /// Takes the earliest entry out.
    pub fn pop(&mut self) -> Option<Entry> {
        self.heap.pop().map(|Reverse(packed)| Entry::unpack(packed))
    }
}

impl Entry {
    #[inline(always)]
    fn pack(self) -> u128 {
        let due = match self.due {
            Due::Message(slot) => u64::from(slot),
            Due::Timer(node, tag) => 1 << PAYLOAD_BITS | u64::from(node) << 8 | u64::from(tag),
            Due::Wake(node, pause) => 2 << PAYLOAD_BITS | u64::from(node) << 16 | u64::from(pause),
        };
        u128::from(self.at) << 64 | u128::from(self.order << DUE_BITS | due)
    }

    #[inline(always)]
    fn unpack(packed: u128) -> Entry {
        let (at, low) = ((packed >> 64) as Time, packed as u64);
        let payload = low as u32 & ((1 << PAYLOAD_BITS) - 1);
        let due = match low >> PAYLOAD_BITS & 3 {
            0 => Due::Message(payload),
            1 => Due::Timer((payload >> 8) as u8, payload as u8),
            _ => Due::Wake((payload >> 16) as u8, payload as u16),
        };
        Entry { at, order: low >> DUE_BITS, due }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_come_out_by_time_then_by_order_as_they_went_in() {
        let entry = |at, order, due| Entry { at, order, due };
        let sorted = [
            entry(0, 7, Due::Wake(63, u16::MAX)),
            entry(5, 1, Due::Message(MAX_SLOTS as u32 - 1)),
            entry(5, 2, Due::Message(0)),
            entry(5, 1 << 37, Due::Timer(63, 255)),
            entry(u64::MAX - 1, 3, Due::Timer(0, 0)),
        ];
        let mut queue = Queue::default();
        for place in [3, 0, 4, 2, 1] {
            queue.push(sorted[place]);
        }
        assert_eq!(queue.peek(), Some(sorted[0]));
        let popped: Vec<Entry> = std::iter::from_fn(|| queue.pop()).collect();
        assert_eq!(popped, sorted);
    }

    #[test]
    fn the_heap_agrees_with_sorting() {
        let mut rng = crate::sim::rng::Rng::new(5);
        let mut queue = Queue::default();
        let mut kept: Vec<(Time, u64)> = Vec::new();
        for order in 1..=20_000 {
            let at = rng.below(500);
            queue.push(Entry { at, order, due: Due::Message(7) });
            kept.push((at, order));
            kept.sort_unstable_by(|a, b| b.cmp(a));
            for _ in 0..rng.below(if kept.len() > 60 { 4 } else { 2 }) {
                let popped = queue.pop().map(|entry| (entry.at, entry.order));
                assert_eq!(popped, kept.pop());
            }
        }
        assert!(kept.len() > 30);
    }
}
