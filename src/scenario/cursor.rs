//! The words of one line, read from left to right. Every refusal has its place.

use std::fmt::Display;

use super::diagnostic::{Diagnostic, Fault, one_of, quote};
use super::lex::{Lexed, Token};
use crate::sim::action::Target;
use crate::sim::info::Info;
use crate::view::{NodeId, NodeNames, Time};

use super::units;

/// A fault, if there is one, ends the reading of a line.
pub type Read<T> = Result<T, Fault>;

/// The words of a line that are still to be read.
pub struct Cursor<'a> {
    line: u32,
    all: &'a [Token<'a>],
    tokens: &'a [Token<'a>],
    end: u32,
    /// A word that could have come next and did not.
    untaken: Option<&'static str>,
}

/// A node's or role's word, or a setting `name=value`, is split without losing its place.
#[derive(Clone, Copy, Debug)]
pub struct Part<'a> {
    /// The characters.
    pub text: &'a str,
    /// The first of them, from 1.
    pub column: u32,
}

impl<'a> Cursor<'a> {
    /// All words of a line.
    pub fn new(line: u32, lexed: &'a Lexed<'a>) -> Cursor<'a> {
        let tokens = &lexed.tokens;
        Cursor { line, all: tokens, tokens, end: lexed.end, untaken: None }
    }

    /// The line's number.
    pub fn line(&self) -> u32 {
        self.line
    }

    /// The next word, without taking it.
    pub fn peek(&self) -> Option<&'a Token<'a>> {
        self.tokens.first()
    }

    /// Whether the next word is this one.
    pub fn sees(&self, word: &str) -> bool {
        self.peek().is_some_and(|token| !token.quoted && token.text == word)
    }

    /// The next word, if there is one.
    pub fn take(&mut self) -> Option<&'a Token<'a>> {
        let (first, rest) = self.tokens.split_first()?;
        self.tokens = rest;
        self.untaken = None;
        Some(first)
    }

    /// Gives back the word that was taken last.
    pub fn back(&mut self) {
        self.tokens = &self.all[self.all.len() - self.tokens.len() - 1..];
    }

    /// Takes the next word if it is this one.
    pub fn take_if(&mut self, word: &'static str) -> bool {
        let seen = self.sees(word);
        if seen {
            self.take();
        } else {
            self.untaken = Some(word);
        }
        seen
    }

    /// The words that are left.
    pub fn rest(&self) -> &'a [Token<'a>] {
        self.tokens
    }

    /// Takes all words that are left.
    pub fn take_rest(&mut self) -> &'a [Token<'a>] {
        std::mem::take(&mut self.tokens)
    }

    /// The next word, which must be there and must not be quoted.
    pub fn word(&mut self, expected: &str) -> Read<&'a Token<'a>> {
        match self.take() {
            Some(token) if token.quoted => {
                Err(self.at(token, "a text in quotes cannot stand here").expected(expected))
            }
            Some(token) => Ok(token),
            None => Err(self.missing(expected)),
        }
    }

    /// The next word, which must be this one.
    pub fn keyword(&mut self, word: &str) -> Read<()> {
        let expected = format!("`{word}`");
        let token = self.word(&expected)?;
        if token.text == word {
            return Ok(());
        }
        Err(self.unknown(token, "is not what stands here", &[word]))
    }

    /// The next word, which must be one of these.
    pub fn choice(&mut self, words: &[&'static str]) -> Read<&'static str> {
        let token = self.word(&one_of(words))?;
        match words.iter().find(|word| **word == token.text) {
            Some(word) => Ok(word),
            None => Err(self.unknown(token, "is not known here", words)),
        }
    }

    /// The next word, which must be a text in quotes.
    pub fn text(&mut self, expected: &str) -> Read<&'a Token<'a>> {
        match self.take() {
            Some(token) if token.quoted => Ok(token),
            Some(token) => {
                let why = if token.text.starts_with(['“', '”', '„', '\'']) {
                    "a text stands in straight double quotes"
                } else {
                    "a text stands in quotes"
                };
                Err(self.at(token, why).expected(expected))
            }
            None => Err(self.missing(expected)),
        }
    }

    /// A time.
    pub fn time(&mut self) -> Read<Time> {
        let token = self.word(units::TIME_FORM)?;
        self.convert(token, units::TIME_FORM, units::read_time)
    }

    /// A whole number within bounds.
    pub fn number(&mut self, what: &str, lo: u64, hi: u64) -> Read<u64> {
        let token = self.word(what)?;
        let part = Part { text: &token.text, column: token.column };
        self.number_in(part, what, lo, hi)
    }

    /// A whole number within bounds that is part of a word.
    pub fn number_in(&self, part: Part<'_>, what: &str, lo: u64, hi: u64) -> Read<u64> {
        let plain = !part.text.is_empty() && part.text.bytes().all(|b| b.is_ascii_digit());
        let expected =
            if hi == u64::MAX { what.to_string() } else { format!("{what} from {lo} to {hi}") };
        let why = match part.text.parse() {
            Ok(number) if plain && (lo..=hi).contains(&number) => return Ok(number),
            _ if plain => "is out of range",
            _ => "is no whole number",
        };
        Err(self.at_part(part, format_args!("{} {why}", quote(part.text))).expected(expected))
    }

    /// Reads a word by one of the functions of [`units`].
    pub fn convert<T>(
        &self,
        token: &Token<'_>,
        expected: &str,
        read: impl FnOnce(&str) -> Result<T, String>,
    ) -> Read<T> {
        let part = Part { text: &token.text, column: token.column };
        self.convert_part(part, expected, read)
    }

    /// The same for a part of a word.
    pub fn convert_part<T>(
        &self,
        part: Part<'_>,
        expected: &str,
        read: impl FnOnce(&str) -> Result<T, String>,
    ) -> Read<T> {
        read(part.text).map_err(|why| self.unread(part, expected, &why))
    }

    fn unread(&self, part: Part<'_>, expected: &str, why: &str) -> Fault {
        self.at_part(part, format_args!("{}: {why}", quote(part.text))).expected(expected)
    }

    /// A setting `name=value`, if one comes next. `names` are the settings that there are.
    pub fn setting(
        &mut self,
        expected: &str,
        names: &[&str],
    ) -> Read<Option<(Part<'a>, Part<'a>)>> {
        if self.tokens.is_empty() {
            return Ok(None);
        }
        let token = self.word(expected)?;
        let Some((name, value)) = token.text.split_once('=') else {
            let message = format_args!("{} is no setting `name=value`", quote(&token.text));
            let mut free = Vec::new();
            for name in names {
                let name = format!("{name}=");
                if !self.all.iter().any(|token| token.text.starts_with(&name)) {
                    free.push(name);
                }
            }
            return Err(self.at(token, message).expected(expected).offering(free));
        };
        let column = token.column + name.chars().count() as u32 + 1;
        let name = Part { text: name, column: token.column };
        Ok(Some((name, Part { text: value, column })))
    }

    /// A node.
    pub fn node(&mut self, names: NodeNames) -> Read<NodeId> {
        let token = self.word("a node such as `n1`")?;
        self.node_of(token.into(), names)
    }

    /// A node that is part of a word.
    pub fn node_of(&self, part: Part<'_>, names: NodeNames) -> Read<NodeId> {
        names.find(part.text).ok_or_else(|| {
            let message = format_args!("there is no node {}", quote(part.text));
            self.at_part(part, message).expected(node_list(names)).offering(node_words(names))
        })
    }

    /// A client.
    pub fn client(&mut self, names: NodeNames) -> Read<NodeId> {
        let token = self.word("a client such as `c1`")?;
        let node = self.node_of(token.into(), names)?;
        if names.is_client(node) {
            return Ok(node);
        }
        Err(self
            .at(token, format_args!("{} is no client", quote(&token.text)))
            .expected("a client"))
    }

    /// A node, `all`, or a role.
    pub fn target(&mut self, names: NodeNames, info: &Info) -> Read<Target> {
        let token = self.word(&target_list(names, info))?;
        self.target_of(token.into(), names, info)
    }

    /// A node, `all` or a role that is part of a word.
    pub fn target_of(&self, part: Part<'_>, names: NodeNames, info: &Info) -> Read<Target> {
        if let Some(node) = names.find(part.text) {
            return Ok(Target::Node(node));
        }
        if part.text == "all" {
            return Ok(Target::All);
        }
        let roles = role_words(info);
        if roles.contains(&part.text) {
            return Ok(Target::Role(part.text.to_string()));
        }
        let message = format_args!("there is no node or role {}", quote(part.text));
        let fault = self.at_part(part, message).expected(target_list(names, info));
        if looks_like_node(part.text) {
            return Err(fault);
        }
        let words = [&roles[..], &["all"]].concat();
        let mut known = node_words(names);
        known.extend(words.iter().map(|word| word.to_string()));
        Err(fault.nearest(part.text, &words).offering(known))
    }

    /// Nothing may follow.
    pub fn finish(&self) -> Read<()> {
        match self.peek() {
            None => Ok(()),
            Some(token) => {
                let message = format_args!("{} is too much", quote(&token.text));
                let known = self.untaken.iter().map(|word| word.to_string()).collect();
                Err(self.at(token, message).expected("the end of the line").offering(known))
            }
        }
    }

    /// A fault of one word.
    pub fn at(&self, token: &Token<'_>, message: impl Display) -> Fault {
        Diagnostic::new(self.line, token.column, token.length, message)
    }

    /// A fault of a part of a word.
    pub fn at_part(&self, part: Part<'_>, message: impl Display) -> Fault {
        let length = part.text.chars().count() as u32;
        Diagnostic::new(self.line, part.column, length, message)
    }

    /// Something is missing behind the last word.
    pub fn missing(&self, expected: &str) -> Fault {
        let column = self.peek().map_or(self.end, |token| token.column);
        Diagnostic::new(self.line, column, 0, "something is missing here").expected(expected)
    }

    /// A word is not one of those that are known.
    pub fn unknown(&self, token: &Token<'_>, why: &str, known: &[&str]) -> Fault {
        self.at(token, format_args!("{} {why}", quote(&token.text)))
            .expected(one_of(known))
            .nearest(&token.text, known)
    }
}

impl<'a> From<&'a Token<'a>> for Part<'a> {
    fn from(token: &'a Token<'a>) -> Part<'a> {
        Part { text: &token.text, column: token.column }
    }
}

