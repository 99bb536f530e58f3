//! The clients' history as intervals: time runs down, a lane a client, a bar a call.
//!
//! Not to scale: a long wait is shortened and a short one stretched, so that every bar can be read
//! and hit. The order of calls and answers, which is what counts, is kept.

use super::icons::icon;
use crate::check::Verdict;
use crate::sim::info::MarkKind;
use crate::sim::session::{Call, Outcome};
use crate::ui::hooks::markup::Markup;
use crate::ui::hooks::number::Px;
use crate::ui::state::scene::Scene;
use crate::ui::state::store::{Command, Store, View};
use crate::ui::state::study::{Known, Study, Wish};
use crate::ui::state::tell;
use crate::view::{NodeId, Time};

/// The least and the most that lies between two moments, in pixels.
const GAP: (f64, f64) = (24.0, 72.0);
/// More faults than this are not drawn.
const FAULTS: usize = 60;

/// What the verdict says of one call.
#[derive(Clone, Copy, PartialEq)]
pub enum Part {
    /// Nothing.
    None,
    /// It is the one of that number in the order, in effect from that step on.
    Effect(usize, u64),
    /// Its answer is one of those that contradict each other.
    Conflict,
}

/// What the verdict says of each call. A checker counts only the calls that were sent.
pub fn parts(known: &Known) -> Vec<Part> {
    let sent = known.calls.iter().enumerate().filter(|(_, call)| call.attempts > 0);
    let sent: Vec<usize> = sent.map(|(place, _)| place).collect();
    let mut parts = vec![Part::None; known.calls.len()];
    let mut set = |call: usize, part: Part| {
        if let Some(place) = sent.get(call) {
            parts[*place] = part;
        }
    };
    match known.verdict.as_ref().map(|(verdict, _)| verdict) {
        Some(Verdict::Linearizable(order)) => {
            for (number, effect) in order.iter().enumerate() {
                set(effect.call, Part::Effect(number + 1, effect.at));
            }
        }
        Some(Verdict::NotLinearizable(conflict)) => {
            conflict.answers.iter().for_each(|&call| set(call, Part::Conflict));
        }
        _ => {}
    }
    parts
}

/// When a call came to an end, if it did, and at which event.
pub fn end(call: &Call) -> Option<(Time, Option<u64>)> {
    match &call.outcome {
        Outcome::Open => None,
        Outcome::Done { at, step, .. } => Some((*at, Some(*step))),
        Outcome::Refused { at, .. } | Outcome::Unknown { at } => Some((*at, None)),
    }
}

/// What came of a call, as a class of the style sheet and in words.
pub fn answer(call: &Call) -> (&'static str, String) {
    match &call.outcome {
        Outcome::Open => ("open", "waits…".to_string()),
        Outcome::Done { out, .. } => ("done", out.clone()),
        Outcome::Refused { why, .. } => ("refused", format!("refused: {why}")),
        Outcome::Unknown { .. } => ("unknown", "unknown: it may have happened".to_string()),
    }
}

/// A moment at which something happened.
struct Moment {
    at: Time,
    step: u64,
    /// What somebody did then.
    fault: Option<String>,
    /// Where it stands.
    top: f64,
}

/// The moments, in their order.
struct Axis(Vec<Moment>);

impl Axis {
    fn new(store: &Store, view: &Scene, calls: &[Call]) -> Axis {
        let mut axis = Axis(Vec::new());
        for call in calls {
            axis.add(call.called_at, call.called_step, None);
            if let Some((at, step)) = end(call) {
                axis.add(at, step.unwrap_or(0), None);
            }
        }
        let begin = axis.0.first().map_or(0, |first| first.at);
        let mut left = FAULTS;
        for mark in view.marks.iter() {
            if mark.kind == MarkKind::Fault && mark.at >= begin && left > 0 {
                left -= 1;
                let event = store.ask(|player| player.session_mut().event(mark.step));
                axis.add(mark.at, mark.step, event.map(|event| tell::short(&event, view.names)));
            }
        }
        axis.add(view.now, view.step, None);
        axis.stretch(begin);
        axis
    }

    /// Several things may happen at one moment: it is the last one's, and says what was done
    /// first.
    fn add(&mut self, at: Time, step: u64, fault: Option<String>) {
        let place = self.0.partition_point(|moment| moment.at < at);
        match self.0.get_mut(place) {
            Some(moment) if moment.at == at => {
                moment.step = moment.step.max(step);
                if moment.fault.is_none() {
                    moment.fault = fault;
                }
            }
            _ => self.0.insert(place, Moment { at, step, fault, top: 0.0 }),
        }
    }

    /// Gives each moment its place.
    fn stretch(&mut self, begin: Time) {
        let span = self.0.last().map_or(0, |last| last.at) - self.0.first().map_or(0, |m| m.at);
        let mean = span as f64 / self.0.len().max(2) as f64;
        let (mut at, mut top) = (begin, 12.0);
        for moment in &mut self.0 {
            let gap = moment.at.saturating_sub(at) as f64;
            if gap > 0.0 {
                top += GAP.0 + (GAP.1 - GAP.0) * gap / (gap + mean);
            }
            at = moment.at.max(at);
            moment.top = top;
        }
    }

    fn place(&self, at: Time) -> f64 {
        let place = self.0.partition_point(|moment| moment.at < at);
        self.0.get(place).or(self.0.last()).map_or(0.0, |moment| moment.top)
    }

