//! The protocols. Each is one folder or file and one line in [`CATALOG`].

use crate::service::{OpError, Service, ServiceInfo};
use crate::sim::info::Info;
use crate::sim::protocol::Protocol;
use crate::sim::run::{Kind, Run};
use crate::sim::session::{Session, Setup, Watch};

pub mod ballot;
pub mod logs;
pub mod quorum;
pub mod sessions;
#[cfg(test)]
mod trouble;

pub mod multi_paxos;
pub mod paxos;
pub mod ping;
pub mod raft;

/// Every protocol, in the order in which the page lists them.
pub const CATALOG: &[Entry] = &[
    Entry::of::<raft::Raft>(),
    Entry::of::<paxos::Paxos>(),
    Entry::of::<multi_paxos::MultiPaxos>(),
    Entry::of::<ping::Ping>(),
];

/// The protocol of that id.
pub fn find(id: &str) -> Option<&'static Entry> {
    CATALOG.iter().find(|entry| entry.info.id == id)
}

/// A protocol without its types.
pub struct Entry {
    /// What it says of itself.
    pub info: &'static Info,
    /// What its clients are promised.
    pub service: &'static ServiceInfo,
    kind: Kind,
    parse_op: fn(&[&str]) -> Result<String, OpError>,
    generate_op: fn(&mut dyn FnMut(u32) -> u32) -> String,
}

/// Why a run cannot start: a given state is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GivenError {
    /// Which of `Setup::given`.
    pub place: usize,
    /// What is wrong and what was expected.
    pub message: String,
}

impl Entry {
    /// The entry of a protocol.
    pub const fn of<P: Protocol>() -> Entry {
        Entry {
            info: P::INFO,
            service: &<P::Service as Service>::INFO,
            kind: Kind::of::<P>(),
            parse_op: parse_op::<P::Service>,
            generate_op: generate_op::<P::Service>,
        }
    }

    /// Starts a run.
    pub fn start(&self, setup: Setup, watch: Watch) -> Result<Box<dyn Session>, GivenError> {
        match Run::of(self.kind, setup, watch) {
            Ok(run) => Ok(Box::new(run)),
            Err((place, message)) => Err(GivenError { place, message }),
        }
    }

    /// Whether these words are an operation of the service; if so, as the service prints it.
    pub fn parse_op(&self, words: &[&str]) -> Result<String, OpError> {
        (self.parse_op)(words)
    }

    /// A random operation. Only for services that have any.
    pub fn generate_op(&self, choose: &mut dyn FnMut(u32) -> u32) -> String {
        (self.generate_op)(choose)
    }
}

fn parse_op<S: Service>(words: &[&str]) -> Result<String, OpError> {
    Ok(S::print_op(&S::parse(words)?))
}

fn generate_op<S: Service>(choose: &mut dyn FnMut(u32) -> u32) -> String {
    S::print_op(&S::generate(choose))
}
