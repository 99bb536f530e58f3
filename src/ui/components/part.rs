//! A part of the page that is drawn again when the run or the page around it has changed. Each is a
//! plain function.

use std::any::Any;
use std::rc::Rc;

use yew::Html;

use crate::ui::hooks::piece::{Shown, equal};
use crate::ui::state::shell::Shell;
use crate::ui::state::store::{Store, View};

/// How a part is drawn.
pub type Draw = fn(&Store, &View, &Shell) -> Html;

/// A part of the page.
pub struct Part {
    /// Where commands go.
    pub store: Store,
    /// The run.
    pub view: View,
    /// The page around it.
    pub shell: Rc<Shell>,
    /// How it is drawn.
    pub draw: Draw,
}

impl PartialEq for Part {
    fn eq(&self, other: &Part) -> bool {
        self.view == other.view
            && self.shell == other.shell
            && std::ptr::fn_addr_eq(self.draw, other.draw)
    }
}

impl Shown for Part {
    fn draw(&self) -> Html {
        (self.draw)(&self.store, &self.view, &self.shell)
    }

    fn same(&self, other: &dyn Any) -> bool {
        equal(self, other)
    }
}
