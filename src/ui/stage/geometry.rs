//! Where everything stands on the stage. One unit is one CSS pixel; the same numbers place the
//! nodes and links that Yew renders and the messages that the painter draws.

use std::f64::consts::PI;
use std::fmt;

use js_sys::Math;

use crate::ui::hooks::number::{Px, between};
use crate::view::{NodeId, NodeNames};

/// A place on the stage.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// From the left.
    pub x: f64,
    /// From above.
    pub y: f64,
}

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", Px(self.x), Px(self.y))
    }
}

/// Where a node's name and log stand relative to the node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Over it.
    Above,
    /// Under it.
    Below,
    /// To its left, flush right.
    Left,
    /// To its right, flush left.
    Right,
}

/// The layout of a stage.
#[derive(Clone, Debug, PartialEq)]
pub struct Geometry {
    /// Width.
    pub width: f64,
    /// Height.
    pub height: f64,
    /// How everybody is called: also how many there are.
    pub names: NodeNames,
    /// The radius of a node.
    pub radius: f64,
    /// The middle of the ring.
    pub centre: Point,
    /// The ring's half axes.
    pub axes: (f64, f64),
    /// Whether there is room for names only.
    pub brief: bool,
    /// How many cells of a log there is room for at a node.
    pub cells: usize,
    nodes: Vec<Point>,
    sides: Vec<Side>,
}

/// Under this width the stage is laid out for a phone.
const NARROW: f64 = 600.0;
/// Under this height names stand beside the nodes alone.
const SHORT: f64 = 440.0;
/// Under this height a narrow stage has room for names only.
const BRIEF: f64 = 340.0;
/// Up to so many servers, names and logs have room beside them.
const ROOMY: u32 = 12;
/// Up to so many clients in a row, what they ask has room beside them.
const BESIDE: u32 = 2;
/// With more clients in a row than this, there is room for names only.
const ROW: u32 = 4;
/// The same for servers in a narrow ring.
const RING: u32 = 7;

impl Geometry {
    /// Lays out a cluster on a stage of that size; `proposals` stand at the foot of a wide one.
    pub fn new(names: NodeNames, width: f64, height: f64, proposals: bool) -> Geometry {
        let narrow = width < NARROW;
        let servers = f64::from(names.servers.max(1));
        let clients = names.clients > 0;
        let short = !narrow && height < SHORT;
        let brief = narrow && height < BRIEF;
        let aside = clients && (brief || !narrow);
        let left = match (aside, narrow) {
            (false, _) => 0.0,
            (true, true) => 56.0,
            (true, false) => {
                if names.clients > 4 {
                    120.0
                } else {
                    96.0
                }
            }
        };
        let bottom = match names.clients {
            0 => 0.0,
            _ if aside => 0.0,
            1..=BESIDE => 60.0,
            _ => 78.0,
        };
        let roomy = names.servers <= ROOMY;
        // Above the ring stand a name and a log, below it the proposals.
        let foot = if proposals { 60.0 } else { 0.0 };
        let (margin_x, top, foot) = match (narrow, roomy) {
            _ if brief => (72.0, 48.0, 40.0),
            (true, true) => (60.0, 96.0, 96.0),
            (false, true) if short => (between(width * 0.2, 110.0, 220.0), 60.0, 56.0 + foot),
            (false, true) => (between(width * 0.2, 120.0, 220.0), 124.0, 52.0 + foot),
            (_, false) => (32.0, 32.0, 40.0 + foot),
        };
        let area = (width - left, height - bottom - top - foot);
        let centre = Point { x: left + area.0 / 2.0, y: top + area.1 / 2.0 };
        let axes = ((area.0 / 2.0 - margin_x).max(50.0), (area.1 / 2.0).max(40.0));
        let axes = (axes.0.min(axes.1 * 1.7), axes.1.min(axes.0 * 1.7));
        let around = PI * (axes.0 + axes.1);
        let most = if narrow { 22.0 } else { 32.0_f64.min(axes.1 * 0.26) };
        let radius = between(around / servers * 0.22, 7.0, most);
        let mut nodes = Vec::new();
        let mut sides = Vec::new();
        for node in names.servers() {
            let (sin, cos) = direction(node.0, names.servers);
            nodes.push(Point { x: centre.x + axes.0 * cos, y: centre.y + axes.1 * sin });
            sides.push(side(sin, cos, narrow && !brief, short || brief));
        }
        for (place, _) in names.clients().enumerate() {
            nodes.push(client_place(place, names.clients as usize, !aside, width, height));
            let beside = !aside && names.clients <= BESIDE;
            sides.push(if beside { Side::Right } else { Side::Below });
        }
        let cells = if narrow { 5 } else { 8 };
        Geometry { width, height, names, radius, centre, axes, brief, cells, nodes, sides }
    }

    /// Where a node stands.
    pub fn at(&self, node: NodeId) -> Point {
        self.nodes.get(node.index()).copied().unwrap_or(self.centre)
    }

    /// Where its name stands.
    pub fn side(&self, node: NodeId) -> Side {
        self.sides.get(node.index()).copied().unwrap_or(Side::Below)
    }

    /// How large it is drawn.
    pub fn radius_of(&self, node: NodeId) -> f64 {
        if !self.names.is_client(node) {
            return self.radius;
        }
        let room =
            if self.narrow() { self.width / f64::from(self.names.clients) / 2.2 } else { 22.0 };
        self.radius.min(22.0).min(room)
    }

