//! The page's state: the run and how it is played, what is selected and open, and the one place
//! that changes either.

pub mod choices;
pub mod forms;
pub mod player;
pub mod query;
pub mod scene;
pub mod script;
pub mod sharing;
pub mod shell;
pub mod source;
pub mod store;
pub mod study;
pub mod tell;
pub mod undo;
