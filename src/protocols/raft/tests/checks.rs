//! The checks of Figure 3 on states made up for the purpose: what breaks each, and what does not.

use std::rc::Rc;

use super::lab::*;
use crate::protocols::raft::log::{Entry, Term};
use crate::protocols::raft::properties::Monitor;
use crate::protocols::raft::state::Role;
use crate::protocols::raft::*;
use crate::sim::verdict::Verdicts;

/// Five servers whose states are whatever the test says.
struct Stage {
    states: Vec<Rc<State>>,
    monitor: Monitor,
    verdicts: Verdicts,
    raft: Raft,
}

impl Stage {
    fn new() -> Stage {
        Stage {
            states: (0..5).map(|node| Rc::new(State::new(NodeId(node)))).collect(),
            monitor: Monitor::default(),
            verdicts: Verdicts::new(Raft::INFO),
            raft: Lab::new(5, &[]).raft,
        }
    }

    /// Changes a server and has it observed.
    fn at(&mut self, node: NodeId, change: impl FnOnce(&mut State)) -> &mut Stage {
        change(Rc::make_mut(&mut self.states[node.index()]));
        let names = NodeNames { servers: 5, clients: 2 };
        let servers = Servers { states: &self.states, up: &[true; 5], names };
        self.raft.observe(&mut self.monitor, &servers, node, &mut self.verdicts);
        self
    }

    fn append(&mut self, node: NodeId, term: Term, entries: &[Entry]) -> &mut Stage {
        self.at(node, |state| {
            state.current_term = term;
            entries.iter().for_each(|entry| state.log.append(entry.clone()));
        })
    }

    fn lead(&mut self, node: NodeId, term: Term) -> &mut Stage {
        self.at(node, |state| {
            state.role = Role::Leader;
            state.current_term = term;
        })
    }

    fn apply(&mut self, node: NodeId, up_to: u64) -> &mut Stage {
        self.at(node, |state| {
            while state.last_applied < up_to {
                state.last_applied += 1;
                let entry = state.log.get(state.last_applied).expect("there");
                state.journal.push(state.last_applied, *entry != Entry::no_op(entry.term));
            }
        })
    }

    fn broken(&self) -> Vec<String> {
        let all = self.verdicts.all().into_iter().filter(|verdict| verdict.broken());
        all.map(|v| format!("{}: {}", v.property.id, v.finding.expect("broken").because)).collect()
    }
}

fn no_ops(terms: &[Term]) -> Vec<Entry> {
    terms.iter().map(|&term| Entry::no_op(term)).collect()
}

#[test]
fn two_leaders_of_a_term_break_election_safety() {
    let mut stage = Stage::new();
    stage.lead(N1, 2).lead(N2, 3);
    assert_eq!(stage.broken(), [] as [String; 0], "leaders of different terms do not");
    stage.lead(N3, 2);
    assert_eq!(stage.broken(), ["election_safety: n1 and n3 both lead term 2"]);
    let mut stage = Stage::new();
    stage.lead(N1, 2).at(N1, |state| *state = state.after_crash()).lead(N3, 2);
    let because = "election_safety: n1 was elected in term 2, and now n3 leads it";
    assert_eq!(stage.broken(), [because]);
}

#[test]
fn a_leader_that_cuts_its_log_breaks_leader_append_only() {
    let mut stage = Stage::new();
    stage.append(N1, 1, &no_ops(&[1, 1, 1])).at(N1, |state| state.log.truncate_from(3));
    stage.lead(N1, 2).append(N1, 2, &no_ops(&[2, 2]));
    assert_eq!(stage.broken(), [] as [String; 0], "a follower may, and a leader may append");
    stage.at(N1, |state| {
        state.log.truncate_from(3);
        state.log.append(Entry::no_op(2));
        state.log.append(Entry::no_op(2));
    });
    let because = "leader_append_only: n1 leads term 2 and changed its log from index 3";
    assert_eq!(stage.broken(), [because], "although the log looks the same");
}

