//! The obvious things to try, on the stage.

use yew::Html;

use super::icons::icon;
use crate::ui::hooks::markup::{Markup, markup};
use crate::ui::state::choices::proposals;
use crate::ui::state::shell::{Dialog, Shell};
use crate::ui::state::store::{Command, Store, View};

/// More proposals than this are only in the dialog.
const SHOWN: usize = 4;

/// The proposals.
pub fn try_this(store: &Store, view: &View, _: &Shell) -> Html {
    markup(|page| {
        page.el("div class=try role=group aria-label='Try this'", |page| {
            page.group(|page| proposed(page, store, view));
            let more = Command::Dialog(Some(Dialog::Act));
            page.press(
                "button type=button class='chip more' id=more",
                store,
                "Do something…",
                more,
            );
        });
    })
}

fn proposed(page: &mut Markup, store: &Store, view: &View) {
    let mut list = proposals(view);
    list.truncate(SHOWN);
    let mut first = true;
    for choice in list {
        page.el("button type=button", |page| {
            page.attr("class", if first { "chip first" } else { "chip" });
            page.key(&choice.label);
            page.attr("title", choice.doc);
            page.click(store, choice.command);
            if first {
                page.put(icon("bolt"));
            }
            page.text(&choice.label);
        });
        first = false;
    }
}
