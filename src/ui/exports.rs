//! What tests and the bench reach from outside, as one object: `window.interleave`.

use js_sys::{Object, Reflect};
use wasm_bindgen::prelude::{Closure, JsValue};

use super::hooks::browser;
use super::state::source;
use super::state::store::{Command, Store};
use crate::scenario::bench::{Workload, bare_loop};

/// How many events a bench does between two looks at the clock.
const CHUNK: u64 = 20_000;

/// What can be called.
const CALLS: [&str; 11] = [
    "digest", "bench", "frames", "text", "open", "flights", "memory", "seek", "paint", "panel",
    "panic",
];

/// Puts the object into the window. All calls are closures of one type: a type of their own for
/// each takes more code than what they do.
pub fn attach(store: &Store) {
    let Some(window) = browser::window() else { return };
    let object = Object::new();
    for name in CALLS {
        let store = store.clone();
        let call: Closure<dyn Fn(JsValue, JsValue, JsValue) -> JsValue> =
            Closure::new(move |a, b, c| answer(&store, name, [a, b, c]));
        let _ = Reflect::set(&object, &name.into(), &call.into_js_value());
    }
    let _ = Reflect::set(&window, &"interleave".into(), &object);
}

/// Does what a call asks for.
fn answer(store: &Store, name: &str, given: [JsValue; 3]) -> JsValue {
    let word = |at: usize| given[at].as_string().unwrap_or_default();
    let number = |at: usize| given[at].as_f64().unwrap_or_default();
    match name {
        "digest" => return source::digest_of(&word(0)).into(),
        "bench" => return bench(&word(0), &word(1), number(2)).into(),
        "frames" => return store.frame_count().into(),
        "text" => return store.ask(|player| player.text()).into(),
        "flights" => return store.ask(|player| player.session().flights().len() as f64).into(),
        "memory" => return store.ask(|player| player.session().memory() as f64).into(),
        "seek" => {
            let before = browser::now_ms();
            store.ask(|player| player.seek(number(0) as u64));
            return (browser::now_ms() - before).into();
        }
        "paint" => return store.time_paint(number(0) as u32).into(),
        "open" => store.send(Command::OpenText(word(0))),
        "panel" => {
            store.shell(|shell| shell.sample = Some(word(0).into()));
            store.send(Command::Select(None));
        }
        _ => panic!("a test asked for a panic"),
    }
    JsValue::UNDEFINED
}

/// The workload of that name done in that mode for so many milliseconds: how many events and
/// messages there were, and how many milliseconds it took. The load `bare` is the yardstick.
fn bench(load: &str, mode: &str, ms: f64) -> String {
    let mut workload = Workload::named(load, mode);
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
