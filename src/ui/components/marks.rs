//! The marks above the scrubber: what happened where, told apart by form, to be read and gone to.
//!
//! As a whole they are one slider that stops at marks alone, so that keys and screen readers have
//! them as the mouse and the finger do.

use wasm_bindgen::JsCast;
use web_sys::{Element, Event, KeyboardEvent, MouseEvent};
use yew::virtual_dom::ListenerKind;

use crate::sim::info::MarkKind;
use crate::ui::hooks::markup::Markup;
use crate::ui::hooks::number::{Px, between};
use crate::ui::state::scene::Scene;
use crate::ui::state::shell::Shell;
use crate::ui::state::store::{Command, Store, View};
use crate::ui::state::study::{Jump, Wish, marks};
use crate::ui::state::tell;

/// More marks than this are thinned out: they could not be told apart.
const MARKS: usize = 160;

/// A form for each kind of mark, in a field of 12 by 12: what it is called, and how it is drawn.
/// The last stands for the place where a branch left.
const FORMS: [(&str, &str, &str); 5] = [
    ("fault", "Intervention", "M-4 2L4 10M4 2L-4 10"),
    ("leadership", "Lead", "M0 0L6 6L0 12L-6 6Z"),
    ("decision", "Decision", "M-2 12V8H2V12Z"),
    ("violation", "Violation", "M-4 12V0H5L2 3.5L5 7H-2V12Z"),
    ("fork", "Branch", "M0 12V7L-4 1M0 7L4 1"),
];

fn form(kind: MarkKind) -> usize {
    match kind {
        MarkKind::Fault => 0,
        MarkKind::Leadership => 1,
        MarkKind::Decision | MarkKind::Client => 2,
        MarkKind::Violation => 3,
    }
}

/// A mark as it is shown: its event, its form, and what can be said of it without looking at its
/// event.
struct Shown {
    step: u64,
    form: usize,
    told: String,
}

/// Every mark: those of the run, and where branches left it.
fn shown(view: &Scene) -> Vec<Shown> {
    let mut shown = Vec::new();
    let every = marks(view).count() / MARKS + 1;
    let mut at = 0;
    for (step, kind) in marks(view) {
        let form = form(kind);
        at += 1;
        if at % every == 0 || matches!(form, 0 | 3) {
            shown.push(Shown { step, form, told: String::new() });
        }
    }
    let current = view.branches.iter().find(|row| row.current);
    for row in view.branches.iter() {
        let Some(step) = row.from else { continue };
        let told = match () {
            () if row.parent == current.map(|current| current.id) => {
                format!("the branch “{}” leaves", row.label)
            }
            () if row.current => format!("this branch begins: {}", row.label),
            () => continue,
        };
        shown.push(Shown { step, form: 4, told });
    }
    shown
}

/// The marks.
pub fn strip(page: &mut Markup, store: &Store, view: &View, shell: &Shell) {
    let shown = shown(view);
    let head = view.head.max(1) as f64;
    let share = |step: u64| Px(step as f64 / head * 100.0);
    let (mut count, mut passed, mut here) = (0, 0, None);
    for mark in marks(view) {
        count += 1;
        if mark.0 <= view.step {
            passed += 1;
            here = Some(mark);
        }
    }
    let text = match here {
        Some((step, kind)) => {
            read(store, view, &Shown { step, form: form(kind), told: String::new() })
        }
        None if count == 0 => "No marks yet".to_string(),
        None => format!("Before the first of {count}"),
    };
    page.el("div class=strip-of-marks", |page| {
        let head = "div class=marks id=marks role=slider tabindex=0 aria-label=Marks \
                    aria-valuemin=0 aria-keyshortcuts='B Shift+B'";
        page.el(head, |page| {
            page.attr("aria-valuemax", &count.to_string());
            page.attr("aria-valuenow", &passed.to_string());
            page.attr("aria-valuetext", &text);
            page.hear(ListenerKind::onkeydown, store, walk);
            page.hear(ListenerKind::onclick, store, go);
            page.hear(ListenerKind::onmousemove, store, look);
            let leave = Command::Study(Wish::Mark(None));
            page.on(ListenerKind::onmouseleave, store.on(leave));
            page.el("svg width=100% height=12 aria-hidden=true", |page| {
                for mark in &shown {
                    page.el("svg style=overflow:visible", |page| {
                        page.attr("x", &format!("{}%", share(mark.step)));
                        drawn(page, mark.form);
                    });
                }
            });
        });
        let tip = shell.study.mark.and_then(|mark| shown.get(mark));
        page.when(tip.is_some(), |page| {
            page.el("p class=tip role=tooltip", |page| {
                let Some(mark) = tip else { return };
                page.attr("style", &format!("--at:{}%", share(mark.step)));
                page.text(&read(store, view, mark));
            });
        });
    });
}

