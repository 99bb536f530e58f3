//! A long sequence whose copies share what they have in common.
//!
//! Logs and histories grow at their end, are cut there now and then, and are copied whenever the
//! kernel keeps a keyframe. Elements live in chunks behind reference counts: a copy costs two
//! increments, and who goes on writing copies only the chunk that is written to.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::rc::Rc;

/// Elements in a chunk. It never shows: neither equality nor hash depends on it.
const CHUNK: usize = 64;

/// A sequence with cheap copies. Positions are `u64` and start at 0.
pub struct Chunks<T> {
    full: Rc<Vec<Rc<Vec<T>>>>,
    tail: Rc<Vec<T>>,
}

impl<T> Chunks<T> {
    /// An empty sequence.
    pub fn new() -> Chunks<T> {
        Chunks { full: Rc::new(Vec::new()), tail: Rc::new(Vec::new()) }
    }

    /// How many elements there are.
    pub fn len(&self) -> u64 {
        (self.full.len() * CHUNK + self.tail.len()) as u64
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The element at a position.
    pub fn get(&self, at: u64) -> Option<&T> {
        let at = usize::try_from(at).ok()?;
        match self.full.get(at / CHUNK) {
            Some(chunk) => chunk.get(at % CHUNK),
            None => self.tail.get(at - self.full.len() * CHUNK),
        }
    }

    /// The last element.
    pub fn last(&self) -> Option<&T> {
        self.tail.last().or_else(|| self.full.last()?.last())
    }

    /// Every element in order.
    pub fn iter(&self) -> impl Iterator<Item = &T> + Clone {
        self.full.iter().flat_map(|chunk| chunk.iter()).chain(self.tail.iter())
    }

    /// The elements from position `from` up to but not including `to`; what lies outside is left
    /// out.
    pub fn range(&self, from: u64, to: u64) -> impl Iterator<Item = &T> + Clone {
        (from..to.min(self.len())).filter_map(|at| self.get(at))
    }
}

impl<T: Clone> Chunks<T> {
    /// Adds an element at the end.
    pub fn push(&mut self, element: T) {
        let tail = Rc::make_mut(&mut self.tail);
        tail.push(element);
        if tail.len() == CHUNK {
            let chunk = std::mem::take(&mut self.tail);
            Rc::make_mut(&mut self.full).push(chunk);
        }
    }

    /// Keeps the first `len` elements; does nothing if there are no more than that.
    pub fn truncate(&mut self, len: u64) {
        if len >= self.len() {
            return;
        }
        let len = len as usize;
        let before_tail = self.full.len() * CHUNK;
        if len >= before_tail {
            Rc::make_mut(&mut self.tail).truncate(len - before_tail);
            return;
        }
        self.tail = Rc::new(self.full[len / CHUNK][..len % CHUNK].to_vec());
        Rc::make_mut(&mut self.full).truncate(len / CHUNK);
    }

    /// The element at a position, to be changed in place.
    pub fn get_mut(&mut self, at: u64) -> Option<&mut T> {
        let at = usize::try_from(at).ok()?;
        let before_tail = self.full.len() * CHUNK;
        if at >= before_tail {
            return Rc::make_mut(&mut self.tail).get_mut(at - before_tail);
        }
        Rc::make_mut(&mut Rc::make_mut(&mut self.full)[at / CHUNK]).get_mut(at % CHUNK)
    }
}

impl<T> Clone for Chunks<T> {
    fn clone(&self) -> Chunks<T> {
        Chunks { full: self.full.clone(), tail: self.tail.clone() }
    }
}

impl<T> Default for Chunks<T> {
    fn default() -> Chunks<T> {
        Chunks::new()
    }
}

impl<T: Clone> FromIterator<T> for Chunks<T> {
    fn from_iter<I: IntoIterator<Item = T>>(elements: I) -> Chunks<T> {
        let mut chunks = Chunks::new();
        elements.into_iter().for_each(|element| chunks.push(element));
        chunks
    }
}

impl<T: PartialEq> PartialEq for Chunks<T> {
    fn eq(&self, other: &Chunks<T>) -> bool {
        let same = |a: &Rc<Vec<T>>, b: &Rc<Vec<T>>| Rc::ptr_eq(a, b) || a == b;
        let full = || self.full.iter().zip(other.full.iter()).all(|(a, b)| same(a, b));
        self.len() == other.len()
            && (Rc::ptr_eq(&self.full, &other.full) || full())
            && same(&self.tail, &other.tail)
    }
}

impl<T: Eq> Eq for Chunks<T> {}

impl<T: Hash> Hash for Chunks<T> {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        hasher.write_u64(self.len());
        self.iter().for_each(|element| element.hash(hasher));
    }
}

impl<T: fmt::Debug> fmt::Debug for Chunks<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::digest::Digest;

    fn numbers(to: u64) -> Chunks<u64> {
        (0..to).collect()
    }

    #[test]
    fn it_is_a_sequence_at_every_length_around_a_chunk() {
        for len in [0, 1, 63, 64, 65, 127, 128, 129, 300] {
            let chunks = numbers(len);
            assert_eq!(chunks.len(), len);
            assert!(chunks.iter().copied().eq(0..len));
            assert_eq!(chunks.last().copied(), len.checked_sub(1));
            assert_eq!(chunks.get(len), None);
            assert!(chunks.range(5, 90).copied().eq(5..90.min(len.max(5))));
            for at in 0..len {
                assert_eq!(chunks.get(at), Some(&at));
            }
        }
    }

    #[test]
    fn cutting_and_growing_again_forgets_what_was_cut() {
        for len in [1, 64, 130, 200] {
            for keep in [0, 1, 63, 64, 65, 128, 129, 199, 250] {
                let mut chunks = numbers(len);
                chunks.truncate(keep);
                let kept = keep.min(len);
                assert!(chunks.iter().copied().eq(0..kept), "{len} cut to {keep}");
                chunks.push(1000);
                assert_eq!(chunks.len(), kept + 1);
                assert_eq!(chunks.last(), Some(&1000));
            }
        }
    }

    #[test]
    fn a_copy_does_not_see_what_happens_to_the_original() {
        let mut chunks = numbers(130);
        let copy = chunks.clone();
        chunks.push(7);
        *chunks.get_mut(3).expect("there") = 99;
        *chunks.get_mut(129).expect("there") = 98;
        chunks.truncate(100);
        assert!(copy.iter().copied().eq(0..130));
        assert_eq!(chunks.get(3), Some(&99));
        assert_eq!(chunks.get_mut(100), None);
    }

    #[test]
    fn equality_and_hash_depend_on_the_elements_alone() {
        let grown = numbers(100);
        let mut cut = numbers(300);
        cut.truncate(100);
        assert_eq!(grown, cut);
        assert_eq!(Digest::of(&grown), Digest::of(&cut));
        cut.push(1);
        assert_ne!(grown, cut);
        assert_ne!(Digest::of(&grown), Digest::of(&cut));
        *cut.get_mut(0).expect("there") = 5;
        cut.truncate(100);
        assert_ne!(Digest::of(&grown), Digest::of(&cut));
    }
}
