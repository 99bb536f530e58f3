//! A node: its shape and letter say its role, its badge the generation that it is in, the cells
//! beside it what its log holds.

use std::any::Any;

use js_sys::Math;
use wasm_bindgen::JsCast;
use web_sys::{Event, KeyboardEvent};
use yew::virtual_dom::{AttrValue, ListenerKind};
use yew::{Callback, Html};

use super::Layout;
use super::arrange::{NUDGE, Tool, Wish};
use super::geometry::{Point, Side};
use super::pointer::arrow;
use super::svg;
use crate::ui::hooks::browser;
use crate::ui::hooks::markup::{Markup, markup};
use crate::ui::hooks::number::{Px, between};
use crate::ui::hooks::piece::{Shown, equal};
use crate::ui::state::scene::{Selection, Shot};
use crate::ui::state::store::{Command, Store};
use crate::view::{Cell, NodeId, Panel, PanelMark, Quorum, Tone, Value, show_generation};

/// A node: what is to be drawn of it.
#[derive(PartialEq)]
pub struct Node {
    /// How it is.
    pub shot: Shot,
    /// Where everything stands.
    pub layout: Layout,
    /// Whether it is selected.
    pub selected: bool,
    /// Whether the Tab key stops at it: at one of all nodes.
    pub tab: bool,
    /// Where commands go.
    pub store: Store,
    /// The step at which it was just changed.
    pub fresh: Option<u64>,
    /// What a client asks, and what came of it.
    pub call: AttrValue,
    /// Whether it stands on the stage that is faced.
    pub faced: bool,
    /// The broken properties that are about it.
    pub breaks: Option<AttrValue>,
}

const CELL: f64 = 17.0;

/// What can be pressed while a node has the focus.
const KEYS: &str = "C Z I J T E Alt+ArrowLeft Alt+ArrowRight Alt+ArrowUp Alt+ArrowDown";

impl Shown for Node {
    fn draw(&self) -> Html {
        drawn(self)
    }

    fn same(&self, other: &dyn Any) -> bool {
        equal(self, other)
    }
}

fn drawn(props: &Node) -> Html {
    let (shot, layout) = (&props.shot, &props.layout);
    let at = layout.at(shot.id);
    let radius = layout.radius_of(shot.id);
    let mut class = format!("node tone-{}", shot.view.tone.word());
    for (so, word) in [
        (!shot.up, " down"),
        (shot.paused, " paused"),
        (shot.client, " client"),
        (props.selected, " selected"),
        (props.breaks.is_some(), " violating"),
    ] {
        if so {
            class.push_str(word);
        }
    }
    markup(|page| {
        page.el("g", |page| {
            page.attr("class", &class);
            // On a page an id stands for one thing, and one stage of two is faced.
            if props.faced {
                page.attr("id", &format!("node-{}", shot.name));
            }
            page.attr("data-select", &format!("node:{}", shot.name));
            page.attr("data-role", shot.view.role);
            page.state("data-up", shot.up);
            page.state("data-paused", shot.paused);
            page.attr("transform", &format!("translate({at})"));
            halo(page, props, radius);
            page.when(props.fresh.is_some(), |page| {
                page.el("circle class=glow", |page| {
                    page.key(&format!("glow{}", props.fresh.unwrap_or_default()));
                    page.px("r", radius + 5.0);
                });
            });
            let outline = shape(shot.view.tone, shot.client, radius);
            page.el("path class=shape", |page| page.attr("d", &outline));
            if shot.up {
                page.el("text class=letter dy=0.35em aria-hidden=true", |page| {
                    page.attr("style", &letter_size(radius));
                    page.text(&shot.view.letter.to_string());
                });
            } else {
                let arm = Px(radius * 0.62);
                let cross = format!("M-{arm} -{arm}L{arm} {arm}M{arm} -{arm}L-{arm} {arm}");
                page.el("path class=cross", |page| page.attr("d", &cross));
            }
            page.when(shot.paused, |page| {
                page.el("g class=stopped", |page| {
                    page.attr("transform", &format!("translate({0} {0})", Px(-radius)));
                    page.el("circle r=9", |_| ());
                    page.el("path d='M-2.5 -4V4M2.5 -4V4'", |_| ());
                });
            });
            page.group(|page| supporters(page, shot, layout, radius));
            let generation = shot.view.generation.filter(|_| radius > 14.0);
            page.when(generation.is_some(), |page| {
                badge(page, generation.unwrap_or_default(), radius);
            });
            caption(page, props, radius);
            if let Some(breaks) = &props.breaks {
                page.put(flag(breaks, layout, shot.id, radius));
            }
        });
    })
}

/// The ring around a node, which is what is pressed.
fn halo(page: &mut Markup, props: &Node, radius: f64) {
    let (store, shot) = (&props.store, &props.shot);
    page.el("circle class=halo role=button", |page| {
        page.px("r", radius + 14.0);
        if props.faced {
            page.attr("id", &format!("focus-{}", shot.name));
            page.attr("tabindex", if props.tab { "0" } else { "-1" });
        }
        page.attr("aria-label", &spoken(props));
        page.state("aria-pressed", props.selected);
        page.attr("aria-keyshortcuts", KEYS);
        page.on(ListenerKind::onkeydown, walk(store, shot.id, &props.layout, &shot.name));
        page.on(ListenerKind::onfocus, store.on(Command::Stop(shot.id)));
    });
}

