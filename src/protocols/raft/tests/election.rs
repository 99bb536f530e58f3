//! Figure 2: elections, terms, and what is persistent.

use super::lab::*;
use crate::protocols::raft::state::Role;
use crate::protocols::raft::{ELECTION, HEARTBEAT, Msg};

#[test]
fn a_server_starts_as_a_follower_with_a_timeout() {
    let mut lab = Lab::new(5, &[]);
    let seen = lab.start();
    assert_eq!((lab.state.role, lab.state.current_term), (Role::Follower, 0));
    assert_eq!(seen.timers, ["election"]);
    assert!(seen.notes.is_empty(), "nothing was restored");
}

#[test]
fn on_a_timeout_it_votes_for_itself_in_a_new_term_and_asks_all_others() {
    let mut lab = Lab::with(3, &[1, 2, 2]);
    let seen = lab.timer(ELECTION);
    assert_eq!((lab.state.role, lab.state.current_term), (Role::Candidate, 4));
    assert_eq!(lab.state.voted_for, Some(N1));
    assert_eq!(seen.timers, ["election"]);
    assert_eq!(seen.sent.len(), 4);
    assert!(seen.sent.iter().all(|(_, msg)| *msg == ask(4, N1, (2, 3))));
    let again = lab.timer(ELECTION);
    assert_eq!(lab.state.current_term, 5);
    assert_eq!(again.notes, ["election_undecided", "became_candidate"]);
}

#[test]
fn a_majority_of_votes_makes_a_leader_that_appends_a_no_op_and_sends_it() {
    let mut lab = Lab::with(3, &[1, 2]);
    lab.timer(ELECTION);
    assert!(lab.receive(N2, vote(4, true)).sent.is_empty());
    let seen = lab.receive(N3, vote(4, true));
    assert_eq!((lab.state.role, lab.state.leader), (Role::Leader, Some(N1)));
    assert_eq!(lab.terms(), [1, 2, 4]);
    assert_eq!(seen.timers, ["-election", "heartbeat"]);
    let all: Vec<_> = (2..=5).map(|to| (to, 2, vec![4], 0)).collect();
    assert_eq!(seen.appends(), all);
    assert!(lab.state.peers.iter().all(|peer| (peer.next_index, peer.match_index) == (3, 0)));
}

#[test]
fn the_same_vote_twice_counts_once_and_refusals_do_not_count() {
    let mut lab = Lab::new(5, &[]);
    lab.timer(ELECTION);
    lab.receive(N2, vote(1, true));
    lab.receive(N2, vote(1, true));
    lab.receive(N3, vote(1, false));
    lab.receive(N3, vote(1, false));
    lab.receive(N4, vote(1, false));
    assert_eq!(lab.state.role, Role::Candidate);
    lab.receive(N5, vote(1, true));
    assert_eq!(lab.state.role, Role::Leader);
}

#[test]
fn votes_of_an_old_term_and_late_votes_are_ignored() {
    let mut lab = Lab::new(3, &[]);
    lab.timer(ELECTION);
    lab.timer(ELECTION);
    assert_eq!(lab.receive(N2, vote(1, true)).notes, ["stale_reply_ignored"]);
    assert_eq!(lab.state.role, Role::Candidate);
    lab.receive(N2, vote(2, true));
    assert_eq!(lab.state.role, Role::Leader);
    assert_eq!(lab.receive(N3, vote(2, true)).notes, ["late_vote_ignored"]);
}

#[test]
fn an_even_cluster_needs_more_than_half() {
    let mut lab = Lab::new(4, &[]);
    lab.timer(ELECTION);
    lab.receive(N2, vote(1, true));
    assert_eq!(lab.state.role, Role::Candidate);
    let mut flawed = Lab::new(4, &["quorum_too_small"]);
    flawed.timer(ELECTION);
    flawed.receive(N2, vote(1, true));
    assert_eq!(flawed.state.role, Role::Leader);
}

#[test]
fn a_cluster_of_one_leads_and_commits_by_itself() {
    let mut lab = Lab::new(1, &[]);
    lab.timer(ELECTION);
    assert_eq!((lab.state.role, lab.state.commit_index), (Role::Leader, 1));
    let seen = lab.request(C1, 1, "put x 1");
    assert_eq!((lab.state.commit_index, seen.answers.len()), (2, 1));
}

#[test]
fn one_vote_a_term_first_come_first_served_and_again_to_the_same() {
    let mut lab = Lab::with(1, &[1]);
    let seen = lab.receive(N2, ask(2, N2, (1, 1)));
    assert!(seen.granted());
    assert_eq!(seen.timers, ["election"], "granting a vote resets the timeout");
    let seen = lab.receive(N3, ask(2, N3, (1, 5)));
    assert!(!seen.granted());
    assert!(seen.timers.is_empty(), "refusing does not");
    assert_eq!(seen.notes, ["vote_refused_voted"]);
    assert!(lab.receive(N2, ask(2, N2, (1, 1))).granted());
    assert!(lab.receive(N3, ask(3, N3, (1, 5))).granted(), "a new term, a new vote");
}

