//! Handlers against the paper; the protocol against exhaustive search and published counts.

mod explore;
mod handlers;
mod lab;
mod published;
