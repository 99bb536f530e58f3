//! What the page asks of the browser, each in one place: frames, sizes, dialogs, guarded access.

pub mod browser;
pub mod frames;
pub mod markup;
pub mod number;
