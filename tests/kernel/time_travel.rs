use interleave::sim::action::{Action, MessageRef};
use interleave::sim::tree::Tree;

use super::*;

/// Everything that can be seen of a run at its present position.
fn picture(session: &dyn Session) -> String {
    let nodes: Vec<_> = session.names().all().map(|id| session.node(id)).collect();
    let (flights, verdicts) = (session.flights(), session.verdicts());
    let broken = verdicts.iter().map(|v| v.finding.clone()).collect::<Vec<_>>();
    format!("{nodes:?} {flights:?} {broken:?} {:x} {:?}", session.digest(), session.calls())
}

fn busy() -> Setup {
    let mut setup = ping(vec![
        at(400, Action::Crash(node(N2))),
        at(900, Action::Restart(node(N2))),
        at(1_000, Action::Partition(vec![vec![node(N1)], vec![node(N3)]])),
        at(1_500, Action::Heal),
        at(1_600, Action::Pause { target: node(N3), length: Some(500 * MS) }),
    ]);
    setup.network.loss_ppm = 50_000;
    setup.network.duplicate_ppm = 50_000;
    setup
}

#[test]
fn seeking_is_replaying() {
    let mut session = start(busy());
    let mut pictures = vec![picture(&*session)];
    while session.step() && session.now() < 20_000 * MS {
        pictures.push(picture(&*session));
    }
    pictures.push(picture(&*session));
    assert!(pictures.len() > 500);
    for step in [0, 1, 499, 17, 130, 129, 128, 127, 256, 300, 2, 500] {
        session.seek(step);
        assert_eq!(picture(&*session), pictures[step as usize], "step {step}");
    }
}

#[test]
fn forgotten_events_are_computed_again() {
    let mut session = start(busy());
    session.run_to(60_000 * MS, 100_000);
    assert!(session.head() > 1_500, "{}", session.head());
    let all = |session: &mut dyn Session| -> Vec<_> {
        (1..=session.head()).map(|step| session.event(step).expect("kept")).collect()
    };
    let before = all(&mut *session);
    let picture_before = picture(&*session);
    session.thin();
    assert_eq!(all(&mut *session), before);
    assert_eq!(picture(&*session), picture_before, "looking back moves nothing");
    session.seek(77);
    session.thin();
    assert_eq!(session.event(1_200), Some(before[1_199].clone()));
}

#[test]
fn an_action_in_the_past_starts_a_branch_and_keeps_the_old_future() {
    let mut tree = Tree::new(start(busy()));
    tree.session_mut().run_to(3_000 * MS, 10_000);
    let (head, end) = (tree.session().head(), picture(tree.session()));
    let root = tree.current();
    tree.session_mut().seek(20);
    assert_eq!(tree.act(Action::Crash(node(N3))), Ok(true));
    let branch = tree.current();
    assert_ne!(branch, root);
    assert_eq!(tree.session().head(), 21);
    assert!(!tree.session().node(N3).up);
    assert_eq!(tree.session().setup().script.len(), 6, "what was written stays in the script");
    tree.session_mut().run_to(3_000 * MS, 10_000);
    assert_ne!(picture(tree.session()), end);

    assert!(tree.switch(root));
    tree.session_mut().seek(head);
    tree.session_mut().run_to(3_000 * MS, 10_000);
    assert_eq!(picture(tree.session()), end);
    assert_eq!(tree.session().setup().script.len(), 5);
}

#[test]
fn a_tree_that_was_kept_comes_back_exactly_and_loses_no_branch() {
    let mut tree = Tree::new(start(busy()));
    tree.session_mut().run_to(500 * MS + 123, 10_000);
    let (before, time) = (picture(tree.session()), tree.session().now());
    let kept = tree.keep();
    assert_eq!(tree.act(Action::Crash(node(N3))), Ok(false), "it extends the only branch");
    tree.session_mut().run_to(2_000 * MS, 10_000);
    let after = picture(tree.session());

    let undone = tree.restore(kept);
    assert_eq!((picture(tree.session()), tree.session().now()), (before.clone(), time));
    assert_eq!(tree.session().setup().script.len(), 5);
    let again = tree.restore(undone);
    assert_eq!(picture(tree.session()), after);
    assert_eq!(tree.session().setup().script.len(), 6);
    tree.restore(again);
    assert_eq!(picture(tree.session()), before);
    tree.session_mut().run_to(2_000 * MS, 10_000);
    assert_ne!(picture(tree.session()), after, "what was undone has not happened");
}

