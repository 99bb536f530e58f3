//! The scenario's text beside the run, live in both directions: an action becomes a line, and a
//! text that reads becomes the run after a short pause in typing.
//!
//! What is shown is the run's own text, or the draft: what somebody has typed, character by
//! character. A draft that ran stays as it was typed until the run's text grows otherwise, so that
//! nobody's caret moves.

use std::rc::Rc;

use super::shell::{Notice, Shell, Tab};
use super::source;
use super::store::{Command, Store};
use crate::scenario::complete::{Candidate, complete};
use crate::scenario::lex::lex;
use crate::scenario::units::{read_moment, read_time};
use crate::scenario::{Diagnostic, parse};
use crate::ui::hooks::browser;
use crate::view::Time;

/// How long a pause in typing is.
const PAUSE_MS: f64 = 300.0;
/// The height of a line: the style sheet says the same.
const LINE: i32 = 24;
/// The height of a word in the list.
const WORD: i32 = 28;
/// How many lines the list of words takes.
const WORDS: i32 = 7;
/// The width of a letter and of what stands to the left, nearly.
const LETTER: i32 = 7;
const GUTTER: i32 = 64;
/// The id of the text.
pub const TEXT: &str = "script-text";

/// A text, read line by line.
#[derive(Debug, PartialEq, Eq)]
pub struct Sheet {
    /// The text.
    pub text: Rc<str>,
    /// What is wrong with it.
    pub faults: Vec<Diagnostic>,
    /// The time of each line that has one: actions, and what is said.
    pub times: Vec<Option<Time>>,
}

impl Sheet {
    /// Reads a text.
    pub fn read(text: Rc<str>) -> Sheet {
        let parsed = parse(&text);
        let mut times: Vec<Option<Time>> = text.split('\n').map(time_of).collect();
        if let Some(scenario) = &parsed.scenario {
            for (line, action) in scenario.script_lines.iter().zip(&scenario.setup.script) {
                times[*line as usize - 1] = Some(action.moment.at);
            }
        }
        Sheet { faults: parsed.diagnostics, times, text }
    }

    /// The line of the present moment and the one that comes next, from 0: the last whose time has
    /// come, and the first whose time has not.
    pub fn present(&self, now: Time, begun: bool) -> (Option<usize>, Option<usize>) {
        let mut last: Option<(Time, usize)> = None;
        let mut next: Option<(Time, usize)> = None;
        for (line, at) in self.times.iter().enumerate() {
            let Some(at) = *at else { continue };
            if at < now || (at == now && begun) {
                if last.is_none_or(|(best, _)| at >= best) {
                    last = Some((at, line));
                }
            } else if next.is_none_or(|(best, _)| at < best) {
                next = Some((at, line));
            }
        }
        (last.map(|(_, line)| line), next.map(|(_, line)| line))
    }
}

/// The time that a line names as its own.
fn time_of(line: &str) -> Option<Time> {
    let lexed = lex(line);
    let word = &lexed.tokens.get(1)?.text;
    match &*lexed.tokens[0].text {
        "at" | "from" => read_moment(word).ok().map(|moment| moment.at),
        "say" => read_time(word).ok(),
        _ => None,
    }
}

/// What somebody has typed.
#[derive(Clone, Debug, PartialEq)]
struct Draft {
    sheet: Rc<Sheet>,
    /// Whether it is what runs.
    ran: bool,
}

/// Words that could stand at the caret.
#[derive(Clone, Debug, PartialEq)]
pub struct Popup {
    /// The line, from 1.
    pub line: u32,
    /// Where the word begins, from 1.
    pub from: u32,
    /// The words.
    pub words: Rc<Vec<Candidate>>,
    /// Which of them Enter takes.
    pub active: usize,
}

/// The text as far as it is not the run's.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Editor {
    draft: Option<Draft>,
    /// The line in which somebody types just now: what is wrong there is not said yet.
    pub typing: Option<u32>,
    /// Words to choose from.
    pub popup: Option<Popup>,
    /// Lines that an action has just written, from 0.
    pub fresh: Vec<usize>,
    /// Grows with every change, so that only the last one is followed by a pause.
    version: u32,
    /// Whether the change that comes next is a word that was chosen.
    choosing: bool,
}

impl Editor {
    /// A text that was written and does not run.
    pub fn unrun(&self) -> Option<Rc<Sheet>> {
        self.draft.as_ref().filter(|draft| !draft.ran).map(|draft| draft.sheet.clone())
    }

