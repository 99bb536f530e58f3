//! The panels of the side, one at a time.

use wasm_bindgen::JsCast;
use web_sys::{Event, KeyboardEvent};
use yew::Html;
use yew::virtual_dom::ListenerKind;

use super::branches::branches;
use super::calls::calls;
use super::compare::compare;
use super::inspector::inspector;
use super::log::log;
use super::properties::properties;
use super::script::script;
use crate::ui::hooks::browser;
use crate::ui::hooks::markup::{Markup, markup};
use crate::ui::state::shell::{Shell, Tab};
use crate::ui::state::store::{Command, Store, View};

/// The side.
pub fn side(store: &Store, view: &View, shell: &Shell) -> Html {
    let tabs = Tab::all(shell);
    if tabs.is_empty() {
        return Html::default();
    }
    let current = current(&tabs, shell);
    markup(|page| {
        page.el("aside class=side aria-label=Panels", |page| {
            page.el("div class=tabs role=tablist aria-label=Panels", |page| {
                page.hear(ListenerKind::onkeydown, store, arrows);
                for &tab in &tabs {
                    page.el("button type=button role=tab aria-controls=panel", |page| {
                        page.click(store, Command::Tab(tab));
                        page.attr("id", &id(tab));
                        page.state("aria-selected", tab == current);
                        page.attr("tabindex", if tab == current { "0" } else { "-1" });
                        page.text(tab.title());
                        mark(page, tab, view);
                    });
                }
            });
            page.el("div class=panel role=tabpanel id=panel tabindex=0", |page| {
                page.attr("aria-labelledby", &id(current));
                match current {
                    Tab::Compare => compare(page, store, view),
                    Tab::Inspect => page.put(inspector(store, view, shell)),
                    Tab::Events => log(page, store, view, shell),
                    Tab::Properties => properties(page, store, view),
                    Tab::Clients => calls(page, store, view, shell),
                    Tab::Branches => branches(page, store, view),
                    Tab::Script => script(page, store, view, shell),
                }
            });
        });
    })
}

fn id(tab: Tab) -> String {
    format!("tab-{}", tab.word())
}

/// The tab that is open: the first where the one that was asked for is not there.
fn current(tabs: &[Tab], shell: &Shell) -> Tab {
    match tabs.first() {
        Some(first) if !tabs.contains(&shell.tab) => *first,
        _ => shell.tab,
    }
}

/// What a tab tells before it is opened.
fn mark(page: &mut Markup, tab: Tab, view: &View) {
    if tab == Tab::Properties {
        let broken = view.verdicts.iter().filter(|verdict| verdict.broken()).count();
        if broken > 0 {
            page.el("span class='count bad'", |page| {
                page.text(&broken.to_string());
                page.line("span class=sr", " broken");
            });
        }
    } else if tab == Tab::Branches && view.branches.len() > 1 {
        page.line("span class=count", &view.branches.len().to_string());
    }
}

fn arrows(store: &Store, event: &Event) {
    let Some(event) = event.dyn_ref::<KeyboardEvent>() else { return };
    let shell = store.model().shell;
    let tabs = Tab::all(&shell);
    let current = current(&tabs, &shell);
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
    store.send(Command::Tab(tabs[to]));
    browser::focus(&id(tabs[to]));
}
