//! Every event of the run, however many: only the rows in sight are rendered, and what is looked
//! for is found a slice at a time.

use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlInputElement, HtmlSelectElement, KeyboardEvent};
use yew::TargetCast;
use yew::virtual_dom::ListenerKind;

use super::icons::face;
use crate::sim::trace::{self, EventKind};
use crate::sim::trail::Kind;
use crate::ui::hooks::browser;
use crate::ui::hooks::markup::Markup;
use crate::ui::hooks::number::Px;
use crate::ui::state::scene::Scene;
use crate::ui::state::shell::Shell;
use crate::ui::state::store::{Command, Store};
use crate::ui::state::study::{Sieve, Study, Wish};
use crate::ui::state::tell;
use crate::view::NodeId;

/// The height of a row: the style sheet says the same.
const ROW: f64 = 40.0;
/// Rows rendered beyond either edge.
const SPARE: usize = 4;
/// Browsers lose count in elements much higher than this: beyond, the scroll bar is coarser.
const HIGHEST: f64 = 12_000_000.0;
/// What the list has followed last.
const FOLLOWED: &str = "data-followed";

/// The rows that there are, of which few are in sight.
#[derive(Clone, Copy, PartialEq)]
struct Rows {
    /// How many.
    count: usize,
    /// The row of the present event, or the last one before it.
    present: Option<usize>,
    /// How far a pixel of the scroll bar leads.
    scale: f64,
}

impl Rows {
    fn new(store: &Store, scene: &Scene, study: &Study) -> Rows {
        let (count, before) = match study.sieve.on() {
            true => store.desk(|desk, _| {
                (desk.found.len(), desk.found.partition_point(|step| *step <= scene.step))
            }),
            false => (scene.head as usize, scene.step as usize),
        };
        let scale = (count as f64 * ROW / HIGHEST).max(1.0);
        Rows { count, present: before.checked_sub(1), scale }
    }

    /// Which rows are in sight, and how far each stands from the top.
    fn in_sight(self, (top, height): (f64, f64)) -> (std::ops::Range<usize>, f64) {
        let above = top * self.scale;
        let first = ((above / ROW) as usize).saturating_sub(SPARE);
        let last = ((above + height) / ROW) as usize + SPARE;
        (first.min(self.count)..last.min(self.count), top - above)
    }
}

/// The log.
pub fn log(page: &mut Markup, store: &Store, scene: &Scene, shell: &Shell) {
    let study = &shell.study;
    let rows = Rows::new(store, scene, study);
    let (range, shift) = rows.in_sight(shell.sight);
    sieve(page, store, scene, study, rows);
    page.el("div class=events tabindex=0 role=region", |page| {
        page.key("events");
        page.hear(ListenerKind::onscroll, store, |store, event| {
            if let Some(list) = event.target_dyn_into::<Element>() {
                see(store, &list);
            }
        });
        page.attr("aria-label", &format!("Events, {} in all", rows.count));
        page.when(rows.count == 0, |page| nothing(page, store, scene, study));
        page.el("ol", |page| {
            let total = (rows.count as f64 * ROW).min(HIGHEST);
            page.attr("style", &format!("height:{}px", Px(total)));
            page.attr("start", &(range.start + 1).to_string());
            for place in range {
                let event = store.desk(|desk, player| {
                    let sieved = study.sieve.on();
                    let step = if sieved { desk.found[place] } else { place as u64 + 1 };
                    player.session_mut().event(step)
                });
                if let Some(event) = event {
                    row(page, store, scene, &event, place as f64 * ROW + shift);
                }
            }
        });
    });
}

/// Tells what of the list is in sight.
fn see(store: &Store, list: &Element) {
    let (top, height) = (list.scroll_top(), list.client_height());
    store.send(Command::Sight(f64::from(top), f64::from(height)));
}

/// After the log was drawn: keeps the present event in sight, without moving what is in sight
/// already, whenever it is another or something else is looked for. The list itself remembers what
/// it has followed last: a new one has followed nothing.
pub fn follow(store: &Store, scene: &Scene, shell: &Shell) {
    let Some(list) = browser::first(".events") else { return };
    let sieve = &shell.study.sieve;
    let node = sieve.node.map_or(String::new(), |node| scene.name(node));
    let kind = tell::kind(sieve.kind, scene.info);
    let now = format!("{} {node} {kind} {}", scene.step, sieve.text);
    if list.get_attribute(FOLLOWED).as_ref() == Some(&now) {
        return;
    }
    let _ = list.set_attribute(FOLLOWED, &now);
    let rows = Rows::new(store, scene, &shell.study);
    let (top, height) = (f64::from(list.scroll_top()), f64::from(list.client_height()));
    let (above, row) = (top * rows.scale, rows.present.unwrap_or(0) as f64 * ROW);
    if row < above || row + ROW > above + height {
        list.set_scroll_top(((row - height / 2.0).max(0.0) / rows.scale) as i32);
    }
    see(store, &list);
}

