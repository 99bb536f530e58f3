//! The scenarios that come with the page.

use std::cell::OnceCell;
use std::rc::Rc;

use yew::prelude::*;

use super::dialog::Modal;
use crate::scenario::{library, parse};
use crate::ui::state::store::{Command, Store};

/// A scenario in the list.
struct Row {
    id: &'static str,
    title: String,
    family: &'static str,
    about: String,
}

thread_local! {
    /// The texts do not change: they are read when the list is first opened.
    static ROWS: OnceCell<Rc<Vec<Row>>> = const { OnceCell::new() };
}

fn rows_of_library() -> Rc<Vec<Row>> {
    let row = |entry: &library::LibraryEntry| {
        let scenario = parse(entry.text).scenario;
        let about = scenario.as_ref().and_then(|scenario| scenario.says.first());
        let about = about.map(|say| say.text.clone()).unwrap_or_default();
        let title = scenario.as_ref().map_or_else(|| entry.id.to_string(), |s| s.title.clone());
        let family = scenario.map_or("", |scenario| scenario.entry.info.title);
        Row { id: entry.id, title, family, about }
    };
    Rc::new(library::SCENARIOS.iter().map(row).collect())
}

/// The library.
pub fn library(store: &Store) -> Html {
    let current = store.ask(|player| player.source().id);
    let rows = ROWS.with(|rows| rows.get_or_init(rows_of_library).clone());
    html! {
        <Modal store={store.clone()} title="Scenarios" wide={true}>
            if rows.is_empty() { <p class="empty">{ "There are none yet." }</p> }
            <ul class="library">
                { for rows.iter().map(|row| html! {
                    <li key={row.id}>
                        <button type="button" aria-current={(current == Some(row.id)).to_string()}
                            data-scenario={row.id}
                            onclick={store.on(Command::OpenLibrary(row.id.to_string()))}>
                            <span class="title">{ &row.title }</span>
                            <span class="detail">{ row.family }</span>
                            <span class="about">{ &row.about }</span>
                        </button>
                    </li>
                }) }
            </ul>
        </Modal>
    }
}
