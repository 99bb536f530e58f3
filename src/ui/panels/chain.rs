//! Chains: things in a row with arrows between them. On a narrow panel they wrap.

use yew::prelude::*;

use super::{head, spot};
use crate::ui::state::store::Store;
use crate::view::{ChainRow, Spot};

/// Draws them.
pub fn chain(store: &Store, rows: &[ChainRow]) -> Html {
    rows.iter().map(|row| one(store, row)).collect()
}

fn one(store: &Store, row: &ChainRow) -> Html {
    let link = |(place, each): (usize, &Spot)| {
        html! {
            <li key={each.id}>
                if place > 0 { <i aria-hidden="true">{ "→" }</i><span class="sr">{ format!("{} ", row.joint) }</span> }
                { spot(store, each) }
            </li>
        }
    };
    html! {
        <div class="chain">
            if !row.head.label.is_empty() { <b>{ head(store, &row.head) }</b> }
            if row.spots.is_empty() { <span class="empty">{ "nothing yet" }</span> }
            <ol>{ for row.spots.iter().enumerate().map(link) }</ol>
        </div>
    }
}
