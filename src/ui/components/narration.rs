//! What is told under the stage: the author's words, or else what the protocol said last.

use yew::prelude::*;

use crate::ui::state::store::View;

/// The narration.
pub fn narration(view: &View) -> Html {
    match &view.caption {
        Some(caption) => {
            let class = if caption.written { "narration written" } else { "narration" };
            html! { <p {class} id="narration">{ &*caption.text }</p> }
        }
        None => {
            let hint = match view.playing {
                true => "The cluster has just started.",
                false => "Press play, or step through it event by event.",
            };
            html! { <p class="narration none" id="narration">{ hint }</p> }
        }
    }
}