#[test]
fn a_candidate_of_an_old_term_is_told_the_current_one() {
    let mut lab = Lab::with(5, &[1]);
    let seen = lab.receive(N2, ask(4, N2, (4, 9)));
    assert_eq!(seen.only(), &vote(5, false));
    assert_eq!(lab.state.voted_for, None);
}

#[test]
fn up_to_date_means_a_later_term_or_the_same_and_no_shorter() {
    let cases = [((2, 3), true), ((2, 4), true), ((3, 1), true), ((2, 2), false), ((1, 9), false)];
    for (last, granted) in cases {
        let mut lab = Lab::with(3, &[1, 2, 2]);
        let seen = lab.receive(N2, ask(4, N2, last));
        assert_eq!(seen.granted(), granted, "{last:?}");
        assert_eq!(lab.state.current_term, 4, "the term is adopted either way");
        assert_eq!(seen.timers.is_empty(), !granted);
        let mut flawed = Lab::with(3, &[1, 2, 2]);
        flawed.raft = Lab::new(5, &["vote_without_log_check"]).raft;
        assert!(flawed.receive(N2, ask(4, N2, last)).granted());
    }
}

#[test]
fn a_higher_term_in_any_message_makes_a_follower() {
    let messages = [ask(9, N2, (0, 0)), vote(9, true), append(9, (1, 1), &[], 0), success(9, 1, 1)];
    for message in messages {
        let mut lab = Lab::leader(4, &[1]);
        lab.request(C1, 1, "put x 1");
        let seen = lab.receive(N2, message);
        assert_eq!((lab.state.role, lab.state.current_term), (Role::Follower, 9));
        assert!(seen.timers.starts_with(&["-heartbeat", "election"]));
        assert_eq!(seen.notes[0], "stepped_down");
        assert_eq!(seen.answers.len(), 1, "the waiting client is told to ask elsewhere");
        assert_eq!(lab.state.log.last_index(), 3, "the log stays");
    }
}

#[test]
fn a_candidate_follows_a_leader_of_its_own_term_and_keeps_its_vote() {
    let mut lab = Lab::with(3, &[1]);
    lab.timer(ELECTION);
    let seen = lab.receive(N2, append(4, (1, 1), &[], 0));
    assert_eq!((lab.state.role, lab.state.leader), (Role::Follower, Some(N2)));
    assert_eq!(lab.state.voted_for, Some(N1), "the vote of this term is given");
    assert_eq!(seen.notes, ["candidate_yielded"]);
    assert_eq!(seen.timers, ["election"]);
}

#[test]
fn a_crash_keeps_term_vote_and_log_and_nothing_else() {
    let mut lab = Lab::leader(4, &[1, 2]);
    lab.request(C1, 1, "put x 1");
    lab.receive(N2, success(4, 2, 4));
    lab.receive(N3, success(4, 2, 4));
    assert_eq!((lab.state.commit_index, lab.state.last_applied), (4, 4));
    let before = lab.state.clone();
    lab.crash();
    let state = &lab.state;
    assert_eq!((state.current_term, state.voted_for), (4, Some(N1)));
    assert_eq!(state.log, before.log);
    assert_eq!((state.role, state.leader), (Role::Follower, None));
    assert_eq!((state.commit_index, state.last_applied), (0, 0));
    assert!(state.machine.sessions.is_empty() && state.peers.is_empty());
    assert!(state.requests.waiting.is_empty() && state.requests.appended.is_empty());
    assert_eq!(lab.start().notes, ["restored"]);
}

#[test]
fn vote_not_persisted_forgets_the_vote_alone() {
    let mut lab = Lab::new(5, &["vote_not_persisted"]);
    lab.receive(N2, ask(2, N2, (0, 0)));
    lab.crash();
    assert_eq!((lab.state.current_term, lab.state.voted_for), (2, None));
    assert!(lab.receive(N3, ask(2, N3, (0, 0))).granted(), "a second vote in term 2");
}

#[test]
fn timers_that_do_not_concern_the_role_do_nothing() {
    let mut leader = Lab::leader(2, &[]);
    assert!(leader.timer(ELECTION).sent.is_empty());
    assert_eq!((leader.state.role, leader.state.current_term), (Role::Leader, 2));
    let mut follower = Lab::with(2, &[1]);
    assert!(follower.timer(HEARTBEAT).sent.is_empty());
}

#[test]
fn a_leader_shows_itself_at_each_heartbeat() {
    let mut lab = Lab::leader(2, &[]);
    (1..5).for_each(|n| drop(lab.receive(crate::view::NodeId(n), success(2, 0, 1))));
    let seen = lab.timer(HEARTBEAT);
    assert_eq!(seen.appends(), (2..=5).map(|to| (to, 1, vec![], 1)).collect::<Vec<_>>());
    assert_eq!(seen.timers, ["heartbeat"]);
    let heartbeat = |msg: &Msg| matches!(msg, Msg::AppendEntries(m) if m.entries.is_none());
    assert!(seen.sent.iter().all(|(_, msg)| heartbeat(msg)), "nothing is allocated");
}
