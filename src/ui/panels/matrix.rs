//! Rows and columns. The heads of the rows stay in sight while the columns scroll.

use super::{head, marks_at, spot};
use crate::ui::hooks::markup::Markup;
use crate::ui::state::store::Store;
use crate::view::{Head, MatrixRow};

/// Draws it.
#[inline(never)]
pub fn matrix(
    page: &mut Markup,
    store: &Store,
    title: &'static str,
    columns: &[Head],
    rows: &[MatrixRow],
) {
    let mut marks: Vec<&str> = Vec::new();
    for row in rows {
        for mark in &row.marks {
            if !marks.contains(&mark.name) {
                marks.push(mark.name);
            }
        }
    }
    page.el("div class=matrix tabindex=0 role=group", |page| {
        page.attr("aria-label", title);
        page.el("table", |page| {
            page.el("thead", |page| {
                page.el("tr", |page| {
                    page.line("td", "");
                    for column in columns {
                        page.el("th scope=col", |page| {
                            page.key(&column.label);
                            head(page, store, column);
                        });
                    }
                });
            });
            page.el("tbody", |page| rows.iter().for_each(|row| one(page, store, columns, row)));
        });
        if !marks.is_empty() {
            page.el("p class=at-zero", |page| {
                page.line("i class=mark aria-hidden=true", "");
                page.text(&marks.join(", "));
            });
        }
    });
}

#[inline(never)]
fn one(page: &mut Markup, store: &Store, columns: &[Head], row: &MatrixRow) {
    let marks = |index| marks_at(&row.marks, index, ", ");
    let marked = |page: &mut Markup, name: &str| {
        if !name.is_empty() {
            page.attr("class", "mark");
            page.attr("title", &format!("behind it: {name}"));
        }
    };
    page.el("tr", |page| {
        page.key(&row.head.label);
        page.el("th scope=row", |page| {
            marked(page, &marks(0));
            head(page, store, &row.head);
        });
        for (place, (column, each)) in columns.iter().zip(&row.spots).enumerate() {
            let name = marks(place as u64 + 1);
            page.el("td", |page| {
                page.key(&column.label);
                marked(page, &name);
                if let Some(each) = each {
                    spot(page, store, each);
                }
                if !name.is_empty() {
                    page.line("span class=sr", &format!(", {name}"));
                }
            });
        }
    });
}
