//! Ways through the events of a run.

use interleave::sim::trace::EventKind;
use interleave::sim::trail::{self, Kind};

use super::*;

#[test]
fn a_chain_of_causes_leads_from_an_answer_back_to_the_question() {
    let mut session = start(ping(Vec::new()));
    session.run_to(400 * MS, u64::MAX);
    let head = session.head();
    let answered = trail::next(&mut *session, &|event| event.node == Some(N1), false, head);
    let step = answered.expect("n1 was answered or asked");
    let chain = trail::causes(&mut *session, step, 100);
    assert_eq!(chain[0].step, step);
    for pair in chain.windows(2) {
        assert_eq!(pair[0].cause, Some(pair[1].step), "each link is the cause of the one before");
        assert!(pair[1].step < pair[0].step && pair[1].at <= pair[0].at);
        let effects = trail::effects(&mut *session, pair[1].step, head);
        assert!(
            effects.iter().any(|effect| effect.step == pair[0].step),
            "and the other way round"
        );
    }
    let root = chain.last().expect("a chain has its event");
    assert_eq!(root.cause, None);
    assert!(matches!(root.kind, EventKind::Timer(_)), "{:?}", root.kind);
    assert_eq!(trail::causes(&mut *session, step, 1).len(), 1);
}

#[test]
fn what_is_known_and_what_is_not_is_searched_alike() {
    let mut known = start(ping(Vec::new()));
    known.run_to(900 * MS, u64::MAX);
    let from = trail::next(&mut *known, &|event| Kind::Message("Ping").fits(event), false, 1_000);
    let from = from.expect("somebody was asked");
    let mut fresh = start(ping(Vec::new()));
    while fresh.step_count() < from {
        assert!(fresh.step());
    }
    let fits = |event: &interleave::sim::trace::Event| event.node == Some(N3);
    let ahead = trail::next(&mut *fresh, &fits, true, 1_000);
    assert_eq!((fresh.step_count(), fresh.head()), (from, from), "looking ahead changes nothing");
    known.run_to(3_000 * MS, u64::MAX);
    known.seek(from);
    assert_eq!(trail::next(&mut *known, &fits, true, 1_000), ahead);
    assert!(ahead.is_some());
    assert_eq!(trail::next(&mut *known, &|_| false, true, 50), None);
    assert_eq!(trail::next(&mut *known, &|_| false, false, 50), None);
}

#[test]
fn events_are_sorted_by_what_they_are() {
    let mut session = start(ping(vec![at(250, Action::Crash(node(N2)))]));
    session.run_to(2_000 * MS, u64::MAX);
    let count = |session: &mut dyn Session, kind: Kind| {
        (1..=session.head())
            .filter(|&step| session.event(step).is_some_and(|event| kind.fits(&event)))
            .count()
    };
    assert_eq!(count(&mut *session, Kind::Fault), 1);
    assert_eq!(count(&mut *session, Kind::Violation), 0);
    assert!(count(&mut *session, Kind::Lost) > 0, "what is sent to n2 is lost");
    assert_eq!(count(&mut *session, Kind::Any) as u64, session.head());
    for step in 1..=session.head() {
        let event = session.event(step).expect("a known event");
        assert!(Kind::of(&event).fits(&event));
    }
}
