//! Play, step, seek: time is a thing one holds in the hand.

use web_sys::{Event, HtmlInputElement, HtmlSelectElement};
use yew::TargetCast;
use yew::virtual_dom::ListenerKind;

use super::icons::{face, icon};
use super::marks::{legend, strip};
use crate::sim::trail::Kind;
use crate::ui::hooks::markup::Markup;
use crate::ui::hooks::number;
use crate::ui::state::player::SPEEDS;
use crate::ui::state::shell::Shell;
use crate::ui::state::store::{Command, Store, View};
use crate::ui::state::study::{Jump, node_of};
use crate::ui::state::tell;

/// The transport.
pub fn transport(page: &mut Markup, store: &Store, scene: &View, shell: &Shell) {
    let (first, last) = (scene.step == 0, !scene.more);
    let play = if scene.playing { ["pause", "Pause", "Space"] } else { ["play", "Play", "Space"] };
    page.el("div class=transport role=group aria-label=Transport", |page| {
        page.el("div class=buttons", |page| {
            let at_start = first && scene.now == 0;
            way(page, store, ["start", "To the start", "Home"], Command::Seek(0), at_start);
            page.el("span class=ten", |page| {
                let names = ["back10", "Ten events back", "Shift+ArrowLeft"];
                way(page, store, names, Command::Step(-10), first);
            });
            way(page, store, ["back", "Previous event", "ArrowLeft"], Command::Step(-1), first);
            page.el("button type=button class='tool play' id=play", |page| {
                face(page, store, play, Command::Toggle);
                page.attr("aria-keyshortcuts", "Space K");
            });
            way(page, store, ["next", "Next event", "ArrowRight"], Command::Step(1), last);
            page.el("span class=ten", |page| {
                let names = ["next10", "Ten events on", "Shift+ArrowRight"];
                way(page, store, names, Command::Step(10), last);
            });
            let names = ["end", "To the end of what is known", "End"];
            way(page, store, names, Command::End, scene.step == scene.head);
        });
        page.line("output id=clock class=clock aria-hidden=true", &tell::clock(scene.now));
        scrubber(page, store, scene, shell);
        page.el("span class=count aria-hidden=true", |page| {
            page.line("b", &scene.step.to_string());
            page.text(&format!(" / {}", scene.head));
        });
        let violation = scene.violation();
        page.when(violation.is_some(), |page| {
            let step = violation.unwrap_or_default();
            page.el("button type=button class=alarm aria-keyshortcuts=!", |page| {
                page.click(store, Command::Seek(step));
                page.attr("title", "To the first violation (!)");
                page.put(icon("flag"));
                page.line("span", "Broken");
                let text = format!(": go to the first violation, at event {step}");
                page.line("span class=sr", &text);
            });
        });
        jumps(page, store, scene, shell);
        page.el("label class=speed", |page| {
            page.line("span class=sr", "Speed");
            page.el("select id=speed title='Virtual time in real time (< >)'", |page| {
                page.hear(ListenerKind::onchange, store, on_speed);
                for (name, speed) in SPEEDS {
                    let chosen = (speed - scene.speed).abs() < 1e-9;
                    page.option(name, &format!("{name}×"), chosen);
                }
            });
        });
    });
}

/// A button that goes somewhere, off where it would lead nowhere.
fn way(page: &mut Markup, store: &Store, names: [&str; 3], command: Command, off: bool) {
    page.el("button type=button class=tool", |page| {
        face(page, store, names, command);
        page.state("aria-disabled", off);
    });
}

fn on_speed(store: &Store, event: &Event) {
    let Some(select) = event.target_dyn_into::<HtmlSelectElement>() else { return };
    if let Some(speed) = number::read(&select.value()) {
        store.send(Command::Speed(speed));
    }
}

/// The scrubber: a native range over the events, with marks above it.
fn scrubber(page: &mut Markup, store: &Store, scene: &View, shell: &Shell) {
    let text = format!("event {} of {}, {}", scene.step, scene.head, seconds(scene.now));
    page.el("div class=scrubber", |page| {
        strip(page, store, scene, shell);
        page.el("input type=range id=scrubber min=0 step=1 aria-label=Position", |page| {
            page.hear(ListenerKind::oninput, store, on_scrub);
            page.attr("max", &scene.head.to_string());
            page.attr("aria-valuetext", &text);
            page.value(&scene.step.to_string());
        });
    });
}

fn on_scrub(store: &Store, event: &Event) {
    let Some(input) = event.target_dyn_into::<HtmlInputElement>() else { return };
    if let Ok(step) = input.value().parse() {
        store.send(Command::Seek(step));
    }
}

/// Short, for a screen reader: `1.8 s`.
fn seconds(at: u64) -> String {
    format!("{}.{} s", at / 1_000_000, at % 1_000_000 / 100_000)
}

/// Everything that one may jump by: to the one before, and to the one after.
fn jumps(page: &mut Markup, store: &Store, view: &View, shell: &Shell) {
    let node = node_of(view, shell.selection).map_or("this node".into(), |node| view.name(node));
    let kind = view.event.as_ref().map(|event| Kind::of(event));
    let kind = kind.map_or("this kind".into(), |kind| tell::kind(kind, view.info));
    let by = |jump, on| Command::Jump(jump, on);
    page.el("details class=jumps", |page| {
        let head = "summary class=tool aria-label=Jump title='Jump by mark, node or kind'";
        page.el(head, |page| {
            page.line("span", "Jump");
            page.put(icon("up"));
        });
        page.el("div class=sheet role=group aria-label=Jump", |page| {
            for (what, jump, keys) in [
                ("Mark", Jump::Mark, ["Shift+B", "B"]),
                (&*format!("Event at {node}"), Jump::Node, ["P", "N"]),
                (&*format!("Event of this kind: {kind}"), Jump::Kind, ["Shift+P", "Shift+N"]),
            ] {
                pair(page, store, what, keys, [by(jump, false), by(jump, true)]);
            }
            let keys = ["Shift+ArrowLeft", "Shift+ArrowRight"];
            pair(page, store, "Ten events", keys, [Command::Step(-10), Command::Step(10)]);
            legend(page);
        });
    });
}

fn pair(
    page: &mut Markup,
    store: &Store,
    what: &str,
    [before, after]: [&'static str; 2],
    [back, on]: [Command; 2],
) {
    jump(page, store, "Previous", what, before, back);
    page.line("span aria-hidden=true", what);
    jump(page, store, "Next", what, after, on);
}

/// One of the buttons: an arrow, and its key where that is short.
fn jump(
    page: &mut Markup,
    store: &Store,
    way: &str,
    what: &str,
    key: &'static str,
    command: Command,
) {
    page.el("button type=button class=tool", |page| {
        page.click(store, command);
        page.attr("aria-label", &format!("{way}: {what}"));
        page.attr("aria-keyshortcuts", key);
        page.attr("title", key);
        page.put(icon(if way == "Next" { "after" } else { "before" }));
        let letter = key.rsplit('+').next().unwrap_or(key);
        if letter.len() == 1 {
            let shift = if letter == key { "" } else { "⇧" };
            page.line("kbd aria-hidden=true", &format!("{shift}{letter}"));
        }
    });
}
