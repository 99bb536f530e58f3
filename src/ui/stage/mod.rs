//! The stage: the cluster as a graph, with everything that happens on it.
//!
//! Nodes, links and the rift of a partition are SVG that Yew renders when something changes; what
//! moves is drawn by the [`painter`] on a canvas above. No protocol is named here: what a thing is
//! comes from the tables of the protocol and from its views.

pub mod arrange;
pub mod geometry;
pub mod glyphs;
mod link;
mod menu;
mod node;
mod outline;
pub mod painter;
pub mod place;
pub mod pointer;
pub mod rift;
mod svg;
pub mod tools;

use std::rc::Rc;

use arrange::{Arrange, Plan, Tool};
use geometry::Geometry;
use glyphs::Glyphs;
use link::Link;
use node::Node;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::{Element, HtmlCanvasElement, ResizeObserver};
use yew::prelude::*;

use super::hooks::markup::markup;
use super::hooks::number::Px;
use super::state::scene::{Scene, Selection};
use super::state::shell::Shell;
use super::state::store::{Command, Store, View};
use super::state::tell;
use crate::view::{NodeId, NodeNames};

/// A layout as a property: compared by pointer.
#[derive(Clone)]
pub struct Layout(pub Rc<Geometry>);

impl Layout {
    /// Lays out a cluster on a stage of that size; `proposals` stand at the foot of a wide one.
    pub fn new(
        names: NodeNames,
        (width, height): (f64, f64),
        proposals: bool,
        arrange: &Arrange,
    ) -> Layout {
        let size = (width.max(240.0), height.max(160.0));
        Layout(Rc::new(Geometry::new(names, size, proposals, arrange)))
    }
}

impl Default for Layout {
    fn default() -> Layout {
        let nobody = NodeNames { servers: 0, clients: 0 };
        Layout::new(nobody, (0.0, 0.0), false, &Arrange::empty(Plan::Ring))
    }
}

