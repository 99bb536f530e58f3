//! Figure 2: AppendEntries, its results, and when an entry counts as committed.

use super::lab::*;
use crate::protocols::raft::log::{Index, Term};
use crate::protocols::raft::state::Role;
use crate::protocols::raft::{AppendOutcome, HEARTBEAT};

const FIGURE_7: [Term; 10] = [1, 1, 1, 4, 4, 5, 5, 6, 6, 6];

fn refused(conflict_term: Term, conflict_index: Index, last_log_index: Index) -> AppendOutcome {
    AppendOutcome::Conflict { conflict_term, conflict_index, last_log_index }
}

fn agrees(match_index: Index) -> AppendOutcome {
    AppendOutcome::Success { match_index }
}

#[test]
fn a_leader_of_an_old_term_is_told_the_current_one() {
    let mut lab = Lab::with(5, &[1]);
    let seen = lab.receive(N2, append(4, (1, 1), &[4], 2));
    assert_eq!(seen.outcome(), AppendOutcome::OldTerm);
    assert!(seen.timers.is_empty(), "it does not count as a leader");
    assert_eq!((lab.terms(), lab.state.commit_index), (vec![1], 0));
}

#[test]
fn entries_are_refused_that_follow_on_nothing() {
    let mut lab = Lab::with(4, &[1, 2, 2, 3]);
    let seen = lab.receive(N2, append(4, (4, 6), &[4], 0));
    assert_eq!(seen.outcome(), refused(3, 4, 4), "too short");
    assert_eq!(seen.timers, ["election"], "the leader was heard");
    let seen = lab.receive(N2, append(4, (3, 3), &[4], 0));
    assert_eq!(seen.outcome(), refused(2, 2, 4), "another term there");
    assert_eq!(lab.terms(), [1, 2, 2, 3], "and nothing changes");
    let mut empty = Lab::new(5, &[]);
    assert_eq!(empty.receive(N2, append(4, (4, 6), &[4], 0)).outcome(), refused(0, 0, 0));
}

#[test]
fn new_entries_are_appended_and_known_ones_left_alone() {
    let mut lab = Lab::with(2, &[1]);
    assert_eq!(lab.receive(N2, append(2, (1, 1), &[2, 2], 0)).outcome(), agrees(3));
    assert_eq!(lab.terms(), [1, 2, 2]);
    let seen = lab.receive(N2, append(2, (1, 1), &[2, 2], 0));
    assert_eq!((seen.outcome(), lab.terms()), (agrees(3), vec![1, 2, 2]));
    assert_eq!(seen.notes, ["entries_known"]);
    let seen = lab.receive(N2, append(2, (1, 1), &[2, 2, 2], 0));
    assert_eq!((seen.outcome(), lab.terms()), (agrees(4), vec![1, 2, 2, 2]));
}

#[test]
fn an_old_message_never_shortens_the_log() {
    let mut lab = Lab::with(2, &[1]);
    lab.receive(N2, append(2, (1, 1), &[2, 2, 2], 0));
    for terms in [&[][..], &[2], &[2, 2]] {
        let seen = lab.receive(N2, append(2, (1, 1), terms, 0));
        assert_eq!(seen.outcome(), agrees(1 + terms.len() as u64), "of the message, not the log");
        assert_eq!(lab.terms(), [1, 2, 2, 2]);
        assert_eq!(lab.state.log.truncations().0, 0);
    }
}

#[test]
fn a_conflicting_entry_goes_with_all_that_follow() {
    let mut lab = Lab::with(5, &[1, 2, 2, 2, 2]);
    let seen = lab.receive(N2, append(5, (1, 1), &[2, 3], 0));
    assert_eq!((seen.outcome(), lab.terms()), (agrees(3), vec![1, 2, 3]));
    assert_eq!(lab.state.log.truncations(), (1, 2));
    assert!(seen.notes.contains(&"log_conflict_truncated"));
}

#[test]
fn no_truncation_keeps_the_conflicting_entries() {
    let mut lab = Lab::new(5, &["no_truncation"]);
    lab.state.log = entries(&[1, 2, 2]);
    let seen = lab.receive(N2, append(5, (1, 1), &[3, 3, 3], 0));
    assert_eq!((seen.outcome(), lab.terms()), (agrees(4), vec![1, 2, 2, 3]));
}

