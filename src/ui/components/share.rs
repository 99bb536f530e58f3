//! How somebody else sees exactly this run: a link, a frame, a file.

use wasm_bindgen::JsCast;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Element, File, HtmlInputElement, HtmlSelectElement, HtmlTextAreaElement};
use yew::prelude::*;

use super::dialog::Modal;
use crate::scenario::limits::MAX_TEXT;
use crate::ui::hooks::browser;
use crate::ui::state::sharing::{CONTROLS, SHAPES, Sharing, THEMES, Wish};
use crate::ui::state::shell::Shell;
use crate::ui::state::store::{Command, Store, View};
use crate::ui::state::tell;

/// The dialog.
pub fn share(store: &Store, view: &View, shell: &Shell) -> Html {
    let sharing = &shell.sharing;
    let start = sharing.from_start;
    let (body, text) = match store.ask(|player| player.share(!start)) {
        Ok(shared) => {
            let link = format!("{}{}", browser::base(), shared.fragment);
            (copying(store, view, sharing, &link, &shared.text), shared.text)
        }
        Err(why) => {
            let said = format!("This run has no link: {why}. Send it as a file.");
            (html! { <p class="faults">{ said }</p> }, store.ask(|player| player.text()))
        }
    };
    let from = |start| store.on(Command::Share(Wish::FromStart(start)));
    html! {
        <Modal store={store.clone()} title="Share">
            <fieldset class="sides">
                <legend>{ "Whoever opens it sees this run" }</legend>
                <label><input type="radio" name="from" checked={!start} onchange={from(false)} />
                    { format!("from this moment, {}", tell::clock(view.now)) }</label>
                <label><input type="radio" name="from" checked={start} onchange={from(true)} />
                    { "from the start" }</label>
            </fieldset>
            { body }
            <section>
                <h3>{ "As a file" }</h3>
                <div class="actions">
                    <a class="small" download={file_name(&view.title)} href={data_url(&text)}>
                        { "Download the scenario" }</a>
                    if shell.query.edit { { opener(store) } }
                </div>
                <p class="doc">{ "A file has no limit of length, and is opened here, or by dropping \
                    it onto the page, or on the command line." }</p>
            </section>
        </Modal>
    }
}

fn copying(store: &Store, view: &View, sharing: &Sharing, link: &str, text: &str) -> Html {
    let (framed, snippet) = snippet(sharing.shape, link, &view.title);
    let said = match sharing.copied {
        Some(true) => "Copied.".to_string(),
        Some(false) => "Copying is forbidden here. It is selected: press Ctrl+C.".to_string(),
        None => meaning(link.chars().count()),
    };
    let choose = |label: &'static str, place: usize, words: &'static [&'static str]| {
        let (store, shape) = (store.clone(), sharing.shape);
        let onchange = Callback::from(move |event: Event| {
            let Some(select) = event.target_dyn_into::<HtmlSelectElement>() else { return };
            let mut shape = shape;
            shape[place] = select.selected_index().max(0) as usize;
            store.send(Command::Share(Wish::Shape(shape)));
        });
        html! {
            <label>{ label }<select id={format!("share-{place}")} {onchange}>
                { for words.iter().enumerate().map(|(at, word)| html! {
                    <option selected={sharing.shape[place] == at}>{ *word }</option>
                }) }
            </select></label>
        }
    };
    html! {
        <>
            <div class="ask">
                { choose("What to copy", 0, SHAPES) }
                if framed {
                    { choose("Theme", 1, THEMES) }
                    { choose("Controls", 2, CONTROLS) }
                }
            </div>
            <label class="sr" for="share-link">{ "What is copied" }</label>
            <textarea id="share-link" readonly=true rows="5" value={snippet.clone()} />
            <div class="actions">
                <button type="button" class="small primary" id="copy"
                    onclick={copy(store, snippet)}>{ "Copy" }</button>
                <span class="doc" role="status" id="share-said">{ said }</span>
            </div>
            <details><summary>{ "What the link carries" }</summary>
                <p class="doc">{ "The whole scenario, compressed, behind the hash mark: it reaches \
                    no server. The same text gives the same run in every browser." }</p>
                <pre tabindex="0">{ text.to_string() }</pre>
            </details>
        </>
    }
}

/// What the length of a link means for the person who sends it.
fn meaning(length: usize) -> String {
    let what = match length {
        0..=500 => "it fits into any message",
        501..=2_000 => "it fits into a chat message",
        2_001..=8_000 => "some chats cut that off; a mail or a page holds it",
        _ => "that is too long for most chats; rather send the file",
    };
    format!("The link has {length} characters: {what}.")
}

