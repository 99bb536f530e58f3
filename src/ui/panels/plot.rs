//! A plot: axes with a few round numbers, and lines, steps, points or bars over them. It is
//! written as text: that is a third of the code of as many elements, and nothing in it has a state
//! of its own.

use std::fmt::Write;

use yew::Html;

use super::{escaped, paint, sign};
use crate::ui::hooks::markup::markup;
use crate::ui::hooks::number::Px;
use crate::view::{Axis, Form, Level, Series};

/// The part of the picture that is plotted on: left, top, right, bottom.
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
#[inline(never)]
pub fn plot(x: &Axis, y: &Axis, series: &[Series], levels: &[Level]) -> Html {
    let (mut along, mut heights) = (Vec::new(), Vec::new());
    for series in series {
        for (x, y) in &series.points {
            along.push(*x);
            heights.push(*y);
        }
    }
    for level in levels {
        heights.push(level.at);
    }
    let scale = Scale { x: x.span(&along), y: y.span(&heights) };
    let [left, top, right, bottom] = FIELD.map(Px);
    let mut svg = "<svg viewBox=\"0 0 320 168\" aria-hidden=\"true\">".to_string();
    for tick in Axis::ticks(scale.y) {
        let (at, text) = (scale.y(tick), y.unit.show(tick));
        let _ = write!(
            svg,
            "<path class=\"grid\" d=\"M{left} {at}H{right}\"/>\
             <text class=\"y\" x=\"42\" y=\"{at}\" dy=\".35em\">{text}</text>"
        );
    }
    for tick in Axis::ticks(scale.x) {
        let (at, text) = (scale.x(tick), x.unit.show(tick));
        let _ = write!(svg, "<text class=\"x\" x=\"{at}\" y=\"146\">{text}</text>");
    }
    let _ = write!(svg, "<path class=\"axes\" d=\"M{left} {top}V{bottom}H{right}\"/>");
    for (place, series) in series.iter().enumerate() {
        one(&mut svg, &scale, place, series);
    }
    for level in levels {
        let (at, paint) = (scale.y(level.at), paint(None, level.tone));
        let (sign, label) = (sign(level.tone), escaped(&level.label));
        let _ = write!(
            svg,
            "<g class=\"level {paint}\"><path d=\"M{left} {at}H{right}\"/>\
             <text class=\"y\" x=\"{right}\" y=\"{at}\" dy=\"-4\">{sign}{label}</text></g>"
        );
    }
    let _ = write!(svg, "<text class=\"x\" x=\"180\" y=\"164\">{}</text></svg><p>", x.label);
    let _ = write!(svg, "{}: ", y.label);
    for (place, series) in series.iter().enumerate() {
        let (paint, shape) = (paint(series.generation, series.tone), mark(place));
        let _ = write!(
            svg,
            "<span class=\"{paint}\"><svg viewBox=\"-6 -6 12 12\" aria-hidden=\"true\">\
             <path class=\"dot\" d=\"{shape}\"/></svg>{}</span>",
            escaped(&series.label)
        );
    }
    svg.push_str("</p>");
    markup(|page| {
        page.el("div class=plot", |page| page.put(Html::from_html_unchecked(svg.into())));
    })
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

#[inline(never)]
fn one(svg: &mut String, scale: &Scale, place: usize, series: &Series) {
    let paint = paint(series.generation, series.tone);
    let (foot, shape, dash) = (scale.y(0.clamp(scale.y.0, scale.y.1)), mark(place), place % 4);
    let (mut line, mut dots) = (String::new(), String::new());
    for (at, (x, y)) in series.points.iter().enumerate() {
        let (x, y) = (scale.x(*x), scale.y(*y));
        let _ = match (series.form, at) {
            (Form::Bars, _) => write!(line, "M{x} {foot}V{y}"),
            (Form::Steps, 1..) => write!(line, "H{x}V{y}"),
            (_, 0) => write!(line, "M{x} {y}"),
            _ => write!(line, "L{x} {y}"),
        };
        let _ =
            write!(dots, "<path class=\"dot\" d=\"{shape}\" transform=\"translate({x} {y})\"/>");
    }
    let bars = if series.form == Form::Bars { "bars" } else { "" };
    let _ = write!(svg, "<g class=\"series {paint}\">");
    if series.form != Form::Points {
        let _ = write!(svg, "<path class=\"line dash-{dash} {bars}\" d=\"{line}\"/>");
    }
    if matches!(series.form, Form::Points | Form::Line) {
        svg.push_str(&dots);
    }
    svg.push_str("</g>");
}
