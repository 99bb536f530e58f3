//! What must hold, and what must be seen to happen.

use yew::prelude::*;

use crate::sim::info::PropertyKind;
use crate::sim::verdict::{Finding, Verdict};
use crate::ui::state::scene::Selection;
use crate::ui::state::store::{Command, Store, View};
use crate::ui::state::study::{Jump, Wish};
use crate::ui::state::tell;

/// Every property with its state; each opens to its statement and its source.
pub fn properties(store: &Store, view: &View) -> Html {
    let (always, sometimes): (Vec<_>, Vec<_>) =
        view.verdicts.iter().partition(|verdict| verdict.property.kind == PropertyKind::Always);
    html! {
        <>
            if !view.flaws.is_empty() {
                <p class="remark">
                    { "On purpose, this run breaks a rule: " }
                    <code>{ view.flaws.join(", ") }</code>
                </p>
            }
            { ahead(store, view) }
            <h2 class="minor">{ "Must always hold" }</h2>
            <ul class="verdicts">{ for always.iter().map(|v| row(store, view, v)) }</ul>
            if !sometimes.is_empty() {
                <h2 class="minor">{ "Should happen" }</h2>
                <ul class="verdicts">{ for sometimes.iter().map(|v| row(store, view, v)) }</ul>
            }
        </>
    }
}

/// The way to the first violation, which may still be ahead of the present moment.
fn ahead(store: &Store, view: &View) -> Html {
    let Some(step) = view.violation().filter(|step| *step != view.step) else {
        return Html::default();
    };
    let when = if step > view.step { "still to come" } else { "past" };
    html! {
        <p class="row"><button type="button" class="small"
            onclick={store.on(Command::Jump(Jump::Violation, true))} aria-keyshortcuts="!">
            { format!("Go to the first violation: event {step}, {when}") }</button></p>
    }
}

fn row(store: &Store, view: &View, verdict: &Verdict) -> Html {
    let property = verdict.property;
    let always = property.kind == PropertyKind::Always;
    let (class, word) = match (always, &verdict.finding) {
        (true, None) => ("holds", "holds"),
        (true, Some(_)) => ("broken", "broken"),
        (false, Some(_)) => ("holds", "reached"),
        (false, None) => ("open", "not yet"),
    };
    let since = match (&verdict.finding, always) {
        (Some(finding), true) => format!("broken since event {}", finding.step),
        (Some(finding), false) => format!("reached at event {}", finding.step),
        (None, _) => word.to_string(),
    };
    let lights = verdict.finding.as_ref().map(|finding| {
        let nodes = finding.nodes.iter().map(|node| format!("node:{}", view.name(*node)));
        nodes.collect::<Vec<_>>().join(" ")
    });
    html! {
        <li class={class} key={property.id} data-property={property.id} data-state={word}
            data-lights={lights}>
            <details open={class == "broken"}>
                <summary><i class="dot" aria-hidden="true"></i>
                    <span class="title">{ property.title }</span>
                    <span class="state">{ since }</span>
                </summary>
                <p>{ property.statement }</p>
                <p class="source">{ property.source }</p>
                if let Some(finding) = &verdict.finding { { because(store, view, finding) } }
            </details>
        </li>
    }
}

/// Why a property is broken, or by what it was reached: the particulars, the nodes, the event.
fn because(store: &Store, view: &View, finding: &Finding) -> Html {
    html! {
        <>
            <p class="because">{ &finding.because }</p>
            <div class="actions">
                <button type="button" class="small"
                    onclick={store.on(Command::Seek(finding.step))}>
                    { format!("Event {}, {}", finding.step, tell::clock(finding.at)) }
                </button>
                <button type="button" class="small"
                    onclick={store.on(Command::Study(Wish::Why(Some(finding.step))))}>
                    { "Why?" }</button>
                { for finding.nodes.iter().map(|node| html! {
                    <button type="button" class="small"
                        aria-label={format!("Look at {}", view.name(*node))}
                        onclick={store.on(Command::Select(Some(Selection::Node(*node))))}>
                        { view.name(*node) }</button>
                }) }
            </div>
        </>
    }
}
