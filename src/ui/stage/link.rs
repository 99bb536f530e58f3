//! A link between two nodes: its two directions, apart, and what is wrong with them.

use js_sys::Math;
use yew::prelude::*;

use super::Layout;
use crate::ui::hooks::number::Px;
use crate::view::NodeId;

/// What a link needs.
#[derive(Properties, PartialEq)]
pub struct LinkProps {
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

/// A link.
#[component]
pub fn Link(props: &LinkProps) -> Html {
    let (a, b, layout) = (props.a, props.b, &props.layout);
    let names = layout.names;
    let class = classes!(
        "link",
        props.client.then_some("to-client"),
        props.selected.then_some("selected"),
        props.odd.then_some("lossy"),
    );
    let state = match (props.cut, props.held) {
        ((true, true), _) => ", cut",
        ((true, false) | (false, true), _) => ", cut one way",
        (_, (false, false)) => "",
        _ => ", holds its messages",
    };
    let label = format!("Link between {}{state}", props.name);
    let hit = layout.path(a, b);
    let select = format!("link:{}-{}", names.name(a), names.name(b));
    html! {
        <g {class} tabindex="-1" role="button" aria-label={label} data-select={select}
            aria-pressed={props.selected.to_string()}>
            <path class="hit" d={hit} />
            { direction(layout, a, b, props.cut.0, props.held.0) }
            { direction(layout, b, a, props.cut.1, props.held.1) }
        </g>
    }
}

fn direction(layout: &Layout, from: NodeId, to: NodeId, cut: bool, held: bool) -> Html {
    let class = classes!("way", cut.then_some("cut"), held.then_some("held"));
    let middle = layout.along(from, to, 0.5);
    let near = layout.along(from, to, 0.55);
    let (dx, dy) = (near.x - middle.x, near.y - middle.y);
    let turn = Math::atan2(dy, dx).to_degrees();
    let place = format!("translate({middle}) rotate({})", Px(turn));
    html! {
        <>
            <path {class} d={layout.path(from, to)} />
            if cut {
                <g class="broken" transform={place.clone()}>
                    <path class="gap" d="M-6 0H6" />
                    <path d="M-5 -6L-1 6M1 -6L5 6" />
                </g>
            } else if held {
                <g class="barrier" transform={place}><path d="M-2 -7V7M3 -7V7" /></g>
            }
        </>
    }
}
