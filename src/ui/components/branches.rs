//! What happened, and what happened when somebody went back and tried something else.

use yew::prelude::*;

use crate::ui::state::store::{Command, Store, View};

/// The tree of branches.
pub fn branches(store: &Store, view: &View) -> Html {
    let rows = &view.branches;
    html! {
        <>
            <ul class="branches">
                { for rows.iter().map(|row| {
                    let from = row.from.map(|step| format!("from event {step}"));
                    html! {
                        <li key={row.id.0} style={format!("--depth:{}", row.depth)}>
                            <button type="button" aria-current={row.current.to_string()}
                                data-branch={row.id.0.to_string()}
                                onclick={store.on(Command::Switch(row.id.0))}>
                                <span class="title">{ &*row.label }</span>
                                <span class="detail">
                                    { from.map(|from| format!("{from} · ")).unwrap_or_default() }
                                    { format!("{} events", row.head) }
                                </span>
                            </button>
                        </li>
                    }
                }) }
            </ul>
            if rows.len() == 1 {
                <p class="empty">{ "Step back and do something else: the run you saw stays here, \
                    and what you try becomes a branch beside it." }</p>
            }
        </>
    }
}
