//! The words that could stand at a place of a text.
//!
//! There is no grammar here, and no second list of words. A word that fits nowhere is put at the
//! caret; the parser refuses it and says what it knows that could stand there. So whatever the
//! parser learns to read is completed as well, and nothing is offered that it would refuse.

use super::diagnostic::Diagnostic;
use super::lex::lex;
use super::{Document, parse};
use crate::protocols::{self, Entry};

/// Fits nowhere.
const STRANGER: &str = "¿";

/// A word that could stand somewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The word.
    pub word: String,
    /// What it is, in a clause or a sentence; empty if that goes without saying.
    pub what: &'static str,
}

/// Words that could stand at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    /// Where the word begins that they would replace, from 1.
    pub from: u32,
    /// The words; those that begin with what is there come first.
    pub candidates: Vec<Candidate>,
}

/// The words that could stand in a line (from 1) instead of what is there before the caret, which
/// stands before that column (from 1). What follows the caret is not looked at.
pub fn complete(text: &str, line: u32, column: u32) -> Completion {
    let none = Completion { from: column, candidates: Vec::new() };
    let document = Document::parse(text);
    let place = line.saturating_sub(1) as usize;
    let current = document.lines().get(place).map_or("", String::as_str);
    let before: String = current.chars().take(column.saturating_sub(1) as usize).collect();
    let lexed = lex(&before);
    if lexed.comment.is_some() || lexed.fault.is_some() {
        return none;
    }
    let start = part_start(&before);
    let (head, typed) = before.split_at(start);
    let Some(fault) = refusal(&document, place, head) else { return none };
    // `5ms..20` ends with another number.
    let digits = typed.trim_end_matches(|last: char| last.is_ascii_digit() || last == '.').len();
    let number = typed[digits..].split("..").last().unwrap_or_default();
    let begun = typed.starts_with(|first: char| first.is_ascii_digit() || "+-".contains(first));
    if begun && plain(number) {
        let from = column - number.chars().count() as u32;
        return Completion { from, candidates: units(&fault, number) };
    }
    // The first protocol, or the one beside it where the line speaks of that.
    let begins = |word: &str| head.trim_start().starts_with(word);
    let nth = usize::from(begins("beside") || begins("second"));
    let entry = document.lines().iter().find_map(|line| {
        let lexed = lex(line);
        let named = lexed.tokens.get(nth).filter(|_| nth == 0 || lexed.tokens[0].text == "beside");
        protocols::find(&named?.text)
    });
    let wanted = typed.to_ascii_lowercase();
    let mut candidates = Vec::new();
    for begins in [true, false] {
        for word in &fault.known {
            let lower = word.to_ascii_lowercase();
            let fits = lower.contains(&wanted);
            if fits && lower.starts_with(&wanted) == begins {
                let what = describe(word, head, entry);
                candidates.push(Candidate { word: word.clone(), what });
            }
        }
    }
    Completion { from: head.chars().count() as u32 + 1, candidates }
}

/// Where the part of the last word begins that can be completed: a setting's value, a node's
/// field, or the whole of it.
fn part_start(before: &str) -> usize {
    let word = before.rfind([' ', '\t']).map_or(0, |at| at + 1);
    if let Some(at) = before[word..].rfind('=') {
        return word + at + 1;
    }
    let named = before[word..].starts_with(|first: char| first.is_ascii_alphabetic());
    let dot = before[word..].rfind('.').filter(|_| named);
    dot.map_or(word, |at| word + at + 1)
}

/// What the parser says to a stranger behind `head`. The other lines say what there is; they stand
/// before it, so that what may be said once and is said below is not offered again.
fn refusal(document: &Document, place: usize, head: &str) -> Option<Diagnostic> {
    let silent = |line: &String| lex(line).tokens.is_empty();
    let lines = document.lines();
    let opens = lines.iter().take(place).all(silent);
    let mut others: Vec<&str> = lines.iter().map(String::as_str).collect();
    if place < others.len() {
        others.remove(place);
    }
    let fact = if head.ends_with('.') { " = 0" } else { "" };
    let asked = format!("{head}{STRANGER}{fact}");
    let at = if opens { 0 } else { others.len() };
    others.insert(at, &asked);
    let column = head.chars().count() as u32 + 1;
    let faults = parse(&others.join("\n")).diagnostics;
    let here = |fault: &Diagnostic| fault.line as usize == at + 1 && fault.column == column;
    faults.into_iter().find(here)
}

fn plain(number: &str) -> bool {
    let whole = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    number.split('.').count() <= 2 && number.split('.').all(whole)
}

