//! Play, step, seek: time is a thing one holds in the hand.

use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use super::icons::icon;
use crate::sim::info::MarkKind;
use crate::ui::hooks::number::{self, Px};
use crate::ui::state::player::SPEEDS;
use crate::ui::state::scene::Scene;
use crate::ui::state::store::{Command, Store, View};
use crate::ui::state::tell;

/// More marks than this are thinned out: they could not be told apart.
const MARKS: usize = 240;

/// The transport.
pub fn transport(store: &Store, scene: &View) -> Html {
    let button = |name: &str, label: &str, keys: &str, command: Command, off: bool| {
        html! {
            <button type="button" class="tool" aria-label={label.to_string()}
                title={format!("{label} ({keys})")} aria-keyshortcuts={keys.to_string()}
                onclick={store.on(command)} aria-disabled={off.to_string()}>
                { icon(name) }
            </button>
        }
    };
    let at_start = scene.step == 0 && scene.now == 0;
    let (play, label) = if scene.playing { ("pause", "Pause") } else { ("play", "Play") };
    let violation = scene.first_violation();
    html! {
        <div class="transport" role="group" aria-label="Transport">
            <div class="buttons">
                { button("start", "To the start", "Home", Command::Seek(0), at_start) }
                <span class="ten">
                    { button("back10", "Ten events back", "Shift+ArrowLeft", Command::Step(-10),
                        scene.step == 0) }
                </span>
                { button("back", "Previous event", "ArrowLeft", Command::Step(-1),
                    scene.step == 0) }
                <button type="button" class="tool play" id="play" aria-label={label}
                    title={format!("{label} (Space)")} aria-keyshortcuts="Space K"
                    onclick={store.on(Command::Toggle)}>
                    { icon(play) }
                </button>
                { button("next", "Next event", "ArrowRight", Command::Step(1), !scene.more) }
                <span class="ten">
                    { button("next10", "Ten events on", "Shift+ArrowRight", Command::Step(10),
                        !scene.more) }
                </span>
                { button("end", "To the end of what is known", "End", Command::End,
                    scene.step == scene.head) }
            </div>
            <output id="clock" class="clock" aria-hidden="true">{ tell::clock(scene.now) }</output>
            { scrubber(store, scene) }
            <span class="count" aria-hidden="true">
                <b>{ scene.step }</b>{ format!(" / {}", scene.head) }
            </span>
            if let Some(step) = violation {
                <button type="button" class="alarm" onclick={store.on(Command::Seek(step))}>
                    { icon("flag") }{ "Broken" }
                    <span class="sr">
                        { format!(": go to event {step}, where a property first broke") }
                    </span>
                </button>
            }
            <label class="speed">
                <span class="sr">{ "Speed" }</span>
                <select id="speed" onchange={on_speed(store)}
                    title="Virtual time in real time (< >)">
                    { for SPEEDS.iter().map(|(name, speed)| html! {
                        <option value={*name}
                            selected={(speed - scene.speed).abs() < 1e-9}>
                            { format!("{name}×") }
                        </option>
                    }) }
                </select>
            </label>
        </div>
    }
}

fn on_speed(store: &Store) -> Callback<Event> {
    let store = store.clone();
    Callback::from(move |event: Event| {
        let Some(select) = event.target_dyn_into::<HtmlSelectElement>() else { return };
        if let Some(speed) = number::read(&select.value()) {
            store.send(Command::Speed(speed));
        }
    })
}

/// The scrubber: a native range over the events, with marks above it.
fn scrubber(store: &Store, scene: &View) -> Html {
    let oninput = {
        let store = store.clone();
        Callback::from(move |event: InputEvent| {
            let Some(input) = event.target_dyn_into::<HtmlInputElement>() else { return };
            if let Ok(step) = input.value().parse() {
                store.send(Command::Seek(step));
            }
        })
    };
    let text = format!("event {} of {}, {}", scene.step, scene.head, seconds(scene.now));
    html! {
        <div class="scrubber">
            <svg class="marks" viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true">
                { marks(scene) }
            </svg>
            <input type="range" id="scrubber" min="0" max={scene.head.to_string()} step="1"
                value={scene.step.to_string()} {oninput} aria-label="Position"
                aria-valuetext={text} />
        </div>
    }
}

/// Short, for a screen reader: `1.8 s`.
fn seconds(at: u64) -> String {
    format!("{}.{} s", at / 1_000_000, at % 1_000_000 / 100_000)
}

fn marks(scene: &Scene) -> Html {
    let head = scene.head.max(1) as f64;
    let worth = |kind| !matches!(kind, MarkKind::Client);
    let marks: Vec<_> = scene.marks.iter().filter(|mark| worth(mark.kind)).collect();
    let every = marks.len() / MARKS + 1;
    let kept = marks.iter().enumerate().filter(|(at, mark)| {
        at % every == 0 || matches!(mark.kind, MarkKind::Violation | MarkKind::Fault)
    });
    kept.map(|(_, mark)| {
        let x = mark.step as f64 / head * 1000.0;
        let (class, top) = match mark.kind {
            MarkKind::Fault => ("fault", 2),
            MarkKind::Leadership => ("leadership", 0),
            MarkKind::Decision => ("decision", 5),
            MarkKind::Client => ("client", 5),
            MarkKind::Violation => ("violation", 0),
        };
        html! {
            <path class={class} d={format!("M{} {top}V10", Px(x))}
                vector-effect="non-scaling-stroke" />
        }
    })
    .collect()
}
