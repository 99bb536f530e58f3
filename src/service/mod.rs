//! What clients are promised, apart from who keeps the promise.
//!
//! A service is a sequential specification: a state and what each operation does to it. Raft and
//! Multi-Paxos replicate the same service, the same client scripts run on both, and the checkers
//! judge the clients' history against it without knowing which protocol ran.

mod consensus;
mod key_value;
mod nothing;

use std::fmt::Debug;
use std::hash::Hash;

pub use consensus::{Consensus, Propose};
pub use key_value::{KeyValue, KeyValueOp, KeyValueOut};
pub use nothing::Nothing;

/// A sequential specification. `Self` is the state, and `default()` the initial one.
pub trait Service: Clone + Default + Eq + Hash + Debug + 'static {
    /// What it is called and which operations it has.
    const INFO: ServiceInfo;
    /// An operation with its arguments.
    type Op: Clone + Eq + Hash + Debug + 'static;
    /// What an operation answers.
    type Out: Clone + Eq + Hash + Debug + 'static;

    /// Performs one operation.
    fn apply(&mut self, op: &Self::Op) -> Self::Out;

    /// Reads an operation from the words of a scenario line, the operation's name first.
    fn parse(words: &[&str]) -> Result<Self::Op, OpError>;

    /// Writes an operation as [`Service::parse`] reads it.
    fn print_op(op: &Self::Op) -> String;

    /// Writes an answer, short.
    fn print_out(out: &Self::Out) -> String;

    /// The state as rows of key and value, for the picture.
    fn rows(&self) -> Vec<(String, String)>;

    /// A random operation; `choose(n)` answers a number below `n`.
    fn generate(choose: &mut dyn FnMut(u32) -> u32) -> Self::Op;

    /// The part of the state that an operation concerns, where the service is a product of
    /// independent parts: checkers judge each part by itself.
    fn part(op: &Self::Op) -> Option<&str>;
}

/// The name and the operations of a service.
#[derive(Debug)]
pub struct ServiceInfo {
    /// `key_value`.
    pub id: &'static str,
    /// `Key-value store`.
    pub title: &'static str,
    /// Every operation.
    pub ops: &'static [OpInfo],
}

/// One operation of a service, for help, completion and error messages.
#[derive(Debug)]
pub struct OpInfo {
    /// The word in a scenario: `put`.
    pub name: &'static str,
    /// Its arguments: `["key", "value"]`.
    pub args: &'static [&'static str],
    /// What it does, in a sentence.
    pub doc: &'static str,
}

impl ServiceInfo {
    /// Which of the operations these words are: its name, then as many words as it has arguments.
    #[inline(never)]
    pub fn find(&self, words: &[&str]) -> Result<usize, OpError> {
        let name = words.first().copied().unwrap_or_default();
        let Some(place) = self.ops.iter().position(|op| op.name == name) else {
            return Err(OpError { word: 0, message: format!("`{name}` is no operation") });
        };
        let args = self.ops[place].args;
        if words.len() != 1 + args.len() {
            let word = words.len().min(1 + args.len());
            let usage = args.join(" ");
            return Err(OpError { word, message: format!("expected `{name} {usage}`") });
        }
        Ok(place)
    }
}

/// Why the words of a scenario line are no operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpError {
    /// Which of the words is wrong; the number of words if one is missing.
    pub word: usize,
    /// What is wrong and what was expected.
    pub message: String,
}
