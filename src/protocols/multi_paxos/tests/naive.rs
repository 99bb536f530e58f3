//! The checks look only at what an event changed. Here everything is compared with everything after
//! every event, as the paper says it, and must find nothing that the checks did not find.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use crate::protocols::ballot::Ballot;
use crate::protocols::multi_paxos::ledger::{Ledger, Slot};
use crate::protocols::multi_paxos::{MultiPaxos, State};
use crate::protocols::sessions::Command;
use crate::protocols::trouble::{BOUNCES, SPLITS, TROUBLE, broken, troubled};
use crate::sim::protocol::Protocol;
use crate::sim::run::Run;
use crate::sim::session::{Session, Watch};

/// All of the past that the properties speak of, in the plainest form.
#[derive(Default)]
struct Naive {
    before: Vec<Rc<State>>,
    values: Vec<Command>,
    /// Who has accepted which value in which ballot and slot.
    acceptors: BTreeMap<(Slot, Ballot, Value), BTreeSet<usize>>,
    chosen: BTreeSet<(Slot, Ballot, Value)>,
    promised: BTreeMap<usize, Ballot>,
    asked: BTreeSet<Value>,
    applied: BTreeMap<Slot, Value>,
    effects: BTreeMap<(u32, u64), BTreeSet<Slot>>,
    found: BTreeSet<&'static str>,
}

/// A value, as a number.
type Value = usize;

impl Naive {
    fn value(&mut self, command: &Command) -> Value {
        let known = self.values.iter().position(|known| known == command);
        known.unwrap_or_else(|| {
            self.values.push(command.clone());
            self.values.len() - 1
        })
    }

    /// What stands in a ledger: slot, ballot, value.
    fn written(&mut self, ledger: &Ledger) -> Vec<(Slot, Ballot, Value)> {
        let slots = ledger.range(1, ledger.last()).zip(1..);
        let full = slots.filter_map(|(proposal, slot)| Some((slot, proposal.as_ref()?)));
        full.map(|(slot, proposal)| (slot, proposal.ballot, self.value(&proposal.command)))
            .collect()
    }

    fn look(&mut self, states: &[Rc<State>]) {
        for (node, state) in states.iter().enumerate() {
            if self.before.get(node).is_some_and(|before| Rc::ptr_eq(before, state)) {
                continue;
            }
            if let Some(request) = &state.intake.last {
                let asked = self.value(&Command::Client(request.clone()));
                self.asked.insert(asked);
            }
            self.acceptance(node, state, states.len());
            self.machine(state);
        }
        self.whole();
        for state in states {
            for (slot, _, value) in self.written(&state.learned) {
                let mut chosen = self.chosen.iter();
                if !chosen.any(|&(other, _, chosen)| (other, chosen) == (slot, value)) {
                    self.found.insert("only_chosen_learned");
                }
            }
        }
        self.before = states.to_vec();
    }

    fn acceptance(&mut self, node: usize, state: &State, servers: usize) {
        let before = self.before.get(node).cloned();
        let old = before.map_or(Vec::new(), |before| self.written(&before.accepted));
        let no_op = self.value(&Command::NoOp);
        let now = self.written(&state.accepted);
        let promised = self.promised.entry(node).or_default();
        for proposal in now {
            if !old.contains(&proposal) && proposal.1 < *promised {
                self.found.insert("promises_kept");
            }
            if proposal.2 != no_op && !self.asked.contains(&proposal.2) {
                self.found.insert("validity");
            }
            let acceptors = self.acceptors.entry(proposal).or_default();
            acceptors.insert(node);
            if acceptors.len() > servers / 2 {
                self.chosen.insert(proposal);
            }
        }
        if state.promised < *promised {
            self.found.insert("promises_kept");
        }
        *promised = state.promised.max(*promised);
    }

    /// Agreement, P2b, and one value for a ballot: every pair.
    fn whole(&mut self) {
        for (slot, ballot, value) in &self.chosen {
            for (other_slot, other_ballot, other) in self.acceptors.keys() {
                if slot == other_slot && ballot < other_ballot && value != other {
                    self.found.insert("chosen_stays_chosen");
                }
            }
            if self.chosen.iter().any(|(other, _, chosen)| other == slot && chosen != value) {
                self.found.insert("agreement");
            }
        }
        let mut ballots = self.acceptors.keys().map(|(slot, ballot, _)| (slot, ballot));
        let mut last = ballots.next();
        for ballot in ballots {
            if last.replace(ballot) == Some(ballot) {
                self.found.insert("one_value_per_ballot");
            }
        }
    }

    /// The whole journal against the whole log, whether or not it was looked at before.
    fn machine(&mut self, state: &State) {
        for step in 0..state.journal.len() {
            let (slot, took_effect) = state.journal.get(step).expect("within the length");
            if slot != step + 1 {
                self.found.insert("state_machine_safety");
            }
            let Some(proposal) = state.learned.get(slot) else { continue };
            let value = self.value(&proposal.command);
            if *self.applied.entry(slot).or_insert(value) != value {
                self.found.insert("state_machine_safety");
            }
            if let Command::Client(request) = &proposal.command
                && took_effect
            {
                let request = (request.client.0, request.number);
                let effects = self.effects.entry(request).or_default();
                effects.insert(slot);
                if effects.len() > 1 {
                    self.found.insert("exactly_once");
                }
            }
        }
    }
}

#[test]
fn nothing_goes_unseen_that_comparing_everything_would_see() {
    let mut seen = BTreeMap::new();
    let info = MultiPaxos::INFO;
    let flaws = info.flaws.iter().map(|flaw| vec![flaw.id]);
    let pairs =
        [vec!["quorum_too_small", "gap_skipped"], vec!["promise_forgotten", "skip_phase_1"]];
    for flaws in flaws.chain(pairs).chain([vec![]]) {
        for (trouble, seeds) in [(TROUBLE, 6), (BOUNCES, 4), (SPLITS, 6)] {
            for seed in 0..seeds {
                let setup = troubled(info, seed, trouble, &flaws);
                let mut run = Run::new::<MultiPaxos>(setup, Watch::PROPERTIES).expect("a setup");
                let mut naive = Naive::default();
                while run.next_at().is_some_and(|time| time <= trouble.until) && run.step() {
                    naive.look(run.states::<MultiPaxos>().expect("the states"));
                }
                let broken = broken(&run);
                for id in naive.found {
                    let known = broken.iter().any(|text| text.starts_with(id));
                    assert!(known, "{flaws:?}, seed {seed}: {id} went unseen; seen {broken:?}");
                    *seen.entry(id).or_insert(0) += 1;
                }
                assert!(!flaws.is_empty() || broken.is_empty(), "seed {seed}: {broken:?}");
            }
        }
    }
    assert!(seen.len() >= 6, "{seen:?}");
}
