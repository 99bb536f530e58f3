use interleave::sim::action::{Action, Direction, LinkChange, MessageRef, Rule, RuleEffect};
use interleave::sim::session::LossReason;
use interleave::sim::trace::EventKind;

use super::*;

/// The answers that `n1` has after a second, under a script.
fn answers_after_a_second(script: Vec<Scheduled>) -> i64 {
    let mut session = start(ping(script));
    session.run_to(1_050 * MS, 10_000);
    answers(&*session)
}

#[test]
fn without_faults_every_question_is_answered() {
    assert_eq!(answers_after_a_second(vec![]), 10);
}

#[test]
fn a_crashed_node_answers_nothing_until_it_restarts() {
    let crash = at(50, Action::Crash(node(N2)));
    assert_eq!(answers_after_a_second(vec![crash.clone()]), 5);
    let restart = at(650, Action::Restart(node(N2)));
    assert_eq!(answers_after_a_second(vec![crash, restart]), 7);
}

#[test]
fn a_crash_loses_what_is_volatile_and_stops_the_timers() {
    let script = vec![at(450, Action::Crash(node(N1))), at(460, Action::Restart(node(N1)))];
    let mut session = start(ping(script));
    session.run_to(455 * MS, 1_000);
    assert!(!session.node(N1).up);
    assert_eq!(answers(&*session), 0, "ping keeps nothing on stable storage");
    assert!(session.node(N1).timers.is_empty());
    session.run_to(500 * MS, 1_000);
    assert_eq!(session.node(N1).timers.len(), 1);
    assert_eq!(session.node(N1).timers[0].due_at, 560 * MS);
    assert_eq!(session.node(N1).crashes, 1);
}

#[test]
fn a_paused_node_does_later_what_waited() {
    let length = Some(250 * MS);
    let script = vec![at(50, Action::Pause { target: node(N2), length })];
    let mut session = start(ping(script));
    session.run_to(250 * MS, 1_000);
    assert!(session.node(N2).paused);
    assert_eq!(answers(&*session), 1, "only n3 has answered");
    assert!(session.flights().iter().any(|flight| flight.held && flight.to == N2));
    session.run_to(350 * MS, 1_000);
    assert_eq!(answers(&*session), 3, "n2 has caught up");
}

#[test]
fn a_cut_loses_and_a_hold_delays() {
    let both = Direction::BothWays;
    let cut = at(50, Action::Cut(node(N1), node(N2), both));
    let hold = at(50, Action::Hold(node(N1), node(N2), both));
    let release = at(1_010, Action::Release(node(N1), node(N2), both));
    assert_eq!(answers_after_a_second(vec![cut, release.clone()]), 5);
    assert_eq!(answers_after_a_second(vec![hold, release]), 10);
}

#[test]
fn a_cut_in_one_direction_leaves_the_other() {
    let script = vec![at(50, Action::Cut(node(N2), node(N1), Direction::OneWay))];
    let mut session = start(ping(script));
    session.run_to(150 * MS, 1_000);
    assert!(session.link(N2, N1).cut && !session.link(N1, N2).cut);
    assert_eq!(session.link(N1, N2).sent, 1);
    assert_eq!(session.losses()[0].why, LossReason::Cut);
    assert_eq!(session.losses()[0].flight.kind, "Pong");
}

#[test]
fn what_is_on_a_link_that_is_cut_is_lost() {
    let script =
        vec![at(102, Action::Cut(node(N1), node(N2), Direction::BothWays)), at(103, Action::Heal)];
    let mut session = start(ping(script));
    session.run_to(150 * MS, 1_000);
    assert_eq!(answers(&*session), 0);
    assert_eq!(session.losses()[0].lost_at, 102 * MS);
}

#[test]
fn a_partition_separates_its_sides_and_nobody_else() {
    let sides = vec![vec![node(N1)], vec![node(N2)]];
    let heal = at(550, Action::Heal);
    assert_eq!(answers_after_a_second(vec![at(50, Action::Partition(sides.clone()))]), 5);
    assert_eq!(answers_after_a_second(vec![at(50, Action::Partition(sides)), heal]), 7);
    assert_eq!(answers_after_a_second(vec![at(50, Action::Isolate(node(N1)))]), 0);
}

#[test]
fn single_messages_are_dropped_duplicated_delayed_and_delivered() {
    let first = || MessageRef::Named(name(N1, 1));
    let by_kind = MessageRef::Oldest { from: N1, to: N2, kind: Some("Ping".to_string()) };
    assert_eq!(answers_after_a_second(vec![at(101, Action::Drop(first()))]), 9);
    assert_eq!(answers_after_a_second(vec![at(101, Action::Drop(by_kind))]), 9);
    assert_eq!(answers_after_a_second(vec![at(101, Action::Duplicate(first()))]), 11);
    let delay = at(101, Action::Delay(first(), 5_000 * MS));
    assert_eq!(answers_after_a_second(vec![delay]), 9);

    let mut session = start(ping(vec![at(101, Action::Deliver(first()))]));
    session.run_to(101 * MS, 1_000);
    assert_eq!(session.link(N2, N1).in_flight, 1, "n2 answers at once");
}

