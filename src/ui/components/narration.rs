//! What is told under the stage: the author's words, or else what the protocol said last.

use crate::ui::hooks::markup::Markup;
use crate::ui::state::store::View;

/// Longer texts may not fit into the lines that are kept for them: they can be opened.
const LONG: usize = 60;

/// The narration. It always takes the same room, so that the stage does not jump.
pub fn narration(page: &mut Markup, view: &View) {
    let (class, text) = match &view.caption {
        Some(caption) if caption.written => ("narration written", &*caption.text),
        Some(caption) => ("narration", &*caption.text),
        None if view.playing => ("narration none", "The cluster has just started."),
        None => ("narration none", "Press play, or step through it event by event."),
    };
    page.el("div id=narration", |page| {
        page.attr("class", class);
        if text.len() > LONG {
            page.attr("tabindex", "0");
        }
        page.line("p", text);
    });
}
