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

fn at(time: Time, action: Action) -> Scheduled {
    Scheduled { moment: Moment { at: time, slot: 0 }, action, recorded: false }
}

fn node(node: u32) -> Target {
    Target::Node(NodeId(node))
}

fn request(client: u32, op: &str) -> Action {
    let op = op.split(' ').map(str::to_string).collect();
    Action::Request { client: NodeId(client), op }
}

fn setup(servers: u32, clients: u32, flaws: &[&str]) -> Setup {
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

fn run(setup: Setup, until: Time) -> Run<Raft> {
    let mut run = Run::<Raft>::new(setup, Watch::PROPERTIES).expect("a good setup");
    run.run_to(until, 1_000_000);
    run
}

fn broken(run: &Run<Raft>) -> Vec<String> {
    let broken = run.verdicts().into_iter().filter(|verdict| verdict.broken());
    broken.map(|v| format!("{}: {}", v.property.id, v.finding.expect("broken").because)).collect()
}

fn reached(run: &Run<Raft>) -> BTreeSet<&'static str> {
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
