//! Phase 2: proposals, acceptances, the window, and what a take-over proposes.

use super::lab::*;
use crate::protocols::multi_paxos::*;

#[test]
fn a_request_is_proposed_to_all_and_chosen_by_a_majority() {
    let mut lab = Lab::leader(&[]);
    let seen = lab.request(C1, 1, "put x 1");
    let expected = ["n2", "n3", "n4", "n5"].map(|to| format!("{to} 1.1 1 put x 1 (c1)"));
    assert_eq!(seen.accepts(), expected);
    assert_eq!(lab.state.accepted.get(1), Some(&proposal("1.1", "put x 1")), "its own acceptor");
    assert!(lab.receive(N2, accepted("1.1", 1)).notes.is_empty());
    assert!(lab.receive(N2, accepted("1.1", 1)).notes.is_empty(), "twice counts once");
    let seen = lab.receive(N3, accepted("1.1", 1));
    assert_eq!(seen.notes, ["chosen", "applied"]);
    assert_eq!((lab.state.chosen, lab.value()), (1, Some("1")));
    assert_eq!(seen.sent, [N2, N3, N4, N5].map(|to| (to, heartbeat("1.1", 1))));
    assert!(lab.receive(N4, accepted("1.1", 1)).notes.is_empty(), "one more than needed");
    assert_eq!(lab.receive(N5, accepted("1.2", 1)).notes, ["stale_reply_ignored"]);
}

#[test]
fn slots_are_open_at_once_up_to_the_window_and_applied_in_order() {
    let mut lab = Lab::leader(&[]);
    for number in 1..=3 {
        let seen = lab.request(C1, number, &format!("append x {number}"));
        assert_eq!(seen.notes, ["request_proposed"]);
    }
    let seen = lab.request(C1, 4, "append x 4");
    assert_eq!((seen.notes, seen.sent.len()), (vec!["request_queued"], 0));
    let seen = lab.choose(2);
    assert_eq!(seen.notes, ["chosen"]);
    assert_eq!((lab.state.chosen, lab.value()), (0, None), "slot 1 is a gap");
    assert!(seen.sent.is_empty(), "the window does not move either");
    let seen = lab.choose(1);
    assert_eq!((lab.state.chosen, lab.value()), (2, Some("12")));
    assert_eq!(seen.proposed(), ["4 append x 4 (c1)"], "it carries what is chosen by now");
    assert!(matches!(&seen.sent[0].1, Msg::Accept(Accept { chosen: 2, .. })));
    assert_eq!(seen.sent.len(), 4, "so there is no heartbeat besides");
}

#[test]
fn a_gap_is_skipped_by_a_flaw() {
    let mut lab = Lab::leader(&["gap_skipped"]);
    lab.request(C1, 1, "append x 1");
    lab.request(C1, 2, "append x 2");
    lab.choose(2);
    assert_eq!((lab.state.chosen, lab.state.applied, lab.value()), (0, 2, Some("2")));
    lab.choose(1);
    assert_eq!((lab.state.chosen, lab.value()), (2, Some("2")), "slot 1 never is applied");
}

#[test]
fn an_acceptor_accepts_unless_it_has_promised_more_and_follows_the_proposer() {
    let mut lab = Lab::new(&[]);
    let seen = lab.receive(N2, accept("1.2", 2, "put x 2", 0));
    assert_eq!(seen.only(), &accepted("1.2", 2));
    assert_eq!(seen.notes, ["leader_recognized", "accepted"]);
    assert_eq!((lab.state.promised, lab.state.leader), (ballot("1.2"), Some(N2)));
    lab.receive(N3, accept("2.3", 2, "put x 3", 0));
    assert_eq!(lab.state.accepted.get(2), Some(&proposal("2.3", "put x 3")));
    let seen = lab.receive(N2, accept("1.2", 3, "", 0));
    assert_eq!(seen.only(), &nack("1.2", "2.3"));
    assert_eq!((lab.state.accepted.last(), lab.state.leader), (2, Some(N3)));
}

