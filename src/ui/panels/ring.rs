//! A ring: arcs that belong to tokens, and what lies on them. It is written as text: that is a
//! third of the code of as many elements, and nothing in it has a state of its own.

use std::fmt::Write;

use js_sys::Math;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event};
use yew::Html;
use yew::virtual_dom::ListenerKind;

use super::{escaped, follow, paint, sign};
use crate::ui::hooks::markup::markup;
use crate::ui::hooks::number::Px;
use crate::ui::state::store::Store;
use crate::view::{NodeId, Pointer, RingPlace};

/// The radius of the circle, and half of the picture: names stand beside it.
const RADIUS: f64 = 84.0;
const HALF: (f64, f64) = (168.0, 116.0);
/// More tokens than that have no room for their names.
const NAMED: usize = 24;

/// Draws it.
#[inline(never)]
pub fn ring(store: &Store, places: &[RingPlace]) -> Html {
    let tokens: Vec<&RingPlace> = places.iter().filter(|place| place.token).collect();
    let (x, y) = (Px(HALF.0), Px(HALF.1));
    let (width, height) = (Px(HALF.0 * 2.0), Px(HALF.1 * 2.0));
    let radius = Px(RADIUS);
    let mut svg = format!(
        "<svg viewBox=\"-{x} -{y} {width} {height}\"><circle class=\"orbit\" r=\"{radius}\"/>"
    );
    for (at, token) in tokens.iter().enumerate() {
        arc(&mut svg, tokens[(at + tokens.len() - 1) % tokens.len()].at, token);
    }
    for place in places {
        one(&mut svg, place, places.len() <= NAMED);
    }
    svg.push_str("</svg>");
    markup(|page| {
        page.el("div class=ring role=group aria-label=Ring", |page| {
            page.hear(ListenerKind::onclick, store, press);
            page.put(Html::from_html_unchecked(svg.into()));
        });
    })
}

/// A press on the ring may be one on a place.
fn press(store: &Store, event: &Event) {
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    let place = target.and_then(|target| target.closest("[data-of]").ok().flatten());
    if let Some(of) = place.and_then(|place| aim(&place.get_attribute("data-of")?)) {
        store.send(follow(of));
    }
}

/// What a place leads to, as its element says it.
fn aim(word: &str) -> Option<Pointer> {
    let (kind, number) = word.split_at_checked(1)?;
    match kind {
        "n" => Some(Pointer::Node(NodeId(number.parse().ok()?))),
        _ => Some(Pointer::Step(number.parse().ok()?)),
    }
}

/// A point of the circle of that radius.
fn point(at: u32, radius: f64) -> (Px, Px) {
    let angle = f64::from(at) / 4_294_967_296.0 * std::f64::consts::TAU;
    (Px(Math::sin(angle) * radius), Px(-Math::cos(angle) * radius))
}

/// What a token owns: from the token before it to itself; with a single token, all.
fn arc(svg: &mut String, from: u32, token: &RingPlace) {
    if token.spot.generation.is_none() {
        return;
    }
    let length = token.at.wrapping_sub(from);
    let paint = paint(token.spot.generation, token.spot.tone);
    let radius = Px(RADIUS);
    let ((x, y), (to_x, to_y)) = (point(from, RADIUS), point(token.at, RADIUS));
    let large = u32::from(length > 1 << 31);
    let _ = match length {
        0 => write!(svg, "<circle class=\"arc {paint}\" r=\"{radius}\"/>"),
        _ => write!(
            svg,
            "<path class=\"arc {paint}\" \
             d=\"M{x} {y}A{radius} {radius} 0 {large} 1 {to_x} {to_y}\"/>"
        ),
    };
}

#[inline(never)]
fn one(svg: &mut String, place: &RingPlace, named: bool) {
    let spot = &place.spot;
    let (kind, radius, away, size) = match place.token {
        true => ("token", RADIUS, 14.0, 7),
        false => ("key", RADIUS - 18.0, -12.0, 4),
    };
    let paint = paint(spot.generation, spot.tone);
    let of = match spot.of {
        Some(Pointer::Node(node)) => format!(" data-of=\"n{}\"", node.0),
        Some(Pointer::Step(step)) => format!(" data-of=\"s{step}\""),
        None => String::new(),
    };
    let text = escaped(&spot.text());
    let (x, y) = point(place.at, radius);
    let _ = write!(
        svg,
        "<g class=\"at {kind} {paint}\"{of}><title>{text}</title>\
         <circle class=\"hit\" cx=\"{x}\" cy=\"{y}\" r=\"13\"/>\
         <circle class=\"dot\" cx=\"{x}\" cy=\"{y}\" r=\"{size}\"/>"
    );
    if named {
        let (x, y) = point(place.at, radius + away);
        // Names grow away from what they name.
        let side = x.0 * away;
        let anchor = match () {
            () if side > 300.0 => "start",
            () if side < -300.0 => "end",
            () => "middle",
        };
        let (sign, label) = (sign(spot.tone), escaped(&spot.label));
        let _ = write!(
            svg,
            "<text x=\"{x}\" y=\"{y}\" dy=\".35em\" text-anchor=\"{anchor}\">{sign}{label}</text>"
        );
    }
    svg.push_str("</g>");
}
