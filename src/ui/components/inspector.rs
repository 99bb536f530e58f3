//! What is selected, in full: every field, what changed in this step, what can be done to it.

use yew::Html;

use super::icons::icon;
use super::log::lights;
use super::overview::overview;
use super::why::why;
use crate::scenario::units::{show_delay, show_share};
use crate::sim::session::{LinkShot, NodeShot, TimerShot};
use crate::sim::trace::Event;
use crate::ui::hooks::markup::{Markup, markup};
use crate::ui::panels;
use crate::ui::stage::node_shape;
use crate::ui::state::choices::{self, Choice, choices};
use crate::ui::state::scene::{Scene, Selection};
use crate::ui::state::shell::Shell;
use crate::ui::state::store::{Command, Store, View};
use crate::ui::state::study::Wish;
use crate::ui::state::tell;
use crate::view::{Field, MessageName, NodeId};

const LINK: &str = "button type=button class=link";

/// The inspector.
pub fn inspector(store: &Store, view: &View, shell: &Shell) -> Html {
    if let Some(asked) = &shell.study.why {
        return why(store, view, asked);
    }
    let Some(selection) = shell.selection else { return overview(store, view, shell) };
    markup(|page| match selection {
        Selection::Node(id) => node(page, store, view, id),
        Selection::Link(a, b) => link(page, store, view, a, b),
        Selection::Message(name) => message(page, store, view, name),
    })
}

/// A small disk: this is on stable storage.
pub fn durable_mark(page: &mut Markup) {
    page.el("span class=durable title='On stable storage: it survives a crash'", |page| {
        page.put(icon("disk"));
        page.line("span class=sr", " (survives a crash)");
    });
}

fn head(page: &mut Markup, store: &Store, kind: &str, title: Html) {
    // Whatever is selected stands in the same place, and takes the place of nothing else.
    page.key("selected");
    page.el("header class=head", |page| {
        page.el("h2", |page| page.put(title));
        page.line("span class=kind", kind);
        page.el("button type=button class=tool aria-label='Select nothing'", |page| {
            page.click(store, Command::Select(None));
            page.put(icon("close"));
        });
    });
}

fn buttons(page: &mut Markup, store: &Store, list: Vec<Choice>) {
    page.when(!list.is_empty(), |page| {
        page.el("div class=actions role=group aria-label=Actions", |page| {
            for choice in list {
                button(page, store, choice);
            }
        });
    });
}

fn button(page: &mut Markup, store: &Store, choice: Choice) {
    page.el("button type=button class=small", |page| {
        page.key(&choice.label);
        page.attr("title", choice.doc);
        page.click(store, choice.command);
        page.text(&choice.label);
        if let Some(key) = choice.key {
            page.attr("aria-keyshortcuts", key);
            page.line("kbd aria-hidden=true", key);
        }
    });
}

/// A row of a table: a name, and what it is.
fn row(page: &mut Markup, name: &str, text: &str) {
    page.el("tr", |page| {
        page.line("th scope=row", name);
        page.line("td", text);
    });
}

#[inline(always)]
fn table(page: &mut Markup, rows: impl FnOnce(&mut Markup)) {
    page.el("table class=fields", |page| page.el("tbody", rows));
}

/// What was, before this step.
fn before(page: &mut Markup, text: &str) {
    page.el("del", |page| {
        page.line("span class=sr", "before: ");
        page.text(text);
    });
}

/// Marks what is open as changed in this step, by what happened there on the stage.
fn changed(page: &mut Markup, class: &str, from: Option<&str>) {
    page.attr("class", class);
    if let Some(from) = from {
        page.attr("data-lights", from);
    }
}

fn node(page: &mut Markup, store: &Store, view: &View, id: NodeId) {
    let Some(shot) = view.node(id) else { return };
    let role = view.info.roles.iter().find(|role| role.id == shot.view.role);
    let old = view.before.as_deref().filter(|before| before.id == id);
    let event = view.event.as_deref().filter(|event| event.node == Some(id));
    let from = event.map(|event| lights(view, event));
    let from = from.as_deref();
    page.el("article class=inspect", |page| {
        page.attr("data-inspect", &shot.name);
        let title = markup(|page| {
            page.put(node_shape(shot));
            page.text(&shot.name);
        });
        head(page, store, shot.view.role, title);
        page.el("p class=state", |page| {
            if !shot.up {
                page.line("b class=chip-down", "crashed");
            }
            if shot.paused {
                page.line("b class=chip-paused", "paused");
            }
            page.text(&shot.view.headline);
        });
        page.when(role.is_some(), |page| {
            page.line("p class=doc", role.map_or("", |role| role.doc))
        });
        buttons(page, store, choices(view, Selection::Node(id)));
        page.group(|page| {
            if let Some(event) = event {
                just_now(page, store, view, event);
            }
        });
        page.line("h3", "State");
        fields(page, view, &shot.view.fields, old.map(|old| &old.view.fields[..]), from);
        page.group(|page| {
            for quorum in &shot.view.quorums {
                page.line("p class=gathered", &tell::gathered(quorum, view.names));
            }
        });
        page.group(|page| shown(page, store, shot, old, from));
        page.group(|page| timers(page, view, shot, old, from));
        page.line("h3", "Time");
        table(page, |page| clocks(page, view, shot));
    });
}

