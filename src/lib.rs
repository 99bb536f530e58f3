//! Interleave: a laboratory for distributed systems that runs in a browser tab.
//!
//! The modules in reading order; each uses only those above it.

pub mod order;

pub mod view;

pub mod service;

pub mod check;

pub mod sim;

pub mod protocols;

pub mod scenario;

#[cfg(not(target_arch = "wasm32"))]
pub mod cli;

#[cfg(target_arch = "wasm32")]
pub mod ui;
