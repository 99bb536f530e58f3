//! What happened, and what happened when somebody went back and tried something else: a tree that
//! one can walk.

use web_sys::KeyboardEvent;
use yew::prelude::*;

use crate::ui::hooks::browser;
use crate::ui::state::scene::BranchRow;
use crate::ui::state::store::{Command, Store, View};

/// How far a branch stands to the right of what it comes from, and how high a row is: the style
/// sheet says the same.
const DEEP: u32 = 16;
const HIGH: u32 = 52;

/// The tree of branches.
pub fn branches(store: &Store, view: &View) -> Html {
    let rows = &view.branches;
    let path = path(rows);
    html! {
        <>
            <ul class="branches" role="tree" aria-label="Branches" onkeydown={walk(store, rows)}>
                { for rows.iter().enumerate().map(|(at, row)| {
                    branch(store, rows, at, row, &path)
                }) }
            </ul>
            if rows.len() == 1 {
                <p class="empty">{ "Step back and do something else: the run you saw stays here, \
                    and what you try becomes a branch beside it." }</p>
            } else {
                <p class="empty">{ "The arrow keys walk the tree." }</p>
            }
        </>
    }
}

/// The places of the current branch and of all that it comes from.
fn path(rows: &[BranchRow]) -> Vec<usize> {
    let mut path = Vec::new();
    let mut next = rows.iter().position(|row| row.current);
    while let Some(at) = next {
        path.push(at);
        next = rows.iter().position(|row| Some(row.id) == rows[at].parent);
    }
    path
}

fn branch(store: &Store, rows: &[BranchRow], at: usize, row: &BranchRow, path: &[usize]) -> Html {
    let parent = rows.iter().find(|other| Some(other.id) == row.parent);
    let whence = row.from.map_or(String::new(), |step| match parent {
        Some(parent) => format!("after event {step} of “{}” · ", parent.label),
        None => format!("after event {step} · "),
    });
    let detail = format!("{whence}{} events", row.head);
    let class = path.contains(&at).then_some("on");
    html! {
        <li key={row.id.0} {class} role="treeitem" id={format!("branch-{}", row.id.0)}
            aria-level={(row.depth + 1).to_string()} aria-selected={row.current.to_string()}
            tabindex={if row.current { "0" } else { "-1" }} data-branch={row.id.0.to_string()}
            title={format!("{}: {detail}", row.label)}
            onclick={store.on(Command::Switch(row.id.0))}>
            { lines(rows, at, path) }
            <span class="title">{ &*row.label }</span>
            <span class="detail">{ detail }</span>
        </li>
    }
}

/// The lines that join a row to what it comes from, and pass it by to later ones.
fn lines(rows: &[BranchRow], at: usize, path: &[usize]) -> Html {
    let row = &rows[at];
    let x = |depth: u32| depth * DEEP + 8;
    let mut pale = String::new();
    let mut strong = String::new();
    for depth in 0..=row.depth {
        // The next row that hangs on the line at this depth, if the line goes on below.
        let rest = rows.iter().enumerate().skip(at + 1);
        let mut below = rest.take_while(|(_, other)| other.depth > depth);
        let next = below.clone().any(|(_, other)| other.depth == depth + 1);
        let on = below.any(|(place, other)| other.depth == depth + 1 && path.contains(&place));
        let from = if depth == row.depth { HIGH / 2 } else { 0 };
        if next {
            let lines = if on { &mut strong } else { &mut pale };
            *lines += &format!("M{} {from}V{HIGH}", x(depth));
        }
    }
    if let Some(above) = row.depth.checked_sub(1) {
        let lines = if path.contains(&at) { &mut strong } else { &mut pale };
        *lines += &format!(
            "M{0} 0V{1}Q{0} {2} {3} {2}H{4}",
            x(above),
            HIGH / 2 - 8,
            HIGH / 2,
            x(above) + 8,
            x(row.depth)
        );
    }
    html! {
        <svg width={(x(row.depth) + 8).to_string()} height={HIGH.to_string()} aria-hidden="true">
            <path d={pale} /><path class="strong" d={strong} />
            <circle cx={x(row.depth).to_string()} cy={(HIGH / 2).to_string()} r="5" />
        </svg>
    }
}

/// The arrow keys walk the tree: up and down over the rows, left to what a branch comes from,
/// right to its first branch. One looks at where one stands. Home and End go on to mean the ends
/// of the run, which is what one wants to see of a branch.
fn walk(store: &Store, rows: &[BranchRow]) -> Callback<KeyboardEvent> {
    let store = store.clone();
    let at = rows.iter().position(|row| row.current).unwrap_or(0);
    let id = |place: usize| rows.get(place).map(|row| row.id.0);
    let parent = rows.get(at).and_then(|row| row.parent).map(|parent| parent.0);
    let child = rows.get(at + 1).filter(|next| next.depth > rows[at].depth).map(|next| next.id.0);
    let to = [at.checked_sub(1).and_then(id), id(at + 1), parent, child];
    Callback::from(move |event: KeyboardEvent| {
        let keys = ["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"];
        let Some(key) = keys.iter().position(|key| *key == event.key()) else { return };
        event.prevent_default();
        if let Some(id) = to[key] {
            store.send(Command::Switch(id));
            browser::focus(&format!("branch-{id}"));
        }
    })
}
