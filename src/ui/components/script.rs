//! The scenario's text: what the run is made from, with everything that was done to it.
//!
//! The text is a native one, so that the browser's own undo, a telephone's keyboard and screen
//! readers work as everywhere. It has no colours: the same text lies over it, coloured and marked.
//! Both are as large as the text, and what scrolls is the box around them.

use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlTextAreaElement, InputEvent, KeyboardEvent};
use yew::virtual_dom::ListenerKind;
use yew::{Callback, Html, TargetCast};

use super::dialog::modal;
use crate::scenario::lex::lex;
use crate::scenario::{Diagnostic, action, parse};
use crate::ui::hooks::browser;
use crate::ui::hooks::markup::{Markup, markup};
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
pub fn script(page: &mut Markup, store: &Store, view: &View, shell: &Shell) {
    let sheet = store.sheet(shell);
    let editor = &shell.script;
    let mut faults: Vec<&Diagnostic> = Vec::new();
    for fault in &sheet.faults {
        if editor.typing != Some(fault.line) {
            faults.push(fault);
        }
    }
    let lines = Lines {
        faults: &faults,
        fresh: &editor.fresh,
        present: sheet.present(view.now, view.step > 0),
        coloured: sheet.times.len() <= COLOURED,
    };
    page.el("div class=script", |page| {
        page.el("label class=sr", |page| {
            page.attr("for", TEXT);
            page.text("The scenario's text");
        });
        page.el("div class=editor id=script-editor", |page| {
            page.el("ol class=gutter", |page| {
                for (place, at) in sheet.times.iter().enumerate() {
                    gutter(page, store, &lines, place, *at);
                }
            });
            page.el("div class=sheet", |page| {
                area_of(page, store, &sheet.text, !faults.is_empty(), editor.popup.as_ref());
                page.el("pre aria-hidden=true", |page| {
                    for (place, line) in sheet.text.split('\n').enumerate() {
                        let fault = lines.fault(place);
                        page.el("div", |page| {
                            page.attr("class", &lines.class(place));
                            pieces(page, line, fault, lines.coloured);
                            if let Some(fault) = fault {
                                page.line("em", &fault.text());
                            }
                        });
                    }
                });
                page.when(editor.popup.is_some(), |page| words(page, store, shell));
            });
        });
        page.el("ul class=faults id=script-faults", |page| {
            for fault in &faults {
                page.el("li", |page| {
                    page.el("button type=button class=link", |page| {
                        page.on(ListenerKind::onclick, go_to(fault));
                        page.text(&fault.to_string());
                    });
                });
            }
        });
        page.line(
            "p class=empty",
            match faults.is_empty() {
                true => {
                    "What you do to the run becomes a line, and what you write here runs. \
                     Ctrl+Space: words. Ctrl+Enter: go to the time of the line."
                }
                false => "The run stays as it was until this reads.",
            },
        );
    });
}

/// What is known of the lines.
struct Lines<'a> {
    faults: &'a [&'a Diagnostic],
    fresh: &'a [usize],
    /// The line of the present moment, and the one that comes next.
    present: (Option<usize>, Option<usize>),
    coloured: bool,
}

impl Lines<'_> {
    /// What is wrong with a line.
    fn fault(&self, place: usize) -> Option<&Diagnostic> {
        self.faults.iter().find(|fault| fault.line as usize == place + 1).copied()
    }

    fn class(&self, place: usize) -> String {
        let mut class = "text-line".to_string();
        for (on, more) in [
            (self.present.0 == Some(place), " t-present"),
            (self.present.1 == Some(place), " t-next"),
            (self.fresh.contains(&place), " t-fresh"),
            (self.fault(place).is_some(), " t-fault"),
        ] {
            if on {
                class += more;
            }
        }
        class
    }
}

/// The text itself.
fn area_of(page: &mut Markup, store: &Store, text: &str, wrong: bool, popup: Option<&Popup>) {
    let head = "textarea spellcheck=false autocomplete=off autocapitalize=off wrap=off \
                aria-describedby=script-faults aria-autocomplete=list aria-haspopup=listbox";
    page.el(head, |page| {
        page.attr("id", TEXT);
        page.value(text);
        page.hear(ListenerKind::oninput, store, write);
        page.hear(ListenerKind::onkeydown, store, keys);
        // The caret stays in sight: the box that scrolls is not the text's own.
        page.hear(ListenerKind::onkeyup, store, |_, event| {
            if let Some(area) = event.target_dyn_into::<HtmlTextAreaElement>() {
                let (line, column) = caret(&area, &area.value());
                bring(line as usize - 1, column, 0);
            }
        });
        page.click(store, wish(Wish::Close));
        page.on(ListenerKind::onblur, store.on(wish(Wish::Leave)));
        page.state("aria-invalid", wrong);
        if let Some(popup) = popup {
            page.attr("aria-controls", "script-words");
            page.attr("aria-activedescendant", &word_id(popup.active));
        }
    });
}

