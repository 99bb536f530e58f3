//! How large a scenario may be. Checked before anything runs, so that no text, however hostile,
//! hangs or allocates without bound.

use crate::view::{MILLISECOND, SECOND, Time};

/// The most bytes that a text may have.
pub const MAX_TEXT: usize = 64 * 1024;

/// The most nodes, servers and clients together.
pub const MAX_NODES: u32 = 64;

/// The most actions.
pub const MAX_ACTIONS: usize = 2_000;

/// The most `say` lines, and the most `expect` lines.
pub const MAX_REMARKS: usize = 500;

/// The most characters of a word or a text in quotes.
pub const MAX_STRING: u32 = 200;

/// The longest time that a scenario may name: the latest `until`.
pub const MAX_TIME: Time = 3_600 * SECOND;

/// The most events of a run that nobody watches (`check`, `run`).
pub const MAX_EVENTS: u64 = 5_000_000;

/// How many faults of a text are reported.
pub const MAX_DIAGNOSTICS: usize = 50;

/// How late a run ends if the text does not say, and names no later time.
pub const DEFAULT_UNTIL: Time = 5 * SECOND;

/// How long a run goes on after the last time that the text names, if it has no `until`.
pub const AFTER_LAST: Time = SECOND;

/// In the mode without a clock: how much later each action line is than the one before.
pub const MANUAL_STEP: Time = 10 * MILLISECOND;

/// How fast a clock may drift, in millionths.
pub const MAX_DRIFT_PPM: i32 = 500_000;
