//! The obvious things to try, on the stage.

use yew::prelude::*;

use super::icons::icon;
use crate::ui::state::choices::proposals;
use crate::ui::state::shell::{Dialog, Shell};
use crate::ui::state::store::{Command, Store, View};

/// The proposals.
pub fn try_this(store: &Store, view: &View, _: &Shell) -> Html {
    let list = proposals(view);
    html! {
        <div class="try" role="group" aria-label="Try this">
            { for list.into_iter().take(4).enumerate().map(|(at, choice)| html! {
                <button type="button" class={if at == 0 { "chip first" } else { "chip" }}
                    key={choice.label.clone()} title={choice.doc}
                    onclick={store.on(choice.command)}>
                    if at == 0 { { icon("bolt") } }
                    { choice.label }
                </button>
            }) }
            <button type="button" class="chip more" id="more"
                onclick={store.on(Command::Dialog(Some(Dialog::Act)))}>
                { "Do something…" }
            </button>
        </div>
    }
}
