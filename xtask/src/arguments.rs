//! The words after the command. Each is taken once; what nobody took is an error with a suggestion.

use crate::Stop;
use std::cell::RefCell;

pub struct Arguments {
    words: Vec<String>,
    /// The options that were asked for, so that a wrong one can be told the nearest right one.
    known: RefCell<Vec<&'static str>>,
}

impl Arguments {
    pub fn new(words: Vec<String>) -> Self {
        Arguments { words, known: RefCell::default() }
    }

    /// Takes an option that stands alone.
    pub fn flag(&mut self, name: &'static str) -> bool {
        self.known.borrow_mut().push(name);
        match self.words.iter().position(|word| word == name) {
            Some(at) => {
                self.words.remove(at);
                true
            }
            None => false,
        }
    }

    /// Takes an option and its value, written `--name value` or `--name=value`.
    pub fn value(&mut self, name: &'static str) -> Result<Option<String>, Stop> {
        self.known.borrow_mut().push(name);
        let with_sign = format!("{name}=");
        if let Some(at) = self.words.iter().position(|word| word.starts_with(&with_sign)) {
            return Ok(Some(self.words.remove(at)[with_sign.len()..].to_owned()));
        }
        let Some(at) = self.words.iter().position(|word| word == name) else { return Ok(None) };
        self.words.remove(at);
        if at < self.words.len() {
            return Ok(Some(self.words.remove(at)));
        }
        Err(Stop::Usage(format!("{name} needs a value")))
    }

    /// Takes the words that are no options.
    pub fn names(&mut self) -> Vec<String> {
        let (options, names) = self.words.drain(..).partition(|word| word.starts_with('-'));
        self.words = options;
        names
    }

    /// Complains about whatever is left.
    pub fn finish(self) -> Result<(), Stop> {
        match self.words.first() {
            None => Ok(()),
            Some(word) if word.starts_with('-') => {
                let known = self.known.borrow();
                Err(Stop::Usage(unknown("option", word, known.iter().copied())))
            }
            Some(word) => Err(Stop::Usage(format!("unexpected `{word}`"))),
        }
    }
}

/// The message for an unknown word, with the nearest known one if any is near.
pub fn unknown<'a>(kind: &str, word: &str, known: impl Iterator<Item = &'a str>) -> String {
    let nearest = known.map(|name| (distance(word, name), name)).min();
    match nearest {
        Some((steps, name)) if steps <= name.chars().count().div_ceil(2) => {
            format!("unknown {kind} `{word}`, did you mean `{name}`?")
        }
        _ => format!("unknown {kind} `{word}`"),
    }
}

/// Levenshtein's distance: how many letters to add, take away or change.
fn distance(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (i, letter) in from.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, other) in to.iter().enumerate() {
            let change = diagonal + usize::from(letter != *other);
            diagonal = row[j + 1];
            row[j + 1] = change.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[to.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arguments(words: &[&str]) -> Arguments {
        Arguments::new(words.iter().map(|word| word.to_string()).collect())
    }

    #[test]
    fn the_distance_counts_single_letters() {
        assert_eq!(distance("serve", "serve"), 0);
        assert_eq!(distance("sevre", "serve"), 2);
        assert_eq!(distance("tests", "test"), 1);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("abc", ""), 3);
    }

    #[test]
    fn both_ways_of_writing_a_value_are_read() {
        for words in [&["--port", "81"][..], &["--port=81"]] {
            let mut arguments = arguments(words);
            assert_eq!(arguments.value("--port").unwrap().as_deref(), Some("81"));
            assert!(arguments.finish().is_ok());
        }
    }

    #[test]
    fn names_and_options_may_stand_in_any_order() {
        let mut arguments = arguments(&["open", "--browser", "share"]);
        assert!(arguments.flag("--browser"));
        assert!(!arguments.flag("--native"));
        assert_eq!(arguments.names(), ["open", "share"]);
        assert!(arguments.finish().is_ok());
    }

    #[test]
    fn what_nobody_took_is_an_error() {
        assert!(arguments(&["--what"]).finish().is_err());
        assert!(arguments(&["what"]).finish().is_err());
    }
}
