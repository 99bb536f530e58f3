//! The text as a person wrote it: every line with its spaces, comments and order.
//!
//! [`Document::parse`] and `to_string` are inverse up to line ends (`\r\n` becomes `\n`, the last
//! line ends with one, a byte order mark goes). [`Document::tidy`] is the normal spacing: one
//! space between words, two before a comment. What a person does to a run is written in with
//! [`Document::with_script`], which leaves everything else as it stands.

use std::fmt;

use super::action::{print_action, print_scheduled};
use super::lex::{lex, quoted};
use super::limits::{AFTER_LAST, MANUAL_STEP, MAX_TIME};
use super::{LANES, Scenario, parse};
use crate::order::sort_by_key;
use crate::sim::action::{Action, Moment, Scheduled};
use crate::view::{MILLISECOND, NodeNames, Span, Time};

/// A text, line by line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Document {
    lines: Vec<String>,
}

impl Document {
    /// Any text is a document. Whether it is a scenario is another question: [`parse`].
    pub fn parse(text: &str) -> Document {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut lines: Vec<String> =
            text.split('\n').map(|line| line.trim_end_matches('\r').to_string()).collect();
        if lines.last().is_some_and(String::is_empty) {
            lines.pop();
        }
        Document { lines }
    }

    /// A document of these lines.
    pub(super) fn from_lines(lines: Vec<String>) -> Document {
        Document { lines }
    }

    /// The lines without their ends.
    pub fn lines(&self) -> &[String] {
        &self.lines
    }

    /// The same document in normal spacing. Words, comments, blank lines and order stay.
    pub fn tidy(&self) -> Document {
        Document { lines: self.lines.iter().map(|line| tidy_line(line)).collect() }
    }

    /// The document with one more action, which was taken on a run of it.
    pub fn with_recorded(&self, scenario: &Scenario, action: &Scheduled) -> Document {
        let mut script = scenario.setup.script.clone();
        let place = script.partition_point(|known| known.moment <= action.moment);
        script.insert(place, action.clone());
        self.with_script(scenario, &script)
    }

    /// The document with exactly these actions. `scenario` is what this document says now. Lines
    /// of actions that stay are not touched, the others go, and new ones come in at their place;
    /// `until` is moved if an action lies behind it.
    pub fn with_script(&self, scenario: &Scenario, script: &[Scheduled]) -> Document {
        self.with_scripts(scenario, &[script])
    }

    /// The same for two runs side by side, a script for each. What both say is one line.
    pub fn with_scripts(&self, scenario: &Scenario, scripts: &[&[Scheduled]]) -> Document {
        let script = joined(scripts);
        let document = self.merged(scenario, &script, false);
        if !scenario.setup.manual || says(&document, scripts[0]) {
            return document;
        }
        self.merged(scenario, &script, true)
    }