fn drawn(page: &mut Markup, form: usize) {
    page.el("path", |page| {
        page.attr("class", FORMS[form].0);
        page.attr("d", FORMS[form].2);
    });
}

/// What a mark is, in words.
fn read(store: &Store, view: &Scene, mark: &Shown) -> String {
    let Shown { step, form, told } = mark;
    let event = store.ask(|player| player.session_mut().event(*step));
    let at = event.as_ref().map_or(String::new(), |event| format!(", {}", tell::clock(event.at)));
    let what = match event {
        Some(event) if told.is_empty() => tell::told(&event, view.info, view.names),
        _ => told.to_string(),
    };
    format!("{}, event {step}{at}: {what}", FORMS[*form].1)
}

/// The mark that is nearest to the pointer, if one is near: its place among all, and its event.
fn nearest(store: &Store, event: &Event) -> Option<(usize, u64)> {
    let event = event.dyn_ref::<MouseEvent>()?;
    let target = event.target()?.dyn_into::<Element>().ok()?;
    let bounds = target.closest(".marks").ok().flatten()?.get_bounding_client_rect();
    let view = store.model().calm;
    let at = between(f64::from(event.client_x()) - bounds.left(), 0.0, bounds.width());
    let (mut best, mut least) = (None, 12.0);
    for (place, mark) in shown(&view).iter().enumerate() {
        let share = mark.step as f64 / view.head.max(1) as f64;
        let away = (share * bounds.width() - at).abs();
        if away <= least {
            (best, least) = (Some((place, mark.step)), away);
        }
    }
    best
}

fn look(store: &Store, event: &Event) {
    let mark = nearest(store, event).map(|(place, _)| place);
    if mark != store.shell(|shell| shell.study.mark) {
        store.send(Command::Study(Wish::Mark(mark)));
    }
}

fn go(store: &Store, event: &Event) {
    let mark = nearest(store, event);
    if let Some((_, step)) = mark {
        store.send(Command::Seek(step));
    }
    store.send(Command::Study(Wish::Mark(mark.map(|(place, _)| place))));
}

/// The arrow keys go from mark to mark.
fn walk(store: &Store, event: &Event) {
    let Some(event) = event.dyn_ref::<KeyboardEvent>() else { return };
    let on = match event.key().as_str() {
        "ArrowRight" | "ArrowUp" => true,
        "ArrowLeft" | "ArrowDown" => false,
        _ => return,
    };
    event.prevent_default();
    store.send(Command::Jump(Jump::Mark, on));
}

/// What the forms mean.
pub fn legend(page: &mut Markup) {
    page.el("dl class='legend marks-legend'", |page| {
        for (form, (_, name, _)) in FORMS.iter().enumerate() {
            page.el("div", |page| {
                page.el("dt class=marks", |page| {
                    let head = "svg viewBox='-7 0 14 13' width=14 height=13 aria-hidden=true";
                    page.el(head, |page| drawn(page, form));
                });
                page.line("dd", name);
            });
        }
    });
}
