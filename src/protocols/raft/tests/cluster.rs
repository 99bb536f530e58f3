//! Whole clusters on the simulated network, calm and under faults.

use std::collections::BTreeSet;

use crate::protocols::raft::Raft;
use crate::service::{KeyValue, Service};
use crate::sim::action::{Action, Delay, Direction, LinkChange, Moment, Scheduled, Target};
use crate::sim::info::Params;
use crate::sim::protocol::Protocol;
use crate::sim::rng::Rng;
use crate::sim::run::Run;
use crate::sim::session::{ClientRules, Outcome, Session, Setup, Watch, Weather};
use crate::view::{MILLISECOND, NodeId, SECOND, Time, Value};

pub(super) fn at(time: Time, action: Action) -> Scheduled {
    Scheduled { moment: Moment { at: time, slot: 0 }, action, recorded: false }
}

fn node(node: u32) -> Target {
    Target::Node(NodeId(node))
}

pub(super) fn request(client: u32, op: &str) -> Action {
    let op = op.split(' ').map(str::to_string).collect();
    Action::Request { client: NodeId(client), op }
}

pub(super) fn setup(servers: u32, clients: u32, flaws: &[&str]) -> Setup {
    let mut params = Params { servers, clients, ..Params::defaults(Raft::INFO) };
    for (flaw, on) in Raft::INFO.flaws.iter().zip(&mut params.flaws) {
        *on = flaws.contains(&flaw.id);
    }
    assert_eq!(params.flaws.iter().filter(|on| **on).count(), flaws.len());
    Setup {
        params,
        seed: 1,
        network: Weather::default(),
        clients: ClientRules::default(),
        manual: false,
        given: Vec::new(),
        script: Vec::new(),
    }
}

fn run(setup: Setup, until: Time) -> Run {
    let mut run = Run::new::<Raft>(setup, Watch::PROPERTIES).expect("a good setup");
    run.run_to(until, 1_000_000);
    run
}

pub(super) fn broken(run: &Run) -> Vec<String> {
    let broken = run.verdicts().into_iter().filter(|verdict| verdict.broken());
    broken.map(|v| format!("{}: {}", v.property.id, v.finding.expect("broken").because)).collect()
}

fn reached(run: &Run) -> BTreeSet<&'static str> {
    let verdicts = run.verdicts().into_iter();
    verdicts.filter(|v| v.finding.is_some()).map(|v| v.property.id).collect()
}

#[test]
fn clusters_of_every_size_elect_a_leader_and_serve_a_client() {
    for servers in 1..=9 {
        let mut setup = setup(servers, 1, &[]);
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
            assert_eq!(value("last_applied"), Some(Value::Int(4)), "n{} of {servers}", n + 1);
        }
    }
}

/// What kind of trouble a random script makes.
#[derive(Clone, Copy)]
pub(super) struct Trouble {
    servers: (u32, u32),
    pub(super) until: Time,
    delay_us_max: u64,
    loss_ppm_max: u32,
    duplicate_ppm_max: u32,
    faults: u32,
    /// A crashed server comes back after so long at most.
    down_us_max: Time,
    requests: u32,
    no_op: bool,
    splits: bool,
}

pub(super) const TROUBLE: Trouble = Trouble {
    servers: (3, 5),
    until: 6 * SECOND,
    delay_us_max: 60 * MILLISECOND,
    loss_ppm_max: 150_000,
    duplicate_ppm_max: 150_000,
    faults: 24,
    down_us_max: 1_200 * MILLISECOND,
    requests: 30,
    no_op: true,
    splits: false,
};

/// A setup with a random script of that kind, all of it drawn from the seed.
pub(super) fn troubled(seed: u64, trouble: Trouble, flaws: &[&str]) -> Setup {
    let mut rng = Rng::new(seed);
    let (fewest, most) = trouble.servers;
    let servers = rng.between(u64::from(fewest), u64::from(most)) as u32;
    let clients = 1 + rng.below(3) as u32;
    let mut setup = setup(servers, clients, flaws);
    setup.seed = seed;
    let no_op = Raft::INFO.params.iter().position(|param| param.name == "no_op").expect("declared");
    setup.params.values[no_op] = crate::sim::info::ParamValue::Flag(trouble.no_op);
    let hi = rng.between(10 * MILLISECOND, trouble.delay_us_max);
    setup.network = Weather {
        delay: Delay::Uniform { lo: MILLISECOND, hi },
        loss_ppm: rng.below(u64::from(trouble.loss_ppm_max) + 1) as u32,
        duplicate_ppm: rng.below(u64::from(trouble.duplicate_ppm_max) + 1) as u32,
        fifo: false,
    };
    setup.clients = ClientRules { timeout: 150 * MILLISECOND, ..ClientRules::default() };
    for _ in 0..trouble.requests {
        let op = KeyValue::generate(&mut |n| rng.below(u64::from(n)) as u32);
        let client = servers + rng.below(u64::from(clients)) as u32;
        let time = rng.between(0, trouble.until);
        setup.script.push(at(time, request(client, &KeyValue::print_op(&op))));
    }
    for _ in 0..trouble.faults {
        fault(&mut setup, &mut rng, servers, trouble);
    }
    setup.script.sort_by_key(|scheduled| scheduled.moment);
    setup
}

