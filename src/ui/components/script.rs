//! The scenario's text: what the run is made from, with everything that was done to it.
//!
//! The text is a native one, so that the browser's own undo, a telephone's keyboard and screen
//! readers work as everywhere. It has no colours: the same text lies over it, coloured and marked.
//! Both are as large as the text, and what scrolls is the box around them.

use std::rc::Rc;

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlTextAreaElement, KeyboardEvent};
use yew::prelude::*;

use super::dialog::modal;
use crate::scenario::lex::lex;
use crate::scenario::{Diagnostic, action, parse};
use crate::ui::hooks::browser;
use crate::ui::state::script::{Popup, TEXT, Wish, bring, seen};
use crate::ui::state::shell::{Broken, Edit, Shell};
use crate::ui::state::store::{Command, Store, View};
use crate::ui::state::tell;

/// Longer texts are shown without colours: nobody waits for them to be typed.
const COLOURED: usize = 400;
/// How words are marked, by number; `WRONG` is added where something is wrong.
const CLASSES: [&str; 12] = [
    "",
    "tk-keyword",
    "tk-number",
    "tk-who",
    "tk-quote",
    "tk-comment",
    "tk-wrong",
    "tk-keyword tk-wrong",
    "tk-number tk-wrong",
    "tk-who tk-wrong",
    "tk-quote tk-wrong",
    "tk-comment tk-wrong",
];
const WRONG: u8 = 6;

/// The text, to be read and changed.
pub fn script(store: &Store, view: &View, shell: &Shell) -> Html {
    let sheet = store.sheet(shell);
    let editor = &shell.script;
    let faults: Vec<&Diagnostic> =
        sheet.faults.iter().filter(|fault| editor.typing != Some(fault.line)).collect();
    let (present, next) = sheet.present(view.now, view.step > 0);
    let class = |place: usize| {
        classes!(
            "text-line",
            (present == Some(place)).then_some("t-present"),
            (next == Some(place)).then_some("t-next"),
            editor.fresh.contains(&place).then_some("t-fresh"),
            faults.iter().any(|fault| fault.line as usize == place + 1).then_some("t-fault"),
        )
    };
    let coloured = sheet.times.len() <= COLOURED;
    let rows = sheet.text.split('\n').enumerate().map(|(place, line)| {
        let fault = faults.iter().find(|fault| fault.line as usize == place + 1);
        html! {
            <div class={class(place)}>
                { pieces(line, fault.copied(), coloured) }
                if let Some(fault) = fault { <em>{ fault.text() }</em> }
            </div>
        }
    });
    let active = editor.popup.as_ref().map(|popup| format!("script-word-{}", popup.active));
    html! {
        <div class="script">
            <label class="sr" for={TEXT}>{ "The scenario's text" }</label>
            <div class="editor" id="script-editor">
                <ol class="gutter">
                    { for sheet.times.iter().enumerate().map(|(place, at)| gutter(
                        store, place, *at, class(place), present == Some(place)
                    )) }
                </ol>
                <div class="sheet">
                    <textarea id={TEXT} spellcheck="false" autocomplete="off" autocapitalize="off"
                        wrap="off" value={sheet.text.to_string()} oninput={write(store)}
                        onkeydown={keys(store)} onkeyup={follow_caret()}
                        onclick={store.on(wish(Wish::Close))} onblur={store.on(wish(Wish::Leave))}
                        aria-describedby="script-faults" aria-autocomplete="list"
                        aria-haspopup="listbox" aria-invalid={(!faults.is_empty()).to_string()}
                        aria-controls={active.as_ref().map(|_| "script-words")}
                        aria-activedescendant={active} />
                    <pre aria-hidden="true">{ for rows }</pre>
                    if let Some(popup) = &editor.popup { { words(store, popup) } }
                </div>
            </div>
            <ul class="faults" id="script-faults">
                { for faults.iter().map(|fault| html! {
                    <li><button type="button" class="link" onclick={go_to(fault)}>
                        { fault.to_string() }</button></li>
                }) }
            </ul>
            <p class="empty">{ match faults.is_empty() {
                true => "What you do to the run becomes a line, and what you write here runs. \
                    Ctrl+Space: words. Ctrl+Enter: go to the time of the line.",
                false => "The run stays as it was until this reads.",
            } }</p>
        </div>
    }
}

fn wish(wish: Wish) -> Command {
    Command::Script(wish)
}

/// The number of a line, or its time: a way to go there.
fn gutter(store: &Store, place: usize, at: Option<u64>, class: Classes, present: bool) -> Html {
    let Some(at) = at else { return html! { <li {class}>{ place + 1 }</li> } };
    let label = format!("Line {}: go to {}", place + 1, tell::clock(at));
    html! {
        <li {class}>
            <button type="button" tabindex="-1" aria-label={label.clone()} title={label}
                aria-current={present.then_some("time")}
                onclick={store.on(wish(Wish::Seek(at)))}>
                { tell::clock(at).trim_end_matches(" s") }</button>
        </li>
    }
}

