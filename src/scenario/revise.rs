//! Changes of the head of a text: one setting, one flaw, the seed. Everything else stays as a
//! person wrote it, spaces and comments included.

use super::lex::{Token, lex};
use super::{Document, LANES};
use crate::protocols;

/// A place in the head of a text, and what is to stand there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HeadPlace<'a> {
    /// What its line begins with: a protocol, `beside` or `beside raft`, `seed`, `network`,
    /// `clients`, `flaw` or `second flaw`.
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
        self.line.ends_with("flaw")
    }

    /// What stands behind the beginning of its line, if this is one.
    fn rest<'t>(&self, tokens: &'t [Token<'t>]) -> Option<&'t [Token<'t>]> {
        let mut rest = tokens;
        for word in self.line.split(' ') {
            let (first, behind) = rest.split_first()?;
            if first.quoted || first.text != word {
                return None;
            }
            rest = behind;
        }
        Some(rest)
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
            let token = place.rest(&lexed.tokens)?.iter().find(|token| place.is_at(token))?;
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
            (Some(_), None) if place.line == "beside" => return self.alone(0),
            (Some(span), None) => take(&mut lines, span, place.line.split(' ').count()),
            (None, None) => {}
            (None, Some(value)) => add(&mut lines, place, &place.word(value)),
        }
        Document::from_lines(lines)
    }

    /// Of two runs side by side that one alone: what speaks of the other goes. Only the first has
    /// a line of its own; where the second stays, its line becomes that.
    pub fn alone(&self, lane: usize) -> Document {
        let mut lines = Vec::new();
        let second = self.lines().iter().find_map(|line| behind(line, "beside"));
        for line in self.lines() {
            let word = first_word(line);
            match LANES.iter().position(|lane| *lane == word) {
                Some(of) if of == lane => lines.extend(behind(line, LANES[lane])),
                Some(_) => {}
                None if word == "beside" => {}
                None if lane == 1 && protocols::find(&word).is_some() => {
                    let counts = lex(line).tokens.into_iter().filter(|token| {
                        ["nodes=", "clients="].iter().any(|name| token.text.starts_with(name))
                    });
                    let counts = counts.map(|token| format!(" {}", token.text));
                    let counts: String = counts.collect();
                    lines.extend(second.iter().map(|second| {
                        let end = lex(second).end;
                        replaced(second, end, 0, &counts)
                    }));
                }
                None => lines.push(line.clone()),
            }
        }
        Document::from_lines(lines)
    }

    /// Of two runs side by side, without what is said of the second alone: its settings, its flaws,
    /// what was done to it and what is expected of it.
    pub fn without_second(&self) -> Document {
        let lines = self.lines().iter().filter(|line| first_word(line) != LANES[1]);
        let lines = lines.map(|line| match first_word(line) == "beside" {
            true => {
                let lexed = lex(line);
                let words: Vec<&str> =
                    lexed.tokens.iter().take(2).map(|token| &*token.text).collect();
                words.join(" ")
            }
            false => line.clone(),
        });
        Document::from_lines(lines.collect())
    }

    /// The same, where every flaw of two runs side by side has a line for each of them.
    pub fn with_flaws_apart(&self) -> Document {
        let apart = self.lines().iter().flat_map(|line| match first_word(line) == "flaw" {
            true => LANES.map(|lane| format!("{lane} {}", line.trim_start())).to_vec(),
            false => vec![line.clone()],
        });
        Document::from_lines(apart.collect())
    }
}

fn first_word(line: &str) -> String {
    let lexed = lex(line);
    let first = lexed.tokens.first().filter(|token| !token.quoted);
    first.map(|token| token.text.to_string()).unwrap_or_default()
}

/// What stands behind the first word of a line, if it is that one.
fn behind(line: &str, word: &str) -> Option<String> {
    let rest = line.trim_start().strip_prefix(word).filter(|_| first_word(line) == word)?;
    Some(rest.trim_start().to_string())
}

