//! What happened, and what happened when somebody went back and tried something else: a tree that
//! one can walk.

use wasm_bindgen::JsCast;
use web_sys::{Event, KeyboardEvent};
use yew::virtual_dom::ListenerKind;

use crate::ui::hooks::browser;
use crate::ui::hooks::markup::Markup;
use crate::ui::state::scene::BranchRow;
use crate::ui::state::store::{Command, Store, View};

/// How far a branch stands to the right of what it comes from, and how high a row is: the style
/// sheet says the same.
const DEEP: u32 = 16;
const HIGH: u32 = 52;

/// The tree of branches.
pub fn branches(page: &mut Markup, store: &Store, view: &View) {
    let rows = &view.branches;
    let path = path(rows);
    let text = match rows.len() {
        1 => {
            "Step back and do something else: the run you saw stays here, and what you try becomes \
             a branch beside it."
        }
        _ => "The arrow keys walk the tree.",
    };
    page.el("ul class=branches role=tree aria-label=Branches", |page| {
        page.hear(ListenerKind::onkeydown, store, walk);
        for at in 0..rows.len() {
            branch(page, store, rows, at, &path);
        }
    });
    page.line("p class=empty", text);
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

fn branch(page: &mut Markup, store: &Store, rows: &[BranchRow], at: usize, path: &[usize]) {
    let row = &rows[at];
    let parent = rows.iter().find(|other| Some(other.id) == row.parent);
    let whence = row.from.map_or(String::new(), |step| match parent {
        Some(parent) => format!("after event {step} of “{}” · ", parent.label),
        None => format!("after event {step} · "),
    });
    let detail = format!("{whence}{} events", row.head);
    page.el("li role=treeitem", |page| {
        page.key(&row.id.0.to_string());
        page.click(store, Command::Switch(row.id.0));
        if path.contains(&at) {
            page.attr("class", "on");
        }
        page.attr("id", &format!("branch-{}", row.id.0));
        page.attr("aria-level", &(row.depth + 1).to_string());
        page.state("aria-selected", row.current);
        page.attr("tabindex", if row.current { "0" } else { "-1" });
        page.attr("data-branch", &row.id.0.to_string());
        page.attr("title", &format!("{}: {detail}", row.label));
        lines(page, rows, at, path);
        page.line("span class=title", &row.label);
        page.line("span class=detail", &detail);
    });
}

/// The lines that join a row to what it comes from, and pass it by to later ones.
fn lines(page: &mut Markup, rows: &[BranchRow], at: usize, path: &[usize]) {
    let row = &rows[at];
    let x = |depth: u32| depth * DEEP + 8;
    let mut pale = String::new();
    let mut strong = String::new();
    for depth in 0..=row.depth {
        // The next row that hangs on the line at this depth, if the line goes on below.
        let (mut next, mut on) = (false, false);
        for (place, other) in rows.iter().enumerate().skip(at + 1) {
            if other.depth <= depth {
                break;
            }
            let hangs = other.depth == depth + 1;
            next |= hangs;
            on |= hangs && path.contains(&place);
        }
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
    page.el("svg aria-hidden=true", |page| {
        page.attr("width", &(x(row.depth) + 8).to_string());
        page.attr("height", &HIGH.to_string());
        page.el("path", |page| page.attr("d", &pale));
        page.el("path class=strong", |page| page.attr("d", &strong));
        page.el("circle r=5", |page| {
            page.attr("cx", &x(row.depth).to_string());
            page.attr("cy", &(HIGH / 2).to_string());
        });
    });
}

/// The arrow keys walk the tree: up and down over the rows, left to what a branch comes from,
/// right to its first branch. One looks at where one stands. Home and End go on to mean the ends
/// of the run, which is what one wants to see of a branch.
fn walk(store: &Store, event: &Event) {
    let Some(event) = event.dyn_ref::<KeyboardEvent>() else { return };
    let scene = store.model().scene;
    let rows = &scene.branches;
    let Some(at) = rows.iter().position(|row| row.current) else { return };
    let to = match event.key().as_str() {
        "ArrowUp" => at.checked_sub(1),
        "ArrowDown" => Some(at + 1),
        "ArrowLeft" => rows.iter().position(|row| Some(row.id) == rows[at].parent),
        "ArrowRight" => Some(at + 1)
            .filter(|next| rows.get(*next).is_some_and(|next| next.depth > rows[at].depth)),
        _ => return,
    };
    event.prevent_default();
    if let Some(row) = to.and_then(|to| rows.get(to)) {
        store.send(Command::Switch(row.id.0));
        browser::focus(&format!("branch-{}", row.id.0));
    }
}
