//! A partition, seen: the sides are tinted apart and a crack runs between them. Both are computed
//! from the cuts alone, so that a partition made link by link looks the same, and from where the
//! nodes stand, so that it looks right in every layout: each place belongs to the nearest node.

use js_sys::Math;
use yew::prelude::*;

use super::Layout;
use super::geometry::Point;
use crate::ui::hooks::number::Px;
use crate::ui::state::scene::Scene;
use crate::view::NodeId;

/// The side of each node; none for a client that hears more than one of them.
pub type Sides = Vec<Option<u32>>;

/// Beyond an edge that nobody stands at: the end of the picture.
const FRAME: u32 = u32::MAX;
/// How long the teeth of the crack are.
const TOOTH: f64 = 16.0;

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
    let count = sides.iter().flatten().max().map_or(0, |most| most + 1);
    let mut tints = vec![String::new(); count as usize];
    let mut cracks = String::new();
    for node in layout.names.all() {
        let Some(side) = sides[node.index()] else { continue };
        let region = region(layout, node);
        let tint = &mut tints[side as usize];
        for (place, corner) in region.iter().enumerate() {
            tint.push(if place == 0 { 'M' } else { 'L' });
            tint.push_str(&corner.at.to_string());
            let next = region[(place + 1) % region.len()].at;
            let other = sides.get(corner.beyond as usize).copied().flatten();
            if corner.beyond > node.0 && other.is_some_and(|other| other != side) {
                crack(&mut cracks, corner.at, next);
            }
        }
        tint.push('Z');
    }
    let labels = (0..count).filter_map(|side| Some((side, label_at(layout, sides, side)?)));
    html! {
        <g class="rifts" aria-hidden="true">
            <defs>{ for (1..4).map(pattern) }</defs>
            { for tints.iter().enumerate().map(|(side, d)| {
                let class = format!("side side-{}", side % 4);
                html! { <><path {class} d={d.clone()} />
                    if side % 4 > 0 {
                        <path d={d.clone()} fill={format!("url(#hatch-{})", side % 4)} />
                    }
                </> }
            }) }
            <path class="rift" d={cracks} />
            { for labels.map(|(side, at)| html! {
                <text class="side-name" x={Px(at.x).to_string()} y={Px(at.y).to_string()}>
                    { format!("side {}", side + 1) }</text>
            }) }
        </g>
    }
}

/// Sides differ by their hatching as well: the first has none.
fn pattern(side: u32) -> Html {
    let d = ["M0 12L12 0", "M0 0L12 12", "M0 6H12"][side as usize - 1];
    html! {
        <pattern id={format!("hatch-{side}")} width="12" height="12"
            patternUnits="userSpaceOnUse"><path class="hatch" {d} /></pattern>
    }
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
    path.push_str(&format!("M{from}"));
    for tooth in 1..teeth {
        let aside = if tooth.is_multiple_of(2) { 5.0 } else { -5.0 };
        let at = from.towards(to, f64::from(tooth) / f64::from(teeth));
        path.push_str(&format!("L{}", at.moved(nx * aside, ny * aside)));
    }
    path.push_str(&format!("L{to}"));
}

/// Where along the stage's edge a side has the most room for its name.
fn label_at(layout: &Layout, sides: &Sides, side: u32) -> Option<Point> {
    let (w, h) = (layout.width, layout.height);
    let (left, right, top, bottom) = (36.0, w - 36.0, 56.0, h - layout.foot - 16.0);
    let mut best: Option<(f64, Point)> = None;
    for place in 0..=24 {
        let part = f64::from(place) / 24.0;
        let (x, y) = (left + (right - left) * part, top + (bottom - top) * part);
        for (x, y) in [(x, top), (x, bottom), (left, y), (right, y)] {
            let at = Point { x, y };
            let far = |node: &NodeId| layout.at(*node).far(at);
            let mut nearest: Option<NodeId> = None;
            for node in layout.names.all() {
                if nearest.is_none_or(|other| far(&node) < far(&other)) {
                    nearest = Some(node);
                }
            }
            let Some(node) = nearest.filter(|node| sides[node.index()] == Some(side)) else {
                continue;
            };
            let room = far(&node).min(150.0);
            if room > layout.radius + 30.0 && best.is_none_or(|(most, _)| room > most) {
                best = Some((room, at));
            }
        }
    }
    best.map(|(_, at)| at)
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
    let count = sides.iter().flatten().max().map_or(0, |most| most + 1);
    let of = |side: u32| {
        let nodes = sides.iter().enumerate().filter(|(_, own)| **own == Some(side));
        nodes.map(|(node, _)| NodeId(node as u32)).collect()
    };
    (0..count).map(of).collect()
}