fn just_now(page: &mut Markup, store: &Store, view: &View, event: &Event) {
    page.el("p class=just", |page| {
        page.line("b", "Just now: ");
        page.text(&tell::told(event, view.info, view.names));
        page.text(" ");
        let ask = Command::Study(Wish::Why(Some(event.step)));
        page.press("button type=button class=link aria-keyshortcuts=Q", store, "Why?", ask);
    });
}

/// What the protocol shows of the node in pictures of its own.
fn shown(
    page: &mut Markup,
    store: &Store,
    shot: &NodeShot,
    old: Option<&NodeShot>,
    from: Option<&str>,
) {
    for (place, panel) in shot.view.panels.iter().enumerate() {
        let old = old.and_then(|old| old.view.panels.get(place));
        let news = old.is_some_and(|old| old != panel);
        page.el("div", |page| {
            if news {
                changed(page, "news", from);
            }
            page.put(panels::panel(store, panel));
            if news {
                page.line("span class=sr", "changed in this step");
            }
        });
    }
}

/// Fields as a table: the paper's name, the value, and what it was before this step.
fn fields(
    page: &mut Markup,
    scene: &Scene,
    now: &[Field],
    old: Option<&[Field]>,
    from: Option<&str>,
) {
    table(page, |page| {
        for field in now {
            let old = old.and_then(|old| old.iter().find(|old| old.name == field.name));
            let old = old.filter(|old| old.value != field.value);
            page.el("tr", |page| {
                page.key(field.name);
                page.attr("data-field", field.name);
                if old.is_some() {
                    changed(page, "changed", from);
                }
                page.el("th scope=row", |page| {
                    page.attr("title", field.name);
                    page.text(field.paper);
                    if field.durable {
                        durable_mark(page);
                    }
                });
                page.el("td", |page| {
                    page.text(&field.value.show(scene.names));
                    if let Some(old) = old {
                        before(page, &old.value.show(scene.names));
                    }
                });
            });
        }
    });
}

/// The timers, with what this step set and what it stopped.
fn timers(
    page: &mut Markup,
    view: &View,
    shot: &NodeShot,
    old: Option<&NodeShot>,
    from: Option<&str>,
) {
    let old = old.map_or(&shot.timers[..], |old| &old.timers[..]);
    if shot.timers.is_empty() && old.is_empty() {
        return;
    }
    page.line("h3", "Timers");
    table(page, |page| {
        for each in &shot.timers {
            timer(page, view, each, true, of_name(old, each.name), from);
        }
        for each in old {
            if of_name(&shot.timers, each.name).is_none() {
                timer(page, view, each, false, Some(each), from);
            }
        }
    });
}

fn of_name<'a>(timers: &'a [TimerShot], name: &str) -> Option<&'a TimerShot> {
    timers.iter().find(|timer| timer.name == name)
}

fn timer(
    page: &mut Markup,
    view: &View,
    timer: &TimerShot,
    runs: bool,
    was: Option<&TimerShot>,
    from: Option<&str>,
) {
    let known = view.info.timers.iter().find(|known| known.id == timer.name);
    let news = !runs || was.is_none_or(|was| was.due_at != timer.due_at);
    page.el("tr", |page| {
        page.key(timer.name);
        if let Some(known) = known {
            page.attr("title", known.doc);
        }
        if news {
            changed(page, "changed", from);
        }
        page.line("th scope=row", timer.name);
        page.el("td", |page| {
            match runs {
                true => page.text(&format!("goes off at {}", tell::clock(timer.due_at))),
                false => page.text("does not run"),
            }
            if let Some(was) = was.filter(|_| news) {
                before(page, &tell::clock(was.due_at));
            }
        });
    });
}

