//! The scenarios that come with the page.

use yew::prelude::*;

use super::dialog::Modal;
use crate::scenario::{library, parse};
use crate::ui::state::store::{Command, Store};

/// What the library needs.
#[derive(Properties, PartialEq)]
pub struct LibraryProps {
    /// Which scenario runs.
    pub current: Option<&'static str>,
}

/// The library.
#[component]
pub fn Library(props: &LibraryProps) -> Html {
    let store = use_context::<Store>().expect("the store");
    let rows = use_memo((), |()| {
        let row = |entry: &'static library::LibraryEntry| {
            let scenario = parse(entry.text).scenario;
            let about = scenario.as_ref().and_then(|scenario| scenario.says.first());
            let about = about.map(|say| say.text.clone()).unwrap_or_default();
            let title = scenario.as_ref().map_or_else(|| entry.id.to_string(), |s| s.title.clone());
            let family = scenario.map_or("", |scenario| scenario.entry.info.title);
            (entry.id, title, family, about)
        };
        library::SCENARIOS.iter().map(row).collect::<Vec<_>>()
    });
    html! {
        <Modal title="Scenarios" wide={true}>
            if rows.is_empty() { <p class="empty">{ "There are none yet." }</p> }
            <ul class="library">
                { for rows.iter().map(|(id, title, family, about)| html! {
                    <li key={*id}>
                        <button type="button" aria-current={(props.current == Some(*id)).to_string()}
                            data-scenario={*id}
                            onclick={store.on(Command::OpenLibrary(id.to_string()))}>
                            <span class="title">{ title }</span>
                            <span class="detail">{ *family }</span>
                            <span class="about">{ about }</span>
                        </button>
                    </li>
                }) }
            </ul>
        </Modal>
    }
}