/// A number that has begun, with each unit of the form that is expected.
fn units(fault: &Diagnostic, number: &str) -> Vec<Candidate> {
    const TIMES: &[(&str, &str)] =
        &[("s", "seconds"), ("ms", "milliseconds"), ("us", "microseconds")];
    const SHARES: &[(&str, &str)] = &[("%", "of a hundred"), ("ppm", "of a million")];
    let list = match &fault.expected {
        form if form.contains("ppm`") => SHARES,
        form if form.contains("ms`") => TIMES,
        _ => &[],
    };
    let with =
        |(unit, what): &(&str, &'static str)| Candidate { word: format!("{number}{unit}"), what };
    list.iter().map(with).collect()
}

/// What a word is.
fn describe(word: &str, head: &str, entry: Option<&Entry>) -> &'static str {
    let (first, field) = (head.trim().is_empty(), head.ends_with('.'));
    let beside = head.trim() == "beside";
    let in_table = |table: &[(&str, &'static str)]| {
        table.iter().find(|(known, _)| *known == word).map(|(_, what)| *what)
    };
    if let Some(what) = in_table(LINES).filter(|_| first) {
        return what;
    }
    if let Some(entry) = protocols::find(word).filter(|_| first || beside) {
        return entry.info.title;
    }
    let own = entry.and_then(|entry| {
        let info = entry.info;
        if let Some(name) = word.strip_suffix('=') {
            return info.params.iter().find(|it| it.name == name).map(|it| it.doc);
        }
        let ids = info.flaws.iter().map(|it| (it.id, it.doc));
        let ids = ids.chain(info.properties.iter().map(|it| (it.id, it.title)));
        let ids = ids.chain(info.messages.iter().map(|it| (it.id, it.doc)));
        let ids = ids.chain(info.timers.iter().map(|it| (it.id, it.doc)));
        let ids = ids.chain(info.roles.iter().map(|it| (it.id, it.doc)));
        let ids = ids.chain(info.roles.iter().map(|it| (it.plural, "all in that role")));
        let ids = ids.chain(info.notes.iter().map(|it| (it.id, it.doc)));
        let mut ids = ids.chain(entry.service.ops.iter().map(|it| (it.name, it.doc)));
        ids.find(|(id, _)| *id == word).map(|(_, doc)| doc)
    });
    let digits = |rest: &str| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit());
    match own.or_else(|| in_table(WORDS)) {
        Some(what) => what,
        None if field => "a field that nodes show",
        None if word.strip_prefix('n').is_some_and(digits) => "a server",
        None if word.strip_prefix('c').is_some_and(digits) => "a client",
        None => "",
    }
}

/// What a line is for, by its first word. An action without a time is found below.
const LINES: &[(&str, &str)] = &[
    ("interleave 1", "the version of this format"),
    ("title", "what it is about, in quotes"),
    ("beside", "another protocol of the same service, on the same clock"),
    ("first", "a line for the first of two runs alone"),
    ("second", "a line for the second of two runs alone"),
    ("seed", "the seed of all chance"),
    ("network", "how every link behaves at the start"),
    ("clients", "how clients behave"),
    ("flaw", "a rule of the protocol that is left out"),
    ("given", "the state from which a node starts"),
    ("clock off", "nothing happens by itself"),
    ("at", "an action at a time"),
    ("from", "what happens to messages for a while"),
    ("say", "what is told from a time on, in quotes"),
    ("expect", "what the run is to show"),
    ("until", "the end of the run"),
];

/// What the words are that belong to no protocol.
const WORDS: &[(&str, &str)] = &[
    ("crash", "what is volatile is gone"),
    ("restart", "it starts from stable storage"),
    ("pause", "it stops; timers and messages wait"),
    ("resume", "it goes on"),
    ("partition", "only nodes of a side hear each other"),
    ("isolate", "it is cut off from everybody"),
    ("cut", "the link loses everything"),
    ("hold", "the link keeps its messages back"),
    ("release", "the link works again"),
    ("heal", "every cut and every hold ends"),
    ("link", "a link behaves so from now on"),
    ("network", "every link behaves so from now on"),
    ("drop", "a message is lost"),
    ("duplicate", "a message is doubled"),
    ("delay", "a message takes longer"),
    ("deliver", "a message arrives now"),
    ("fire", "a timer goes off now"),
    ("clock", "a node's clock drifts or is set off"),
    ("all", "every server"),
    (">", "one way"),
    ("<>", "both ways"),
    ("|", "the other side"),
    ("for", "and for how long"),
    ("nodes=", "how many servers"),
    ("clients=", "how many clients"),
    ("delay=", "how long messages take"),
    ("loss=", "the share that is lost"),
    ("duplicate=", "the share that is doubled"),
    ("order=", "whether messages overtake"),
    ("fifo", "nothing overtakes"),
    ("any", "messages overtake"),
    ("drift=", "how much a clock gains"),
    ("offset=", "how far a clock is off"),
    ("timeout=", "when a client turns to the next server"),
    ("backoff=", "how long a client waits when sent away"),
    ("retry=", "whether a client tries again"),
    ("key=", "whether a retry is known as one"),
    ("by", "after some step until then"),
    ("always", "after every step"),
    ("never", "after no step"),
    ("violated", "a property is broken"),
    ("history", "what clients were answered"),
    ("linearizable", "one order explains every answer"),
    ("role", "every node that is meant has it"),
    ("log", "the generations of its entries"),
    ("key", "a row of its table"),
    ("answer", "what a call was answered"),
    ("count", "how many nodes"),
    ("reached", "a note that was told"),
    ("up", "it runs"),
    ("down", "it is crashed"),
    ("paused", "it is paused"),
    ("Request", "what a client asks"),
    ("Reply", "what a client is answered"),
];
