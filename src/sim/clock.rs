//! A node's own clock: set off by a constant, drifting at a rate.

use crate::view::Time;

const MILLION: u64 = 1_000_000;

/// A local clock. True time is the kernel's; the node reads only this one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Clock {
    anchor_true: Time,
    anchor_local: i64,
    offset_us: i64,
    drift_ppm: i32,
}

impl Clock {
    /// What the clock says at true time `now`; a clock set before zero says zero.
    #[inline(always)]
    pub fn read(&self, now: Time) -> Time {
        if self.drift_ppm == 0 && self.offset_us == 0 && self.anchor_local == 0 {
            return now - self.anchor_true;
        }
        self.exact(now).max(0) as Time
    }

    /// How much true time passes while the clock gains `local` microseconds.
    #[inline(always)]
    pub fn true_span(&self, local: Time) -> Time {
        if self.drift_ppm == 0 {
            return local;
        }
        scaled(local, MILLION, self.rate(), self.rate() - 1)
    }

    /// How much the clock gains while `span` microseconds of true time pass.
    pub fn local_span(&self, span: Time) -> Time {
        scaled(span, self.rate(), MILLION, 0)
    }

    /// Sets the clock to true time plus an offset; its rate stays.
    pub fn set_offset(&mut self, now: Time, offset_us: i64) {
        self.anchor_true = now;
        self.anchor_local = now as i64;
        self.offset_us = offset_us;
    }

    /// Changes the rate; what the clock says at this moment stays.
    pub fn set_drift(&mut self, now: Time, drift_ppm: i32) {
        let local = self.exact(now);
        self.anchor_true = now;
        self.anchor_local = local - self.offset_us;
        self.drift_ppm = drift_ppm;
    }

    /// How far it was set off, in microseconds.
    pub fn offset_us(&self) -> i64 {
        self.offset_us
    }

    /// How many microseconds it gains in a million.
    pub fn drift_ppm(&self) -> i32 {
        self.drift_ppm
    }

    fn exact(&self, now: Time) -> i64 {
        self.anchor_local + self.offset_us + self.local_span(now - self.anchor_true) as i64
    }

    /// What it gains in a million microseconds. A drift of less than -90 % is refused before.
    fn rate(&self) -> u64 {
        MILLION.wrapping_add_signed(i64::from(self.drift_ppm))
    }
}

/// The whole part of `(span * by + more) / over`. Two short divisions: one of 128 bits would be
/// a function of its own in Wasm, and ten times as slow.
#[inline(never)]
fn scaled(span: u64, by: u64, over: u64, more: u64) -> u64 {
    (span / over).wrapping_mul(by).wrapping_add((span % over * by + more) / over)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_short_divisions_are_the_long_one() {
        let mut rng = crate::sim::rng::Rng::new(11);
        for _ in 0..10_000 {
            let (span, drift) = (rng.below(u64::MAX) >> rng.below(64), rng.between(0, 9_900_000));
            let clock = Clock { drift_ppm: drift as i32 - 900_000, ..Clock::default() };
            let (long, rate) = (i128::from(span), i128::from(clock.drift_ppm) + 1_000_000);
            assert_eq!(clock.local_span(span), (long * rate / 1_000_000) as Time);
            if clock.drift_ppm != 0 {
                assert_eq!(clock.true_span(span), ((long * 1_000_000 + rate - 1) / rate) as Time);
            }
        }
    }

    #[test]
    fn drift_is_a_rate_and_offset_a_constant() {
        let mut clock = Clock::default();
        assert_eq!(clock.read(5_000_000), 5_000_000);
        clock.set_drift(1_000_000, 200);
        assert_eq!(clock.read(1_000_000), 1_000_000, "a change of rate moves no hand");
        assert_eq!(clock.read(2_000_000), 2_000_200);
        clock.set_offset(2_000_000, -500);
        assert_eq!(clock.read(2_000_000), 1_999_500);
        assert_eq!(clock.read(3_000_000), 2_999_700);
        clock.set_drift(3_000_000, 0);
        assert_eq!(clock.read(4_000_000), 3_999_700);
    }

    #[test]
    fn a_fast_clock_waits_shorter() {
        let mut clock = Clock::default();
        clock.set_drift(0, 500_000);
        assert_eq!(clock.true_span(300_000), 200_000);
        assert_eq!(clock.local_span(200_000), 300_000);
    }

    #[test]
    fn a_clock_before_zero_says_zero() {
        let mut clock = Clock::default();
        clock.set_offset(100, -5_000);
        assert_eq!(clock.read(100), 0);
    }
}
