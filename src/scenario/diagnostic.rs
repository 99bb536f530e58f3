//! What is wrong with a text, and where: one message a fault, with the nearest known word.

use std::fmt;

/// A fault in a scenario text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// The line, from 1.
    pub line: u32,
    /// The first character that is wrong, from 1.
    pub column: u32,
    /// How many characters are wrong; 0 if something is missing there.
    pub length: u32,
    /// What is wrong, in a clause.
    pub message: String,
    /// What could stand there; empty if the message says it all.
    pub expected: String,
    /// The nearest known word, if one is near.
    pub suggestion: Option<String>,
    /// Every word that could stand there in place of the one that does, if they can be counted:
    /// what completion offers.
    pub known: Vec<String>,
}

impl Diagnostic {
    /// A fault at a place.
    pub fn new(line: u32, column: u32, length: u32, message: impl Into<String>) -> Diagnostic {
        let message = message.into();
        let (expected, suggestion, known) = (String::new(), None, Vec::new());
        Diagnostic { line, column, length, message, expected, suggestion, known }
    }

    /// The same, saying what was expected.
    pub fn expected(mut self, what: impl Into<String>) -> Diagnostic {
        self.expected = what.into();
        self
    }

    /// The same, with the words that are known, and the nearest of them.
    pub fn nearest<'a>(
        mut self,
        word: &str,
        known: impl IntoIterator<Item = &'a str>,
    ) -> Diagnostic {
        let known: Vec<&str> = known.into_iter().collect();
        self.suggestion = nearest(word, known.iter().copied()).map(str::to_string);
        self.known = known.into_iter().map(str::to_string).collect();
        self
    }

    /// The same, with the words that could stand there, where one need not be near to be meant or
    /// not every known word fits.
    pub fn offering(mut self, known: Vec<String>) -> Diagnostic {
        self.known = known;
        self
    }

    /// The same, with those words alone that fit further.
    pub fn fitting(mut self, fits: impl Fn(&str) -> bool) -> Diagnostic {
        self.known.retain(|word| fits(word));
        self
    }

    /// Everything but the position.
    pub fn text(&self) -> String {
        let mut text = self.message.clone();
        if !self.expected.is_empty() {
            text.push_str("; expected ");
            text.push_str(&self.expected);
        }
        if let Some(word) = &self.suggestion {
            text.push_str(&format!("; did you mean `{word}`?"));
        }
        text
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}: {}", self.line, self.column, self.text())
    }
}

/// The known word that is nearest to what was written, if any is near enough to be meant.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let length = word.chars().count();
    if length == 0 || length > 64 {
        return None;
    }
    let lower = word.to_ascii_lowercase();
    let known: Vec<&str> = known.into_iter().collect();
    let scored = known.iter().map(|candidate| {
        let distance = strsim::osa_distance(&lower, &candidate.to_ascii_lowercase());
        (distance, *candidate)
    });
    let (distance, candidate) = scored.min_by_key(|&(distance, _)| distance)?;
    let tolerance = (length.max(candidate.chars().count()) / 3).max(1);
    if distance <= tolerance && candidate != word && distance < length {
        return Some(candidate);
    }
    // `term` for `current_term`: part of a known word, the shortest such.
    let longer = known.iter().filter(|candidate| length > 2 && candidate.contains(&lower));
    longer.copied().filter(|candidate| *candidate != word).min_by_key(|candidate| candidate.len())
}

/// A word of the person's text as a message repeats it: not longer than a message can bear.
pub fn quote(word: &str) -> String {
    let mut short: String = word.chars().take(40).collect();
    if short.len() < word.len() {
        short.push('…');
    }
    format!("`{short}`")
}

/// A list of words as a message says it: `a, b or c`.
pub fn one_of<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    let words: Vec<String> = words.into_iter().map(|word| format!("`{word}`")).collect();
    match words.as_slice() {
        [] => "nothing".to_string(),
        [only] => only.clone(),
        [most @ .., last] => format!("{} or {last}", most.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_word_is_near_or_there_is_none() {
        let known = ["election", "heartbeat", "raft"];
        assert_eq!(nearest("elction", known), Some("election"));
        assert_eq!(nearest("rfat", known), Some("raft"));
        assert_eq!(nearest("Raft", known), Some("raft"));
        assert_eq!(nearest("banana", known), None);
        assert_eq!(nearest("term", ["current_term", "role"]), Some("current_term"));
        assert_eq!(nearest("x", ["y"]), None);
        assert_eq!(nearest("", known), None);
        assert_eq!(nearest(&"a".repeat(5000), known), None);
    }

    #[test]
    fn a_message_says_what_was_expected_and_what_was_meant() {
        let fault = Diagnostic::new(3, 7, 4, "there is no flaw `foo`")
            .expected(one_of(["for", "bar"]))
            .nearest("foo", ["for", "bar"]);
        let text = "line 3, column 7: there is no flaw `foo`; expected `for` or `bar`; \
                    did you mean `for`?";
        assert_eq!(fault.to_string(), text);
        assert_eq!(quote(&"x".repeat(100)).chars().count(), 43);
    }
}
