//! Where everything stands on the stage. One unit is one CSS pixel of a stage that is not zoomed;
//! the same numbers place the nodes and links that Yew renders and the messages that the painter
//! draws.

use std::f64::consts::PI;
use std::fmt;

use js_sys::Math;

use super::arrange::{Arrange, Plan};
use crate::ui::hooks::number::{Px, between};
use crate::view::{NodeId, NodeNames};

/// A place on the stage.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Point {
    /// From the left.
    pub x: f64,
    /// From above.
    pub y: f64,
}

impl Point {
    /// How far it is to another place.
    pub fn far(self, other: Point) -> f64 {
        (self.x - other.x).hypot(self.y - other.y)
    }

    /// This place, moved.
    pub fn moved(self, dx: f64, dy: f64) -> Point {
        Point { x: self.x + dx, y: self.y + dy }
    }

    /// A place between this one and another, at that part of the way.
    pub fn towards(self, other: Point, part: f64) -> Point {
        self.moved((other.x - self.x) * part, (other.y - self.y) * part)
    }
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
    /// Whether there is room for names only.
    pub brief: bool,
    /// How many cells of a log there is room for at a node.
    pub cells: usize,
    /// How high the proposals at the foot are.
    pub foot: f64,
    nodes: Vec<Point>,
    sides: Vec<Side>,
}

/// Under this width the stage is laid out for a phone.
const NARROW: f64 = 600.0;
/// Under this height names stand beside the nodes alone.
const SHORT: f64 = 440.0;
/// Under this height a narrow stage has room for names only.
const BRIEF: f64 = 340.0;
/// And a wide one, on which a log would have to stand under its neighbour's.
const FLAT: f64 = 260.0;
/// Up to so many servers, names and logs have room beside them.
const ROOMY: u32 = 12;
/// Up to so many clients in a row, what they ask has room beside them.
const BESIDE: u32 = 2;
/// With more clients in a row than this, there is room for names only.
const ROW: u32 = 4;
/// The same for servers in a narrow ring.
const RING: u32 = 7;
/// Servers that stand beside one another have room for a log if they stand so far apart.
const APART: f64 = 104.0;
/// And at least so far apart they stand, if there is room for a further line.
const CLOSE: f64 = 56.0;
/// More ranks than these share the last tier.
const RANKS: u8 = 8;
/// How far from the stage's edge a node stays that somebody moves, as a part of the stage.
pub const EDGE: f64 = 0.04;

/// What is left of the stage for the servers.
struct Area {
    left: f64,
    top: f64,
    width: f64,
    height: f64,
    narrow: bool,
    /// Whether names stand beside the nodes, for want of height.
    short: bool,
}

impl Geometry {
    /// Lays out a cluster on a stage of that size; `proposals` stand at the foot of a wide one.
    pub fn new(
        names: NodeNames,
        (width, height): (f64, f64),
        proposals: bool,
        arrange: &Arrange,
    ) -> Geometry {
        let narrow = width < NARROW;
        let short = !narrow && height < SHORT;
        let brief = if narrow { height < BRIEF } else { height < FLAT };
        let mut made = Geometry {
            width,
            height,
            names,
            radius: 0.0,
            brief,
            cells: if narrow { 5 } else { 8 },
            foot: if proposals && !narrow { 60.0 } else { 0.0 },
            nodes: Vec::new(),
            sides: Vec::new(),
        };
        match arrange.plan {
            Plan::Ring => made.ring(narrow, short),
            plan => made.lines(plan, narrow, short, &arrange.ranks),
        }
        for &(node, x, y) in &arrange.placed {
            made.put(node, Point { x: x * width, y: y * height });
        }
        made
    }

