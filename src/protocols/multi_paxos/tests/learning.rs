//! Learners: what they conclude from their leader, and how they catch up.

use super::lab::*;
use crate::protocols::multi_paxos::state::Role;
use crate::protocols::multi_paxos::*;

#[test]
fn what_was_accepted_in_the_leaders_ballot_is_what_is_chosen() {
    let mut lab = Lab::new(&[]);
    lab.receive(N2, accept("1.2", 1, "append x 1", 0));
    lab.receive(N2, accept("1.2", 2, "append x 2", 0));
    assert_eq!(lab.state.chosen, 0);
    let seen = lab.receive(N2, accept("1.2", 3, "append x 3", 1));
    assert_eq!(seen.notes, ["accepted", "applied", "chosen_learned"]);
    assert_eq!(lab.state.chosen, 1);
    assert!(lab.receive(N2, heartbeat("1.2", 2)).sent.is_empty());
    assert_eq!((lab.state.chosen, lab.state.applied), (2, 2));
    assert!(lab.receive(N2, heartbeat("1.2", 1)).notes.is_empty(), "an old one changes nothing");
    assert_eq!(lab.state.chosen, 2);
}

#[test]
fn of_what_was_accepted_in_another_ballot_it_cannot_be_told() {
    let mut lab = Lab::new(&[]);
    lab.receive(N2, accept("1.2", 1, "put x 1", 0));
    let seen = lab.receive(N3, heartbeat("2.3", 1));
    assert_eq!(lab.state.chosen, 0);
    assert_eq!(seen.sent, [(N3, Msg::Learn(Learn { first: 1 }))]);
    let seen = lab.receive(N3, chosen(1, &[proposal("2.3", "put x 2")], 1));
    assert_eq!(seen.notes, ["applied", "caught_up"]);
    assert_eq!((lab.state.chosen, lab.value()), (1, Some("2")));
    let own = lab.state.accepted.get(1);
    assert_eq!(own, Some(&proposal("1.2", "put x 1")), "learning is not accepting");
}

#[test]
fn who_is_behind_gets_batches_until_it_is_not() {
    let mut teacher = Lab::leader(&[]);
    for number in 1..=5 {
        teacher.request(C1, number, &format!("append x {number}"));
        teacher.choose(number);
    }
    teacher.request(C1, 6, "append x 6");
    let mut pupil = Lab::new(&[]);
    let mut asked = pupil.receive(N1, heartbeat("1.1", 5)).only().clone();
    let mut batches = Vec::new();
    while let Msg::Learn(Learn { first }) = asked {
        let reply = teacher.receive(N2, asked).only().clone();
        let Msg::Chosen(ref message) = reply else { panic!("{reply:?}") };
        batches.push((first, message.proposals.len()));
        match &pupil.receive(N1, reply.clone()).sent[..] {
            [] => break,
            [(to, next)] => {
                assert_eq!(*to, N1);
                asked = next.clone();
            }
            more => panic!("{more:?}"),
        }
        assert!(pupil.receive(N1, reply).sent.is_empty(), "a doubled answer asks for nothing");
    }
    assert_eq!(batches, [(1, 2), (3, 2), (5, 1)]);
    assert_eq!((pupil.state.chosen, pupil.value()), (5, Some("12345")));
    let nothing = teacher.receive(N2, Msg::Learn(Learn { first: 6 }));
    assert!(nothing.sent.is_empty(), "slot 6 is open");
}

/// It asked while it followed somebody, and leads when the answer comes.
#[test]
fn a_leader_that_learns_goes_on_behind() {
    let mut lab = Lab::new(&[]);
    lab.receive(N2, heartbeat("1.2", 2));
    lab.lead(&[], &[]);
    for number in 1..=4 {
        lab.request(C2, number, "put x 9");
    }
    assert_eq!((lab.state.next_slot, lab.state.queue.len()), (4, 1));
    let learned = [proposal("1.2", "append x 1"), proposal("1.2", "")];
    let seen = lab.receive(N2, chosen(1, &learned, 2));
    assert_eq!((lab.state.role, lab.state.chosen), (Role::Leader, 2));
    assert_eq!(seen.proposed(), ["4 put x 9 (c2)"]);
    let open: Vec<u64> = lab.state.open.iter().map(|open| open.slot).collect();
    assert_eq!(open, [3, 4]);
}

/// Were a leader to count as chosen what a higher ballot has chosen in its slot, its heartbeat
/// would have others believe that of what they have accepted from it.
#[test]
fn a_leader_that_learns_of_a_higher_ballot_leads_no_more() {
    let mut lab = Lab::new(&[]);
    lab.receive(N2, heartbeat("1.2", 1));
    lab.lead(&[], &[]);
    lab.request(C1, 1, "put x 1");
    let seen = lab.receive(N2, chosen(1, &[proposal("3.3", "put x 2")], 1));
    assert_eq!((lab.state.role, lab.state.promised), (Role::Follower, ballot("3.3")));
    assert!(!seen.sent.iter().any(|(_, msg)| matches!(msg, Msg::Heartbeat(_))));
    assert_eq!((lab.state.chosen, lab.value()), (1, Some("2")));
}
