//! What one sees while nothing is selected: what this is, what the forms mean, and the picture's
//! facts as a table.

use yew::prelude::*;

use super::act::{RUN, run_buttons};
use crate::sim::session::NodeShot;
use crate::ui::hooks::markup::{Markup, markup};
use crate::ui::panels;
use crate::ui::stage::glyphs::Glyphs;
use crate::ui::stage::{rift, role_shape};
use crate::ui::state::scene::Selection;
use crate::ui::state::shell::Shell;
use crate::ui::state::store::{Command, Store, View};
use crate::ui::state::tell;

/// More messages than this are only counted.
const LISTED: usize = 40;

/// The overview.
pub fn overview(store: &Store, view: &View, shell: &Shell) -> Html {
    let info = view.info;
    markup(|page| {
        page.el("article class='inspect overview'", |page| {
            page.line("h2", info.title);
            page.line("p class=doc", info.summary);
            page.line("p class=source", info.reference);
            page.el("div class=actions", |page| run_buttons(page, store, &RUN[..2]));
            picture(page, store, view, shell);
            page.line(
                "p class=empty",
                "Select a node, a link or a message to see everything about it.",
            );
            twin(page, store, view);
            page.line("h3", "Nodes");
            page.el("dl class=legend", |page| {
                for role in info.roles {
                    page.el("dt", |page| {
                        page.put(role_shape(role.tone));
                        page.text(role.id);
                    });
                    page.line("dd", role.doc);
                }
            });
            messages_legend(page, view);
            timers_legend(page, view);
        });
    })
}

/// The protocol's own pictures of the whole cluster.
fn picture(page: &mut Markup, store: &Store, view: &View, shell: &Shell) {
    let mut list = store.ask(|player| player.session().picture());
    list.extend(shell.sample.as_deref().and_then(panels::sample));
    if list.is_empty() {
        return;
    }
    page.el("details class=whole open=open", |page| {
        page.attr("data-step", &view.step.to_string());
        page.line("summary", "Picture");
        for each in &list {
            page.put(panels::panel(store, each));
        }
    });
}

fn messages_legend(page: &mut Markup, view: &View) {
    let glyphs = Glyphs::new(view.info);
    let kinds = view.info.messages.iter();
    let mut rows: Vec<(&str, bool, &str)> =
        kinds.map(|kind| (kind.id, kind.reply, kind.doc)).collect();
    if view.names.clients > 0 {
        rows.push(("Request", false, "A client asks."));
        rows.push(("Reply", true, "The answer to a client."));
    }
    page.line("h3", "Messages");
    page.el("dl class=legend", |page| {
        for (id, reply, doc) in rows {
            page.el("dt", |page| {
                page.el("i aria-hidden=true", |page| {
                    page.attr("class", if reply { "glyph reply" } else { "glyph" });
                    page.line("b", &glyphs.letter(id).to_string());
                });
                page.text(id);
            });
            page.line("dd", doc);
        }
    });
}

fn timers_legend(page: &mut Markup, view: &View) {
    if view.info.timers.is_empty() {
        return;
    }
    page.line("h3", "Timers, the arcs around a node");
    page.el("dl class=legend", |page| {
        for timer in view.info.timers {
            page.line("dt", timer.id);
            page.line("dd", timer.doc);
        }
    });
}

/// Every link that is cut or holds its messages, in words.
fn broken_links(view: &View) -> Vec<String> {
    view.links
        .iter()
        .filter(|link| link.there.cut || link.back.cut || link.there.held || link.back.held)
        .map(|link| {
            let one = |state: bool, other: bool, word: &str| match (state, other) {
                (true, true) => Some(format!("{word} both ways")),
                (true, false) => {
                    Some(format!("{word} from {} to {}", view.name(link.a), view.name(link.b)))
                }
                (false, true) => {
                    Some(format!("{word} from {} to {}", view.name(link.b), view.name(link.a)))
                }
                _ => None,
            };
            let cut = one(link.there.cut, link.back.cut, "cut");
            let held = one(link.there.held, link.back.held, "held");
            let state: Vec<String> = cut.into_iter().chain(held).collect();
            format!("{} – {}: {}", view.name(link.a), view.name(link.b), state.join(", "))
        })
        .collect()
}

/// The picture's facts as text: every node, every message on its way, every link that is not as
/// it should be.
fn twin(page: &mut Markup, store: &Store, view: &View) {
    page.el("details class=twin open=open", |page| {
        page.line("summary", "As a table");
        page.el("table", |page| {
            page.line("caption class=sr", "Every node");
            page.el("thead", |page| {
                page.el("tr", |page| {
                    for name in ["node", "is", "in", "timers"] {
                        page.line("th scope=col", name);
                    }
                });
            });
            page.el("tbody", |page| {
                for shot in view.nodes.iter() {
                    node(page, store, shot);
                }
            });
        });
        let mut links = groups(view);
        links.extend(broken_links(view));
        if !links.is_empty() {
            page.el("ul class=plain", |page| {
                for line in &links {
                    page.line("li", line);
                }
            });
        }
        page.line("h3", &messages(view.flights.len()));
        page.el("ul class='plain flights'", |page| {
            for flight in view.flights.iter().take(LISTED) {
                let when = flight.due_at.filter(|_| !flight.held);
                let when = when.map_or_else(|| "waits".to_string(), tell::clock);
                let (from, to) = (view.name(flight.name.from), view.name(flight.to));
                page.el("li", |page| {
                    page.key(&flight.name.text(view.names));
                    page.el("button type=button class=link", |page| {
                        let what = Selection::Message(flight.name);
                        page.click(store, Command::Select(Some(what)));
                        page.text(&format!("{} {from} → {to}", flight.kind));
                    });
                    page.line("span class=num", &when);
                });
            }
        });
    });
}

fn node(page: &mut Markup, store: &Store, shot: &NodeShot) {
    let is = match () {
        () if !shot.up => "crashed".to_string(),
        () if shot.paused => format!("{}, paused", shot.view.role),
        () if shot.client => "client".to_string(),
        () => shot.view.role.to_string(),
    };
    let timers = shot.timers.iter();
    let timers: Vec<String> =
        timers.map(|timer| format!("{} {}", timer.name, tell::clock(timer.due_at))).collect();
    page.el("tr", |page| {
        page.key(&shot.name);
        page.attr("data-node", &shot.name);
        page.el("th scope=row", |page| {
            page.el("button type=button class=link", |page| {
                page.click(store, Command::Select(Some(Selection::Node(shot.id))));
                page.text(&shot.name);
            });
        });
        page.line("td", &is);
        page.line("td", &shot.view.headline);
        page.line("td", &timers.join(", "));
    });
}

/// What the picture shows around nodes: whose answers are being gathered, who hears whom.
fn groups(view: &View) -> Vec<String> {
    let mut lines = Vec::new();
    for shot in &view.nodes {
        for quorum in &shot.view.quorums {
            lines.push(format!("{}: {}", shot.name, tell::gathered(quorum, view.names)));
        }
    }
    if let Some(sides) = rift::sides(view) {
        for (place, names) in rift::names(view.names, &sides).into_iter().enumerate() {
            lines.push(format!("side {}: {names}", place + 1));
        }
    }
    lines
}

fn messages(count: usize) -> String {
    match count {
        0 => "No messages on their way".to_string(),
        1 => "1 message on its way".to_string(),
        count => format!("{count} messages on their way"),
    }
}
