//! Every run of a small configuration: two proposers, three acceptors, messages that arrive in any
//! order, any number of times, or never, and one crash at any moment.
//!
//! A message once sent can arrive for ever: not to deliver it is its loss. Refusals are all lost,
//! and nobody learns: what is chosen is counted over everything that any acceptor ever said.

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::rc::Rc;

use super::lab::*;
use crate::protocols::paxos::*;

/// Everything that was ever sent; a world has a bit for each.
type Table = Vec<(NodeId, NodeId, Msg)>;

#[derive(Clone, Hash)]
struct World {
    states: Vec<Rc<State>>,
    sent: u128,
    requests: Vec<NodeId>,
    crashed: bool,
}

struct Explorer {
    paxos: Paxos,
    table: Table,
}

impl Explorer {
    fn act(
        &mut self,
        world: &World,
        node: NodeId,
        act: impl Fn(&Paxos, &mut State) -> Seen,
    ) -> World {
        let mut next = world.clone();
        let seen = act(&self.paxos, Rc::make_mut(&mut next.states[node.index()]));
        for (to, msg) in seen.sent {
            if matches!(msg, Msg::Nack { .. }) {
                continue;
            }
            let sent = (node, to, msg);
            let at = self.table.iter().position(|known| *known == sent).unwrap_or_else(|| {
                self.table.push(sent);
                self.table.len() - 1
            });
            assert!(at < 128, "more messages than bits");
            next.sent |= 1 << at;
        }
        next
    }

    /// n4 wants x, and z after a crash; n5 wants y.
    fn next(&mut self, world: &World) -> Vec<World> {
        let mut found = Vec::new();
        for (node, value) in [(N4, "x"), (N5, "y")] {
            if !world.requests.contains(&node) {
                let mut next = self.act(world, node, |p, state| request(p, state, value));
                next.requests.push(node);
                next.requests.sort();
                found.push(next);
            }
        }
        for at in 0..self.table.len() {
            let (from, to, msg) = self.table[at].clone();
            if world.sent >> at & 1 == 1 && !matches!(msg, Msg::Accepted(_)) {
                let next = self.act(world, to, |p, state| receive(p, state, from, msg.clone()));
                found.push(next);
            }
        }
        for node in [N1, N2, N4] {
            // Acceptors are alike: it is enough that two of them may crash.
            if !world.crashed && (node != N4 || world.requests.contains(&N4)) {
                let mut next = world.clone();
                next.crashed = true;
                next.states[node.index()] =
                    Rc::new(self.paxos.on_crash(&world.states[node.index()], node));
                if node == N4 {
                    next = self.act(&next, N4, |p, state| request(p, state, "z"));
                }
                found.push(next);
            }
        }
        found
    }

    /// The values that a majority of acceptors has ever said to have accepted at one ballot.
    fn chosen(&self, world: &World) -> BTreeSet<&str> {
        let said: Vec<(NodeId, &Proposal)> = (self.table.iter().enumerate())
            .filter(|(at, _)| world.sent >> at & 1 == 1)
            .filter_map(|(_, (from, _, msg))| match msg {
                Msg::Accepted(proposal) => Some((*from, proposal)),
                _ => None,
            })
            .collect();
        // An acceptor says it to several nodes, and counts once.
        let count = |it: &Proposal| {
            let by = said.iter().filter(|(_, other)| *other == it).map(|(from, _)| *from);
            by.collect::<BTreeSet<NodeId>>().len()
        };
        said.iter().filter(|(_, it)| count(it) >= 2).map(|(_, it)| &*it.value).collect()
    }
}

/// How many states there are, and whether in one of them two values are chosen.
fn explore(flaws: &[&str]) -> (usize, bool) {
    let paxos = paxos((5, 3, 1), flaws);
    let states = (0..5).map(|node| Rc::new(paxos.init(NodeId(node)))).collect();
    let mut explorer = Explorer { paxos, table: Table::new() };
    let (mut known, mut some) = (BTreeSet::new(), 0);
    let mut open = vec![World { states, sent: 0, requests: Vec::new(), crashed: false }];
    while let Some(world) = open.pop() {
        let chosen = explorer.chosen(&world).len();
        if chosen > 1 {
            return (known.len(), true);
        }
        some += chosen;
        for next in explorer.next(&world) {
            let mut hasher = DefaultHasher::new();
            next.hash(&mut hasher);
            if known.insert(hasher.finish()) {
                open.push(next);
            }
        }
    }
    assert!(some > 0, "nothing is ever chosen");
    (known.len(), false)
}

#[test]
fn no_run_chooses_two_values() {
    let (states, two) = explore(&[]);
    println!("{states} states");
    assert!(!two && states > 10_000, "{states}");
}

#[test]
fn with_each_flaw_some_run_does() {
    for flaw in Paxos::INFO.flaws {
        assert!(explore(&[flaw.id]).1, "{} chooses one value only", flaw.id);
    }
}
