//! What pointers, the wheel and keys do on the stage: select, drag a node or the picture, look
//! nearer, draw a rift, put a node down. One list of listeners, because the framework's own are
//! passive where a default must be prevented.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use gloo_events::{EventListener, EventListenerOptions};
use js_sys::Math;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, KeyboardEvent, MouseEvent, PointerEvent, TouchEvent, WheelEvent};

use super::arrange::{NUDGE, Tool, Wish};
use super::geometry::Point;
use super::{rift, selected_by};
use crate::sim::action::{Action, Target};
use crate::ui::hooks::browser;
use crate::ui::hooks::number::between;
use crate::ui::state::scene::Selection;
use crate::ui::state::shell::Context;
use crate::ui::state::store::{Command, Store};
use crate::view::NodeId;

/// What the stage listens to.
const EVENTS: &[&str] = &[
    "pointerdown",
    "pointermove",
    "pointerup",
    "pointercancel",
    "click",
    "contextmenu",
    "wheel",
    "touchstart",
    "touchmove",
    "touchend",
];
/// A pointer that moved no farther than so many pixels has clicked.
const SLOP: (f64, f64) = (4.0, 9.0);
/// A finger that rests so many milliseconds asks for the menu.
const REST_MS: f64 = 500.0;
/// What stands on the stage and takes its own clicks.
const OWN: &str = ".context, .try, .stage-tools, .in-hand";

/// What is being dragged.
#[derive(Clone, Copy, PartialEq)]
enum Grab {
    Nothing,
    /// A node, and where it was grabbed.
    Node(NodeId, Point),
    Ground,
    Pen,
}

/// A gesture that may be going on.
struct Hands {
    store: Store,
    /// Which of two stages it is.
    lane: usize,
    stage: Element,
    fingers: RefCell<Vec<(i32, Point)>>,
    grab: Cell<Grab>,
    from: Cell<Point>,
    /// Whether the pointer moved farther than a click does.
    moved: Cell<bool>,
    /// Whether the click that ends this gesture has been used up by it.
    used: Cell<bool>,
    /// Counts presses, so that a rest knows whether it is still the same one.
    press: Cell<u32>,
}

/// Listens until dropped.
pub fn listen(stage: Element, store: &Store, lane: usize) -> Vec<EventListener> {
    let hands = Rc::new(Hands {
        store: store.clone(),
        lane,
        stage: stage.clone(),
        fingers: RefCell::default(),
        grab: Cell::new(Grab::Nothing),
        from: Cell::default(),
        moved: Cell::new(false),
        used: Cell::new(false),
        press: Cell::new(0),
    });
    let hear = |name: &&'static str| {
        let hands = hands.clone();
        let options = EventListenerOptions::enable_prevent_default();
        EventListener::new_with_options(&stage, *name, options, move |event| {
            hands.clone().on(event)
        })
    };
    EVENTS.iter().map(hear).collect()
}

impl Hands {
    fn on(self: Rc<Hands>, event: &Event) {
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let Some(target) = target else { return };
        if target.closest(OWN).ok().flatten().is_some() && self.grab.get() == Grab::Nothing {
            return;
        }
        // Whoever lays hands on a stage faces it first.
        if self.lane != self.store.lane() {
            match &*event.type_() {
                "pointermove" | "touchmove" => return,
                _ => self.store.send(Command::Face(self.lane)),
            }
        }
        if let Some(event) = event.dyn_ref::<WheelEvent>() {
            return self.wheel(event);
        }
        if let Some(event) = event.dyn_ref::<TouchEvent>() {
            return self.touch(event);
        }
        let Some(mouse) = event.dyn_ref::<MouseEvent>() else { return };
        let at = self.place(mouse);
        let kind = event.type_();
        match (&*kind, event.dyn_ref::<PointerEvent>()) {
            ("click", _) => self.click(&target, at),
            ("contextmenu", _) => self.menu(mouse, &target, at),
            ("pointerdown", Some(pointer)) => self.down(pointer, &target, at),
            ("pointermove", Some(pointer)) => self.drag(pointer, at),
            (_, Some(pointer)) => self.up(pointer, kind == "pointerup"),
            _ => {}
        }
    }

    /// Two fingers look nearer, and one that drags something drags it. Else one finger scrolls
    /// the page. A finger that asked for a menu does not choose from it when it is lifted.
    fn touch(&self, event: &TouchEvent) {
        let drags = !matches!(self.grab.get(), Grab::Nothing);
        let taken = match &*event.type_() {
            "touchmove" => drags || event.touches().length() > 1,
            "touchstart" => event.touches().length() > 1,
            _ => self.used.get(),
        };
        if taken && event.cancelable() {
            event.prevent_default();
        }
    }

