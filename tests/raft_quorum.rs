//! Majorities as etcd's raft decides them: the vectors of github.com/etcd-io/raft at cdfbeed3149e,
//! `quorum/testdata/majority_commit.txt` and `majority_vote.txt` (Apache-2.0).
//!
//! Two of them do not apply: an empty configuration, which there has committed everything and won
//! every vote, cannot be given to a cluster. The vectors of joint configurations are not among
//! these; membership changes are left out.

use interleave::protocols::quorum::{Tally, majority, replicated_index, tally};

use Tally::{Lost, Open, Won};

/// What each voter has acknowledged (`None`: nothing), and the index that is committed with that
/// (`None`: infinity).
type CommitVector = (&'static [Option<u64>], Option<u64>);

const COMMITTED_INDEX: &[CommitVector] = &[
    (&[], None),
    (&[None], Some(0)),
    (&[Some(12)], Some(12)),
    (&[None, None], Some(0)),
    (&[Some(12), None], Some(0)),
    (&[Some(12), Some(5)], Some(5)),
    (&[None, None, None], Some(0)),
    (&[Some(12), None, None], Some(0)),
    (&[Some(12), Some(5), None], Some(5)),
    (&[Some(12), Some(5), Some(6)], Some(6)),
    (&[Some(12), Some(5), Some(4)], Some(5)),
    (&[Some(5), Some(5), None], Some(5)),
    (&[Some(5), Some(5), Some(12)], Some(5)),
    (&[Some(100), Some(101), Some(103)], Some(101)),
    (&[Some(101), Some(104), Some(103), Some(103), None], Some(103)),
    (&[Some(101), Some(102), Some(103), Some(103), None], Some(102)),
];

/// What each voter has answered, and how the vote stands.
const VOTE: &[(&str, Tally)] = &[
    ("", Won),
    ("_", Open),
    ("n", Lost),
    ("y", Won),
    ("__", Open),
    ("n_", Lost),
    ("y_", Open),
    ("ny", Lost),
    ("yy", Won),
    ("___", Open),
    ("n__", Open),
    ("y__", Open),
    ("nn_", Lost),
    ("yn_", Open),
    ("yy_", Won),
    ("yyn", Won),
    ("nyn", Lost),
    ("yyny___", Open),
    ("_yy_nyn", Open),
    ("yyny_ny", Won),
    ("yy_nynn", Open),
    ("yynynnn", Lost),
];

#[test]
fn committed_indices_agree() {
    let mut empty = 0;
    for (acknowledged, expected) in COMMITTED_INDEX {
        let Some(expected) = *expected else {
            assert!(acknowledged.is_empty());
            empty += 1;
            continue;
        };
        let quorum = majority(acknowledged.len() as u32);
        let index = replicated_index(acknowledged.iter().map(|ack| ack.unwrap_or(0)), quorum);
        assert_eq!(index, expected, "{acknowledged:?}");
    }
    assert_eq!((COMMITTED_INDEX.len(), empty), (16, 1));
}

#[test]
fn votes_agree() {
    let mut empty = 0;
    for (votes, expected) in VOTE {
        if votes.is_empty() {
            empty += 1;
            continue;
        }
        let of = |answer| {
            let places = votes.bytes().enumerate().filter(|(_, vote)| *vote == answer);
            places.fold(0u64, |bits, (place, _)| bits | 1 << place)
        };
        let servers = votes.len() as u32;
        let stands = tally(of(b'y'), of(b'n'), servers, majority(servers));
        assert_eq!(stands, *expected, "{votes}");
    }
    assert_eq!((VOTE.len(), empty), (22, 1));
}
