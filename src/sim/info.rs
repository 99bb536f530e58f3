//! What a protocol says of itself: names, parameters, flaws, properties, notes.
//!
//! All of it is static data. The scenario parser, the command line, the page and the laws that the
//! tests loop over read these tables; nothing outside a protocol's folder knows it otherwise.

use crate::view::{Span, Time, Tone};

/// Everything that the rest of the program knows of a protocol.
#[derive(Debug)]
pub struct Info {
    /// The one id: module, word in the scenario text, folder of golden traces, slug in a link.
    pub id: &'static str,
    /// As a person says it: `Raft`.
    pub title: &'static str,
    /// The family in the catalog: `Consensus`.
    pub family: &'static str,
    /// One sentence: what it is for.
    pub summary: &'static str,
    /// Paper, year, sections.
    pub reference: &'static str,
    /// Grows whenever the same text may run otherwise than before; links carry it.
    pub revision: u32,
    /// How many servers by default, at least and at most.
    pub servers: Count,
    /// How many clients by default, at least and at most.
    pub clients: Count,
    /// The parameters.
    pub params: &'static [ParamInfo],
    /// The rules that can be switched off.
    pub flaws: &'static [FlawInfo],
    /// The roles that a node can have.
    pub roles: &'static [RoleInfo],
    /// The kinds of message.
    pub messages: &'static [MessageInfo],
    /// The timers; a timer's tag is its place here.
    pub timers: &'static [TimerInfo],
    /// What is checked after every event.
    pub properties: &'static [PropertyInfo],
    /// What the protocol tells while it runs; some scenario must reach each.
    pub notes: &'static [NoteInfo],
}

/// A number with its bounds.
#[derive(Clone, Copy, Debug)]
pub struct Count {
    /// If nothing is said.
    pub default: u32,
    /// At least.
    pub min: u32,
    /// At most.
    pub max: u32,
}

/// A parameter of a protocol: `election=150ms..300ms`.
#[derive(Debug)]
pub struct ParamInfo {
    /// The word before the `=`.
    pub name: &'static str,
    /// What it means, in a sentence.
    pub doc: &'static str,
    /// Its form and default.
    pub kind: ParamKind,
}

/// The form of a parameter, with its default and bounds.
#[derive(Clone, Copy, Debug)]
pub enum ParamKind {
    /// A number.
    Count {
        /// If nothing is said.
        default: u64,
        /// At least.
        min: u64,
        /// At most.
        max: u64,
    },
    /// A length of time, in microseconds.
    Duration {
        /// If nothing is said.
        default: Time,
        /// At least.
        min: Time,
        /// At most.
        max: Time,
    },
    /// A span of time `lo..hi`, in microseconds; `lo` alone means `lo..lo`.
    Range {
        /// If nothing is said.
        default: (Time, Time),
        /// Neither end below.
        min: Time,
        /// Neither end above.
        max: Time,
    },
    /// `on` or `off`.
    Flag {
        /// If nothing is said.
        default: bool,
    },
    /// One word of several.
    Choice {
        /// The words; the first is the default.
        words: &'static [&'static str],
    },
}

impl ParamKind {
    /// The value if nothing is said.
    pub fn default_value(self) -> ParamValue {
        match self {
            ParamKind::Count { default, .. } => ParamValue::Count(default),
            ParamKind::Duration { default, .. } => ParamValue::Duration(default),
            ParamKind::Range { default: (lo, hi), .. } => ParamValue::Range(lo, hi),
            ParamKind::Flag { default } => ParamValue::Flag(default),
            ParamKind::Choice { words } => ParamValue::Choice(words[0]),
        }
    }
}

/// The value of a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParamValue {
    /// A number.
    Count(u64),
    /// A length of time.
    Duration(Time),
    /// A span of time.
    Range(Time, Time),
    /// On or off.
    Flag(bool),
    /// One of the words of the choice.
    Choice(&'static str),
}

impl std::fmt::Display for ParamValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match *self {
            ParamValue::Count(number) => write!(f, "{number}"),
            ParamValue::Duration(us) => write!(f, "{}", Span(us)),
            ParamValue::Range(lo, hi) if lo == hi => write!(f, "{}", Span(lo)),
            ParamValue::Range(lo, hi) => write!(f, "{}..{}", Span(lo), Span(hi)),
            ParamValue::Flag(on) => f.write_str(if on { "on" } else { "off" }),
            ParamValue::Choice(word) => f.write_str(word),
        }
    }
}

/// A rule of the protocol that can be switched off.
#[derive(Debug)]
pub struct FlawInfo {
    /// The word after `flaw`: `commit_old_term`.
    pub id: &'static str,
    /// What the flawed protocol does, in a sentence.
    pub doc: &'static str,
    /// The rule that it leaves out, by paper and section.
    pub source: &'static str,
    /// The properties that catch it, any of them.
    pub caught_by: &'static [&'static str],
}

