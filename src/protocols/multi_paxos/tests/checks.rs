//! The checks on states made up for the purpose: what breaks each, and what does not.

use std::rc::Rc;

use super::lab::*;
use crate::protocols::ballot::Ballot;
use crate::protocols::multi_paxos::ledger::{Proposal, Slot};
use crate::protocols::multi_paxos::properties::Monitor;
use crate::protocols::multi_paxos::state::{Intake, Role};
use crate::protocols::multi_paxos::*;
use crate::sim::verdict::Verdicts;

/// Five servers whose states are whatever the test says.
struct Stage {
    states: Vec<Rc<State>>,
    monitor: Monitor,
    verdicts: Verdicts,
    paxos: MultiPaxos,
}

const NOTHING: [String; 0] = [];

impl Stage {
    fn new() -> Stage {
        Stage {
            states: (0..5).map(|node| Rc::new(State::new(NodeId(node)))).collect(),
            monitor: Monitor::default(),
            verdicts: Verdicts::new(MultiPaxos::INFO),
            paxos: Lab::new(&[]).paxos,
        }
    }

    /// A stage on which a leader has taken these as the first requests of both clients.
    fn asked(ops: &[&str]) -> Stage {
        let mut stage = Stage::new();
        for (count, op) in (1..).zip(ops) {
            let last = Some(Rc::new(asked(C1, count, op)));
            stage.at(N1, |state| state.intake = Intake { count, last });
        }
        stage
    }

    /// Changes a server and has it observed.
    fn at(&mut self, node: NodeId, change: impl FnOnce(&mut State)) -> &mut Stage {
        change(Rc::make_mut(&mut self.states[node.index()]));
        let servers = Servers { states: &self.states, up: &[true; 5], names: NAMES };
        self.paxos.observe(&mut self.monitor, &servers, node, &mut self.verdicts);
        self
    }

    fn promise(&mut self, node: NodeId, number: &str) -> &mut Stage {
        self.at(node, |state| state.promised = ballot(number))
    }

    /// Servers accept a proposal, having promised its ballot if it is higher.
    fn accept(&mut self, nodes: &[NodeId], slot: Slot, proposal: Proposal) -> &mut Stage {
        for &node in nodes {
            self.at(node, |state| {
                state.promised = state.promised.max(proposal.ballot);
                state.accepted.set(slot, proposal.clone());
            });
        }
        self
    }

    fn learn(&mut self, node: NodeId, slot: Slot, proposal: Proposal) -> &mut Stage {
        self.at(node, |state| state.learned.set(slot, proposal))
    }

    fn apply(&mut self, node: NodeId, slot: Slot, took_effect: bool) -> &mut Stage {
        self.at(node, |state| state.journal.push(slot, took_effect))
    }

    fn broken(&self) -> Vec<String> {
        let all = self.verdicts.all().into_iter().filter(|verdict| verdict.broken());
        all.map(|v| format!("{}: {}", v.property.id, v.finding.expect("broken").because)).collect()
    }
}

/// A proposal of the `number`th request of `c1`.
fn request(of: &str, number: u64, op: &str) -> Proposal {
    let command = Command::Client(Rc::new(asked(C1, number, op)));
    Proposal { ballot: ballot(of), command }
}

#[test]
fn two_values_chosen_in_a_slot_break_agreement() {
    let mut stage = Stage::asked(&["put x 1", "put x 2"]);
    let (one, two) = (request("2.1", 1, "put x 1"), request("1.2", 2, "put x 2"));
    stage.accept(&[N1, N2, N3], 1, one).accept(&[N4, N5], 1, two.clone());
    assert_eq!(stage.broken(), NOTHING, "the lower ballot has no majority");
    // Who has promised more accepts it none the less.
    stage.at(N3, |state| state.accepted.set(1, two));
    assert_eq!(
        stage.broken(),
        [
            "agreement: slot 1: put x 1 (c1) is chosen in 2.1, put x 2 (c1) in 1.2",
            "chosen_stays_chosen: slot 1: put x 2 (c1) is chosen in 1.2, and n1 accepts put x 1 \
             (c1) in 2.1",
            "promises_kept: n3 has promised 2.1, and accepts 1.2 in slot 1",
        ]
    );
}

