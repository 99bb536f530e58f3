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
use yew::virtual_dom::{AttrValue, Key};
use yew::{Html, NodeRef, Properties, component, use_effect_with, use_node_ref};

use super::hooks::markup::{Markup, markup};
use super::hooks::number::Px;
use super::hooks::piece::piece;
use super::state::scene::{Scene, Selection, Shot};
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
    let tool = if faced { &stage.tool } else { &Tool::None };
    let label = format!("{}: {} nodes", scene.title, scene.nodes.len());
    let hand = match stage.tool {
        Tool::None if stage.camera.k > 1.0 => "near",
        Tool::None => "none",
        Tool::Place(..) => "place",
        Tool::Rift(_) => "rift",
    };
    markup(|page| {
        page.el("div class=stage role=group tabindex=-1", |page| {
            page.known_as(frame);
            page.attr("id", if faced { "stage" } else { "stage-beside" });
            page.attr("aria-label", &label);
            page.attr("aria-keyshortcuts", "M L R + - 0");
            page.attr("data-hand", hand);
            page.el("svg role=presentation", |page| {
                if !faced {
                    page.state("aria-hidden", true);
                }
                page.px("width", layout.width);
                page.px("height", layout.height);
                page.el("g", |page| {
                    page.attr("transform", &stage.camera.transform());
                    page.put(torn(scene, layout, tool));
                    page.group(|page| {
                        for outline in outline::outlines(scene, layout) {
                            page.put(outline);
                        }
                    });
                    page.group(|page| links(page, scene, layout, selection));
                    page.group(|page| {
                        for shot in &scene.nodes {
                            page.put(node(props, faced, shot));
                        }
                    });
                    page.group(|page| {
                        if faced && !scene.playing {
                            page.put(targets(scene, layout, selection));
                        }
                    });
                    page.put(in_hand(layout, tool));
                });
            });
            page.el("canvas aria-hidden=true", |page| page.known_as(canvas));
            page.when(faced, |page| page.put(tools::in_hand(store, scene, layout, stage)));
            page.when(faced, |page| page.put(menu::menu(store, scene, &props.shell, layout)));
        });
    })
}

/// A node of the scene.
fn node(props: &StageProps, faced: bool, shot: &Shot) -> Html {
    let (scene, id) = (&props.view, shot.id);
    let event = scene.event.as_ref().filter(|event| event.node == Some(id));
    let call = scene.last_call(id).map(call_line).unwrap_or_default();
    let of_node = Node {
        shot: shot.clone(),
        layout: props.layout.clone(),
        selected: faced && props.shell.selection == Some(Selection::Node(id)),
        faced,
        tab: props.shell.stop == id,
        store: props.store.clone(),
        fresh: event.map(|event| event.step),
        call: call.into(),
        breaks: breaks(scene, id),
    };
    piece(Rc::new(of_node), Some(Key::from(id.0)))
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

fn links(page: &mut Markup, scene: &Scene, layout: &Layout, selection: Option<Selection>) {
    let many = scene.names.servers > MANY;
    for link in scene.links.iter() {
        let (there, back) = (&link.there, &link.back);
        if many && !(there.cut || back.cut || there.held || back.held) {
            continue;
        }
        let of_link = Link {
            a: link.a,
            b: link.b,
            layout: layout.clone(),
            name: format!("{} and {}", scene.name(link.a), scene.name(link.b)).into(),
            client: scene.names.is_client(link.b),
            selected: selection == Some(Selection::Link(link.a, link.b)),
            cut: (there.cut, back.cut),
            held: (there.held, back.held),
            odd: there.weather.loss_ppm > 0 || back.weather.loss_ppm > 0,
        };
        let key = Key::from(format!("{}-{}", link.a.0, link.b.0));
        page.put(piece(Rc::new(of_link), Some(key)));
    }
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
