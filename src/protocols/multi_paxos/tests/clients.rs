//! Requests and sessions: each takes effect once.

use super::lab::*;
use crate::protocols::sessions::Requests;
use crate::service::KeyValueOut;
use crate::sim::protocol::Answer;

#[test]
fn who_does_not_lead_sends_clients_to_whom_it_knows() {
    let mut lab = Lab::new(&[]);
    let seen = lab.request(C1, 1, "put x 1");
    assert_eq!(seen.answers, [(C1, 1, Answer::Redirect(None))]);
    lab.receive(N2, heartbeat("1.2", 0));
    let seen = lab.request(C1, 1, "put x 1");
    assert_eq!(seen.answers, [(C1, 1, Answer::Redirect(Some(N2)))]);
    lab.timer(crate::protocols::multi_paxos::ELECTION);
    let seen = lab.request(C1, 1, "put x 1");
    assert_eq!(seen.answers, [(C1, 1, Answer::Redirect(None))], "a candidate knows of none");
}

#[test]
fn the_answer_comes_when_the_request_is_applied() {
    let mut lab = Lab::leader(&[]);
    lab.request(C1, 1, "append x a");
    lab.request(C2, 1, "get x");
    assert!(lab.choose(2).answers.is_empty(), "slot 1 comes first");
    let answers = lab.choose(1).answers;
    let read = KeyValueOut::Value(Some("a".into()));
    assert_eq!(answers, [(C1, 1, Answer::Done(KeyValueOut::Ok)), (C2, 1, Answer::Done(read))]);
    assert_eq!(lab.state.requests, Requests::default());
}

#[test]
fn a_request_that_is_open_or_queued_is_not_taken_again() {
    let mut lab = Lab::leader(&[]);
    for number in 1..=4 {
        lab.request(C1, number, "append x a");
    }
    for repeated in [4, 4] {
        assert_eq!(lab.request(C1, repeated, "append x a").notes, ["request_pending"]);
    }
    let seen = lab.request(C1, 3, "append x a");
    assert_eq!(seen.notes, ["duplicate_request_suppressed"], "the client has gone on");
    assert_eq!((lab.state.open.len(), lab.state.queue.len()), (3, 1));
    for slot in 1..=4 {
        assert_eq!(lab.choose(slot).answers.len(), 1);
    }
    assert_eq!(lab.value(), Some("aaaa"));
    let seen = lab.request(C1, 4, "append x a");
    assert_eq!(seen.answers, [(C1, 4, Answer::Done(KeyValueOut::Ok))], "the answer again");
    assert_eq!(lab.state.accepted.last(), 4);
}

#[test]
fn a_new_leader_knows_the_requests_that_it_took_over() {
    let mut lab = Lab::new(&[]);
    lab.receive(N2, heartbeat("1.2", 0));
    lab.lead(&[(1, proposal("1.2", "append x a"))], &[]);
    assert_eq!(lab.request(C1, 1, "append x a").notes, ["request_pending"]);
    assert_eq!(lab.choose(1).answers, [(C1, 1, Answer::Done(KeyValueOut::Ok))]);
    assert_eq!(lab.value(), Some("a"));
}

#[test]
fn a_request_in_two_slots_takes_effect_in_the_first() {
    for (flaws, expected) in [(&[][..], "a"), (&["apply_twice"][..], "aa")] {
        let mut lab = Lab::new(flaws);
        lab.receive(N2, accept("1.2", 1, "append x a", 0));
        lab.receive(N2, accept("1.2", 2, "append x a", 0));
        lab.receive(N2, accept("1.2", 3, "", 2));
        lab.receive(N2, heartbeat("1.2", 3));
        assert_eq!(lab.value(), Some(expected));
        let lines: Vec<_> = (0..3).filter_map(|step| lab.state.journal.get(step)).collect();
        assert_eq!(lines, [(1, true), (2, !flaws.is_empty()), (3, false)]);
    }
}

#[test]
fn sessions_are_rebuilt_after_a_crash() {
    let mut lab = Lab::new(&[]);
    lab.receive(N2, accept("1.2", 1, "append x a", 0));
    lab.receive(N2, heartbeat("1.2", 1));
    let machine = lab.state.machine.clone();
    lab.crash();
    lab.start();
    assert_eq!(lab.value(), None);
    lab.receive(N2, heartbeat("1.2", 1));
    assert_eq!(lab.state.machine, machine);
}
