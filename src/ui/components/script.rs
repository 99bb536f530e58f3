//! The scenario's text: what the run is made from, with everything that was done to it.

use std::rc::Rc;

use web_sys::HtmlTextAreaElement;
use yew::prelude::*;

use super::dialog::Modal;
use crate::scenario::parse;
use crate::ui::state::shell::{Broken, Edit, Shell};
use crate::ui::state::store::{Command, Store};

/// The text, to be read and changed. It follows the run until somebody writes in it.
pub fn script(store: &Store, shell: &Shell) -> Html {
    let written = shell.form.written.as_ref();
    let text: Rc<str> = match written {
        Some(text) => text.clone(),
        None => store.ask(|player| player.text()).into(),
    };
    let faults = written.map(|text| faults_of(text)).unwrap_or_default();
    let oninput = write(store, |text| Edit::Written(Some(text)));
    let open = store.on(Command::OpenText(text.to_string()));
    let revert = store.on(Command::Edit(Edit::Written(None)));
    html! {
        <div class="script">
            <label class="sr" for="script-text">{ "The scenario's text" }</label>
            <textarea id="script-text" spellcheck="false" autocomplete="off" autocapitalize="off"
                wrap="off" value={text.to_string()} {oninput}
                aria-describedby="script-faults" />
            <ul class="faults" id="script-faults">{ faults_list(&faults) }</ul>
            if written.is_some() {
                <div class="actions">
                    <button type="button" class="small primary" onclick={open}
                        disabled={!faults.is_empty()}>{ "Run this text" }</button>
                    <button type="button" class="small" onclick={revert}>{ "Discard" }</button>
                </div>
            } else {
                <p class="empty">{ "Whatever you do to the run appears here as a line. Change the \
                    text to run something else." }</p>
            }
        </div>
    }
}

/// A text or link that could not be opened: what is wrong with it, and the text itself, to be
/// mended.
pub fn mend(store: &Store, shell: &Shell, broken: &Broken) -> Html {
    let written = shell.form.mended.as_ref();
    let text: Rc<str> = written.unwrap_or(&broken.text).clone();
    let linked = text.contains("#/");
    let problems: Vec<String> = match written {
        Some(text) if !linked => faults_of(text),
        Some(_) => Vec::new(),
        None => broken.problems.iter().map(|line| line.to_string()).collect(),
    };
    let open = store.on(match linked {
        true => Command::OpenFragment(text.to_string()),
        false => Command::OpenText(text.to_string()),
    });
    html! {
        <Modal store={store.clone()} title="This does not open" wide={true}>
            <ul class="faults">{ faults_list(&problems) }</ul>
            <p class="doc">{ &*broken.hint }</p>
            <label class="sr" for="mend-text">{ "The text" }</label>
            <textarea id="mend-text" spellcheck="false" autocomplete="off" wrap="off" rows="12"
                value={text.to_string()} oninput={write(store, Edit::Mended)} />
            <div class="actions">
                <button type="button" class="small primary" onclick={open}>{ "Open" }</button>
                <button type="button" class="small" onclick={store.on(Command::Dialog(None))}>
                    { "Go on with what runs" }</button>
            </div>
        </Modal>
    }
}

fn faults_of(text: &str) -> Vec<String> {
    parse(text).diagnostics.iter().map(ToString::to_string).collect()
}

fn faults_list(faults: &[String]) -> Html {
    faults.iter().map(|fault| html! { <li>{ fault }</li> }).collect()
}

fn write(store: &Store, edit: fn(Rc<str>) -> Edit) -> Callback<InputEvent> {
    let store = store.clone();
    Callback::from(move |event: InputEvent| {
        if let Some(area) = event.target_dyn_into::<HtmlTextAreaElement>() {
            store.send(Command::Edit(edit(area.value().into())));
        }
    })
}
