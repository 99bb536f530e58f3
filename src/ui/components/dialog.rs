//! A native dialog: the browser keeps the focus inside, closes it on Escape and gives the focus
//! back.

use web_sys::HtmlDialogElement;
use yew::prelude::*;
use yew::virtual_dom::ListenerKind;

use super::icons::icon;
use crate::ui::hooks::browser;
use crate::ui::hooks::markup::markup;
use crate::ui::state::store::{Command, Store};

/// What a dialog needs.
#[derive(Properties, PartialEq)]
pub struct DialogProps {
    /// Where commands go.
    pub store: Store,
    /// Its heading.
    pub title: AttrValue,
    /// What is in it.
    pub children: Children,
    /// Whether it is wide.
    #[prop_or_default]
    pub wide: bool,
}

/// A dialog that is open as long as it is rendered.
#[component]
pub fn Modal(props: &DialogProps) -> Html {
    let store = &props.store;
    let dialog = use_node_ref();
    {
        let dialog = dialog.clone();
        use_effect_with((), move |()| {
            let element = dialog.cast::<HtmlDialogElement>();
            if let Some(element) = element.filter(|element| !element.open()) {
                // What opens by itself in a frame takes nobody's focus away. Then, and where modal
                // dialogs are forbidden, it is open all the same, in place.
                let quiet = browser::framed() && !browser::has_focus();
                if quiet || element.show_modal().is_err() {
                    element.set_open(true);
                }
            }
        });
    }
    let close = store.on::<yew::Event>(Command::Dialog(None));
    let class = if props.wide { "modal wide" } else { "modal" };
    html! {
        <dialog {class} ref={dialog} onclose={close} aria-labelledby="dialog-title">
            <header>
                <h2 id="dialog-title">{ props.title.clone() }</h2>
                <button type="button" class="tool" aria-label="Close"
                    onclick={store.on(Command::Dialog(None))}>{ icon("close") }</button>
            </header>
            <div class="body">{ for props.children.iter() }</div>
        </dialog>
    }
}

/// A dialog with its heading and what is in it, wide or not. Once the page is drawn, `settle`
/// opens it.
pub fn modal(store: &Store, title: &str, wide: bool, body: Html) -> Html {
    markup(|page| {
        page.el("dialog aria-labelledby=dialog-title", |page| {
            page.attr("class", if wide { "modal wide" } else { "modal" });
            page.on(ListenerKind::onclose, store.on(Command::Dialog(None)));
            page.el("header", |page| {
                page.line("h2 id=dialog-title", title);
                page.el("button type=button class=tool aria-label=Close", |page| {
                    page.click(store, Command::Dialog(None));
                    page.put(icon("close"));
                });
            });
            page.el("div class=body", |page| page.put(body));
        });
    })
}
