//! What tests and the bench reach from outside, as one object: `window.interleave`.

use js_sys::{Object, Reflect};
use wasm_bindgen::prelude::{Closure, JsValue};

use super::hooks::browser;
use super::state::source;
use super::state::store::{Command, Store};
use crate::scenario::parse;
use crate::sim::session::Watch;

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
    let bench: Closure<dyn Fn(String, f64, bool) -> f64> = Closure::new(bench);
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
    let panic: Closure<dyn Fn()> = Closure::new(|| panic!("a test asked for a panic"));
    set("panic", panic.into_js_value());
    let _ = Reflect::set(&window, &"interleave".into(), &object);
}

/// Events a second: a text run for so many milliseconds, with every property checked or bare.
fn bench(text: String, ms: f64, properties: bool) -> f64 {
    let Some(scenario) = parse(&text).scenario else { return 0.0 };
    let watch = if properties { Watch::PROPERTIES } else { Watch::RAW };
    let Ok(mut session) = scenario.start(watch) else { return 0.0 };
    let begin = browser::now_ms();
    let mut events = 0;
    loop {
        let mut done = 0;
        while done < 5_000 && session.step() {
            done += 1;
        }
        events += done;
        let spent = browser::now_ms() - begin;
        if spent >= ms || done == 0 {
            return f64::from(events) / spent.max(0.001) * 1_000.0;
        }
    }
}
