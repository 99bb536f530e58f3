//! The scenario text: what a person edits, what a link carries, what a test runs.
//!
//! `docs/scenario-format.md` describes the text. In reading order: the limits; from characters to
//! words; from words to what they mean; the document that keeps everything a person wrote.

pub mod action;
mod base64url;
pub mod bench;
pub mod complete;
pub mod cursor;
mod deflate;
pub mod diagnostic;
pub mod document;
pub mod expect;
pub mod fact;
pub mod fuzz;
mod head;
pub mod lex;
pub mod library;
pub mod limits;
pub mod link;
pub mod parse;
pub mod print;
pub mod revise;
pub mod run;
pub mod shrink;
pub mod trace;
pub mod units;

pub use diagnostic::Diagnostic;
pub use document::Document;
pub use expect::Expect;
pub use parse::{Parsed, parse, parse_bytes};

use crate::protocols::Entry;
use crate::sim::info::Info;
use crate::sim::pair::Pair;
use crate::sim::session::{Session, Setup, Watch};
use crate::view::{NodeNames, Time};

/// The version of the text that this program reads and writes: the number behind `interleave`.
pub const VERSION: u64 = 1;

/// What a text means.
#[derive(Clone)]
pub struct Scenario {
    /// What it is about; empty if the text does not say.
    pub title: String,
    /// The protocol.
    pub entry: &'static Entry,
    /// Everything that the run is made from.
    pub setup: Setup,
    /// What is told while it runs, in order of time.
    pub says: Vec<Say>,
    /// What it is expected to show.
    pub expects: Vec<Expect>,
    /// When it ends.
    pub until: Time,
    /// The line of each action of the setup's script; empty if it was not read from a text.
    pub script_lines: Vec<u32>,
    /// The line of `until`, if there is one.
    pub until_line: Option<u32>,
    /// The same for the protocol that runs beside it, on the same clock, with the same nodes.
    pub beside: Option<Box<Scenario>>,
}

/// The words before a line that speaks of one of two runs, in their order.
pub const LANES: [&str; 2] = ["first", "second"];

/// A piece of narration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Say {
    /// When.
    pub at: Time,
    /// What.
    pub text: String,
}

impl Scenario {
    /// How everybody is called.
    pub fn names(&self) -> NodeNames {
        let params = &self.setup.params;
        NodeNames { servers: params.servers, clients: params.clients }
    }

    /// It, and what runs beside it.
    pub fn lanes(&self) -> impl Iterator<Item = &Scenario> {
        std::iter::once(self).chain(self.beside.as_deref())
    }

    /// What the runs are called: as their protocols, or by their place if that is one.
    pub fn lane_titles(&self) -> Vec<String> {
        let titles = self.lanes().map(|lane| lane.entry.info.title);
        let twins =
            self.beside.as_ref().is_some_and(|beside| beside.entry.info.id == self.entry.info.id);
        let named = titles.zip(LANES).map(|(title, place)| match twins {
            true => format!("{title}, {place}"),
            false => title.to_string(),
        });
        named.collect()
    }

    /// Starts a run of it, or two on one clock. What was read from a text starts; the error is for
    /// setups that were made otherwise.
    pub fn start(&self, watch: Watch) -> Result<Box<dyn Session>, String> {
        let first = self.start_alone(watch)?;
        match &self.beside {
            Some(beside) => Ok(Box::new(Pair::new(first, beside.start_alone(watch)?))),
            None => Ok(first),
        }
    }

    /// The same without what runs beside it.
    pub fn start_alone(&self, watch: Watch) -> Result<Box<dyn Session>, String> {
        self.entry.start(self.setup.clone(), watch).map_err(|error| error.message)
    }

    /// What a link carries of the protocols' revisions.
    pub fn revision(&self) -> u32 {
        let second = self.beside.as_ref().map_or(0, |beside| beside.entry.info.revision);
        self.entry.info.revision | second << 16
    }

    /// What somebody should know whose link was made with that [`Scenario::revision`].
    pub fn made_with(&self, old: u32) -> String {
        let changed = self.lanes().zip([old & 0xffff, old >> 16]);
        let changed = changed.filter(|(lane, old)| lane.entry.info.revision != *old);
        let named = changed.map(|(lane, old)| {
            let Info { title, revision, .. } = lane.entry.info;
            format!("revision {old} of {title}; this is revision {revision}")
        });
        let named = named.collect::<Vec<_>>().join(". And with ");
        format!("This link was made with {named}. The run may differ from what was seen then.")
    }

    /// What is told at that time: the last piece at or before it.
    pub fn said_at(&self, time: Time) -> Option<&Say> {
        let after = self.says.partition_point(|say| say.at <= time);
        after.checked_sub(1).map(|place| &self.says[place])
    }
}
