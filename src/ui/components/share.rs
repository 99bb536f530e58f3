//! A link that shows somebody else exactly this run.

use wasm_bindgen::JsCast;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::HtmlTextAreaElement;
use yew::prelude::*;

use super::dialog::Modal;
use crate::ui::hooks::browser;
use crate::ui::state::shell::{Edit, Shell};
use crate::ui::state::source::Shared;
use crate::ui::state::store::{Command, Store, View};
use crate::ui::state::tell;

/// Many chats cut longer addresses off.
const LONG: usize = 2_000;

/// The dialog.
pub fn share(store: &Store, view: &View, shell: &Shell) -> Html {
    let start = shell.form.from_start;
    let body = match store.ask(|player| player.share(!start)) {
        Ok(shared) => link(store, shell, shared),
        Err(why) => html! {
            <p class="faults">
                { format!("This run has no link: {why}. Its text stands under Script.") }
            </p>
        },
    };
    let from = |start| store.on(Command::Edit(Edit::FromStart(start)));
    html! {
        <Modal store={store.clone()} title="Share">
            <fieldset class="sides">
                <legend>{ "Whoever opens it sees this run" }</legend>
                <label><input type="radio" name="from" checked={!start} onchange={from(false)} />
                    { format!("from this moment, {}", tell::clock(view.now)) }</label>
                <label><input type="radio" name="from" checked={start} onchange={from(true)} />
                    { "from the start" }</label>
            </fieldset>
            { body }
        </Modal>
    }
}

fn link(store: &Store, shell: &Shell, shared: Shared) -> Html {
    let link = format!("{}{}", browser::base(), shared.fragment);
    let length = link.chars().count();
    let said = match shell.form.copied {
        Some(true) => "Copied.".to_string(),
        Some(false) => "Selected: copy it with Ctrl+C.".to_string(),
        None if length > LONG => format!("{length} characters: some chats cut that off"),
        None => format!("{length} characters"),
    };
    html! {
        <>
            <label class="sr" for="share-link">{ "Link" }</label>
            <textarea id="share-link" readonly=true rows="4" value={link.clone()} />
            <div class="actions">
                <button type="button" class="small primary" id="copy" onclick={copy(store, link)}>
                    { "Copy the link" }</button>
                <span class="doc" role="status">{ said }</span>
            </div>
            <details><summary>{ "What the link carries" }</summary>
                <p class="doc">{ "The whole scenario, compressed, behind the hash mark: it reaches \
                    no server. The same text gives the same run in every browser." }</p>
                <pre tabindex="0">{ shared.text }</pre>
            </details>
        </>
    }
}

/// Copies; where that is forbidden, selects the text so that a person can.
fn copy(store: &Store, link: String) -> Callback<MouseEvent> {
    let store = store.clone();
    Callback::from(move |_| {
        let (link, store) = (link.clone(), store.clone());
        spawn_local(async move {
            let done = match browser::clipboard() {
                Some(clipboard) => JsFuture::from(clipboard.write_text(&link)).await.is_ok(),
                None => false,
            };
            if !done {
                select("share-link");
            }
            store.send(Command::Edit(Edit::Copied(done)));
        });
    })
}

fn select(id: &str) {
    let element = browser::document().and_then(|document| document.get_element_by_id(id));
    if let Some(area) = element.and_then(|found| found.dyn_into::<HtmlTextAreaElement>().ok()) {
        let _ = area.focus();
        area.select();
    }
}
