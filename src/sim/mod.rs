//! The kernel: a deterministic simulation of nodes, links and clients.
//!
//! It knows no protocol and no front end. In reading order: what a protocol says of itself and
//! how it speaks to the kernel; what can be done to a run; the machine; the run with its past.

pub mod action;
pub mod digest;
pub mod info;
pub mod protocol;
pub mod rng;
pub mod session;
pub mod trace;
pub mod tree;
pub mod verdict;
