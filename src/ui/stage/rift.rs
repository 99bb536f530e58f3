//! A partition, seen: the sides are tinted apart and a crack runs between them. Both are computed
//! from the cuts alone, so that a partition made link by link looks the same, and from where the
//! nodes stand, so that it looks right in every layout: each place belongs to the nearest node.

use js_sys::Math;
use yew::Html;

use super::Layout;
use super::geometry::Point;
use super::svg;
use crate::ui::hooks::markup::markup;
use crate::ui::state::scene::Scene;
use crate::view::{NodeId, NodeNames, Value};

/// The side of each node; none for a client that hears more than one of them.
pub type Sides = Vec<Option<u32>>;

/// Beyond an edge that nobody stands at: the end of the picture.
const FRAME: u32 = u32::MAX;
/// How long a tooth of the crack is.
const TOOTH: f64 = 14.0;
/// How far the teeth reach to either side: not all the same, as nothing tears like a saw.
const TEETH: [f64; 7] = [-4.0, 5.0, -2.0, 3.0, -6.0, 4.0, -3.0];

/// A corner of a node's region.
#[derive(Clone, Copy)]
struct Corner {
    at: Point,
    /// Whose region lies beyond the edge that begins here.
    beyond: u32,
}

/// The sides that the cuts make; none if everybody hears everybody.
pub fn sides(scene: &Scene) -> Option<Sides> {
    if !scene.split() {
        return None;
    }
    let servers = scene.sides.iter().copied().map(Some);
    let clients = scene.names.clients().map(|client| {
        let own = scene.links.iter().filter(|link| link.b == client);
        let open = own.filter(|link| !link.there.cut || !link.back.cut);
        let mut heard = open.map(|link| scene.sides[link.a.index()]);
        let first = heard.next()?;
        heard.all(|side| side == first).then_some(first)
    });
    Some(servers.chain(clients).collect())
}

/// The sides, tinted and named, and the crack between them.
pub fn rift(layout: &Layout, sides: &Sides) -> Html {
    let mut drawn = Vec::new();
    let mut cracks = String::new();
    for (side, members) in members(sides).into_iter().enumerate() {
        let mut tint = String::new();
        for node in members {
            let region = region(layout, node);
            for (place, corner) in region.iter().enumerate() {
                svg::go(&mut tint, place == 0, corner.at);
                let next = region[(place + 1) % region.len()].at;
                let other = sides.get(corner.beyond as usize).copied().flatten();
                if corner.beyond > node.0 && other.is_some_and(|other| other != side as u32) {
                    crack(&mut cracks, corner.at, next);
                }
            }
            tint.push('Z');
        }
        let tone = side % 4;
        drawn.push(svg::path(&format!("side side-{tone}"), &tint));
        // Sides differ by their hatching as well: the first has none.
        if tone > 0 {
            let id = format!("hatch-{tone}");
            let hatched = svg::filled(&tint, &id);
            let d = ["M0 12L12 0", "M0 0L12 12", "M0 6H12"][tone - 1];
            drawn.push(markup(|page| {
                page.el("pattern width=12 height=12 patternUnits=userSpaceOnUse", |page| {
                    page.attr("id", &id);
                    page.put(svg::path("hatch", d));
                });
            }));
            drawn.push(hatched);
        }
    }
    drawn.push(svg::path("rift", &cracks));
    for side in 0..sides.iter().flatten().max().map_or(0, |most| most + 1) {
        if let Some(at) = label_at(layout, sides, side) {
            drawn.push(svg::label("side-name", at, format!("side {}", side + 1)));
        }
    }
    svg::group("rifts", drawn)
}

/// The part of the picture that is nearer to a node than to any other.
fn region(layout: &Layout, node: NodeId) -> Vec<Corner> {
    let (w, h) = (layout.width, layout.height);
    // Beyond the stage too: one may look at it from farther away.
    let frame = [(-w, -h), (2.0 * w, -h), (2.0 * w, 2.0 * h), (-w, 2.0 * h)];
    let mut region: Vec<Corner> =
        frame.into_iter().map(|(x, y)| Corner { at: Point { x, y }, beyond: FRAME }).collect();
    let own = layout.at(node);
    for other in layout.names.all().filter(|other| *other != node) {
        region = clip(&region, own, layout.at(other), other.0);
    }
    region
}