/// A line in its colours, with what is wrong in it.
fn pieces(line: &str, fault: Option<&Diagnostic>, coloured: bool) -> Html {
    let letters: Vec<char> = line.chars().collect();
    let mut marks = vec![0u8; letters.len()];
    let mut mark = |from: u32, to: u32, kind: u8| {
        let (from, to) = (from as usize - 1, (to as usize - 1).min(marks.len()));
        marks[from.min(to)..to].iter_mut().for_each(|mark| *mark += kind);
    };
    if coloured {
        let lexed = lex(line);
        for token in &lexed.tokens {
            let digits = |word: &str| word.bytes().all(|byte| byte.is_ascii_digit());
            let kind = match &*token.text {
                _ if token.quoted => 4,
                word if word.starts_with(|first: char| first.is_ascii_digit()) => 2,
                word if word.len() > 1 && word.starts_with(['n', 'c']) && digits(&word[1..]) => 3,
                word if token.column == 1 || action::VERBS.contains(&word) => 1,
                _ => continue,
            };
            mark(token.column, token.column + token.length, kind);
        }
        mark(lexed.end, u32::MAX, 5);
    }
    let mut gap = false;
    if let Some(fault) = fault {
        gap = fault.length == 0 && fault.column as usize > letters.len();
        mark(fault.column, fault.column.saturating_add(fault.length), WRONG);
    }
    let mut out: Vec<Html> = Vec::new();
    let mut from = 0;
    while from < letters.len() {
        let kind = marks[from];
        let to = (from..letters.len()).find(|&at| marks[at] != kind).unwrap_or(letters.len());
        let text: String = letters[from..to].iter().collect();
        out.push(html! { <span class={CLASSES[kind as usize]}>{ text }</span> });
        from = to;
    }
    if gap {
        out.push(html! { <span class="tk-wrong">{ "\u{a0}" }</span> });
    }
    out.into_iter().collect()
}

/// The words that could stand at the caret.
fn words(store: &Store, popup: &Popup) -> Html {
    let onmousedown = {
        let store = store.clone();
        Callback::from(move |event: MouseEvent| {
            // The text keeps the focus.
            event.prevent_default();
            let target = event.target_dyn_into::<Element>();
            let option = target.and_then(|target| target.closest("li").ok().flatten());
            let place = option.and_then(|option| option.get_attribute("data-place"));
            if let Some(place) = place.and_then(|place| place.parse().ok()) {
                choose(&store, place);
            }
        })
    };
    let (line, column) = (popup.line, popup.from - 1);
    let style = format!("--line:{line};--column:{column};--seen:{}", seen().max(320));
    html! {
        <ul class="words" role="listbox" id="script-words" aria-label="Words" {style} {onmousedown}>
            { for popup.words.iter().enumerate().map(|(place, candidate)| html! {
                <li role="option" id={format!("script-word-{place}")}
                    aria-selected={(place == popup.active).to_string()}
                    data-place={place.to_string()}>
                    <b>{ &*candidate.word }</b><span>{ candidate.what }</span>
                </li>
            }) }
        </ul>
    }
}

/// Puts a word into the text as if it had been typed, so that the browser can undo it.
fn choose(store: &Store, place: usize) {
    let Some(popup) = store.model().shell.script.popup.clone() else { return };
    let (Some(area), Some(candidate)) = (area(), popup.words.get(place)) else { return };
    let text = area.value();
    let to = area.selection_end().ok().flatten().unwrap_or_default();
    let from = offset(&text, popup.line, popup.from);
    let _ = area.focus();
    let _ = area.set_selection_range(from, to);
    store.send(wish(Wish::Choose));
    let document = browser::document().and_then(|found| found.dyn_into().ok());
    let typed = document.is_some_and(|document: web_sys::HtmlDocument| {
        let command =
            document.exec_command_with_show_ui_and_value("insertText", false, &candidate.word);
        command.unwrap_or(false)
    });
    if !typed {
        let _ = area.set_range_text_with_start_and_end(&candidate.word, from, to);
        store.send(wish(written(&area, false)));
    }
}

/// What is written now, and where the caret is.
fn written(area: &HtmlTextAreaElement, typed: bool) -> Wish {
    let text = area.value();
    let caret = caret(area, &text);
    Wish::Write(text.into(), caret, typed)
}

fn write(store: &Store) -> Callback<InputEvent> {
    let store = store.clone();
    Callback::from(move |event: InputEvent| {
        let Some(area) = event.target_dyn_into::<HtmlTextAreaElement>() else { return };
        let typed = event.data().is_some_and(|data| !data.ends_with([' ', '\t']));
        store.send(wish(written(&area, typed && !event.is_composing())));
    })
}

