//! A partition, seen: the sides are tinted apart and a crack runs between them. Both are computed
//! from the cuts alone, so that a partition made link by link looks the same.

use std::f64::consts::PI;

use js_sys::Math;
use yew::prelude::*;

use super::Layout;
use super::geometry::Point;

/// How far the tint reaches beyond the ring.
const BEYOND: f64 = 46.0;
/// Corners of the tint's edge between two nodes.
const SMOOTH: u32 = 24;

/// The sides and the crack between them; nothing if there is one side only.
pub fn rift(layout: &Layout, sides: &[u32]) -> Html {
    if sides.iter().all(|side| *side == 0) {
        return Html::default();
    }
    let count = sides.len() as u32;
    let next = |place: u32| sides[((place + 1) % count) as usize];
    let borders: Vec<u32> =
        (0..count).filter(|place| sides[*place as usize] != next(*place)).collect();
    let wedges = borders.iter().enumerate().map(|(at, &border)| {
        let end = borders[(at + 1) % borders.len()];
        let side = next(border) % 4;
        let class = format!("side side-{side}");
        html! { <path class={class} d={wedge(layout, border, end, count)} /> }
    });
    let cracks = borders.iter().map(|&border| {
        html! { <path class="rift" d={crack(layout, border)} /> }
    });
    html! {
        <g class="rifts" aria-hidden="true">
            { for wedges }
            { for cracks }
        </g>
    }
}

/// The part of the picture between two borders.
fn wedge(layout: &Layout, from: u32, to: u32, count: u32) -> String {
    let centre = layout.centre;
    let (rx, ry) = (layout.axes.0 + BEYOND, layout.axes.1 + BEYOND);
    let span = if to > from { to - from } else { to + count - from };
    let angle = |place: f64| place / f64::from(count) * 2.0 * PI - PI / 2.0;
    let start = f64::from(from) + 0.5;
    let steps = span * SMOOTH;
    let mut path = format!("M{centre}");
    for step in 0..=steps {
        let turn = angle(start + f64::from(step) / f64::from(SMOOTH));
        let x = centre.x + rx * Math::cos(turn);
        let y = centre.y + ry * Math::sin(turn);
        path.push_str(&format!("L{}", Point { x, y }));
    }
    path.push('Z');
    path
}

/// A jagged line from the middle to the border.
fn crack(layout: &Layout, border: u32) -> String {
    let (from, to) = (layout.centre, layout.gap(border, BEYOND + 8.0));
    let (dx, dy) = (to.x - from.x, to.y - from.y);
    let length = dx.hypot(dy).max(1.0);
    let (nx, ny) = (-dy / length, dx / length);
    let teeth = (length / 16.0).ceil().max(2.0);
    let mut path = format!("M{from}");
    let mut step = 1.0;
    while step < teeth {
        let part = step / teeth;
        let aside = if (step as u32).is_multiple_of(2) { 5.0 } else { -5.0 };
        let x = from.x + dx * part + nx * aside;
        let y = from.y + dy * part + ny * aside;
        path.push_str(&format!("L{}", Point { x, y }));
        step += 1.0;
    }
    path.push_str(&format!("L{to}"));
    path
}