#[test]
fn an_index_and_a_term_with_two_commands_break_log_matching() {
    let mut stage = Stage::new();
    stage.append(N1, 1, &[command(1, C1, 1, "put x 1")]);
    stage.append(N2, 1, &[command(1, C1, 1, "put x 1")]);
    assert_eq!(stage.broken(), [] as [String; 0]);
    stage.append(N3, 1, &[command(1, C1, 1, "put x 2")]);
    let because = "log_matching: n1 and n3 both have an entry of term 1 at index 1: put x 1 (c1, \
                   term 1) and put x 2 (c1, term 1)";
    assert_eq!(stage.broken(), [because]);
}

#[test]
fn the_same_entry_after_different_ones_breaks_log_matching() {
    let mut stage = Stage::new();
    stage.append(N1, 4, &no_ops(&[1, 2, 4])).append(N2, 4, &no_ops(&[1, 3]));
    assert_eq!(stage.broken(), [] as [String; 0], "logs may differ");
    stage.append(N2, 4, &no_ops(&[4]));
    let because = "log_matching: n1 and n2 both have an entry of term 4 at index 3, after terms 2 \
                   and 3 at index 2";
    assert_eq!(stage.broken(), [because]);
}

#[test]
fn log_matching_is_checked_against_entries_that_are_gone_and_after_every_kind_of_cut() {
    let mut stage = Stage::new();
    stage.append(N1, 2, &no_ops(&[1, 2, 2])).at(N1, |state| state.log.truncate_from(2));
    stage.at(N2, |state| {
        // Several cuts within one event: where the log may have changed is not known.
        state.current_term = 3;
        no_ops(&[1, 1, 1]).into_iter().for_each(|entry| state.log.append(entry));
        state.log.truncate_from(3);
        state.log.truncate_from(1);
        no_ops(&[1, 1, 2]).into_iter().for_each(|entry| state.log.append(entry));
    });
    let because = "log_matching: n1 and n2 both have an entry of term 2 at index 3, after terms 2 \
                   and 1 at index 2";
    assert_eq!(stage.broken(), [because]);
}

#[test]
fn a_leader_without_a_committed_entry_breaks_leader_completeness() {
    let mut stage = Stage::new();
    stage.lead(N1, 2).append(N1, 2, &no_ops(&[1, 2]));
    stage.append(N2, 2, &no_ops(&[1, 2]));
    stage.append(N4, 1, &no_ops(&[1])).lead(N4, 3);
    assert_eq!(stage.broken(), [] as [String; 0], "two of five are no majority");
    let mut stage = Stage::new();
    stage.lead(N1, 2).append(N1, 2, &no_ops(&[1, 2]));
    stage.append(N2, 2, &no_ops(&[1, 2])).append(N3, 2, &no_ops(&[1, 2]));
    stage.append(N4, 1, &no_ops(&[1])).lead(N4, 3);
    let because = "leader_completeness: n4 leads term 3 with no entry at index 2, where an entry \
                   of term 2 was committed in term 2";
    assert_eq!(stage.broken(), [because]);
}

#[test]
fn an_entry_of_an_earlier_term_on_a_majority_is_not_committed() {
    let mut stage = Stage::new();
    for node in [N1, N2, N3, N4] {
        stage.append(node, 4, &no_ops(&[1, 2]));
    }
    stage.append(N5, 3, &no_ops(&[1, 3])).lead(N5, 5);
    assert_eq!(stage.broken(), [] as [String; 0], "Figure 8");
}

#[test]
fn what_a_leader_takes_for_committed_counts_as_well() {
    let mut stage = Stage::new();
    stage.append(N1, 2, &no_ops(&[1, 2])).lead(N1, 4).at(N1, |state| state.commit_index = 2);
    stage.append(N5, 3, &no_ops(&[1, 3])).lead(N5, 5);
    let because = "leader_completeness: n5 leads term 5 with an entry of term 3 at index 2, where \
                   an entry of term 2 was committed in term 4";
    assert_eq!(stage.broken(), [because]);
}

