//! Chance, small and documented: SplitMix64 (Steele, Lea and Flood, OOPSLA 2014).
//!
//! Each node and each directed link draws from a stream of its own, so an intervention in one
//! place does not reshuffle chance elsewhere. A stream is eight bytes, so a keyframe is small.

/// A stream of pseudo-random numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Rng {
    state: u64,
}

/// What a stream is for. Part of its seed, and therefore never renumbered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    /// The node of that index.
    Node(u32),
    /// The directed link between the nodes of those indices.
    Link(u32, u32),
    /// Whatever makes up scenarios, outside any run.
    Workload,
}

const GOLDEN_GAMMA: u64 = 0x9e37_79b9_7f4a_7c15;

/// The finalizer of SplitMix64: a bijection that scatters every bit.
pub const fn mix(word: u64) -> u64 {
    let word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    word ^ (word >> 31)
}

/// The upper 64 of the 128 bits of a product. Wasm has no such instruction, and nearly every
/// factor here is short enough for two products of 64 bits.
#[inline(always)]
pub fn high_half(word: u64, factor: u64) -> u64 {
    if factor >> 32 == 0 {
        let (high, low) = (word >> 32, word & 0xffff_ffff);
        return (high * factor + ((low * factor) >> 32)) >> 32;
    }
    ((u128::from(word) * u128::from(factor)) >> 64) as u64
}

impl Rng {
    /// The stream that starts from that state: the reference generator of the paper.
    pub const fn new(seed: u64) -> Rng {
        Rng { state: seed }
    }

    /// The stream for one purpose under one seed.
    pub const fn stream(seed: u64, stream: Stream) -> Rng {
        let word = match stream {
            Stream::Node(node) => (1 << 60) | node as u64,
            Stream::Link(from, to) => (2 << 60) | ((from as u64) << 24) | to as u64,
            Stream::Workload => 3 << 60,
        };
        Rng { state: mix(mix(seed.wrapping_add(GOLDEN_GAMMA)) ^ word) }
    }

    /// The next 64 bits.
    #[inline(always)]
    pub const fn next_u64(&mut self) -> u64 {
        self.state = self.state.wrapping_add(GOLDEN_GAMMA);
        mix(self.state)
    }

    /// A number below `bound`, every one equally likely (Lemire 2019); 0 if `bound` is 0.
    pub fn below(&mut self, bound: u64) -> u64 {
        if bound == 0 {
            return 0;
        }
        loop {
            let draw = self.next_u64();
            let low = draw.wrapping_mul(bound);
            if low >= bound || low >= bound.wrapping_neg() % bound {
                return high_half(draw, bound);
            }
        }
    }

    /// A number from `lo` to `hi`, both included; `lo` if they are the wrong way round.
    pub fn between(&mut self, lo: u64, hi: u64) -> u64 {
        match hi.saturating_sub(lo) {
            u64::MAX => self.next_u64(),
            width => lo + self.below(width + 1),
        }
    }

    /// True in `ppm` of a million cases.
    pub fn chance(&mut self, ppm: u32) -> bool {
        self.below(1_000_000) < u64::from(ppm)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Published with the reference implementation of SplitMix64, for the seed 1234567.
    #[test]
    fn the_reference_vectors_come_out() {
        let mut rng = Rng::new(1_234_567);
        let expected = [
            6_457_827_717_110_365_317,
            3_203_168_211_198_807_973,
            9_817_491_932_198_370_423,
            4_593_380_528_125_082_431,
            16_408_922_859_458_223_821,
        ];
        for value in expected {
            assert_eq!(rng.next_u64(), value);
        }
    }

    /// Our own streams, computed apart in Python: whoever changes them changes every run ever
    /// shared.
    #[test]
    fn the_streams_of_a_seed_stay_what_they_are() {
        let first = |stream| Rng::stream(42, stream).next_u64();
        assert_eq!(first(Stream::Node(0)), NODE_0);
        assert_eq!(first(Stream::Link(0, 1)), LINK_0_1);
        assert_eq!(first(Stream::Link(1, 0)), LINK_1_0);
        assert_eq!(first(Stream::Workload), WORKLOAD);
    }

    const NODE_0: u64 = 0x80fd_f727_1a39_a141;
    const LINK_0_1: u64 = 0x50e4_9542_cadc_e030;
    const LINK_1_0: u64 = 0x2ce6_420a_8452_b1d3;
    const WORKLOAD: u64 = 0xeec0_63a6_9071_af46;

    #[test]
    fn the_short_way_to_the_upper_half_is_the_same() {
        let mut rng = Rng::new(3);
        for _ in 0..1_000 {
            let (word, long) = (rng.next_u64(), rng.next_u64());
            for factor in [long, long >> 32, 0, 1, u64::from(u32::MAX), 1 << 32] {
                let whole = u128::from(word) * u128::from(factor);
                assert_eq!(high_half(word, factor), (whole >> 64) as u64);
                let whole = u128::from(u64::MAX) * u128::from(factor);
                assert_eq!(high_half(u64::MAX, factor), (whole >> 64) as u64);
            }
        }
    }

    #[test]
    fn bounds_are_kept_and_both_ends_are_reached() {
        let mut rng = Rng::new(7);
        let mut seen = [false; 4];
        for _ in 0..200 {
            seen[(rng.between(3, 6) - 3) as usize] = true;
        }
        assert_eq!(seen, [true; 4]);
        assert_eq!(rng.below(0), 0);
        assert_eq!(rng.between(9, 2), 9);
    }
}