    /// Whether there is room for a node's name only.
    pub fn terse(&self, node: NodeId) -> bool {
        let (servers, clients) = (self.names.servers, self.names.clients);
        let crowded = if self.names.is_client(node) { clients > ROW } else { servers > RING };
        self.brief || self.narrow() && crowded
    }

    fn narrow(&self) -> bool {
        self.width < NARROW
    }

    /// Whether names and logs have room beside the nodes.
    pub fn roomy(&self) -> bool {
        self.names.servers <= ROOMY
    }

    /// The way of a message: a slightly bowed curve that keeps to the right, so that the two
    /// directions stand apart. Start, bend and end.
    pub fn way(&self, from: NodeId, to: NodeId) -> [Point; 3] {
        let (a, b) = (self.at(from), self.at(to));
        let (dx, dy) = (b.x - a.x, b.y - a.y);
        let length = dx.hypot(dy).max(1.0);
        let (ux, uy) = (dx / length, dy / length);
        let client = self.names.is_client(from) || self.names.is_client(to);
        let bow = if client { 3.0 } else { between(length * 0.05, 6.0, 16.0) };
        let apart = 4.0;
        let (start, end) = (self.radius_of(from) + 2.0, self.radius_of(to) + 2.0);
        let right = |p: Point, by: f64| Point { x: p.x - uy * by, y: p.y + ux * by };
        let begin = right(Point { x: a.x + ux * start, y: a.y + uy * start }, apart);
        let finish = right(Point { x: b.x - ux * end, y: b.y - uy * end }, apart);
        let middle = Point { x: (a.x + b.x) / 2.0, y: (a.y + b.y) / 2.0 };
        [begin, right(middle, apart + bow), finish]
    }

    /// A place on that way, from 0 to 1.
    pub fn along(&self, from: NodeId, to: NodeId, part: f64) -> Point {
        point_on(&self.way(from, to), part)
    }

    /// The way as an SVG path.
    pub fn path(&self, from: NodeId, to: NodeId) -> String {
        let [a, b, c] = self.way(from, to);
        format!("M{a}Q{b} {c}")
    }

    /// The node that stands nearest in a direction, to walk over the stage by arrow keys.
    pub fn neighbour(&self, node: NodeId, dx: f64, dy: f64) -> Option<NodeId> {
        let from = self.at(node);
        let mut best: Option<(f64, NodeId)> = None;
        for other in self.names.all().filter(|other| *other != node) {
            let to = self.at(other);
            let (x, y) = (to.x - from.x, to.y - from.y);
            let ahead = x * dx + y * dy;
            let aside = (x * dy - y * dx).abs();
            if ahead <= 4.0 || aside > ahead * 2.5 {
                continue;
            }
            let cost = ahead + aside * 2.0;
            if best.is_none_or(|(least, _)| cost < least) {
                best = Some((cost, other));
            }
        }
        best.map(|(_, node)| node)
    }

    /// A point on an ellipse around the ring, between the server of that number and the next.
    pub fn gap(&self, after: u32, beyond: f64) -> Point {
        let turn = (f64::from(after) + 0.5) / f64::from(self.names.servers.max(1));
        let angle = turn * 2.0 * PI - PI / 2.0;
        Point {
            x: self.centre.x + (self.axes.0 + beyond) * Math::cos(angle),
            y: self.centre.y + (self.axes.1 + beyond) * Math::sin(angle),
        }
    }
}

/// A place on a way, from 0 to 1.
pub fn point_on([a, b, c]: &[Point; 3], part: f64) -> Point {
    let part = between(part, 0.0, 1.0);
    let rest = 1.0 - part;
    let (start, bend, end) = (rest * rest, 2.0 * rest * part, part * part);
    Point { x: start * a.x + bend * b.x + end * c.x, y: start * a.y + bend * b.y + end * c.y }
}

fn direction(place: u32, count: u32) -> (f64, f64) {
    let angle = f64::from(place) / f64::from(count.max(1)) * 2.0 * PI - PI / 2.0;
    (Math::sin(angle), Math::cos(angle))
}

fn side(sin: f64, cos: f64, narrow: bool, short: bool) -> Side {
    match () {
        () if narrow && sin < 0.1 => Side::Above,
        () if narrow => Side::Below,
        () if !short && sin < -0.9 => Side::Above,
        () if cos > -0.01 => Side::Right,
        () => Side::Left,
    }
}

fn client_place(place: usize, count: usize, narrow: bool, width: f64, height: f64) -> Point {
    let share = |size: f64| size * (place as f64 + 1.0) / (count as f64 + 1.0);
    if narrow {
        let cell = width / count as f64;
        let left = cell * place as f64;
        if count <= BESIDE as usize {
            return Point { x: left + (cell / 2.0 - 56.0).max(32.0), y: height - 32.0 };
        }
        return Point { x: left + cell / 2.0, y: height - 50.0 };
    }
    if count > 4 {
        let rows = count.div_ceil(2);
        let (column, row) = (place / rows, place % rows);
        let y = height * (row as f64 + 1.0) / (rows as f64 + 1.0);
        return Point { x: if column == 0 { 40.0 } else { 112.0 }, y };
    }
    Point { x: if width < NARROW { 30.0 } else { 64.0 }, y: share(height) }
}
