//! Figure 3, and exactly-once: checked after every event, at the cost of what the event changed.
//!
//! The checks keep the history variables of the proof in Ongaro's dissertation (appendix B): every
//! entry that was ever in a log, every election with the winner's log, every committed entry,
//! every applied one. They read the servers' logs themselves and never the engine's conclusions
//! (`match_index`, the session table), and they know the true majority, whatever the engine
//! believes.

use std::rc::Rc;

use super::Raft;
use super::log::{Command, Entry, Index, Log, Term};
use super::state::{Role, State};
use super::view::entry_text;
use crate::order::SortedMap;
use crate::protocols::quorum::{bit, majority};
use crate::sim::chunks::Chunks;
use crate::sim::protocol::Servers;
use crate::sim::verdict::Verdicts;
use crate::view::{NodeId, NodeNames};

/// So many second entries at committed indices are remembered: one of them is a violation already.
const BESIDES_MAX: usize = 1_000;

/// The history that the properties speak of. Copies share what they have in common.
#[derive(Clone, Debug, Default)]
pub struct Monitor {
    seen: Vec<Seen>,
    all_logs: Chunks<Slot>,
    elections: Rc<SortedMap<Term, Election>>,
    committed: Chunks<Committed>,
    /// What was committed at an index where something else had been: only after a flaw.
    committed_besides: Rc<SortedMap<(Index, Committed), ()>>,
    applied: Chunks<Applied>,
    effects: Rc<Vec<(NodeId, Chunks<Index>)>>,
    reached: Reached,
}

/// What a server looked like when it was last observed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Seen {
    leads: bool,
    term: Term,
    last_index: Index,
    truncations: u64,
    commit_index: Index,
    last_applied: Index,
}

/// Everything that any log ever held at one index, by term.
#[derive(Clone, Debug)]
struct Slot {
    first: Written,
    others: Vec<Written>,
}

/// An entry that was in some log.
#[derive(Clone, Debug)]
struct Written {
    entry: Entry,
    /// The term of the entry before it.
    prev_term: Term,
    /// Who was the first to have it.
    by: NodeId,
    /// Who has stored it while in its very term: these have acknowledged it to the leader that
    /// made it, or may do so. A bit for each server.
    stored_in_term: u64,
}

/// An election that was won.
#[derive(Clone, Debug)]
struct Election {
    leader: NodeId,
    /// The winner's log at that moment; dropped once no server can be in an earlier term.
    log: Option<Log>,
}

/// A committed entry, by its term, and the term in which it was committed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Committed {
    term: Term,
    in_term: Term,
}

/// What was first applied at an index, and by whom.
#[derive(Clone, Debug)]
struct Applied {
    entry: Entry,
    by: NodeId,
}

/// Which of the "sometimes" were reported.
#[derive(Clone, Copy, Debug, Default)]
struct Reached {
    elected: bool,
    replaced: bool,
    committed: bool,
    applied: bool,
    repaired: bool,
}

/// What a check looks at.
struct Scene<'a> {
    node: NodeId,
    state: &'a State,
    before: Seen,
    /// The first index whose entry may be another than before.
    changed_from: Index,
    names: NodeNames,
    servers: &'a Servers<'a, Raft>,
}

impl Monitor {
    /// Looks at the server at which something happened.
    pub(super) fn observe(
        &mut self,
        servers: &Servers<'_, Raft>,
        node: NodeId,
        verdicts: &mut Verdicts,
    ) {
        let state = &*servers.states[node.index()];
        let now = Seen::of(state);
        if self.seen.len() != servers.states.len() {
            self.seen.resize(servers.states.len(), Seen::default());
        }
        let before = std::mem::replace(&mut self.seen[node.index()], now);
        if before == now {
            return;
        }
        let changed_from = changed_from(&before, &now, state);
        let names = servers.names;
        let scene = Scene { node, state, before, changed_from, names, servers };
        self.leader_append_only(&scene, verdicts);
        if changed_from <= now.last_index {
            self.log_matching(&scene, verdicts);
        }
        if now.leads && !(before.leads && before.term == now.term) {
            self.election(&scene, verdicts);
        }
        if changed_from <= now.last_index {
            self.commit_what_a_majority_stored(&scene, verdicts);
        }
        if now.leads && now.commit_index > before.commit_index {
            let claimed = (before.commit_index + 1, now.commit_index);
            self.commit(&scene, claimed, now.term, verdicts);
        }
        if now.last_applied != before.last_applied {
            self.application(&scene, verdicts);
        }
    }