fn clocks(page: &mut Markup, view: &View, shot: &NodeShot) {
    let mut clock = tell::clock(shot.clock);
    if shot.offset_us != 0 || shot.drift_ppm != 0 {
        clock.push_str(&format!(" ({:+} µs, {:+} ppm)", shot.offset_us, shot.drift_ppm));
    }
    let mut vector = String::new();
    for (node, count) in view.names.all().zip(&shot.vector) {
        let gap = if vector.is_empty() { "" } else { " " };
        vector.push_str(&format!("{gap}{}:{count}", view.name(node)));
    }
    row(page, "its clock", &clock);
    row(page, "Lamport time", &shot.lamport.to_string());
    row(page, "vector time", &vector);
    if shot.crashes > 0 {
        row(page, "crashes", &shot.crashes.to_string());
    }
}

fn message(page: &mut Markup, store: &Store, view: &View, name: MessageName) {
    let content = store.ask(|player| player.session().message(name));
    let flight = view.flights.iter().find(|flight| flight.name == name);
    let loss = view.losses.iter().find(|loss| loss.flight.name == name);
    let text = name.text(view.names);
    let (Some(content), Some(about)) = (content, flight.or(loss.map(|loss| &loss.flight))) else {
        return page.el("article class=inspect", |page| {
            head(page, store, "message", markup(|page| page.text(&text)));
            let gone = "It is no longer on its way. Step back to see it again.";
            page.line("p class=empty", gone);
        });
    };
    let doc = view.info.messages.iter().find(|message| message.id == content.kind);
    let when = match (loss, about.due_at) {
        (Some(loss), _) => format!("{} at {}", loss.why.text(), tell::clock(loss.lost_at)),
        _ if about.held => "waits".to_string(),
        (_, Some(due)) => format!("arrives at {}", tell::clock(due)),
        _ => "waits to be delivered".to_string(),
    };
    page.el("article class=inspect", |page| {
        page.attr("data-inspect", &text);
        head(page, store, &text, markup(|page| page.text(content.kind)));
        page.el("p class=state", |page| {
            node_button(page, store, view, name.from);
            page.text(" → ");
            node_button(page, store, view, about.to);
            page.text(&format!(" · {}", content.summary));
        });
        page.when(doc.is_some(), |page| page.line("p class=doc", doc.map_or("", |doc| doc.doc)));
        buttons(page, store, choices(view, Selection::Message(name)));
        page.line("h3", "On its way");
        table(page, |page| {
            page.el("tr", |page| {
                page.line("th scope=row", "sent");
                page.el("td", |page| {
                    let step = about.sent_step;
                    page.text(&tell::clock(about.sent_at));
                    page.text(" ");
                    page.press(LINK, store, &format!("event {step}"), Command::Seek(step));
                    page.text(" ");
                    page.press(LINK, store, "Why?", Command::Study(Wish::Why(Some(step))));
                });
            });
            row(page, "then", &when);
            if name.copy > 1 {
                row(page, "copy", &format!("number {}", name.copy));
            }
        });
        page.line("h3", "What it says");
        fields(page, view, &content.fields, None, None);
    });
}

fn node_button(page: &mut Markup, store: &Store, view: &View, node: NodeId) {
    page.press(LINK, store, &view.name(node), Command::Select(Some(Selection::Node(node))));
}

fn link(page: &mut Markup, store: &Store, view: &View, a: NodeId, b: NodeId) {
    let Some(pair) = view.link(a, b) else { return };
    page.el("article class=inspect", |page| {
        page.attr("data-inspect", &format!("{}-{}", view.name(a), view.name(b)));
        let title = markup(|page| {
            node_button(page, store, view, a);
            page.text(" – ");
            node_button(page, store, view, b);
        });
        head(page, store, "link", title);
        buttons(page, store, choices(view, Selection::Link(a, b)));
        way(page, store, view, (a, b), &pair.there);
        way(page, store, view, (b, a), &pair.back);
    });
}

fn way(page: &mut Markup, store: &Store, view: &View, (a, b): (NodeId, NodeId), link: &LinkShot) {
    page.line("h3", &format!("{} → {}", view.name(a), view.name(b)));
    page.when(store.query().edit, |page| buttons(page, store, choices::this_way(a, b, link)));
    let weather = &link.weather;
    let state = match (link.cut, link.held) {
        (true, _) => "cut: messages are lost",
        (_, true) => "holds: messages wait",
        _ => "open",
    };
    table(page, |page| {
        row(page, "state", state);
        row(page, "delay", &show_delay(weather.delay));
        row(page, "loss", &show_share(weather.loss_ppm));
        row(page, "duplicates", &show_share(weather.duplicate_ppm));
        row(page, "order", if weather.fifo { "as sent" } else { "any" });
        row(page, "on it now", &link.in_flight.to_string());
        row(page, "sent, lost", &format!("{}, {}", link.sent, link.lost));
    });
}