/// The arrow keys walk from node to node; with Alt they move the node itself. While something is
/// in the hand they are about that.
fn walk(store: &Store, id: NodeId, layout: &Layout, name: &str) -> Callback<Event> {
    let (store, layout, own) = (store.clone(), layout.clone(), format!("focus-{name}"));
    Callback::from(move |event: Event| {
        let Some(event) = event.dyn_ref::<KeyboardEvent>() else { return };
        let other = event.ctrl_key() || event.meta_key() || event.shift_key();
        if other || store.model().shell.stage.tool != Tool::None {
            return;
        }
        let key = event.key();
        match arrow(&key) {
            Some((x, y)) if event.alt_key() => {
                store.send(Command::Stage(Wish::Nudge(id, x * NUDGE, y * NUDGE)));
            }
            Some((x, y)) => {
                if let Some(next) = layout.neighbour(id, x, y) {
                    browser::focus(&format!("focus-{}", layout.names.name(next)));
                }
            }
            None if key == "Enter" && !event.alt_key() => {
                store.send(Command::Select(Some(Selection::Node(id))));
                browser::focus(&own);
            }
            None => return,
        }
        event.prevent_default();
        event.stop_propagation();
    })
}

fn letter_size(radius: f64) -> String {
    format!("font-size:{}px", Px(between(radius * 0.7, 8.0, 20.0)))
}

/// What a screen reader says of it.
fn spoken(props: &Node) -> String {
    let (shot, call) = (&props.shot, &props.call);
    let mut parts = vec![shot.name.clone()];
    if shot.client {
        parts.push("client".to_string());
    } else {
        parts.push(shot.view.role.to_string());
    }
    if !shot.view.headline.is_empty() {
        parts.push(shot.view.headline.clone());
    }
    if !shot.up {
        parts.push("crashed".to_string());
    }
    if shot.paused {
        parts.push("paused".to_string());
    }
    if !call.is_empty() {
        parts.push(call.to_string());
    }
    parts.extend(shot.view.quorums.iter().map(Quorum::count));
    if let Some(breaks) = &props.breaks {
        parts.push(format!("breaks: {breaks}"));
    }
    parts.join(", ")
}

/// A small flag that says what the node breaks.
fn flag(breaks: &str, layout: &Layout, node: NodeId, radius: f64) -> Html {
    let below = layout.side(node) != Side::Below;
    let y = if below { radius + 30.0 } else { -radius - 22.0 };
    svg::label("flag", Point { x: 0.0, y }, format!("⚑ {breaks}"))
}

/// The outline of a role's tone: a hexagon leads, a diamond tries, a circle follows, a client is
/// a square. So no role depends on its colour.
pub fn shape(tone: Tone, client: bool, radius: f64) -> String {
    let polygon = |corners: u32, turn: f64, reach: f64| {
        let mut path = String::new();
        for corner in 0..corners {
            let angle =
                (f64::from(corner) / f64::from(corners) + turn) * 2.0 * std::f64::consts::PI;
            let (x, y) = (reach * Math::cos(angle), reach * Math::sin(angle));
            path.push(if corner == 0 { 'M' } else { 'L' });
            path.push_str(&Point { x, y }.to_string());
        }
        path + "Z"
    };
    match tone {
        _ if client => {
            let r = radius * 0.86;
            let corner = 5.0;
            let side = Px(2.0 * (r - corner));
            format!(
                "M{} {}h{side}a5 5 0 0 1 5 5v{side}a5 5 0 0 1 -5 5h-{side}\
                 a5 5 0 0 1 -5 -5v-{side}a5 5 0 0 1 5 -5Z",
                Px(corner - r),
                Px(-r)
            )
        }
        Tone::Leading => polygon(6, 0.25 / 3.0, radius * 1.08),
        Tone::Trying => polygon(4, 0.0, radius * 1.18),
        _ => svg::circle(Point::default(), radius),
    }
}

/// Who supports a node that leads or tries to: a dot towards each, and a hollow one towards
/// each that refused. A protocol says so by a first field (and a second) that lists nodes.
fn supporters(page: &mut Markup, shot: &Shot, layout: &Layout, radius: f64) {
    if !matches!(shot.view.tone, Tone::Trying | Tone::Leading) || !shot.up {
        return;
    }
    let own = layout.at(shot.id);
    let mut heads = ["circle class=support r=4", "circle class='support refused' r=4"].into_iter();
    for field in &shot.view.fields {
        let Value::Nodes(nodes) = &field.value else { continue };
        let Some(head) = heads.next() else { return };
        for node in nodes {
            let to = layout.at(*node);
            let (dx, dy) = (to.x - own.x, to.y - own.y);
            let far = dx.hypot(dy);
            // Its own support stands opposite the badge.
            let (ux, uy) = if far < 1.0 { (-0.71, -0.71) } else { (dx / far, dy / far) };
            let reach = radius + 14.0;
            page.el(head, |page| {
                page.px("cx", ux * reach);
                page.px("cy", uy * reach);
                page.line("title", &format!("{}: {}", field.paper, layout.names.name(*node)));
            });
        }
    }
}