#[test]
fn no_copy_is_called_as_another_was() {
    let mut session = start(ping(vec![]));
    session.run_to(101 * MS, 1_000);
    let original = || MessageRef::Named(name(N1, 1));
    session.act(Action::Duplicate(original())).expect("it is in flight");
    let second = MessageName { copy: 2, ..name(N1, 1) };
    session.act(Action::Deliver(MessageRef::Named(second))).expect("it is in flight");
    session.step();
    assert_eq!(session.find_message(&MessageRef::Named(second)), None, "it has arrived");
    session.act(Action::Duplicate(original())).expect("it is in flight");
    let copies: Vec<u32> = session.flights().iter().map(|flight| flight.name.copy).collect();
    assert!(copies.contains(&3) && !copies.contains(&2), "{copies:?}");
}

#[test]
fn an_action_that_comes_too_late_is_void_and_says_why() {
    let mut session = start(ping(vec![at(50, Action::Drop(MessageRef::Named(name(N1, 1))))]));
    session.step();
    let event = session.event(1).expect("a trace is kept");
    let EventKind::Action { void, .. } = &event.kind else { panic!("{event:?}") };
    assert_eq!(void.as_deref(), Some("n1#1 is not in flight"));
}

#[test]
fn a_timer_fired_by_hand_that_is_overtaken_says_so() {
    let fire = |target| Action::Fire { target: node(target), timer: "interval".to_string() };
    let notes = |script: Vec<Scheduled>, step| {
        let mut session = start(ping(script));
        session.run_to(120 * MS, 1_000);
        let event = session.event(step).expect("a trace is kept");
        event.notes.iter().map(|note| note.text.clone()).collect::<Vec<_>>()
    };
    let overtaken = ["n1's timer interval, fired by hand, was set anew before"];
    let crash = at(50, Action::Crash(node(N1)));
    assert_eq!(notes(vec![at(50, fire(N1)), crash.clone()], 2), overtaken);
    assert_eq!(notes(vec![at(50, fire(N1))], 2), [""; 0]);
    // The asker pauses, its fired timer waits, and a crash is what it waited for.
    let pause = at(40, Action::Pause { target: node(N1), length: None });
    let late = at(90, Action::Crash(node(N1)));
    assert_eq!(notes(vec![pause, at(50, fire(N1)), late], 3), overtaken);
}

#[test]
fn a_rule_treats_what_fits_while_it_lasts() {
    let rule = |effect| {
        let kind = Some("Pong".to_string());
        let rule = Rule { until: 500 * MS, effect, from: Target::All, to: node(N1), kind };
        answers_after_a_second(vec![at(0, Action::Rule(rule))])
    };
    assert_eq!(rule(RuleEffect::Drop), 6);
    assert_eq!(rule(RuleEffect::Duplicate), 14);
    assert_eq!(rule(RuleEffect::Delay(2_000 * MS)), 6);
}

#[test]
fn a_rule_that_has_ended_is_refused() {
    let mut session = start(ping(vec![]));
    session.run_to(500 * MS, 1_000);
    let (from, to) = (Target::All, Target::All);
    let rule = Rule { until: 500 * MS, effect: RuleEffect::Drop, from, to, kind: None };
    let refused = session.act(Action::Rule(rule));
    assert_eq!(refused, Err("the rule ends before it begins".to_string()));
}

#[test]
fn the_weather_changes_for_one_link_or_for_all() {
    let lossy = LinkChange { loss_ppm: Some(1_000_000), ..LinkChange::default() };
    let everywhere = at(50, Action::Network(lossy));
    assert_eq!(answers_after_a_second(vec![everywhere]), 0);
    let link = at(50, Action::Link(node(N1), node(N2), Direction::OneWay, lossy));
    assert_eq!(answers_after_a_second(vec![link]), 5);
}

#[test]
fn timers_run_on_the_nodes_own_clock_and_fire_by_hand() {
    let clock = |offset_us, drift_ppm| Action::Clock { target: node(N1), offset_us, drift_ppm };
    assert_eq!(answers_after_a_second(vec![at(0, clock(None, Some(1_000_000)))]), 20);
    assert_eq!(answers_after_a_second(vec![at(0, clock(Some(-50_000), None))]), 10);
    let fire = |ms| at(ms, Action::Fire { target: node(N1), timer: "interval".to_string() });
    let mut session = start(ping(vec![fire(10)]));
    session.run_to(10 * MS, 1_000);
    assert_eq!(session.flights().len(), 1);
}