/// A line with some characters replaced.
fn replaced(line: &str, column: u32, length: u32, by: &str) -> String {
    let start = column as usize - 1;
    let head: String = line.chars().take(start).collect();
    let tail: String = line.chars().skip(start + length as usize).collect();
    format!("{head}{by}{tail}")
}

/// Takes a word away with the spaces before it; a line that then says no more than its beginning of
/// so many words goes too, but for its comment.
fn take(lines: &mut Vec<String>, span: Span, beginning: usize) {
    let at = span.line as usize - 1;
    let lexed = lex(&lines[at]);
    // Without its settings, the line of a second protocol still says that it is there.
    let begins = lexed.tokens.first().is_some_and(|token| token.text == "beside");
    let is_bare = lexed.tokens.len() <= beginning + 1 && !begins;
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
        place.rest(&lexed.tokens).map(|_| lexed.end)
    };
    let found = lines.iter().enumerate().find_map(|(at, line)| Some((at, own(line)?)));
    if let Some((at, end)) = found.filter(|_| !place.is_flaw()) {
        lines[at] = replaced(&lines[at], end, 0, &format!(" {word}"));
        return;
    }
    let rank = rank(place.line.trim_start_matches("first ").trim_start_matches("second "));
    let earlier = |line: &String| {
        let lexed = lex(line);
        let first = lexed.tokens.iter().find(|token| !LANES.contains(&&*token.text));
        let first = first.filter(|first| !first.quoted);
        first.is_some_and(|first| (1..=rank).contains(&self::rank(&first.text)))
    };
    let at = lines.iter().rposition(earlier).map_or(lines.len(), |at| at + 1);
    lines.insert(at, format!("{} {word}", place.line));
}

/// The usual order of the lines of the head, from 1; 0 for other lines.
fn rank(word: &str) -> usize {
    const ORDER: [&str; 8] =
        ["interleave", "title", "", "beside", "seed", "network", "clients", "flaw"];
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
    fn the_head_of_a_pair_can_be_changed_line_by_line() {
        let pair = changed("beside", "", Some("raft"));
        assert_eq!(pair, TEXT.replace("network", "beside raft\nnetwork"));
        let pair = Document::parse(&(pair + "second at 2s heal\nfirst at 3s heal\n"));
        let place = HeadPlace { line: "beside raft", name: "election" };
        let slow = pair.with_head(place, Some("1s..2s"));
        assert!(slow.to_string().contains("\nbeside raft election=1s..2s\n"), "{slow}");
        assert_eq!(slow.with_head(place, None), pair);
        assert!(!slow.without_second().to_string().contains("second"));
        assert_eq!(slow.without_second().to_string().matches("beside raft\n").count(), 1);
        let noted = Document::parse("interleave 1\nraft nodes=3 clients=2\nbeside raft # two\n");
        let alone = parse(&noted.alone(1).to_string()).scenario.expect("it reads");
        assert_eq!((alone.names().servers, alone.names().clients), (3, 2));
        let flawed = slow.with_flaws_apart();
        let flaw = HeadPlace { line: "second flaw", name: "commit_old_term" };
        let right = flawed.with_head(flaw, None).to_string();
        assert!(right.contains("\nfirst flaw commit_old_term\n"), "{right}");
        assert!(!right.contains("second flaw"), "{right}");
        let scenario = parse(&right).scenario.expect("it still reads");
        let flaws = |lane: &crate::scenario::Scenario| lane.setup.params.flaws[0];
        assert_eq!(scenario.lanes().map(flaws).collect::<Vec<_>>(), [true, false]);
        for (lane, heals) in [(0, "at 3s heal"), (1, "at 2s heal")] {
            let alone = slow.alone(lane);
            let scenario = parse(&alone.to_string()).scenario.expect("it reads");
            assert_eq!((scenario.lanes().count(), scenario.names().servers), (1, 5), "{alone}");
            assert!(alone.to_string().contains(heals), "{alone}");
        }
        assert_eq!(slow.with_head(HeadPlace { line: "beside", name: "" }, None), slow.alone(0));
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
