//! Majorities, for every protocol that counts answers: sets of servers and what they amount to.
//!
//! A set is a `u64` with a bit for each server.

use crate::view::NodeId;

/// The most servers that a cluster can have.
pub const SERVERS_MAX: usize = 9;

/// The bit of a server in a set of servers.
pub fn bit(node: NodeId) -> u64 {
    1 << node.0
}

/// The servers of a set, in order.
pub fn nodes(bits: u64) -> Vec<NodeId> {
    (0..u64::BITS).filter(|node| bits >> node & 1 == 1).map(NodeId).collect()
}

/// The smallest number of servers of which any two sets share one.
pub const fn majority(servers: u32) -> u32 {
    servers / 2 + 1
}

/// The highest index that `quorum` of the servers have reached, given what each has; 0 if there
/// are fewer servers than that.
pub fn replicated_index(indexes: impl Iterator<Item = u64>, quorum: u32) -> u64 {
    let mut sorted = [0; SERVERS_MAX];
    let mut count = 0;
    for index in indexes.take(SERVERS_MAX) {
        let mut at = count;
        while at > 0 && sorted[at - 1] < index {
            sorted[at] = sorted[at - 1];
            at -= 1;
        }
        sorted[at] = index;
        count += 1;
    }
    match quorum as usize {
        quorum if (1..=count).contains(&quorum) => sorted[quorum - 1],
        _ => 0,
    }
}

/// How an election stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tally {
    /// A quorum has granted its vote.
    Won,
    /// So many have refused that a quorum is out of reach.
    Lost,
    /// Neither yet.
    Open,
}

/// How an election stands when those servers (a bit each) have granted and refused their votes.
pub fn tally(granted: u64, refused: u64, servers: u32, quorum: u32) -> Tally {
    if granted.count_ones() >= quorum {
        Tally::Won
    } else if servers - refused.count_ones().min(servers) < quorum {
        Tally::Lost
    } else {
        Tally::Open
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_majority_is_more_than_half() {
        let sizes: Vec<u32> = (1..=9).map(majority).collect();
        assert_eq!(sizes, [1, 2, 2, 3, 3, 4, 4, 5, 5]);
    }

    #[test]
    fn the_replicated_index_is_reached_by_a_quorum_and_no_higher_one_is() {
        let index = |matches: &[u64], quorum| replicated_index(matches.iter().copied(), quorum);
        assert_eq!(index(&[5, 9, 7], 2), 7);
        assert_eq!(index(&[5, 9, 7, 1], 3), 5);
        assert_eq!(index(&[4], 1), 4);
        assert_eq!(index(&[], 1), 0);
        assert_eq!(index(&[1, 2], 3), 0);
    }

    #[test]
    fn an_election_is_lost_when_a_quorum_is_out_of_reach() {
        assert_eq!(tally(0b011, 0, 3, 2), Tally::Won);
        assert_eq!(tally(0b001, 0b010, 3, 2), Tally::Open);
        assert_eq!(tally(0b001, 0b110, 3, 2), Tally::Lost);
        assert_eq!(tally(0b0011, 0b1100, 4, 3), Tally::Lost);
    }
}
