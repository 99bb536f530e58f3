//! Handlers against the paper; the protocol against exhaustive search and published counts; the picture.

mod explore;
mod handlers;
mod lab;
mod published;
mod shown;
