//! The marks above the scrubber: what happened where, told apart by form, to be read and gone to.
//!
//! As a whole they are one slider that stops at marks alone, so that keys and screen readers have
//! them as the mouse and the finger do.

use web_sys::{Element, KeyboardEvent, MouseEvent};
use yew::prelude::*;

use crate::sim::info::MarkKind;
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

/// Every mark by its form, with what can be said of it without looking at its event: the marks of
/// the run, and where branches left it.
fn shown(view: &Scene) -> Vec<(u64, usize, String)> {
    let mut shown: Vec<(u64, usize, String)> =
        marks(view).map(|(step, kind)| (step, form(kind), String::new())).collect();
    let every = shown.len() / MARKS + 1;
    let mut at = 0;
    shown.retain(|(_, form, _)| {
        at += 1;
        at % every == 0 || matches!(form, 0 | 3)
    });
    let current = view.branches.iter().find(|row| row.current);
    for row in view.branches.iter() {
        let Some(from) = row.from else { continue };
        if row.parent == current.map(|current| current.id) {
            shown.push((from, 4, format!("the branch “{}” leaves", row.label)));
        } else if row.current {
            shown.push((from, 4, format!("this branch begins: {}", row.label)));
        }
    }
    shown
}

/// The marks.
pub fn strip(store: &Store, view: &View, shell: &Shell) -> Html {
    let shown = shown(view);
    let head = view.head.max(1) as f64;
    let share = |step: u64| Px(step as f64 / head * 100.0);
    let count = marks(view).count();
    let passed = marks(view).filter(|(step, _)| *step <= view.step).count();
    let here = marks(view).filter(|(step, _)| *step <= view.step).last();
    let text = match here {
        Some((step, kind)) => read(store, view, step, form(kind), ""),
        None if count == 0 => "No marks yet".to_string(),
        None => format!("Before the first of {count}"),
    };
    let near = nearest(&shown, view.head);
    let onmousemove = {
        let (store, near, now) = (store.clone(), near.clone(), shell.study.mark);
        Callback::from(move |event: MouseEvent| {
            let mark = near(&event);
            if mark != now {
                store.send(Command::Study(Wish::Mark(mark)));
            }
        })
    };
    let onclick = {
        let (store, steps) = (store.clone(), shown.iter().map(|mark| mark.0).collect::<Vec<_>>());
        Callback::from(move |event: MouseEvent| {
            let mark = near(&event);
            if let Some(step) = mark.and_then(|mark| steps.get(mark)) {
                store.send(Command::Seek(*step));
            }
            store.send(Command::Study(Wish::Mark(mark)));
        })
    };
    let tip = shell.study.mark.and_then(|mark| shown.get(mark));
    html! {
        <div class="strip-of-marks">
            <div class="marks" id="marks" role="slider" tabindex="0" aria-label="Marks"
                aria-valuemin="0" aria-valuemax={count.to_string()} aria-valuenow={passed.to_string()}
                aria-valuetext={text} aria-keyshortcuts="B Shift+B" onkeydown={walk(store)}
                {onclick} {onmousemove} onmouseleave={store.on(Command::Study(Wish::Mark(None)))}>
                <svg width="100%" height="12" aria-hidden="true">
                    { for shown.iter().map(|(step, form, _)| html! {
                        <svg x={format!("{}%", share(*step))} style="overflow:visible">
                            <path class={FORMS[*form].0} d={FORMS[*form].2} />
                        </svg>
                    }) }
                </svg>
            </div>
            if let Some((step, form, told)) = tip {
                <p class="tip" role="tooltip" style={format!("--at:{}%", share(*step))}>
                    { read(store, view, *step, *form, told) }</p>
            }
        </div>
    }
}

/// What a mark is, in words.
fn read(store: &Store, view: &Scene, step: u64, form: usize, told: &str) -> String {
    let event = store.ask(|player| player.session_mut().event(step));
    let at = event.as_ref().map_or(String::new(), |event| format!(", {}", tell::clock(event.at)));
    let what = match event {
        Some(event) if told.is_empty() => tell::told(&event, view.info, view.names),
        _ => told.to_string(),
    };
    format!("{}, event {step}{at}: {what}", FORMS[form].1)
}

/// Which mark is nearest to the pointer, if one is near.
fn nearest(
    shown: &[(u64, usize, String)],
    head: u64,
) -> impl Fn(&MouseEvent) -> Option<usize> + Clone + use<> {
    let steps: Vec<u64> = shown.iter().map(|(step, ..)| *step).collect();
    move |event: &MouseEvent| {
        let target = event.target_dyn_into::<Element>()?;
        let strip = target.closest(".marks").ok().flatten()?;
        let bounds = strip.get_bounding_client_rect();
        let at = between(f64::from(event.client_x()) - bounds.left(), 0.0, bounds.width());
        let away = |step: u64| (step as f64 / head.max(1) as f64 * bounds.width() - at).abs();
        let mut best = None;
        for (place, step) in steps.iter().enumerate() {
            let away = away(*step);
            if away <= 12.0 && best.is_none_or(|(_, least)| away <= least) {
                best = Some((place, away));
            }
        }
        best.map(|(place, _)| place)
    }
}

/// The arrow keys go from mark to mark.
fn walk(store: &Store) -> Callback<KeyboardEvent> {
    let store = store.clone();
    Callback::from(move |event: KeyboardEvent| {
        let command = match event.key().as_str() {
            "ArrowRight" | "ArrowUp" => Command::Jump(Jump::Mark, true),
            "ArrowLeft" | "ArrowDown" => Command::Jump(Jump::Mark, false),
            _ => return,
        };
        event.prevent_default();
        store.send(command);
    })
}

/// What the forms mean.
pub fn legend() -> Html {
    html! {
        <dl class="legend marks-legend">
            { for FORMS.iter().map(|(class, name, path)| html! {
                <div><dt class="marks"><svg viewBox="-7 0 14 13" width="14" height="13"
                    aria-hidden="true"><path class={*class} d={*path} /></svg></dt><dd>{ *name }</dd></div>
            }) }
        </dl>
    }
}
