//! What clients saw, judged against what they were promised.
//!
//! A checker knows a history (who called what when, and what was answered) and a
//! [`Service`](crate::service::Service), the sequential specification. It knows neither the
//! protocol nor the kernel, so that it judges a recorded history from outside as well as a
//! simulated one. In reading order: the history; the judgement; how it is told.

mod explain;
mod history;
mod linearizability;
mod search;

pub use explain::explain;
pub use history::{Account, Bare, History, Interval, Outcome};
pub use linearizability::{Conflict, Effect, Limits, Undecided, Verdict, linearizability};

#[cfg(test)]
mod tests;
