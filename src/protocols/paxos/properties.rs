//! What §2.1 demands, and what it follows from: checked after every event.
//!
//! The checks keep every promise, acceptance and proposal of the past. They count acceptances
//! themselves, of the true majority, and never ask what a learner concluded.

use super::Paxos;
use super::state::{Proposal, Text, ballot_of};
use crate::protocols::ballot::Ballot;
use crate::protocols::quorum::{bit, majority, nodes};
use crate::sim::protocol::Servers;
use crate::sim::verdict::Verdicts;
use crate::view::NodeId;

/// The history that the properties speak of.
#[derive(Clone, Debug, Default)]
pub struct Monitor {
    seen: Vec<Seen>,
    wishes: Vec<Text>,
    /// Every proposal that was made or accepted.
    proposals: Vec<Voted>,
    /// The first value that was chosen, and its lowest ballot.
    pub(super) chosen: Option<Proposal>,
    learned: Option<(NodeId, Text)>,
}

/// What a node had done when it was last observed.
#[derive(Clone, Debug, Default)]
struct Seen {
    promised: Ballot,
    accepted: Ballot,
    learned: Option<Text>,
    /// The proposer's ballot, and the highest it ever began.
    ballot: Ballot,
    begun: Ballot,
}

/// A proposal, and who ever accepted it, a bit for each node.
#[derive(Clone, Debug)]
struct Voted {
    proposal: Proposal,
    by: u64,
}

impl Monitor {
    /// Looks at the node at which something happened.
    pub(super) fn observe(
        &mut self,
        acceptors: u32,
        servers: &Servers<'_, Paxos>,
        node: NodeId,
        verdicts: &mut Verdicts,
    ) {
        let state = &*servers.states[node.index()];
        self.seen.resize(servers.states.len(), Seen::default());
        let name = || servers.names.name(node);
        let seen = &mut self.seen[node.index()];
        let (before, promised) = (seen.promised, state.promised);
        let accepted = ballot_of(&state.accepted);
        if promised < before {
            verdicts.found("promise_kept", &[node], || {
                format!("{} promised {before}, and now {promised}", name())
            });
        }
        if accepted != seen.accepted && accepted < before {
            verdicts.found("promise_kept", &[node], || {
                format!("{} promised {before} and accepted at {accepted}", name())
            });
        }
        seen.promised = before.max(promised);
        seen.accepted = accepted;
        let (ballot, begun) = (state.ballot, seen.begun);
        if ballot != seen.ballot && !ballot.is_none() && ballot <= begun {
            verdicts.found("ballot_new", &[node], || {
                format!("{} began {begun} before, and now {ballot}", name())
            });
        }
        seen.ballot = ballot;
        seen.begun = begun.max(ballot);
        let news = seen.learned != state.learned;
        seen.learned = state.learned.clone();
        if let Some(wish) = state.wish.as_ref().filter(|wish| !self.wishes.contains(wish)) {
            self.wishes.push(wish.clone());
        }
        if let Some(value) = &state.proposed {
            let proposal = Proposal { ballot: state.ballot, value: value.clone() };
            self.propose(&proposal, (node, 0), acceptors, verdicts);
        }
        if let Some(proposal) = &state.accepted {
            self.propose(proposal, (node, bit(node)), acceptors, verdicts);
        }
        if let Some(value) = state.learned.as_ref().filter(|_| news) {
            self.learn(value, (node, name()), acceptors, verdicts);
        }
    }

    /// A proposal was made, or was accepted by whom the bit means.
    fn propose(
        &mut self,
        proposal: &Proposal,
        (node, by): (NodeId, u64),
        acceptors: u32,
        verdicts: &mut Verdicts,
    ) {
        let Proposal { ballot, value } = proposal;
        let known = self.proposals.iter().position(|voted| voted.proposal == *proposal);
        let at = known.unwrap_or_else(|| {
            let mut others = self.proposals.iter().map(|voted| &voted.proposal);
            if let Some(other) = others.find(|other| other.ballot == *ballot) {
                verdicts.found("one_value_a_ballot", &[node], || {
                    format!("{ballot} has the values {} and {value}", other.value)
                });
            }
            if !self.wishes.contains(value) {
                verdicts.found("validity", &[node], || format!("nobody proposed {value}"));
            }
            self.proposals.push(Voted { proposal: proposal.clone(), by: 0 });
            self.proposals.len() - 1
        });
        let voted = &mut self.proposals[at];
        if known.is_some() && voted.by | by == voted.by {
            return;
        }
        voted.by |= by;
        let by = voted.by;
        if by.count_ones() >= majority(acceptors) {
            self.choose(proposal, &nodes(by), verdicts);
        }
        self.chosen_for_ever(node, verdicts);
    }

    /// A majority of the acceptors has accepted it, whether anybody knows or not.
    fn choose(&mut self, proposal: &Proposal, by: &[NodeId], verdicts: &mut Verdicts) {
        let Proposal { ballot, value } = proposal;
        let first = self.chosen.get_or_insert_with(|| proposal.clone());
        if first.value != *value {
            verdicts.found("agreement", by, || {
                format!("{} is chosen at {}, {value} at {ballot}", first.value, first.ballot)
            });
        } else if *ballot < first.ballot {
            first.ballot = *ballot;
        }
        verdicts.found("value_chosen", by, || format!("{value} at {ballot}"));
    }

    fn chosen_for_ever(&self, node: NodeId, verdicts: &mut Verdicts) {
        let Some(chosen) = &self.chosen else { return };
        let higher = |voted: &&Voted| {
            voted.proposal.ballot > chosen.ballot && voted.proposal.value != chosen.value
        };
        if let Some(Voted { proposal, .. }) = self.proposals.iter().find(higher) {
            let Proposal { ballot, value } = proposal;
            verdicts.found("chosen_for_ever", &[node], || {
                format!(
                    "{} is chosen at {}, {value} proposed at {ballot}",
                    chosen.value, chosen.ballot
                )
            });
        }
    }

    fn learn(
        &mut self,
        value: &Text,
        (node, name): (NodeId, String),
        acceptors: u32,
        verdicts: &mut Verdicts,
    ) {
        let chosen = |voted: &Voted| {
            voted.proposal.value == *value && voted.by.count_ones() >= majority(acceptors)
        };
        if !self.proposals.iter().any(chosen) {
            verdicts.found("learned_is_chosen", &[node], || {
                format!("{name} learned {value}, which no majority accepted")
            });
        }
        let (first, other) = self.learned.get_or_insert_with(|| (node, value.clone()));
        if other != value {
            verdicts.found("agreement", &[*first, node], || {
                format!("{name} learned {value}, another {other}")
            });
        }
        verdicts.found("value_learned", &[node], || format!("{name} learned {value}"));
    }
}