/// The groups of what one may look for.
const GROUPS: [&str; 5] =
    ["", "What happened", "A message arrives", "A timer goes off", "What is told"];

/// Every sort of event that one may look for, with its group, in the order of the groups.
fn kinds(scene: &Scene) -> Vec<(usize, Kind)> {
    let info = scene.info;
    let clients = scene.names.clients > 0;
    let mut kinds = vec![(0, Kind::Any), (1, Kind::Violation), (1, Kind::Fault), (1, Kind::Lost)];
    if clients {
        kinds.push((1, Kind::Request));
    }
    for kind in info.messages {
        kinds.push((2, Kind::Message(kind.id)));
    }
    if clients {
        kinds.extend([(2, Kind::Message("Request")), (2, Kind::Message("Reply"))]);
    }
    for timer in info.timers {
        kinds.push((3, Kind::Timer(timer.id)));
    }
    if clients {
        kinds.extend([(3, Kind::Timer("timeout")), (3, Kind::Timer("backoff"))]);
    }
    kinds.push((4, Kind::Note("")));
    for note in info.notes {
        kinds.push((4, Kind::Note(note.id)));
    }
    kinds
}

/// What one looks for, how much of it there is, and the way from one to the next.
fn sieve(page: &mut Markup, store: &Store, scene: &Scene, study: &Study, rows: Rows) {
    let sieve = &study.sieve;
    page.el("div class=sieve role=search aria-label='Look for events'", |page| {
        page.key("sieve");
        page.hear(ListenerKind::oninput, store, sift);
        let head = "input type=search id=find-text aria-label=Text \
                    placeholder='Search the events'";
        page.el(head, |page| {
            page.hear(ListenerKind::onkeydown, store, enter);
            page.value(&sieve.text);
        });
        page.el("select id=find-node aria-label=Node", |page| {
            option(page, "All nodes", sieve.node.is_none());
            for node in scene.names.all() {
                option(page, &scene.name(node), sieve.node == Some(node));
            }
        });
        page.el("select id=find-kind aria-label=Kind", |page| {
            let kinds = kinds(scene);
            let group = |page: &mut Markup, group: usize| {
                for (own, kind) in &kinds {
                    if *own == group {
                        option(page, &tell::kind(*kind, scene.info), *kind == sieve.kind);
                    }
                }
            };
            group(page, 0);
            for (place, title) in GROUPS.iter().enumerate().skip(1) {
                page.el("optgroup", |page| {
                    page.attr("label", title);
                    group(page, place);
                });
            }
        });
        page.when(sieve.on(), |page| matches(page, store, scene, study, rows));
    });
}

fn option(page: &mut Markup, text: &str, selected: bool) {
    page.el("option", |page| {
        page.flag("selected", selected);
        page.text(text);
    });
}

/// Something else is looked for.
fn sift(store: &Store, event: &Event) {
    let model = store.model();
    let mut sieve = model.shell.study.sieve.clone();
    if let Some(input) = event.target_dyn_into::<HtmlInputElement>() {
        sieve.text = input.value().trim().to_ascii_lowercase().into();
    } else if let Some(select) = event.target_dyn_into::<HtmlSelectElement>() {
        let place = select.selected_index();
        if select.id() == "find-node" {
            sieve.node = u32::try_from(place - 1).ok().map(NodeId);
        } else {
            let kinds = kinds(&model.scene);
            sieve.kind = kinds.get(place as usize).map_or(Kind::Any, |kind| kind.1);
        }
    }
    store.send(Command::Study(Wish::Sift(sieve)));
}

/// Enter leads to the next match, with Shift to the one before.
fn enter(store: &Store, event: &Event) {
    let Some(event) = event.dyn_ref::<KeyboardEvent>() else { return };
    if event.key() == "Enter" {
        event.prevent_default();
        let here = store.model().scene.step;
        let (before, after) = around(store, here);
        if let Some(step) = if event.shift_key() { before } else { after } {
            store.send(Command::Seek(step));
        }
    }
}

