//! What is told under the stage: the author's words, or else what the protocol said last.

use yew::prelude::*;

use crate::ui::state::scene::Caption;

/// What the narration needs.
#[derive(Properties, PartialEq)]
pub struct NarrationProps {
    /// The words.
    pub caption: Option<Caption>,
    /// What stands there while nothing was told yet.
    pub empty: AttrValue,
}

/// The narration.
#[component]
pub fn Narration(props: &NarrationProps) -> Html {
    match &props.caption {
        Some(caption) => {
            let class = if caption.written { "narration written" } else { "narration" };
            html! { <p {class} id="narration">{ &*caption.text }</p> }
        }
        None => html! { <p class="narration none" id="narration">{ props.empty.clone() }</p> },
    }
}
