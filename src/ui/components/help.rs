//! The keys, and what the picture's forms mean.

use yew::Html;
use yew::virtual_dom::ListenerKind;

use super::dialog::modal;
use crate::ui::hooks::markup::{Markup, markup};
use crate::ui::keys::BINDINGS;
use crate::ui::state::shell::Shell;
use crate::ui::state::store::{Command, Store};

const WHAT: &str = "A real protocol runs on a simulated network. Watch it, break it, step back, \
                    and try something else: every run can be repeated exactly and sent as a link.";

const PICTURE: [&str; 8] = [
    "A node's shape and letter say its role: a hexagon leads, a diamond tries to, a circle \
     follows, a square is a client.",
    "The badge is the generation, which only grows. Log cells and messages of the same generation \
     have the same colour.",
    "The arc around a node is its timer, running down.",
    "A round message asks or tells, a diamond answers; a red rim refuses. A lost message bursts \
     where it was lost.",
    "Log cells with a whole rim over the line are settled; dashed ones may still be lost.",
    "A crack through the picture is a partition, each side in its tint.",
    "An outline around nodes is a quorum that gathers: it closes when enough have answered.",
    "Nodes can be dragged, or moved by their menu. That changes the picture, not the run.",
];

/// The help.
pub fn help(store: &Store, shell: &Shell) -> Html {
    let body = markup(|page| {
        page.line("p", WHAT);
        page.el("div class=columns", |page| {
            page.el("section", |page| {
                page.line("h3", "Keys");
                page.el("table class=keys", |page| page.el("tbody", keys));
                let on = shell.keys;
                switch(page, store, "Single-character keys", on, Command::Keys(!on));
                let on = shell.announce;
                let label = "Say what happens to screen readers";
                switch(page, store, label, on, Command::Announce(!on));
            });
            page.el("section", |page| {
                page.line("h3", "The picture");
                page.el("ul class='plain spaced'", |page| {
                    for line in PICTURE {
                        page.line("li", line);
                    }
                });
            });
        });
    });
    modal(store, "Help", true, body)
}

fn keys(page: &mut Markup) {
    for binding in BINDINGS {
        key(page, binding.shown, binding.what);
    }
    key(page, "arrows", "On a node: walk to the next");
}

fn key(page: &mut Markup, shown: &str, what: &str) {
    page.el("tr", |page| {
        page.key(shown);
        page.el("td", |page| page.line("kbd", shown));
        page.line("td", what);
    });
}

/// A box to be ticked, and what happens when that changes.
fn switch(page: &mut Markup, store: &Store, label: &str, on: bool, command: Command) {
    page.el("label class=check", |page| {
        page.el("input type=checkbox", |page| {
            page.checked(on);
            page.on(ListenerKind::onchange, store.on(command));
        });
        page.text(label);
    });
}
