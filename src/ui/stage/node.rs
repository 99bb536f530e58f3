//! A node: its shape and letter say its role, its badge the generation that it is in, the cells
//! beside it what its log holds.

use js_sys::Math;
use web_sys::KeyboardEvent;
use yew::prelude::*;

use super::Layout;
use super::arrange::{NUDGE, Tool, Wish};
use super::geometry::{Point, Side};
use super::pointer::arrow;
use super::svg;
use crate::ui::hooks::browser;
use crate::ui::hooks::number::{Px, between};
use crate::ui::state::scene::{Selection, Shot};
use crate::ui::state::store::{Command, Store};
use crate::view::{Cell, NodeId, Panel, PanelMark, Quorum, Tone, Value};

/// What a node needs.
#[derive(Properties, PartialEq)]
pub struct NodeProps {
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

/// A node.
#[component]
pub fn Node(props: &NodeProps) -> Html {
    let store = &props.store;
    let (shot, layout) = (&props.shot, &props.layout);
    let at = layout.at(shot.id);
    let radius = layout.radius_of(shot.id);
    let keydown = walk(store, shot.id, layout, &shot.name);
    let onfocus = store.on::<FocusEvent>(Command::Stop(shot.id));
    // On a page an id stands for one thing.
    let named = |what: &str| props.faced.then(|| format!("{what}-{}", shot.name));
    let tabindex = props.faced.then_some(if props.tab { "0" } else { "-1" });
    let class = classes!(
        "node",
        format!("tone-{}", shot.view.tone.word()),
        (!shot.up).then_some("down"),
        shot.paused.then_some("paused"),
        shot.client.then_some("client"),
        props.selected.then_some("selected"),
        props.breaks.as_ref().map(|_| "violating"),
    );
    let shape = shape(shot.view.tone, shot.client, radius);
    let arm = Px(radius * 0.62);
    let cross = format!("M-{arm} -{arm}L{arm} {arm}M{arm} -{arm}L-{arm} {arm}");
    html! {
        <g {class} id={named("node")} data-select={format!("node:{}", shot.name)}
            data-role={shot.view.role} data-up={shot.up.to_string()}
            data-paused={shot.paused.to_string()}
            transform={format!("translate({at})")}>
            <circle class="halo" r={Px(radius + 14.0).to_string()} role="button"
                id={named("focus")} {tabindex}
                aria-label={spoken(props)} aria-pressed={props.selected.to_string()}
                aria-keyshortcuts="C Z I J T E Alt+ArrowLeft Alt+ArrowRight Alt+ArrowUp Alt+ArrowDown"
                onkeydown={keydown} {onfocus} />
            if let Some(step) = props.fresh {
                <circle key={format!("glow{step}")} class="glow" r={Px(radius + 5.0).to_string()} />
            }
            <path class="shape" d={shape} />
            if shot.up {
                <text class="letter" dy="0.35em" aria-hidden="true"
                    style={letter_size(radius)}>
                    { shot.view.letter.to_string() }
                </text>
            } else {
                <path class="cross" d={cross} />
            }
            if shot.paused {
                <g class="stopped" transform={format!("translate({0} {0})", Px(-radius))}>
                    <circle r="9" /><path d="M-2.5 -4V4M2.5 -4V4" />
                </g>
            }
            { supporters(shot, layout, radius) }
            { badge(shot, radius) }
            { caption(props, radius) }
            if let Some(breaks) = &props.breaks { { flag(breaks, layout, shot.id, radius) } }
        </g>
    }
}

/// The arrow keys walk from node to node; with Alt they move the node itself. While something is
/// in the hand they are about that.
fn walk(store: &Store, id: NodeId, layout: &Layout, name: &str) -> Callback<KeyboardEvent> {
    let (store, layout, own) = (store.clone(), layout.clone(), format!("focus-{name}"));
    Callback::from(move |event: KeyboardEvent| {
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
fn spoken(props: &NodeProps) -> String {
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
fn supporters(shot: &Shot, layout: &Layout, radius: f64) -> Html {
    if !matches!(shot.view.tone, Tone::Trying | Tone::Leading) || !shot.up {
        return Html::default();
    }
    let lists = shot.view.fields.iter().filter_map(|field| match &field.value {
        Value::Nodes(nodes) => Some((field.paper, nodes)),
        _ => None,
    });
    let own = layout.at(shot.id);
    let dot = |class: &'static str, paper: &'static str, node: NodeId| {
        let to = layout.at(node);
        let (dx, dy) = (to.x - own.x, to.y - own.y);
        let far = dx.hypot(dy);
        // Its own support stands opposite the badge.
        let (ux, uy) = if far < 1.0 { (-0.71, -0.71) } else { (dx / far, dy / far) };
        let reach = radius + 14.0;
        html! {
            <circle {class} cx={Px(ux * reach).to_string()} cy={Px(uy * reach).to_string()} r="4">
                <title>{ format!("{paper}: {}", layout.names.name(node)) }</title>
            </circle>
        }
    };
    let classes = ["support", "support refused"];
    lists
        .zip(classes)
        .flat_map(|((paper, nodes), class)| nodes.iter().map(move |node| (class, paper, *node)))
        .map(|(class, paper, node)| dot(class, paper, node))
        .collect()
}

/// The generation, in its colour.
fn badge(shot: &Shot, radius: f64) -> Html {
    let Some(generation) = shot.view.generation.filter(|_| radius > 14.0) else {
        return Html::default();
    };
    let off = (radius + 15.0) * std::f64::consts::FRAC_1_SQRT_2;
    let text = if generation < 1_000 { generation.to_string() } else { "…".to_string() };
    html! {
        <g class={format!("badge gen-{}", generation % 8)} aria-hidden="true"
            transform={format!("translate({} {})", Px(off), Px(-off))}>
            <circle r="10" />
            <text dy="0.35em">{ text }</text>
        </g>
    }
}

/// Name, role, and the end of the log.
fn caption(props: &NodeProps, radius: f64) -> Html {
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
    let second = if shot.client { props.call.to_string() } else { shot.view.headline.clone() };
    html! {
        <g {class} aria-hidden="true" transform={format!("translate({})", Point { x, y: top })}>
            <text y="13"><tspan class="name">{ &shot.name }</tspan>
                if !terse { <tspan class="role" dx="5">{ what }</tspan> }</text>
            if !terse { <text class="second" y="29">{ second }</text> }
            if let Some((cells, marks)) = logs.filter(|_| !terse) {
                <g transform={format!("translate(0 {})", 35)}>
                    { log_strip(cells, marks, layout.cells, side) }
                </g>
            }
        </g>
    }
}

/// The last cells of a log, each in the colour of its generation; what is settled is whole and
/// underlined, the rest is dashed.
fn log_strip(cells: &[Cell], marks: &[PanelMark], room: usize, side: Side) -> Html {
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
    html! {
        <g class="strip" transform={format!("translate({} 0)", Px(start))}>
            if shown.is_empty() {
                <rect class="none" x="0.5" y="0.5" width={Px(CELL - 1.0).to_string()} height="16" />
            }
            if hidden > 0 {
                <text class="more" x="-4" y="13">{ "…" }</text>
            }
            { for shown.iter().enumerate().map(|(at, cell)| {
                let settled = (cell.tone == Tone::Settled).then_some("settled");
                let class = classes!("cell", format!("gen-{}", cell.generation % 8), settled);
                let x = at as f64 * CELL;
                html! {
                    <g {class} key={cell.index}>
                        <rect x={Px(x + 0.5).to_string()} y="0.5" width={Px(CELL - 1.0).to_string()}
                            height="16" />
                        <text x={Px(x + CELL / 2.0).to_string()} y="12.5">
                            { cell.generation.to_string() }
                        </text>
                        <title>{ format!("{}: {}", cell.index, cell.detail) }</title>
                    </g>
                }
            }) }
            if settled > 0 {
                <path class="committed" d={format!("M0 20H{}", Px(settled as f64 * CELL))} />
            }
        </g>
    }
}
