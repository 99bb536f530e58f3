//! The library: scenarios that teach something, each a file of this folder.

/// A scenario of the library.
#[derive(Debug)]
pub struct LibraryEntry {
    /// Its name in links and on the command line: `raft-first-election`.
    pub id: &'static str,
    /// Its text.
    pub text: &'static str,
}

/// Every scenario of the library, in the order in which people should meet them.
pub const SCENARIOS: &[LibraryEntry] = &[
];

/// The scenario of that id.
pub fn find(id: &str) -> Option<&'static LibraryEntry> {
    SCENARIOS.iter().find(|entry| entry.id == id)
}
