//! Changes of the head of a text: one setting, one flaw, the seed. Everything else stays as a
//! person wrote it, spaces and comments included.

use super::Document;
use super::lex::{Token, lex};
use crate::protocols;

/// A place in the head of a text, and what is to stand there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HeadPlace<'a> {
    /// The first word of its line: a protocol, `seed`, `network`, `clients`, `flaw`.
    pub line: &'a str,
    /// The setting before the `=`; the flaw; empty for the seed, which has no name.
    pub name: &'a str,
}

/// Where something stands in a text: the line and the first character, from 1, and how many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The line.
    pub line: u32,
    /// The first character.
    pub column: u32,
    /// How many.
    pub length: u32,
}

impl Span {
    /// Whether a place of a text lies in it, or just behind it.
    pub fn covers(&self, line: u32, column: u32) -> bool {
        line == self.line && (self.column..=self.column + self.length).contains(&column)
    }
}

impl HeadPlace<'_> {
    fn is_flaw(&self) -> bool {
        self.line == "flaw"
    }

    /// The word that a value makes: `seed`'s is bare, a flaw's is its name.
    fn word(&self, value: &str) -> String {
        match self.name {
            "" => value.to_string(),
            name if self.is_flaw() => name.to_string(),
            name => format!("{name}={value}"),
        }
    }

    fn is_at(&self, token: &Token<'_>) -> bool {
        if token.quoted {
            return false;
        }
        match self.name {
            "" => true,
            name if self.is_flaw() => token.text == name,
            name => token.text.split_once('=').is_some_and(|(word, _)| word == name),
        }
    }
}

impl Document {
    /// Where a setting of the head stands, if it does.
    pub fn find_head(&self, place: HeadPlace<'_>) -> Option<Span> {
        self.lines().iter().enumerate().find_map(|(at, line)| {
            let lexed = lex(line);
            let (first, rest) = lexed.tokens.split_first()?;
            if first.quoted || first.text != place.line {
                return None;
            }
            let token = rest.iter().find(|token| place.is_at(token))?;
            Some(Span { line: at as u32 + 1, column: token.column, length: token.length })
        })
    }

    /// The document with something of its head changed, added, or (without a value) taken away, so
    /// that the default holds. Whether the value makes sense is for the parser to say.
    pub fn with_head(&self, place: HeadPlace<'_>, value: Option<&str>) -> Document {
        let mut lines = self.lines().to_vec();
        match (self.find_head(place), value) {
            (Some(_), Some(_)) if place.is_flaw() => {}
            (Some(span), Some(value)) => {
                let line = &mut lines[span.line as usize - 1];
                *line = replaced(line, span.column, span.length, &place.word(value));
            }
            (Some(span), None) => take(&mut lines, span),
            (None, None) => {}
            (None, Some(value)) => add(&mut lines, place, &place.word(value)),
        }
        Document::from_lines(lines)
    }
}

/// A line with some characters replaced.
fn replaced(line: &str, column: u32, length: u32, by: &str) -> String {
    let start = column as usize - 1;
    let head: String = line.chars().take(start).collect();
    let tail: String = line.chars().skip(start + length as usize).collect();
    format!("{head}{by}{tail}")
}

/// Takes a word away with the spaces before it; a line that then says nothing goes too, but for
/// its comment.
fn take(lines: &mut Vec<String>, span: Span) {
    let at = span.line as usize - 1;
    let lexed = lex(&lines[at]);
    let is_bare = lexed.tokens.len() <= 2;
    if is_bare {
        match lexed.comment.map(str::to_string) {
            Some(comment) => lines[at] = comment,
            None => drop(lines.remove(at)),
        }
        return;
    }
    let before = lexed.tokens.iter().rev().find(|token| token.column < span.column);
    let start = before.map_or(span.column, |token| token.column + token.length);
    lines[at] = replaced(&lines[at], start, span.column + span.length - start, "");
}

