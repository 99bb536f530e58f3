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

/// A fault on its way up from where it was found. It is one word wide, because it passes through
/// some hundred `?`, each of which would otherwise move the strings in it.
pub type Fault = Box<Diagnostic>;

impl Diagnostic {
    /// A fault at a place.
    pub fn new(line: u32, column: u32, length: u32, message: impl fmt::Display) -> Fault {
        Diagnostic::of(line, column, length, &message)
    }

    /// The same, once for whatever the message is made of.
    fn of(line: u32, column: u32, length: u32, message: &dyn fmt::Display) -> Fault {
        let (message, expected) = (message.to_string(), String::new());
        let (suggestion, known) = (None, Vec::new());
        Box::new(Diagnostic { line, column, length, message, expected, suggestion, known })
    }

    /// The same, saying what was expected.
    pub fn expected(self: Box<Self>, what: impl fmt::Display) -> Fault {
        self.expecting(&what)
    }

    fn expecting(mut self: Box<Self>, what: &dyn fmt::Display) -> Fault {
        self.expected = what.to_string();
        self
    }

    /// The same, with the words that are known, and the nearest of them.
    pub fn nearest(mut self: Box<Self>, word: &str, known: &[&str]) -> Fault {
        self.suggestion = nearest(word, known).map(str::to_string);
        self.known = known.iter().map(|word| word.to_string()).collect();
        self
    }

    /// The same, with the words that could stand there, where one need not be near to be meant or
    /// not every known word fits.
    pub fn offering(mut self: Box<Self>, known: Vec<String>) -> Fault {
        self.known = known;
        self
    }

    /// The same, with those words alone that fit further.
    pub fn fitting(mut self: Box<Self>, fits: impl Fn(&str) -> bool) -> Fault {
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
pub fn nearest<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    let length = word.chars().count();
    if length == 0 || length > 64 {
        return None;
    }
    let lower = word.to_ascii_lowercase();
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
pub fn quote(word: &str) -> Quote<'_> {
    Quote(word)
}

/// See [`quote`].
#[derive(Clone, Copy)]
pub struct Quote<'a>(&'a str);

impl fmt::Display for Quote<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Quote(word) = *self;
        match word.char_indices().nth(40) {
            Some((end, _)) => write!(f, "`{}…`", &word[..end]),
            None => write!(f, "`{word}`"),
        }
    }
}

/// A list of words as a message says it: `a, b or c`.
pub fn one_of(words: &[&str]) -> String {
    let Some((last, most)) = words.split_last() else { return "nothing".to_string() };
    let mut list = String::new();
    for (place, word) in most.iter().enumerate() {
        list.push_str(if place == 0 { "`" } else { "`, `" });
        list.push_str(word);
    }
    list.push_str(if most.is_empty() { "`" } else { "` or `" });
    list.push_str(last);
    list.push('`');
    list
}

/// What the entries of a table are called: the list that messages need of it.
pub fn words_of<T>(table: &[T], word: impl Fn(&T) -> &'static str) -> Vec<&'static str> {
    table.iter().map(word).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_word_is_near_or_there_is_none() {
        let known = ["election", "heartbeat", "raft"];
        assert_eq!(nearest("elction", &known), Some("election"));
        assert_eq!(nearest("rfat", &known), Some("raft"));
        assert_eq!(nearest("Raft", &known), Some("raft"));
        assert_eq!(nearest("banana", &known), None);
        assert_eq!(nearest("term", &["current_term", "role"]), Some("current_term"));
        assert_eq!(nearest("x", &["y"]), None);
        assert_eq!(nearest("", &known), None);
        assert_eq!(nearest(&"a".repeat(5000), &known), None);
    }

    #[test]
    fn a_message_says_what_was_expected_and_what_was_meant() {
        let fault = Diagnostic::new(3, 7, 4, "there is no flaw `foo`")
            .expected(one_of(&["for", "bar"]))
            .nearest("foo", &["for", "bar"]);
        let text = "line 3, column 7: there is no flaw `foo`; expected `for` or `bar`; \
                    did you mean `for`?";
        assert_eq!(fault.to_string(), text);
        assert_eq!(quote(&"x".repeat(100)).to_string().chars().count(), 43);
    }
}
