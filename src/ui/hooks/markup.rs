//! Markup, written by calls.
//!
//! The `html!` macro builds each element in line: some six hundred bytes of code an element, and
//! the page has a thousand. Here an element is a call with its head as a text, an attribute
//! another; what they do is compiled once.

use std::rc::Rc;

use web_sys::Event;
use yew::virtual_dom::{AttrValue, Key, Listener, ListenerKind, VList, VNode, VTag};
use yew::{Callback, Html, NodeRef};

use super::number::Px;

use crate::ui::state::store::{Command, Store};

/// Markup that is being written.
#[derive(Default)]
pub struct Markup {
    open: Vec<VTag>,
    done: VList,
}

/// Writes markup.
pub fn markup(write: impl FnOnce(&mut Markup)) -> Html {
    let mut page = Markup::default();
    write(&mut page);
    page.finish()
}

impl Markup {
    /// An element: its name, then attributes that are always the same, `td class=num` or
    /// `p class='empty wide'`, and what is in it.
    #[inline(always)]
    pub fn el(&mut self, head: &'static str, inside: impl FnOnce(&mut Markup)) {
        self.begin(head);
        inside(self);
        self.end();
    }

    /// An element with nothing but text in it.
    #[inline(never)]
    pub fn line(&mut self, head: &'static str, text: &str) {
        self.begin(head);
        self.text(text);
        self.end();
    }

    #[inline(never)]
    fn begin(&mut self, head: &'static str) {
        let (name, mut rest) = head.split_once(' ').unwrap_or((head, ""));
        let mut tag = VTag::new(name);
        while !rest.is_empty() {
            let (pair, next) = cut(rest);
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            tag.add_attribute(name, value.trim_matches('\''));
            rest = next;
        }
        self.open.push(tag);
    }

    #[inline(never)]
    fn end(&mut self) {
        if let Some(tag) = self.open.pop() {
            self.put(tag.into());
        }
    }

    /// What was written elsewhere.
    #[inline(never)]
    pub fn put(&mut self, html: Html) {
        match self.open.last_mut() {
            Some(tag) => tag.add_child(html),
            None => self.done.add_child(html),
        }
    }

    /// Text.
    #[inline(never)]
    pub fn text(&mut self, text: &str) {
        self.put(VNode::from(AttrValue::from(text.to_string())));
    }

    /// An attribute of the element that is open.
    #[inline(never)]
    pub fn attr(&mut self, name: &'static str, value: &str) {
        if let Some(tag) = self.open.last_mut() {
            tag.add_attribute(name, value.to_string());
        }
    }

    /// An attribute that is a length.
    #[inline(never)]
    pub fn px(&mut self, name: &'static str, value: f64) {
        self.attr(name, &Px(value).to_string());
    }

    /// An attribute that says yes or no in words.
    #[inline(never)]
    pub fn state(&mut self, name: &'static str, on: bool) {
        self.attr(name, if on { "true" } else { "false" });
    }

    /// An attribute that says yes by being there.
    #[inline(never)]
    pub fn flag(&mut self, name: &'static str, on: bool) {
        if on {
            self.attr(name, name);
        }
    }

    /// What stands in the field that is open.
    #[inline(never)]
    pub fn value(&mut self, value: &str) {
        if let Some(tag) = self.open.last_mut() {
            tag.set_value(Some(AttrValue::from(value.to_string())));
        }
    }

    /// One element, or none. The place of none is kept: those before and after it stay themselves.
    #[inline(always)]
    pub fn when(&mut self, there: bool, write: impl FnOnce(&mut Markup)) {
        match there {
            true => write(self),
            false => self.put(Html::default()),
        }
    }

    /// Where the element will be found once it is there.
    #[inline(never)]
    pub fn known_as(&mut self, node: NodeRef) {
        if let Some(tag) = self.open.last_mut() {
            tag.node_ref = node;
        }
    }

    /// What tells the element from its neighbours.
    #[inline(never)]
    pub fn key(&mut self, key: &str) {
        if let Some(tag) = self.open.last_mut() {
            tag.key = Some(Key::from(key));
        }
    }

    /// What a press does.
    #[inline(never)]
    pub fn click(&mut self, store: &Store, command: Command) {
        self.on(ListenerKind::onclick, store.on(command));
    }

    /// A button with a text: what a press does.
    #[inline(never)]
    pub fn press(&mut self, head: &'static str, store: &Store, text: &str, command: Command) {
        self.begin(head);
        self.click(store, command);
        self.text(text);
        self.end();
    }

    /// What happens on an event that is looked at first.
    #[inline(never)]
    pub fn hear(&mut self, kind: ListenerKind, store: &Store, act: fn(&Store, &Event)) {
        let store = store.clone();
        self.on(kind, Callback::from(move |event: Event| act(&store, &event)));
    }

    /// What happens on an event.
    #[inline(never)]
    pub fn on(&mut self, kind: ListenerKind, callback: Callback<Event>) {
        if let Some(tag) = self.open.last_mut() {
            tag.add_listener(Rc::new(On { kind, callback }));
        }
    }

    /// Whether the box that is open is ticked.
    #[inline(never)]
    pub fn checked(&mut self, checked: bool) {
        if let Some(tag) = self.open.last_mut() {
            tag.set_checked(checked);
        }
    }

    /// An entry of a list that one chooses from.
    #[inline(never)]
    pub fn option(&mut self, value: &str, text: &str, chosen: bool) {
        self.begin("option");
        self.attr("value", value);
        self.flag("selected", chosen);
        self.text(text);
        self.end();
    }

    /// Several elements in one place: those around them stay themselves, however many there are.
    #[inline(always)]
    pub fn group(&mut self, inside: impl FnOnce(&mut Markup)) {
        self.put(markup(inside));
    }

    #[inline(never)]
    fn finish(self) -> Html {
        VNode::from(self.done)
    }
}

/// The first attribute of a head, and the rest.
fn cut(text: &'static str) -> (&'static str, &'static str) {
    let mut quoted = false;
    let end = text.find(|letter| {
        quoted ^= letter == '\'';
        letter == ' ' && !quoted
    });
    end.map_or((text, ""), |end| (&text[..end], &text[end + 1..]))
}

struct On {
    kind: ListenerKind,
    callback: Callback<Event>,
}

impl Listener for On {
    fn kind(&self) -> ListenerKind {
        self.kind.clone()
    }

    fn handle(&self, event: Event) {
        self.callback.emit(event);
    }

    fn passive(&self) -> bool {
        false
    }
}