    /// Where on the stage it is.
    fn place(&self, event: &MouseEvent) -> Point {
        let bounds = self.stage.get_bounding_client_rect();
        let (x, y) = (f64::from(event.client_x()), f64::from(event.client_y()));
        Point { x: x - bounds.left(), y: y - bounds.top() }
    }

    fn wish(&self, wish: Wish) {
        self.store.send(Command::Stage(wish));
    }

    fn tool(&self) -> Tool {
        self.store.model().shell.stage.tool.clone()
    }

    fn under(&self, at: Point) -> Point {
        self.store.model().shell.stage.camera.under(at)
    }

    fn down(self: Rc<Hands>, event: &PointerEvent, target: &Element, at: Point) {
        if event.button() > 0 {
            return;
        }
        self.used.set(false);
        self.moved.set(false);
        self.from.set(at);
        self.press.set(self.press.get().wrapping_add(1));
        let mut fingers = self.fingers.borrow_mut();
        fingers.retain(|(id, _)| *id != event.pointer_id());
        if event.is_primary() {
            fingers.clear();
        }
        fingers.push((event.pointer_id(), at));
        if fingers.len() > 1 {
            // The second finger turns whatever the first one did into a look from nearer.
            if self.grab.get() == Grab::Pen {
                drop(fingers);
                self.wish(Wish::Leave);
                self.wish(Wish::Rift);
            }
            self.grab.set(Grab::Nothing);
            self.used.set(true);
            return;
        }
        drop(fingers);
        let node = match selected_by(&self.store, target) {
            Some(Selection::Node(node)) => Some(node),
            _ => None,
        };
        let shell = self.store.model().shell;
        let (layout, camera) = (&shell.layout, shell.stage.camera);
        let finger = event.pointer_type() == "touch";
        self.grab.set(match (self.tool(), node) {
            (Tool::Rift(_), _) => Grab::Pen,
            (Tool::Place(..), _) => Grab::Nothing,
            (Tool::None, Some(node)) => {
                let (stands, under) = (layout.at(node), self.under(at));
                Grab::Node(node, Point { x: stands.x - under.x, y: stands.y - under.y })
            }
            (Tool::None, None) if finger && camera.k <= 1.0 => Grab::Nothing,
            (Tool::None, None) => Grab::Ground,
        });
        match self.grab.get() {
            Grab::Pen => {
                let _ = self.stage.set_pointer_capture(event.pointer_id());
                self.wish(Wish::Draw(self.under(at)));
            }
            _ if finger => {
                let (hands, press, target) = (self.clone(), self.press.get(), target.clone());
                browser::later(REST_MS, move || hands.rest(press, &target, at));
            }
            _ => {}
        }
    }

    /// A finger that rests where it was put asks for the menu.
    fn rest(&self, press: u32, target: &Element, at: Point) {
        let resting = self.press.get() == press && self.fingers.borrow().len() == 1;
        let free = self.tool() == Tool::None;
        if resting && free && !self.moved.get() && self.open_menu(target, at) {
            self.used.set(true);
            self.grab.set(Grab::Nothing);
        }
    }

    fn drag(&self, event: &PointerEvent, at: Point) {
        let id = event.pointer_id();
        let mut fingers = self.fingers.borrow_mut();
        let Some(own) = fingers.iter().position(|(finger, _)| *finger == id) else {
            drop(fingers);
            if matches!(self.tool(), Tool::Place(..)) {
                self.wish(Wish::Aim(self.under(at)));
            }
            return;
        };
        let was = std::mem::replace(&mut fingers[own].1, at);
        if fingers.len() == 2 {
            let other = fingers[1 - own].1;
            drop(fingers);
            return self.pinch(was, at, other);
        }
        drop(fingers);
        let slop = if event.pointer_type() == "touch" { SLOP.1 } else { SLOP.0 };
        let begins = !self.moved.get();
        if begins && self.from.get().far(at) <= slop {
            return;
        }
        self.moved.set(true);
        if begins && self.grab.get() != Grab::Nothing {
            self.used.set(true);
            let _ = self.stage.set_pointer_capture(id);
            self.store.send(Command::Context(None));
            let _ = self.stage.set_attribute("data-drag", "1");
        }
        // What was moved before it counted as moved belongs to it.
        let was = if begins { self.from.get() } else { was };
        match self.grab.get() {
            Grab::Node(node, off) => {
                self.wish(Wish::Put(node, self.under(at).moved(off.x, off.y)));
            }
            Grab::Ground => self.wish(Wish::Pan(at.x - was.x, at.y - was.y)),
            Grab::Pen => self.wish(Wish::Draw(self.under(at))),
            Grab::Nothing => {}
        }
    }

    fn pinch(&self, was: Point, at: Point, other: Point) {
        let (before, after) = (was.far(other).max(8.0), at.far(other).max(8.0));
        self.wish(Wish::Zoom(after / before, Some(was.towards(other, 0.5))));
        self.wish(Wish::Pan((at.x - was.x) / 2.0, (at.y - was.y) / 2.0));
    }