/// What of a region is nearer to `own` than to `other`.
fn clip(region: &[Corner], own: Point, other: Point, id: u32) -> Vec<Corner> {
    let middle = own.towards(other, 0.5);
    let (nx, ny) = (other.x - own.x, other.y - own.y);
    let beyond = |p: Point| (p.x - middle.x) * nx + (p.y - middle.y) * ny;
    let mut kept = Vec::with_capacity(region.len() + 1);
    for (place, corner) in region.iter().enumerate() {
        let next = region[(place + 1) % region.len()].at;
        let (here, there) = (beyond(corner.at), beyond(next));
        if here <= 0.0 {
            kept.push(*corner);
        }
        if (here <= 0.0) != (there <= 0.0) {
            let at = corner.at.towards(next, here / (here - there));
            kept.push(Corner { at, beyond: if here <= 0.0 { id } else { corner.beyond } });
        }
    }
    kept
}

/// A jagged line.
fn crack(path: &mut String, from: Point, to: Point) {
    let length = from.far(to).max(1.0);
    let (nx, ny) = ((from.y - to.y) / length, (to.x - from.x) / length);
    let teeth = (length / TOOTH).ceil() as u32;
    svg::go(path, true, from);
    for tooth in 1..teeth {
        let aside = TEETH[tooth as usize % TEETH.len()];
        let at = from.towards(to, f64::from(tooth) / f64::from(teeth));
        svg::go(path, false, at.moved(nx * aside, ny * aside));
    }
    svg::go(path, false, to);
}

/// Where along the stage's edge a side has the most room for its name.
fn label_at(layout: &Layout, sides: &Sides, side: u32) -> Option<Point> {
    let (w, h) = (layout.width - 72.0, layout.height - layout.foot - 72.0);
    let mut best = None;
    let mut most = layout.radius + 30.0;
    for place in 0..100 {
        let part = f64::from(place / 4) / 24.0;
        let (x, y) = [(part, 0.0), (part, 1.0), (0.0, part), (1.0, part)][place as usize % 4];
        let at = Point { x: 36.0 + w * x, y: 56.0 + h * y };
        let (mut room, mut own) = (f64::MAX, false);
        for node in layout.names.all() {
            let far = layout.at(node).far(at);
            if far < room {
                (room, own) = (far, sides[node.index()] == Some(side));
            }
        }
        // Where it is far from everybody, no place is better than another.
        let room = room.min(150.0);
        if own && room > most {
            most = room;
            best = Some(at);
        }
    }
    best
}

/// The sides of a line that somebody draws: across the stage, as if it went on at both ends, or
/// round some nodes. None if all nodes are on one side.
pub fn split(layout: &Layout, line: &[Point]) -> Option<Sides> {
    let (first, last) = (*line.first()?, *line.last()?);
    let reach: f64 = line.windows(2).map(|pair| pair[0].far(pair[1])).sum();
    if reach < 24.0 {
        return None;
    }
    let mut line = line.to_vec();
    if reach > 160.0 && first.far(last) < reach * 0.2 {
        line.push(first);
    } else {
        // A hand trembles where it starts and stops: the ends go on as a quarter of the line did.
        let quarter = line.len() / 4;
        let (near, far) = (line[quarter.max(1)], line[line.len() - 1 - quarter.max(1)]);
        let on = |from: Point, to: Point| from.towards(to, 20_000.0 / from.far(to).max(1.0));
        line.insert(0, on(near, first));
        line.push(on(far, last));
    }
    let away = Point { x: -3_000.0, y: -3_111.0 };
    let odd = |node: NodeId| {
        let at = layout.at(node);
        let crossings = line.windows(2).filter(|pair| cross(at, away, pair[0], pair[1]));
        crossings.count() % 2 == 1
    };
    let base = odd(NodeId(0));
    let sides: Sides = layout.names.all().map(|node| Some(u32::from(odd(node) != base))).collect();
    sides.contains(&Some(1)).then_some(sides)
}

/// Whether two straight lines cross.
fn cross(a: Point, b: Point, c: Point, d: Point) -> bool {
    let turn = |p: Point, q: Point, r: Point| {
        Math::sign((q.x - p.x) * (r.y - p.y) - (q.y - p.y) * (r.x - p.x))
    };
    turn(a, b, c) != turn(a, b, d) && turn(c, d, a) != turn(c, d, b)
}

/// Who is on each side, in the order of the sides.
pub fn members(sides: &Sides) -> Vec<Vec<NodeId>> {
    let mut members: Vec<Vec<NodeId>> = Vec::new();
    for (node, side) in sides.iter().enumerate() {
        let Some(side) = side else { continue };
        while members.len() <= *side as usize {
            members.push(Vec::new());
        }
        members[*side as usize].push(NodeId(node as u32));
    }
    members
}

/// The same in words: `n1 n2`.
pub fn names(layout: NodeNames, sides: &Sides) -> Vec<String> {
    members(sides).into_iter().map(|nodes| Value::Nodes(nodes).show(layout)).collect()
}