impl PartialEq for Layout {
    fn eq(&self, other: &Layout) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl std::ops::Deref for Layout {
    type Target = Geometry;

    fn deref(&self) -> &Geometry {
        &self.0
    }
}

/// What the stage shows.
#[derive(Properties, PartialEq)]
pub struct StageProps {
    /// Where commands go.
    pub store: Store,
    /// The run.
    pub view: View,
    /// The page around it.
    pub shell: Rc<Shell>,
    /// Where everything stands.
    pub layout: Layout,
    /// How the stage is arranged.
    pub stage: Rc<Arrange>,
    /// Which of two runs side by side it shows.
    pub lane: usize,
}

/// With more servers than this, links that are as they should be are not drawn one by one.
const MANY: u32 = 16;
/// More messages than this get no targets of their own; the list of messages has them.
const TARGETS: usize = 60;

/// The stage.
#[component]
pub fn Stage(props: &StageProps) -> Html {
    let (store, lane) = (&props.store, props.lane);
    let frame = use_node_ref();
    let canvas = use_node_ref();
    {
        let (frame, canvas, store) = (frame.clone(), canvas.clone(), store.clone());
        use_effect_with((), move |()| {
            store.attach(lane, canvas.cast::<HtmlCanvasElement>());
            let heard = frame.cast::<Element>();
            let heard = heard.map(|stage| pointer::listen(stage, &store, lane));
            // Two stages are of one size.
            let watched = (lane == 0).then(|| watch_size(&frame, store));
            move || {
                drop(heard);
                if let Some(watched) = watched {
                    watched();
                }
            }
        });
    }
    let (layout, stage) = (&props.layout, &*props.stage);
    let scene = &props.view;
    // Of two stages, one is faced; on the other one sees as much and does nothing.
    let faced = store.lane() == lane;
    let selection = props.shell.selection.filter(|_| faced);
    let (w, h) = (layout.width, layout.height);
    let (width, height) = (Px(w).to_string(), Px(h).to_string());
    let label = format!("{}: {} nodes", scene.title, scene.nodes.len());
    let hand = match stage.tool {
        Tool::None if stage.camera.k > 1.0 => "near",
        Tool::None => "none",
        Tool::Place(..) => "place",
        Tool::Rift(_) => "rift",
    };
    html! {
        <div class="stage" ref={frame} id={if faced { "stage" } else { "stage-beside" }} role="group"
            aria-label={label} tabindex="-1" aria-keyshortcuts="M L R + - 0" data-hand={hand}>
            <svg role="presentation" {width} {height} aria-hidden={(!faced).then_some("true")}>
                <g transform={stage.camera.transform()}>
                { torn(scene, layout, if faced { &stage.tool } else { &Tool::None }) }
                { for outline::outlines(scene, layout) }
                { links(scene, layout, selection) }
                { for scene.nodes.iter().map(|shot| {
                    let id = shot.id;
                    let fresh = scene.event.as_ref()
                        .filter(|event| event.node == Some(id)).map(|event| event.step);
                    let call = scene.last_call(id).map(call_line).unwrap_or_default();
                    html! {
                        <Node key={id.0} shot={shot.clone()} layout={layout.clone()}
                            selected={selection == Some(Selection::Node(id))}
                            tab={props.shell.stop == id} store={store.clone()} {fresh} {faced}
                            call={AttrValue::from(call)} breaks={breaks(scene, id)} />
                    }
                }) }
                if faced && !scene.playing { { targets(scene, layout, selection) } }
                if faced { { in_hand(layout, &stage.tool) } }
                </g>
            </svg>
            <canvas ref={canvas} aria-hidden="true"></canvas>
            if faced { { tools::in_hand(store, scene, layout, stage) } }
            if faced { { menu::menu(store, scene, &props.shell, layout) } }
        </div>
    }
}

/// The sides that hear each other, or that would after what is being drawn.
fn torn(scene: &Scene, layout: &Layout, tool: &Tool) -> Html {
    let drawn = match tool {
        Tool::Rift(line) => rift::split(layout, line),
        _ => None,
    };
    match drawn.or_else(|| rift::sides(scene)) {
        Some(sides) => rift::rift(layout, &sides),
        None => Html::default(),
    }
}

/// The line that is being drawn, or where a node would be put down.
fn in_hand(layout: &Layout, tool: &Tool) -> Html {
    match tool {
        Tool::None => Html::default(),
        Tool::Place(node, at) => svg::path("aim", &svg::circle(*at, layout.radius_of(*node))),
        Tool::Rift(line) => {
            let mut path = String::new();
            for (place, point) in line.iter().enumerate() {
                svg::go(&mut path, place == 0, *point);
            }
            svg::path("stroke", &path)
        }
    }
}

fn links(scene: &Scene, layout: &Layout, selection: Option<Selection>) -> Html {
    let many = scene.names.servers > MANY;
    scene
        .links
        .iter()
        .filter(|link| {
            !many || link.there.cut || link.back.cut || link.there.held || link.back.held
        })
        .map(|link| {
            let selected = selection == Some(Selection::Link(link.a, link.b));
            let client = scene.names.is_client(link.b);
            let name: AttrValue =
                format!("{} and {}", scene.name(link.a), scene.name(link.b)).into();
            html! {
                <Link key={format!("{}-{}", link.a.0, link.b.0)} a={link.a} b={link.b}
                    layout={layout.clone()} {name} {client} {selected}
                    cut={(link.there.cut, link.back.cut)} held={(link.there.held, link.back.held)}
                    odd={link.there.weather.loss_ppm > 0 || link.back.weather.loss_ppm > 0} />
            }
        })
        .collect()
}

/// Messages at rest can be focused and clicked one by one.
fn targets(scene: &Scene, layout: &Layout, selection: Option<Selection>) -> Html {
    let glyphs = Glyphs::new(scene.info);
    let waiting = place::Waiting::default();
    markup(|page| {
        for flight in scene.flights.iter().take(TARGETS) {
            let at = place::place(layout, scene, flight, scene.now as f64, &waiting);
            let name = flight.name.text(scene.names);
            let what = Selection::Message(flight.name);
            let when = match flight.due_at {
                Some(due) if !flight.held => format!("arrives at {}", tell::clock(due)),
                _ => "it waits".to_string(),
            };
            let label = format!("{}, {when}", scene.describe(what));
            page.el("circle class=target r=13 tabindex=-1 role=button", |page| {
                page.key(&format!("m{name}"));
                page.attr("cx", &Px(at.x).to_string());
                page.attr("cy", &Px(at.y).to_string());
                page.attr("aria-label", &label);
                page.state("aria-pressed", selection == Some(what));
                page.attr("data-letter", &glyphs.letter(flight.kind).to_string());
                page.attr("id", &format!("message-{name}"));
                page.attr("data-select", &format!("message:{name}"));
                page.line("title", &label);
            });
        }
    })
}

/// The properties that a node is seen to break, in words.
fn breaks(scene: &Scene, node: NodeId) -> Option<AttrValue> {
    let broken = scene.verdicts.iter().filter(|verdict| {
        let found = verdict.finding.as_ref().filter(|_| verdict.broken());
        found.is_some_and(|finding| finding.nodes.contains(&node))
    });
    let titles: Vec<&str> = broken.map(|verdict| verdict.property.title).collect();
    (!titles.is_empty()).then(|| titles.join(", ").into())
}

/// A client's call and what came of it, in a few words.
fn call_line(call: &crate::sim::session::Call) -> String {
    use crate::sim::session::Outcome;
    match &call.outcome {
        Outcome::Open => format!("{} …", call.op),
        Outcome::Done { out, .. } => format!("{} → {out}", call.op),
        Outcome::Refused { .. } => format!("{}: refused", call.op),
        Outcome::Unknown { .. } => format!("{} → ?", call.op),
    }
}

/// What an element stands for, as its `data-select` says.
pub fn selected_by(store: &Store, element: &Element) -> Option<Selection> {
    let element = element.closest("[data-select]").ok().flatten()?;
    let word = element.get_attribute("data-select")?;
    let names = store.ask(|player| player.session().names());
    let (kind, rest) = word.split_once(':')?;
    match kind {
        "node" => names.find(rest).map(Selection::Node),
        "link" => {
            let (a, b) = rest.split_once('-')?;
            Some(Selection::Link(names.find(a)?, names.find(b)?))
        }
        "message" => crate::view::MessageName::parse(rest, names).map(Selection::Message),
        _ => None,
    }
}

/// A node's form, small, beside its name in the text.
pub fn node_shape(shot: &crate::sim::session::NodeShot) -> Html {
    let shape = node::shape(shot.view.tone, shot.client, 10.0);
    markup(|page| {
        page.el("svg viewBox='-13 -13 26 26' width=26 height=26 aria-hidden=true", |page| {
            let down = if shot.up { "" } else { " down" };
            page.attr("class", &format!("mini node tone-{}{down}", shot.view.tone.word()));
            page.el("path class=shape", |page| page.attr("d", &shape));
            if shot.up {
                let letter = shot.view.letter.to_string();
                page.line("text class=letter dy=0.35em style=font-size:10px", &letter);
            }
        });
    })
}

/// The form of a role, for the legend.
pub fn role_shape(tone: crate::view::Tone) -> Html {
    let shape = node::shape(tone, false, 10.0);
    markup(|page| {
        page.el("svg viewBox='-13 -13 26 26' width=20 height=20 aria-hidden=true", |page| {
            page.attr("class", &format!("mini node tone-{}", tone.word()));
            page.el("path class=shape", |page| page.attr("d", &shape));
        });
    })
}

/// Tells the stage's size now and whenever it changes, until dropped.
fn watch_size(frame: &NodeRef, store: Store) -> impl FnOnce() + use<> {
    let mut kept = None;
    if let Some(element) = frame.cast::<Element>() {
        let measured = element.clone();
        let closure = Closure::<dyn FnMut()>::new(move || {
            let bounds = measured.get_bounding_client_rect();
            store.send(Command::Resize(bounds.width().round(), bounds.height().round()));
        });
        if let Ok(observer) = ResizeObserver::new(closure.as_ref().unchecked_ref()) {
            observer.observe(&element);
            kept = Some((observer, closure));
        }
    }
    move || {
        if let Some((observer, _closure)) = kept {
            observer.disconnect();
        }
    }
}
