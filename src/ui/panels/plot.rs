//! A plot: axes with a few round numbers, and lines, steps, points or bars over them.

use std::fmt::Write;

use yew::prelude::*;

use super::{paint, sign};
use crate::ui::hooks::number::Px;
use crate::view::{Axis, Form, Level, Series};

/// The picture, and the part of it that is plotted on: left, top, right, bottom.
const SIZE: (f64, f64) = (320.0, 168.0);
const FIELD: [f64; 4] = [48.0, 8.0, 312.0, 132.0];

/// Where numbers of two axes lie in the picture.
struct Scale {
    x: (i64, i64),
    y: (i64, i64),
}

impl Scale {
    fn x(&self, number: i64) -> Px {
        Px(FIELD[0] + part(number, self.x) * (FIELD[2] - FIELD[0]))
    }

    fn y(&self, number: i64) -> Px {
        Px(FIELD[3] - part(number, self.y) * (FIELD[3] - FIELD[1]))
    }
}

fn part(number: i64, (lo, hi): (i64, i64)) -> f64 {
    (number as f64 - lo as f64) / (hi as f64 - lo as f64)
}

/// Draws it.
pub fn plot(x: &Axis, y: &Axis, series: &[Series], levels: &[Level]) -> Html {
    let points = || series.iter().flat_map(|series| &series.points);
    let heights = points().map(|point| point.1).chain(levels.iter().map(|level| level.at));
    let scale = Scale { x: x.span(points().map(|point| point.0)), y: y.span(heights) };
    let [left, top, right, bottom] = FIELD.map(|edge| Px(edge).to_string());
    html! {
        <figure class="plot">
            <svg viewBox={format!("0 0 {} {}", Px(SIZE.0), Px(SIZE.1))} aria-hidden="true">
                { for Axis::ticks(scale.y).into_iter().map(|tick| {
                    let at = scale.y(tick).to_string();
                    html! {
                        <><path class="grid" d={format!("M{left} {at}H{right}")} />
                            <text class="y" x="42" y={at} dy="0.35em">{ y.unit.show(tick) }</text></>
                    }
                }) }
                { for Axis::ticks(scale.x).into_iter().map(|tick| html! {
                    <text class="x" x={scale.x(tick).to_string()} y="146">{ x.unit.show(tick) }</text>
                }) }
                <path class="axes" d={format!("M{left} {top}V{bottom}H{right}")} />
                { for series.iter().enumerate().map(|(place, series)| one(&scale, place, series)) }
                { for levels.iter().map(|level| {
                    let at = scale.y(level.at);
                    html! {
                        <g class={classes!("level", paint(None, level.tone))}>
                            <path d={format!("M{left} {at}H{right}")} />
                            <text class="y" x={right.clone()} y={at.to_string()} dy="-4">
                                { sign(level.tone) }{ &level.label }</text>
                        </g>
                    }
                }) }
                <text class="x" x="180" y="164">{ x.label }</text>
            </svg>
            <figcaption>
                { y.label }{ ": " }
                { for series.iter().enumerate().map(|(place, series)| html! {
                    <span class={paint(series.generation, series.tone)}>
                        <svg viewBox="-6 -6 12 12" width="12" height="12" aria-hidden="true">
                            <path class="dot" d={mark(place)} />
                        </svg>{ &series.label }</span>
                }) }
            </figcaption>
        </figure>
    }
}

/// The form of a point, which differs from series to series: never colour alone.
fn mark(place: usize) -> &'static str {
    match place % 4 {
        0 => "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0Z",
        1 => "M-4 -4H4V4H-4Z",
        2 => "M0 -5L5 4H-5Z",
        _ => "M0 -5L5 0L0 5L-5 0Z",
    }
}

fn one(scale: &Scale, place: usize, series: &Series) -> Html {
    let class = classes!("series", paint(series.generation, series.tone));
    let foot = scale.y(0.clamp(scale.y.0, scale.y.1));
    let mut d = String::new();
    for (at, (x, y)) in series.points.iter().enumerate() {
        let (x, y) = (scale.x(*x), scale.y(*y));
        let _ = match (series.form, at) {
            (Form::Bars, _) => write!(d, "M{x} {foot}V{y}"),
            (Form::Steps, 1..) => write!(d, "H{x}V{y}"),
            (_, 0) => write!(d, "M{x} {y}"),
            _ => write!(d, "L{x} {y}"),
        };
    }
    let shape = mark(place);
    let bars = (series.form == Form::Bars).then_some("bars");
    html! {
        <g {class}>
            if series.form != Form::Points { <path class={classes!("line", bars, format!("dash-{}", place % 4))} {d} /> }
            if matches!(series.form, Form::Points | Form::Line) {
                { for series.points.iter().map(|(x, y)| html! {
                    <path class="dot" d={shape}
                        transform={format!("translate({} {})", scale.x(*x), scale.y(*y))} />
                }) }
            }
        </g>
    }
}
