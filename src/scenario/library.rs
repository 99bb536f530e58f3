//! The library: scenarios that teach something, each a file of the folder `library`.
//!
//! A native build carries their texts. A page gets them as one file that is loaded beside its
//! program, made of the same files by `xtask/library.mjs`, and hands it to [`set`].

use std::sync::OnceLock;

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
#[cfg(not(target_arch = "wasm32"))]
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

/// What a page was given.
static GIVEN: OnceLock<Vec<LibraryEntry>> = OnceLock::new();

/// What stands before each id in the file that a page gets.
const HEAD: &str = "=== ";

/// Takes the texts of the file that a page gets, once, and says whether it is that file.
pub fn set(text: String) -> bool {
    let Some(text) = text.leak().strip_prefix(HEAD) else { return false };
    let mut entries = Vec::new();
    for part in text.split(HEAD) {
        let Some((id, text)) = part.split_once('\n') else { return false };
        entries.push(LibraryEntry { id, text });
    }
    GIVEN.set(entries).is_ok()
}

/// Every scenario of the library, in the order in which people should meet them.
pub fn all() -> &'static [LibraryEntry] {
    GIVEN.get().map_or(CARRIED, |given| given)
}

#[cfg(target_arch = "wasm32")]
const CARRIED: &[LibraryEntry] = &[];

/// The order is this one for the page as well: `xtask/library.mjs` reads the lines below.
#[cfg(not(target_arch = "wasm32"))]
const CARRIED: &[LibraryEntry] = &[
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
    entry!("raft-two-timeouts"),
    entry!("raft-beside-multi-paxos"),
    entry!("raft-beside-multi-paxos-who-leads"),
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
    entry!("multi-paxos-stable-leader"),
    entry!("multi-paxos-leader-crash"),
    entry!("multi-paxos-gap"),
    entry!("multi-paxos-pipelining"),
    entry!("multi-paxos-catch-up"),
    entry!("multi-paxos-minority-leader"),
    entry!("multi-paxos-duel"),
    entry!("multi-paxos-client-retry"),
    entry!("multi-paxos-flaw-skip-phase-1"),
    entry!("multi-paxos-flaw-accepted-value-ignored"),
    entry!("multi-paxos-flaw-promise-forgotten"),
    entry!("multi-paxos-flaw-quorum-too-small"),
    entry!("multi-paxos-flaw-gap-skipped"),
    entry!("multi-paxos-flaw-apply-twice"),
    entry!("ping-first"),
    entry!("ping-no-answer"),
    entry!("ping-flaw-answer-unasked"),
];

/// The scenario of that id.
pub fn find(id: &str) -> Option<&'static LibraryEntry> {
    all().iter().find(|entry| entry.id == id)
}
