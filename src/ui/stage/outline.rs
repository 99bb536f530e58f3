//! Who answered whom: an outline around those whose answers a node gathers. It is drawn as far as
//! it has come, and closes when there are enough.

use js_sys::Math;
use yew::prelude::*;

use super::Layout;
use super::geometry::Point;
use crate::ui::hooks::number::Px;
use crate::ui::state::scene::{Scene, Shot};
use crate::view::{NodeId, Quorum};

/// How far the outline stays from a node; several around the same nodes stay apart.
const AWAY: f64 = 25.0;
const APART: f64 = 6.0;

/// The outlines of a scene.
pub fn outlines(scene: &Scene, layout: &Layout) -> Html {
    let up = scene.nodes.iter().filter(|shot| shot.up);
    let all = up.flat_map(|shot| shot.view.quorums.iter().map(move |quorum| (shot, quorum)));
    all.enumerate().map(|(place, (shot, quorum))| outline(layout, shot, quorum, place)).collect()
}

fn outline(layout: &Layout, shot: &Shot, quorum: &Quorum, place: usize) -> Html {
    let away = AWAY + APART * (place % 4) as f64;
    let members = &quorum.members;
    let Some(line) = hull(layout, members, away) else { return Html::default() };
    let closed = quorum.reached();
    let class = classes!(
        "quorum",
        closed.then_some("reached"),
        shot.view.generation.map(|generation| format!("gen-{}", generation % 8)),
    );
    let mut path = String::new();
    for (place, point) in line.iter().enumerate() {
        path.push(if place == 0 { 'M' } else { 'L' });
        path.push_str(&point.to_string());
    }
    path.push('Z');
    // Who stands between the members without being one of them is left out.
    let mut holes = String::new();
    for node in layout.names.all().filter(|node| !members.contains(node)) {
        let (at, r) = (layout.at(node), layout.radius_of(node) + 9.0);
        if inside(&line, at) {
            let (left, r) = (at.moved(-r, 0.0), Px(r));
            holes.push_str(&format!(
                "M{left}a{r} {r} 0 1 0 {0} 0a{r} {r} 0 1 0 -{0} 0Z",
                Px(r.0 * 2.0)
            ));
        }
    }
    // The part of the line that is drawn is the part of the answers that are there.
    let dash = (!closed).then(|| format!("{} {}", members.len(), quorum.needed));
    let length = (!closed).then(|| quorum.needed.to_string());
    let key = format!("{}{}{closed}", shot.name, quorum.what);
    let label = label_at(layout, members, &line);
    html! {
        <g {class} {key} aria-hidden="true" data-quorum={quorum.count()} data-of={shot.name.clone()}>
            <path class="area" fill-rule="evenodd" d={format!("{path}{holes}")} />
            if !closed { <path class="rest" d={path.clone()} /> }
            <path class="line" d={path} pathLength={length} stroke-dasharray={dash} />
            if !holes.is_empty() { <path class="line" d={holes} /> }
            if let Some(at) = label {
                <text x={Px(at.x).to_string()} y={Px(at.y).to_string()}>{ quorum.count() }</text>
            }
        </g>
    }
}

/// The shortest line around some nodes that keeps its distance.
fn hull(layout: &Layout, members: &[NodeId], away: f64) -> Option<Vec<Point>> {
    let mut points = Vec::new();
    for &node in members {
        let (at, r) = (layout.at(node), layout.radius_of(node) + away);
        points.extend((0..24).map(|step| {
            let angle = f64::from(step) / 12.0 * std::f64::consts::PI;
            at.moved(r * Math::cos(angle), r * Math::sin(angle))
        }));
    }
    let start = points.iter().copied().reduce(|a, b| if b.x < a.x { b } else { a })?;
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
    Some(line)
}

/// Whether a place is inside of a line that leaves everything on one hand.
fn inside(line: &[Point], at: Point) -> bool {
    line.iter().enumerate().all(|(place, a)| {
        let b = line[(place + 1) % line.len()];
        (b.x - a.x) * (at.y - a.y) - (b.y - a.y) * (at.x - a.x) >= 0.0
    })
}

/// Where the count has room: in the middle of the members, else under or above them.
fn label_at(layout: &Layout, members: &[NodeId], line: &[Point]) -> Option<Point> {
    let count = members.len().max(1) as f64;
    let sum = members.iter().fold(Point::default(), |sum, node| {
        let at = layout.at(*node);
        sum.moved(at.x, at.y)
    });
    let middle = Point { x: sum.x / count, y: sum.y / count };
    let low = line.iter().fold(middle.y, |low, point| low.max(point.y)) + 14.0;
    let high = line.iter().fold(middle.y, |high, point| high.min(point.y)) - 6.0;
    let spots = [middle, Point { y: low, ..middle }, Point { y: high, ..middle }];
    spots.into_iter().find(|at| {
        let free = layout.names.all().all(|node| layout.at(node).far(*at) > layout.radius + 24.0);
        free && at.y > 14.0 && at.y < layout.height - layout.foot - 4.0
    })
}
