//! A log: cells in a row that wraps, with the marks below them.

use super::marks_at;
use crate::ui::hooks::markup::Markup;
use crate::view::{Cell, PanelMark, Tone, show_generation};

/// Draws it.
#[inline(never)]
pub fn log(page: &mut Markup, cells: &[Cell], marks: &[PanelMark]) {
    page.el("ol class=log-cells", |page| cells.iter().for_each(|cell| one(page, cell, marks)));
    for mark in marks.iter().filter(|mark| mark.index == 0) {
        page.el("p class=at-zero", |page| {
            page.line("code", mark.name);
            page.text(" stands before the first.");
        });
    }
}

#[inline(never)]
fn one(page: &mut Markup, cell: &Cell, marks: &[PanelMark]) {
    let settled = cell.tone == Tone::Settled;
    let index = cell.index.to_string();
    page.el("li", |page| {
        let kind = if settled { " settled" } else { "" };
        page.attr("class", &format!("gen-{}{kind}", cell.generation % 8));
        page.key(&index);
        page.attr("title", &cell.detail);
        page.line("span class=index", &index);
        page.el("span class=cell", |page| {
            page.line("b", &show_generation(cell.generation));
            page.line("span", &cell.label);
            page.line("span class=sr", if settled { ", settled" } else { "" });
        });
        page.line("span class=marks", &marks_at(marks, cell.index, " "));
    });
}