    /// `explicit`: every action line gets its time, because lines without one would shift.
    fn merged(&self, scenario: &Scenario, script: &[Wanted<'_>], explicit: bool) -> Document {
        let names = scenario.names();
        let mut old = written(scenario);
        let mut lines: Vec<Option<String>> = self.lines.iter().cloned().map(Some).collect();
        let mut inserts: Vec<(usize, String)> = Vec::new();
        let mut place = self.first_action_place(scenario);
        for (nth, &(lanes, wanted)) in script.iter().enumerate() {
            let is_kept = |known: &(u32, Wanted<'_>)| known.1.0 == lanes && same(known.1.1, wanted);
            let kept = old.iter().position(is_kept);
            if let Some(kept) = kept {
                let (line, _) = old.remove(kept);
                place = line as usize;
                if explicit {
                    lines[place - 1] = Some(self.with_time(place - 1, wanted, names));
                }
                continue;
            }
            let before = nth.checked_sub(1).map(|before| script[before].1);
            let bare = scenario.setup.manual && !explicit && is_next_place(before, wanted);
            let text = if bare && !needs_time(&wanted.action) {
                print_action(&wanted.action, names)
            } else {
                print_scheduled(wanted, names)
            };
            inserts.push((place, format!("{}{text}", prefix(scenario, lanes))));
        }
        for (line, _) in old {
            lines[line as usize - 1] = None;
        }
        self.move_until(scenario, script, &mut lines);
        weave(lines, inserts)
    }

    /// Where the first action goes if there is none before it: before the first line that speaks
    /// of the run, else at the end.
    fn first_action_place(&self, scenario: &Scenario) -> usize {
        let lines = scenario.lanes().flat_map(|lane| &lane.script_lines);
        if let Some(line) = lines.min() {
            return *line as usize - 1;
        }
        let later = |line: &String| {
            let lexed = lex(line);
            let first = lexed.tokens.iter().find(|token| !LANES.contains(&&*token.text));
            first.is_some_and(|token| matches!(&*token.text, "say" | "expect" | "until"))
        };
        self.lines.iter().position(later).unwrap_or(self.lines.len())
    }

    fn with_time(&self, line: usize, action: &Scheduled, names: NodeNames) -> String {
        let printed = print_scheduled(action, names);
        match lex(&self.lines[line]).comment {
            Some(comment) => format!("{printed}  {comment}"),
            None => printed,
        }
    }

    fn move_until(&self, scenario: &Scenario, script: &[Wanted<'_>], lines: &mut [Option<String>]) {
        let last = script.iter().map(|(_, action)| last_time(action)).max().unwrap_or(0);
        let Some(line) = scenario.until_line else { return };
        if last <= scenario.until {
            return;
        }
        let step = 100 * MILLISECOND;
        let until = ((last + AFTER_LAST).div_ceil(step) * step).min(MAX_TIME);
        let place = line as usize - 1;
        let comment = lex(&self.lines[place]).comment.map(|comment| format!("  {comment}"));
        lines[place] = Some(format!("until {}{}", Span(until), comment.unwrap_or_default()));
    }
}

impl fmt::Display for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in &self.lines {
            writeln!(f, "{line}")?;
        }
        Ok(())
    }
}

fn tidy_line(line: &str) -> String {
    let lexed = lex(line);
    if lexed.fault.is_some() {
        return line.to_string();
    }
    let words = lexed.tokens.iter().map(|token| match token.quoted {
        true => quoted(&token.text),
        false => token.text.to_string(),
    });
    let words = words.collect::<Vec<_>>().join(" ");
    match lexed.comment {
        Some(comment) if words.is_empty() => comment.to_string(),
        Some(comment) => format!("{words}  {comment}"),
        None => words,
    }
}

/// Puts new lines behind old ones: `(2, text)` goes behind the second old line.
fn weave(lines: Vec<Option<String>>, inserts: Vec<(usize, String)>) -> Document {
    let mut out = Vec::with_capacity(lines.len() + inserts.len());
    let mut inserts = inserts;
    sort_by_key(&mut inserts, |(place, _)| [*place as u64, 0, 0]);
    let mut inserts = inserts.into_iter().peekable();
    for (place, line) in lines.into_iter().enumerate() {
        while let Some((_, text)) = inserts.next_if(|(at, _)| *at <= place) {
            out.push(text);
        }
        out.extend(line);
    }
    out.extend(inserts.map(|(_, text)| text));
    Document { lines: out }
}

fn same(one: &Scheduled, other: &Scheduled) -> bool {
    one.moment == other.moment && one.action == other.action
}

fn says(document: &Document, script: &[Scheduled]) -> bool {
    let Some(scenario) = parse(&document.to_string()).scenario else { return false };
    let said = &scenario.setup.script;
    said.len() == script.len() && said.iter().zip(script).all(|(one, other)| same(one, other))
}

/// An action, and of which runs: a bit for each.
type Wanted<'a> = (u8, &'a Scheduled);

/// The scripts of all runs as one, in order of time.
fn joined<'a>(scripts: &[&'a [Scheduled]]) -> Vec<Wanted<'a>> {
    let mut all: Vec<Wanted<'a>> = Vec::new();
    for (lane, script) in scripts.iter().enumerate() {
        let bit = 1 << lane;
        // Of one run, what comes later stands later, in the same moment too.
        let mut from = 0;
        for action in *script {
            let known = all[from..].iter().position(|(_, known)| same(known, action));
            from = match known {
                Some(place) => {
                    all[from + place].0 |= bit;
                    from + place + 1
                }
                None => {
                    let first = all.partition_point(|(_, known)| known.moment < action.moment);
                    let place = first.max(from);
                    all.insert(place, (bit, action));
                    place + 1
                }
            };
        }
    }
    all
}

/// The lines of actions that a text has, with what they say and of which runs.
fn written(scenario: &Scenario) -> Vec<(u32, Wanted<'_>)> {
    let mut all: Vec<(u32, Wanted<'_>)> = Vec::new();
    for (lane, scenario) in scenario.lanes().enumerate() {
        for (line, action) in scenario.script_lines.iter().zip(&scenario.setup.script) {
            match all.iter_mut().find(|(known, _)| known == line) {
                Some((_, (lanes, _))) => *lanes |= 1 << lane,
                None => all.push((*line, (1 << lane, action))),
            }
        }
    }
    all
}

/// What stands before a line that speaks of one of two runs.
fn prefix(scenario: &Scenario, lanes: u8) -> String {
    match (&scenario.beside, lanes) {
        (None, _) | (_, 3) => String::new(),
        (_, lane) => format!("{} ", LANES[usize::from(lane) / 2]),
    }
}

/// Whether a line without a time would mean the moment of this action, which comes after that one.
fn is_next_place(before: Option<&Scheduled>, wanted: &Scheduled) -> bool {
    let at = before.map_or(0, |action| action.moment.at) + MANUAL_STEP;
    wanted.moment == Moment { at, slot: 0 }
}

/// `network` without a time is the line that says how links behave at the start, and a rule
/// begins with `from`.
fn needs_time(action: &Action) -> bool {
    matches!(action, Action::Network(_) | Action::Rule(_))
}

/// The last time that an action speaks of.
pub(super) fn last_time(action: &Scheduled) -> Time {
    match &action.action {
        Action::Rule(rule) => rule.until.max(action.moment.at),
        _ => action.moment.at,
    }
}
