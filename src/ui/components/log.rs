//! Every event of the run, however many: only the rows in sight are rendered, and what is looked
//! for is found a slice at a time.

use std::rc::Rc;

use web_sys::{Element, HtmlElement, HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use super::icons::icon;
use crate::sim::trace::{Event, EventKind};
use crate::sim::trail::Kind;
use crate::ui::hooks::number::Px;
use crate::ui::state::scene::Scene;
use crate::ui::state::store::{Command, Store, View};
use crate::ui::state::study::{Sieve, Study, Wish};
use crate::ui::state::tell;
use crate::view::NodeId;

/// What the log needs.
#[derive(Properties, PartialEq)]
pub struct LogProps {
    /// Where commands go.
    pub store: Store,
    /// The run.
    pub view: View,
    /// What of it is in sight.
    pub sight: (f64, f64),
    /// What is looked for.
    pub study: Study,
}

/// The height of a row: the style sheet says the same.
const ROW: f64 = 40.0;
/// Rows rendered beyond either edge.
const SPARE: usize = 4;
/// Browsers lose count in elements much higher than this: beyond, the scroll bar is coarser.
const HIGHEST: f64 = 12_000_000.0;

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
#[component]
pub fn EventLog(props: &LogProps) -> Html {
    let LogProps { store, view: scene, study, .. } = props;
    let list = use_node_ref();
    let onscroll = {
        let store = store.clone();
        Callback::from(move |event: yew::Event| {
            let Some(list) = event.target_dyn_into::<HtmlElement>() else { return };
            let (top, height) = (f64::from(list.scroll_top()), f64::from(list.client_height()));
            store.send(Command::Sight(top, height));
        })
    };
    let rows = Rows::new(store, scene, study);
    {
        let (list, store) = (list.clone(), store.clone());
        use_effect_with((scene.step, study.sieve.clone()), move |_| follow(&list, rows, &store));
    }
    let (range, shift) = rows.in_sight(props.sight);
    let first = range.start + 1;
    let sieved = study.sieve.on();
    let events: Vec<(usize, Rc<Event>)> = store.desk(|desk, player| {
        let session = player.session_mut();
        let step = |row: usize| if sieved { desk.found[row] } else { row as u64 + 1 };
        range.filter_map(|row| Some((row, session.event(step(row))?))).collect()
    });
    let total = (rows.count as f64 * ROW).min(HIGHEST);
    html! {
        <>
            { sieve(store, scene, study, rows) }
            <div class="events" ref={list} {onscroll} tabindex="0" role="region"
                aria-label={format!("Events, {} in all", rows.count)}>
                { nothing(store, scene, study, rows) }
                <ol style={format!("height:{}px", Px(total))} start={first.to_string()}>
                    { for events.iter().map(|(place, event)| {
                        row(store, scene, event, *place as f64 * ROW + shift)
                    }) }
                </ol>
            </div>
        </>
    }
}

/// Keeps the present event in sight, without moving what is in sight already.
fn follow(list: &NodeRef, rows: Rows, store: &Store) {
    let Some(element) = list.cast::<Element>() else { return };
    let (top, height) = (f64::from(element.scroll_top()), f64::from(element.client_height()));
    let (above, row) = (top * rows.scale, rows.present.unwrap_or(0) as f64 * ROW);
    if row < above || row + ROW > above + height {
        element.set_scroll_top(((row - height / 2.0).max(0.0) / rows.scale) as i32);
    }
    store.send(Command::Sight(f64::from(element.scroll_top()), height));
}

/// Every sort of event that one may look for, in groups.
fn kinds(scene: &Scene) -> Vec<(&'static str, Vec<Kind>)> {
    let info = scene.info;
    let clients = scene.names.clients > 0;
    let mut messages: Vec<Kind> = info.messages.iter().map(|kind| Kind::Message(kind.id)).collect();
    let mut timers: Vec<Kind> = info.timers.iter().map(|timer| Kind::Timer(timer.id)).collect();
    let mut others = vec![Kind::Violation, Kind::Fault, Kind::Lost];
    if clients {
        messages.extend(["Request", "Reply"].map(Kind::Message));
        timers.extend(["timeout", "backoff"].map(Kind::Timer));
        others.push(Kind::Request);
    }
    let told = std::iter::once("").chain(info.notes.iter().map(|note| note.id));
    vec![
        ("", vec![Kind::Any]),
        ("What happened", others),
        ("A message arrives", messages),
        ("A timer goes off", timers),
        ("What is told", told.map(Kind::Note).collect()),
    ]
}

/// What one looks for, how much of it there is, and the way from one to the next.
fn sieve(store: &Store, scene: &Scene, study: &Study, rows: Rows) -> Html {
    let sieve = &study.sieve;
    let kinds = kinds(scene);
    let flat: Vec<Kind> = kinds.iter().flat_map(|(_, kinds)| kinds.iter().copied()).collect();
    let oninput = {
        let (store, old) = (store.clone(), sieve.clone());
        Callback::from(move |event: InputEvent| {
            let mut sieve = old.clone();
            if let Some(input) = event.target_dyn_into::<HtmlInputElement>() {
                sieve.text = input.value().trim().to_ascii_lowercase().into();
            } else if let Some(select) = event.target_dyn_into::<HtmlSelectElement>() {
                let place = select.selected_index();
                match &*select.id() {
                    "find-node" => sieve.node = u32::try_from(place - 1).ok().map(NodeId),
                    _ => sieve.kind = flat.get(place as usize).copied().unwrap_or_default(),
                }
            }
            store.send(Command::Study(Wish::Sift(sieve)));
        })
    };
    let group = |(title, kinds): &(&'static str, Vec<Kind>)| {
        let options = kinds.iter().map(|kind| {
            let selected = *kind == sieve.kind;
            html! { <option {selected}>{ tell::kind(*kind, scene.info) }</option> }
        });
        match title.is_empty() {
            true => options.collect::<Html>(),
            false => html! { <optgroup label={*title}>{ for options }</optgroup> },
        }
    };
    html! {
        <div class="sieve" role="search" aria-label="Look for events" {oninput}>
            <input type="search" id="find-text" aria-label="Text" placeholder="Search the events"
                value={sieve.text.to_string()} onkeydown={enter(store)} />
            <select id="find-node" aria-label="Node">
                <option selected={sieve.node.is_none()}>{ "All nodes" }</option>
                { for scene.names.all().map(|node| html! {
                    <option selected={sieve.node == Some(node)}>{ scene.name(node) }</option>
                }) }
            </select>
            <select id="find-kind" aria-label="Kind">{ for kinds.iter().map(group) }</select>
            if sieve.on() { { matches(store, scene, study, rows) } }
        </div>
    }
}

/// Enter leads to the next match, with Shift to the one before.
fn enter(store: &Store) -> Callback<KeyboardEvent> {
    let store = store.clone();
    Callback::from(move |event: KeyboardEvent| {
        if event.key() == "Enter" {
            event.prevent_default();
            let here = store.model().scene.step;
            let (before, after) = around(&store, here);
            if let Some(step) = if event.shift_key() { before } else { after } {
                store.send(Command::Seek(step));
            }
        }
    })
}

/// The last match before a step, and the first after it.
fn around(store: &Store, step: u64) -> (Option<u64>, Option<u64>) {
    store.desk(|desk, _| {
        let before = desk.found.partition_point(|found| *found < step);
        let after = desk.found.partition_point(|found| *found <= step);
        (before.checked_sub(1).map(|at| desk.found[at]), desk.found.get(after).copied())
    })
}

fn matches(store: &Store, scene: &Scene, study: &Study, rows: Rows) -> Html {
    let (before, after) = around(store, scene.step);
    let button = |label: &str, name: &str, to: Option<u64>| {
        html! {
            <button type="button" class="tool" aria-label={label.to_string()}
                title={label.to_string()} aria-disabled={to.is_none().to_string()}
                onclick={store.on(Command::Seek(to.unwrap_or(scene.step)))}>{ icon(name) }</button>
        }
    };
    let done = study.looked >= scene.head;
    html! {
        <div class="matches">
            <span id="matches">
                { format!("{} of {}", rows.count, if done { scene.head } else { study.looked }) }
            </span>
            if !done && !scene.playing {
                <progress max={scene.head.to_string()} value={study.looked.to_string()}
                    aria-label="Looking through the run" />
            }
            { button("Previous match", "up", before) }
            { button("Next match", "down", after) }
            <button type="button" class="link"
                onclick={store.on(Command::Study(Wish::Sift(Sieve::default())))}>
                { "Show all" }</button>
        </div>
    }
}

/// What would fill the log when it is empty.
fn nothing(store: &Store, scene: &Scene, study: &Study, rows: Rows) -> Html {
    if rows.count > 0 {
        return Html::default();
    }
    let sieve = &study.sieve;
    if scene.head == 0 {
        let text = "Nothing has happened yet. Press play, or step.";
        return html! { <p class="empty">{ text }</p> };
    }
    if study.looked < scene.head {
        return html! { <p class="empty">{ "Looking…" }</p> };
    }
    let mut wanted = vec![match sieve.kind {
        Kind::Any => "event".to_string(),
        kind => format!("event of the kind “{}”", tell::kind(kind, scene.info)),
    }];
    wanted.extend(sieve.node.map(|node| format!("at {}", scene.name(node))));
    if !sieve.text.is_empty() {
        wanted.push(format!("with “{}”", sieve.text));
    }
    html! {
        <div class="empty">
            <p>{ format!("No {} among the {} so far. What fits will stand here as it happens.",
                wanted.join(" "), scene.head) }</p>
            <button type="button" class="small" onclick={store.on(Command::Toggle)}>
                { if scene.playing { "Pause" } else { "Play on" } }</button>
        </div>
    }
}

fn row(store: &Store, scene: &Scene, event: &Event, top: f64) -> Html {
    let step = event.step;
    let kind = match &event.kind {
        EventKind::Receive { .. } => "receive",
        EventKind::Missed { .. } => "missed",
        EventKind::Timer(_) => "timer",
        EventKind::Wake => "start",
        EventKind::Action { .. } => "action",
    };
    let present = step == scene.step;
    let class = classes!(
        "event",
        kind,
        present.then_some("now"),
        (step > scene.step).then_some("future"),
        (!event.broke.is_empty()).then_some("broke"),
    );
    html! {
        <li {class} key={step} style={format!("top:{}px", Px(top))} value={step.to_string()}
            data-lights={lights(scene, event)}>
            <button type="button" onclick={store.on(Command::Seek(step))}
                aria-current={present.then_some("step")}
                title={format!("Event {step}, {}", tell::exact(event.at))}>
                <span class="at">{ tell::clock(event.at) }</span>
                <span class="what">{ tell::short(event, scene.names) }</span>
                <span class="notes">{ tell::particulars(event, scene.info, scene.names) }</span>
            </button>
            if present {
                <button type="button" class="small why" aria-keyshortcuts="Q"
                    aria-label={format!("Why did event {step} happen?")}
                    onclick={store.on(Command::Study(Wish::Why(Some(step))))}>{ "Why?" }</button>
            }
        </li>
    }
}

/// What of the stage an event concerns: where it happened, and the way by which it came.
pub fn lights(scene: &Scene, event: &Event) -> String {
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
