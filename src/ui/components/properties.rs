//! What must hold, and what must be seen to happen.

use crate::sim::info::PropertyKind;
use crate::sim::verdict::{Finding, Verdict};
use crate::ui::hooks::markup::Markup;
use crate::ui::state::scene::Selection;
use crate::ui::state::store::{Command, Store, View};
use crate::ui::state::study::{Jump, Wish};
use crate::ui::state::tell;

/// Every property with its state; each opens to its statement and its source.
pub fn properties(page: &mut Markup, store: &Store, view: &View) {
    if !view.flaws.is_empty() {
        page.el("p class=remark", |page| {
            page.text("On purpose, this run breaks a rule: ");
            page.line("code", &view.flaws.join(", "));
        });
    }
    ahead(page, store, view);
    group(page, store, view, PropertyKind::Always, "Must always hold");
    group(page, store, view, PropertyKind::Sometimes, "Should happen");
}

fn group(page: &mut Markup, store: &Store, view: &View, kind: PropertyKind, title: &str) {
    if view.verdicts.iter().all(|verdict| verdict.property.kind != kind) {
        return;
    }
    page.line("h2 class=minor", title);
    page.el("ul class=verdicts", |page| {
        for verdict in view.verdicts.iter() {
            if verdict.property.kind == kind {
                row(page, store, view, verdict);
            }
        }
    });
}

/// The way to the first violation, which may still be ahead of the present moment.
fn ahead(page: &mut Markup, store: &Store, view: &View) {
    let Some(step) = view.violation().filter(|step| *step != view.step) else { return };
    let when = if step > view.step { "still to come" } else { "past" };
    page.el("p class=row", |page| {
        let text = format!("Go to the first violation: event {step}, {when}");
        let head = "button type=button class=small aria-keyshortcuts=!";
        page.press(head, store, &text, Command::Jump(Jump::Violation, true));
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
            let mut lights = String::new();
            for node in &finding.nodes {
                let gap = if lights.is_empty() { "" } else { " " };
                lights += &format!("{gap}node:{}", view.name(*node));
            }
            page.attr("data-lights", &lights);
        }
        page.el("details", |page| {
            page.flag("open", class == "broken");
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
        let small = "button type=button class=small";
        let event = format!("Event {}, {}", finding.step, tell::clock(finding.at));
        page.press(small, store, &event, Command::Seek(finding.step));
        page.press(small, store, "Why?", Command::Study(Wish::Why(Some(finding.step))));
        for node in &finding.nodes {
            let name = view.name(*node);
            page.el(small, |page| {
                page.click(store, Command::Select(Some(Selection::Node(*node))));
                page.attr("aria-label", &format!("Look at {name}"));
                page.text(&name);
            });
        }
    });
}
