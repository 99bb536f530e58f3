//! The menu at the pointer: what can be done to what is under it.

use web_sys::KeyboardEvent;
use yew::prelude::*;

use super::arrange::Wish;
use crate::ui::hooks::browser;
use crate::ui::hooks::number::Px;
use crate::ui::state::choices::{Choice, choices};
use crate::ui::state::scene::Selection;
use crate::ui::state::shell::Context;
use crate::ui::state::store::{Command, Store, View};

/// What the menu needs.
#[derive(Properties, PartialEq)]
pub struct MenuProps {
    /// Where commands go.
    pub store: Store,
    /// The run.
    pub view: View,
    /// For what, and where.
    pub context: Context,
    /// The stage's width.
    pub width: f64,
    /// The stage's height.
    pub height: f64,
}

/// The menu.
#[component]
pub fn ContextMenu(props: &MenuProps) -> Html {
    let store = &props.store;
    use_effect_with((), |()| browser::focus("context-0"));
    let mut list = choices(&props.view, props.context.what);
    if let Selection::Node(node) = props.context.what
        && store.model().shell.stage.moved(node)
    {
        list.push(Choice {
            label: "Put it back".to_string(),
            doc: "It stands where the layout has it.",
            key: None,
            command: Command::Stage(Wish::PutBack(node)),
        });
    }
    let title = props.view.describe(props.context.what);
    let height = 44.0 + list.len() as f64 * 32.0;
    let x = props.context.x.min(props.width - 208.0).max(4.0);
    let y = props.context.y.min(props.height - height).max(4.0);
    let count = list.len();
    let owner = match props.context.what {
        Selection::Node(node) => Some(props.view.name(node)),
        _ => None,
    };
    let keydown = {
        let store = store.clone();
        Callback::from(move |event: KeyboardEvent| {
            let here = event.target_dyn_into::<web_sys::Element>().map(|element| element.id());
            let at = here.as_deref().and_then(|id| id.strip_prefix("context-"));
            let at = at.and_then(|id| id.parse::<usize>().ok()).unwrap_or(0);
            let next = match event.key().as_str() {
                "ArrowDown" => (at + 1) % count.max(1),
                "ArrowUp" => (at + count.max(1) - 1) % count.max(1),
                "Escape" | "Tab" => {
                    store.send(Command::Context(None));
                    if let Some(name) = &owner {
                        browser::focus(&format!("focus-{name}"));
                    }
                    event.prevent_default();
                    event.stop_propagation();
                    return;
                }
                _ => return,
            };
            event.prevent_default();
            event.stop_propagation();
            browser::focus(&format!("context-{next}"));
        })
    };
    html! {
        <div class="context" role="menu" aria-label={title.clone()} onkeydown={keydown}
            style={format!("left:{}px;top:{}px", Px(x), Px(y))}>
            <p aria-hidden="true">{ title }</p>
            { for list.into_iter().enumerate().map(|(at, choice)| html! {
                <button type="button" role="menuitem" id={format!("context-{at}")}
                    onclick={store.on(choice.command)} title={choice.doc} tabindex="-1">
                    <span>{ choice.label }</span>
                    if let Some(key) = choice.key { <kbd>{ key }</kbd> }
                </button>
            }) }
            if props.view.locked {
                <p>{ "This page is for watching." }</p>
            } else if count == 0 {
                <p>{ "It has arrived: nothing can be done to it any more." }</p>
            }
        </div>
    }
}
