//! How a person arranges the stage: the layout, nodes that stand elsewhere, how near one looks,
//! and the tool in the hand. It is how the run is looked at, and no part of the run: no link and
//! no scenario says it, and another scenario begins without it.

use std::rc::Rc;

use super::geometry::{EDGE, Geometry, Point};
use crate::sim::session::Session;
use crate::ui::hooks::number::{Px, between};
use crate::ui::state::scene::Selection;
use crate::ui::state::shell::Shell;
use crate::view::{NodeId, NodeNames};

/// A layout.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Plan {
    /// Servers in a ring, clients beside it.
    #[default]
    Ring,
    /// Servers side by side, clients under them.
    Row,
    /// Servers by the roles that they have as the run begins, clients under them. What happens
    /// later moves nobody: on the stage only messages move by themselves, and who leads is said
    /// by shape, letter and colour.
    Tiers,
}

impl Plan {
    /// Every layout.
    pub const ALL: [Plan; 3] = [Plan::Ring, Plan::Row, Plan::Tiers];

    /// As the address has it.
    pub fn word(self) -> &'static str {
        ["ring", "row", "tiers"][self as usize]
    }

    /// The layout of that name.
    pub fn find(word: &str) -> Option<Plan> {
        Plan::ALL.into_iter().find(|plan| plan.word() == word)
    }
}

/// From where one looks: a place of the layout is seen at `k` times its place, and so much to the
/// right and below.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Camera {
    /// How near.
    pub k: f64,
    /// To the right.
    pub x: f64,
    /// Below.
    pub y: f64,
}

/// The whole stage.
pub const WHOLE: Camera = Camera { k: 1.0, x: 0.0, y: 0.0 };
/// How near one can look, and from how far.
const NEAR: (f64, f64) = (0.5, 5.0);
/// One press of a zoom key or button.
pub const ZOOM: f64 = 1.25;
/// One press of an arrow key moves a node so far, in pixels.
pub const NUDGE: f64 = 16.0;

impl Camera {
    /// The place of the layout that is seen at a place of the stage.
    pub fn under(self, at: Point) -> Point {
        Point { x: (at.x - self.x) / self.k, y: (at.y - self.y) / self.k }
    }

    /// Where a place of the layout is seen.
    pub fn seen(self, at: Point) -> Point {
        Point { x: at.x * self.k + self.x, y: at.y * self.k + self.y }
    }

    /// The same for SVG.
    pub fn transform(self) -> String {
        let k = (self.k * 1_000.0).round() as u32;
        format!("translate({} {}) scale({}.{:03})", Px(self.x), Px(self.y), k / 1_000, k % 1_000)
    }

    /// Nearer or farther, by that factor; what is seen at a place stays there.
    fn zoomed(self, by: f64, at: Point) -> Camera {
        let k = between(self.k * by, NEAR.0, NEAR.1);
        // A way in and out ends where it began.
        let k = if (k - 1.0).abs() < 0.01 { 1.0 } else { k };
        let under = self.under(at);
        Camera { k, x: at.x - under.x * k, y: at.y - under.y * k }
    }

    /// The picture cannot be lost from sight.
    fn kept(self, (width, height): (f64, f64)) -> Camera {
        let keep = |off: f64, size: f64| {
            let rest = size * (1.0 - self.k);
            between(off, rest.min(0.0) - size / 4.0, rest.max(0.0) + size / 4.0)
        };
        Camera { x: keep(self.x, width), y: keep(self.y, height), ..self }
    }
}

/// What is in the hand.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Tool {
    /// Nothing: one selects, drags and looks.
    #[default]
    None,
    /// A node, to be put down there.
    Place(NodeId, Point),
    /// The pen that draws a rift, and what is drawn so far.
    Rift(Vec<Point>),
}

/// A stage as somebody arranged it.
#[derive(Clone, Debug, PartialEq)]
pub struct Arrange {
    /// The layout.
    pub plan: Plan,
    /// The rank of each server in tiers.
    pub ranks: Rc<[u8]>,
    /// Nodes that stand elsewhere, in parts of the stage's width and height.
    pub placed: Vec<(NodeId, f64, f64)>,
    /// From where one looks.
    pub camera: Camera,
    /// What is in the hand.
    pub tool: Tool,
    /// Whether the tools are shown where there is little room.
    pub open: bool,
}

/// What a person wants of the stage.
#[derive(Clone, Debug)]
pub enum Wish {
    /// Another layout, or the same one anew.
    Plan(Plan),
    /// A node stands there from now on.
    Put(NodeId, Point),
    /// A node moves by so much.
    Nudge(NodeId, f64, f64),
    /// A node stands where the layout has it.
    PutBack(NodeId),
    /// A node is taken, to be put down elsewhere.
    Take(NodeId),
    /// What was taken would be put down there.
    Aim(Point),
    /// The same, moved by so much.
    AimBy(f64, f64),
    /// What was taken is put down.
    PutDown,
    /// Take the pen that draws a rift, or put it away.
    Rift,
    /// The pen was put down there, or drawn to there.
    Draw(Point),
    /// Whatever is in the hand is put away.
    Leave,
    /// Nearer, or farther, around that place of the stage.
    Zoom(f64, Option<Point>),
    /// The whole stage.
    Fit,
    /// Look elsewhere, by so many pixels.
    Pan(f64, f64),
    /// Look at a node, if it is out of sight or anyhow.
    LookAt(NodeId, bool),
    /// Show the tools, or hide them.
    Open,
}

