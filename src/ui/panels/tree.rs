//! A tree that grows to the right: lists in lists, joined by lines of the style sheet.

use yew::prelude::*;

use super::spot;
use crate::ui::state::store::Store;
use crate::view::TreeNode;

/// Draws it.
pub fn tree(store: &Store, nodes: &[TreeNode]) -> Html {
    // From the last to the first: whoever comes has all its children already.
    let mut below: Vec<Vec<Html>> = nodes.iter().map(|_| Vec::new()).collect();
    let mut roots = Vec::new();
    for (at, node) in nodes.iter().enumerate().rev() {
        let children = std::mem::take(&mut below[at]);
        let item = html! {
            <li key={node.spot.id}>
                <span class="twig">
                    if !node.branch.is_empty() { <small>{ &node.branch }</small> }
                    { spot(store, &node.spot) }
                </span>
                if !children.is_empty() { <ul>{ for children.into_iter().rev() }</ul> }
            </li>
        };
        match node.parent.and_then(|parent| below.get_mut(parent as usize)) {
            Some(siblings) => siblings.push(item),
            None => roots.push(item),
        }
    }
    html! {
        <div class="tree" tabindex="0" role="group" aria-label="Tree">
            <ul>{ for roots.into_iter().rev() }</ul>
        </div>
    }
}