fn fault(setup: &mut Setup, rng: &mut Rng, servers: u32, trouble: Trouble) {
    let time = rng.between(100 * MILLISECOND, trouble.until);
    let after = time + rng.between(MILLISECOND, trouble.down_us_max);
    if trouble.splits {
        let mut sides = [Vec::new(), Vec::new()];
        (0..servers).for_each(|n| sides[rng.below(2) as usize].push(node(n)));
        let sides = sides.into_iter().filter(|side| !side.is_empty()).collect();
        setup.script.push(at(time, Action::Partition(sides)));
        return;
    }
    let some = Target::Node(NodeId(rng.below(u64::from(servers)) as u32));
    let other = Target::Node(NodeId(rng.below(u64::from(servers)) as u32));
    let script = &mut setup.script;
    match rng.below(10) {
        0..=2 => {
            script.push(at(time, Action::Crash(some.clone())));
            script.push(at(after, Action::Restart(some)));
        }
        3..=4 => {
            // Whoever leads at that moment; whoever is down then comes back.
            script.push(at(time, Action::Crash(Target::Role("leader".to_string()))));
            script.push(at(after, Action::Restart(Target::All)));
        }
        5..=6 => {
            let cut = rng.between(1, u64::from(servers - 1)) as u32;
            let shift = rng.below(u64::from(servers)) as u32;
            let side = |from, to| (from..to).map(|n| node((n + shift) % servers)).collect();
            let sides = vec![side(0, cut), side(cut, servers)];
            script.push(at(time, Action::Partition(sides)));
            script.push(at(after, Action::Heal));
        }
        7 => {
            script.push(at(time, Action::Isolate(Target::Role("leader".to_string()))));
            script.push(at(after, Action::Heal));
        }
        8 if some != other => {
            let delay = Some(Delay::Uniform { lo: 50_000, hi: 400_000 });
            let slow = LinkChange { delay, ..LinkChange::default() };
            script.push(at(time, Action::Link(some, other, Direction::BothWays, slow)));
        }
        _ => {
            let length = Some(after - time);
            script.push(at(time, Action::Pause { target: some, length }));
        }
    }
}

/// The first of so many seeds under which a property breaks, and which.
fn first_broken(seeds: u64, trouble: Trouble, flaws: &[&str]) -> Option<(u64, Vec<String>)> {
    (0..seeds).find_map(|seed| {
        let run = run(troubled(seed, trouble, flaws), trouble.until);
        let broken = broken(&run);
        (!broken.is_empty()).then_some((seed, broken))
    })
}

#[test]
fn under_faults_every_property_holds_and_everything_happens() {
    let mut seen = BTreeSet::new();
    let mut notes = 0u128;
    for seed in 0..500 {
        let run = run(troubled(seed, TROUBLE, &[]), TROUBLE.until);
        assert_eq!(broken(&run), [] as [String; 0], "seed {seed}");
        seen.extend(reached(&run));
        notes |= run.notes_reached();
    }
    let all = Raft::INFO.properties.iter();
    for sometimes in all.filter(|p| p.kind == crate::sim::info::PropertyKind::Sometimes) {
        assert!(seen.contains(sometimes.id), "{} was never reached", sometimes.id);
    }
    let missing = Raft::INFO.notes.iter().enumerate().filter(|(k, _)| notes >> k & 1 == 0);
    let missing: Vec<&str> = missing.map(|(_, note)| note.id).collect();
    // This one needs a log that is far behind; `figure_8` has it.
    assert!(missing.iter().all(|id| *id == "commit_withheld"), "{missing:?}");
}

/// Short crashes in quick succession while votes travel.
pub(super) const BOUNCES: Trouble = Trouble {
    delay_us_max: 150 * MILLISECOND,
    faults: 80,
    down_us_max: 20 * MILLISECOND,
    ..TROUBLE
};

/// The servers fall into two parts, and again into two others, and so on.
pub(super) const SPLITS: Trouble = Trouble { servers: (5, 5), splits: true, ..TROUBLE };

#[test]
fn every_flaw_is_found_under_random_faults() {
    for flaw in Raft::INFO.flaws {
        let trouble = match flaw.id {
            "commit_old_term" => SPLITS,
            "vote_not_persisted" => BOUNCES,
            _ => TROUBLE,
        };
        let (seed, broken) = first_broken(1_000, trouble, &[flaw.id]).expect(flaw.id);
        let caught = |id: &&str| broken.iter().any(|text| text.starts_with(*id));
        assert!(flaw.caught_by.iter().any(caught), "{} at seed {seed}: {broken:?}", flaw.id);
    }
}

#[test]
fn other_troubles_break_nothing_without_a_flaw() {
    for trouble in [BOUNCES, SPLITS, Trouble { no_op: false, ..SPLITS }] {
        assert_eq!(first_broken(200, trouble, &[]), None);
    }
}
