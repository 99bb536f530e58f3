//! The tools of the stage: its layout, how near one looks, the pen that draws a rift; and what
//! one does with what is in the hand.

use yew::prelude::*;

use super::arrange::{Arrange, Plan, Tool, Wish, ZOOM, hint};
use super::rift;
use crate::ui::components::icons::icon;
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
    let tool = |icon_name: &'static str,
                label: &str,
                keys: Option<&'static str>,
                wish: Wish,
                pressed: Option<bool>| {
        html! {
            <button type="button" class="tool" aria-label={label.to_string()}
                title={keys.map_or(label.to_string(), |keys| format!("{label} ({keys})"))}
                aria-keyshortcuts={keys} aria-pressed={pressed.map(|on| on.to_string())}
                onclick={store.on(Command::Stage(wish))}>{ icon(icon_name) }</button>
        }
    };
    let drawing = matches!(stage.tool, Tool::Rift(_));
    let plans = Plan::ALL.into_iter().map(|plan| {
        let label = format!("Lay out as {}", ["a ring", "a row", "tiers"][plan as usize]);
        tool(plan.word(), &label, None, Wish::Plan(plan), Some(plan == stage.plan))
    });
    html! {
        <div class="stage-tools" role="group" aria-label="Stage tools"
            data-open={stage.open.to_string()}>
            <div class="set" id="stage-tools">
                { for plans }
                <i></i>
                { tool("out", "Zoom out", Some("-"), Wish::Zoom(1.0 / ZOOM, None), None) }
                { tool("fit", "Whole stage", Some("0"), Wish::Fit, None) }
                { tool("in", "Zoom in", Some("+"), Wish::Zoom(ZOOM, None), None) }
                if query.edit {
                    <i></i>
                    { tool("rift", "Draw a rift", Some("R"), Wish::Rift, Some(drawing)) }
                }
            </div>
            <button type="button" class="tool opener" aria-expanded={stage.open.to_string()}
                aria-controls="stage-tools" aria-label="Stage tools"
                onclick={store.on(Command::Stage(Wish::Open))}>{ icon("tools") }</button>
        </div>
    }
}

/// What one does with what is in the hand, and what else there is instead.
pub fn in_hand(store: &Store, view: &View, layout: &Layout, stage: &Arrange) -> Html {
    let button = |label: &'static str, command: Command| {
        html! {
            <button type="button" class="small" onclick={store.on(command)}>{ label }</button>
        }
    };
    let mut said = hint(&stage.tool, view.names);
    let other = match &stage.tool {
        Tool::None => return Html::default(),
        Tool::Place(node, _) if stage.moved(*node) => {
            button("Put it back", Command::Stage(Wish::PutBack(*node)))
        }
        Tool::Place(..) => Html::default(),
        Tool::Rift(line) => {
            if let Some(sides) = rift::split(layout, line) {
                said = rift::names(view.names, &sides).join(" | ");
            }
            button("Choose the sides…", Command::Dialog(Some(Dialog::Partition)))
        }
    };
    html! {
        <div class="in-hand" role="group" aria-label="In hand">
            <p>{ said }</p>{ other }{ button("Cancel", Command::Stage(Wish::Leave)) }
        </div>
    }
}