#[test]
fn a_take_over_proposes_the_highest_reported_and_fills_gaps() {
    let mut lab = Lab::new(&[]);
    lab.receive(N2, accept("1.2", 2, "put x old", 0));
    let of_n2 = [(1, proposal("1.2", "put x 1")), (2, proposal("1.2", "put x old"))];
    let of_n3 = [(2, proposal("1.3", "put x new")), (5, proposal("1.3", "put x 5"))];
    let seen = lab.lead(&of_n2, &of_n3);
    assert_eq!(seen.proposed(), ["1 put x 1 (c1)", "2 put x new (c1)", "3 no-op"], "the window");
    let notes: Vec<_> = seen.notes.into_iter().filter(|id| id.ends_with("ed")).collect();
    assert_eq!(notes, ["value_adopted", "value_adopted", "gap_filled"]);
    lab.request(C2, 1, "put x 6");
    assert_eq!(lab.choose(1).proposed(), ["4 no-op"]);
    assert_eq!(lab.choose(2).proposed(), ["5 put x 5 (c1)"]);
    assert_eq!(lab.choose(3).proposed(), ["6 put x 6 (c2)"], "requests come after all of it");
}

#[test]
fn what_was_accepted_is_ignored_by_a_flaw() {
    let mut lab = Lab::new(&["accepted_value_ignored"]);
    lab.receive(N2, heartbeat("1.2", 0));
    let seen = lab.lead(&[(1, proposal("1.2", "put x 1"))], &[]);
    assert!(seen.proposed().is_empty());
    assert_eq!(lab.request(C2, 1, "put x 2").proposed(), ["1 put x 2 (c2)"]);
}

#[test]
fn what_a_leader_knows_to_be_chosen_is_not_proposed_again() {
    let mut lab = Lab::leader(&[]);
    lab.request(C1, 1, "put x 1");
    lab.request(C2, 1, "put x 2");
    lab.choose(2);
    lab.receive(N2, heartbeat("2.2", 0));
    let of_n2 = [(1, proposal("1.1", "put x 1")), (2, proposal("1.1", "put x 2"))];
    assert_eq!(lab.lead(&of_n2, &[]).proposed(), ["1 put x 1 (c1)"]);
    assert_eq!(lab.request(C1, 2, "put x 3").proposed(), ["3 put x 3 (c1)"]);
    lab.choose(1);
    assert_eq!((lab.state.chosen, lab.value()), (2, Some("2")));
}

#[test]
fn an_accept_is_repeated_after_a_whole_heartbeat_to_those_who_have_not_answered() {
    let mut lab = Lab::leader(&[]);
    lab.request(C1, 1, "put x 1");
    lab.receive(N2, accepted("1.1", 1));
    let seen = lab.timer(HEARTBEAT);
    assert_eq!((seen.accepts().len(), seen.sent.len()), (0, 4), "it may be on its way");
    assert_eq!(seen.timers, ["heartbeat"]);
    let to: Vec<u32> = lab.timer(HEARTBEAT).sent.iter().map(|(to, _)| to.0 + 1).collect();
    assert_eq!(to, [3, 4, 5, 2, 3, 4, 5], "three Accepts, and the heartbeat for all");
    lab.receive(N3, accepted("1.1", 1));
    assert!(lab.timer(HEARTBEAT).accepts().is_empty());
    lab.receive(N2, heartbeat("2.2", 1));
    assert!(lab.timer(HEARTBEAT).sent.is_empty(), "a follower has no heartbeat");
}

/// The example of §3, with its numbers: the new leader knows commands 1 to 134, 138 and 139, and
/// phase 1 finds that something was accepted in 135 and 140.
#[test]
fn the_example_of_the_paper() {
    let mut lab = Lab::new(&[]);
    for slot in (1..=134).chain([138, 139]) {
        lab.state.learned.set(slot, proposal("1.2", &format!("append x {slot},")));
    }
    lab.start();
    assert_eq!((lab.state.chosen, lab.state.applied), (134, 134));
    let found = [(135, proposal("1.2", "put x 135")), (140, proposal("1.2", "get x"))];
    let seen = lab.lead(&found, &found[..1]);
    assert_eq!(lab.state.first, 135);
    assert_eq!(seen.proposed(), ["135 put x 135 (c1)", "136 no-op", "137 no-op"]);
    lab.choose(135);
    lab.choose(136);
    assert_eq!(lab.state.applied, 136);
    let seen = lab.choose(137);
    assert_eq!(lab.state.applied, 139, "138 and 139 were known already");
    assert_eq!(seen.proposed(), ["140 get x (c1)"]);
    assert_eq!(lab.request(C2, 1, "put x 1").proposed(), ["141 put x 1 (c2)"]);
}