    /// A leader never overwrites or deletes entries in its log.
    fn leader_append_only(&mut self, scene: &Scene<'_>, verdicts: &mut Verdicts) {
        let Scene { node, before, state, names, .. } = *scene;
        if state.log.truncations().0 == before.truncations {
            return;
        }
        if before.leads && state.is_leader() && before.term == state.current_term {
            verdicts.found("leader_append_only", &[node], || {
                let (name, term) = (names.name(node), before.term);
                format!(
                    "{name} leads term {term} and changed its log from index {}",
                    scene.changed_from
                )
            });
        } else if !self.reached.repaired {
            self.reached.repaired = true;
            verdicts.found("log_repaired", &[node], || {
                format!("{} changed its log from index {}", names.name(node), scene.changed_from)
            });
        }
    }

    /// Wherever an index and a term occur, in whatever log and whenever, the command is the same
    /// and so is the term of the entry before. By induction over the index this is log matching.
    fn log_matching(&mut self, scene: &Scene<'_>, verdicts: &mut Verdicts) {
        let Scene { node, state, names, .. } = *scene;
        let from = scene.changed_from;
        let mut prev_term = state.log.term(from - 1).unwrap_or(0);
        for (entry, index) in changed(state, from) {
            let here = Written { entry: entry.clone(), prev_term, by: node, stored_in_term: 0 };
            let known = self.written(index, here);
            if entry.term == state.current_term {
                known.stored_in_term |= bit(node);
            }
            let same = known.entry == *entry && known.prev_term == prev_term;
            if !same {
                let (by, other_term) = (known.by, known.prev_term);
                let other = known.entry.clone();
                verdicts.found("log_matching", &[by, node], || {
                    let (a, b, term) = (names.name(by), names.name(node), entry.term);
                    let at =
                        format!("{a} and {b} both have an entry of term {term} at index {index}");
                    if other != *entry {
                        let texts = (entry_text(&other, names), entry_text(entry, names));
                        return format!("{at}: {} and {}", texts.0, texts.1);
                    }
                    let before = index - 1;
                    format!("{at}, after terms {other_term} and {prev_term} at index {before}")
                });
            }
            prev_term = entry.term;
        }
    }

    /// The record of an entry's index and term; the entry itself if it is the first.
    fn written(&mut self, index: Index, here: Written) -> &mut Written {
        if index > self.all_logs.len() {
            self.all_logs.push(Slot { first: here, others: Vec::new() });
            return &mut self.all_logs.get_mut(index - 1).expect("just pushed").first;
        }
        let slot = self.all_logs.get_mut(index - 1).expect("within the length");
        if slot.first.entry.term == here.entry.term {
            return &mut slot.first;
        }
        let known = slot.others.iter().position(|other| other.entry.term == here.entry.term);
        let at = known.unwrap_or_else(|| {
            slot.others.push(here);
            slot.others.len() - 1
        });
        &mut slot.others[at]
    }

    /// At most one leader a term; and the new one has what was committed in lower terms.
    fn election(&mut self, scene: &Scene<'_>, verdicts: &mut Verdicts) {
        let Scene { node, state, names, servers, .. } = *scene;
        let term = state.current_term;
        if !self.reached.elected {
            self.reached.elected = true;
            verdicts.found("leader_elected", &[node], || {
                format!("{} leads term {term}", names.name(node))
            });
        }
        if let Some(other) = self.elections.get(&term) {
            let first = other.leader;
            verdicts.found("election_safety", &[first, node], || {
                let both = servers.states[first.index()].role == Role::Leader
                    && servers.states[first.index()].current_term == term;
                let (a, b) = (names.name(first), names.name(node));
                match both {
                    true => format!("{a} and {b} both lead term {term}"),
                    false => format!("{a} was elected in term {term}, and now {b} leads it"),
                }
            });
        } else if !self.reached.replaced && !self.elections.entries().is_empty() {
            self.reached.replaced = true;
            verdicts.found("leader_replaced", &[node], || {
                format!("{} leads term {term}, after others", names.name(node))
            });
        }
        let besides = self.committed_besides.entries().iter();
        let besides = besides.map(|((index, other), ())| (other, *index));
        for (committed, index) in self.committed.iter().zip(1..).chain(besides) {
            if committed.in_term < term && state.log.term(index) != Some(committed.term) {
                report_incomplete(verdicts, names, node, term, &state.log, index, *committed);
                break;
            }
        }
        let oldest = servers.states.iter().map(|state| state.current_term).min().unwrap_or(0);
        let elections = Rc::make_mut(&mut self.elections);
        for election in elections.up_to_mut(&oldest).iter_mut().map(|(_, election)| election).rev()
        {
            if election.log.take().is_none() {
                break;
            }
        }
        let election = Election { leader: node, log: Some(state.log.clone()) };
        elections.or_insert_with(term, || election);
    }

