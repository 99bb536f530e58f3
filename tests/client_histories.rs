//! What clients see under crashes, partitions, loss and duplication, judged against the store that they were
//! promised: for every protocol that promises it, the same requests and the same faults. No property of a
//! protocol is looked at here.

use interleave::check::{Limits, Verdict};
use interleave::protocols::{CATALOG, Entry};
use interleave::sim::action::{Action, Moment, Scheduled, Target};
use interleave::sim::info::Params;
use interleave::sim::rng::{Rng, Stream};
use interleave::sim::session::{ClientRules, Setup, Watch, Weather};
use interleave::view::{MILLISECOND, NodeId, SECOND, Time};

const CLIENTS: u32 = 3;
const CALLS: u64 = 80;
const FAULTS: u64 = 5;

/// The protocols that replicate the key-value store behind a leader.
fn replicated() -> Vec<&'static Entry> {
    let all = CATALOG.iter().filter(|entry| entry.service.id == "key_value");
    let led = all.filter(|entry| entry.info.roles.iter().any(|role| role.id == "leader"));
    let found: Vec<&Entry> = led.collect();
    assert!(found.len() >= 2, "Raft and Multi-Paxos at least");
    found
}

/// Three clients ask for something every 40 ms altogether. By turns the leader crashes and the
/// network falls into two parts.
fn setup(entry: &Entry, flaw: Option<&str>, rules: ClientRules, seed: u64) -> Setup {
    let mut params = Params::defaults(entry.info);
    params.clients = CLIENTS;
    for (on, info) in params.flaws.iter_mut().zip(entry.info.flaws) {
        *on = Some(info.id) == flaw;
    }
    assert_eq!(params.flaws.contains(&true), flaw.is_some(), "there is such a flaw");
    let mut rng = Rng::stream(seed, Stream::Workload);
    let mut script = Vec::new();
    let mut add = |at: Time, action| {
        script.push(Scheduled { moment: Moment { at, slot: 0 }, action, recorded: false });
    };
    for k in 0..CALLS {
        let op = entry.generate_op(&mut |n| rng.below(u64::from(n)) as u32);
        let op = op.split(' ').map(str::to_string).collect();
        let client = NodeId(params.servers + rng.below(u64::from(CLIENTS)) as u32);
        add(400 * MILLISECOND + k * 40 * MILLISECOND, Action::Request { client, op });
    }
    for k in 0..FAULTS {
        let at = 500 * MILLISECOND + k * 700 * MILLISECOND;
        if k % 2 == 0 {
            add(at, Action::Crash(Target::Role("leader".to_string())));
            add(at + 400 * MILLISECOND, Action::Restart(Target::All));
        } else {
            let side = |nodes: std::ops::Range<u32>| nodes.map(|n| Target::Node(NodeId(n)));
            let sides = vec![side(0..2).collect(), side(2..5).collect()];
            add(at, Action::Partition(sides));
            add(at + 600 * MILLISECOND, Action::Heal);
        }
    }
    let network = Weather { loss_ppm: 50_000, duplicate_ppm: 20_000, ..Weather::default() };
    Setup { params, seed, network, clients: rules, manual: false, given: Vec::new(), script }
}

/// Of 30 runs, how many are linearizable and how many are not; and how many calls were answered.
fn judge(entry: &Entry, flaw: Option<&str>, rules: ClientRules) -> (usize, usize, usize) {
    let (mut kept, mut broken, mut answered) = (0, 0, 0);
    for seed in 0..30 {
        let run = entry.start(setup(entry, flaw, rules, seed), Watch::PROPERTIES);
        let mut run = run.map_err(|error| error.message).expect("nothing is given");
        run.run_to(8 * SECOND, 1_000_000);
        match run.linearizability(&Limits::default()) {
            (Verdict::Linearizable(effects), _) => {
                kept += 1;
                answered += effects.len();
            }
            (Verdict::NotLinearizable(_), _) => broken += 1,
            (Verdict::Undecided(_), told) => panic!("seed {seed}: {told:?}"),
        }
    }
    (kept, broken, answered)
}

const IMPATIENT: ClientRules =
    ClientRules { timeout: 100 * MILLISECOND, backoff: 50 * MILLISECOND, retry: true, key: true };

#[test]
fn the_promise_is_kept_through_all_of_this() {
    for entry in replicated() {
        let id = entry.info.id;
        let (kept, broken, answered) = judge(entry, None, IMPATIENT);
        assert_eq!((kept, broken), (30, 0), "{id}");
        assert!(answered > 30 * 60, "{id}: {answered} calls took effect");
    }
}

#[test]
fn clients_that_give_up_do_not_know_but_see_nothing_wrong() {
    for entry in replicated() {
        let id = entry.info.id;
        let (kept, broken, answered) =
            judge(entry, None, ClientRules { retry: false, ..IMPATIENT });
        assert_eq!((kept, broken), (30, 0), "{id}");
        assert!(answered > 30 * 20, "{id}: {answered} calls took effect");
    }
}

#[test]
fn clients_see_that_a_request_is_applied_twice() {
    for entry in replicated() {
        let id = entry.info.id;
        let (_, broken, _) = judge(entry, Some("apply_twice"), IMPATIENT);
        assert!(broken > 5, "{id}: {broken} of 30 runs");
        // The same without the flaw, when the retry has no key by which it could be known.
        let (_, broken, _) = judge(entry, None, ClientRules { key: false, ..IMPATIENT });
        assert!(broken > 5, "{id}: {broken} of 30 runs");
    }
}

#[test]
fn clients_see_that_two_leaders_of_a_small_quorum_disagree() {
    for entry in replicated() {
        let (_, broken, _) = judge(entry, Some("quorum_too_small"), IMPATIENT);
        assert!(broken > 2, "{}: {broken} of 30 runs", entry.info.id);
    }
}

/// The script knows no protocol: whoever leads crashes, whatever makes it the leader.
#[test]
fn the_same_script_runs_on_all_of_them() {
    let scripts: Vec<_> =
        replicated().iter().map(|entry| setup(entry, None, IMPATIENT, 7).script).collect();
    assert!(scripts.windows(2).all(|pair| pair[0] == pair[1]));
}
