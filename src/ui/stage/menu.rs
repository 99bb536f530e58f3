//! The menu at the pointer: what can be done to what is under it.

use wasm_bindgen::JsCast;
use web_sys::{Element, Event, KeyboardEvent};
use yew::Html;
use yew::virtual_dom::ListenerKind;

use super::Layout;
use super::arrange::Wish;
use crate::ui::hooks::browser;
use crate::ui::hooks::markup::markup;
use crate::ui::hooks::number::Px;
use crate::ui::state::choices::{Choice, choices};
use crate::ui::state::scene::{Scene, Selection};
use crate::ui::state::shell::Shell;
use crate::ui::state::store::{Command, Store, View};

/// The menu, if it is open. What opens is given the focus once it is there.
pub fn menu(store: &Store, view: &View, shell: &Shell, layout: &Layout) -> Html {
    let Some(context) = &shell.context else { return Html::default() };
    let list = list(view, shell, context.what);
    let title = view.describe(context.what);
    let height = 44.0 + list.len() as f64 * 32.0;
    let x = context.x.min(layout.width - 208.0).max(4.0);
    let y = context.y.min(layout.height - height).max(4.0);
    let empty = list.is_empty();
    markup(|page| {
        page.el("div class=context role=menu", |page| {
            page.hear(ListenerKind::onkeydown, store, walk);
            page.attr("aria-label", &title);
            page.attr("style", &format!("left:{}px;top:{}px", Px(x), Px(y)));
            page.line("p aria-hidden=true", &title);
            for (at, choice) in list.into_iter().enumerate() {
                page.el("button type=button role=menuitem tabindex=-1", |page| {
                    page.click(store, choice.command);
                    page.attr("id", &format!("context-{at}"));
                    page.attr("title", choice.doc);
                    page.line("span", &choice.label);
                    if let Some(key) = choice.key {
                        page.line("kbd", key);
                    }
                });
            }
            if view.locked {
                page.line("p", "This page is for watching.");
            } else if empty {
                page.line("p", "It has arrived: nothing can be done to it any more.");
            }
        });
    })
}

fn list(view: &Scene, shell: &Shell, what: Selection) -> Vec<Choice> {
    let mut list = choices(view, what);
    if let Selection::Node(node) = what
        && shell.stage.moved(node)
    {
        list.push(Choice {
            label: "Put it back".to_string(),
            doc: "It stands where the layout has it.",
            key: None,
            command: Command::Stage(Wish::PutBack(node)),
        });
    }
    list
}

/// The arrow keys go round, and what closes the menu gives the focus back.
fn walk(store: &Store, event: &Event) {
    let Some(event) = event.dyn_ref::<KeyboardEvent>() else { return };
    let model = store.model();
    let Some(context) = &model.shell.context else { return };
    let here = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    let here = here.map(|element| element.id()).unwrap_or_default();
    let at = here.strip_prefix("context-").and_then(|id| id.parse::<usize>().ok()).unwrap_or(0);
    let count = list(&model.scene, &model.shell, context.what).len().max(1);
    let next = match event.key().as_str() {
        "ArrowDown" => Some((at + 1) % count),
        "ArrowUp" => Some((at + count - 1) % count),
        "Escape" | "Tab" => None,
        _ => return,
    };
    event.prevent_default();
    event.stop_propagation();
    if let Some(next) = next {
        return browser::focus(&format!("context-{next}"));
    }
    store.send(Command::Context(None));
    if let Selection::Node(node) = context.what {
        browser::focus(&format!("focus-{}", model.scene.name(node)));
    }
}
