//! The words that could stand at a place of a text: what the parser would have accepted there.

use std::borrow::Cow;

/// A word that could stand somewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The word.
    pub word: Cow<'static, str>,
    /// What it is, in a clause or a sentence.
    pub what: &'static str,
}

/// Words that could stand at the caret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    /// Where the word begins that they would replace, from 1.
    pub from: u32,
    /// The words, best first.
    pub candidates: Vec<Candidate>,
}

/// The words.
pub fn complete(_text: &str, _line: u32, column: u32) -> Completion {
    Completion { from: column, candidates: Vec::new() }
}