/// The last match before a step, and the first after it.
fn around(store: &Store, step: u64) -> (Option<u64>, Option<u64>) {
    store.desk(|desk, _| {
        let before = desk.found.partition_point(|found| *found < step);
        let after = desk.found.partition_point(|found| *found <= step);
        (before.checked_sub(1).map(|at| desk.found[at]), desk.found.get(after).copied())
    })
}

fn matches(page: &mut Markup, store: &Store, scene: &Scene, study: &Study, rows: Rows) {
    let (before, after) = around(store, scene.step);
    let done = study.looked >= scene.head;
    let looked = if done { scene.head } else { study.looked };
    page.el("div class=matches", |page| {
        page.line("span id=matches", &format!("{} of {looked}", rows.count));
        if !done && !scene.playing {
            page.el("progress aria-label='Looking through the run'", |page| {
                page.attr("max", &scene.head.to_string());
                page.attr("value", &study.looked.to_string());
            });
        }
        let ways = [(["up", "Previous match", ""], before), (["down", "Next match", ""], after)];
        for (names, to) in ways {
            page.el("button type=button class=tool", |page| {
                face(page, store, names, Command::Seek(to.unwrap_or(scene.step)));
                page.state("aria-disabled", to.is_none());
            });
        }
        let all = Command::Study(Wish::Sift(Sieve::default()));
        page.press("button type=button class=link", store, "Show all", all);
    });
}

/// What would fill the log, which is empty.
fn nothing(page: &mut Markup, store: &Store, scene: &Scene, study: &Study) {
    let sieve = &study.sieve;
    if scene.head == 0 {
        return page.line("p class=empty", "Nothing has happened yet. Press play, or step.");
    }
    if study.looked < scene.head {
        return page.line("p class=empty", "Looking…");
    }
    let mut text = "No event".to_string();
    if sieve.kind != Kind::Any {
        text += &format!(" of the kind “{}”", tell::kind(sieve.kind, scene.info));
    }
    if let Some(node) = sieve.node {
        text += &format!(" at {}", scene.name(node));
    }
    if !sieve.text.is_empty() {
        text += &format!(" with “{}”", sieve.text);
    }
    text += &format!(" among the {} so far. What fits will stand here as it happens.", scene.head);
    page.el("div class=empty", |page| {
        page.line("p", &text);
        let label = if scene.playing { "Pause" } else { "Play on" };
        page.press("button type=button class=small", store, label, Command::Toggle);
    });
}

fn row(page: &mut Markup, store: &Store, scene: &Scene, event: &trace::Event, top: f64) {
    let step = event.step;
    let kind = match &event.kind {
        EventKind::Receive { .. } => "receive",
        EventKind::Missed { .. } => "missed",
        EventKind::Timer(_) => "timer",
        EventKind::Wake => "start",
        EventKind::Action { .. } => "action",
    };
    let present = step == scene.step;
    let when = match () {
        () if present => " now",
        () if step > scene.step => " future",
        () => "",
    };
    let broke = if event.broke.is_empty() { "" } else { " broke" };
    page.el("li", |page| {
        page.key(&step.to_string());
        page.attr("class", &format!("event {kind}{when}{broke}"));
        page.attr("style", &format!("top:{}px", Px(top)));
        page.attr("value", &step.to_string());
        page.attr("data-lights", &lights(scene, event));
        page.el("button type=button", |page| {
            page.click(store, Command::Seek(step));
            if present {
                page.attr("aria-current", "step");
            }
            page.attr("title", &format!("Event {step}, {}", tell::exact(event.at)));
            page.line("span class=at", &tell::clock(event.at));
            page.line("span class=what", &tell::short(event, scene.names));
            let notes = tell::particulars(event, scene.info, scene.names);
            page.line("span class=notes", &notes);
        });
        if present {
            page.el("button type=button class='small why' aria-keyshortcuts=Q", |page| {
                page.click(store, Command::Study(Wish::Why(Some(step))));
                page.attr("aria-label", &format!("Why did event {step} happen?"));
                page.text("Why?");
            });
        }
    });
}

/// What of the stage an event concerns: where it happened, and the way by which it came.
pub fn lights(scene: &Scene, event: &trace::Event) -> String {
    let Some(node) = event.node else { return String::new() };
    let here = format!("node:{}", scene.name(node));
    match &event.kind {
        EventKind::Receive { message, .. } | EventKind::Missed { message, .. } => {
            let (a, b) = (message.from.min(node), message.from.max(node));
            format!("{here} link:{}-{}", scene.name(a), scene.name(b))
        }
        _ => here,
    }
}
