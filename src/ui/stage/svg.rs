//! Elements of the picture that are drawn in many places by one function: each written out where
//! it stands would cost the page some hundred bytes.

use yew::prelude::*;

use super::geometry::Point;
use crate::ui::hooks::number::Px;

/// A path.
#[inline(never)]
pub fn path(class: &str, d: &str) -> Html {
    html! { <path class={class.to_string()} d={d.to_string()} fill-rule="evenodd" /> }
}

/// A path filled with a pattern.
#[inline(never)]
pub fn filled(d: &str, pattern: &str) -> Html {
    html! { <path d={d.to_string()} fill={format!("url(#{pattern})")} /> }
}

/// A closed path of which only so many parts of so many are drawn.
#[inline(never)]
pub fn partly(class: &str, d: &str, parts: usize, of: u32) -> Html {
    let dash = format!("{parts} {of}");
    html! {
        <path class={class.to_string()} d={d.to_string()} pathLength={of.to_string()}
            stroke-dasharray={dash} />
    }
}

/// A text at a place.
#[inline(never)]
pub fn label(class: &str, at: Point, text: String) -> Html {
    html! {
        <text class={class.to_string()} x={Px(at.x).to_string()} y={Px(at.y).to_string()}>
            { text }
        </text>
    }
}

/// Several of them, hidden from who reads and does not look: the text twin says the same.
#[inline(never)]
pub fn group(class: &str, children: Vec<Html>) -> Html {
    html! { <g class={class.to_string()} aria-hidden="true">{ for children }</g> }
}

/// A circle as a path.
pub fn circle(at: Point, r: f64) -> String {
    // Written with one digit, a diameter is to be twice the radius that is written.
    let r = (r * 10.0).round() / 10.0;
    let (left, r, d) = (at.moved(-r, 0.0), Px(r), Px(r * 2.0));
    format!("M{left}a{r} {r} 0 1 0 {d} 0a{r} {r} 0 1 0 -{d} 0Z")
}

/// The next point of a path, or the first of its next part.
#[inline(never)]
pub fn go(path: &mut String, begins: bool, at: Point) {
    path.push(if begins { 'M' } else { 'L' });
    path.push_str(&at.to_string());
}
