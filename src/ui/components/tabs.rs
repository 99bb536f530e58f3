//! The panels of the side, one at a time.

use std::rc::Rc;

use web_sys::KeyboardEvent;
use yew::prelude::*;

use super::branches::Branches;
use super::calls::Calls;
use super::inspector::Inspector;
use super::log::EventLog;
use super::properties::Properties as PropertyList;
use super::script::Script;
use crate::ui::hooks::browser;
use crate::ui::state::shell::{Shell, Tab};
use crate::ui::state::store::{Command, Store, View};

/// What the side needs.
#[derive(Properties, PartialEq)]
pub struct SideProps {
    /// The run.
    pub view: View,
    /// The page around it.
    pub shell: Rc<Shell>,
}

/// The side.
#[component]
pub fn Side(props: &SideProps) -> Html {
    let store = use_context::<Store>().expect("the store");
    let (view, shell) = (&props.view, &props.shell);
    let current = shell.tab;
    let onkeydown = arrows(&store, current);
    let panel = match current {
        Tab::Inspect => html! { <Inspector view={view.clone()} selection={shell.selection} /> },
        Tab::Events => html! { <EventLog view={view.clone()} /> },
        Tab::Properties => html! { <PropertyList view={view.clone()} /> },
        Tab::Clients => html! { <Calls view={view.clone()} /> },
        Tab::Branches => html! { <Branches view={view.clone()} /> },
        Tab::Script => html! { <Script key={shell.opened} view={view.clone()} /> },
    };
    html! {
        <aside class="side" aria-label="Panels">
            <div class="tabs" role="tablist" aria-label="Panels" {onkeydown}>
                { for Tab::ALL.iter().map(|&tab| {
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

fn arrows(store: &Store, current: Tab) -> Callback<KeyboardEvent> {
    let store = store.clone();
    Callback::from(move |event: KeyboardEvent| {
        let count = Tab::ALL.len();
        let at = Tab::ALL.iter().position(|tab| *tab == current).unwrap_or(0);
        let to = match event.key().as_str() {
            "ArrowRight" => (at + 1) % count,
            "ArrowLeft" => (at + count - 1) % count,
            "Home" => 0,
            "End" => count - 1,
            _ => return,
        };
        event.prevent_default();
        event.stop_propagation();
        let tab = Tab::ALL[to];
        store.send(Command::Tab(tab));
        browser::focus(&format!("tab-{}", tab.word()));
    })
}