#[test]
fn a_majority_is_counted_within_a_ballot() {
    let mut stage = Stage::asked(&["put x 1", "put x 2"]);
    stage.accept(&[N1, N2], 1, request("1.1", 1, "put x 1"));
    stage.accept(&[N3], 1, request("2.1", 1, "put x 1"));
    stage.accept(&[N4, N5], 1, request("3.4", 2, "put x 2"));
    assert_eq!(stage.broken(), NOTHING, "three have accepted the value, but not in one ballot");
    stage.learn(N1, 1, request("2.1", 1, "put x 1"));
    assert_eq!(
        stage.broken(),
        [
            "only_chosen_learned: n1 takes put x 1 (c1) for chosen in slot 1: no majority accepted \
             it",
            "chosen_stays_chosen: slot 1: put x 1 (c1) is chosen in 2.1, and n4 accepts put x 2 \
             (c1) in 3.4",
        ]
    );
}

#[test]
fn what_no_client_asked_breaks_validity() {
    let mut stage = Stage::asked(&["put x 1"]);
    stage.accept(&[N2], 1, request("1.1", 1, "put x 1")).accept(&[N2], 2, proposal("1.1", ""));
    assert_eq!(stage.broken(), NOTHING, "a request, and a no-op");
    for (wrong, text) in
        [(request("1.1", 1, "put x 2"), "put x 2"), (request("1.1", 2, "put x 1"), "put x 1")]
    {
        let mut stage = Stage::asked(&["put x 1"]);
        stage.accept(&[N2], 3, wrong);
        let because =
            format!("validity: n2 accepts {text} (c1) in slot 3: no client asked a leader for it");
        assert_eq!(stage.broken(), [because]);
    }
}

#[test]
fn another_value_above_a_chosen_one_breaks_what_keeps_it_chosen() {
    let mut stage = Stage::asked(&["put x 1", "put x 2"]);
    stage.accept(&[N1, N2, N3], 1, request("1.1", 1, "put x 1"));
    stage.accept(&[N4], 1, request("2.4", 1, "put x 1"));
    stage.accept(&[N4], 2, request("2.4", 2, "put x 2"));
    assert_eq!(stage.broken(), NOTHING, "the same value, and another slot");
    stage.accept(&[N5], 1, request("3.5", 2, "put x 2"));
    let because = "chosen_stays_chosen: slot 1: put x 1 (c1) is chosen in 1.1, and n5 accepts put \
                   x 2 (c1) in 3.5";
    assert_eq!(stage.broken(), [because]);
    // The other way round: it is chosen when the higher proposal is there already.
    let mut stage = Stage::asked(&["put x 1", "put x 2"]);
    stage.accept(&[N5], 1, request("3.5", 2, "put x 2"));
    stage.accept(&[N1, N2], 1, request("1.1", 1, "put x 1"));
    assert_eq!(stage.broken(), NOTHING);
    stage.accept(&[N3], 1, request("1.1", 1, "put x 1"));
    assert_eq!(stage.broken(), [because]);
}

#[test]
fn a_promise_is_held_against_what_is_accepted_later_even_if_it_was_forgotten() {
    let mut stage = Stage::new();
    stage.promise(N1, "2.2").accept(&[N1], 1, proposal("2.2", ""));
    stage.accept(&[N1], 2, proposal("3.3", "")).at(N1, |state| *state = state.after_crash());
    assert_eq!(stage.broken(), NOTHING);
    stage.at(N1, |state| state.promised = Ballot::default());
    assert_eq!(stage.broken(), ["promises_kept: n1 has promised 3.3, and goes back to none"]);
    let mut stage = Stage::new();
    stage.promise(N1, "2.2").at(N1, |state| state.accepted.set(1, proposal("2.1", "")));
    assert_eq!(stage.broken(), ["promises_kept: n1 has promised 2.2, and accepts 2.1 in slot 1"]);
}

#[test]
fn a_ballot_with_two_values_in_a_slot_is_no_ballot_of_one_proposer() {
    let mut stage = Stage::asked(&["put x 1"]);
    stage.accept(&[N1], 1, request("1.1", 1, "put x 1")).accept(&[N1], 2, proposal("1.1", ""));
    assert_eq!(stage.broken(), NOTHING);
    stage.accept(&[N2], 1, proposal("1.1", ""));
    assert_eq!(stage.broken(), ["one_value_per_ballot: 1.1 in slot 1: put x 1 (c1) and no-op"]);
}