#[test]
fn a_branch_that_was_begun_outlives_its_undoing() {
    let mut tree = Tree::new(start(busy()));
    tree.session_mut().run_to(1_000 * MS, 10_000);
    let root = tree.current();
    tree.session_mut().seek(20);
    let (before, kept) = (picture(tree.session()), tree.keep());
    assert_eq!(tree.act(Action::Crash(node(N3))), Ok(true));
    let (branch, crashed) = (tree.current(), picture(tree.session()));

    let undone = tree.restore(kept);
    assert_eq!((tree.current(), picture(tree.session())), (root, before));
    assert_eq!(tree.branches().len(), 2);
    assert_eq!(tree.act(Action::Crash(node(N1))), Ok(true));
    assert_ne!(tree.current(), branch, "a name is never used twice");
    assert!(tree.switch(branch));
    assert_eq!(picture(tree.session()), crashed);
    tree.restore(undone);
    assert_eq!((tree.current(), picture(tree.session())), (branch, crashed));
    assert_eq!(tree.branches().len(), 3, "both branches and the root");
}

#[test]
fn what_was_kept_stays_where_it_was_while_others_move() {
    let mut tree = Tree::new(start(busy()));
    tree.session_mut().run_to(1_000 * MS, 10_000);
    tree.session_mut().seek(20);
    tree.act(Action::Crash(node(N3))).expect("it is up");
    let root = tree.branches()[0].id;
    let kept = tree.keep();
    tree.switch(root);
    tree.session_mut().run_to(1_500 * MS, 10_000);
    let far = picture(tree.session());
    tree.restore(kept);
    tree.switch(root);
    assert_eq!(tree.session().step_count(), 20, "the shared branch was not moved");
    tree.session_mut().run_to(1_500 * MS, 10_000);
    assert_eq!(picture(tree.session()), far);
}

#[test]
fn what_was_done_by_hand_replays_from_the_script() {
    let mut played = start(ping(vec![]));
    // Into the middle of things: right after the first message was sent, then between two times.
    played.step();
    played.act(Action::Duplicate(MessageRef::Named(name(N1, 1)))).expect("in flight");
    played.act(Action::Pause { target: node(N3), length: None }).expect("it runs");
    played.run_to(321 * MS, 1_000);
    played.act(Action::Crash(node(N2))).expect("it is up");
    played.run_to(700 * MS, 1_000);
    let mut replayed = start(played.setup().clone());
    replayed.run_to(700 * MS, 1_000);
    assert_eq!(picture(&*replayed), picture(&*played));
    let slots: Vec<u32> = played.setup().script.iter().map(|s| s.moment.slot).collect();
    assert_eq!(slots, [1, 1, 0], "the first two come after the event of their microsecond");
}

#[test]
fn going_back_and_acting_leaves_the_recorded_future_and_keeps_the_written_one() {
    let mut session = start(ping(vec![at(900, Action::Heal)]));
    session.run_to(500 * MS, 1_000);
    session.act(Action::Crash(node(N2))).expect("it is up");
    session.seek(1);
    session.act(Action::Crash(node(N3))).expect("it is up");
    let script: Vec<&Action> = session.setup().script.iter().map(|s| &s.action).collect();
    assert_eq!(script, [&Action::Crash(node(N3)), &Action::Heal]);
}

#[test]
fn another_action_at_the_very_moment_of_a_recorded_one_takes_its_place() {
    let mut session = start(ping(vec![at(900, Action::Heal)]));
    session.step();
    session.act(Action::Crash(node(N2))).expect("it is up");
    session.seek(1);
    session.act(Action::Crash(node(N3))).expect("it is up");
    assert!(session.node(N2).up && !session.node(N3).up);
    let script: Vec<&Action> = session.setup().script.iter().map(|s| &s.action).collect();
    assert_eq!(script, [&Action::Crash(node(N3)), &Action::Heal]);
}

#[test]
fn the_same_text_gives_the_same_run_with_and_without_a_trace() {
    let run = |watch, limit| {
        let entry = protocols::find("ping").expect("ping is in the catalog");
        let mut session = entry.start(busy(), watch).expect("it starts");
        session.run_to(5_000 * MS, limit);
        (session.step_count(), session.digest())
    };
    let whole = run(Watch::ALL, 10_000);
    assert_eq!(run(Watch::PROPERTIES, 10_000), whole);
    assert_eq!(run(Watch::RAW, 10_000), whole);
    assert_ne!(run(Watch::RAW, 50).1, whole.1);
}

#[test]
fn memory_stays_bounded_on_a_long_run() {
    let mut setup = ping(vec![]);
    setup.params.values[0] = interleave::sim::info::ParamValue::Duration(MS);
    let mut session = start(setup);
    session.run_to(u64::MAX, 100_000);
    let at_first = session.memory();
    session.run_to(u64::MAX, 300_000);
    assert_eq!(session.head(), 400_000);
    assert!(session.memory() < 2 * at_first, "{} after {at_first}", session.memory());
}
