//! The browser behind guards: what is missing or forbidden answers `None`, never throws.

use wasm_bindgen::JsCast;
use web_sys::{Document, Element, HtmlElement, Window};

/// The window.
pub fn window() -> Option<Window> {
    web_sys::window()
}

/// The document.
pub fn document() -> Option<Document> {
    window()?.document()
}

/// The scenarios of the library, as the document has fetched them.
pub fn boot_library() -> String {
    use js_sys::Reflect;
    let boot = window().and_then(|window| Reflect::get(&window, &"boot".into()).ok());
    let text = boot.and_then(|boot| Reflect::get(&boot, &"library".into()).ok());
    text.and_then(|text| text.as_string()).unwrap_or_default()
}

/// Whether a media query holds.
pub fn media(query: &str) -> bool {
    let list = window().and_then(|window| window.match_media(query).ok().flatten());
    list.is_some_and(|list| list.matches())
}

/// Milliseconds since the page began.
pub fn now_ms() -> f64 {
    window().and_then(|window| window.performance()).map_or(0.0, |clock| clock.now())
}

/// Does something once, so many milliseconds from now.
pub fn later(ms: f64, act: impl FnOnce() + 'static) {
    let Some(window) = window() else { return };
    let act = wasm_bindgen::prelude::Closure::once_into_js(act);
    let _ = window
        .set_timeout_with_callback_and_timeout_and_arguments_0(act.unchecked_ref(), ms as i32 + 1);
}

/// The query of the address, with its question mark.
pub fn query() -> String {
    window().and_then(|window| window.location().search().ok()).unwrap_or_default()
}

/// The fragment of the address, with its hash mark.
pub fn fragment() -> String {
    window().and_then(|window| window.location().hash().ok()).unwrap_or_default()
}

/// The address.
pub fn address() -> String {
    window().and_then(|window| window.location().href().ok()).unwrap_or_default()
}

/// The address without query and fragment.
pub fn base() -> String {
    let href = address();
    let end = href.find(['?', '#']).unwrap_or(href.len());
    href[..end].to_string()
}

/// Writes the fragment, which begins with its hash mark, without a step in the history and
/// without a `hashchange`. Frames without an address of their own refuse; then it stays as it was.
pub fn replace_fragment(fragment: &str) {
    let Some(history) = window().and_then(|window| window.history().ok()) else { return };
    let to = format!("{}{fragment}", query());
    let _ = history.replace_state_with_url(&wasm_bindgen::JsValue::NULL, "", Some(&to));
}

/// Puts the present address into the history once more: what replaces the fragment next leaves the
/// present one behind the browser's Back.
pub fn push_address() {
    if let Some(history) = window().and_then(|window| window.history().ok()) {
        let _ = history.push_state_with_url(&wasm_bindgen::JsValue::NULL, "", None);
    }
}

/// Whether the page stands in a frame of another page.
pub fn framed() -> bool {
    let Some(window) = window() else { return false };
    let parent = window.parent().ok().flatten();
    parent.is_some_and(|parent| *parent != *window)
}

/// Whether what a person types comes here.
pub fn has_focus() -> bool {
    document().is_some_and(|document| document.has_focus().unwrap_or(false))
}

/// Whether the root element says that.
pub fn root_says(name: &str, value: &str) -> bool {
    let root = document().and_then(|document| document.document_element());
    root.and_then(|root| root.get_attribute(name)).is_some_and(|said| said == value)
}

/// Names the page in tabs and in the history.
pub fn set_title(title: &str) {
    if let Some(document) = document() {
        document.set_title(&format!("{title} · Interleave"));
    }
}

/// The element of that id.
pub fn element(id: &str) -> Option<Element> {
    document()?.get_element_by_id(id)
}

/// Whether the element of that id has the focus.
pub fn focused(id: &str) -> bool {
    let active = document().and_then(|document| document.active_element());
    active.is_some_and(|element| element.id() == id)
}

/// Whether nothing has the focus.
pub fn unfocused() -> bool {
    let active = document().and_then(|document| document.active_element());
    active.is_none_or(|element| element.tag_name() == "BODY")
}

/// Gives the focus to the element of that id.
pub fn focus(id: &str) {
    if let Some(element) = element(id) {
        focus_element(&element);
    }
}

/// Gives the focus to an element, in SVG or in HTML.
pub fn focus_element(element: &Element) {
    if let Some(element) = element.dyn_ref::<HtmlElement>() {
        let _ = element.focus();
    } else if let Some(element) = element.dyn_ref::<web_sys::SvgElement>() {
        let _ = element.focus();
    }
}