#[test]
fn an_entry_committed_late_is_looked_for_in_the_logs_of_leaders_gone_by() {
    let mut stage = Stage::new();
    stage.lead(N1, 2).append(N1, 2, &no_ops(&[2])).append(N2, 2, &no_ops(&[2]));
    stage.lead(N4, 3).append(N4, 3, &no_ops(&[3]));
    stage.at(N4, |state| {
        *state = state.after_crash();
        state.log.truncate_from(1);
    });
    assert_eq!(stage.broken(), [] as [String; 0]);
    stage.append(N3, 2, &no_ops(&[2]));
    let because = "leader_completeness: n4 leads term 3 with no entry at index 1, where an entry \
                   of term 2 was committed in term 2";
    assert_eq!(stage.broken(), [because]);
}

#[test]
fn different_entries_applied_at_an_index_break_state_machine_safety() {
    let mut stage = Stage::new();
    stage.append(N1, 2, &no_ops(&[1, 2])).apply(N1, 2);
    stage.append(N2, 2, &no_ops(&[1, 2])).apply(N2, 1).apply(N2, 2);
    stage.at(N1, |state| *state = state.after_crash()).apply(N1, 2);
    assert_eq!(stage.broken(), [] as [String; 0], "the same again after a crash");
    stage.at(N1, |state| *state = state.after_crash());
    stage.append(N3, 3, &no_ops(&[1, 3])).apply(N3, 2);
    let because = "state_machine_safety: at index 2 n1 applied no-op (term 2), n3 no-op (term 3)";
    assert_eq!(stage.broken(), [because], "although n1 has forgotten it");
}

#[test]
fn a_request_with_two_effects_breaks_exactly_once() {
    let twice = [command(1, C1, 1, "append x a"), command(1, C1, 1, "append x a")];
    let mut stage = Stage::new();
    stage.append(N1, 1, &twice).apply(N1, 1);
    stage.append(N2, 1, &twice).apply(N2, 1);
    stage.at(N1, |state| *state = state.after_crash()).apply(N1, 1);
    assert_eq!(stage.broken(), [] as [String; 0], "on several servers, and again after a crash");
    let mut suppressed = Stage::new();
    suppressed.append(N1, 1, &twice).apply(N1, 1).at(N1, |state| {
        state.last_applied = 2;
        state.journal.push(2, false);
    });
    assert_eq!(suppressed.broken(), [] as [String; 0], "the second time without effect");
    stage.apply(N2, 2);
    let because =
        "exactly_once: request 1 of c1 took effect at index 1, and again at index 2 on n2";
    assert_eq!(stage.broken(), [because]);
}

#[test]
fn an_entry_that_is_applied_twice_breaks_exactly_once() {
    let mut stage = Stage::new();
    stage.append(N1, 1, &[command(1, C1, 1, "append x a")]).at(N1, |state| {
        state.last_applied = 1;
        state.journal.push(1, true);
        state.journal.push(1, true);
    });
    assert_eq!(stage.broken(), ["exactly_once: n1 applied 2 entries up to index 1"]);
}

/// The kernel keeps copies of the monitor as keyframes; what happens later must not reach them.
#[test]
fn a_copy_of_the_history_stays_what_it_was() {
    let mut stage = Stage::new();
    stage.append(N1, 1, &no_ops(&[1, 1])).apply(N1, 1);
    let keyframe = (stage.states.clone(), stage.monitor.clone(), stage.verdicts.clone());
    stage.append(N2, 2, &no_ops(&[1, 2])).apply(N2, 2).lead(N2, 3);
    (stage.states, stage.monitor, stage.verdicts) = keyframe;
    stage.append(N2, 3, &no_ops(&[1, 3])).apply(N2, 2).lead(N3, 3);
    assert_eq!(stage.broken(), [] as [String; 0]);
}