#[test]
fn what_is_taken_for_chosen_must_be() {
    let mut stage = Stage::new();
    let no_op = proposal("1.1", "");
    stage.accept(&[N1, N2], 1, no_op.clone());
    stage.accept(&[N3], 1, no_op.clone()).learn(N1, 1, no_op.clone());
    stage.at(N1, |state| *state = state.after_crash()).learn(N1, 1, proposal("2.1", ""));
    assert_eq!(stage.broken(), NOTHING, "in whatever ballot");
    stage.learn(N1, 2, no_op);
    let because =
        "only_chosen_learned: n1 takes no-op for chosen in slot 2: no majority accepted it";
    assert_eq!(stage.broken(), [because]);
}

#[test]
fn what_is_given_to_start_with_counts_from_the_start() {
    let mut stage = Stage::new();
    for state in &mut stage.states {
        let state = Rc::make_mut(state);
        for words in [&["log", "1.1", "1.1"][..], &["chosen", "2"]] {
            stage.paxos.given(state, words).expect("well formed");
        }
    }
    stage.at(N4, |_| ()).at(N5, |_| ());
    assert_eq!(stage.broken(), NOTHING);
}

#[test]
fn different_commands_applied_or_an_order_of_its_own_break_state_machine_safety() {
    let mut stage = Stage::asked(&["put x 1", "put x 2"]);
    let (one, two) = (request("1.1", 1, "put x 1"), request("1.1", 2, "put x 2"));
    stage.accept(&[N1, N2, N3], 1, one.clone()).accept(&[N1, N2, N3], 2, two.clone());
    for node in [N1, N2] {
        stage.learn(node, 1, one.clone()).learn(node, 2, two.clone());
        stage.apply(node, 1, true).apply(node, 2, true);
    }
    stage.at(N1, |state| *state = state.after_crash()).learn(N1, 1, one.clone());
    stage.apply(N1, 1, true);
    assert_eq!(stage.broken(), NOTHING, "the same again after a crash");
    let mut other = Stage::asked(&["put x 1", "put x 2"]);
    std::mem::swap(&mut other, &mut stage);
    other.learn(N3, 2, two.clone()).apply(N3, 2, true);
    let because = "state_machine_safety: n3 applied slot 2 when slot 1 was next";
    assert_eq!(other.broken(), [because]);
    stage.accept(&[N1, N2, N3], 1, one.clone()).learn(N1, 1, one).apply(N1, 1, true);
    stage.learn(N2, 1, two).apply(N2, 1, true);
    let because = "state_machine_safety: in slot 1 n1 applied put x 1 (c1), n2 put x 2 (c1)";
    assert!(stage.broken().contains(&because.to_string()), "{:?}", stage.broken());
    let mut twice = Stage::new();
    twice.accept(&[N1, N2, N3], 1, proposal("1.1", "")).learn(N1, 1, proposal("1.1", ""));
    twice.apply(N1, 1, false).apply(N1, 1, false);
    let because = "state_machine_safety: n1 applied slot 1 when slot 2 was next";
    assert_eq!(twice.broken(), [because]);
}

#[test]
fn a_request_with_effects_in_two_slots_breaks_exactly_once() {
    let one = request("1.1", 1, "append x a");
    let mut stage = Stage::asked(&["append x a"]);
    for slot in [1, 2] {
        stage.accept(&[N1, N2, N3], slot, one.clone());
    }
    for node in [N1, N2] {
        stage.learn(node, 1, one.clone()).learn(node, 2, one.clone()).apply(node, 1, true);
    }
    stage.apply(N1, 2, false);
    assert_eq!(stage.broken(), NOTHING, "on two servers, and the second time without effect");
    stage.apply(N2, 2, true);
    let because = "exactly_once: request 1 of c1 took effect in slot 1, and again in slot 2 on n2";
    assert_eq!(stage.broken(), [because]);
}

/// The kernel keeps copies of the monitor as keyframes; what happens later must not reach them.
#[test]
fn a_copy_of_the_history_stays_what_it_was() {
    let mut stage = Stage::asked(&["put x 1", "put x 2"]);
    stage.accept(&[N1, N2], 1, request("1.1", 1, "put x 1"));
    let keyframe = (stage.states.clone(), stage.monitor.clone(), stage.verdicts.clone());
    stage.accept(&[N3], 1, request("1.1", 1, "put x 1")).at(N3, |state| state.role = Role::Leader);
    (stage.states, stage.monitor, stage.verdicts) = keyframe;
    stage.accept(&[N3, N4, N5], 1, request("2.3", 2, "put x 2"));
    assert_eq!(stage.broken(), NOTHING);
}
