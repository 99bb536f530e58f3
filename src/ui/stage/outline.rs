//! Who answered whom: an outline around those whose answers a node gathers. It is drawn as far as
//! it has come, and closes when there are enough.

use js_sys::Math;
use yew::prelude::*;

use super::Layout;
use super::geometry::{Point, Side};
use super::svg;
use crate::ui::state::scene::{Scene, Shot};
use crate::view::{NodeId, Quorum};

/// How far the outline stays from a node; several around the same nodes stay apart.
const AWAY: f64 = 25.0;
const APART: f64 = 6.0;

/// The outlines of a scene.
pub fn outlines(scene: &Scene, layout: &Layout) -> Vec<Html> {
    let mut drawn = Vec::new();
    for shot in scene.nodes.iter().filter(|shot| shot.up) {
        for quorum in &shot.view.quorums {
            drawn.push(outline(layout, shot, quorum, drawn.len()));
        }
    }
    drawn
}

fn outline(layout: &Layout, shot: &Shot, quorum: &Quorum, place: usize) -> Html {
    let away = AWAY + APART * (place % 4) as f64;
    let members = &quorum.members;
    let line = hull(layout, members, away);
    if line.is_empty() {
        return Html::default();
    }
    let closed = quorum.reached();
    let mut path = String::new();
    for (place, point) in line.iter().enumerate() {
        svg::go(&mut path, place == 0, *point);
    }
    path.push('Z');
    // Who stands between the members without being one of them is left out.
    let mut holes = String::new();
    for node in layout.names.all().filter(|node| !members.contains(node)) {
        let at = layout.at(node);
        if inside(&line, at) {
            holes.push_str(&svg::circle(at, layout.radius_of(node) + 9.0));
        }
    }
    let area = format!("{path}{holes}");
    let mut drawn = vec![svg::path("area", &area)];
    if closed {
        drawn.push(svg::path("line", &area));
    } else {
        // The part of the line that is drawn is the part of the answers that are there.
        drawn.push(svg::path("rest", &area));
        drawn.push(svg::partly("line", &path, members.len(), quorum.needed));
    }
    let count = quorum.count();
    if let Some(at) = label_at(layout, members, &line, place) {
        drawn.push(svg::label("", at, format!("{} {count}", shot.name)));
    }
    let class = if closed { "quorum reached" } else { "quorum" };
    let generation = shot.view.generation.map_or(8, |generation| generation % 8);
    svg::group(&format!("{class} gen-{generation}"), drawn)
}

/// Points around a place.
fn around(at: Point, r: f64) -> impl Iterator<Item = Point> {
    (0..24).map(move |step| {
        let angle = f64::from(step) / 12.0 * std::f64::consts::PI;
        at.moved(r * Math::cos(angle), r * Math::sin(angle))
    })
}

/// The shortest line around some nodes that keeps its distance.
fn hull(layout: &Layout, members: &[NodeId], away: f64) -> Vec<Point> {
    let mut points = Vec::new();
    for &node in members {
        points.extend(around(layout.at(node), layout.radius_of(node) + away));
    }
    let Some(mut start) = points.first().copied() else { return points };
    for point in &points {
        if point.x < start.x {
            start = *point;
        }
    }
    let mut line = vec![start];
    let mut at = start;
    // Every next corner is the one that leaves all others on one hand.
    while line.len() <= points.len() {
        let mut next = points[0];
        for &point in &points {
            let turn = (next.x - at.x) * (point.y - at.y) - (next.y - at.y) * (point.x - at.x);
            let same = next == at;
            if same || turn < 0.0 || (turn == 0.0 && at.far(point) > at.far(next)) {
                next = point;
            }
        }
        if next == start {
            break;
        }
        line.push(next);
        at = next;
    }
    line
}

/// Whether a place is inside of a line that leaves everything on one hand.
fn inside(line: &[Point], at: Point) -> bool {
    line.iter().enumerate().all(|(place, a)| {
        let b = line[(place + 1) % line.len()];
        (b.x - a.x) * (at.y - a.y) - (b.y - a.y) * (at.x - a.x) >= 0.0
    })
}

/// Where the count has room: in the middle of the members, else under or above them. Several are
/// written one under the other.
fn label_at(layout: &Layout, members: &[NodeId], line: &[Point], place: usize) -> Option<Point> {
    let count = members.len().max(1) as f64;
    let sum = members.iter().fold(Point::default(), |sum, node| {
        let at = layout.at(*node);
        sum.moved(at.x, at.y)
    });
    let middle = Point { x: sum.x / count, y: sum.y / count };
    let low = line.iter().fold(middle.y, |low, point| low.max(point.y)) + 14.0;
    let high = line.iter().fold(middle.y, |high, point| high.min(point.y)) - 6.0;
    let between = middle.moved(0.0, 4.0 + 16.0 * (place % 4) as f64);
    let spots = [between, Point { y: low, ..middle }, Point { y: high, ..middle }];
    spots.into_iter().find(|at| {
        let free = |node: NodeId| {
            let (own, r) = (layout.at(node), layout.radius_of(node));
            // A name and a log stand there.
            let named = match layout.side(node) {
                Side::Below => own.y + r..own.y + r + 84.0,
                Side::Above => own.y - r - 84.0..own.y - r,
                _ => own.y..own.y,
            };
            let under = named.contains(&at.y) && (own.x - at.x).abs() < 76.0;
            own.far(*at) > layout.radius + 24.0 && !under
        };
        layout.names.all().all(free) && at.y > 14.0 && at.y < layout.height - layout.foot - 4.0
    })
}