#[test]
fn the_commit_index_follows_up_to_the_last_new_entry_and_never_falls() {
    let mut lab = Lab::with(2, &[1, 1, 1]);
    lab.receive(N2, append(2, (1, 1), &[1], 9));
    assert_eq!((lab.state.commit_index, lab.state.last_applied), (2, 2), "not beyond the message");
    lab.receive(N2, append(2, (1, 1), &[1, 1], 1));
    assert_eq!(lab.state.commit_index, 2);
    lab.receive(N2, append(2, (1, 3), &[2], 3));
    assert_eq!((lab.state.commit_index, lab.state.last_applied), (3, 3));
}

#[test]
fn a_refused_message_commits_nothing() {
    let mut lab = Lab::with(2, &[1, 1]);
    lab.receive(N2, append(2, (2, 2), &[], 2));
    assert_eq!(lab.state.commit_index, 0);
}

#[test]
fn a_leader_ignores_another_of_its_term() {
    let mut lab = Lab::leader(3, &[1]);
    let seen = lab.receive(N2, append(3, (0, 0), &[3, 3, 3], 0));
    assert_eq!((lab.state.role, lab.terms()), (Role::Leader, vec![1, 3]));
    assert!(seen.sent.is_empty());
}

#[test]
fn a_majority_of_the_own_term_commits_and_everybody_is_told() {
    let mut lab = Lab::leader(4, &[1, 2]);
    assert!(lab.receive(N2, success(4, 2, 3)).appends().is_empty());
    assert_eq!(lab.state.commit_index, 0);
    let seen = lab.receive(N3, success(4, 2, 3));
    assert_eq!(lab.state.commit_index, 3);
    assert_eq!(
        seen.appends(),
        [(2, 3, vec![], 3), (3, 3, vec![], 3)],
        "n4, n5 are not matched yet"
    );
    let seen = lab.receive(N4, success(4, 2, 3));
    assert_eq!(seen.appends(), [(4, 3, vec![], 3)], "who matches later is told then");
}

#[test]
fn an_acknowledgement_counts_once_and_never_goes_back() {
    let mut lab = Lab::leader(4, &[1, 2]);
    lab.receive(N2, success(4, 2, 3));
    lab.receive(N2, success(4, 2, 3));
    lab.receive(N2, success(4, 1, 2));
    assert_eq!(lab.state.commit_index, 0);
    assert_eq!((lab.state.peers[1].match_index, lab.state.peers[1].next_index), (3, 4));
}

#[test]
fn entries_of_earlier_terms_are_not_committed_by_counting() {
    for (flaws, commit_index) in [(&[][..], 0), (&["commit_old_term"][..], 2)] {
        let mut lab = Lab::new(5, flaws);
        lab.state.log = entries(&[1, 2]);
        lab.state.current_term = 3;
        lab.lead();
        lab.receive(N2, success(4, 1, 2));
        let seen = lab.receive(N3, success(4, 1, 2));
        assert_eq!(lab.state.commit_index, commit_index, "{flaws:?}");
        assert_eq!(seen.notes.contains(&"commit_withheld"), flaws.is_empty());
    }
}

#[test]
fn entries_flow_without_waiting_once_the_logs_agree() {
    let mut lab = Lab::leader(2, &[]);
    assert!(lab.request(C1, 1, "put x 1").appends().is_empty(), "nobody is matched yet");
    let seen = lab.receive(N2, success(2, 0, 1));
    assert_eq!(seen.appends(), [(2, 1, vec![2], 0)]);
    assert_eq!(lab.request(C2, 1, "put x 2").appends(), [(2, 2, vec![2], 0)], "at once");
    assert_eq!(lab.state.peers[1].next_index, 4, "optimistic");
    assert_eq!(lab.state.peers[1].match_index, 1, "but known is only what was acknowledged");
}

