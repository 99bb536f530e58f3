//! Elements of the picture that are drawn in many places by one function: each written out where
//! it stands would cost the page some hundred bytes.

use yew::Html;

use super::geometry::Point;
use crate::ui::hooks::markup::markup;
use crate::ui::hooks::number::Px;

/// A path.
#[inline(never)]
pub fn path(class: &str, d: &str) -> Html {
    drawn("path fill-rule=evenodd", &[("class", class), ("d", d)])
}

/// A path filled with a pattern.
pub fn filled(d: &str, pattern: &str) -> Html {
    drawn("path", &[("d", d), ("fill", &format!("url(#{pattern})"))])
}

/// A closed path of which only so many parts of so many are drawn.
pub fn partly(class: &str, d: &str, parts: usize, of: u32) -> Html {
    let dash = format!("{parts} {of}");
    let length = of.to_string();
    let how = [("class", class), ("d", d), ("pathLength", &length), ("stroke-dasharray", &dash)];
    drawn("path", &how)
}

#[inline(never)]
fn drawn(head: &'static str, how: &[(&'static str, &str)]) -> Html {
    markup(|page| {
        page.el(head, |page| {
            for (name, value) in how {
                page.attr(name, value);
            }
        });
    })
}

/// A text at a place.
#[inline(never)]
pub fn label(class: &str, at: Point, text: String) -> Html {
    markup(|page| {
        page.el("text", |page| {
            page.attr("class", class);
            page.attr("x", &Px(at.x).to_string());
            page.attr("y", &Px(at.y).to_string());
            page.text(&text);
        });
    })
}

/// Several of them, hidden from who reads and does not look: the text twin says the same.
#[inline(never)]
pub fn group(class: &str, children: Vec<Html>) -> Html {
    markup(|page| {
        page.el("g aria-hidden=true", |page| {
            page.attr("class", class);
            for child in children {
                page.put(child);
            }
        });
    })
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