    /// That text stands there instead of the run's, or nothing does.
    pub fn set_draft(&mut self, sheet: Option<Rc<Sheet>>) {
        let version = self.version + 1;
        let draft = sheet.map(|sheet| Draft { sheet, ran: false });
        *self = Editor { draft, version, ..Editor::default() };
    }
}

/// What somebody wants of the text.
#[derive(Clone, Debug)]
pub enum Wish {
    /// It reads so now, with the caret there; whether a word is being typed.
    Write(Rc<str>, (u32, u32), bool),
    /// Typing has paused since that change.
    Settle(u32),
    /// Show the words that could stand at the caret.
    Complete(Rc<str>, (u32, u32)),
    /// Go that many words down, or up.
    Walk(i32),
    /// A word was chosen: the text changes next.
    Choose,
    /// Choose no word.
    Close,
    /// The text has lost the focus.
    Leave,
    /// Go to a time.
    Seek(Time),
}

impl Wish {
    /// Whether it concerns the page around the run alone.
    pub fn around(&self) -> bool {
        !matches!(self, Wish::Settle(_) | Wish::Seek(_))
    }
}

impl Store {
    /// The text that is shown.
    pub fn sheet(&self, shell: &Shell) -> Rc<Sheet> {
        match &shell.script.draft {
            Some(draft) => draft.sheet.clone(),
            None => self.ask(|player| player.sheet()),
        }
    }

    /// Does what somebody wants of the text.
    pub(super) fn wish(&self, wish: Wish) -> Option<String> {
        let mut shell = self.0.shell.borrow_mut();
        let editor = &mut shell.script;
        match wish {
            Wish::Write(text, caret, typed) => {
                let choosing = std::mem::take(&mut editor.choosing);
                editor.popup =
                    if typed && !choosing { words_at(&text, caret, false) } else { None };
                editor.draft = Some(Draft { sheet: Rc::new(Sheet::read(text)), ran: false });
                editor.typing = Some(caret.0);
                editor.fresh.clear();
                editor.version += 1;
                let (store, version) = (self.clone(), editor.version);
                let said = editor.popup.as_ref().map(Popup::said);
                let room = if said.is_some() { WORDS } else { 0 };
                bring(caret.0 as usize - 1, caret.1, room);
                browser::later(PAUSE_MS, move || {
                    store.send(Command::Script(Wish::Settle(version)));
                });
                drop(shell);
                self.name_undo();
                return said;
            }
            Wish::Settle(version) if editor.version == version => {
                editor.typing = None;
                drop(shell);
                return self.run_draft();
            }
            Wish::Complete(text, caret) => {
                editor.popup = words_at(&text, caret, true);
                bring(caret.0 as usize - 1, caret.1, WORDS);
                return Some(editor.popup.as_ref().map_or("No words.".into(), Popup::said));
            }
            Wish::Walk(by) => {
                let popup = editor.popup.as_mut()?;
                let count = popup.words.len() as i32;
                popup.active = (popup.active as i32 + by).rem_euclid(count) as usize;
                let active = popup.active as i32;
                browser::later(0.0, move || {
                    if let Some(list) = browser::element("script-words") {
                        // The word that would be taken stands in the middle of the list.
                        list.set_scroll_top(active * WORD - list.client_height() / 2);
                    }
                });
            }
            Wish::Choose => {
                editor.popup = None;
                editor.choosing = true;
            }
            Wish::Close => editor.popup = None,
            Wish::Leave => {
                editor.popup = None;
                self.0.undo.borrow_mut().close_edit();
            }
            Wish::Seek(at) => {
                drop(shell);
                self.0.player.borrow_mut().seek_time(at);
                self.save_hash();
                return Some(self.position());
            }
            Wish::Settle(_) => {}
        }
        None
    }

    /// Lets a draft that reads become the run, at the moment where one stands. A draft that does
    /// not read changes nothing. Says what came of it.
    pub(super) fn run_draft(&self) -> Option<String> {
        let mut shell = self.0.shell.borrow_mut();
        let sheet = shell.script.unrun()?;
        if let Some(fault) = sheet.faults.first() {
            let count = sheet.faults.len();
            let more = if count > 1 { format!("{count} faults. ") } else { String::new() };
            return Some(format!("{more}The run stays as it was: {fault}"));
        }
        let ran = Some(Draft { sheet: sheet.clone(), ran: true });
        if *sheet.text == *self.ask(|player| player.text()) {
            shell.script.draft = ran;
            drop(shell);
            self.name_undo();
            return None;
        }
        let opened = match source::open_text(&sheet.text) {
            Ok(opened) => opened,
            Err(broken) => {
                let text = broken.problems.first().cloned().unwrap_or_default();
                shell.notice = Some(Notice { text: text.clone(), wrong: true });
                return Some(text.to_string());
            }
        };
        let mut player = self.0.player.borrow_mut();
        let at = player.position();
        let left = player.replace(opened.tree, opened.source, true);
        if let Some(at) = at {
            player.seek_position(at);
        }
        drop(player);
        shell.script.draft = ran;
        self.0.undo.borrow_mut().remember_edit(left);
        self.settle_in(&mut shell);
        drop(shell);
        self.name_undo();
        self.save_hash();
        Some(format!("The run follows the text. {}", self.position()))
    }