    /// Servers in a ring, clients to its left or, on a phone, under it.
    fn ring(&mut self, narrow: bool, short: bool) {
        let (names, width, height, brief) = (self.names, self.width, self.height, self.brief);
        let aside = names.clients > 0 && (brief || !narrow);
        let left = match (aside, narrow) {
            (false, _) => 0.0,
            (true, true) => 56.0,
            (true, false) if names.clients > 4 => 120.0,
            (true, false) => 96.0,
        };
        let bottom = match names.clients {
            0 => 0.0,
            _ if aside => 0.0,
            1..=BESIDE => 60.0,
            _ => 78.0,
        };
        // Above the ring stand a name and a log, below it the proposals.
        let foot = self.foot;
        let (margin_x, top, foot) = match (narrow, self.roomy()) {
            (true, true) if brief => (72.0, 48.0, 40.0),
            (false, true) if brief => (between(width * 0.2, 110.0, 220.0), 44.0, 36.0 + foot),
            (true, true) => (60.0, 96.0, 96.0),
            (false, true) if short => (between(width * 0.2, 110.0, 220.0), 60.0, 56.0 + foot),
            (false, true) => (between(width * 0.2, 120.0, 220.0), 124.0, 52.0 + foot),
            (true, false) => (36.0, 60.0, 52.0),
            (false, false) => (84.0, 76.0, 64.0 + foot),
        };
        let area = (width - left, height - bottom - top - foot);
        let centre = Point { x: left + area.0 / 2.0, y: top + area.1 / 2.0 };
        let axes = ((area.0 / 2.0 - margin_x).max(50.0), (area.1 / 2.0).max(40.0));
        let axes = (axes.0.min(axes.1 * 1.7), axes.1.min(axes.0 * 1.7));
        let around = PI * (axes.0 + axes.1);
        let most = if narrow { 22.0 } else { 32.0_f64.min(axes.1 * 0.26) };
        self.radius = between(around / f64::from(names.servers.max(1)) * 0.22, 7.0, most);
        for node in names.servers() {
            let (sin, cos) = direction(node.0, names.servers);
            self.nodes.push(centre.moved(axes.0 * cos, axes.1 * sin));
            self.sides.push(side(sin, cos, narrow && !brief, short || brief));
        }
        for (place, _) in names.clients().enumerate() {
            self.nodes.push(client_place(place, names.clients as usize, !aside, width, height));
            let beside = !aside && names.clients <= BESIDE;
            self.sides.push(if beside { Side::Right } else { Side::Below });
        }
    }

    /// Servers in lines, those of the first rank on top, and the clients under them.
    fn lines(&mut self, plan: Plan, narrow: bool, short: bool, ranks: &[u8]) {
        let (names, width) = (self.names, self.width);
        let foot = self.foot + if short || self.brief { 0.0 } else { 12.0 };
        let rows = client_rows(names.clients, width);
        let bottom = match names.clients {
            0 => 0.0,
            _ if self.brief => 40.0 * rows,
            _ => 16.0 + 52.0 * rows,
        };
        let top = if narrow || short { 44.0 } else { 56.0 };
        let area = Area {
            left: 24.0,
            top,
            width: width - 48.0,
            height: self.height - bottom - top - foot,
            narrow,
            short: short || self.brief,
        };
        let most = (area.width / CLOSE).floor().max(1.0) as usize;
        let mut groups: Vec<Vec<NodeId>> = Vec::new();
        let rank = |node: NodeId| match plan {
            Plan::Tiers => ranks.get(node.index()).copied().unwrap_or(0).min(RANKS - 1),
            _ => 0,
        };
        let count = names.servers as usize;
        // One rank alone would be a row: it stands in two lines, so that links do not coincide.
        let alone = names.servers().all(|node| rank(node) == rank(NodeId(0)));
        let split = plan == Plan::Tiers && alone && count > 2;
        let most = if split { most.min(count.div_ceil(2)) } else { most };
        for wanted in 0..RANKS {
            let mut full = most;
            for node in names.servers().filter(|node| rank(*node) == wanted) {
                if full == most {
                    groups.push(Vec::new());
                    full = 0;
                }
                full += 1;
                if let Some(group) = groups.last_mut() {
                    group.push(node);
                }
            }
        }
        self.stand(&area, &groups);
        for (place, _) in names.clients().enumerate() {
            let in_row = (f64::from(names.clients) / rows).ceil().max(1.0);
            let row = (place as f64 / in_row).floor();
            let column = place as f64 - row * in_row;
            let y = self.height - foot - 34.0 - (rows - 1.0 - row) * 52.0;
            let x = 24.0 + area.width * (column + 0.5) / in_row;
            let beside = names.clients <= BESIDE;
            self.nodes.push(Point { x: if beside { x - 40.0 } else { x }, y });
            self.sides.push(if beside || self.brief { Side::Right } else { Side::Below });
        }
    }

