//! The checks look only at what an event changed. Here everything is compared with everything
//! after every event, as Figure 3 says it, and must find nothing that the checks did not find.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use crate::protocols::raft::log::{Entry, Index, Term};
use crate::protocols::raft::{Raft, State};
use crate::protocols::trouble::{BOUNCES, SPLITS, TROUBLE, broken, troubled};
use crate::sim::protocol::Protocol;
use crate::sim::run::Run;
use crate::sim::session::{Session, Watch};

/// All of the past that the properties speak of, in the plainest form.
#[derive(Default)]
struct Naive {
    before: Vec<Rc<State>>,
    leaders: BTreeMap<Term, BTreeSet<u32>>,
    stored_in_term: BTreeMap<(Index, Term), BTreeSet<u32>>,
    committed: BTreeSet<(Index, Term, Term)>,
    applied: BTreeMap<Index, Entry>,
    found: BTreeSet<&'static str>,
}

fn terms(state: &State) -> Vec<Term> {
    state.log.entries().iter().map(|entry| entry.term).collect()
}

impl Naive {
    fn look(&mut self, states: &[Rc<State>]) {
        for (node, state) in states.iter().enumerate() {
            if self.before.get(node).is_some_and(|before| Rc::ptr_eq(before, state)) {
                continue;
            }
            self.commitment(node as u32, state, states.len());
            self.leadership(node, state);
            self.log_matching(states, state);
            // What was applied before a crash is applied again. An applied entry that is cut off
            // later is bad enough, but it is not this property.
            let before = self.before.get(node).map_or(0, |before| before.last_applied);
            let from = if before > state.last_applied { 0 } else { before };
            let entries = state.log.entries().range(from, state.last_applied);
            for (entry, index) in entries.zip(from + 1..) {
                if *self.applied.entry(index).or_insert_with(|| entry.clone()) != *entry {
                    self.found.insert("state_machine_safety");
                }
            }
        }
        self.before = states.to_vec();
    }

    fn leadership(&mut self, node: usize, state: &State) {
        if !state.is_leader() {
            return;
        }
        let term = state.current_term;
        let leaders = self.leaders.entry(term).or_default();
        leaders.insert(node as u32);
        if leaders.len() > 1 {
            self.found.insert("election_safety");
        }
        let before = self.before.get(node).filter(|b| b.is_leader() && b.current_term == term);
        if before.is_some_and(|before| {
            let old = before.log.entries();
            !old.iter().eq(state.log.entries().range(0, old.len()))
        }) {
            self.found.insert("leader_append_only");
        }
        for &(index, entry_term, in_term) in &self.committed {
            if in_term < term && state.log.term(index) != Some(entry_term) {
                self.found.insert("leader_completeness");
            }
        }
    }

    fn commitment(&mut self, node: u32, state: &State, servers: usize) {
        let (term, terms) = (state.current_term, terms(state));
        for (&entry_term, index) in terms.iter().zip(1..) {
            if entry_term == term {
                let stored = self.stored_in_term.entry((index, term)).or_default();
                stored.insert(node);
                if stored.len() > servers / 2 {
                    self.committed.insert((index, term, term));
                }
            }
        }
        let last = if state.is_leader() { state.commit_index } else { 0 };
        for (&entry_term, index) in terms.iter().zip(1..=last) {
            self.committed.insert((index, entry_term, term));
        }
    }

    fn log_matching(&mut self, states: &[Rc<State>], state: &State) {
        for other in states {
            let logs = || state.log.entries().iter().zip(other.log.entries().iter());
            let last = logs().zip(1..).filter(|((a, b), _)| a.term == b.term).last();
            let Some((_, last)) = last else { continue };
            if logs().take(last).any(|(a, b)| a != b) {
                self.found.insert("log_matching");
            }
        }
    }
}

#[test]
fn nothing_goes_unseen_that_comparing_everything_would_see() {
    let mut seen = BTreeMap::new();
    let flaws = Raft::INFO.flaws.iter().map(|flaw| vec![flaw.id]);
    let pairs = [
        vec!["quorum_too_small", "no_truncation"],
        vec!["vote_without_log_check", "no_truncation"],
    ];
    for flaws in flaws.chain(pairs).chain([vec![]]) {
        for (trouble, seeds) in [(TROUBLE, 15), (BOUNCES, 10), (SPLITS, 15)] {
            for seed in 0..seeds {
                let setup = troubled(Raft::INFO, seed, trouble, &flaws);
                let mut run = Run::new::<Raft>(setup, Watch::PROPERTIES).expect("a good setup");
                let mut naive = Naive::default();
                while run.next_at().is_some_and(|time| time <= trouble.until) && run.step() {
                    naive.look(run.states::<Raft>().expect("Raft's states"));
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
    assert!(seen.len() >= 4, "{seen:?}");
}
