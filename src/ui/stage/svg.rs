//! Elements of the picture that are drawn in many places by one function: each written out where
//! it stands would cost the page some hundred bytes.

use yew::prelude::*;
use yew::virtual_dom::VTag;

use super::geometry::Point;
use crate::ui::hooks::number::Px;

/// An element with attributes, and with a text in it if there is any.
#[inline(never)]
pub fn element(
    name: &'static str,
    class: &str,
    attributes: &[(&'static str, &str)],
    text: &str,
) -> Html {
    let mut tag = VTag::new(name);
    tag.add_attribute("class", class.to_string());
    for (key, value) in attributes {
        tag.add_attribute(key, (*value).to_string());
    }
    if !text.is_empty() {
        tag.add_child(Html::from(text));
    }
    tag.into()
}

/// A path.
pub fn path(class: &str, d: &str) -> Html {
    element("path", class, &[("d", d)], "")
}

/// A text at a place.
pub fn label(class: &str, at: Point, text: &str) -> Html {
    let (x, y) = (Px(at.x).to_string(), Px(at.y).to_string());
    element("text", class, &[("x", &x), ("y", &y)], text)
}

/// Several of them, hidden from who reads and does not look: the text twin says the same.
pub fn group(class: &str, children: Vec<Html>) -> Html {
    let mut tag = VTag::new("g");
    tag.add_attribute("class", class.to_string());
    tag.add_attribute("aria-hidden", "true");
    tag.add_children(children);
    tag.into()
}

/// The next point of a path, or the first of its next part.
#[inline(never)]
pub fn go(path: &mut String, begins: bool, at: Point) {
    path.push(if begins { 'M' } else { 'L' });
    path.push_str(&at.to_string());
}
