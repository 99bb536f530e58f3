//! Every event of the run, however many: only the rows in sight are rendered.

use std::rc::Rc;

use web_sys::{Element, HtmlElement};
use yew::prelude::*;

use crate::sim::trace::{Event, EventKind};
use crate::ui::hooks::number::Px;
use crate::ui::state::scene::Scene;
use crate::ui::state::store::{Command, Store, View};
use crate::ui::state::tell;

/// What the log needs.
#[derive(Properties, PartialEq)]
pub struct LogProps {
    /// Where commands go.
    pub store: Store,
    /// The run.
    pub view: View,
    /// What of it is in sight.
    pub sight: (f64, f64),
}

/// The height of a row: the style sheet says the same.
const ROW: f64 = 40.0;
/// Rows rendered beyond either edge.
const SPARE: u64 = 4;

/// The log.
#[component]
pub fn EventLog(props: &LogProps) -> Html {
    let store = &props.store;
    let list = use_node_ref();
    let onscroll = {
        let store = store.clone();
        Callback::from(move |event: yew::Event| {
            let Some(list) = event.target_dyn_into::<HtmlElement>() else { return };
            let (top, height) = (f64::from(list.scroll_top()), f64::from(list.client_height()));
            store.send(Command::Sight(top, height));
        })
    };
    let scene = &props.view;
    {
        let (list, store) = (list.clone(), store.clone());
        use_effect_with(scene.step, move |step| follow(&list, *step, &store));
    }
    let (top, height) = props.sight;
    let first = ((top / ROW) as u64).saturating_sub(SPARE) + 1;
    let last = (((top + height) / ROW) as u64 + SPARE).min(scene.head);
    let rows: Vec<Rc<Event>> = store.ask(|player| {
        let session = player.session_mut();
        (first..=last).filter_map(|step| session.event(step)).collect()
    });
    let total = scene.head as f64 * ROW;
    html! {
        <>
            if scene.head == 0 {
                <p class="empty">{ "Nothing has happened yet. Press play, or step." }</p>
            }
            <div class="events" ref={list} {onscroll} tabindex="0" role="region"
                aria-label={format!("Events, {} in all", scene.head)}>
                <ol style={format!("height:{}px", Px(total))} start={first.to_string()}>
                    { for rows.iter().map(|event| row(store, scene, event)) }
                </ol>
            </div>
        </>
    }
}

/// Keeps the present event in sight, without moving what is in sight already.
fn follow(list: &NodeRef, step: u64, store: &Store) {
    let Some(element) = list.cast::<Element>() else { return };
    let (top, height) = (f64::from(element.scroll_top()), f64::from(element.client_height()));
    let row = step.saturating_sub(1) as f64 * ROW;
    if row < top || row + ROW > top + height {
        element.set_scroll_top((row - height / 2.0).max(0.0) as i32);
        let top = f64::from(element.scroll_top());
        store.send(Command::Sight(top, height));
    }
}

fn row(store: &Store, scene: &Scene, event: &Event) -> Html {
    let step = event.step;
    let kind = match &event.kind {
        EventKind::Receive { .. } => "receive",
        EventKind::Missed { .. } => "missed",
        EventKind::Timer(_) => "timer",
        EventKind::Wake => "start",
        EventKind::Action { .. } => "action",
    };
    let class = classes!(
        "event",
        kind,
        (step == scene.step).then_some("now"),
        (step > scene.step).then_some("future"),
        (!event.broke.is_empty()).then_some("broke"),
    );
    let mut parts: Vec<String> = event
        .broke
        .iter()
        .filter_map(|at| scene.info.properties.get(*at as usize))
        .map(|property| format!("{} broken", property.title))
        .collect();
    parts.extend(event.notes.iter().filter(|note| !note.text.is_empty()).map(|n| n.text.clone()));
    if parts.is_empty() {
        parts.extend(tell::summary(event).map(str::to_string));
    }
    parts.extend(tell::losses(event, scene.names));
    let current = (step == scene.step).then_some("step");
    html! {
        <li {class} key={step} style={format!("top:{}px", Px((step - 1) as f64 * ROW))}
            value={step.to_string()}>
            <button type="button" onclick={store.on(Command::Seek(step))} aria-current={current}
                title={tell::exact(event.at)}>
                <span class="at">{ tell::clock(event.at) }</span>
                <span class="what">{ tell::short(event, scene.names) }</span>
                <span class="notes">{ parts.join(" · ") }</span>
            </button>
        </li>
    }
}