/// The text to be copied, and whether it holds a frame.
fn snippet([shape, theme, controls]: [usize; 3], link: &str, title: &str) -> (bool, String) {
    let (base, fragment) = link.split_at(link.find('#').unwrap_or(link.len()));
    let mut framed = format!("{base}?embed=1");
    for (name, words, place) in [("theme", THEMES, theme), ("controls", CONTROLS, controls)] {
        if let Some(word) = words.get(place).filter(|_| place > 0) {
            framed.push_str(&format!("&{name}={word}"));
        }
    }
    framed.push_str(fragment);
    let frame = |source: &str| {
        format!(
            "<iframe {source}=\"{}\" title=\"{} (interactive)\" width=\"100%\" height=\"480\" \
             style=\"width:100%;height:480px;border:0\" loading=\"lazy\" \
             allow=\"fullscreen; clipboard-write\" referrerpolicy=\"no-referrer\"></iframe>",
            escape(&framed),
            escape(title)
        )
    };
    match shape {
        1 => {
            let (link, frame) = (escape(link), frame("src"));
            (true, format!("{frame}\n<p><a href=\"{link}\">Open in a new tab</a></p>"))
        }
        2 => (false, format!("[{}]({link})", title.replace(['[', ']'], " "))),
        3 => (true, frame("data-src")),
        4 => (true, format!("%%html\n{}", frame("src"))),
        _ => (false, link.to_string()),
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;")
}

/// `the-first-vote.scenario`
fn file_name(title: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { ' ' };
    let words: String = title.chars().take(60).map(plain).collect();
    let words: Vec<&str> = words.split_whitespace().collect();
    format!("{}.scenario", if words.is_empty() { "run".into() } else { words.join("-") })
}

fn data_url(text: &str) -> String {
    format!("data:text/plain;charset=utf-8,{}", js_sys::encode_uri_component(text))
}

/// Copies; where that is forbidden, selects the text so that a person can.
fn copy(store: &Store, link: String) -> Callback<MouseEvent> {
    let store = store.clone();
    Callback::from(move |_| {
        let (link, store) = (link.clone(), store.clone());
        spawn_local(async move {
            let done = match browser::clipboard() {
                Some(clipboard) => JsFuture::from(clipboard.write_text(&link)).await.is_ok(),
                None => false,
            };
            if !done {
                select("share-link");
            }
            store.send(Command::Share(Wish::Copied(done)));
        });
    })
}

fn select(id: &str) {
    let element = browser::document().and_then(|document| document.get_element_by_id(id));
    if let Some(area) = element.and_then(|found| found.dyn_into::<HtmlTextAreaElement>().ok()) {
        let _ = area.focus();
        area.select();
    }
}

/// The button that opens a file.
fn opener(store: &Store) -> Html {
    let onchange = {
        let store = store.clone();
        Callback::from(move |event: Event| {
            let input = event.target_dyn_into::<HtmlInputElement>();
            let file = input.and_then(|input| input.files()).and_then(|files| files.get(0));
            open_file(&store, file);
        })
    };
    let press = Callback::from(|event: MouseEvent| {
        let button = event.target_dyn_into::<Element>();
        let input = button.and_then(|button| button.next_element_sibling());
        if let Some(input) = input.and_then(|input| input.dyn_into::<HtmlInputElement>().ok()) {
            input.click();
        }
    });
    html! {
        <>
            <button type="button" class="small" onclick={press}>{ "Open a file…" }</button>
            <input type="file" id="open-file" hidden=true tabindex="-1" aria-hidden="true"
                accept=".scenario,.txt,text/plain" {onchange} />
        </>
    }
}

/// Opens a file that a person chose, or dropped onto the page.
pub fn open_file(store: &Store, file: Option<File>) {
    let Some(file) = file else { return };
    let store = store.clone();
    if file.size() > MAX_TEXT as f64 {
        let why = format!("{} is too large: a scenario has at most 64 KiB.", file.name());
        store.send(Command::Dialog(None));
        return store.send(Command::Notify(why, true));
    }
    spawn_local(async move {
        let text = JsFuture::from(file.text()).await.ok().and_then(|text| text.as_string());
        store.send(match text {
            Some(text) => Command::OpenText(text),
            None => Command::Notify(format!("{} cannot be read.", file.name()), true),
        });
    });
}