    /// After something was done: the lines that it wrote are marked and in sight. A draft that
    /// does not read cannot take them in at their place, so they stand at its end.
    pub(super) fn show_written(&self, was: &Sheet, lines: &[String]) {
        let mut shell = self.0.shell.borrow_mut();
        let draft = shell.script.unrun().map(|draft| {
            let gap = if draft.text.ends_with('\n') { "" } else { "\n" };
            let text = format!("{}{gap}{}\n", draft.text, lines.join("\n"));
            Rc::new(Sheet::read(text.into()))
        });
        shell.script.set_draft(draft);
        let sheet = self.sheet(&shell);
        let fresh = new_lines(&was.text, &sheet.text);
        let (first, open) = (fresh.first().copied(), shell.tab == Tab::Script);
        shell.script.fresh = fresh;
        if let Some(line) = first.filter(|_| open) {
            bring(line, 1, 0);
        }
    }

    /// While the text is open and nobody writes in it, the line of the present moment stays in
    /// sight.
    pub(super) fn follow_script(&self) {
        let shell = self.0.shell.borrow();
        if shell.tab != Tab::Script || shell.query.embed {
            return;
        }
        let scene = self.0.scene.borrow();
        let (last, _) = self.sheet(&shell).present(scene.now, scene.step > 0);
        let line = last.unwrap_or(0);
        let was = self.0.script_line.replace(line);
        if was != line && shell.script.fresh.is_empty() && !browser::focused(TEXT) {
            bring(line, 1, 0);
        }
    }
}

impl Popup {
    fn said(&self) -> String {
        let first = &self.words[self.active];
        match self.words.len() {
            1 => format!("One word: {}", first.word),
            count => format!("{count} words, first {}", first.word),
        }
    }
}

/// The words that could stand at the caret. Whoever has typed one to its end wants no more of it,
/// and whoever has not begun one did not ask, unless they did.
fn words_at(text: &str, (line, column): (u32, u32), asked: bool) -> Option<Popup> {
    let completion = complete(text, line, column);
    let (from, words) = (completion.from, completion.candidates);
    let typed = text.split('\n').nth(line as usize - 1)?.chars();
    let typed: String = typed.skip(from as usize - 1).take((column - from) as usize).collect();
    let whole = words.iter().any(|candidate| *candidate.word == *typed);
    if words.is_empty() || (!asked && (typed.is_empty() || whole)) {
        return None;
    }
    Some(Popup { line, from, words: Rc::new(words), active: 0 })
}

/// The lines of a text, from 0, that were not in the one before. `until` moves along with what
/// was done and is not news.
fn new_lines(old: &str, new: &str) -> Vec<usize> {
    let mut old = old.split('\n').peekable();
    let end = |line: &str| line.starts_with("until");
    let mut fresh = Vec::new();
    for (place, line) in new.split('\n').enumerate() {
        if old.next_if(|was| *was == line || (end(was) && end(line))).is_none() {
            fresh.push(place);
        }
    }
    fresh
}

/// Scrolls the text, and nothing else of the page, until a place of it is in sight, with so many
/// lines below.
pub fn bring(line: usize, column: u32, below: i32) {
    browser::later(0.0, move || {
        let Some(editor) = browser::element("script-editor") else { return };
        let (top, height) = (editor.scroll_top(), editor.client_height());
        let (at, end) = (line as i32 * LINE, (line as i32 + below + 2) * LINE);
        if at < top || end > top + height {
            editor.set_scroll_top(if at < top { at - height / 2 } else { end - height });
        }
        let (left, width) = (editor.scroll_left(), editor.client_width() - GUTTER);
        let at = column as i32 * LETTER;
        if at < left + LETTER || at + 3 * LETTER > left + width {
            editor.set_scroll_left((at - width * 2 / 3).max(0));
        }
    });
}

/// How far to the right the text is in sight.
pub fn seen() -> i32 {
    let editor = browser::element("script-editor");
    editor.map_or(0, |editor| editor.scroll_left() + editor.client_width() - GUTTER)
}
