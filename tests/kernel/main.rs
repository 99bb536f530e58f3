//! The kernel by itself: what each action does, and that the past is what it was.

mod actions;
mod clients;
mod time_travel;
mod trail;

use interleave::protocols;
use interleave::sim::action::{Action, Moment, Scheduled, Target};
use interleave::sim::info::Params;
use interleave::sim::session::{ClientRules, Session, Setup, Watch, Weather};
use interleave::view::{MessageName, NodeId, Time};

const MS: Time = 1_000;

const N1: NodeId = NodeId(0);
const N2: NodeId = NodeId(1);
const N3: NodeId = NodeId(2);

/// Three nodes, of which `n1` asks another every 100 ms.
fn ping(script: Vec<Scheduled>) -> Setup {
    let entry = protocols::find("ping").expect("ping is in the catalog");
    Setup {
        params: Params::defaults(entry.info),
        seed: 42,
        network: Weather::default(),
        clients: ClientRules::default(),
        manual: false,
        given: Vec::new(),
        script,
    }
}

fn start(setup: Setup) -> Box<dyn Session> {
    let entry = protocols::find("ping").expect("ping is in the catalog");
    entry.start(setup, Watch::ALL).expect("a setup without given states")
}

fn at(ms: Time, action: Action) -> Scheduled {
    Scheduled { moment: Moment { at: ms * MS, slot: 0 }, action, recorded: false }
}

fn node(id: NodeId) -> Target {
    Target::Node(id)
}

fn name(from: NodeId, number: u32) -> MessageName {
    MessageName { from, number, copy: 1 }
}

/// How many answers `n1` has.
fn answers(session: &dyn Session) -> i64 {
    let shot = session.node(N1);
    match shot.view.field("answered").map(|field| &field.value) {
        Some(interleave::view::Value::Int(number)) => *number,
        other => panic!("n1 counts its answers, not {other:?}"),
    }
}
