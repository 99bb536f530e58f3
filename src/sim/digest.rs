//! A stable hash: the same number natively and in Wasm, today and tomorrow.
//!
//! It stands behind `std::hash::Hasher`, so states and messages derive `Hash`. Lengths and
//! discriminants arrive as `usize` and `isize` there; they are widened to 64 bits first, because
//! a `usize` has 32 bits in Wasm.

use std::hash::{Hash, Hasher};

use super::rng::mix;

/// A running digest over words of 64 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Digest(u64);

impl Default for Digest {
    fn default() -> Digest {
        Digest(0x1a7e_51ea_0e1e_a1ed)
    }
}

impl Digest {
    /// Takes in one word.
    #[inline(always)]
    pub fn word(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(26) ^ word).wrapping_mul(0x9fb2_1c65_1e98_df25);
        self.0 ^= self.0 >> 32;
    }

    /// The digest of everything that was taken in.
    pub fn value(self) -> u64 {
        mix(self.0)
    }

    /// The digest of one value.
    pub fn of(value: &impl Hash) -> u64 {
        let mut digest = Digest::default();
        value.hash(&mut digest);
        digest.value()
    }
}

impl Hasher for Digest {
    fn finish(&self) -> u64 {
        self.value()
    }

    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.word(u64::from_le_bytes(word));
        }
        self.word(bytes.len() as u64);
    }

    fn write_u8(&mut self, number: u8) {
        self.word(u64::from(number));
    }

    fn write_u16(&mut self, number: u16) {
        self.word(u64::from(number));
    }

    fn write_u32(&mut self, number: u32) {
        self.word(u64::from(number));
    }

    fn write_u64(&mut self, number: u64) {
        self.word(number);
    }

    fn write_usize(&mut self, number: usize) {
        self.word(number as u64);
    }

    fn write_i8(&mut self, number: i8) {
        self.word(number as u64);
    }

    fn write_i16(&mut self, number: i16) {
        self.word(number as u64);
    }

    fn write_i32(&mut self, number: i32) {
        self.word(number as u64);
    }

    fn write_i64(&mut self, number: i64) {
        self.word(number as u64);
    }

    fn write_isize(&mut self, number: isize) {
        self.word(number as i64 as u64);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn width_of_usize_does_not_matter() {
        let mut wide = Digest::default();
        let mut narrow = Digest::default();
        wide.write_usize(5);
        narrow.write_u64(5);
        assert_eq!(wide, narrow);
    }

    #[test]
    fn order_and_length_matter() {
        assert_ne!(Digest::of(&[1u32, 2]), Digest::of(&[2u32, 1]));
        assert_ne!(Digest::of(&vec![0u8; 7]), Digest::of(&vec![0u8; 8]));
        assert_ne!(Digest::of(&"ab"), Digest::of(&"ba"));
    }
}
