//! A link that shows somebody else exactly this run.

use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{HtmlInputElement, HtmlTextAreaElement};
use yew::prelude::*;

use super::dialog::Modal;
use crate::ui::hooks::browser;
use crate::ui::state::store::{Store, View};
use crate::ui::state::tell;

/// What the dialog needs.
#[derive(Properties, PartialEq)]
pub struct ShareProps {
    /// The run.
    pub view: View,
}

/// The dialog.
#[component]
pub fn Share(props: &ShareProps) -> Html {
    let store = use_context::<Store>().expect("the store");
    let view = &props.view;
    let here = use_state(|| true);
    let copied = use_state(|| None::<bool>);
    let field = use_node_ref();
    let shared = store.ask(|player| player.share(*here));
    let from = |now: bool| {
        let (here, copied) = (here.clone(), copied.clone());
        Callback::from(move |_: Event| {
            here.set(now);
            copied.set(None);
        })
    };
    let body = match shared {
        Err(why) => html! {
            <p class="faults">{ format!("This run has no link: {why}. Its text stands under Script.") }</p>
        },
        Ok(shared) => {
            let link = format!("{}{}", browser::base(), shared.fragment);
            let length = link.chars().count();
            html! {
                <>
                    <label class="sr" for="share-link">{ "Link" }</label>
                    <textarea id="share-link" ref={field.clone()} readonly=true rows="4"
                        value={link.clone()} />
                    <div class="actions">
                        <button type="button" class="small primary" id="copy"
                            onclick={copy(link, &field, &copied)}>{ "Copy the link" }</button>
                        <span class="doc" role="status">{ match *copied {
                            Some(true) => "Copied.".to_string(),
                            Some(false) => "Selected: copy it with Ctrl+C.".to_string(),
                            None => format!("{length} characters{}", if length > 2_000 {
                                ": some chats cut that off" } else { "" }),
                        } }</span>
                    </div>
                    <details><summary>{ "What the link carries" }</summary>
                        <p class="doc">{ "The whole scenario, compressed, behind the hash mark: it reaches \
                            no server. The same text gives the same run in every browser." }</p>
                        <pre tabindex="0">{ shared.text }</pre>
                    </details>
                </>
            }
        }
    };
    html! {
        <Modal title="Share">
            <fieldset class="sides">
                <legend>{ "Whoever opens it sees this run" }</legend>
                <label><input type="radio" name="from" checked={*here} onchange={from(true)} />
                    { format!("from this moment, {}", tell::clock(view.now)) }</label>
                <label><input type="radio" name="from" checked={!*here} onchange={from(false)} />
                    { "from the start" }</label>
            </fieldset>
            { body }
        </Modal>
    }
}

/// Copies; where that is forbidden, selects the text so that a person can.
fn copy(
    link: String,
    field: &NodeRef,
    copied: &UseStateHandle<Option<bool>>,
) -> Callback<MouseEvent> {
    let (field, copied) = (field.clone(), copied.clone());
    Callback::from(move |_| {
        let (link, field, copied) = (link.clone(), field.clone(), copied.clone());
        spawn_local(async move {
            let done = match browser::clipboard() {
                Some(clipboard) => JsFuture::from(clipboard.write_text(&link)).await.is_ok(),
                None => false,
            };
            if !done {
                if let Some(area) = field.cast::<HtmlTextAreaElement>() {
                    let _ = area.focus();
                    area.select();
                } else if let Some(input) = field.cast::<HtmlInputElement>() {
                    input.select();
                }
            }
            copied.set(Some(done));
        });
    })
}
