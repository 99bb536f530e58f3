//! What is told under the stage: the author's words, or else what the protocol said last.

use yew::prelude::*;

use crate::ui::state::store::View;

/// Longer texts may not fit into the lines that are kept for them: they can be opened.
const LONG: usize = 110;

/// The narration. It always takes the same room, so that the stage does not jump.
pub fn narration(view: &View) -> Html {
    match &view.caption {
        Some(caption) => {
            let class = if caption.written { "narration written" } else { "narration" };
            let tabindex = (caption.text.len() > LONG).then_some("0");
            html! {
                <div {class} id="narration" {tabindex}><p>{ &*caption.text }</p></div>
            }
        }
        None => {
            let hint = match view.playing {
                true => "The cluster has just started.",
                false => "Press play, or step through it event by event.",
            };
            html! { <div class="narration none" id="narration"><p>{ hint }</p></div> }
        }
    }
}