    /// Puts lines of servers one under the other.
    fn stand(&mut self, area: &Area, lines: &[Vec<NodeId>]) {
        let longest = lines.iter().map(Vec::len).max().unwrap_or(1).max(1) as f64;
        let (gap, high) = (area.width / longest, area.height / lines.len().max(1) as f64);
        let most = if area.narrow { 22.0 } else { 32.0 };
        self.radius = between((gap * 0.25).min(high * 0.2), 7.0, most);
        let cells = ((gap - 24.0) / 17.0).floor();
        self.cells = between(cells, 1.0, self.cells as f64) as usize;
        self.brief |= gap < APART || high < 120.0;
        self.nodes = vec![Point::default(); self.names.servers as usize];
        self.sides = vec![Side::Below; self.names.servers as usize];
        for (row, line) in lines.iter().enumerate() {
            // A line alone leaves the room above it to the links that pass over its nodes.
            let part = if lines.len() == 1 { 0.56 } else { 0.4 };
            let y = area.top + high * (row as f64 + part);
            for (place, node) in line.iter().enumerate() {
                let part = (place as f64 + 0.5) / line.len() as f64;
                let x = area.left + area.width * part;
                // Two lines of the same length do not stand one exactly under the other.
                let even = lines.len() > 1 && line.len() as f64 == longest && line.len() > 1;
                let aside = if even && row % 2 == 1 { gap * 0.16 } else { 0.0 };
                self.nodes[node.index()] = Point { x: x - aside, y };
                if area.short && lines.len() > 1 {
                    self.sides[node.index()] = Side::Right;
                }
            }
        }
    }

    /// Puts a node somewhere else than its layout would.
    fn put(&mut self, node: NodeId, at: Point) {
        let (narrow, width) = (self.narrow(), self.width);
        let Some(slot) = self.nodes.get_mut(node.index()) else { return };
        *slot = at;
        self.sides[node.index()] = match () {
            () if narrow && at.y > self.height * 0.5 => Side::Above,
            () if narrow => Side::Below,
            () if at.x > width - 190.0 => Side::Left,
            () => Side::Right,
        };
    }

    /// Where a node stands.
    pub fn at(&self, node: NodeId) -> Point {
        let middle = Point { x: self.width / 2.0, y: self.height / 2.0 };
        self.nodes.get(node.index()).copied().unwrap_or(middle)
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
        let client = self.names.is_client(node);
        let crowded = if client { clients > ROW } else { servers > RING };
        self.brief || !self.roomy() || self.narrow() && crowded
    }

    fn narrow(&self) -> bool {
        self.width < NARROW
    }

    /// Whether logs have room beside the nodes.
    pub fn roomy(&self) -> bool {
        self.names.servers <= ROOMY
    }

    /// The way of a message: a slightly bowed curve that keeps to the right, so that the two
    /// directions stand apart, and that goes round whoever stands between. Start, bend and end.
    pub fn way(&self, from: NodeId, to: NodeId) -> [Point; 3] {
        let (a, b) = (self.at(from), self.at(to));
        let length = a.far(b).max(1.0);
        let (ux, uy) = ((b.x - a.x) / length, (b.y - a.y) / length);
        let client = self.names.is_client(from) || self.names.is_client(to);
        let bow = if client { 3.0 } else { between(length * 0.05, 6.0, 16.0) };
        let apart = 4.0;
        let right = |p: Point, by: f64| p.moved(-uy * by, ux * by);
        let round = self.detour(from, to, (ux, uy), length);
        let bend = right(a.towards(b, 0.5), apart + bow + round);
        let edge = |p: Point, node: NodeId, part: f64| {
            let far = p.far(bend).max(1.0);
            let reach = (self.radius_of(node) + 2.0).min(far * part);
            right(p.towards(bend, reach / far), apart)
        };
        [edge(a, from, 0.9), bend, edge(b, to, 0.9)]
    }

    /// How far to the right a way has to bend so that it passes nobody else's node; negative: to
    /// the left. Both directions bend to the same side, so that they stay beside each other.
    fn detour(&self, from: NodeId, to: NodeId, (ux, uy): (f64, f64), length: f64) -> f64 {
        let a = self.at(from);
        let (mut most, mut sum, mut count) = (0.0_f64, 0.0, 0.0);
        for other in self.names.all().filter(|other| *other != from && *other != to) {
            let c = self.at(other);
            let (x, y) = (c.x - a.x, c.y - a.y);
            let (part, aside) = ((x * ux + y * uy) / length, y * ux - x * uy);
            let radius = self.radius_of(other);
            if !(0.02..=0.98).contains(&part) || aside.abs() > radius + 6.0 {
                continue;
            }
            let need = radius + 18.0 - aside.abs();
            most = most.max(need / (2.0 * part * (1.0 - part)).max(0.18));
            sum += aside;
            count += 1.0;
        }
        if count == 0.0 {
            return 0.0;
        }
        // Away from whoever is in the way; where that says nothing, upwards.
        let sign = match sum {
            sum if sum > 2.0 => -1.0,
            sum if sum < -2.0 => 1.0,
            _ if ux > 0.001 || (ux > -0.001 && uy < 0.0) => -1.0,
            _ => 1.0,
        };
        sign * (most + 40.0 * count).min(length * 0.6)
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

fn client_rows(clients: u32, width: f64) -> f64 {
    (f64::from(clients) * 48.0 / width).ceil().max(1.0)
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
