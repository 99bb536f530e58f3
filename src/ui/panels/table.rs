//! Keys and values.

use crate::ui::hooks::markup::Markup;

/// Draws them.
#[inline(never)]
pub fn table(page: &mut Markup, rows: &[(String, String)]) {
    page.el("table class=fields", |page| {
        page.el("tbody", |page| {
            for (key, value) in rows {
                page.el("tr", |page| {
                    page.line("th scope=row", key);
                    page.line("td", value);
                });
            }
        });
    });
}