#[test]
fn in_a_manual_run_only_what_is_done_happens() {
    let mut setup = ping(vec![]);
    setup.manual = true;
    let mut session = start(setup);
    assert_eq!(session.run_to(10_000 * MS, 1_000), 0);
    let fire = Action::Fire { target: node(N1), timer: "interval".to_string() };
    session.act(fire).expect("the timer runs");
    assert!(session.step());
    assert_eq!(session.flights()[0].due_at, None);
    assert!(!session.step(), "the message waits");
    let message = MessageRef::Oldest { from: N1, to: N2, kind: None };
    session.act(Action::Deliver(message)).expect("it is in flight");
    assert!(session.step());
    assert_eq!(session.flights()[0].name, name(N2, 1));
}

#[test]
fn actions_that_can_never_make_sense_are_refused() {
    let session = start(ping(vec![]));
    let refused = |action| session.check_action(&action).expect_err("makes no sense");
    assert_eq!(refused(Action::Crash(node(NodeId(9)))), "there is no such node");
    assert!(refused(Action::Crash(Target::Role("boss".to_string()))).contains("boss"));
    let fire = Action::Fire { target: Target::All, timer: "tea".to_string() };
    assert_eq!(refused(fire), "there is no timer `tea`");
    let message = MessageRef::Oldest { from: N1, to: N2, kind: Some("Pang".to_string()) };
    assert_eq!(refused(Action::Drop(message)), "there is no message `Pang`");
}

#[test]
fn roles_are_resolved_when_the_action_happens() {
    let crash = at(50, Action::Crash(Target::Role("answerers".to_string())));
    let mut session = start(ping(vec![crash]));
    session.run_to(60 * MS, 1_000);
    let up: Vec<bool> = [N1, N2, N3].map(|id| session.node(id).up).to_vec();
    assert_eq!(up, [true, false, false]);
}

/// A run of a scenario text, up to a time.
fn run_of(text: &str, until: Time) -> Box<dyn Session> {
    let scenario = interleave::scenario::parse(text).scenario.expect("a scenario");
    let mut session = scenario.start(Watch::ALL).expect("it starts");
    session.run_to(until, 1_000_000);
    session
}

#[test]
fn a_held_link_lets_a_message_through_that_is_delivered_by_hand() {
    let script = vec![
        at(50, Action::Hold(node(N1), node(N2), Direction::OneWay)),
        at(200, Action::Deliver(MessageRef::Named(name(N1, 1)))),
    ];
    let mut session = start(ping(script));
    session.run_to(199 * MS, 1_000);
    assert!(session.flights()[0].held);
    session.run_to(200 * MS, 1_000);
    assert!(session.flights().iter().all(|flight| flight.name != name(N1, 1)));
    assert!(session.link(N1, N2).held, "the link holds on");
}

#[test]
fn a_message_that_waited_before_a_paused_node_and_then_on_a_held_link_comes_at_last() {
    let mut session = start(ping(vec![
        at(50, Action::Pause { target: node(N2), length: None }),
        at(200, Action::Delay(MessageRef::Named(name(N1, 1)), 50 * MS)),
        at(210, Action::Hold(node(N1), node(N2), Direction::OneWay)),
        at(300, Action::Resume(node(N2))),
        at(400, Action::Release(node(N1), node(N2), Direction::OneWay)),
    ]));
    session.run_to(350 * MS, 1_000);
    assert!(session.flights().iter().any(|flight| flight.name == name(N1, 1) && flight.held));
    session.run_to(400 * MS, 1_000);
    assert!(session.flights().iter().all(|flight| flight.name != name(N1, 1)));
}

#[test]
fn without_a_clock_no_timer_and_no_message_goes_off_by_itself() {
    let head = "interleave 1\nraft nodes=3 clients=0\nclock off\nuntil 60s\n";
    let script = "fire n1 election\nat 100ms deliver n1 > n3\nat 100ms fire n3 election\n";
    let session = run_of(&format!("{head}{script}"), 60_000 * MS);
    assert_eq!(session.step_count(), 5, "the message set the timer anew before it went off");

    let script = "fire n1 election\ndelay n1 > n2 50ms\n";
    let mut session = run_of(&format!("{head}{script}"), 60_000 * MS);
    let last = session.event(session.head()).expect("a trace is kept");
    assert!(matches!(&last.kind, EventKind::Action { void: Some(_), .. }), "{last:?}");
    assert!(!session.step(), "nothing is due");
}

#[test]
fn a_network_is_full_at_last_and_loses_what_is_sent_then() {
    let text = "interleave 1\nraft nodes=9 clients=0 election=1ms..2ms heartbeat=1ms\n\
                network delay=3600s duplicate=100%\nuntil 3600s\n";
    let session = run_of(text, 20_000 * MS);
    assert_eq!(session.flights().len(), 1 << 16);
    let losses = session.losses();
    assert!(!losses.is_empty() && losses.iter().all(|loss| loss.why == LossReason::Full));
    assert!(session.memory() < 200 << 20, "{}", session.memory());
}
