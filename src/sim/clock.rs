//! A node's own clock: set off by a constant, drifting at a rate.

use crate::view::Time;

const MILLION: i128 = 1_000_000;

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
        let rate = MILLION + i128::from(self.drift_ppm);
        ((i128::from(local) * MILLION + rate - 1) / rate) as Time
    }

    /// How much the clock gains while `span` microseconds of true time pass.
    pub fn local_span(&self, span: Time) -> Time {
        let rate = MILLION + i128::from(self.drift_ppm);
        (i128::from(span) * rate / MILLION) as Time
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
        let passed = i128::from(now - self.anchor_true);
        let gained = passed * (MILLION + i128::from(self.drift_ppm)) / MILLION;
        self.anchor_local + self.offset_us + gained as i64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
