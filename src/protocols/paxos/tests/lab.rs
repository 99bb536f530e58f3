//! Handlers without a cluster: messages in, effects out.

use crate::protocols::paxos::state::Text;
use crate::protocols::paxos::*;
use crate::sim::info::ParamValue;
use crate::sim::protocol::{Answer, Effect};
use crate::sim::rng::Rng;

pub const N1: NodeId = NodeId(0);
pub const N2: NodeId = NodeId(1);
pub const N3: NodeId = NodeId(2);
pub const N4: NodeId = NodeId(3);
pub const N5: NodeId = NodeId(4);
pub const C1: NodeId = NodeId(5);

/// Five nodes: how many of them propose, accept and learn, and what is left out.
pub fn paxos(roles: (u64, u64, u64), flaws: &[&str]) -> Paxos {
    let mut params = Params { servers: 5, ..Params::defaults(Paxos::INFO) };
    for (flaw, on) in Paxos::INFO.flaws.iter().zip(&mut params.flaws) {
        *on = flaws.contains(&flaw.id);
    }
    for (value, count) in params.values.iter_mut().zip([roles.0, roles.1, roles.2]) {
        *value = ParamValue::Count(count);
    }
    Paxos::new(&params)
}

/// What an event brought about.
#[derive(Default, Debug)]
pub struct Seen {
    pub sent: Vec<(NodeId, Msg)>,
    pub answers: Vec<(NodeId, u64, Answer<Text>)>,
    pub timers: Vec<(TimerTag, bool)>,
    pub notes: Vec<&'static str>,
}

/// Has a handler act on a node.
pub fn act(
    paxos: &Paxos,
    state: &mut State,
    handler: impl FnOnce(&Paxos, &mut State, &mut Cx<'_, Paxos>),
) -> Seen {
    let names = NodeNames { servers: 5, clients: 2 };
    let (mut rng, mut effects) = (Rng::new(1), Vec::new());
    let mut cx = Cx::new(state.me, names, 0, &mut rng, false, &mut effects);
    handler(paxos, state, &mut cx);
    let mut seen = Seen::default();
    for effect in effects {
        match effect {
            Effect::Send(to, msg) => seen.sent.push((to, msg)),
            Effect::Reply(client, number, answer) => seen.answers.push((client, number, answer)),
            Effect::SetTimer(timer, _) => seen.timers.push((timer, true)),
            Effect::CancelTimer(timer) => seen.timers.push((timer, false)),
            Effect::Note(id, _) => seen.notes.push(id),
        }
    }
    seen
}

pub fn receive(paxos: &Paxos, state: &mut State, from: NodeId, msg: Msg) -> Seen {
    act(paxos, state, |paxos, state, cx| paxos.on_message(state, from, msg, cx))
}

pub fn fire(paxos: &Paxos, state: &mut State, timer: TimerTag) -> Seen {
    act(paxos, state, |paxos, state, cx| paxos.on_timer(state, timer, cx))
}

pub fn request(paxos: &Paxos, state: &mut State, value: &str) -> Seen {
    let request = Request { client: C1, number: 1, op: Propose(value.into()) };
    act(paxos, state, |paxos, state, cx| paxos.on_request(state, request, cx))
}

pub fn ballot(round: u32, node: NodeId) -> Ballot {
    Ballot::new(round, node)
}

pub fn proposal(round: u32, node: NodeId, value: &str) -> Proposal {
    Proposal { ballot: ballot(round, node), value: value.into() }
}

pub fn promise(round: u32, node: NodeId, accepted: Option<Proposal>) -> Msg {
    Msg::Promise { ballot: ballot(round, node), accepted }
}
