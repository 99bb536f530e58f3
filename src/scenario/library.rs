//! The library: scenarios that teach something, each a file of this folder.

use super::{Diagnostic, Scenario, parse};

/// A scenario of the library.
#[derive(Debug)]
pub struct LibraryEntry {
    /// Its name in links and on the command line: `raft-first-election`.
    pub id: &'static str,
    /// Its text.
    pub text: &'static str,
}

/// The id names the file.
macro_rules! entry {
    ($id:literal) => {
        LibraryEntry { id: $id, text: include_str!(concat!("library/", $id, ".scenario")) }
    };
}

impl LibraryEntry {
    /// What it means. The error is for a library that is not tested.
    pub fn scenario(&self) -> Result<Scenario, Diagnostic> {
        let parsed = parse(self.text);
        let fault = || *Diagnostic::new(1, 1, 0, "this is no scenario");
        parsed.scenario.ok_or_else(|| parsed.diagnostics.into_iter().next().unwrap_or_else(fault))
    }
}

/// Every scenario of the library, in the order in which people should meet them.
pub const SCENARIOS: &[LibraryEntry] = &[
    entry!("raft-first-election"),
    entry!("raft-split-vote"),
    entry!("raft-leader-crash-before-commit"),
    entry!("raft-leader-crash-after-commit"),
    entry!("raft-minority-leader"),
    entry!("raft-two-and-two"),
    entry!("raft-rejoin"),
    entry!("raft-figure-7"),
    entry!("raft-figure-8"),
    entry!("raft-client-retry"),
    entry!("raft-lossy-network"),
    entry!("raft-duplicates-and-reordering"),
    entry!("raft-slow-follower"),
    entry!("raft-paused-leader"),
    entry!("raft-by-hand"),
    entry!("raft-flaw-commit-old-term"),
    entry!("raft-flaw-vote-not-persisted"),
    entry!("raft-flaw-vote-without-log-check"),
    entry!("raft-flaw-quorum-too-small"),
    entry!("raft-flaw-no-truncation"),
    entry!("raft-flaw-apply-twice"),
    entry!("paxos-plain"),
    entry!("paxos-by-hand"),
    entry!("paxos-chosen-unknown"),
    entry!("paxos-dead-between-phases"),
    entry!("paxos-adopted"),
    entry!("paxos-minority"),
    entry!("paxos-learner-asks"),
    entry!("paxos-roles"),
    entry!("paxos-duel"),
    entry!("paxos-duel-ended"),
    entry!("paxos-flaw-promise-forgotten"),
    entry!("paxos-flaw-value-ignored"),
    entry!("paxos-flaw-quorum-too-small"),
    entry!("paxos-flaw-ballot-reused"),
    entry!("ping-first"),
    entry!("ping-no-answer"),
    entry!("ping-flaw-answer-unasked"),
];

/// The scenario of that id.
pub fn find(id: &str) -> Option<&'static LibraryEntry> {
    SCENARIOS.iter().find(|entry| entry.id == id)
}
