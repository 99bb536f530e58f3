//! Whole clusters on the simulated network, calm and under faults.

use std::collections::BTreeSet;

use crate::protocols::multi_paxos::MultiPaxos;
use crate::protocols::trouble::*;
use crate::sim::action::{Action, Delay, LinkChange, Target};
use crate::sim::info::{Info, ParamValue, PropertyKind};
use crate::sim::protocol::Protocol;
use crate::sim::run::Run;
use crate::sim::session::{Outcome, Session, Setup, Watch};
use crate::view::{MILLISECOND, NodeId, SECOND, Time, Value};

const PAXOS: &Info = MultiPaxos::INFO;

fn run(setup: Setup, until: Time) -> Run {
    let mut run = Run::new::<MultiPaxos>(setup, Watch::PROPERTIES).expect("a good setup");
    run.run_to(until, 1_000_000);
    run
}

#[test]
fn clusters_of_every_size_have_a_leader_and_serve_a_client() {
    for servers in 1..=9 {
        let mut setup = setup(PAXOS, servers, 1, &[]);
        for (second, op) in ["put x 1", "append x 2", "get x"].into_iter().enumerate() {
            setup.script.push(at((1 + second as u64) * SECOND, request(servers, op)));
        }
        let run = run(setup, 4 * SECOND);
        assert_eq!(broken(&run), [] as [String; 0]);
        let leaders = (0..servers).filter(|&n| run.node(NodeId(n)).view.role == "leader").count();
        assert_eq!(leaders, 1, "{servers} servers");
        let answers: Vec<Outcome> = run.calls().into_iter().map(|call| call.outcome).collect();
        assert!(matches!(&answers[2], Outcome::Done { out, .. } if out == "12"), "{answers:?}");
        for n in 0..servers {
            let view = run.node(NodeId(n)).view;
            let value = |name| view.field(name).map(|field| field.value.clone());
            assert_eq!(value("applied"), Some(Value::Int(3)), "n{} of {servers}", n + 1);
        }
    }
}

#[test]
fn under_faults_every_property_holds_and_everything_happens() {
    let mut seen = BTreeSet::new();
    let mut notes = 0u128;
    for seed in 0..500 {
        let mut setup = troubled(PAXOS, seed, TROUBLE, &[]);
        // With a window this small, requests have to wait now and then.
        let window = PAXOS.params.iter().position(|param| param.name == "window");
        setup.params.values[window.expect("declared")] = ParamValue::Count(1 + seed % 4);
        let run = run(setup, TROUBLE.until);
        assert_eq!(broken(&run), [] as [String; 0], "seed {seed}");
        seen.extend(reached(&run));
        notes |= run.notes_reached();
    }
    for sometimes in PAXOS.properties.iter().filter(|p| p.kind == PropertyKind::Sometimes) {
        assert!(seen.contains(sometimes.id), "{} was never reached", sometimes.id);
    }
    let missing = PAXOS.notes.iter().enumerate().filter(|(k, _)| notes >> k & 1 == 0);
    let missing: Vec<&str> = missing.map(|(_, note)| note.id).collect();
    assert_eq!(missing, [] as [&str; 0]);
}

#[test]
fn every_flaw_is_found_under_random_faults() {
    for flaw in PAXOS.flaws {
        let found = (0..1_000).find_map(|seed| {
            let run = run(troubled(PAXOS, seed, TROUBLE, &[flaw.id]), TROUBLE.until);
            let broken = broken(&run);
            (!broken.is_empty()).then_some(broken)
        });
        let broken = found.expect(flaw.id);
        let caught = |id: &&str| broken.iter().any(|text| text.starts_with(*id));
        assert!(flaw.caught_by.iter().any(caught), "{}: {broken:?}", flaw.id);
    }
}

/// A forgotten promise is a broken promise at once. That it matters is another thing.
#[test]
fn a_forgotten_promise_has_two_values_chosen() {
    let agreement = (0..2_000).find(|&seed| {
        let setup = troubled(PAXOS, seed, BOUNCES, &["promise_forgotten"]);
        reached(&run(setup, BOUNCES.until)).contains("agreement")
    });
    assert!(agreement.is_some());
}

#[test]
fn other_troubles_break_nothing_without_a_flaw() {
    for trouble in [BOUNCES, SPLITS] {
        for seed in 0..200 {
            let run = run(troubled(PAXOS, seed, trouble, &[]), trouble.until);
            assert_eq!(broken(&run), [] as [String; 0], "seed {seed}");
        }
    }
}

/// Safety is what the properties speak of. This is the other half: once everybody runs and hears
/// everybody, what clients ask is answered, and all servers get to know all of it.
#[test]
fn when_the_trouble_is_over_everything_is_chosen_and_learned() {
    for seed in 0..100 {
        let mut setup = troubled(PAXOS, seed, TROUBLE, &[]);
        let (servers, end) = (setup.params.servers, TROUBLE.until + 2 * SECOND);
        let calm = LinkChange {
            delay: Some(Delay::Uniform { lo: 5 * MILLISECOND, hi: 20 * MILLISECOND }),
            loss_ppm: Some(0),
            ..LinkChange::default()
        };
        for action in [
            Action::Heal,
            Action::Network(calm),
            Action::Resume(Target::All),
            Action::Restart(Target::All),
        ] {
            setup.script.push(at(end, action));
        }
        setup.script.push(at(end + SECOND, request(servers, "put x last")));
        let run = run(setup, end + 4 * SECOND);
        assert_eq!(broken(&run), [] as [String; 0], "seed {seed}");
        let open = run.calls().into_iter().filter(|call| call.outcome == Outcome::Open);
        assert_eq!(open.count(), 0, "seed {seed}");
        let states = run.states::<MultiPaxos>().expect("the states");
        let (chosen, machine) = (states[0].chosen, &states[0].machine);
        assert!(chosen > 0 && chosen == states[0].accepted.last(), "seed {seed}: a slot is open");
        for state in states {
            assert_eq!((state.chosen, &state.machine), (chosen, machine), "seed {seed}");
        }
    }
}
