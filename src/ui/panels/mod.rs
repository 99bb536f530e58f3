//! The pictures that protocols compose: every protocol's panels are drawn here, a kind a file.
//!
//! What is a list or a table by nature is drawn as one, and so can be read by whoever does not see
//! it. The two kinds that are drawn as pictures carry their text beside them.

mod chain;
mod log;
mod matrix;
mod plot;
mod ring;
mod sample;
mod table;
mod tree;

use yew::prelude::*;

pub use sample::sample;

use super::components::inspector::durable_mark;
use crate::ui::hooks::markup::{Markup, markup};
use crate::ui::state::scene::Selection;
use crate::ui::state::store::{Command, Store};
use crate::view::{Head, Panel, PanelMark, Pointer, RingPlace, Spot, Tone};

/// Draws a panel.
pub fn panel(store: &Store, panel: &Panel) -> Html {
    markup(|page| {
        page.el("section class=picture", |page| {
            page.attr("data-panel", kind(panel));
            page.key(panel.title());
            page.el("h3", |page| {
                page.text(panel.title());
                if panel.durable() {
                    durable_mark(page);
                }
            });
            let lines = panel.text();
            if lines.is_empty() {
                return page.line("p class=empty", "Empty.");
            }
            draw(page, store, panel);
            if matches!(panel, Panel::Ring { .. } | Panel::Plot { .. }) {
                in_words(page, store, panel, lines);
            }
        });
    })
}

fn kind(panel: &Panel) -> &'static str {
    match panel {
        Panel::Log { .. } => "log",
        Panel::Table { .. } => "table",
        Panel::Ring { .. } => "ring",
        Panel::Chain { .. } => "chain",
        Panel::Tree { .. } => "tree",
        Panel::Matrix { .. } => "matrix",
        Panel::Plot { .. } => "plot",
    }
}

fn draw(page: &mut Markup, store: &Store, panel: &Panel) {
    match panel {
        Panel::Log { cells, marks, .. } => log::log(page, cells, marks),
        Panel::Table { rows, .. } => table::table(page, rows),
        Panel::Ring { places, .. } => page.put(ring::ring(store, places)),
        Panel::Chain { rows, .. } => chain::chain(page, store, rows),
        Panel::Tree { nodes, .. } => tree::tree(page, store, nodes),
        Panel::Matrix { title, columns, rows, .. } => {
            matrix::matrix(page, store, title, columns, rows);
        }
        Panel::Plot { x, y, series, levels, .. } => page.put(plot::plot(x, y, series, levels)),
    }
}

/// The text of a picture; what can be clicked there can be reached here by key.
#[inline(never)]
fn in_words(page: &mut Markup, store: &Store, panel: &Panel, lines: Vec<String>) {
    let places: &[RingPlace] = if let Panel::Ring { places, .. } = panel { places } else { &[] };
    page.el("details", |page| {
        page.line("summary", "In words");
        page.el("ul class=plain", |page| {
            for (at, label) in lines.into_iter().enumerate() {
                let of = places.get(at).and_then(|place| place.spot.of);
                page.el("li", |page| head(page, store, &Head { label, of }));
            }
        });
    });
}

/// What a part of a picture leads to, as a command.
fn follow(of: Pointer) -> Command {
    match of {
        Pointer::Node(node) => Command::Select(Some(Selection::Node(node))),
        Pointer::Step(step) => Command::Seek(step),
    }
}

/// The classes that paint a generation and a tone.
fn paint(generation: Option<u64>, tone: Tone) -> String {
    let generation = generation.map(|generation| format!("gen-{} ", generation % 8));
    format!("{}is-{}", generation.unwrap_or_default(), tone.word())
}

/// The names of the marks behind an index.
fn marks_at(marks: &[PanelMark], index: u64, between: &str) -> String {
    let mut text = String::new();
    for mark in marks.iter().filter(|mark| mark.index == index) {
        if !text.is_empty() {
            text.push_str(between);
        }
        text.push_str(mark.name);
    }
    text
}

/// A text within text that a browser reads as elements.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            letter => out.push(letter),
        }
    }
    out
}

/// A sign for a tone, so that it is not told by colour alone.
fn sign(tone: Tone) -> &'static str {
    match tone {
        Tone::Leading => "★ ",
        Tone::Trying => "… ",
        Tone::Suspect => "? ",
        Tone::Violated => "! ",
        Tone::Down => "✕ ",
        _ => "",
    }
}

/// A thing as a small box, to be clicked if it leads anywhere.
#[inline(never)]
fn spot(page: &mut Markup, store: &Store, spot: &Spot) {
    let head = if spot.of.is_some() { "button type=button" } else { "span" };
    page.el(head, |page| {
        page.attr("class", &format!("spot {}", paint(spot.generation, spot.tone)));
        let text = spot.text();
        page.attr("title", &text);
        if let Some(of) = spot.of {
            page.click(store, follow(of));
        }
        page.line("span aria-hidden=true", &format!("{}{}", sign(spot.tone), spot.label));
        page.line("span class=sr", &text);
    });
}

/// The head of a row or column, to be clicked if it leads anywhere.
#[inline(never)]
fn head(page: &mut Markup, store: &Store, head: &Head) {
    let Some(of) = head.of else { return page.text(&head.label) };
    page.el("button type=button class=link", |page| {
        page.click(store, follow(of));
        page.text(&head.label);
    });
}
