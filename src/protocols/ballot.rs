//! Ballots (proposal numbers): ordered, and never the same for two proposers.

use std::fmt;

use super::quorum::SERVERS_MAX;
use crate::view::NodeId;

/// A ballot: compared by its round, then by its proposer. The default is below every ballot.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ballot {
    /// Counted from 1; 0 in no ballot.
    pub round: u32,
    /// The proposer's place among the servers.
    node: u32,
}

impl Ballot {
    /// The ballot of a proposer in a round.
    pub fn new(round: u32, node: NodeId) -> Ballot {
        Ballot { round, node: node.0 }
    }

    /// Whose it is.
    pub fn node(self) -> NodeId {
        NodeId(self.node)
    }

    /// Whether it is below every ballot.
    pub fn is_none(self) -> bool {
        self.round == 0
    }

    /// A number in the same order, other for each ballot: 0 for none.
    pub fn generation(self) -> u64 {
        u64::from(self.round) * SERVERS_MAX as u64 + u64::from(self.node)
    }
}

/// `2.1`: round 2 of n1; `none`.
impl fmt::Display for Ballot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_none() {
            return f.write_str("none");
        }
        write!(f, "{}.{}", self.round, self.node + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ballots_and_their_generations_have_one_order() {
        let mut last = Ballot::default();
        assert_eq!((last.to_string(), last.generation()), ("none".to_string(), 0));
        for round in 1..4 {
            for node in 0..SERVERS_MAX as u32 {
                let ballot = Ballot::new(round, NodeId(node));
                assert!(last < ballot && last.generation() < ballot.generation());
                assert_eq!(ballot.to_string(), format!("{round}.{}", node + 1));
                last = ballot;
            }
        }
    }
}
