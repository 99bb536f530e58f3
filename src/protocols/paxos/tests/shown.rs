//! The ladder, and each property seen to fail by hand.

use std::rc::Rc;

use super::lab::*;
use crate::protocols::paxos::properties::Monitor;
use crate::protocols::paxos::state::ballot_of;
use crate::protocols::paxos::*;
use crate::sim::verdict::Verdicts;
use crate::view::Tone;

const NAMES: NodeNames = NodeNames { servers: 5, clients: 2 };

/// Five nodes, and what is found out about them.
struct Watched {
    paxos: Paxos,
    states: Vec<Rc<State>>,
    monitor: Monitor,
    verdicts: Verdicts,
}

impl Watched {
    fn new() -> Watched {
        let paxos = paxos((2, 5, 5), &[]);
        let states = NAMES.servers().map(|node| Rc::new(paxos.init(node))).collect();
        let (monitor, verdicts) = (Monitor::default(), Verdicts::new(Paxos::INFO));
        Watched { paxos, states, monitor, verdicts }
    }

    /// Something happens to a node, and it is looked at.
    fn at(&mut self, node: NodeId, change: impl FnOnce(&Paxos, &mut State)) {
        change(&self.paxos, Rc::make_mut(&mut self.states[node.index()]));
        let servers = Servers { states: &self.states, up: &[true; 5], names: NAMES };
        self.paxos.observe(&mut self.monitor, &servers, node, &mut self.verdicts);
    }

    fn receive(&mut self, from: NodeId, to: NodeId, msg: Msg) {
        self.at(to, |paxos, state| drop(receive(paxos, state, from, msg)));
    }

    /// The properties that something was found of.
    fn found(&self) -> Vec<&'static str> {
        let found = self.verdicts.all().into_iter().filter(|verdict| verdict.finding.is_some());
        found.map(|verdict| verdict.property.id).collect()
    }

    /// The rungs: what stands at the head, and the labels of the cells.
    fn ladder(&self) -> Vec<(String, Vec<String>)> {
        let servers = Servers { states: &self.states, up: &[true; 5], names: NAMES };
        let [Panel::Matrix { rows, columns, .. }] = &self.paxos.picture(&servers)[..] else {
            panic!("a ladder");
        };
        assert_eq!(columns.len(), 5);
        let cells = |row: &crate::view::MatrixRow| {
            let label = |spot: &Option<crate::view::Spot>| match spot {
                None => String::new(),
                Some(spot) if spot.tone == Tone::Settled => format!("[{}]", spot.label),
                Some(spot) => spot.label.clone(),
            };
            row.spots.iter().map(label).collect()
        };
        rows.iter().map(|row| (row.head.label.clone(), cells(row))).collect()
    }
}

fn accept(round: u32, node: NodeId, value: &str) -> Msg {
    Msg::Accept(proposal(round, node, value))
}

#[test]
fn a_rung_is_chosen_before_any_node_knows() {
    let mut watched = Watched::new();
    watched.at(N1, |paxos, state| drop(request(paxos, state, "x")));
    let prepare = Msg::Prepare(ballot(1, N1));
    watched.receive(N1, N2, prepare.clone());
    watched.receive(N1, N3, prepare);
    let promised = ["prom.", "prom.", "prom.", "", ""].map(str::to_string).to_vec();
    assert_eq!(watched.ladder(), [("1.1".to_string(), promised)]);
    watched.receive(N2, N1, promise(1, N1, None));
    watched.receive(N3, N1, promise(1, N1, None));
    watched.receive(N1, N2, accept(1, N1, "x"));
    let two = ["x", "x", "prom.", "", ""].map(str::to_string).to_vec();
    assert_eq!(watched.ladder(), [("1.1 x".to_string(), two)]);
    assert!(!watched.found().contains(&"value_chosen"));
    // The third acceptance makes a majority. Nobody has been told of it.
    watched.receive(N1, N3, accept(1, N1, "x"));
    let three = ["[x]", "[x]", "[x]", "", ""].map(str::to_string).to_vec();
    assert_eq!(watched.ladder(), [("1.1 x chosen".to_string(), three)]);
    assert_eq!(watched.found(), ["value_chosen"]);
    assert!(watched.states.iter().all(|state| state.learned.is_none()));
    // A higher ballot stands above, and the chosen rung stays.
    watched.receive(N2, N4, Msg::Prepare(ballot(2, N2)));
    let heads: Vec<String> = watched.ladder().into_iter().map(|(head, _)| head).collect();
    assert_eq!(heads, ["2.2", "1.1 x chosen"]);
}

#[test]
fn what_nobody_proposed_is_not_valid() {
    let mut watched = Watched::new();
    watched.at(N3, |_, state| state.accept(proposal(1, N1, "z")));
    assert_eq!(watched.found(), ["validity"]);
}

#[test]
fn a_promise_that_regresses_is_found_and_so_is_an_acceptance_below_it() {
    let mut watched = Watched::new();
    watched.at(N3, |_, state| state.promise(ballot(2, N1)));
    watched.at(N3, |_, state| state.promised = ballot(1, N1));
    assert_eq!(watched.found(), ["promise_kept"]);
    let mut watched = Watched::new();
    watched.at(N1, |paxos, state| drop(request(paxos, state, "x")));
    watched.at(N3, |_, state| state.promise(ballot(2, N2)));
    watched.at(N3, |_, state| {
        state.accepted = Some(proposal(1, N1, "x"));
        assert_eq!(ballot_of(&state.accepted), ballot(1, N1));
    });
    assert_eq!(watched.found(), ["promise_kept"]);
}

#[test]
fn two_chosen_values_disagree_and_a_higher_proposal_must_carry_the_chosen_one() {
    let mut watched = Watched::new();
    watched.at(N1, |paxos, state| drop(request(paxos, state, "x")));
    watched.at(N2, |paxos, state| drop(request(paxos, state, "y")));
    for node in [N3, N4, N5] {
        watched.at(node, |_, state| state.accept(proposal(1, N1, "x")));
    }
    assert_eq!(watched.found(), ["value_chosen"]);
    watched.at(N3, |_, state| state.accept(proposal(2, N2, "y")));
    assert_eq!(watched.found(), ["chosen_for_ever", "value_chosen"]);
    for node in [N4, N5] {
        watched.at(node, |_, state| state.accept(proposal(2, N2, "y")));
    }
    assert_eq!(watched.found(), ["agreement", "chosen_for_ever", "value_chosen"]);
}

#[test]
fn a_ballot_has_one_value_and_is_begun_once_and_what_is_learned_is_chosen() {
    let mut watched = Watched::new();
    watched.at(N1, |paxos, state| drop(request(paxos, state, "x")));
    watched.at(N2, |paxos, state| drop(request(paxos, state, "y")));
    watched.at(N3, |_, state| state.accept(proposal(1, N1, "x")));
    watched.at(N4, |_, state| state.accept(proposal(1, N1, "y")));
    assert_eq!(watched.found(), ["one_value_a_ballot"]);
    watched.at(N5, |_, state| state.learned = Some("x".into()));
    assert!(watched.found().contains(&"learned_is_chosen"));
    watched.at(N1, |_, state| state.ballot = ballot(3, N1));
    watched.at(N1, |_, state| state.ballot = ballot(2, N1));
    assert!(watched.found().contains(&"ballot_new"));
}