fn wish(wish: Wish) -> Command {
    Command::Script(wish)
}

/// The number of a line, or its time: a way to go there.
fn gutter(page: &mut Markup, store: &Store, lines: &Lines, place: usize, at: Option<u64>) {
    page.el("li", |page| {
        page.attr("class", &lines.class(place));
        let Some(at) = at else { return page.text(&(place + 1).to_string()) };
        let clock = tell::clock(at);
        let label = format!("Line {}: go to {clock}", place + 1);
        page.el("button type=button tabindex=-1", |page| {
            page.click(store, wish(Wish::Seek(at)));
            page.attr("aria-label", &label);
            page.attr("title", &label);
            if lines.present.0 == Some(place) {
                page.attr("aria-current", "time");
            }
            page.text(clock.strip_suffix(" s").unwrap_or(&clock));
        });
    });
}

/// A line in its colours, with what is wrong in it.
fn pieces(page: &mut Markup, line: &str, fault: Option<&Diagnostic>, coloured: bool) {
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
    let mut piece = String::new();
    for (place, letter) in letters.iter().enumerate() {
        piece.push(*letter);
        if marks.get(place + 1) != Some(&marks[place]) {
            page.el("span", |page| {
                if marks[place] > 0 {
                    page.attr("class", CLASSES[marks[place] as usize]);
                }
                page.text(&piece);
            });
            piece.clear();
        }
    }
    if gap {
        page.line("span class=tk-wrong", "\u{a0}");
    }
}

fn word_id(place: usize) -> String {
    format!("script-word-{place}")
}

/// The words that could stand at the caret.
fn words(page: &mut Markup, store: &Store, shell: &Shell) {
    let Some(popup) = &shell.script.popup else { return };
    let (line, column) = (popup.line, popup.from - 1);
    let style = format!("--line:{line};--column:{column};--seen:{}", seen().max(320));
    page.el("ul class=words role=listbox id=script-words aria-label=Words", |page| {
        page.attr("style", &style);
        page.hear(ListenerKind::onmousedown, store, pick);
        for (place, candidate) in popup.words.iter().enumerate() {
            page.el("li role=option", |page| {
                page.attr("id", &word_id(place));
                page.state("aria-selected", place == popup.active);
                page.attr("data-place", &place.to_string());
                page.line("b", &candidate.word);
                page.line("span", candidate.what);
            });
        }
    });
}

/// A word is pressed; the text keeps the focus.
fn pick(store: &Store, event: &Event) {
    event.prevent_default();
    let target = event.target_dyn_into::<Element>();
    let option = target.and_then(|target| target.closest("li").ok().flatten());
    let place = option.and_then(|option| option.get_attribute("data-place"));
    if let Some(place) = place.and_then(|place| place.parse().ok()) {
        choose(store, place);
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

fn write(store: &Store, event: &Event) {
    let Some(area) = event.target_dyn_into::<HtmlTextAreaElement>() else { return };
    let Some(event) = event.dyn_ref::<InputEvent>() else { return };
    let typed = event.data().is_some_and(|data| !data.ends_with([' ', '\t']));
    store.send(wish(written(&area, typed && !event.is_composing())));
}

/// The keys of the text: those of the words while there are any, else two of its own.
fn keys(store: &Store, event: &Event) {
    let Some(area) = event.target_dyn_into::<HtmlTextAreaElement>() else { return };
    let Some(event) = event.dyn_ref::<KeyboardEvent>() else { return };
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
            return choose(store, popup.active);
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
fn go_to(fault: &Diagnostic) -> Callback<Event> {
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
    let text = shell.form.mended.as_ref().unwrap_or(&broken.text);
    let linked = text.contains("#/");
    let body = markup(|page| {
        page.el("ul class=faults", |page| match &shell.form.mended {
            Some(_) if linked => {}
            Some(text) => {
                for fault in &parse(text).diagnostics {
                    page.line("li", &fault.to_string());
                }
            }
            None => {
                for problem in broken.problems.iter() {
                    page.line("li", problem);
                }
            }
        });
        page.line("p class=doc", &broken.hint);
        page.line("label class=sr for=mend-text", "The text");
        let head = "textarea id=mend-text spellcheck=false autocomplete=off wrap=off rows=12";
        page.el(head, |page| {
            page.value(text);
            page.hear(ListenerKind::oninput, store, |store, event| {
                if let Some(area) = event.target_dyn_into::<HtmlTextAreaElement>() {
                    store.send(Command::Edit(Edit::Mended(area.value().into())));
                }
            });
        });
        page.el("div class=actions", |page| {
            let open = match linked {
                true => Command::OpenFragment(text.to_string()),
                false => Command::OpenText(text.to_string()),
            };
            page.press("button type=button class='small primary'", store, "Open", open);
            let leave = Command::Dialog(None);
            page.press("button type=button class=small", store, "Go on with what runs", leave);
        });
    });
    modal(store, "This does not open", true, body)
}
