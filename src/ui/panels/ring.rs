//! A ring: arcs that belong to tokens, and what lies on them.

use js_sys::Math;
use yew::prelude::*;

use super::{follow, paint, sign};
use crate::ui::hooks::number::Px;
use crate::ui::state::store::Store;
use crate::view::RingPlace;

/// The radius of the circle, and half of the picture: names stand beside it.
const RADIUS: f64 = 84.0;
const HALF: (f64, f64) = (168.0, 116.0);
/// More tokens than that have no room for their names.
const NAMED: usize = 24;

/// Draws it.
pub fn ring(store: &Store, places: &[RingPlace]) -> Html {
    let tokens: Vec<&RingPlace> = places.iter().filter(|place| place.token).collect();
    let before = |at: usize| tokens[(at + tokens.len() - 1) % tokens.len()].at;
    let arcs = tokens.iter().enumerate().map(|(at, token)| arc(before(at), token));
    let named = places.len() <= NAMED;
    let (x, y) = (Px(HALF.0), Px(HALF.1));
    let size = format!("-{x} -{y} {} {}", Px(HALF.0 * 2.0), Px(HALF.1 * 2.0));
    html! {
        <div class="ring" role="group" aria-label="Ring">
            <svg viewBox={size}>
                <circle class="orbit" r={Px(RADIUS).to_string()} />
                { for arcs }
                { for places.iter().map(|place| one(store, place, named)) }
            </svg>
        </div>
    }
}

/// A point of the circle of that radius.
fn point(at: u32, radius: f64) -> (Px, Px) {
    let angle = f64::from(at) / 4_294_967_296.0 * std::f64::consts::TAU;
    (Px(Math::sin(angle) * radius), Px(-Math::cos(angle) * radius))
}

/// What a token owns: from the token before it to itself; with a single token, all.
fn arc(from: u32, token: &RingPlace) -> Html {
    if token.spot.generation.is_none() {
        return Html::default();
    }
    let length = token.at.wrapping_sub(from);
    let class = classes!("arc", paint(token.spot.generation, token.spot.tone));
    if length == 0 {
        return html! { <circle {class} r={Px(RADIUS).to_string()} /> };
    }
    let ((x, y), (to_x, to_y)) = (point(from, RADIUS), point(token.at, RADIUS));
    let (radius, large) = (Px(RADIUS), u32::from(length > 1 << 31));
    let d = format!("M{x} {y}A{radius} {radius} 0 {large} 1 {to_x} {to_y}");
    html! { <path {class} {d} /> }
}

fn one(store: &Store, place: &RingPlace, named: bool) -> Html {
    let spot = &place.spot;
    let class = classes!("at", place.token.then_some("token"), paint(spot.generation, spot.tone));
    let radius = if place.token { RADIUS } else { RADIUS - 18.0 };
    let (x, y) = point(place.at, radius);
    let (name_x, name_y) = point(place.at, if place.token { RADIUS + 14.0 } else { RADIUS - 30.0 });
    // Names grow away from what they name.
    let side = if place.token { name_x.0 } else { -name_x.0 };
    let anchor = match () {
        () if side > 24.0 => "start",
        () if side < -24.0 => "end",
        () => "middle",
    };
    let onclick = spot.of.map(|of| store.on::<MouseEvent>(follow(of)));
    let role = onclick.is_some().then_some("button");
    let text = spot.text();
    html! {
        <g {class} key={spot.id} {onclick} {role} aria-label={role.map(|_| text.clone())}
            tabindex={role.map(|_| "-1")}>
            <title>{ text }</title>
            <circle class="hit" cx={x.to_string()} cy={y.to_string()} r="13" />
            <circle class="dot" cx={x.to_string()} cy={y.to_string()}
                r={if place.token { "7" } else { "4" }} />
            if named {
                <text x={name_x.to_string()} y={name_y.to_string()} dy="0.35em"
                    text-anchor={anchor} aria-hidden="true">
                    { sign(spot.tone) }{ &spot.label }</text>
            }
        </g>
    }
}
