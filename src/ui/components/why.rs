//! Why something happened: from an event back to where it began, and what it led to.

use std::rc::Rc;

use yew::prelude::*;

use super::icons::icon;
use super::log::lights;
use crate::sim::trace::{Event, EventKind};
use crate::sim::trail::Kind;
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
    html! {
        <article class="inspect whys">
            <header class="head">
                <h2>{ format!("Why event {}?", event.step) }</h2>
                <span class="kind">{ tell::clock(event.at) }</span>
                <button type="button" class="tool" aria-label="Close the explanation"
                    onclick={store.on(Command::Study(Wish::Why(None)))}>{ icon("close") }</button>
            </header>
            <ol class="causes stay" data-lights={whole.join(" ")}
                aria-label="What led to it, the latest first">
                { for fold(&why.chain).into_iter().map(|events| links(store, view, events)) }
                <li class="root">{ root(why) }</li>
            </ol>
            if let Some(last) = why.chain.last().filter(|last| last.cause.is_some()) {
                <button type="button" class="small"
                    onclick={store.on(Command::Study(Wish::Why(last.cause)))}>
                    { "Further back" }</button>
            }
            <h3>{ "What it led to" }</h3>
            { effects(store, view, why) }
        </article>
    }
}

/// The chain in stretches of the same kind at the same node.
fn fold(chain: &[Rc<Event>]) -> Vec<&[Rc<Event>]> {
    chain.chunk_by(|a, b| a.node == b.node && Kind::of(a) == Kind::of(b)).collect()
}

/// A stretch: of a long one the first and the last, and the others on demand.
fn links(store: &Store, view: &View, events: &[Rc<Event>]) -> Html {
    let all = |events: &[Rc<Event>]| -> Html {
        events.iter().map(|event| html! { <li>{ link(store, view, event) }</li> }).collect()
    };
    if events.len() <= FOLD {
        return all(events);
    }
    let (first, rest) = events.split_at(1);
    let (between, last) = rest.split_at(rest.len() - 1);
    html! {
        <>
            { all(first) }
            <li class="folded"><details>
                <summary>{ format!("{} more of the same", between.len()) }</summary>
                <ol class="causes">{ all(between) }</ol>
            </details></li>
            { all(last) }
        </>
    }
}

/// An event of the chain, and how its cause brought it about.
fn link(store: &Store, view: &View, event: &Event) -> Html {
    let cause = event.cause.and_then(|step| store.ask(|player| player.session_mut().event(step)));
    let told = tell::particulars(event, view.info, view.names);
    html! {
        <>
            { entry(store, view, event) }
            if !told.is_empty() { <p class="told">{ told }</p> }
            if let Some(cause) = cause {
                <p class="how">{ tell::because(&cause, event, view.names) }</p>
            }
        </>
    }
}

/// An event that one may go to.
fn entry(store: &Store, view: &Scene, event: &Event) -> Html {
    let current = (event.step == view.step).then_some("step");
    html! {
        <button type="button" class="entry" onclick={store.on(Command::Seek(event.step))}
            aria-current={current} data-lights={lights(view, event)}
            title={format!("Go to event {}", event.step)}>
            <span class="at">{ tell::clock(event.at) }</span>
            <span>{ tell::short(event, view.names) }</span>
        </button>
    }
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

fn effects(store: &Store, view: &View, why: &Why) -> Html {
    if why.effects.is_empty() {
        let text = "Nothing that is known yet. What it sent may still be on its way.";
        return html! { <p class="empty">{ text }</p> };
    }
    let more = why.effects.len().saturating_sub(EFFECTS);
    html! {
        <ol class="causes">
            { for why.effects.iter().take(EFFECTS).map(|event| html! {
                <li>{ entry(store, view, event) }</li>
            }) }
            if more > 0 { <li class="folded">{ format!("and {more} more") }</li> }
        </ol>
    }
}
