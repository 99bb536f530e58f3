//! The one loop of animation frames. It runs only while somebody asked for a frame, so that a
//! page that is paused, hidden or at rest costs nothing.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;

use super::number::between;

/// Does one frame: it gets the milliseconds since the last one, and answers whether it wants
/// another.
type Tick = Box<dyn Fn(f64) -> bool>;

/// What the browser calls.
type Frame = Closure<dyn FnMut(f64)>;

/// The loop.
#[derive(Clone)]
pub struct Frames(Rc<Inner>);

struct Inner {
    tick: Tick,
    closure: RefCell<Option<Frame>>,
    handle: Cell<Option<i32>>,
    last: Cell<Option<f64>>,
    count: Cell<u32>,
}

/// A frame after a pause counts as this long, in milliseconds.
const FIRST_FRAME_MS: f64 = 1000.0 / 60.0;
/// A frame never counts for more than this: a page that hung does not jump.
const LONGEST_FRAME_MS: f64 = 100.0;

impl Frames {
    /// A loop at rest.
    pub fn new(tick: impl Fn(f64) -> bool + 'static) -> Frames {
        let inner = Rc::new(Inner {
            tick: Box::new(tick),
            closure: RefCell::new(None),
            handle: Cell::new(None),
            last: Cell::new(None),
            count: Cell::new(0),
        });
        let weak = Rc::downgrade(&inner);
        let closure = Frame::new(move |now: f64| {
            if let Some(inner) = weak.upgrade() {
                Frames(inner).run(now);
            }
        });
        *inner.closure.borrow_mut() = Some(closure);
        Frames(inner)
    }

    /// Asks for a frame. Asking twice gives one.
    pub fn request(&self) {
        if self.0.handle.get().is_some() {
            return;
        }
        let closure = self.0.closure.borrow();
        let (Some(window), Some(closure)) = (web_sys::window(), closure.as_ref()) else { return };
        let handle = window.request_animation_frame(closure.as_ref().unchecked_ref());
        self.0.handle.set(handle.ok());
    }

    /// Takes back what was asked for.
    pub fn cancel(&self) {
        self.0.last.set(None);
        if let (Some(window), Some(handle)) = (web_sys::window(), self.0.handle.take()) {
            let _ = window.cancel_animation_frame(handle);
        }
    }

    /// How many frames there have been.
    pub fn count(&self) -> u32 {
        self.0.count.get()
    }

    fn run(&self, now: f64) {
        self.0.handle.set(None);
        self.0.count.set(self.0.count.get().wrapping_add(1));
        let dt = self.0.last.get().map_or(FIRST_FRAME_MS, |last| now - last);
        if (self.0.tick)(between(dt, 0.0, LONGEST_FRAME_MS)) {
            self.0.last.set(Some(now));
            self.request();
        } else {
            self.0.last.set(None);
        }
    }
}
