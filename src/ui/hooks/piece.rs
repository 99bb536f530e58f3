//! A piece of the page that is drawn again only when what it shows has changed.
//!
//! There is one component for all of them: a component of its own costs some kilobytes of code, a
//! piece costs what it says.

use std::any::Any;
use std::rc::Rc;

use yew::virtual_dom::{Key, VComp};
use yew::{Html, Properties, component};

/// What a piece shows.
pub trait Shown: Any {
    /// Draws it.
    fn draw(&self) -> Html;

    /// Whether another piece of the same type shows the same.
    fn same(&self, other: &dyn Any) -> bool;
}

#[derive(Properties)]
struct PieceProps {
    what: Rc<dyn Shown>,
}

impl PartialEq for PieceProps {
    fn eq(&self, other: &PieceProps) -> bool {
        self.what.same(&*other.what)
    }
}

#[component]
fn Piece(props: &PieceProps) -> Html {
    props.what.draw()
}

/// Whether two values of a type that is known to one of them are equal.
pub fn equal<T: PartialEq + 'static>(one: &T, other: &dyn Any) -> bool {
    other.downcast_ref::<T>() == Some(one)
}

/// A piece, with what tells it from its neighbours if it may change places with them.
#[inline(never)]
pub fn piece(what: Rc<dyn Shown>, key: Option<Key>) -> Html {
    VComp::new::<Piece>(Rc::new(PieceProps { what }), key).into()
}
