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

impl LibraryEntry {
    /// What it means. The error is for a library that is not tested.
    pub fn scenario(&self) -> Result<Scenario, Diagnostic> {
        let parsed = parse(self.text);
        let fault = || Diagnostic::new(1, 1, 0, "this is no scenario");
        parsed.scenario.ok_or_else(|| parsed.diagnostics.into_iter().next().unwrap_or_else(fault))
    }
}

/// Every scenario of the library, in the order in which people should meet them.
pub const SCENARIOS: &[LibraryEntry] = &[];

/// The scenario of that id.
pub fn find(id: &str) -> Option<&'static LibraryEntry> {
    SCENARIOS.iter().find(|entry| entry.id == id)
}