/// Adds a word to its line, or the line where a person would have put it.
fn add(lines: &mut Vec<String>, place: HeadPlace<'_>, word: &str) {
    let own = |line: &String| {
        let lexed = lex(line);
        let first = lexed.tokens.first().filter(|first| !first.quoted && first.text == place.line);
        first.map(|_| lexed.end)
    };
    let found = lines.iter().enumerate().find_map(|(at, line)| Some((at, own(line)?)));
    if let Some((at, end)) = found.filter(|_| !place.is_flaw()) {
        lines[at] = replaced(&lines[at], end, 0, &format!(" {word}"));
        return;
    }
    let rank = rank(place.line);
    let earlier = |line: &String| {
        let lexed = lex(line);
        let first = lexed.tokens.first().filter(|first| !first.quoted);
        first.is_some_and(|first| (1..=rank).contains(&self::rank(&first.text)))
    };
    let at = lines.iter().rposition(earlier).map_or(lines.len(), |at| at + 1);
    lines.insert(at, format!("{} {word}", place.line));
}

/// The usual order of the lines of the head, from 1; 0 for other lines.
fn rank(word: &str) -> usize {
    const ORDER: [&str; 7] = ["interleave", "title", "", "seed", "network", "clients", "flaw"];
    match protocols::find(word) {
        Some(_) => 3,
        None if word.is_empty() => 0,
        None => ORDER.iter().position(|known| *known == word).map_or(0, |at| at + 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::parse;

    const TEXT: &str = "\
# what it is about
interleave 1
raft   nodes=5   clients=1  # five of them
network delay=10ms

at 1s crash n1   # the first
flaw commit_old_term
";

    fn changed(line: &str, name: &str, value: Option<&str>) -> String {
        Document::parse(TEXT).with_head(HeadPlace { line, name }, value).to_string()
    }

    #[test]
    fn a_setting_changes_and_nothing_else() {
        let text = changed("raft", "nodes", Some("3"));
        assert_eq!(text, TEXT.replace("nodes=5", "nodes=3"));
        let text = changed("raft", "election", Some("1s..2s"));
        assert_eq!(text, TEXT.replace("clients=1  #", "clients=1 election=1s..2s  #"));
        let text = changed("raft", "clients", None);
        assert_eq!(text, TEXT.replace("   clients=1", ""));
        assert_eq!(changed("raft", "heartbeat", None), TEXT);
    }

    #[test]
    fn a_line_comes_where_it_belongs_and_goes_when_it_says_nothing() {
        assert_eq!(changed("network", "delay", None), TEXT.replace("network delay=10ms\n", ""));
        let text = changed("seed", "", Some("42"));
        assert_eq!(text, TEXT.replace("network", "seed 42\nnetwork"));
        let seeded = Document::parse(&text);
        let seed = HeadPlace { line: "seed", name: "" };
        assert_eq!(seeded.with_head(seed, Some("7")).to_string(), text.replace("42", "7"));
        assert_eq!(seeded.with_head(seed, None).to_string(), TEXT);
        let text = changed("flaw", "quorum_too_small", Some("on"));
        assert_eq!(text, format!("{TEXT}flaw quorum_too_small\n"));
        let text = changed("flaw", "commit_old_term", Some("on"));
        assert_eq!(text, TEXT);
        assert!(!changed("flaw", "commit_old_term", None).contains("flaw"));
        let commented = Document::parse("interleave 1\nraft\nseed 3 # why\n");
        assert_eq!(commented.with_head(seed, None).to_string(), "interleave 1\nraft\n# why\n");
    }

    #[test]
    fn a_fault_is_found_at_the_setting_that_made_it() {
        let place = HeadPlace { line: "raft", name: "nodes" };
        let document = Document::parse(TEXT).with_head(place, Some("500"));
        let span = document.find_head(place).expect("it stands there");
        assert_eq!(span, Span { line: 3, column: 8, length: 9 });
        let faults = parse(&document.to_string()).diagnostics;
        assert!(faults.iter().all(|fault| span.covers(fault.line, fault.column)), "{faults:?}");
        assert!(!faults.is_empty());
        let other = document.find_head(HeadPlace { line: "raft", name: "clients" });
        assert!(!other.expect("so does this").covers(faults[0].line, faults[0].column));
    }

    #[test]
    fn every_scenario_of_the_library_can_be_changed_and_keeps_its_actions() {
        for known in crate::scenario::library::all() {
            let parsed = parse(known.text);
            let scenario = parsed.scenario.expect("the library is sound");
            let document =
                parsed.document.with_head(HeadPlace { line: "seed", name: "" }, Some("9"));
            let changed = parse(&document.to_string()).scenario.expect("it still is");
            assert_eq!(changed.setup.script, scenario.setup.script, "{}", known.id);
            assert_eq!(changed.setup.seed, 9);
        }
    }
}
