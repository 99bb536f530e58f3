//! The counts that TLC finds for `Paxos.tla` of the TLA+ examples (`PaxosHowToWinATuringAward`):
//! three acceptors, two values, ballots 0 and 1: 3,921 distinct states, depth 17.
//!
//! There a message once sent stays for ever and a proposer has no state, so that each step is a
//! handler of the engine, fed with messages of the set. Learners do nothing there, and refusals
//! are not sent.

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::lab::*;
use crate::protocols::paxos::state::{Phase, Text};
use crate::protocols::paxos::*;

type Message = (NodeId, String);

#[derive(Clone, Hash)]
struct World {
    acceptors: Vec<(Ballot, Option<Proposal>)>,
    messages: Vec<(NodeId, Msg)>,
}

fn text(message: &(NodeId, Msg)) -> Message {
    (message.0, format!("{:?}", message.1))
}

fn add(world: &mut World, from: NodeId, msg: Msg) {
    if world.messages.iter().any(|known| *known == (from, msg.clone())) {
        return;
    }
    world.messages.push((from, msg));
    world.messages.sort_by_key(text);
}

/// Proposers n4 and n5 have a ballot each; n1 to n3 accept.
fn next(paxos: &Paxos, world: &World) -> Vec<World> {
    let mut found = Vec::new();
    for node in [N4, N5] {
        let mut one = world.clone();
        add(&mut one, node, Msg::Prepare(ballot(1, node)));
        found.push(one);
        propose(paxos, world, node, &mut found);
    }
    for (from, msg) in &world.messages {
        if !matches!(msg, Msg::Prepare(_) | Msg::Accept(_)) {
            continue;
        }
        for node in [N1, N2, N3] {
            let mut one = world.clone();
            let mut state = paxos.init(node);
            (state.promised, state.accepted) = one.acceptors[node.index()].clone();
            for (_, sent) in receive(paxos, &mut state, *from, msg.clone()).sent {
                if !matches!(sent, Msg::Nack { .. }) {
                    add(&mut one, node, sent);
                }
            }
            one.acceptors[node.index()] = (state.promised, state.accepted);
            found.push(one);
        }
    }
    found
}

/// Phase 2 (a), with the promises of any two acceptors, of whatever value the client wishes.
fn propose(paxos: &Paxos, world: &World, node: NodeId, found: &mut Vec<World>) {
    let own = |msg: &Msg| matches!(msg, Msg::Accept(sent) if sent.ballot == ballot(1, node));
    if world.messages.iter().any(|(_, msg)| own(msg)) {
        return;
    }
    for missing in [N1, N2, N3] {
        for wish in ["x", "y"] {
            let mut state = paxos.init(node);
            state.phase = Phase::Prepare;
            state.ballot = ballot(1, node);
            state.wish = Some(Text::from(wish));
            let mut one = world.clone();
            for (from, msg) in world.messages.iter().filter(|(from, _)| *from != missing) {
                let Msg::Promise { ballot: promised, .. } = msg else { continue };
                if *promised != ballot(1, node) {
                    continue;
                }
                for (_, sent) in receive(paxos, &mut state, *from, msg.clone()).sent {
                    add(&mut one, node, sent);
                }
            }
            found.push(one);
        }
    }
}

fn hash(world: &World) -> u64 {
    let mut hasher = DefaultHasher::new();
    world.hash(&mut hasher);
    hasher.finish()
}

#[test]
fn as_many_states_as_tlc_finds() {
    let paxos = paxos((5, 3, 1), &[]);
    let first = World { acceptors: vec![(Ballot::default(), None); 3], messages: Vec::new() };
    let mut known = BTreeSet::from([hash(&first)]);
    let (mut level, mut depth) = (vec![first], 0);
    while !level.is_empty() {
        depth += 1;
        let all = level.iter().flat_map(|world| next(&paxos, world));
        level = all.filter(|world| known.insert(hash(world))).collect();
    }
    assert_eq!((known.len(), depth), (3_921, 17));
}