    fn height(&self) -> f64 {
        self.0.last().map_or(0.0, |last| last.top) + 28.0
    }
}

/// The chart of these calls, which begin at place `first` of all.
pub fn chart(
    page: &mut Markup,
    store: &Store,
    view: &View,
    study: &Study,
    (known, parts): (&Known, &[Part]),
    first: usize,
) {
    let calls = &known.calls[first..];
    let axis = Axis::new(store, view, calls);
    let mut clients: Vec<NodeId> = view.names.clients().collect();
    clients.retain(|client| calls.iter().any(|call| call.client == *client));
    let lanes = clients.len().max(1);
    let left = |call: &Call| {
        let lane = clients.iter().position(|client| *client == call.client).unwrap_or(0);
        Px(lane as f64 * 100.0 / lanes as f64)
    };
    page.el("div class=chart role=group aria-label='Calls as intervals, time runs down'", |page| {
        page.attr("style", &format!("--lanes:{lanes}"));
        page.el("div class=lanes aria-hidden=true", |page| {
            for client in &clients {
                page.line("b", &view.name(*client));
            }
        });
        page.el("div class=time", |page| {
            page.attr("style", &format!("height:{}px", Px(axis.height())));
            for moment in &axis.0 {
                tick(page, store, moment);
            }
            page.el("div class=field", |page| {
                for (place, call) in calls.iter().enumerate() {
                    let place = first + place;
                    let (top, bottom) = span(&axis, call);
                    let (height, left) = (Px((bottom - top).max(24.0)), left(call));
                    let style = format!("top:{}px;height:{height}px;left:{left}%", Px(top));
                    bar(page, store, view, study, (place, call), parts[place], &style);
                    if let Part::Effect(number, step) = parts[place] {
                        let top = Px(effect(&axis, known, call, step));
                        page.el("b class=point aria-hidden=true", |page| {
                            page.attr("style", &format!("top:{top}px;left:{left}%"));
                            page.text(&number.to_string());
                        });
                    }
                }
            });
            page.el("div class=moment", |page| {
                page.attr("style", &format!("top:{}px", Px(axis.place(view.now))));
                page.line("span", "now");
            });
        });
    });
}

/// Where a call may have taken effect.
fn effect(axis: &Axis, known: &Known, call: &Call, step: u64) -> f64 {
    let at = known.calls.iter().find(|other| other.called_step == step);
    axis.place(at.map_or(call.called_at, |other| other.called_at.max(call.called_at)))
}

/// From where to where a bar reaches. What may still take effect has no end.
fn span(axis: &Axis, call: &Call) -> (f64, f64) {
    let ended = end(call).filter(|_| !matches!(call.outcome, Outcome::Unknown { .. }));
    let bottom = ended.map_or(axis.height(), |(at, _)| axis.place(at));
    (axis.place(call.called_at), bottom)
}

fn tick(page: &mut Markup, store: &Store, moment: &Moment) {
    let clock = tell::clock(moment.at);
    page.el("div", |page| {
        page.attr("class", if moment.fault.is_some() { "tick fault" } else { "tick" });
        page.attr("style", &format!("top:{}px", Px(moment.top - 12.0)));
        if moment.step > 0 {
            page.el("button type=button class=at", |page| {
                page.click(store, Command::Seek(moment.step));
                page.attr("title", &format!("Go to event {}", moment.step));
                page.text(&clock);
            });
        } else {
            page.line("span class=at", &clock);
        }
        if let Some(fault) = &moment.fault {
            page.el("span class=what", |page| {
                page.put(icon("bolt"));
                page.text(fault);
            });
        }
    });
}

fn bar(
    page: &mut Markup,
    store: &Store,
    view: &View,
    study: &Study,
    (place, call): (usize, &Call),
    part: Part,
    style: &str,
) {
    let (kind, out) = answer(call);
    let picked = study.call == Some(place);
    let wrong = if part == Part::Conflict { " wrong" } else { "" };
    let future = if call.called_at > view.now { " future" } else { "" };
    let label = format!("{}: {}", view.name(call.client), line(view, call, part));
    page.el("button type=button", |page| {
        page.click(store, Command::Study(Wish::Pick((!picked).then_some(place))));
        page.attr("class", &format!("bar {kind}{wrong}{future}"));
        page.attr("style", style);
        page.state("aria-pressed", picked);
        page.attr("aria-label", &label);
        page.attr("title", &label);
        page.attr("data-lights", &format!("node:{}", view.name(call.client)));
        if part == Part::Conflict {
            page.put(icon("flag"));
        }
        page.line("code", &call.op);
        page.text(" ");
        page.line("span class=out", &out);
    });
}

/// A call in one line.
pub fn line(view: &Scene, call: &Call, part: Part) -> String {
    let mut text =
        format!("{} → {}, called at {}", call.op, answer(call).1, tell::clock(call.called_at));
    if let Some((at, _)) = end(call) {
        text += &format!(", ended at {}", tell::clock(at));
    }
    if call.attempts > 1 {
        text += &format!(", sent {} times", call.attempts);
    }
    match part {
        Part::None => {}
        Part::Effect(number, _) => text += &format!(", number {number} of the order"),
        Part::Conflict => text += ", contradicts other answers",
    }
    if call.called_at > view.now {
        text += ", still to come";
    }
    text
}
