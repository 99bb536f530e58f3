//! Chains: things in a row with arrows between them. On a narrow panel they wrap.

use super::{head, spot};
use crate::ui::hooks::markup::Markup;
use crate::ui::state::store::Store;
use crate::view::ChainRow;

/// Draws them.
#[inline(never)]
pub fn chain(page: &mut Markup, store: &Store, rows: &[ChainRow]) {
    for row in rows {
        page.el("div class=chain", |page| {
            if !row.head.label.is_empty() {
                page.el("b", |page| head(page, store, &row.head));
            }
            if row.spots.is_empty() {
                page.line("span class=empty", "nothing yet");
            }
            page.el("ol", |page| {
                for (place, each) in row.spots.iter().enumerate() {
                    page.el("li", |page| {
                        page.key(&each.id.to_string());
                        if place > 0 {
                            page.line("i aria-hidden=true", "→");
                            page.line("span class=sr", &format!("{} ", row.joint));
                        }
                        spot(page, store, each);
                    });
                }
            });
        });
    }
}
