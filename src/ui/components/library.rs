//! The scenarios that come with the page, by protocol, and a start from nothing.

use std::cell::OnceCell;
use std::rc::Rc;

use wasm_bindgen::JsCast;
use web_sys::{Element, Event, KeyboardEvent};
use yew::virtual_dom::ListenerKind;
use yew::{Html, TargetCast};

use super::dialog::modal;
use crate::protocols::{CATALOG, Entry};
use crate::scenario::{VERSION, library, parse};
use crate::ui::hooks::browser;
use crate::ui::hooks::markup::{Markup, markup};
use crate::ui::state::sharing::Wish;
use crate::ui::state::shell::Shell;
use crate::ui::state::store::{Command, Store};

/// A scenario in the list.
struct Row {
    id: &'static str,
    title: String,
    protocol: &'static str,
    about: String,
    flawed: bool,
}

thread_local! {
    /// The texts do not change: they are read when the list is first opened.
    static ROWS: OnceCell<Rc<Vec<Row>>> = const { OnceCell::new() };
}

fn rows_of_library() -> Rc<Vec<Row>> {
    let mut rows = Vec::new();
    for entry in library::all() {
        let Some(scenario) = parse(entry.text).scenario else { continue };
        let about = scenario.says.first().map(|say| say.text.clone()).unwrap_or_default();
        let flawed = scenario.setup.params.flaws.contains(&true);
        let protocol = scenario.entry.info.id;
        rows.push(Row { id: entry.id, title: scenario.title, protocol, about, flawed });
    }
    Rc::new(rows)
}

/// The library.
pub fn library(store: &Store, shell: &Shell) -> Html {
    let only = shell.sharing.only;
    let mut found = 0;
    let groups = markup(|page| {
        for (at, entry) in CATALOG.iter().enumerate() {
            if only.is_none_or(|only| only == at) {
                found += group(page, store, &shell.sharing.search, entry);
            }
        }
    });
    let said = match found {
        0 => "No scenario fits.".to_string(),
        1 => "One scenario.".to_string(),
        more => format!("{more} scenarios."),
    };
    let body = markup(|page| {
        page.el("div class='ask finder'", |page| {
            page.el("label", |page| {
                page.text("Search");
                page.el("input type=search id=library-search autocomplete=off", |page| {
                    page.value(&shell.sharing.search);
                    page.hear(ListenerKind::oninput, store, search);
                    page.hear(ListenerKind::onkeydown, store, walk);
                });
            });
            page.el("label", |page| {
                page.text("Protocol");
                page.el("select id=library-only", |page| {
                    page.hear(ListenerKind::onchange, store, narrow);
                    page.option("", "All", only.is_none());
                    for (at, entry) in CATALOG.iter().enumerate() {
                        page.option(&at.to_string(), entry.info.title, only == Some(at));
                    }
                });
            });
            page.line("span class=doc role=status", &said);
        });
        page.el("div class=shelves", |page| {
            page.hear(ListenerKind::onkeydown, store, walk);
            page.put(groups);
        });
    });
    modal(store, "Scenarios", true, body)
}

/// Whether every word that is looked for stands in a text.
fn fits(search: &str, text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    search.to_ascii_lowercase().split_whitespace().all(|word| text.contains(word))
}

/// A protocol with those of its scenarios that fit, and how many these are. Without any, it is
/// shown if it fits itself.
fn group(page: &mut Markup, store: &Store, search: &str, entry: &Entry) -> usize {
    let info = entry.info;
    let current = store.ask(|player| player.source().id);
    let all = ROWS.with(|rows| rows.get_or_init(rows_of_library).clone());
    let about_it = format!("{} {} {}", info.title, info.family, info.summary);
    let mut rows = Vec::new();
    for row in &*all {
        let text = format!("{about_it} {} {} {}", row.title, row.about, row.id);
        if row.protocol == info.id && fits(search, &text) {
            rows.push(row);
        }
    }
    if rows.is_empty() && !fits(search, &about_it) {
        return 0;
    }
    page.el("section", |page| {
        page.key(info.id);
        page.attr("data-protocol", info.id);
        page.attr("aria-label", info.title);
        page.el("header", |page| {
            page.line("h3", info.title);
            page.line("span class=detail", info.family);
            page.el("button type=button class=small", |page| {
                page.click(store, Command::OpenText(empty_text(entry)));
                page.attr("aria-label", &format!("Empty scenario of {}", info.title));
                let title = "The protocol as it is, with a new seed and nobody who intervenes";
                page.attr("title", title);
                page.text("Empty scenario");
            });
        });
        page.line("p", info.summary);
        page.line("p class=doc", info.reference);
        page.el("ul class=library", |page| {
            for row in &rows {
                page.el("li", |page| {
                    page.key(row.id);
                    scenario(page, store, row, current == Some(row.id));
                });
            }
        });
    });
    rows.len()
}

fn scenario(page: &mut Markup, store: &Store, row: &Row, current: bool) {
    page.el("button type=button", |page| {
        page.state("aria-current", current);
        page.attr("data-scenario", row.id);
        page.click(store, Command::OpenLibrary(row.id.to_string()));
        page.el("span class=title", |page| {
            page.text(&row.title);
            if row.flawed {
                page.line("span class=detail", "broken on purpose");
            }
        });
        page.line("span class=about", &row.about);
    });
}

/// The protocol as it is by default, with a seed that nobody has seen.
fn empty_text(entry: &Entry) -> String {
    let info = entry.info;
    let seed = getrandom::u32().unwrap_or(1) % 9_999 + 1;
    let clients = match info.clients.max {
        0 => String::new(),
        _ => format!(" clients={}", info.clients.default),
    };
    format!(
        "interleave {VERSION}\n{} nodes={}{clients}\nseed {seed}\n",
        info.id, info.servers.default
    )
}

fn search(store: &Store, event: &Event) {
    store.send(Command::Share(Wish::Search(browser::filled(event).into())));
}

/// Only one protocol is looked at, or all again.
fn narrow(store: &Store, event: &Event) {
    store.send(Command::Share(Wish::Only(browser::filled(event).parse().ok())));
}

/// The arrows walk over the scenarios; from above the first one leads back to the search.
fn walk(_: &Store, event: &Event) {
    let Some(key) = event.dyn_ref::<KeyboardEvent>() else { return };
    let Some(document) = browser::document() else { return };
    let Ok(list) = document.query_selector_all(".library button") else { return };
    let count = list.length();
    let here = event.target_dyn_into::<Element>();
    let element = |at| list.get(at).and_then(|node| node.dyn_into::<Element>().ok());
    let mut at = 0;
    while at < count && element(at) != here {
        at += 1;
    }
    let on_list = at < count;
    let to = match key.key().as_str() {
        "ArrowDown" if on_list => at + 1,
        "ArrowDown" => 0,
        "ArrowUp" if at == 0 => return browser::focus("library-search"),
        "ArrowUp" if on_list => at - 1,
        "Home" if on_list => 0,
        "End" if on_list => count - 1,
        _ => return,
    };
    if let Some(next) = element(to) {
        event.prevent_default();
        browser::focus_element(&next);
    }
}
