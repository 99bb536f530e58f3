//! What tests and the bench reach from outside, as one object: `window.interleave`.

use js_sys::{Object, Reflect};
use wasm_bindgen::prelude::{Closure, JsValue};

use super::hooks::browser;
use super::state::source;
use super::state::store::{Command, Store};
use crate::scenario::bench::{Workload, bare_loop};

/// How many events a bench does between two looks at the clock.
const CHUNK: u64 = 20_000;

/// Puts the object into the window.
pub fn attach(store: &Store) {
    let Some(window) = browser::window() else { return };
    let object = Object::new();
    let set = |name: &str, value: JsValue| {
        let _ = Reflect::set(&object, &name.into(), &value);
    };
    let digest: Closure<dyn Fn(String) -> String> =
        Closure::new(|text: String| source::digest_of(&text));
    set("digest", digest.into_js_value());
    let bench: Closure<dyn Fn(String, String, f64) -> String> = Closure::new(bench);
    set("bench", bench.into_js_value());
    let frames = store.clone();
    let frames: Closure<dyn Fn() -> u32> = Closure::new(move || frames.frame_count());
    set("frames", frames.into_js_value());
    let text = store.clone();
    let text: Closure<dyn Fn() -> String> = Closure::new(move || text.ask(|player| player.text()));
    set("text", text.into_js_value());
    let open = store.clone();
    let open: Closure<dyn Fn(String)> =
        Closure::new(move |text: String| open.send(Command::OpenText(text)));
    set("open", open.into_js_value());
    let flights = store.clone();
    let flights: Closure<dyn Fn() -> u32> =
        Closure::new(move || flights.ask(|player| player.session().flights().len() as u32));
    set("flights", flights.into_js_value());
    let memory = store.clone();
    let memory: Closure<dyn Fn() -> f64> =
        Closure::new(move || memory.ask(|player| player.session().memory() as f64));
    set("memory", memory.into_js_value());
    let seek = store.clone();
    let seek: Closure<dyn Fn(f64) -> f64> = Closure::new(move |step: f64| {
        let before = browser::now_ms();
        seek.ask(|player| player.seek(step as u64));
        browser::now_ms() - before
    });
    set("seek", seek.into_js_value());
    let paint = store.clone();
    let paint: Closure<dyn Fn(u32) -> f64> =
        Closure::new(move |times: u32| paint.time_paint(times));
    set("paint", paint.into_js_value());
    let panel = store.clone();
    let panel: Closure<dyn Fn(String)> = Closure::new(move |kind: String| {
        panel.shell(|shell| shell.sample = Some(kind.into()));
        panel.send(Command::Select(None));
    });
    set("panel", panel.into_js_value());
    let panic: Closure<dyn Fn()> = Closure::new(|| panic!("a test asked for a panic"));
    set("panic", panic.into_js_value());
    let _ = Reflect::set(&window, &"interleave".into(), &object);
}

/// The workload of that name done in that mode for so many milliseconds: how many events and
/// messages there were, and how many milliseconds it took. The load `bare` is the yardstick.
fn bench(load: String, mode: String, ms: f64) -> String {
    let mut workload = Workload::named(&load, &mode);
    if workload.is_none() && load != "bare" {
        return String::new();
    }
    let (mut events, begin) = (0, browser::now_ms());
    loop {
        events += match &mut workload {
            Some(workload) => workload.run(CHUNK),
            None => {
                std::hint::black_box(bare_loop(CHUNK));
                CHUNK
            }
        };
        let spent = browser::now_ms() - begin;
        if spent >= ms {
            let messages = workload.map_or(events, |workload| workload.messages());
            return format!("{events} {messages} {}", spent.round() as u64);
        }
    }
}
