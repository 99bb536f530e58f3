//! The card that stands where the page was, if the program fails. It holds what the person had:
//! the scenario's text and its link.

use std::cell::RefCell;

use super::hooks::browser;

thread_local! {
    /// The text of what runs, kept aside: a program that has failed cannot be asked any more.
    static KEPT: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Keeps the text of what runs.
pub fn keep(text: String) {
    KEPT.with(|kept| *kept.borrow_mut() = text);
}

/// Watches for the end of the program. The deployed page has no panic that says anything: the
/// program just stops, and the browser tells of it.
pub fn watch() {
    let Some(window) = browser::window() else { return };
    let stopped = |event: &web_sys::Event| {
        let error = js_sys::Reflect::get(event, &"error".into()).unwrap_or_default();
        let name = js_sys::Reflect::get(&error, &"name".into()).unwrap_or_default();
        if name == "RuntimeError" && !browser::root_says("data-boot", "failed") {
            let said = js_sys::Error::from(error).to_string();
            show(&String::from(said));
        }
    };
    gloo_events::EventListener::new(&window, "error", stopped).forget();
}

/// Shows the card.
pub fn show(why: &str) {
    web_sys::console::error_1(&why.into());
    let Some(document) = browser::document() else { return };
    browser::mark_root("data-boot", "failed");
    let Some(card) = document.get_element_by_id("boot-failed") else { return };
    let _ = card.remove_attribute("hidden");
    if let Ok(Some(heading)) = card.query_selector("h1") {
        heading.set_text_content(Some("Interleave cannot go on"));
    }
    if let Ok(Some(reason)) = card.query_selector("span") {
        reason.set_text_content(Some("It met a state that its authors did not expect."));
    }
    if let Ok(Some(code)) = card.query_selector("code") {
        code.set_text_content(Some(why));
    }
    let text = KEPT.with(|kept| kept.try_borrow().map(|text| text.clone()).unwrap_or_default());
    // A program that failed before it had a text still has the link.
    let (what, text) = match text.is_empty() {
        true => ("Your link", browser::address()),
        false => ("The scenario that ran", text),
    };
    if let Ok(Some(label)) = card.query_selector("label span") {
        label.set_text_content(Some(what));
    }
    if let Ok(Some(area)) = card.query_selector("textarea") {
        area.set_text_content(Some(&text));
    }
}
