//! What the page asks of the browser and of its framework, each in one place.

pub mod browser;
pub mod frames;
pub mod markup;
pub mod number;
pub mod piece;
