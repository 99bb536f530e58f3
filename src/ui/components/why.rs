//! Why something happened: from an event back to where it began, and what it led to.

use std::rc::Rc;

use yew::prelude::*;

use super::icons::icon;
use super::log::lights;
use crate::sim::trace::{Event, EventKind};
use crate::sim::trail::Kind;
use crate::ui::hooks::markup::{Markup, markup};
use crate::ui::state::scene::Scene;
use crate::ui::state::store::{Command, Store, View};
use crate::ui::state::study::{Why, Wish};
use crate::ui::state::tell;

/// More events of the same kind at the same node in a row are folded.
const FOLD: usize = 3;
/// More effects than this are only counted.
const EFFECTS: usize = 12;

/// The chain of causes, the event that is asked about first.
pub fn why(store: &Store, view: &View, why: &Why) -> Html {
    let Some(event) = why.chain.first() else { return Html::default() };
    let whole: Vec<String> = why.chain.iter().map(|event| lights(view, event)).collect();
    markup(|page| {
        page.el("article class='inspect whys'", |page| {
            page.el("header class=head", |page| {
                page.line("h2", &format!("Why event {}?", event.step));
                page.line("span class=kind", &tell::clock(event.at));
                page.el(
                    "button type=button class=tool aria-label='Close the explanation'",
                    |page| {
                        page.click(store, Command::Study(Wish::Why(None)));
                        page.put(icon("close"));
                    },
                );
            });
            page.el(
                "ol class='causes stay' aria-label='What led to it, the latest first'",
                |page| {
                    page.attr("data-lights", &whole.join(" "));
                    for events in fold(&why.chain) {
                        links(page, store, view, events);
                    }
                    page.line("li class=root", root(why));
                },
            );
            if let Some(last) = why.chain.last().filter(|last| last.cause.is_some()) {
                page.el("button type=button class=small", |page| {
                    page.click(store, Command::Study(Wish::Why(last.cause)));
                    page.text("Further back");
                });
            }
            page.line("h3", "What it led to");
            effects(page, store, view, why);
        });
    })
}

/// The chain in stretches of the same kind at the same node.
fn fold(chain: &[Rc<Event>]) -> Vec<&[Rc<Event>]> {
    chain.chunk_by(|a, b| a.node == b.node && Kind::of(a) == Kind::of(b)).collect()
}

/// A stretch: of a long one the first and the last, and the others on demand.
fn links(page: &mut Markup, store: &Store, view: &View, events: &[Rc<Event>]) {
    let fold = events.len() > FOLD;
    let between = if fold { 1..events.len() - 1 } else { 0..0 };
    for (place, event) in events.iter().enumerate() {
        if !between.contains(&place) {
            link(page, store, view, event);
        } else if place == between.start {
            page.el("li class=folded", |page| {
                page.el("details", |page| {
                    page.line("summary", &format!("{} more of the same", between.len()));
                    page.el("ol class=causes", |page| {
                        for event in &events[between.clone()] {
                            link(page, store, view, event);
                        }
                    });
                });
            });
        }
    }
}

/// An event of the chain, and how its cause brought it about.
fn link(page: &mut Markup, store: &Store, view: &View, event: &Event) {
    let cause = event.cause.and_then(|step| store.ask(|player| player.session_mut().event(step)));
    let told = tell::particulars(event, view.info, view.names);
    page.el("li", |page| {
        entry(page, store, view, event);
        if !told.is_empty() {
            page.line("p class=told", &told);
        }
        if let Some(cause) = cause {
            page.line("p class=how", &tell::because(&cause, event, view.names));
        }
    });
}

/// An event that one may go to.
fn entry(page: &mut Markup, store: &Store, view: &Scene, event: &Event) {
    page.el("button type=button class=entry", |page| {
        page.click(store, Command::Seek(event.step));
        if event.step == view.step {
            page.attr("aria-current", "step");
        }
        page.attr("data-lights", &lights(view, event));
        page.attr("title", &format!("Go to event {}", event.step));
        page.line("span class=at", &tell::clock(event.at));
        page.line("span", &tell::short(event, view.names));
    });
}

/// Where the chain ends.
fn root(why: &Why) -> &'static str {
    match why.chain.last() {
        Some(last) if last.cause.is_some() => "It goes back further.",
        Some(last) => match last.kind {
            EventKind::Action { .. } => {
                "Here it began: somebody did this, nothing in the run caused it."
            }
            _ => "It was set up when the node first started.",
        },
        None => "",
    }
}

fn effects(page: &mut Markup, store: &Store, view: &View, why: &Why) {
    if why.effects.is_empty() {
        let text = "Nothing that is known yet. What it sent may still be on its way.";
        return page.line("p class=empty", text);
    }
    let more = why.effects.len().saturating_sub(EFFECTS);
    page.el("ol class=causes", |page| {
        for event in why.effects.iter().take(EFFECTS) {
            page.el("li", |page| entry(page, store, view, event));
        }
        if more > 0 {
            page.line("li class=folded", &format!("and {more} more"));
        }
    });
}
