//! Play, step, seek: time is a thing one holds in the hand.

use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use super::icons::icon;
use super::marks::{legend, strip};
use crate::sim::trail::Kind;
use crate::ui::hooks::number;
use crate::ui::state::player::SPEEDS;
use crate::ui::state::shell::Shell;
use crate::ui::state::store::{Command, Store, View};
use crate::ui::state::study::{Jump, node_of};
use crate::ui::state::tell;

/// The transport.
pub fn transport(store: &Store, scene: &View, shell: &Shell) -> Html {
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
    let violation = scene.violation();
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
            { scrubber(store, scene, shell) }
            <span class="count" aria-hidden="true">
                <b>{ scene.step }</b>{ format!(" / {}", scene.head) }
            </span>
            if let Some(step) = violation {
                <button type="button" class="alarm" aria-keyshortcuts="!"
                    title="To the first violation (!)" onclick={store.on(Command::Seek(step))}>
                    { icon("flag") }<span>{ "Broken" }</span>
                    <span class="sr">
                        { format!(": go to the first violation, at event {step}") }
                    </span>
                </button>
            }
            { jumps(store, scene, shell) }
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
fn scrubber(store: &Store, scene: &View, shell: &Shell) -> Html {
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
            { strip(store, scene, shell) }
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

/// Everything that one may jump by: to the one before, and to the one after.
fn jumps(store: &Store, view: &View, shell: &Shell) -> Html {
    let node = node_of(view, shell.selection).map_or("this node".into(), |node| view.name(node));
    let kind = view.event.as_ref().map(|event| Kind::of(event));
    let kind = kind.map_or("this kind".into(), |kind| tell::kind(kind, view.info));
    let cap = |key: &'static str| match key.rsplit('+').next() {
        Some(letter) if letter.len() == 1 => {
            let shift = if letter == key { "" } else { "⇧" };
            html! { <kbd aria-hidden="true">{ shift }{ letter }</kbd> }
        }
        _ => Html::default(),
    };
    let by = |jump| move |on| Command::Jump(jump, on);
    let rows: [(String, &str, &str, [Command; 2]); 4] = [
        ("Mark".into(), "Shift+B", "B", [false, true].map(by(Jump::Mark))),
        (format!("Event at {node}"), "P", "N", [false, true].map(by(Jump::Node))),
        (
            format!("Event of this kind: {kind}"),
            "Shift+P",
            "Shift+N",
            [false, true].map(by(Jump::Kind)),
        ),
        ("Ten events".into(), "Shift+ArrowLeft", "Shift+ArrowRight", [-10, 10].map(Command::Step)),
    ];
    html! {
        <details class="jumps">
            <summary class="tool" aria-label="Jump" title="Jump by mark, node or kind"><span>{ "Jump" }</span>{ icon("up") }</summary>
            <div class="sheet" role="group" aria-label="Jump">
                { for rows.into_iter().map(|(what, before, after, [back, on])| {
                    let [less, more] = ["Previous", "Next"].map(|way| format!("{way}: {what}"));
                    html! {
                        <>
                            <button type="button" class="tool" aria-label={less}
                                aria-keyshortcuts={before} title={before}
                                onclick={store.on(back)}>{ icon("before") }{ cap(before) }</button>
                            <span aria-hidden="true">{ what }</span>
                            <button type="button" class="tool" aria-label={more}
                                aria-keyshortcuts={after} title={after}
                                onclick={store.on(on)}>{ cap(after) }{ icon("after") }</button>
                        </>
                    }
                }) }
                { legend() }
            </div>
        </details>
    }
}
