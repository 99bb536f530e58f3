//! The scenario's text: what the run is made from, with everything that was done to it.

use web_sys::HtmlTextAreaElement;
use yew::prelude::*;

use super::dialog::Modal;
use crate::scenario::parse;
use crate::ui::state::shell::Broken;
use crate::ui::state::store::{Command, Store, View};
use std::rc::Rc;

/// What the panel needs.
#[derive(Properties, PartialEq)]
pub struct ScriptProps {
    /// The run.
    pub view: View,
}

/// The text, to be read and changed. It follows the run until somebody writes in it.
#[component]
pub fn Script(props: &ScriptProps) -> Html {
    let store = use_context::<Store>().expect("the store");
    let written = use_state(|| None::<Rc<str>>);
    let _ = &props.view;
    let text: Rc<str> = match &*written {
        Some(text) => text.clone(),
        None => store.ask(|player| player.text()).into(),
    };
    let faults: Vec<String> = match &*written {
        Some(text) => parse(text).diagnostics.iter().map(ToString::to_string).collect(),
        None => Vec::new(),
    };
    let oninput = write_to(&written);
    let open = {
        let (store, text, written) = (store.clone(), text.clone(), written.clone());
        Callback::from(move |_: MouseEvent| {
            written.set(None);
            store.send(Command::OpenText(text.to_string()));
        })
    };
    let revert = {
        let written = written.clone();
        Callback::from(move |_: MouseEvent| written.set(None))
    };
    html! {
        <div class="script">
            <label class="sr" for="script-text">{ "The scenario's text" }</label>
            <textarea id="script-text" spellcheck="false" autocomplete="off" autocapitalize="off"
                wrap="off" value={text.to_string()} {oninput} maxlength="65536"
                aria-describedby="script-faults" />
            <ul class="faults" id="script-faults" role="status">
                { for faults.iter().map(|fault| html! { <li>{ fault }</li> }) }
            </ul>
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

fn write_to(written: &UseStateHandle<Option<Rc<str>>>) -> Callback<InputEvent> {
    let written = written.clone();
    Callback::from(move |event: InputEvent| {
        if let Some(area) = event.target_dyn_into::<HtmlTextAreaElement>() {
            written.set(Some(area.value().into()));
        }
    })
}

/// What the dialog needs.
#[derive(Properties, PartialEq)]
pub struct MendProps {
    /// What could not be opened.
    pub broken: Rc<Broken>,
}

/// A text or link that could not be opened: what is wrong with it, and the text itself, to be
/// mended.
#[component]
pub fn Mend(props: &MendProps) -> Html {
    let store = use_context::<Store>().expect("the store");
    let written = use_state(|| None::<Rc<str>>);
    let text = (*written).clone().unwrap_or_else(|| props.broken.text.clone());
    let problems: Vec<String> = match &*written {
        Some(text) if !text.trim_start().starts_with('#') && !text.contains("#/") => {
            parse(text).diagnostics.iter().map(ToString::to_string).collect()
        }
        Some(_) => Vec::new(),
        None => props.broken.problems.iter().map(|line| line.to_string()).collect(),
    };
    let open = {
        let (store, text) = (store.clone(), text.clone());
        Callback::from(move |_: MouseEvent| {
            let text = text.to_string();
            store.send(match text.contains("#/") {
                true => Command::OpenFragment(text),
                false => Command::OpenText(text),
            });
        })
    };
    html! {
        <Modal title="This does not open" wide={true}>
            <ul class="faults" role="alert">
                { for problems.iter().map(|line| html! { <li>{ line }</li> }) }
            </ul>
            <p class="doc">{ &*props.broken.hint }</p>
            <label class="sr" for="mend-text">{ "The text" }</label>
            <textarea id="mend-text" spellcheck="false" autocomplete="off" wrap="off" rows="12"
                value={text.to_string()} oninput={write_to(&written)} />
            <div class="actions">
                <button type="button" class="small primary" onclick={open}>{ "Open" }</button>
                <button type="button" class="small" onclick={store.on(Command::Dialog(None))}>
                    { "Go on with what runs" }</button>
            </div>
        </Modal>
    }
}