/// The words that stand for roles: singular and plural.
pub fn role_words(info: &Info) -> Vec<&'static str> {
    let mut words = Vec::with_capacity(2 * info.roles.len());
    for role in info.roles {
        words.extend([role.id, role.plural]);
    }
    words
}

/// The nodes that there are.
pub fn node_words(names: NodeNames) -> Vec<String> {
    names.all().map(|node| names.name(node)).collect()
}

/// Whether a word has the form of a node's name, whether or not there is such a node.
pub fn looks_like_node(word: &str) -> bool {
    word.len() > 1
        && word.starts_with(['n', 'c'])
        && word[1..].bytes().all(|digit| digit.is_ascii_digit())
}

/// The nodes that there are, as a message says it.
pub fn node_list(names: NodeNames) -> String {
    let span = |letter: char, count: u32| match count {
        0 => String::new(),
        1 => format!("`{letter}1`"),
        _ => format!("`{letter}1` to `{letter}{count}`"),
    };
    let servers = span('n', names.servers);
    match span('c', names.clients) {
        clients if clients.is_empty() => servers,
        clients => format!("{servers} or {clients}"),
    }
}

fn target_list(names: NodeNames, info: &Info) -> String {
    let roles = one_of(&role_words(info));
    format!("{}, `all`, or a role ({roles})", node_list(names))
}
