//! The one drawing of every form: a heading, gaps with what they mean, what is wrong at the gap
//! where it is wrong.

use web_sys::{Element, Event};
use yew::virtual_dom::ListenerKind;
use yew::{Html, TargetCast};

use super::dialog::modal;
use crate::ui::hooks::browser;
use crate::ui::hooks::markup::{Markup, markup};
use crate::ui::state::forms::{Blank, Gap, Kind, Wish};
use crate::ui::state::store::{Command, Store};

/// The id of a gap's field begins like this; its place follows.
const GAP: &str = "gap-";

/// The open form.
pub fn form(store: &Store, blank: &Blank) -> Html {
    let wide = blank.gaps.len() > 4;
    let body = markup(|page| {
        page.line("p class=doc", blank.doc);
        page.el("form class=gaps novalidate=novalidate", |page| {
            page.hear(ListenerKind::onsubmit, store, submit);
            page.group(|page| gaps(page, store, blank));
            page.el("ul class=faults aria-live=polite", |page| {
                for fault in &blank.faults {
                    page.el("li", |page| quoted(page, fault));
                }
            });
            page.el("div class=actions", |page| {
                let text = if wide { "Run with these" } else { "Do it" };
                page.line("button type=submit class='small primary' id=form-do", text);
                let nothing = Command::Dialog(None);
                page.press("button type=button class=small", store, "Cancel", nothing);
            });
        });
    });
    modal(store, &blank.title, wide, body)
}

fn submit(store: &Store, event: &Event) {
    event.prevent_default();
    store.send(Command::Form(Wish::Submit));
}

fn gaps(page: &mut Markup, store: &Store, blank: &Blank) {
    let mut group = "";
    for (at, each) in blank.gaps.iter().enumerate() {
        if each.group != group {
            group = each.group;
            page.line("h3", group);
        }
        gap(page, store, at, each);
    }
}

fn gap(page: &mut Markup, store: &Store, at: usize, gap: &Gap) {
    let id = format!("{GAP}{at}");
    let about = format!("about-{at}");
    page.el("div", |page| {
        page.attr(
            "class",
            match (&gap.fault, &gap.kind) {
                (Some(_), Kind::Check) => "gap wrong check",
                (Some(_), _) => "gap wrong",
                (None, Kind::Check) => "gap check",
                _ => "gap",
            },
        );
        page.el("label", |page| {
            page.attr("for", &id);
            page.text(&gap.label);
        });
        page.el("span class=fill", |page| {
            field(page, store, at, gap, [&id, &about]);
            if gap.kind == Kind::Seed {
                let again = Command::Form(Wish::Reseed(at));
                page.press("button type=button class=small", store, "Another seed", again);
            }
            if let Kind::Text(presets) = gap.kind {
                for preset in presets {
                    page.el("button type=button class='small preset'", |page| {
                        page.click(store, fill(at, preset));
                        page.attr("aria-label", &format!("{}: {preset}", gap.label));
                        page.state("aria-pressed", *preset == &*gap.value);
                        page.text(preset);
                    });
                }
            }
        });
        page.el("p class=about", |page| {
            page.attr("id", &about);
            match &gap.fault {
                Some(fault) => page.el("b", |page| quoted(page, fault)),
                None => quoted(page, &gap.doc),
            }
        });
    });
}

/// What is filled in, and what happens when that changes.
fn field(page: &mut Markup, store: &Store, at: usize, gap: &Gap, [id, about]: [&str; 2]) {
    let common = |page: &mut Markup| {
        page.attr("id", id);
        page.attr("aria-describedby", about);
        if gap.fault.is_some() && gap.kind != Kind::Check {
            page.attr("aria-invalid", "true");
        }
    };
    match &gap.kind {
        Kind::Text(_) | Kind::Seed => {
            let head = "input type=text maxlength=200 autocomplete=off autocapitalize=off \
                        spellcheck=false";
            page.el(head, |page| {
                common(page);
                page.value(&gap.value);
                page.hear(ListenerKind::oninput, store, filled);
            });
        }
        Kind::Choice(words) => page.el("select", |page| {
            common(page);
            page.hear(ListenerKind::onchange, store, filled);
            for word in words {
                let text = match (word.is_empty(), &*gap.line) {
                    (true, "beside") => "none",
                    (true, _) => "as it is",
                    _ => word,
                };
                page.option(word, text, **word == *gap.value);
            }
        }),
        Kind::Check => page.el("input type=checkbox", |page| {
            let on = &*gap.value == "on";
            common(page);
            page.checked(on);
            page.click(store, fill(at, if on { "off" } else { "on" }));
        }),
    }
}

fn fill(at: usize, value: &str) -> Command {
    Command::Form(Wish::Fill(at, value.into()))
}

/// A field says by its id which gap it is.
fn filled(store: &Store, event: &Event) {
    let id = event.target_dyn_into::<Element>().map(|field| field.id()).unwrap_or_default();
    if let Some(at) = id.strip_prefix(GAP).and_then(|at| at.parse().ok()) {
        store.send(fill(at, &browser::filled(event)));
    }
}

/// What stands between backticks is what is written.
fn quoted(page: &mut Markup, text: &str) {
    let mut written = false;
    for part in text.split('`') {
        match written {
            true => page.line("code", part),
            false => page.text(part),
        }
        written = !written;
    }
}
