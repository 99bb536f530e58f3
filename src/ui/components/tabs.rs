//! The panels of the side, one at a time.

use web_sys::KeyboardEvent;
use yew::prelude::*;

use super::branches::branches;
use super::calls::calls;
use super::inspector::inspector;
use super::log::EventLog;
use super::properties::properties;
use super::script::script;
use crate::ui::hooks::browser;
use crate::ui::state::shell::{Shell, Tab};
use crate::ui::state::store::{Command, Store, View};

/// The side.
pub fn side(store: &Store, view: &View, shell: &Shell) -> Html {
    let tabs = Tab::all(&shell.query);
    let Some(&first) = tabs.first() else { return Html::default() };
    let current = if tabs.contains(&shell.tab) { shell.tab } else { first };
    let onkeydown = arrows(store, current, tabs.clone());
    let panel = match current {
        Tab::Inspect => inspector(store, view, shell),
        Tab::Events => html! {
            <EventLog store={store.clone()} view={view.clone()} sight={shell.sight}
                study={shell.study.clone()} />
        },
        Tab::Properties => properties(store, view),
        Tab::Clients => calls(store, view, shell),
        Tab::Branches => branches(store, view),
        Tab::Script => script(store, view, shell),
    };
    html! {
        <aside class="side" aria-label="Panels">
            <div class="tabs" role="tablist" aria-label="Panels" {onkeydown}>
                { for tabs.iter().map(|&tab| {
                    let selected = tab == current;
                    html! {
                        <button type="button" role="tab" id={format!("tab-{}", tab.word())}
                            aria-selected={selected.to_string()} aria-controls="panel"
                            tabindex={if selected { "0" } else { "-1" }}
                            onclick={store.on(Command::Tab(tab))}>
                            { tab.title() }
                            { mark(tab, view) }
                        </button>
                    }
                }) }
            </div>
            <div class="panel" role="tabpanel" id="panel" tabindex="0"
                aria-labelledby={format!("tab-{}", current.word())}>
                { panel }
            </div>
        </aside>
    }
}

/// What a tab tells before it is opened.
fn mark(tab: Tab, view: &View) -> Html {
    match tab {
        Tab::Properties => {
            let broken = view.verdicts.iter().filter(|verdict| verdict.broken()).count();
            if broken == 0 {
                return Html::default();
            }
            html! { <span class="count bad">{ broken }<span class="sr">{ " broken" }</span></span> }
        }
        Tab::Branches if view.branches.len() > 1 => {
            html! { <span class="count">{ view.branches.len() }</span> }
        }
        _ => Html::default(),
    }
}

fn arrows(store: &Store, current: Tab, tabs: Vec<Tab>) -> Callback<KeyboardEvent> {
    let store = store.clone();
    Callback::from(move |event: KeyboardEvent| {
        let count = tabs.len();
        let at = tabs.iter().position(|tab| *tab == current).unwrap_or(0);
        let to = match event.key().as_str() {
            "ArrowRight" => (at + 1) % count,
            "ArrowLeft" => (at + count - 1) % count,
            "Home" => 0,
            "End" => count - 1,
            _ => return,
        };
        event.prevent_default();
        event.stop_propagation();
        let tab = tabs[to];
        store.send(Command::Tab(tab));
        browser::focus(&format!("tab-{}", tab.word()));
    })
}
