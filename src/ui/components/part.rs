//! A part of the page that is drawn again when the run or the page around it has changed.
//!
//! There is one component for all of them, and each part is a plain function: a component of its
//! own costs some ten kilobytes of code, a function costs what it says.

use std::rc::Rc;

use yew::prelude::*;

use crate::ui::state::shell::Shell;
use crate::ui::state::store::{Store, View};

/// How a part is drawn.
pub type Draw = fn(&Store, &View, &Shell) -> Html;

/// What a part needs.
#[derive(Properties)]
pub struct PartProps {
    /// Where commands go.
    pub store: Store,
    /// The run.
    pub view: View,
    /// The page around it.
    pub shell: Rc<Shell>,
    /// How it is drawn.
    pub draw: Draw,
}

impl PartialEq for PartProps {
    fn eq(&self, other: &PartProps) -> bool {
        self.view == other.view
            && self.shell == other.shell
            && std::ptr::fn_addr_eq(self.draw, other.draw)
    }
}

/// A part of the page.
#[component]
pub fn Part(props: &PartProps) -> Html {
    (props.draw)(&props.store, &props.view, &props.shell)
}
