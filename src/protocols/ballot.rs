//! Ballots (proposal numbers): ordered, and never the same for two proposers.

use std::fmt;

use crate::view::{NodeId, dotted};

/// The highest round that can be read.
const ROUND_MAX: u32 = 1_000_000;

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

    /// The ballot as a generation, which grows with it; 0 for none. There are at most nine servers.
    pub fn generation(self) -> u64 {
        if self.is_none() {
            return 0;
        }
        dotted(u64::from(self.round), u64::from(self.node) + 1)
    }

    /// Reads `2.1`.
    pub fn parse(text: &str) -> Option<Ballot> {
        let (round, node) = text.split_once('.')?;
        let number = |text: &str| {
            let digits = text.bytes().all(|byte| byte.is_ascii_digit());
            text.parse::<u32>().ok().filter(|number| digits && *number > 0)
        };
        let (round, node) = (number(round)?, number(node)?);
        (round <= ROUND_MAX && node <= 9).then(|| Ballot { round, node: node - 1 })
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
    use crate::protocols::quorum::SERVERS_MAX;
    use crate::view::{read_generation, show_generation};

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

    #[test]
    fn a_ballot_is_read_back_as_it_was_written() {
        for text in ["1.1", "7.9", "1000000.3"] {
            let ballot = Ballot::parse(text).expect(text);
            assert_eq!(ballot.to_string(), text);
            assert_eq!(show_generation(ballot.generation()), text);
            assert_eq!(read_generation(text), Some(ballot.generation()));
        }
        assert_eq!(show_generation(0), "0");
        for text in ["", "1", "1.", ".1", "0.1", "1.0", "1.10", "+1.1", "1.1.1", "-", "1000001.1"] {
            assert_eq!(Ballot::parse(text), None, "{text}");
        }
    }
}
