//! What must hold, and what must be seen to happen.

use yew::prelude::*;

use crate::sim::info::PropertyKind;
use crate::sim::verdict::Verdict;
use crate::ui::state::store::{Command, Store, View};
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
            <h2 class="minor">{ "Must always hold" }</h2>
            <ul class="verdicts">{ for always.iter().map(|v| row(store, view, v)) }</ul>
            if !sometimes.is_empty() {
                <h2 class="minor">{ "Should happen" }</h2>
                <ul class="verdicts">{ for sometimes.iter().map(|v| row(store, view, v)) }</ul>
            }
        </>
    }
}

fn row(store: &Store, view: &View, verdict: &Verdict) -> Html {
    let property = verdict.property;
    let always = property.kind == PropertyKind::Always;
    let found = verdict.finding.is_some();
    let (class, state) = match (always, found) {
        (true, false) => ("holds", "holds"),
        (true, true) => ("broken", "broken"),
        (false, true) => ("holds", "reached"),
        (false, false) => ("open", "not yet"),
    };
    html! {
        <li class={class} key={property.id} data-property={property.id} data-state={state}>
            <details open={always && found}>
                <summary><i class="dot" aria-hidden="true"></i>
                    <span class="title">{ property.title }</span>
                    <span class="state">{ state }</span>
                </summary>
                <p>{ property.statement }</p>
                <p class="source">{ property.source }</p>
                if let Some(finding) = &verdict.finding {
                    <p class="because">
                        { &finding.because }
                        if !finding.nodes.is_empty() {
                            { " (" }
                            { finding.nodes.iter().map(|node| view.name(*node))
                                .collect::<Vec<_>>().join(", ") }
                            { ")" }
                        }
                    </p>
                    <button type="button" class="small"
                        onclick={store.on(Command::Seek(finding.step))}>
                        { format!("Event {}, {}", finding.step, tell::clock(finding.at)) }
                    </button>
                }
            </details>
        </li>
    }
}
