//! The tools of the stage: its layout, how near one looks, the pen that draws a rift; and what
//! one does with what is in the hand.

use yew::Html;

use super::arrange::{Arrange, Plan, Tool, Wish, ZOOM, hint};
use super::rift;
use crate::ui::components::icons::{face, icon};
use crate::ui::hooks::markup::{Markup, markup};
use crate::ui::state::query::Controls;
use crate::ui::state::shell::{Dialog, Shell};
use crate::ui::state::store::{Command, Store, View};

use super::Layout;

/// The tools; without the pen where the run may not be changed.
pub fn tools(store: &Store, _: &View, shell: &Shell) -> Html {
    let (stage, query) = (&shell.stage, &shell.query);
    if query.controls == Controls::None {
        return Html::default();
    }
    markup(|page| {
        page.el("div class=stage-tools role=group aria-label='Stage tools'", |page| {
            page.state("data-open", stage.open);
            page.el("div class=set id=stage-tools", |page| {
                for plan in Plan::ALL {
                    let label = ["a ring", "a row", "tiers"][plan as usize];
                    let names = [plan.word(), &format!("Lay out as {label}"), ""];
                    tool(page, store, names, Wish::Plan(plan), Some(plan == stage.plan));
                }
                page.line("i", "");
                tool(page, store, ["out", "Zoom out", "-"], Wish::Zoom(1.0 / ZOOM, None), None);
                tool(page, store, ["fit", "Whole stage", "0"], Wish::Fit, None);
                tool(page, store, ["in", "Zoom in", "+"], Wish::Zoom(ZOOM, None), None);
                if query.edit {
                    let drawing = matches!(stage.tool, Tool::Rift(_));
                    page.line("i", "");
                    tool(page, store, ["rift", "Draw a rift", "R"], Wish::Rift, Some(drawing));
                }
            });
            let head = "button type=button class='tool opener' aria-controls=stage-tools";
            page.el(head, |page| {
                page.click(store, Command::Stage(Wish::Open));
                page.state("aria-expanded", stage.open);
                page.attr("aria-label", "Stage tools");
                page.put(icon("tools"));
            });
        });
    })
}

fn tool(page: &mut Markup, store: &Store, names: [&str; 3], wish: Wish, pressed: Option<bool>) {
    page.el("button type=button class=tool", |page| {
        face(page, store, names, Command::Stage(wish));
        if let Some(pressed) = pressed {
            page.state("aria-pressed", pressed);
        }
    });
}

/// What one does with what is in the hand, and what else there is instead.
pub fn in_hand(store: &Store, view: &View, layout: &Layout, stage: &Arrange) -> Html {
    let mut said = hint(&stage.tool, view.names);
    let other = match &stage.tool {
        Tool::None => return Html::default(),
        Tool::Place(node, _) if stage.moved(*node) => {
            Some(("Put it back", Command::Stage(Wish::PutBack(*node))))
        }
        Tool::Place(..) => None,
        Tool::Rift(line) => {
            if let Some(sides) = rift::split(layout, line) {
                said = rift::names(view.names, &sides).join(" | ");
            }
            Some(("Choose the sides…", Command::Dialog(Some(Dialog::Partition))))
        }
    };
    markup(|page| {
        page.el("div class=in-hand role=group aria-label='In hand'", |page| {
            page.line("p", &said);
            if let Some((label, command)) = other {
                page.press("button type=button class=small", store, label, command);
            }
            let leave = Command::Stage(Wish::Leave);
            page.press("button type=button class=small", store, "Cancel", leave);
        });
    })
}
