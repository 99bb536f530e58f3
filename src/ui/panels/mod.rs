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
use crate::ui::state::scene::Selection;
use crate::ui::state::store::{Command, Store};
use crate::view::{Head, Panel, Pointer, RingPlace, Spot, Tone};

/// Draws a panel.
pub fn panel(store: &Store, panel: &Panel) -> Html {
    let (kind, picture) = match panel {
        Panel::Log { cells, marks, .. } => ("log", log::log(cells, marks)),
        Panel::Table { rows, .. } => ("table", table::table(rows)),
        Panel::Ring { places, .. } => ("ring", ring::ring(store, places)),
        Panel::Chain { rows, .. } => ("chain", chain::chain(store, rows)),
        Panel::Tree { nodes, .. } => ("tree", tree::tree(store, nodes)),
        Panel::Matrix { columns, rows, .. } => {
            ("matrix", matrix::matrix(store, panel.title(), columns, rows))
        }
        Panel::Plot { x, y, series, levels, .. } => ("plot", plot::plot(x, y, series, levels)),
    };
    let drawn = matches!(panel, Panel::Ring { .. } | Panel::Plot { .. });
    let lines = panel.text();
    html! {
        <section class="picture" data-panel={kind} key={panel.title()}>
            <h3>{ panel.title() }if panel.durable() { { durable_mark() } }</h3>
            if lines.is_empty() {
                <p class="empty">{ "Empty." }</p>
            } else {
                { picture }
            }
            if drawn && !lines.is_empty() { { in_words(store, panel, lines) } }
        </section>
    }
}

/// The text of a picture; what can be clicked there can be reached here by key.
fn in_words(store: &Store, panel: &Panel, lines: Vec<String>) -> Html {
    let places: &[RingPlace] = if let Panel::Ring { places, .. } = panel { places } else { &[] };
    html! {
        <details>
            <summary>{ "In words" }</summary>
            <ul class="plain">
                { for lines.into_iter().enumerate().map(|(at, line)| {
                    let of = places.get(at).and_then(|place| place.spot.of);
                    html! { <li>{ head(store, &Head { label: line, of }) }</li> }
                }) }
            </ul>
        </details>
    }
}

/// What a part of a picture leads to, as a command.
fn follow(of: Pointer) -> Command {
    match of {
        Pointer::Node(node) => Command::Select(Some(Selection::Node(node))),
        Pointer::Step(step) => Command::Seek(step),
    }
}

/// The classes that paint a generation and a tone.
fn paint(generation: Option<u64>, tone: Tone) -> Classes {
    Classes::from(paint_words(generation, tone))
}

/// The same as words, where a picture is written as text.
fn paint_words(generation: Option<u64>, tone: Tone) -> String {
    let generation = generation.map(|generation| format!("gen-{} ", generation % 8));
    format!("{}is-{}", generation.unwrap_or_default(), tone.word())
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
fn spot(store: &Store, spot: &Spot) -> Html {
    let class = classes!("spot", paint(spot.generation, spot.tone));
    let text = spot.text();
    let label = html! {
        <><span aria-hidden="true">{ sign(spot.tone) }{ &spot.label }</span>
            <span class="sr">{ &text }</span></>
    };
    match spot.of {
        Some(of) => html! {
            <button type="button" {class} title={text.clone()} onclick={store.on(follow(of))}>
                { label }</button>
        },
        None => html! { <span {class} title={text.clone()}>{ label }</span> },
    }
}

/// The head of a row or column, to be clicked if it leads anywhere.
fn head(store: &Store, head: &Head) -> Html {
    match head.of {
        Some(of) => html! {
            <button type="button" class="link" onclick={store.on(follow(of))}>{ &head.label }</button>
        },
        None => html! { &head.label },
    }
}
