//! Each handler against its paragraph of the paper.

use super::lab::*;
use crate::protocols::paxos::state::Phase;
use crate::protocols::paxos::*;
use crate::sim::protocol::Answer;

fn all(flaws: &[&str]) -> Paxos {
    paxos((2, 5, 5), flaws)
}

/// n1 with `x` proposed at 1.1, with the promises of n2 and n3.
fn proposer(paxos: &Paxos) -> State {
    let mut state = paxos.init(N1);
    request(paxos, &mut state, "x");
    receive(paxos, &mut state, N2, promise(1, N1, None));
    receive(paxos, &mut state, N3, promise(1, N1, None));
    assert_eq!(state.phase, Phase::Accept);
    state
}

#[test]
fn a_proposer_asks_every_acceptor_and_promises_itself() {
    let paxos = all(&[]);
    let mut state = paxos.init(N1);
    let seen = request(&paxos, &mut state, "x");
    let prepare = Msg::Prepare(ballot(1, N1));
    let expected: Vec<_> = [N2, N3, N4, N5].map(|node| (node, prepare.clone())).to_vec();
    assert_eq!(seen.sent, expected);
    assert_eq!((state.promised, state.promises), (ballot(1, N1), 1));
}

#[test]
fn an_acceptor_promises_the_higher_ballot_and_refuses_the_lower() {
    let paxos = all(&[]);
    let mut state = paxos.init(N3);
    let seen = receive(&paxos, &mut state, N2, Msg::Prepare(ballot(1, N2)));
    assert_eq!(seen.sent, [(N2, promise(1, N2, None))]);
    let nack = Msg::Nack { ballot: ballot(1, N1), promised: ballot(1, N2) };
    let seen = receive(&paxos, &mut state, N1, Msg::Prepare(ballot(1, N1)));
    assert_eq!(seen.sent, [(N1, nack.clone())]);
    let seen = receive(&paxos, &mut state, N1, Msg::Accept(proposal(1, N1, "x")));
    assert_eq!(seen.sent, [(N1, nack)]);
    assert_eq!((state.promised, state.accepted), (ballot(1, N2), None));
}

#[test]
fn a_promise_tells_what_was_accepted_and_is_repeated_until_something_is() {
    let paxos = all(&[]);
    let mut state = paxos.init(N3);
    receive(&paxos, &mut state, N1, Msg::Accept(proposal(1, N1, "x")));
    for _ in 0..2 {
        let seen = receive(&paxos, &mut state, N2, Msg::Prepare(ballot(1, N2)));
        assert_eq!(seen.sent, [(N2, promise(1, N2, Some(proposal(1, N1, "x"))))]);
    }
    receive(&paxos, &mut state, N2, Msg::Accept(proposal(1, N2, "x")));
    let seen = receive(&paxos, &mut state, N2, Msg::Prepare(ballot(1, N2)));
    assert!(matches!(seen.sent[..], [(N2, Msg::Nack { .. })]));
}

#[test]
fn acceptances_go_to_learners_and_to_the_proposer() {
    let paxos = paxos((2, 3, 2), &[]);
    let mut state = paxos.init(N2);
    let seen = receive(&paxos, &mut state, N1, Msg::Accept(proposal(1, N1, "x")));
    let to: Vec<NodeId> = seen.sent.iter().map(|(to, _)| *to).collect();
    assert_eq!(to, [N1, N4, N5]);
    assert_eq!(state.promised, ballot(1, N1), "who accepts has promised");
}

#[test]
fn a_proposer_takes_the_value_of_the_highest_ballot_it_is_told_of() {
    for (flaws, expected) in [(&[][..], "z"), (&["accepted_value_ignored"], "x")] {
        let paxos = all(flaws);
        let mut state = paxos.init(N1);
        state.round = 4;
        request(&paxos, &mut state, "x");
        receive(&paxos, &mut state, N2, promise(5, N1, Some(proposal(3, N2, "z"))));
        // A promise that arrives twice counts once; one for another ballot not at all.
        receive(&paxos, &mut state, N2, promise(5, N1, Some(proposal(3, N2, "z"))));
        receive(&paxos, &mut state, N4, promise(4, N1, None));
        assert_eq!(state.phase, Phase::Prepare);
        let seen = receive(&paxos, &mut state, N3, promise(5, N1, Some(proposal(2, N1, "y"))));
        assert!(seen.sent.contains(&(N5, Msg::Accept(proposal(5, N1, expected)))), "{seen:?}");
    }
}

