//! Everything around the stage.

pub mod act;
pub mod branches;
pub mod calls;
pub mod compare;
pub mod dialog;
pub mod form;
pub mod help;
pub mod history;
pub mod icons;
pub mod inspector;
pub mod library;
pub mod log;
pub mod marks;
pub mod narration;
pub mod overview;
pub mod part;
pub mod properties;
pub mod script;
pub mod share;
pub mod tabs;
pub mod transport;
pub mod try_this;
pub mod why;
