//! The scenarios that come with the page, by protocol, and a start from nothing.

use std::cell::OnceCell;
use std::rc::Rc;

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlInputElement, HtmlSelectElement, KeyboardEvent};
use yew::prelude::*;

use super::dialog::Modal;
use crate::protocols::{CATALOG, Entry};
use crate::scenario::{VERSION, library, parse};
use crate::ui::hooks::browser;
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
    let row = |entry: &library::LibraryEntry| {
        let scenario = parse(entry.text).scenario?;
        let about = scenario.says.first().map(|say| say.text.clone()).unwrap_or_default();
        let flawed = scenario.setup.params.flaws.contains(&true);
        let protocol = scenario.entry.info.id;
        Some(Row { id: entry.id, title: scenario.title, protocol, about, flawed })
    };
    Rc::new(library::SCENARIOS.iter().filter_map(row).collect())
}

/// The library.
pub fn library(store: &Store, shell: &Shell) -> Html {
    let current = store.ask(|player| player.source().id);
    let rows = ROWS.with(|rows| rows.get_or_init(rows_of_library).clone());
    let search = &shell.sharing.search;
    let words: Vec<String> = search.split_whitespace().map(str::to_ascii_lowercase).collect();
    let only = shell.sharing.only;
    let chosen = CATALOG.iter().enumerate().filter(|(at, _)| only.is_none_or(|only| only == *at));
    let mut found = 0;
    let groups: Vec<Html> = chosen
        .filter_map(|(_, entry)| {
            let info = entry.info;
            let about_it = [info.title, info.family, info.summary].join(" ").to_ascii_lowercase();
            let whole = words.iter().all(|word| about_it.contains(word.as_str()));
            let fits = |row: &&Row| {
                let text =
                    [&about_it, &*row.title, &*row.about, row.id].join(" ").to_ascii_lowercase();
                words.iter().all(|word| text.contains(word.as_str()))
            };
            let own = rows.iter().filter(|row| row.protocol == info.id);
            let list: Vec<&Row> = own.filter(fits).collect();
            found += list.len();
            (whole || !list.is_empty()).then(|| group(store, entry, &list, current))
        })
        .collect();
    let said = match found {
        0 => "No scenario fits.".to_string(),
        1 => "One scenario.".to_string(),
        more => format!("{more} scenarios."),
    };
    html! {
        <Modal store={store.clone()} title="Scenarios" wide={true}>
            <div class="ask finder">
                <label>{ "Search" }
                    <input type="search" id="library-search" autocomplete="off"
                        value={search.to_string()} oninput={on_search(store)}
                        onkeydown={walk()} /></label>
                <label>{ "Protocol" }
                    <select id="library-only" onchange={on_only(store)}>
                        <option value="" selected={only.is_none()}>{ "All" }</option>
                        { for CATALOG.iter().enumerate().map(|(at, entry)| html! {
                            <option value={at.to_string()} selected={only == Some(at)}>
                                { entry.info.title }</option>
                        }) }
                    </select></label>
                <span class="doc" role="status">{ said }</span>
            </div>
            <div class="shelves" onkeydown={walk()}>{ for groups }</div>
        </Modal>
    }
}

fn group(store: &Store, entry: &Entry, rows: &[&Row], current: Option<&str>) -> Html {
    let info = entry.info;
    let empty = Command::OpenText(empty_text(entry));
    html! {
        <section key={info.id} data-protocol={info.id} aria-label={info.title}>
            <header>
                <h3>{ info.title }</h3>
                <span class="detail">{ info.family }</span>
                <button type="button" class="small" onclick={store.on(empty)}
                    aria-label={format!("Empty scenario of {}", info.title)}
                    title="The protocol as it is, with a new seed and nobody who intervenes">
                    { "Empty scenario" }</button>
            </header>
            <p>{ info.summary }</p>
            <p class="doc">{ info.reference }</p>
            <ul class="library">
                { for rows.iter().map(|row| html! {
                    <li key={row.id}>
                        <button type="button" aria-current={(current == Some(row.id)).to_string()}
                            data-scenario={row.id}
                            onclick={store.on(Command::OpenLibrary(row.id.to_string()))}>
                            <span class="title">{ &row.title }
                                if row.flawed {
                                    <span class="detail">{ "broken on purpose" }</span>
                                }
                            </span>
                            <span class="about">{ &row.about }</span>
                        </button>
                    </li>
                }) }
            </ul>
        </section>
    }
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

fn on_search(store: &Store) -> Callback<InputEvent> {
    let store = store.clone();
    Callback::from(move |event: InputEvent| {
        if let Some(input) = event.target_dyn_into::<HtmlInputElement>() {
            store.send(Command::Share(Wish::Search(input.value().into())));
        }
    })
}

fn on_only(store: &Store) -> Callback<Event> {
    let store = store.clone();
    Callback::from(move |event: Event| {
        if let Some(select) = event.target_dyn_into::<HtmlSelectElement>() {
            store.send(Command::Share(Wish::Only(select.value().parse().ok())));
        }
    })
}

/// The arrows walk over the scenarios; from above the first one leads back to the search.
fn walk() -> Callback<KeyboardEvent> {
    Callback::from(|event: KeyboardEvent| {
        let Some(document) = browser::document() else { return };
        let Ok(list) = document.query_selector_all(".library button") else { return };
        let here = event.target_dyn_into::<Element>();
        let same = |at: &u32| {
            let node = list.get(*at).and_then(|node| node.dyn_into::<Element>().ok());
            node.is_some() && node == here
        };
        let at = (0..list.length()).find(same);
        let to = match (event.key().as_str(), at) {
            ("ArrowDown", at) => at.map_or(0, |at| at + 1),
            ("ArrowUp", Some(0)) => return browser::focus("library-search"),
            ("ArrowUp", Some(at)) => at - 1,
            ("Home", Some(_)) => 0,
            ("End", Some(_)) => list.length().saturating_sub(1),
            _ => return,
        };
        let next = list.get(to).and_then(|node| node.dyn_into::<Element>().ok());
        if let Some(next) = next {
            event.prevent_default();
            browser::focus_element(&next);
        }
    })
}
