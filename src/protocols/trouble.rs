//! Random trouble for the tests of protocols that elect a leader: crashes, partitions, slow links,
//! loss and duplicates, and clients that go on asking, all drawn from a seed.

use std::collections::BTreeSet;

use crate::service::{KeyValue, Service};
use crate::sim::action::{Action, Delay, Direction, LinkChange, Moment, Scheduled, Target};
use crate::sim::info::{Info, Params};
use crate::sim::rng::Rng;
use crate::sim::run::Run;
use crate::sim::session::{ClientRules, Session, Setup, Weather};
use crate::view::{MILLISECOND, NodeId, SECOND, Time};

/// Something that is done at a time.
pub fn at(time: Time, action: Action) -> Scheduled {
    Scheduled { moment: Moment { at: time, slot: 0 }, action, recorded: false }
}

fn node(node: u32) -> Target {
    Target::Node(NodeId(node))
}

/// A client asks for something.
pub fn request(client: u32, op: &str) -> Action {
    let op = op.split(' ').map(str::to_string).collect();
    Action::Request { client: NodeId(client), op }
}

/// A cluster on a calm network, with these flaws.
pub fn setup(info: &'static Info, servers: u32, clients: u32, flaws: &[&str]) -> Setup {
    let mut params = Params { servers, clients, ..Params::defaults(info) };
    for (flaw, on) in info.flaws.iter().zip(&mut params.flaws) {
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

/// The properties that are broken, and why.
pub fn broken(run: &Run) -> Vec<String> {
    let broken = run.verdicts().into_iter().filter(|verdict| verdict.broken());
    broken.map(|v| format!("{}: {}", v.property.id, v.finding.expect("broken").because)).collect()
}

/// The properties that were found to be broken or reached.
pub fn reached(run: &Run) -> BTreeSet<&'static str> {
    let verdicts = run.verdicts().into_iter();
    verdicts.filter(|v| v.finding.is_some()).map(|v| v.property.id).collect()
}

/// What kind of trouble a random script makes.
#[derive(Clone, Copy)]
pub struct Trouble {
    servers: (u32, u32),
    pub until: Time,
    delay_us_max: u64,
    loss_ppm_max: u32,
    duplicate_ppm_max: u32,
    faults: u32,
    /// A crashed server comes back after so long at most.
    down_us_max: Time,
    requests: u32,
    splits: bool,
}

/// Everything in measure.
pub const TROUBLE: Trouble = Trouble {
    servers: (3, 5),
    until: 6 * SECOND,
    delay_us_max: 60 * MILLISECOND,
    loss_ppm_max: 150_000,
    duplicate_ppm_max: 150_000,
    faults: 24,
    down_us_max: 1_200 * MILLISECOND,
    requests: 30,
    splits: false,
};

/// A setup with a random script of that kind, all of it drawn from the seed.
pub fn troubled(info: &'static Info, seed: u64, trouble: Trouble, flaws: &[&str]) -> Setup {
    let mut rng = Rng::new(seed);
    let (fewest, most) = trouble.servers;
    let servers = rng.between(u64::from(fewest), u64::from(most)) as u32;
    let clients = 1 + rng.below(3) as u32;
    let mut setup = setup(info, servers, clients, flaws);
    setup.seed = seed;
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

/// Short crashes in quick succession while votes travel.
pub const BOUNCES: Trouble = Trouble {
    delay_us_max: 150 * MILLISECOND,
    faults: 80,
    down_us_max: 20 * MILLISECOND,
    ..TROUBLE
};

/// The servers fall into two parts, and again into two others, and so on.
pub const SPLITS: Trouble = Trouble { servers: (5, 5), splits: true, ..TROUBLE };