/// The generation, in its colour.
fn badge(page: &mut Markup, generation: u64, radius: f64) {
    let off = (radius + 15.0) * std::f64::consts::FRAC_1_SQRT_2;
    let text = show_generation(generation);
    let text = if text.len() <= 4 { &text } else { "…" };
    page.el("g aria-hidden=true", |page| {
        page.attr("class", &format!("badge long-{} gen-{}", text.len(), generation % 8));
        page.attr("transform", &format!("translate({} {})", Px(off), Px(-off)));
        page.el("circle r=10", |_| ());
        page.line("text dy=0.35em", text);
    });
}

/// Name, role, and the end of the log.
fn caption(page: &mut Markup, props: &Node, radius: f64) {
    let (shot, layout) = (&props.shot, &props.layout);
    let side = layout.side(shot.id);
    let logs = shot.view.panels.iter().find_map(|panel| match panel {
        Panel::Log { cells, marks, .. } => Some((cells, marks)),
        _ => None,
    });
    // No badge stands at a client.
    let reach = radius + if shot.client { 12.0 } else { 18.0 };
    let terse = layout.terse(shot.id);
    let strip = if logs.is_some() && !terse { 26.0 } else { 0.0 };
    let lines = if terse { 16.0 } else { 30.0 };
    let (x, top) = match side {
        Side::Above => (0.0, -reach - lines - strip),
        Side::Below => (0.0, reach - 2.0),
        Side::Left if terse => (-reach, -8.0),
        Side::Right if terse => (reach, -8.0),
        Side::Left => (-reach - 4.0, -18.0 - strip / 2.0),
        Side::Right => (reach + 4.0, -18.0 - strip / 2.0),
    };
    let class = match side {
        Side::Left => "caption end",
        Side::Right => "caption start",
        _ => "caption",
    };
    let what = match () {
        () if !shot.up => "crashed",
        () if shot.paused => "paused",
        () if shot.client => "client",
        () => shot.view.role,
    };
    let second = if shot.client { &*props.call } else { &*shot.view.headline };
    page.el("g aria-hidden=true", |page| {
        page.attr("class", class);
        page.attr("transform", &format!("translate({})", Point { x, y: top }));
        page.el("text y=13", |page| {
            page.line("tspan class=name", &shot.name);
            page.when(!terse, |page| page.line("tspan class=role dx=5", what));
        });
        page.when(!terse, |page| page.line("text class=second y=29", second));
        if let Some((cells, marks)) = logs.filter(|_| !terse) {
            page.el("g transform='translate(0 35)'", |page| {
                log_strip(page, cells, marks, layout.cells, side);
            });
        }
    });
}

/// The last cells of a log, each in the colour of its generation; what is settled is whole and
/// underlined, the rest is dashed.
fn log_strip(page: &mut Markup, cells: &[Cell], marks: &[PanelMark], room: usize, side: Side) {
    let hidden = cells.len().saturating_sub(room);
    let shown = &cells[hidden..];
    let more = if hidden > 0 { 14.0 } else { 0.0 };
    let width = shown.len().max(1) as f64 * CELL;
    let start = match side {
        Side::Left => -width,
        Side::Right => more,
        _ => -width / 2.0,
    };
    let first = shown.first().map_or(1, |cell| cell.index);
    let mark = marks.first().map(|mark| mark.index);
    let settled = mark.map_or(0, |index| (index + 1).saturating_sub(first).min(shown.len() as u64));
    page.el("g class=strip", |page| {
        page.attr("transform", &format!("translate({} 0)", Px(start)));
        page.when(shown.is_empty(), |page| {
            page.el("rect class=none x=0.5 y=0.5 height=16", |page| page.px("width", CELL - 1.0));
        });
        page.when(hidden > 0, |page| page.line("text class=more x=-4 y=13", "…"));
        page.group(|page| {
            for (at, cell) in shown.iter().enumerate() {
                let settled = if cell.tone == Tone::Settled { " settled" } else { "" };
                let x = at as f64 * CELL;
                page.el("g", |page| {
                    page.key(&cell.index.to_string());
                    page.attr("class", &format!("cell gen-{}{settled}", cell.generation % 8));
                    page.el("rect y=0.5 height=16", |page| {
                        page.px("x", x + 0.5);
                        page.px("width", CELL - 1.0);
                    });
                    page.el("text y=12.5", |page| {
                        let text = show_generation(cell.generation);
                        page.attr("class", &format!("long-{}", text.len()));
                        page.px("x", x + CELL / 2.0);
                        page.text(&text);
                    });
                    page.line("title", &format!("{}: {}", cell.index, cell.detail));
                });
            }
        });
        if settled > 0 {
            page.el("path class=committed", |page| {
                page.attr("d", &format!("M0 20H{}", Px(settled as f64 * CELL)));
            });
        }
    });
}