#[test]
fn what_is_lost_is_found_by_the_next_heartbeat() {
    let mut lab = Lab::leader(2, &[]);
    lab.receive(N2, success(2, 0, 1));
    lab.request(C1, 1, "put x 1"); // Lost on its way to n2.
    let seen = lab.timer(HEARTBEAT);
    assert_eq!(seen.appends()[0], (2, 2, vec![], 0));
    let seen = lab.receive(N2, conflict(2, 2, (2, 1, 1)));
    assert_eq!(seen.appends(), [(2, 1, vec![2], 0)]);
    assert!(lab.state.peers[1].probing);
    assert_eq!(lab.receive(N2, conflict(2, 2, (2, 1, 1))).notes, ["stale_refusal_ignored"]);
    lab.receive(N2, success(2, 1, 2));
    let peer = lab.state.peers[1];
    assert_eq!((peer.probing, peer.match_index, peer.next_index), (false, 2, 3));
    assert_eq!(lab.receive(N2, conflict(2, 1, (2, 1, 1))).notes, ["stale_refusal_ignored"]);
}

#[test]
fn a_probe_sends_a_batch_and_waits() {
    let mut lab = Lab::leader(7, &FIGURE_7);
    let seen = lab.receive(N2, conflict(7, 10, (1, 1, 2)));
    assert_eq!(seen.appends(), [(2, 2, vec![1, 4, 4], 0)], "three at a time");
    assert_eq!(lab.timer(HEARTBEAT).appends()[0], (2, 2, vec![1, 4, 4], 0), "again");
    let seen = lab.receive(N2, success(7, 2, 5));
    assert_eq!(seen.appends(), [(2, 5, vec![5, 5, 6], 0)]);
}

/// The followers of Figure 7 and what a leader of term 8 does about each after one refusal.
#[test]
fn one_refusal_finds_where_each_follower_of_figure_7_agrees() {
    let followers: [(&str, &[Term], Index); 6] = [
        ("a", &[1, 1, 1, 4, 4, 5, 5, 6, 6], 9),
        ("b", &[1, 1, 1, 4], 4),
        ("c", &[1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 6], 10),
        ("d", &[1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 7, 7], 10),
        ("e", &[1, 1, 1, 4, 4, 4, 4], 5),
        ("f", &[1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3], 3),
    ];
    for (name, log, agreed) in followers {
        let mut follower = Lab::with(7, log);
        let outcome = follower.receive(N2, append(8, (6, 10), &[8], 0)).outcome();
        let AppendOutcome::Conflict { conflict_term, conflict_index, last_log_index } = outcome
        else {
            assert_eq!((outcome, agreed), (agrees(11), 10), "{name}");
            assert_eq!(follower.terms(), [&FIGURE_7[..], &[8]].concat(), "{name}");
            continue;
        };
        let mut leader = Lab::leader(8, &FIGURE_7);
        let what = (conflict_term, conflict_index, last_log_index);
        let seen = leader.receive(N3, conflict(8, 10, what));
        assert_eq!(seen.appends()[0].1, agreed, "{name}");
    }
}

/// Whatever a follower says, the leader goes back, never below what it knows to agree.
#[test]
fn backing_up_always_ends() {
    for seed in 0..2_000u64 {
        let mut rng = crate::sim::rng::Rng::new(seed);
        // A common part, and then terms that never meet: what log matching allows.
        let mut common = grow(&mut rng, Vec::new(), 0);
        let leaders = grow(&mut rng, common.clone(), 0);
        common.truncate(rng.below(8) as usize);
        let followers = grow(&mut rng, common, 1);
        let mut leader = Lab::leader(60, &leaders);
        let mut follower = Lab::with(59, &followers);
        let mut mail = leader.timer(HEARTBEAT).sent.remove(0).1;
        let mut rounds = 0;
        while follower.terms() != leader.terms() {
            rounds += 1;
            assert!(rounds < 40, "seed {seed}: {leaders:?} and {followers:?}");
            let reply = follower.receive(N1, mail).sent.remove(0).1;
            let mut sent = leader.receive(N2, reply).sent;
            mail = match sent.is_empty() {
                false => sent.remove(0).1,
                true => leader.timer(HEARTBEAT).sent.remove(0).1,
            };
        }
    }
}

/// Adds up to eight entries whose terms are of that parity.
fn grow(rng: &mut crate::sim::rng::Rng, mut log: Vec<Term>, parity: u64) -> Vec<Term> {
    let mut term = log.last().map_or(2, |term| term / 2 * 2) + parity;
    for _ in 0..rng.below(9) {
        log.push(term);
        term += 2 * rng.below(2);
    }
    log
}
