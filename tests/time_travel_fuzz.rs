//! Whatever a person does to a run, in whatever order and place: the text that is left gives the
//! very same run, in one go, from the start.

use interleave::protocols::CATALOG;
use interleave::scenario::document::Document;
use interleave::scenario::{Scenario, fuzz, parse};
use interleave::sim::action::{Action, Direction, LinkChange, MessageRef, Target};
use interleave::sim::rng::Rng;
use interleave::sim::session::{Session, Watch};
use interleave::view::{NodeId, Time};

const MS: Time = 1_000;

/// Everything that can be seen of a run at its present position.
fn picture(session: &dyn Session) -> String {
    let nodes: Vec<_> = session.names().all().map(|id| session.node(id)).collect();
    let (flights, verdicts) = (session.flights(), session.verdicts());
    let found: Vec<_> = verdicts.iter().map(|verdict| verdict.finding.clone()).collect();
    format!(
        "{} {nodes:?} {flights:?} {found:?} {:x} {:?}",
        session.step_count(),
        session.digest(),
        session.calls()
    )
}

/// Every event up to the head.
fn events(session: &mut dyn Session) -> Vec<String> {
    (1..=session.head())
        .map(|step| format!("{:?}", session.event(step).expect("a traced run has it")))
        .collect()
}

fn some_node(rng: &mut Rng, session: &dyn Session, clients: bool) -> Target {
    let names = session.names();
    let count = names.servers + if clients { names.clients } else { 0 };
    match rng.below(8) {
        0 => Target::All,
        1 => match session.info().roles.first() {
            Some(role) => Target::Role(role.id.to_string()),
            None => Target::All,
        },
        _ => Target::Node(NodeId(rng.below(u64::from(count)) as u32)),
    }
}

fn some_message(rng: &mut Rng, session: &dyn Session) -> Option<MessageRef> {
    let flights = session.flights();
    if flights.is_empty() {
        return None;
    }
    let flight = &flights[rng.below(flights.len() as u64) as usize];
    Some(match rng.below(3) {
        0 => MessageRef::Oldest { from: flight.name.from, to: flight.to, kind: None },
        _ => MessageRef::Named(flight.name),
    })
}

fn some_action(rng: &mut Rng, session: &dyn Session) -> Option<Action> {
    let servers = u64::from(session.names().servers);
    let ends = |rng: &mut Rng| {
        let from = rng.below(servers);
        let to = (from + 1 + rng.below(servers - 1)) % servers;
        (Target::Node(NodeId(from as u32)), Target::Node(NodeId(to as u32)))
    };
    Some(match rng.below(16) {
        0 | 1 => Action::Crash(some_node(rng, session, false)),
        2 => Action::Restart(Target::All),
        3 => {
            let length = (rng.below(2) == 0).then(|| rng.between(0, 400) * MS);
            Action::Pause { target: some_node(rng, session, true), length }
        }
        4 => Action::Resume(some_node(rng, session, true)),
        5 => Action::Isolate(some_node(rng, session, true)),
        6 => Action::Heal,
        7 if servers > 1 => {
            let (from, to) = ends(rng);
            Action::Hold(from, to, Direction::BothWays)
        }
        8 if servers > 1 => {
            let (from, to) = ends(rng);
            Action::Release(from, to, Direction::OneWay)
        }
        9 => Action::Drop(some_message(rng, session)?),
        10 => Action::Duplicate(some_message(rng, session)?),
        11 => Action::Delay(some_message(rng, session)?, rng.between(0, 300) * MS),
        12 => Action::Deliver(some_message(rng, session)?),
        13 => {
            let timer = session.info().timers.first()?.id.to_string();
            Action::Fire { target: some_node(rng, session, false), timer }
        }
        14 => Action::Clock {
            target: some_node(rng, session, true),
            offset_us: None,
            drift_ppm: Some(rng.between(0, 1_000_000) as i32 - 500_000),
        },
        _ => Action::Network(LinkChange {
            loss_ppm: Some(rng.between(0, 200_000) as u32),
            fifo: Some(rng.below(2) == 0),
            ..LinkChange::default()
        }),
    })
}

/// Plays about at random, as somebody at the page would.
fn play(rng: &mut Rng, session: &mut Box<dyn Session>) {
    for _ in 0..rng.between(5, 25) {
        match rng.below(10) {
            0 | 1 => {
                let until = session.now() + rng.between(0, 400) * MS;
                session.run_to(until, rng.between(1, 800));
            }
            2 => {
                for _ in 0..rng.between(1, 30) {
                    session.step();
                }
            }
            3 | 4 => session.seek(rng.between(0, session.head())),
            5 => {
                let step = session.step_count().saturating_sub(rng.between(0, 3));
                session.seek(step);
            }
            6 => session.thin(),
            7 => {
                let fork = session.fork();
                let before = picture(&**session);
                assert_eq!(picture(&*fork), before);
                *session = fork;
            }
            _ => {
                if let Some(action) = some_action(rng, &**session)
                    && session.check_action(&action).is_ok()
                {
                    let written = |session: &dyn Session| {
                        let script = &session.setup().script;
                        script.iter().filter(|scheduled| !scheduled.recorded).count()
                    };
                    let before = written(&**session);
                    session.act(action).expect("it was checked");
                    assert_eq!(session.step_count(), session.head(), "nothing lies ahead");
                    assert_eq!(written(&**session), before, "what was written stays");
                    let done = session.setup().script.iter().filter(|s| s.recorded).count();
                    let told = events(&mut **session);
                    let told = told.iter().filter(|event| event.contains("Action {")).count();
                    assert!(done <= told, "a recorded action lies ahead");
                }
            }
        }
    }
}

fn check(scenario: &Scenario, rng: &mut Rng) {
    let mut played = scenario.start(Watch::ALL).expect("it starts");
    play(rng, &mut played);
    let end = played.now() + 50 * MS;
    played.run_to(end, 100_000);
    let seen = picture(&*played);

    let entry = scenario.entry;
    let mut straight = entry.start(played.setup().clone(), Watch::ALL).expect("it starts");
    straight.run_to(end, 100_000);
    assert_eq!(picture(&*straight), seen, "seed {}", scenario.setup.seed);
    // Who went back last has seen more than this.
    let (told, mut all) = (events(&mut *straight), events(&mut *played));
    all.truncate(told.len());
    assert_eq!(told, all);
    let marks: Vec<_> = played.marks().iter().filter(|mark| mark.step <= straight.head()).collect();
    assert_eq!(straight.marks().iter().collect::<Vec<_>>(), marks);
    let mut raw = entry.start(played.setup().clone(), Watch::RAW).expect("it starts");
    raw.run_to(end, 100_000);
    assert_eq!(raw.digest(), played.digest());

    let text = scenario.to_text();
    let said = parse(&text).scenario.expect("what is printed is read");
    let text = Document::parse(&text).with_script(&said, &played.setup().script).to_string();
    let parsed = parse(&text);
    let again = parsed.scenario.unwrap_or_else(|| panic!("{:?}\n{text}", parsed.diagnostics));
    let mut again = again.start(Watch::ALL).expect("it starts");
    again.run_to(end, 100_000);
    assert_eq!(picture(&*again), seen, "{text}");
}

#[test]
fn whatever_is_played_replays_from_its_text() {
    let rounds: u64 = if cfg!(debug_assertions) { 60 } else { 1_000 };
    for entry in CATALOG {
        for seed in 0..rounds {
            let mut rng = Rng::new(seed);
            let mut scenario = fuzz::scenario(entry, seed, None);
            scenario.setup.script.truncate(12);
            check(&scenario, &mut rng);
        }
    }
}
