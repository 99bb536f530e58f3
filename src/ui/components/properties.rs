//! What must hold, and what must be seen to happen.

use yew::prelude::*;

use crate::sim::info::PropertyKind;
use crate::sim::verdict::{Finding, Verdict};
use crate::ui::hooks::markup::{Markup, markup};
use crate::ui::state::scene::Selection;
use crate::ui::state::store::{Command, Store, View};
use crate::ui::state::study::{Jump, Wish};
use crate::ui::state::tell;

/// Every property with its state; each opens to its statement and its source.
pub fn properties(store: &Store, view: &View) -> Html {
    markup(|page| {
        if !view.flaws.is_empty() {
            page.el("p class=remark", |page| {
                page.text("On purpose, this run breaks a rule: ");
                page.line("code", &view.flaws.join(", "));
            });
        }
        ahead(page, store, view);
        let kinds = [
            (PropertyKind::Always, "Must always hold"),
            (PropertyKind::Sometimes, "Should happen"),
        ];
        for (kind, title) in kinds {
            let of = || view.verdicts.iter().filter(|verdict| verdict.property.kind == kind);
            if of().next().is_some() {
                page.line("h2 class=minor", title);
                page.el("ul class=verdicts", |page| {
                    of().for_each(|verdict| row(page, store, view, verdict));
                });
            }
        }
    })
}

/// The way to the first violation, which may still be ahead of the present moment.
fn ahead(page: &mut Markup, store: &Store, view: &View) {
    let Some(step) = view.violation().filter(|step| *step != view.step) else { return };
    let when = if step > view.step { "still to come" } else { "past" };
    page.el("p class=row", |page| {
        page.el("button type=button class=small aria-keyshortcuts=!", |page| {
            page.click(store, Command::Jump(Jump::Violation, true));
            page.text(&format!("Go to the first violation: event {step}, {when}"));
        });
    });
}

fn row(page: &mut Markup, store: &Store, view: &View, verdict: &Verdict) {
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
    page.el("li", |page| {
        page.key(property.id);
        page.attr("class", class);
        page.attr("data-property", property.id);
        page.attr("data-state", word);
        if let Some(finding) = &verdict.finding {
            let nodes = finding.nodes.iter().map(|node| format!("node:{}", view.name(*node)));
            page.attr("data-lights", &nodes.collect::<Vec<_>>().join(" "));
        }
        page.el("details", |page| {
            if class == "broken" {
                page.attr("open", "open");
            }
            page.el("summary", |page| {
                page.line("i class=dot aria-hidden=true", "");
                page.line("span class=title", property.title);
                page.line("span class=state", &since);
            });
            page.line("p", property.statement);
            page.line("p class=source", property.source);
            if let Some(finding) = &verdict.finding {
                because(page, store, view, finding);
            }
        });
    });
}

/// Why a property is broken, or by what it was reached: the particulars, the nodes, the event.
fn because(page: &mut Markup, store: &Store, view: &View, finding: &Finding) {
    page.line("p class=because", &finding.because);
    page.el("div class=actions", |page| {
        let event = format!("Event {}, {}", finding.step, tell::clock(finding.at));
        let why = Command::Study(Wish::Why(Some(finding.step)));
        let mut buttons = vec![
            (event, String::new(), Command::Seek(finding.step)),
            ("Why?".to_string(), String::new(), why),
        ];
        for node in &finding.nodes {
            let (name, look) = (view.name(*node), Command::Select(Some(Selection::Node(*node))));
            buttons.push((name.clone(), format!("Look at {name}"), look));
        }
        for (text, label, command) in buttons {
            page.el("button type=button class=small", |page| {
                page.click(store, command);
                if !label.is_empty() {
                    page.attr("aria-label", &label);
                }
                page.text(&text);
            });
        }
    });
}