/// The first element that a selector finds.
pub fn first(selector: &str) -> Option<Element> {
    document()?.query_selector(selector).ok().flatten()
}

/// After the page was drawn: a dialog that is there opens, and a menu that was not there before
/// gets the focus.
pub fn settle() {
    show_dialog();
    if let Some(menu) = first(".context:not([data-shown])") {
        let _ = menu.set_attribute("data-shown", "");
        focus("context-0");
    }
}

/// Closes the details that the selector finds, and leaves the focus on their summary. False if
/// there are none.
pub fn fold(selector: &str) -> bool {
    let Some(details) = first(selector) else { return false };
    let _ = details.remove_attribute("open");
    if let Ok(Some(summary)) = details.query_selector("summary") {
        focus_element(&summary);
    }
    true
}

/// Lights what an element's `data-lights` names: the nodes and links that it speaks of, as their
/// `data-select` has them. An element that names nothing leaves alight what is meant to stay so.
pub fn light(element: Option<&Element>) {
    let Some(document) = document() else { return };
    let all = |what: &str| document.query_selector_all(what).ok();
    if let Some(lit) = all("[data-lit]") {
        for place in 0..lit.length() {
            if let Some(element) = lit.get(place).and_then(|node| node.dyn_into::<Element>().ok()) {
                let _ = element.remove_attribute("data-lit");
            }
        }
    }
    let near = element.and_then(|element| element.closest("[data-lights]").ok().flatten());
    let source = near.or_else(|| document.query_selector("[data-lights].stay").ok().flatten());
    let words = source.and_then(|element| element.get_attribute("data-lights"));
    for word in words.iter().flat_map(|words| words.split(' ')) {
        let found = document.query_selector(&format!(".stage [data-select='{word}']"));
        if let Some(element) = found.ok().flatten() {
            let _ = element.set_attribute("data-lit", "");
        }
    }
}

/// Marks the root element: themes, embedding, and what tests read.
pub fn mark_root(name: &str, value: &str) {
    let root = document().and_then(|document| document.document_element());
    if let Some(root) = root {
        let _ = root.set_attribute(name, value);
    }
}

/// Whether typing goes somewhere else: into a field, a list, an open dialog.
pub fn typing(target: Option<&Element>) -> bool {
    let inside = |element: &Element| {
        let editable = "input:not([type=range]):not([type=checkbox]):not([type=radio]), textarea, \
                        select, [contenteditable], dialog[open]";
        element.closest(editable).ok().flatten().is_some()
    };
    target.is_some_and(inside)
}

/// Whether the page is longer than its window.
pub fn scrolls() -> bool {
    let root = document().and_then(|document| document.document_element());
    root.is_some_and(|root| root.scroll_height() > root.client_height())
}

/// The clipboard, where there is one: not in insecure contexts, not in every frame.
pub fn clipboard() -> Option<web_sys::Clipboard> {
    let navigator = window()?.navigator();
    let value = js_sys::Reflect::get(&navigator, &"clipboard".into()).ok()?;
    value.dyn_into().ok()
}

/// Opens the dialog that was drawn and is not open yet.
fn show_dialog() {
    let dialog = first("dialog:not([open])").and_then(|element| element.dyn_into().ok());
    let Some(dialog) = dialog else { return };
    let dialog: web_sys::HtmlDialogElement = dialog;
    // What opens by itself in a frame takes nobody's focus away. Then, and where modal dialogs are
    // forbidden, it is open all the same, in place.
    let quiet = framed() && !has_focus();
    if quiet || dialog.show_modal().is_err() {
        dialog.set_open(true);
    }
}

/// What stands in a field: an input, a list, a text. Nothing stands in what is no field.
pub fn value(field: &wasm_bindgen::JsValue) -> String {
    let value = js_sys::Reflect::get(field, &"value".into()).ok();
    value.and_then(|value| value.as_string()).unwrap_or_default()
}

/// What stands in the field of an event.
pub fn filled(event: &web_sys::Event) -> String {
    event.target().map(|field| value(&field)).unwrap_or_default()
}

/// Closes whatever dialog is open, so that the focus goes back to where it was.
pub fn close_dialog() {
    let open = document().and_then(|document| document.query_selector("dialog[open]").ok());
    let open = open.flatten().and_then(|element| element.dyn_into().ok());
    if let Some(dialog) = open {
        let dialog: web_sys::HtmlDialogElement = dialog;
        dialog.close();
    }
    // A dialog that was open from the start has no place to give the focus back to. Who is
    // elsewhere on an embedding page keeps the focus there.
    later(0.0, || {
        if unfocused() && (has_focus() || !framed()) {
            focus("play");
        }
    });
}
