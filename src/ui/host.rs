//! The embedding page: what it may ask for, and what it is told. `docs/embedding.md` describes the
//! messages; this is their version 1.
//!
//! Only the page that embeds this one is listened to. What it sends is looked at field by field
//! and measured before anything is copied. It is answered to its own origin; before that is known
//! it is told nothing but that there is somebody to talk to.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use js_sys::{Array, JsString, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{HtmlElement, MessageEvent};

use super::hooks::browser;
use super::hooks::number::between;
use super::state::query::{self, Kind, SPEED};
use super::state::scene::{Scene, Selection};
use super::state::source;
use super::state::store::{Command, Store};
use super::state::tell;
use crate::scenario::limits::MAX_TEXT;
use crate::scenario::link::MAX_LINK;
use crate::view::{NodeId, NodeNames};

/// What may be asked for here, in words that stay for as long as the version does.
const CAPS: [&str; 11] = [
    "play",
    "pause",
    "step",
    "seek",
    "load",
    "set",
    "get:state",
    "get:link",
    "subscribe",
    "resize",
    "leave",
];
/// What can be subscribed to; a subscription is a set of bits in this order.
const TOPICS: [&str; 3] = ["state", "event", "check"];
/// The state is told at most once in so many milliseconds while it changes smoothly.
const STATE_EVERY_MS: f64 = 100.0;
/// Of more new events than this at once only the last are told.
const EVENTS_AT_ONCE: u64 = 64;
/// Seeking beyond what is known does so many events at most.
const SEEK_MOST: u64 = 100_000;
/// The most characters that a short text of a message may have.
const SHORT: u32 = 100;
/// A page that wants to be less than this much lower says nothing: a line of narration more or
/// less would make the embedding page jump.
const SLACK_PX: f64 = 48.0;

thread_local! {
    static HOST: RefCell<Option<Rc<Host>>> = const { RefCell::new(None) };
}

struct Host {
    store: Store,
    origin: RefCell<Option<String>>,
    wants: Cell<u8>,
    told: RefCell<Told>,
}

/// What the embedding page knows.
#[derive(Default)]
struct Told {
    playing: bool,
    step: u64,
    at_ms: f64,
    waits: bool,
    broken: Vec<bool>,
    height: f64,
}

