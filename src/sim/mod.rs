//! The kernel: a deterministic simulation of nodes, links and clients.
//!
//! It knows no protocol and no front end. In reading order: what a protocol says of itself and
//! how it speaks to the kernel; what can be done to a run and what it shows; the machine; the run
//! with its past.

pub mod info;
pub mod protocol;
pub mod verdict;

pub mod action;
pub mod session;
pub mod trace;

pub mod chunks;
pub mod digest;
pub mod rng;

mod causality;
mod client;
mod clients;
mod clock;
pub mod cluster;
pub mod core;
mod history;
mod intervene;
mod judge;
mod network;
pub mod pair;
mod queue;
pub mod run;
mod shell;
pub mod tally;
pub mod trail;
pub mod tree;
mod world;