/// A role that a node can have.
#[derive(Debug)]
pub struct RoleInfo {
    /// `leader`: as a target, the only node in that role.
    pub id: &'static str,
    /// `followers`: as a target, all nodes in that role.
    pub plural: &'static str,
    /// What it means.
    pub tone: Tone,
    /// What a node in it does, in a sentence.
    pub doc: &'static str,
}

/// A kind of message.
#[derive(Debug)]
pub struct MessageInfo {
    /// The paper's name: `AppendEntries`.
    pub id: &'static str,
    /// Whether it answers another message.
    pub reply: bool,
    /// What it asks or tells, in a sentence.
    pub doc: &'static str,
}

/// A timer.
#[derive(Debug)]
pub struct TimerInfo {
    /// `election`.
    pub id: &'static str,
    /// What happens when it fires, in a sentence.
    pub doc: &'static str,
}

/// Whether a property must always hold or must be seen to happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PropertyKind {
    /// Holds after every event, or is broken since a step.
    Always,
    /// Some run must reach it: an engine that does nothing fails.
    Sometimes,
}

/// A property, checked after every event.
#[derive(Debug)]
pub struct PropertyInfo {
    /// `election_safety`.
    pub id: &'static str,
    /// As a person says it: `Election safety`.
    pub title: &'static str,
    /// The statement, positive and whole.
    pub statement: &'static str,
    /// Paper and section.
    pub source: &'static str,
    /// Always or sometimes.
    pub kind: PropertyKind,
}

/// Where a note is marked on the scrubber.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MarkKind {
    /// Somebody intervened.
    Fault,
    /// Who leads has changed: an election, a take-over.
    Leadership,
    /// Something was settled: committed, chosen.
    Decision,
    /// A client called or got its answer.
    Client,
    /// A property broke.
    Violation,
}

/// Something that a protocol tells while it runs. Also a coverage mark.
#[derive(Debug)]
pub struct NoteInfo {
    /// `stale_term_rejected`.
    pub id: &'static str,
    /// What it means, in a sentence, for the log and the help.
    pub doc: &'static str,
    /// Whether the scrubber shows it.
    pub mark: Option<MarkKind>,
}

/// The values that a protocol is made from. They are checked before: within bounds, complete.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Params {
    /// Number of servers.
    pub servers: u32,
    /// Number of clients.
    pub clients: u32,
    /// One value for each of [`Info::params`].
    pub values: Vec<ParamValue>,
    /// Which of [`Info::flaws`] are on.
    pub flaws: Vec<bool>,
}

impl Params {
    /// What holds if nothing is said.
    pub fn defaults(info: &Info) -> Params {
        Params {
            servers: info.servers.default,
            clients: info.clients.default,
            values: info.params.iter().map(|param| param.kind.default_value()).collect(),
            flaws: vec![false; info.flaws.len()],
        }
    }

    /// The value of the parameter of that name.
    ///
    /// # Panics
    /// If the protocol declares no such parameter: its author's error.
    pub fn value(&self, info: &Info, name: &str) -> ParamValue {
        let at = info.params.iter().position(|param| param.name == name);
        self.values[at.expect("a declared parameter")]
    }

    /// A span of time.
    pub fn range(&self, info: &Info, name: &str) -> (Time, Time) {
        match self.value(info, name) {
            ParamValue::Range(lo, hi) => (lo, hi),
            other => panic!("{name} is declared as a range, not {other:?}"),
        }
    }

    /// A length of time.
    pub fn duration(&self, info: &Info, name: &str) -> Time {
        match self.value(info, name) {
            ParamValue::Duration(us) => us,
            other => panic!("{name} is declared as a duration, not {other:?}"),
        }
    }

    /// A number.
    pub fn count(&self, info: &Info, name: &str) -> u64 {
        match self.value(info, name) {
            ParamValue::Count(number) => number,
            other => panic!("{name} is declared as a count, not {other:?}"),
        }
    }

    /// On or off.
    pub fn flag(&self, info: &Info, name: &str) -> bool {
        match self.value(info, name) {
            ParamValue::Flag(on) => on,
            other => panic!("{name} is declared as a flag, not {other:?}"),
        }
    }

    /// Whether that flaw is on.
    ///
    /// # Panics
    /// If the protocol declares no such flaw: its author's error.
    pub fn flaw(&self, info: &Info, id: &str) -> bool {
        let at = info.flaws.iter().position(|flaw| flaw.id == id);
        self.flaws[at.expect("a declared flaw")]
    }
}