    /// An entry that a majority has stored in its own term is committed, whether or not its
    /// leader has heard of it yet (§5.4.2).
    fn commit_what_a_majority_stored(&mut self, scene: &Scene<'_>, verdicts: &mut Verdicts) {
        let Scene { state, names, .. } = *scene;
        let term = state.current_term;
        if state.log.last_term() != term {
            return;
        }
        let quorum = majority(names.servers);
        let mut index = state.log.last_index();
        while index >= scene.changed_from && state.log.term(index) == Some(term) {
            let slot = self.all_logs.get(index - 1).expect("registered before");
            let mut written = std::iter::once(&slot.first).chain(&slot.others);
            let stored = written.find(|written| written.entry.term == term);
            let stored = stored.map_or(0, |written| written.stored_in_term);
            if stored.count_ones() >= quorum {
                self.commit(scene, (index, index), term, verdicts);
                return;
            }
            index -= 1;
        }
    }

    /// The entry at `index` is committed in `term`, and with it everything before: leaders of
    /// higher terms must have it, those of the past as well as those to come. Whatever is not yet
    /// known is compared, and besides that what lies from `first` on.
    fn commit(
        &mut self,
        scene: &Scene<'_>,
        (first, index): (Index, Index),
        term: Term,
        verdicts: &mut Verdicts,
    ) {
        let Scene { node, state, names, .. } = *scene;
        let Some(mut entry_term) = state.log.term(index) else { return };
        if !self.reached.committed {
            self.reached.committed = true;
            verdicts.found("entry_committed", &[node], || format!("index {index}, term {term}"));
        }
        let known = self.committed.len();
        let later = !self.elections.after(&term).is_empty();
        let first = if later { 1 } else { first.min(known).max(1) };
        let mut fresh = Vec::new();
        let mut at = index;
        while at >= first {
            match self.committed.get(at - 1) {
                None => fresh.push(Committed { term: entry_term, in_term: term }),
                Some(other) if other.term == entry_term => {}
                Some(other) => {
                    let (here, other) = (Committed { term: entry_term, in_term: term }, *other);
                    if other.in_term != term {
                        report_two_committed(verdicts, scene, at, here, other);
                    }
                    if self.committed_besides.entries().len() < BESIDES_MAX {
                        Rc::make_mut(&mut self.committed_besides).insert((at, here), ());
                    }
                }
            }
            if later {
                self.leaders_gone_by(
                    names,
                    at,
                    Committed { term: entry_term, in_term: term },
                    verdicts,
                );
            }
            entry_term = self.prev_term(at, entry_term);
            at -= 1;
        }
        fresh.into_iter().rev().for_each(|committed| self.committed.push(committed));
    }

    /// The term before an entry, in the log in which it was first: that of the leader that made
    /// it. Who has it by a flaw behind other entries does not change what is committed.
    fn prev_term(&self, index: Index, term: Term) -> Term {
        let Some(slot) = self.all_logs.get(index - 1) else { return 0 };
        let mut written = std::iter::once(&slot.first).chain(&slot.others);
        written.find(|written| written.entry.term == term).map_or(0, |written| written.prev_term)
    }

    /// An entry is committed in a term below those of leaders that were elected already.
    fn leaders_gone_by(
        &self,
        names: NodeNames,
        index: Index,
        committed: Committed,
        verdicts: &mut Verdicts,
    ) {
        for &(higher, ref election) in self.elections.after(&committed.in_term) {
            let Some(log) = &election.log else { continue };
            if log.term(index) != Some(committed.term) {
                let leader = election.leader;
                report_incomplete(verdicts, names, leader, higher, log, index, committed);
            }
        }
    }

