//! A native dialog: the browser keeps the focus inside, closes it on Escape and gives the focus
//! back.

use yew::Html;
use yew::virtual_dom::ListenerKind;

use super::icons::icon;
use crate::ui::hooks::markup::markup;
use crate::ui::state::store::{Command, Store};

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
