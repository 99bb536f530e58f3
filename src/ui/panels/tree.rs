//! A tree that grows to the right: lists in lists, joined by lines of the style sheet.

use yew::prelude::*;

use super::spot;
use crate::ui::hooks::markup::{Markup, markup};
use crate::ui::state::store::Store;
use crate::view::TreeNode;

/// Draws it.
#[inline(never)]
pub fn tree(page: &mut Markup, store: &Store, nodes: &[TreeNode]) {
    // From the last to the first: whoever comes has all its children already.
    let mut below: Vec<Vec<Html>> = nodes.iter().map(|_| Vec::new()).collect();
    let mut roots = Vec::new();
    for (at, node) in nodes.iter().enumerate().rev() {
        let children = std::mem::take(&mut below[at]);
        let item = markup(|page| {
            page.el("li", |page| {
                page.el("span class=twig", |page| {
                    if !node.branch.is_empty() {
                        page.line("small", &node.branch);
                    }
                    spot(page, store, &node.spot);
                });
                if !children.is_empty() {
                    list(page, children);
                }
            });
        });
        match node.parent.and_then(|parent| below.get_mut(parent as usize)) {
            Some(siblings) => siblings.push(item),
            None => roots.push(item),
        }
    }
    page.el("div class=tree tabindex=0 role=group aria-label=Tree", |page| list(page, roots));
}

fn list(page: &mut Markup, items: Vec<Html>) {
    page.el("ul", |page| items.into_iter().rev().for_each(|item| page.put(item)));
}
