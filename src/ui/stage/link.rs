//! A link between two nodes: its two directions, apart, and what is wrong with them.

use std::any::Any;

use js_sys::Math;
use yew::Html;
use yew::virtual_dom::AttrValue;

use super::Layout;
use crate::ui::hooks::markup::{Markup, markup};
use crate::ui::hooks::number::Px;
use crate::ui::hooks::piece::{Shown, equal};
use crate::view::NodeId;

/// A link: what is to be drawn of it.
#[derive(PartialEq)]
pub struct Link {
    /// One end.
    pub a: NodeId,
    /// The other.
    pub b: NodeId,
    /// Where everything stands.
    pub layout: Layout,
    /// Both names.
    pub name: AttrValue,
    /// Whether a client is at one end.
    pub client: bool,
    /// Whether it is selected.
    pub selected: bool,
    /// Which directions are cut.
    pub cut: (bool, bool),
    /// Which directions hold their messages.
    pub held: (bool, bool),
    /// Whether messages are lost by chance.
    pub odd: bool,
}

impl Shown for Link {
    fn draw(&self) -> Html {
        drawn(self)
    }

    fn same(&self, other: &dyn Any) -> bool {
        equal(self, other)
    }
}

fn drawn(props: &Link) -> Html {
    let (a, b, layout) = (props.a, props.b, &props.layout);
    let names = layout.names;
    let mut class = "link".to_string();
    for (so, word) in
        [(props.client, " to-client"), (props.selected, " selected"), (props.odd, " lossy")]
    {
        if so {
            class.push_str(word);
        }
    }
    let state = match (props.cut, props.held) {
        ((true, true), _) => ", cut",
        ((true, false) | (false, true), _) => ", cut one way",
        (_, (false, false)) => "",
        _ => ", holds its messages",
    };
    let label = format!("Link between {}{state}", props.name);
    let hit = layout.path(a, b);
    let select = format!("link:{}-{}", names.name(a), names.name(b));
    markup(|page| {
        page.el("g tabindex=-1 role=button", |page| {
            page.attr("class", &class);
            page.attr("aria-label", &label);
            page.attr("data-select", &select);
            page.state("aria-pressed", props.selected);
            page.el("path class=hit", |page| page.attr("d", &hit));
            page.group(|page| direction(page, layout, (a, b), props.cut.0, props.held.0));
            page.group(|page| direction(page, layout, (b, a), props.cut.1, props.held.1));
        });
    })
}

#[inline(never)]
fn direction(page: &mut Markup, layout: &Layout, ends: (NodeId, NodeId), cut: bool, held: bool) {
    let (from, to) = ends;
    let middle = layout.along(from, to, 0.5);
    let near = layout.along(from, to, 0.55);
    let (dx, dy) = (near.x - middle.x, near.y - middle.y);
    let turn = Math::atan2(dy, dx).to_degrees();
    let place = format!("translate({middle}) rotate({})", Px(turn));
    page.el("path", |page| {
        let class = match (cut, held) {
            (true, true) => "way cut held",
            (true, false) => "way cut",
            (false, true) => "way held",
            (false, false) => "way",
        };
        page.attr("class", class);
        page.attr("d", &layout.path(from, to));
    });
    if cut {
        page.el("g class=broken", |page| {
            page.attr("transform", &place);
            page.el("path class=gap d='M-6 0H6'", |_| ());
            page.el("path d='M-5 -6L-1 6M1 -6L5 6'", |_| ());
        });
    } else if held {
        page.el("g class=barrier", |page| {
            page.attr("transform", &place);
            page.el("path d='M-2 -7V7M3 -7V7'", |_| ());
        });
    }
}