/// The keys of the text: those of the words while there are any, else two of its own.
fn keys(store: &Store) -> Callback<KeyboardEvent> {
    let store = store.clone();
    Callback::from(move |event: KeyboardEvent| {
        let Some(area) = event.target_dyn_into::<HtmlTextAreaElement>() else { return };
        if event.is_composing() {
            return;
        }
        let ctrl = event.ctrl_key() || event.meta_key();
        let model = store.model();
        let popup = model.shell.script.popup.as_ref();
        let done = match (event.key().as_str(), popup) {
            (" ", _) if ctrl => {
                let text = area.value();
                let at = caret(&area, &text);
                Some(Wish::Complete(text.into(), at))
            }
            ("Enter", _) if ctrl => {
                let (line, _) = caret(&area, &area.value());
                let sheet = store.sheet(&model.shell);
                sheet.times.get(line as usize - 1).copied().flatten().map(Wish::Seek)
            }
            ("ArrowDown", Some(_)) => Some(Wish::Walk(1)),
            ("ArrowUp", Some(_)) => Some(Wish::Walk(-1)),
            ("Escape", Some(_)) => Some(Wish::Close),
            ("Enter" | "Tab", Some(popup)) if !event.shift_key() => {
                event.prevent_default();
                return choose(&store, popup.active);
            }
            ("ArrowLeft" | "ArrowRight" | "Home" | "End" | "PageUp" | "PageDown", Some(_)) => {
                return store.send(wish(Wish::Close));
            }
            _ => None,
        };
        if let Some(done) = done {
            event.prevent_default();
            event.stop_propagation();
            store.send(wish(done));
        }
    })
}

/// The caret stays in sight: the box that scrolls is not the text's own.
fn follow_caret() -> Callback<KeyboardEvent> {
    Callback::from(|event: KeyboardEvent| {
        if let Some(area) = event.target_dyn_into::<HtmlTextAreaElement>() {
            bring_caret(&area);
        }
    })
}

fn bring_caret(area: &HtmlTextAreaElement) {
    let (line, column) = caret(area, &area.value());
    bring(line as usize - 1, column, 0);
}

fn area() -> Option<HtmlTextAreaElement> {
    browser::element(TEXT)?.dyn_into().ok()
}

/// The line and the column of the caret, from 1. The browser counts in units of UTF-16.
fn caret(area: &HtmlTextAreaElement, text: &str) -> (u32, u32) {
    let mut left = area.selection_end().ok().flatten().unwrap_or_default();
    let (mut line, mut column) = (1, 1);
    for letter in text.chars() {
        let length = letter.len_utf16() as u32;
        if left < length {
            break;
        }
        left -= length;
        column += 1;
        if letter == '\n' {
            (line, column) = (line + 1, 1);
        }
    }
    (line, column)
}

/// The other way round.
fn offset(text: &str, line: u32, column: u32) -> u32 {
    let units = |text: &str| text.encode_utf16().count() as u32;
    let before = text.split('\n').take(line as usize - 1).map(|line| units(line) + 1).sum::<u32>();
    let here = text.split('\n').nth(line as usize - 1).unwrap_or_default();
    let end = here.char_indices().nth(column as usize - 1).map_or(here.len(), |(at, _)| at);
    before + units(&here[..end])
}

/// Puts the caret where something is wrong.
fn go_to(fault: &Diagnostic) -> Callback<MouseEvent> {
    let (line, column, length) = (fault.line, fault.column, fault.length);
    Callback::from(move |_| {
        let Some(area) = area() else { return };
        let text = area.value();
        let (from, to) = (offset(&text, line, column), offset(&text, line, column + length));
        let _ = area.focus();
        let _ = area.set_selection_range(from, to);
        bring(line as usize - 1, column, 1);
    })
}

/// A text or link that could not be opened: what is wrong with it, and the text itself, to be
/// mended.
pub fn mend(store: &Store, shell: &Shell, broken: &Broken) -> Html {
    let written = shell.form.mended.as_ref();
    let text: Rc<str> = written.unwrap_or(&broken.text).clone();
    let linked = text.contains("#/");
    let problems: Vec<String> = match written {
        Some(text) if !linked => faults_of(text),
        Some(_) => Vec::new(),
        None => broken.problems.iter().map(|line| line.to_string()).collect(),
    };
    let open = store.on(match linked {
        true => Command::OpenFragment(text.to_string()),
        false => Command::OpenText(text.to_string()),
    });
    let body = html! {
        <>
            <ul class="faults">{ faults_list(&problems) }</ul>
            <p class="doc">{ &*broken.hint }</p>
            <label class="sr" for="mend-text">{ "The text" }</label>
            <textarea id="mend-text" spellcheck="false" autocomplete="off" wrap="off" rows="12"
                value={text.to_string()} oninput={write_mended(store)} />
            <div class="actions">
                <button type="button" class="small primary" onclick={open}>{ "Open" }</button>
                <button type="button" class="small" onclick={store.on(Command::Dialog(None))}>
                    { "Go on with what runs" }</button>
            </div>
        </>
    };
    modal(store, "This does not open", true, body)
}

fn faults_of(text: &str) -> Vec<String> {
    parse(text).diagnostics.iter().map(ToString::to_string).collect()
}

fn faults_list(faults: &[String]) -> Html {
    faults.iter().map(|fault| html! { <li>{ fault }</li> }).collect()
}

fn write_mended(store: &Store) -> Callback<InputEvent> {
    let store = store.clone();
    Callback::from(move |event: InputEvent| {
        if let Some(area) = event.target_dyn_into::<HtmlTextAreaElement>() {
            store.send(Command::Edit(Edit::Mended(area.value().into())));
        }
    })
}