/// Why a message is not done: a word that stays, and a sentence.
type Refusal = (&'static str, String);

/// Listens to the embedding page, if there is one, and says that it does.
pub fn attach(store: &Store) {
    if !browser::framed() {
        return;
    }
    let host = Rc::new(Host {
        store: store.clone(),
        origin: RefCell::new(None),
        wants: Cell::new(1),
        told: RefCell::default(),
    });
    HOST.with(|place| *place.borrow_mut() = Some(host.clone()));
    let Some(window) = browser::window() else { return };
    let hears = host.clone();
    gloo_events::EventListener::new(&window, "message", move |event| {
        if let Some(event) = event.dyn_ref::<MessageEvent>() {
            hears.hear(event);
        }
    })
    .forget();
    let query = store.query();
    if query.api || query.autosize {
        host.say_ready(&JsValue::UNDEFINED, "*");
    }
}

/// The run or the page around it has changed.
pub fn changed(scene: &Scene) {
    if let Some(host) = HOST.with(|host| host.borrow().clone()) {
        host.tell(scene);
        host.tell_height();
    }
}

/// A person wants out of the frame. Says whether there is somebody to tell.
pub fn leave() -> bool {
    let host = HOST.with(|host| host.borrow().clone());
    host.is_some_and(|host| host.post("leave", &[("dir", "up".into())]))
}

impl Host {
    fn hear(self: &Rc<Host>, event: &MessageEvent) {
        let parent = browser::window().and_then(|window| window.parent().ok().flatten());
        let (Some(parent), Some(source)) = (parent, event.source()) else { return };
        if JsValue::from(source) != JsValue::from(parent) {
            return;
        }
        let data = event.data();
        if let Some(word) = short(&data) {
            // What reveal.js says to the frames of a slide.
            let query = self.store.query();
            let moves = query.autoplay == Some(true) && !self.store.model().shell.still;
            match word.as_str() {
                "slide:start" if moves => self.play(true),
                "slide:stop" => self.play(false),
                _ => {}
            }
            return;
        }
        if !data.is_object() || short(&get(&data, "ns")).as_deref() != Some("interleave") {
            return;
        }
        *self.origin.borrow_mut() = Some(event.origin());
        let id = get(&data, "id");
        let id = match short(&id) {
            Some(_) => id,
            None if id.as_f64().is_some() => id,
            None => JsValue::UNDEFINED,
        };
        match self.obey(&data, &id) {
            Ok(None) => {}
            Ok(Some(value)) => {
                self.post("ack", &[("id", id), ("value", value)]);
            }
            Err((code, msg)) => {
                self.post("error", &[("id", id), ("code", code.into()), ("msg", msg.into())]);
            }
        }
    }

    /// Does what a message asks for. The value answers a question; none means: answered already.
    fn obey(self: &Rc<Host>, data: &JsValue, id: &JsValue) -> Result<Option<JsValue>, Refusal> {
        if get(data, "v").as_f64() != Some(1.0) {
            return Err(("version", "this page speaks version 1".to_string()));
        }
        let Some(kind) = short(&get(data, "type")) else {
            return Err(bad("type", "a word"));
        };
        if kind == "hello" {
            let origin = self.target();
            self.say_ready(id, &origin);
            self.told.borrow_mut().height = 0.0;
            self.tell_height();
            return Ok(None);
        }
        if !self.store.query().api {
            return Err(("off", "the address of the frame must say `api=1`".to_string()));
        }
        match kind.as_str() {
            "play" => self.play(true),
            "pause" => self.play(false),
            "step" => self.step(data)?,
            "seek" => self.seek(data)?,
            "load" => self.load(data)?,
            "set" => self.set(data)?,
            "subscribe" => self.subscribe(data)?,
            "get" => return self.answer(data).map(Some),
            other => {
                let kind: String = other.chars().take(40).collect();
                return Err(("unknown-type", format!("nothing is called `{kind}` here")));
            }
        }
        Ok(Some(JsValue::UNDEFINED))
    }

    fn play(&self, on: bool) {
        let playing = self.store.ask(|player| player.playing());
        match (on, playing) {
            (true, false) => self.store.send(Command::Toggle),
            (false, true) => self.store.send(Command::Pause),
            _ => {}
        }
    }

    fn step(&self, data: &JsValue) -> Result<(), Refusal> {
        let count = match get(data, "n") {
            none if none.is_undefined() => Some(1.0),
            given => whole(&given, -1_000.0, 1_000.0),
        };
        let count = count.ok_or_else(|| bad("n", "a whole number from -1000 to 1000"))?;
        self.store.send(Command::Step(count as i64));
        Ok(())
    }

    fn seek(&self, data: &JsValue) -> Result<(), Refusal> {
        let step = whole(&get(data, "step"), 0.0, 1e9);
        let step = step.ok_or_else(|| bad("step", "a whole number from 0"))? as u64;
        self.store.ask(|player| player.reach(step, SEEK_MOST));
        self.store.send(Command::Seek(step));
        Ok(())
    }

    fn load(&self, data: &JsValue) -> Result<(), Refusal> {
        let (link, scenario) = (get(data, "link"), get(data, "scenario"));
        let by_link = !link.is_undefined();
        if by_link != scenario.is_undefined() {
            return Err(bad("link", "a text, or else `scenario` a text, not both"));
        }
        let (given, most) = if by_link { (link, MAX_LINK) } else { (scenario, MAX_TEXT) };
        let text = limited(&given, most as u32);
        let text = text.ok_or_else(|| bad("link or scenario", "a text within the limit"))?;
        let (opened, command) = match by_link {
            true => (source::open_fragment(&text), Command::OpenFragment(text)),
            false => (source::open_text(&text), Command::OpenText(text)),
        };
        if let Err(broken) = opened {
            let why = broken.problems.first().map(|line| line.to_string()).unwrap_or_default();
            return Err(("bad-scenario", why));
        }
        self.store.send(command);
        Ok(())
    }

    fn set(&self, data: &JsValue) -> Result<(), Refusal> {
        let [speed, theme, lang, light] =
            ["speed", "theme", "lang", "highlight"].map(|name| get(data, name));
        if [&speed, &theme, &lang, &light].iter().all(|value| value.is_undefined()) {
            return Err(bad("set", "speed, theme, lang or highlight"));
        }
        let Kind::Number(least, most) = SPEED else { return Ok(()) };
        let speed = match speed.as_f64() {
            Some(speed) if speed >= least && speed <= most => Some(speed),
            None if speed.is_undefined() => None,
            _ => return Err(bad("speed", "a number from 0.01 to 100")),
        };
        let theme = match short(&theme) {
            None if theme.is_undefined() => None,
            word => {
                let theme = word.and_then(|word| query::theme(&word));
                Some(theme.ok_or_else(|| bad("theme", "auto, light or dark"))?)
            }
        };
        let names = self.store.model().scene.names;
        let selection = match short(&light) {
            None if light.is_undefined() => None,
            None if light.is_null() => Some(None),
            word => {
                let found = word.and_then(|word| selection(&word, names));
                Some(Some(found.ok_or_else(|| bad("highlight", "n1, n1-n2 or null"))?))
            }
        };
        if let Some(speed) = speed {
            self.store.send(Command::Speed(speed));
        }
        if let Some(theme) = theme {
            browser::mark_root("data-theme", theme);
            self.store.repaint();
        }
        if let Some(lang) = short(&lang) {
            browser::mark_root("lang", &query::language(&lang));
        }
        if let Some(selection) = selection {
            self.store.send(Command::Select(selection));
        }
        Ok(())
    }

    fn subscribe(&self, data: &JsValue) -> Result<(), Refusal> {
        let wrong = || bad("events", "a list of state, event, check");
        let list: Array = get(data, "events").dyn_into().map_err(|_| wrong())?;
        if list.length() > 16 {
            return Err(wrong());
        }
        let mut wants = 0;
        for topic in list.iter() {
            let topic = short(&topic).ok_or_else(wrong)?;
            let place = TOPICS.iter().position(|known| *known == topic).ok_or_else(wrong)?;
            wants |= 1 << place;
        }
        let scene = self.store.model().scene;
        let mut told = self.told.borrow_mut();
        told.step = scene.step;
        told.broken = broken(&scene);
        self.wants.set(wants);
        Ok(())
    }

    fn answer(&self, data: &JsValue) -> Result<JsValue, Refusal> {
        match short(&get(data, "what")).as_deref() {
            Some("state") => Ok(object(&state_of(&self.store.model().scene)).into()),
            Some("link") => match self.store.ask(|player| player.share(true)) {
                Ok(shared) => Ok(format!("{}{}", browser::base(), shared.fragment).into()),
                Err(why) => Err(("no-link", why)),
            },
            _ => Err(bad("what", "state or link")),
        }
    }

    fn say_ready(&self, id: &JsValue, origin: &str) {
        let caps: Array = CAPS.iter().map(|cap| JsValue::from_str(cap)).collect();
        let app = concat!("Interleave ", env!("CARGO_PKG_VERSION"));
        let fields =
            [("id", id.clone()), ("api", 1.into()), ("app", app.into()), ("caps", caps.into())];
        post_to(origin, "ready", &fields);
    }

    /// Tells what the embedding page has subscribed to.
    fn tell(self: &Rc<Host>, scene: &Scene) {
        if self.origin.borrow().is_none() || !self.store.query().api {
            return;
        }
        let wants = self.wants.get();
        if wants & 2 != 0 {
            self.tell_events(scene);
        }
        if wants & 4 != 0 {
            self.tell_checks(scene);
        }
        if wants & 1 != 0 {
            self.tell_state(scene);
        }
        self.told.borrow_mut().step = scene.step;
    }

    /// At once when it starts or stops, else not too often.
    fn tell_state(self: &Rc<Host>, scene: &Scene) {
        let now = browser::now_ms();
        let mut told = self.told.borrow_mut();
        let wait = told.at_ms + STATE_EVERY_MS - now;
        if told.playing == scene.playing && wait > 0.0 {
            if !std::mem::replace(&mut told.waits, true) {
                let host = self.clone();
                browser::later(wait, move || {
                    host.told.borrow_mut().waits = false;
                    host.tell_state(&host.store.model().scene);
                });
            }
            return;
        }
        told.playing = scene.playing;
        told.at_ms = now;
        drop(told);
        self.post("state", &state_of(scene));
    }

    fn tell_events(&self, scene: &Scene) {
        let from = self.told.borrow().step;
        let from = from.max(scene.step.saturating_sub(EVENTS_AT_ONCE));
        for step in from + 1..=scene.step {
            let event = self.store.ask(|player| player.session_mut().event(step));
            let Some(event) = event else { continue };
            let node = event.node.map(|node| scene.name(node));
            self.post(
                "event",
                &[
                    ("step", (step as f64).into()),
                    ("simTimeUs", (event.at as f64).into()),
                    ("node", node.map_or(JsValue::NULL, JsValue::from)),
                    ("cause", event.cause.map_or(JsValue::NULL, |cause| (cause as f64).into())),
                    ("text", tell::told(&event, scene.info, scene.names).into()),
                ],
            );
        }
    }

    fn tell_checks(&self, scene: &Scene) {
        let now = broken(scene);
        let before = std::mem::replace(&mut self.told.borrow_mut().broken, now.clone());
        for (place, property) in scene.info.properties.iter().enumerate() {
            let (Some(now), before) = (now.get(place), before.get(place)) else { continue };
            if Some(now) != before {
                self.post("check", &[("name", property.id.into()), ("ok", (!now).into())]);
            }
        }
    }

    /// How high the page would like to be: it depends on the width alone, so that an embedding page
    /// that follows does not chase it.
    fn tell_height(&self) {
        if !self.store.query().autosize || self.origin.borrow().is_none() {
            return;
        }
        let Some(document) = browser::document() else { return };
        let Some(width) = document.document_element().map(|root| root.client_width()) else {
            return;
        };
        let mut height = between(f64::from(width) * 0.5625, 240.0, 560.0);
        for part in [".top", ".deck", ".side"] {
            let part = document.query_selector(part).ok().flatten();
            let Some(part) = part.and_then(|part| part.dyn_into::<HtmlElement>().ok()) else {
                continue;
            };
            // What stands beside the stage adds nothing.
            if part.offset_left() == 0 {
                height += f64::from(part.offset_height());
            }
        }
        let height = height.ceil();
        let told = self.told.borrow().height;
        if height > told || height + SLACK_PX < told {
            self.told.borrow_mut().height = height;
            self.post("resize", &[("height", height.into())]);
        }
    }

    /// Where answers go. A page without an origin of its own can be addressed in one way only.
    fn target(&self) -> String {
        match self.origin.borrow().as_deref() {
            Some("null") | None => "*".to_string(),
            Some(origin) => origin.to_string(),
        }
    }

    fn post(&self, kind: &str, fields: &[(&str, JsValue)]) -> bool {
        if self.origin.borrow().is_none() {
            return false;
        }
        post_to(&self.target(), kind, fields);
        true
    }
}

fn post_to(origin: &str, kind: &str, fields: &[(&str, JsValue)]) {
    let Some(parent) = browser::window().and_then(|window| window.parent().ok().flatten()) else {
        return;
    };
    let message = object(fields);
    for (name, value) in [("ns", JsValue::from("interleave")), ("v", 1.into())] {
        let _ = Reflect::set(&message, &name.into(), &value);
    }
    let _ = Reflect::set(&message, &"type".into(), &kind.into());
    let _ = parent.post_message(&message, origin);
}

fn object(fields: &[(&str, JsValue)]) -> Object {
    let object = Object::new();
    for (name, value) in fields.iter().filter(|(_, value)| !value.is_undefined()) {
        let _ = Reflect::set(&object, &(*name).into(), value);
    }
    object
}

fn state_of(scene: &Scene) -> [(&'static str, JsValue); 6] {
    [
        ("status", if scene.playing { "playing" } else { "paused" }.into()),
        ("step", (scene.step as f64).into()),
        ("steps", (scene.head as f64).into()),
        ("simTime", (scene.now as f64 / 1e6).into()),
        ("simTimeUs", (scene.now as f64).into()),
        ("speed", scene.speed.into()),
    ]
}

fn broken(scene: &Scene) -> Vec<bool> {
    scene.verdicts.iter().map(|verdict| verdict.broken()).collect()
}

/// `n3`, or `n1-n2` for the link between the two.
fn selection(word: &str, names: NodeNames) -> Option<Selection> {
    let node = |name: &str| names.all().find(|node| names.name(*node) == name);
    let sorted = |a: NodeId, b: NodeId| if a < b { (a, b) } else { (b, a) };
    match word.split_once('-') {
        None => node(word).map(Selection::Node),
        Some((a, b)) => {
            let (a, b) = sorted(node(a)?, node(b)?);
            (a != b).then_some(Selection::Link(a, b))
        }
    }
}

fn bad(field: &str, expected: &str) -> Refusal {
    ("bad-value", format!("`{field}`: expected {expected}"))
}

fn get(data: &JsValue, name: &str) -> JsValue {
    Reflect::get(data, &name.into()).unwrap_or(JsValue::UNDEFINED)
}

/// A text of at most so many characters. Longer ones are not even copied.
fn limited(value: &JsValue, most: u32) -> Option<String> {
    let text = value.dyn_ref::<JsString>()?;
    if text.length() > most { None } else { value.as_string() }
}

fn short(value: &JsValue) -> Option<String> {
    limited(value, SHORT)
}

fn whole(value: &JsValue, least: f64, most: f64) -> Option<f64> {
    value.as_f64().filter(|number| *number >= least && *number <= most && number.trunc() == *number)
}