    /// What a server applies at an index, every server applies there; and a request takes effect
    /// at one index.
    fn application(&mut self, scene: &Scene<'_>, verdicts: &mut Verdicts) {
        let Scene { node, state, before, names, .. } = *scene;
        // A server that crashed starts over: everything is judged again.
        let first = match state.last_applied < before.last_applied {
            true => 1,
            false => before.last_applied + 1,
        };
        let count = state.last_applied.saturating_sub(first - 1) as usize;
        for (entry, index) in changed(state, first).take(count) {
            match self.applied.get(index - 1) {
                None => self.applied.push(Applied { entry: entry.clone(), by: node }),
                Some(applied) if applied.entry == *entry => {}
                Some(Applied { entry: other, by }) => {
                    verdicts.found("state_machine_safety", &[*by, node], || {
                        let (a, b) = (names.name(*by), names.name(node));
                        let texts = (entry_text(other, names), entry_text(entry, names));
                        format!("at index {index} {a} applied {}, {b} {}", texts.0, texts.1)
                    });
                }
            }
            if state.journal.get(index - 1) == Some((index, true))
                && let Command::Client(request) = &entry.command
            {
                if !self.reached.applied {
                    self.reached.applied = true;
                    verdicts.found("command_applied", &[node], || entry_text(entry, names));
                }
                self.effect(scene, request.client, request.number, index, verdicts);
            }
        }
        if state.journal.len() != state.last_applied {
            verdicts.found("exactly_once", &[node], || {
                let (steps, last) = (state.journal.len(), state.last_applied);
                format!("{} applied {steps} entries up to index {last}", names.name(node))
            });
        }
    }

    /// A request takes effect at one index at most, on whichever server.
    fn effect(
        &mut self,
        scene: &Scene<'_>,
        client: NodeId,
        number: u64,
        index: Index,
        verdicts: &mut Verdicts,
    ) {
        let Scene { node, names, .. } = *scene;
        let at = match self.effects.iter().position(|(other, _)| *other == client) {
            Some(at) => at,
            None => {
                Rc::make_mut(&mut self.effects).push((client, Chunks::new()));
                self.effects.len() - 1
            }
        };
        match self.effects[at].1.get(number) {
            Some(&known) if known == index => {}
            Some(&known) if known != 0 => {
                verdicts.found("exactly_once", &[node], || {
                    let (client, node) = (names.name(client), names.name(node));
                    format!(
                        "request {number} of {client} took effect at index {known}, and again \
                         at index {index} on {node}"
                    )
                });
            }
            Some(_) => {
                let effects = &mut Rc::make_mut(&mut self.effects)[at].1;
                *effects.get_mut(number).expect("within the length") = index;
            }
            None => {
                let effects = &mut Rc::make_mut(&mut self.effects)[at].1;
                while effects.len() < number {
                    effects.push(0);
                }
                effects.push(index);
            }
        }
    }
}

impl Seen {
    fn of(state: &State) -> Seen {
        Seen {
            leads: state.role == Role::Leader,
            term: state.current_term,
            last_index: state.log.last_index(),
            truncations: state.log.truncations().0,
            commit_index: state.commit_index,
            last_applied: state.last_applied,
        }
    }
}

/// The first index whose entry may be another than before.
fn changed_from(before: &Seen, now: &Seen, state: &State) -> Index {
    let (truncations, kept) = state.log.truncations();
    match truncations.checked_sub(before.truncations) {
        Some(0) if now.last_index >= before.last_index => before.last_index + 1,
        Some(1) => before.last_index.min(kept) + 1,
        _ => 1,
    }
}

/// The entries of a log from an index on, with their indices.
fn changed(state: &State, from: Index) -> impl Iterator<Item = (&Entry, Index)> {
    state.log.entries().range(from - 1, u64::MAX).zip(from..)
}

fn report_two_committed(
    verdicts: &mut Verdicts,
    scene: &Scene<'_>,
    index: Index,
    here: Committed,
    other: Committed,
) {
    verdicts.found("leader_completeness", &[scene.node], || {
        let name = scene.names.name(scene.node);
        format!(
            "with {name} an entry of term {} is committed at index {index} in term {}, where one \
             of term {} was committed in term {}: the leader of term {} lacked the other",
            here.term,
            here.in_term,
            other.term,
            other.in_term,
            here.in_term.max(other.in_term),
        )
    });
}

fn report_incomplete(
    verdicts: &mut Verdicts,
    names: NodeNames,
    leader: NodeId,
    term: Term,
    log: &Log,
    index: Index,
    committed: Committed,
) {
    verdicts.found("leader_completeness", &[leader], || {
        let has = match log.term(index) {
            Some(term) => format!("an entry of term {term}"),
            None => "no entry".to_string(),
        };
        let Committed { term: entry_term, in_term } = committed;
        format!(
            "{} leads term {term} with {has} at index {index}, where an entry of term \
             {entry_term} was committed in term {in_term}",
            names.name(leader)
        )
    });
}
