//! Ballots, for every protocol of the Paxos family: numbers of which each belongs to one server, so
//! that no two servers ever propose with the same.

use std::fmt;

use crate::view::{NodeId, dotted};

/// A ballot: rounds count upwards, and within a round the server decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ballot {
    /// The round, from 1.
    pub round: u64,
    /// Whose ballot it is.
    pub node: NodeId,
}

/// No ballot: below all others.
impl Default for Ballot {
    fn default() -> Ballot {
        Ballot { round: 0, node: NodeId(0) }
    }
}

impl Ballot {
    /// The ballot as a generation, which grows with it. There are at most nine servers.
    pub fn generation(self) -> u64 {
        match self.round {
            0 => 0,
            round => dotted(round, u64::from(self.node.0) + 1),
        }
    }

    /// Reads what is written as `2.1`.
    pub fn parse(text: &str) -> Option<Ballot> {
        let (round, node) = text.split_once('.')?;
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let (round, node) = match digits(round) && digits(node) {
            true => (round.parse::<u64>().ok()?, node.parse::<u64>().ok()?),
            false => return None,
        };
        let fits = (1..=1_000_000).contains(&round) && (1..=9).contains(&node);
        fits.then(|| Ballot { round, node: NodeId(node as u32 - 1) })
    }
}

impl fmt::Display for Ballot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.round {
            0 => f.write_str("none"),
            round => write!(f, "{round}.{}", self.node.0 + 1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::{read_generation, show_generation};

    #[test]
    fn a_ballot_is_ordered_by_its_round_and_then_by_its_server() {
        let ballots = ["1.1", "1.9", "2.1", "10.1"].map(|text| Ballot::parse(text).expect(text));
        assert!(ballots.is_sorted() && Ballot::default() < ballots[0]);
        assert!(ballots.map(Ballot::generation).is_sorted());
    }

    #[test]
    fn a_ballot_is_read_back_as_it_was_written() {
        for text in ["1.1", "7.9", "1000000.3"] {
            let ballot = Ballot::parse(text).expect(text);
            assert_eq!(ballot.to_string(), text);
            assert_eq!(show_generation(ballot.generation()), text);
            assert_eq!(read_generation(text), Some(ballot.generation()));
        }
        assert_eq!(Ballot::default().to_string(), "none");
        assert_eq!(show_generation(Ballot::default().generation()), "0");
        for text in ["", "1", "1.", ".1", "0.1", "1.0", "1.10", "+1.1", "1.1.1", "-", "1000001.1"] {
            assert_eq!(Ballot::parse(text), None, "{text}");
        }
    }
}