impl Arrange {
    /// The stage of a run at its beginning.
    pub fn new(plan: Plan, session: &dyn Session) -> Arrange {
        let roles = session.info().roles;
        let rank = |node: NodeId| {
            let role = session.node(node).view.role;
            roles.iter().position(|known| known.id == role).unwrap_or(0) as u8
        };
        let ranks = session.names().servers().map(rank).collect();
        let (placed, tool) = (Vec::new(), Tool::None);
        Arrange { plan, ranks, placed, camera: WHOLE, tool, open: false }
    }

    /// The stage before any run.
    pub fn empty(plan: Plan) -> Arrange {
        let (ranks, placed) = (Rc::default(), Vec::new());
        Arrange { plan, ranks, placed, camera: WHOLE, tool: Tool::None, open: false }
    }

    /// The layout, whether the pen is in the hand, whether the tools are open: what is seen of it
    /// on the tools.
    pub fn shown(&self) -> (Plan, bool, bool) {
        (self.plan, matches!(self.tool, Tool::Rift(_)), self.open)
    }

    /// Whether somebody moved a node.
    pub fn moved(&self, node: NodeId) -> bool {
        self.placed.iter().any(|(other, ..)| *other == node)
    }

    fn put(&mut self, node: NodeId, at: Point, geometry: &Geometry) {
        let part = |at: f64, size: f64| between(at / size, EDGE, 1.0 - EDGE);
        let (x, y) = (part(at.x, geometry.width), part(at.y, geometry.height));
        self.placed.retain(|(other, ..)| *other != node);
        self.placed.push((node, x, y));
    }
}

/// Does what a person wants of the stage, and says what came of it.
pub fn obey(shell: &mut Shell, names: NodeNames, wish: Wish) -> Option<String> {
    let geometry = shell.layout.0.clone();
    let size = (geometry.width, geometry.height);
    let stage = Rc::make_mut(&mut shell.stage.0);
    let (plan, placed) = (stage.plan, stage.placed.clone());
    let mut said = None;
    match wish {
        Wish::Plan(plan) => {
            *stage = Arrange { plan, ranks: stage.ranks.clone(), ..Arrange::empty(plan) };
            said = Some(format!("Laid out: {}.", plan.word()));
        }
        Wish::Put(node, at) => stage.put(node, at, &geometry),
        Wish::Nudge(node, dx, dy) => {
            stage.put(node, geometry.at(node).moved(dx, dy), &geometry);
            said = Some(format!("{} moved.", names.name(node)));
        }
        Wish::PutBack(node) => {
            stage.placed.retain(|(other, ..)| *other != node);
            stage.tool = Tool::None;
            said = Some(format!("{} is back in its place.", names.name(node)));
        }
        Wish::Take(node) => {
            stage.tool = Tool::Place(node, geometry.at(node));
            shell.context = None;
            said = Some(hint(&stage.tool, names));
        }
        Wish::Aim(at) => {
            if let Tool::Place(_, aim) = &mut stage.tool {
                *aim = at;
            }
        }
        Wish::AimBy(dx, dy) => {
            if let Tool::Place(_, aim) = &mut stage.tool {
                *aim = aim.moved(dx, dy);
            }
        }
        Wish::PutDown => {
            if let Tool::Place(node, at) = std::mem::take(&mut stage.tool) {
                stage.put(node, at, &geometry);
                said = Some(format!("{} moved.", names.name(node)));
            }
        }
        Wish::Rift if !shell.query.edit => {}
        Wish::Rift => {
            let drawing = matches!(stage.tool, Tool::Rift(_));
            stage.tool = if drawing { Tool::None } else { Tool::Rift(Vec::new()) };
            shell.context = None;
            said = (!drawing).then(|| hint(&stage.tool, names));
        }
        Wish::Draw(at) => {
            if let Tool::Rift(line) = &mut stage.tool
                && line.last().is_none_or(|last| last.far(at) > 3.0)
            {
                line.push(at);
            }
        }
        Wish::Leave => stage.tool = Tool::None,
        Wish::Zoom(by, at) => {
            let at = at.unwrap_or_else(|| match shell.selection {
                Some(Selection::Node(node)) => stage.camera.seen(geometry.at(node)),
                _ => Point { x: size.0 / 2.0, y: size.1 / 2.0 },
            });
            stage.camera = stage.camera.zoomed(by, at).kept(size);
            shell.context = None;
        }
        Wish::Fit => {
            stage.camera = WHOLE;
            shell.context = None;
        }
        Wish::Pan(dx, dy) => {
            let Camera { k, x, y } = stage.camera;
            stage.camera = Camera { k, x: x + dx, y: y + dy }.kept(size);
            shell.context = None;
        }
        Wish::LookAt(node, anyhow) => {
            let seen = stage.camera.seen(geometry.at(node));
            let inside = |at: f64, size: f64| (32.0..=size - 32.0).contains(&at);
            let sight = inside(seen.x, size.0) && inside(seen.y, size.1);
            if stage.camera.k > 1.0 && (anyhow || !sight) {
                let Camera { k, x, y } = stage.camera;
                let (x, y) = (x + size.0 / 2.0 - seen.x, y + size.1 / 2.0 - seen.y);
                stage.camera = Camera { k, x, y }.kept(size);
            }
        }
        Wish::Open => stage.open = !stage.open,
    }
    shell.tools = stage.shown();
    // Whoever only looks from elsewhere moves nobody.
    if stage.plan != plan || stage.placed != placed {
        shell.lay_out(names, size.0, size.1);
    }
    said
}

/// What one does with what is in the hand.
pub fn hint(tool: &Tool, names: NodeNames) -> String {
    match tool {
        Tool::None => String::new(),
        Tool::Place(node, _) => {
            let name = names.name(*node);
            format!("Click where {name} is to stand, or use the arrow keys and Enter.")
        }
        Tool::Rift(_) => "Draw a line across, or around some nodes.".to_string(),
    }
}