#[test]
fn a_majority_of_acceptances_is_learned_and_answered() {
    let paxos = all(&[]);
    let mut state = proposer(&paxos);
    let accepted = Msg::Accepted(proposal(1, N1, "x"));
    receive(&paxos, &mut state, N2, accepted.clone());
    receive(&paxos, &mut state, N2, accepted.clone());
    assert_eq!(state.learned, None, "n1 and n2 are two");
    let seen = receive(&paxos, &mut state, N4, accepted);
    assert_eq!(state.learned.as_deref(), Some("x"));
    assert_eq!(seen.answers, [(C1, 1, Answer::Done("x".into()))]);
    assert!(seen.timers.contains(&(RETRY, false)));
    let seen = request(&paxos, &mut state, "y");
    assert_eq!(seen.answers, [(C1, 1, Answer::Done("x".into()))]);
}

#[test]
fn acceptances_of_two_ballots_do_not_add_up() {
    let paxos = all(&[]);
    let mut state = paxos.init(N5);
    receive(&paxos, &mut state, N1, Msg::Accepted(proposal(1, N1, "x")));
    receive(&paxos, &mut state, N2, Msg::Accepted(proposal(1, N1, "x")));
    receive(&paxos, &mut state, N3, Msg::Accepted(proposal(2, N1, "x")));
    assert_eq!(state.learned, None);
    // An older acceptance that arrives late takes nothing back.
    receive(&paxos, &mut state, N3, Msg::Accepted(proposal(1, N1, "x")));
    assert_eq!(state.heard[2], Some(proposal(2, N1, "x")));
}

#[test]
fn an_overtaken_proposer_backs_off_once_and_then_goes_higher() {
    let paxos = all(&[]);
    let mut state = proposer(&paxos);
    let nack = Msg::Nack { ballot: ballot(1, N1), promised: ballot(7, N2) };
    let seen = receive(&paxos, &mut state, N2, nack.clone());
    assert!(seen.timers.contains(&(RETRY, true)) && state.overtaken);
    let seen = receive(&paxos, &mut state, N3, nack);
    assert!(seen.timers.is_empty(), "the back-off does not start anew");
    fire(&paxos, &mut state, RETRY);
    assert_eq!((state.ballot, state.overtaken), (ballot(8, N1), false));
}

#[test]
fn a_learner_asks_one_proposer_after_the_other() {
    let paxos = all(&[]);
    let mut state = paxos.init(N5);
    for expected in [N1, N2, N1] {
        assert_eq!(fire(&paxos, &mut state, ASK).sent, [(expected, Msg::Inquire)]);
    }
    let mut state = paxos.init(N1);
    receive(&paxos, &mut state, N5, Msg::Inquire);
    receive(&paxos, &mut state, N2, promise(1, N1, None));
    receive(&paxos, &mut state, N3, promise(1, N1, None));
    assert_eq!((state.phase, state.proposed), (Phase::Idle, None), "nothing to propose");
}

#[test]
fn others_than_proposers_send_clients_to_one() {
    let paxos = all(&[]);
    let seen = request(&paxos, &mut paxos.init(N3), "x");
    assert_eq!(seen.answers, [(C1, 1, Answer::Redirect(Some(N1)))]);
}

#[test]
fn a_crash_leaves_what_the_paper_puts_on_stable_storage() {
    for flaws in [&[][..], &["promise_forgotten"], &["ballot_reused"]] {
        let paxos = all(flaws);
        let mut old = proposer(&paxos);
        receive(&paxos, &mut old, N2, Msg::Prepare(ballot(3, N2)));
        let new = paxos.on_crash(&old, N1);
        let promised =
            if flaws == ["promise_forgotten"] { Ballot::default() } else { ballot(3, N2) };
        let round = if flaws == ["ballot_reused"] { 0 } else { old.round };
        assert_eq!((new.promised, new.round), (promised, round));
        assert_eq!(new.accepted, Some(proposal(1, N1, "x")));
        // Nothing else: the state is that of a fresh node with these three.
        let fresh = State { promised, round, accepted: new.accepted.clone(), ..paxos.init(N1) };
        let text = |state: &State| {
            let state = State { journal: state::Journal::default(), ..state.clone() };
            format!("{state:?}")
        };
        assert_eq!(text(&new), text(&fresh));
    }
}