    fn up(&self, event: &PointerEvent, done: bool) {
        self.fingers.borrow_mut().retain(|(id, _)| *id != event.pointer_id());
        let _ = self.stage.remove_attribute("data-drag");
        if self.grab.replace(Grab::Nothing) != Grab::Pen {
            return;
        }
        self.used.set(true);
        let model = self.store.model();
        let Tool::Rift(line) = &model.shell.stage.tool else { return };
        let sides = rift::split(&model.shell.layout, line).filter(|_| done);
        self.wish(Wish::Leave);
        let Some(sides) = sides else {
            // Nobody is cut off by it: it was too short, or beside everybody.
            return self.wish(Wish::Rift);
        };
        let targets = |nodes: Vec<NodeId>| nodes.into_iter().map(Target::Node).collect();
        let sides = rift::members(&sides).into_iter().map(targets).collect();
        self.store.send(Command::Act(Action::Partition(sides)));
    }

    fn click(&self, target: &Element, at: Point) {
        if self.used.replace(false) {
            return;
        }
        match self.tool() {
            Tool::Place(..) => {
                self.wish(Wish::Aim(self.under(at)));
                self.wish(Wish::PutDown);
            }
            Tool::Rift(_) => {}
            Tool::None => self.store.send(Command::Select(self.what(target, at))),
        }
    }

    /// The message under the pointer, else what the element under it says of itself.
    fn what(&self, target: &Element, at: Point) -> Option<Selection> {
        let named = selected_by(&self.store, target);
        let on_node = matches!(named, Some(Selection::Node(_)));
        let message = self.store.message_at(at).filter(|_| !on_node);
        message.map(Selection::Message).or(named)
    }

    fn menu(&self, event: &MouseEvent, target: &Element, at: Point) {
        // A menu that the keyboard asks for has no place of its own.
        let keyboard = event.client_x() <= 0 && event.client_y() <= 0;
        let at = if keyboard { Point { x: 24.0, y: 24.0 } } else { at };
        if self.tool() != Tool::None || self.open_menu(target, at) {
            event.prevent_default();
        }
    }

    fn open_menu(&self, target: &Element, at: Point) -> bool {
        let Some(what) = self.what(target, at) else { return false };
        self.store.send(Command::Select(Some(what)));
        self.store.send(Command::Context(Some(Context { what, x: at.x, y: at.y })));
        true
    }

    /// The wheel looks nearer, unless it would be expected to scroll the page.
    fn wheel(&self, event: &WheelEvent) {
        let document = browser::document();
        let focus = document.as_ref().and_then(|document| document.active_element());
        let focused = focus.is_some_and(|focus| self.stage.contains(Some(&focus)));
        if !event.ctrl_key() && !focused && (browser::framed() || browser::scrolls()) {
            return;
        }
        event.prevent_default();
        let lines = if event.delta_mode() == WheelEvent::DOM_DELTA_PIXEL { 1.0 } else { 24.0 };
        let way = between(event.delta_y() * lines, -120.0, 120.0);
        let by = Math::pow(if event.ctrl_key() { 0.99 } else { 0.998 }, way);
        self.wish(Wish::Zoom(by, Some(self.place(event))));
    }
}

/// The direction of an arrow key.
pub fn arrow(key: &str) -> Option<(f64, f64)> {
    Some(match key {
        "ArrowLeft" => (-1.0, 0.0),
        "ArrowRight" => (1.0, 0.0),
        "ArrowUp" => (0.0, -1.0),
        "ArrowDown" => (0.0, 1.0),
        _ => return None,
    })
}

/// Keys belong to what is in the hand, if they mean anything to it.
pub fn key(store: &Store, event: &KeyboardEvent, on_button: bool) -> bool {
    let tool = store.model().shell.stage.tool.clone();
    let taken = match &tool {
        Tool::Place(node, _) => Some(*node),
        _ => None,
    };
    let wish = match (tool, &*event.key()) {
        (Tool::None, _) => return false,
        (_, "Escape") => Wish::Leave,
        (Tool::Place(..), "Enter") if !on_button => Wish::PutDown,
        (Tool::Place(..), key) => {
            let Some((x, y)) = arrow(key) else { return false };
            let by = if event.shift_key() { NUDGE * 4.0 } else { NUDGE };
            Wish::AimBy(x * by, y * by)
        }
        _ => return false,
    };
    let done = matches!(wish, Wish::Leave | Wish::PutDown);
    store.send(Command::Stage(wish));
    if let Some(node) = taken.filter(|_| done) {
        let names = store.model().scene.names;
        browser::focus(&format!("focus-{}", names.name(node)));
    }
    true
}
