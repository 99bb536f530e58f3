//! §8: requests, sessions, and each request applied once.

use super::lab::*;
use crate::service::KeyValueOut;
use crate::sim::protocol::Answer;
use crate::view::NodeId;

/// Has the leader commit everything in its log.
fn commit(lab: &mut Lab) -> Vec<(NodeId, u64, Answer<KeyValueOut>)> {
    let (term, last) = (lab.state.current_term, lab.state.log.last_index());
    let mut answers = lab.receive(N2, success(term, last, last)).answers;
    answers.extend(lab.receive(N3, success(term, last, last)).answers);
    assert_eq!(lab.state.commit_index, last);
    answers
}

fn value(lab: &Lab) -> Option<&str> {
    lab.state.machine.store.get("x")
}

#[test]
fn a_follower_sends_clients_to_the_leader_it_knows() {
    let mut lab = Lab::with(1, &[1]);
    let answers = lab.request(C1, 1, "put x 1").answers;
    assert_eq!(answers, [(C1, 1, Answer::Redirect(None))]);
    lab.receive(N2, append(1, (1, 1), &[], 0));
    let answers = lab.request(C1, 1, "put x 1").answers;
    assert_eq!(answers, [(C1, 1, Answer::Redirect(Some(N2)))]);
    assert_eq!(lab.terms(), [1]);
}

#[test]
fn the_answer_comes_when_the_request_is_applied() {
    let mut lab = Lab::leader(2, &[]);
    assert!(lab.request(C1, 1, "append x a").answers.is_empty());
    assert!(lab.request(C2, 1, "get x").answers.is_empty());
    let answers = commit(&mut lab);
    let read = KeyValueOut::Value(Some("a".into()));
    assert_eq!(answers, [(C1, 1, Answer::Done(KeyValueOut::Ok)), (C2, 1, Answer::Done(read))]);
    assert!(lab.state.requests.waiting.is_empty());
}

#[test]
fn a_request_in_the_log_is_not_appended_again_and_answered_once_applied() {
    let mut lab = Lab::leader(2, &[]);
    lab.request(C1, 1, "append x a");
    let seen = lab.request(C1, 1, "append x a");
    assert_eq!(seen.notes, ["request_pending"]);
    assert_eq!(lab.terms(), [2, 2]);
    assert_eq!(commit(&mut lab).len(), 1);
    assert_eq!(value(&lab), Some("a"));
}

#[test]
fn a_request_that_was_applied_gets_its_answer_again() {
    let mut lab = Lab::leader(2, &[]);
    lab.request(C1, 1, "cas x 1 2");
    commit(&mut lab);
    let seen = lab.request(C1, 1, "cas x 1 2");
    assert_eq!(seen.answers, [(C1, 1, Answer::Done(KeyValueOut::Mismatch))]);
    assert_eq!(seen.notes, ["duplicate_request_suppressed"]);
    assert_eq!(lab.terms(), [2, 2]);
}

#[test]
fn a_request_behind_a_later_one_is_dropped() {
    let mut lab = Lab::leader(2, &[]);
    lab.request(C1, 2, "append x b");
    assert!(lab.request(C1, 1, "append x a").answers.is_empty(), "2 is in the log");
    commit(&mut lab);
    assert!(lab.request(C1, 1, "append x a").answers.is_empty(), "2 was applied");
    assert_eq!((lab.terms(), value(&lab)), (vec![2, 2], Some("b")));
}

#[test]
fn a_new_leader_knows_the_requests_in_its_log() {
    let mut lab = Lab::with(1, &[]);
    lab.state.log.append(command(1, C1, 7, "append x a"));
    lab.lead();
    assert_eq!(lab.request(C1, 7, "append x a").notes, ["request_pending"]);
    let answers = commit(&mut lab);
    assert_eq!(answers, [(C1, 7, Answer::Done(KeyValueOut::Ok))]);
    assert_eq!(value(&lab), Some("a"));
}

#[test]
fn a_request_that_is_in_the_log_twice_takes_effect_once() {
    for (flaws, expected) in [(&[][..], "a"), (&["apply_twice"][..], "aa")] {
        let mut lab = Lab::new(5, flaws);
        lab.state.log.append(command(1, C1, 1, "append x a"));
        lab.state.log.append(command(1, C1, 1, "append x a"));
        lab.receive(N2, append(1, (1, 2), &[1], 3));
        assert_eq!(value(&lab), Some(expected));
        let lines = (0..3).filter_map(|step| lab.state.journal.get(step));
        let took: Vec<bool> = lines.map(|(_, took_effect)| took_effect).collect();
        assert_eq!(took, [true, !flaws.is_empty(), false]);
    }
}

#[test]
fn sessions_are_rebuilt_from_the_log_after_a_crash() {
    let mut lab = Lab::leader(2, &[]);
    lab.request(C1, 1, "append x a");
    commit(&mut lab);
    let machine = lab.state.machine.clone();
    lab.crash();
    lab.start();
    assert_eq!(value(&lab), None);
    lab.receive(N2, append(3, (2, 2), &[3], 3));
    assert_eq!(lab.state.machine, machine);
}

#[test]
fn a_deposed_leader_sends_its_waiting_clients_elsewhere() {
    let mut lab = Lab::leader(2, &[]);
    lab.request(C1, 1, "put x 1");
    let seen = lab.receive(N2, append(3, (0, 0), &[], 0));
    assert_eq!(seen.answers, [(C1, 1, Answer::Redirect(None))]);
    assert!(lab.state.requests.waiting.is_empty());
}
