//! Phase 1: promises, refusals, and what a crash keeps.

use super::lab::*;
use crate::protocols::ballot::Ballot;
use crate::protocols::multi_paxos::state::Role;
use crate::protocols::multi_paxos::*;
use crate::protocols::quorum::bit;

#[test]
fn a_candidate_asks_for_all_slots_that_it_does_not_know() {
    let mut lab = Lab::new(&[]);
    lab.receive(N2, accept("1.2", 1, "put x 1", 0));
    lab.receive(N2, accept("1.2", 2, "put x 2", 1));
    let seen = lab.timer(ELECTION);
    assert_eq!(seen.sent.len(), 4);
    assert_eq!(seen.sent[0], (N2, prepare("2.1", 2)));
    assert_eq!((lab.state.promised, lab.state.round), (ballot("2.1"), 2));
    assert_eq!((lab.state.role, lab.state.promises), (Role::Candidate, bit(N1)));
    assert_eq!(seen.notes, ["became_candidate"]);
    assert_eq!(lab.timer(ELECTION).notes, ["election_undecided", "became_candidate"]);
    assert_eq!(lab.state.promised, ballot("3.1"));
}

#[test]
fn a_promise_reports_what_was_accepted_and_refuses_what_is_lower() {
    let mut lab = Lab::new(&[]);
    lab.receive(N2, accept("1.2", 1, "put x 1", 0));
    lab.receive(N2, accept("1.2", 3, "put x 3", 0));
    let seen = lab.receive(N3, prepare("2.3", 2));
    assert_eq!(seen.only(), &promise(ballot("2.3"), &[(3, proposal("1.2", "put x 3"))]));
    assert_eq!(seen.timers, ["election"]);
    assert_eq!((lab.state.promised, lab.state.leader), (ballot("2.3"), None));
    for msg in [prepare("2.2", 1), accept("1.2", 4, "", 0), heartbeat("2.2", 0)] {
        let refused = msg.ballot().to_string();
        let seen = lab.receive(N2, msg);
        assert_eq!(seen.only(), &nack(&refused, "2.3"));
        assert!(seen.timers.is_empty(), "only who is heeded is waited for");
    }
    assert_eq!(lab.state.accepted.last(), 3);
    let again = lab.receive(N3, prepare("2.3", 4));
    assert_eq!(again.only(), &promise(ballot("2.3"), &[]), "a doubled Prepare is answered again");
}

#[test]
fn a_majority_of_promises_makes_a_leader_and_a_promise_counts_once() {
    let mut lab = Lab::new(&[]);
    lab.timer(ELECTION);
    for _ in 0..3 {
        lab.receive(N2, promise(ballot("1.1"), &[]));
    }
    assert_eq!(lab.state.role, Role::Candidate);
    let seen = lab.receive(N3, promise(ballot("1.1"), &[]));
    assert_eq!((lab.state.role, lab.state.leader), (Role::Leader, Some(N1)));
    assert_eq!(seen.timers, ["-election", "heartbeat"]);
    assert_eq!(seen.sent.len(), 4);
    assert_eq!(seen.sent[0], (N2, heartbeat("1.1", 0)));
    assert_eq!(lab.receive(N4, promise(ballot("1.1"), &[])).notes, ["late_promise_ignored"]);
    assert_eq!(lab.receive(N4, promise(ballot("9.1"), &[])).notes, ["stale_reply_ignored"]);
}

#[test]
fn a_small_quorum_is_a_flaw() {
    let mut lab = Lab::new(&["quorum_too_small"]);
    lab.timer(ELECTION);
    lab.receive(N2, promise(ballot("1.1"), &[]));
    assert_eq!(lab.state.role, Role::Leader);
}

#[test]
fn phase_1_is_skipped_by_a_flaw() {
    let mut lab = Lab::new(&["skip_phase_1"]);
    lab.receive(N2, accept("1.2", 2, "put x 2", 0));
    let seen = lab.timer(ELECTION);
    assert_eq!(lab.state.role, Role::Leader);
    assert_eq!(seen.proposed(), ["1 no-op", "2 put x 2 (c1)"], "it knows what it has itself");
}

#[test]
fn a_higher_ballot_ends_leadership_whatever_it_comes_with() {
    let higher = [
        (prepare("2.2", 1), None),
        (accept("2.2", 1, "", 0), Some(N2)),
        (heartbeat("2.2", 0), Some(N2)),
        (nack("1.1", "2.2"), None),
        (chosen(1, &[proposal("2.2", "")], 1), None),
    ];
    for (msg, leader) in higher {
        let mut lab = Lab::leader(&[]);
        for number in 1..=4 {
            lab.request(C1, number, "put x 1");
        }
        assert_eq!((lab.state.open.len(), lab.state.queue.len()), (3, 1));
        let seen = lab.receive(N2, msg);
        assert_eq!((lab.state.role, lab.state.promised), (Role::Follower, ballot("2.2")));
        assert_eq!(lab.state.leader, leader);
        assert_eq!(seen.notes[0], "stepped_down");
        assert_eq!(seen.timers[..2], ["-heartbeat", "election"]);
        assert!(lab.state.open.is_empty() && lab.state.queue.is_empty());
        assert_eq!(seen.answers.len(), 4, "who waits is sent elsewhere");
    }
}

#[test]
fn old_refusals_change_nothing() {
    let mut lab = Lab::new(&[]);
    lab.receive(N2, heartbeat("3.2", 0));
    lab.lead(&[], &[]);
    assert_eq!(lab.receive(N3, nack("2.1", "3.2")).notes, ["stale_reply_ignored"]);
    assert_eq!((lab.state.role, lab.state.promised), (Role::Leader, ballot("4.1")));
    assert!(lab.timer(ELECTION).sent.is_empty(), "a leader waits for nobody");
}

#[test]
fn a_crash_keeps_promise_accepted_and_round_and_nothing_else() {
    let mut lab = Lab::leader(&[]);
    lab.request(C1, 1, "put x 1");
    lab.choose(1);
    lab.receive(N2, accept("2.2", 2, "put x 2", 1));
    assert_eq!((lab.state.chosen, lab.value()), (1, Some("1")));
    let before = lab.state.clone();
    lab.crash();
    assert_eq!(lab.state.promised, ballot("2.2"));
    assert_eq!((&lab.state.accepted, lab.state.round), (&before.accepted, 1));
    let kept = State::restored(N1, before.promised, before.accepted, before.round);
    assert_eq!(format!("{:?}", lab.state), format!("{kept:?}"), "all else is as in a new server");
    assert_eq!(lab.start().notes, ["restored"]);
    lab.timer(ELECTION);
    assert_eq!((lab.state.promised, lab.state.first), (ballot("3.1"), 1));
}

#[test]
fn a_forgotten_promise_is_a_flaw_and_even_so_no_ballot_is_used_twice() {
    let mut lab = Lab::new(&["promise_forgotten"]);
    lab.timer(ELECTION);
    lab.receive(N2, heartbeat("5.2", 0));
    lab.crash();
    assert_eq!((lab.state.promised, lab.state.round), (Ballot::default(), 1));
    lab.timer(ELECTION);
    assert_eq!(lab.state.promised, ballot("2.1"));
}

#[test]
fn one_server_alone_leads_and_chooses() {
    let mut lab = Lab::of(1, &[]);
    lab.timer(ELECTION);
    assert_eq!(lab.state.role, Role::Leader);
    lab.state.queue.clear();
    assert!(lab.request(NodeId(1), 1, "put x 1").sent.is_empty());
    assert_eq!((lab.state.chosen, lab.value()), (1, Some("1")));
}
