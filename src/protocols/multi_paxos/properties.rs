//! The safety of each instance and of the sequence: checked after every event, at the cost of what
//! the event changed.
//!
//! The checks keep what the proof of §2.2 speaks of: every proposal that was ever accepted, with
//! its acceptors; what a true majority has so chosen; the highest promise of every acceptor. They
//! read what acceptors have on stable storage and never what the engine concludes from it, except
//! to hold it against this.

use std::rc::Rc;

use super::MultiPaxos;
use super::ledger::{Ledger, Proposal, Slot};
use super::state::State;
use crate::protocols::ballot::Ballot;
use crate::protocols::quorum::{bit, majority};
use crate::protocols::sessions::Command;
use crate::service::KeyValueOp;
use crate::sim::chunks::Chunks;
use crate::sim::protocol::{Request, Servers};
use crate::sim::verdict::Verdicts;
use crate::view::{NodeId, NodeNames};

/// The history that the properties speak of. Copies share what they have in common.
#[derive(Clone, Debug, Default)]
pub struct Monitor {
    seen: Vec<Seen>,
    instances: Chunks<Instance>,
    calls: Rc<Vec<Call>>,
    /// The ballot that was seen to lead first.
    led: Option<Ballot>,
    reached: Reached,
}

/// What a server looked like when it was last observed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Seen {
    promised: Ballot,
    leads: bool,
    /// How much was written to each of its ledgers.
    accepted: u64,
    learned: u64,
    journal: u64,
    intake: u64,
}

/// Everything that ever happened in one slot.
#[derive(Clone, Debug, Default)]
struct Instance {
    tried: Vec<Tried>,
    /// What was chosen: for each value the lowest ballot in which it was. More than one value is a
    /// violation.
    chosen: Vec<Proposal>,
    /// What was first applied, and by whom.
    applied: Option<(Command, NodeId)>,
}

/// A proposal that was accepted by somebody.
#[derive(Clone, Debug)]
struct Tried {
    proposal: Proposal,
    /// Who accepted it first.
    by: NodeId,
    /// Who has accepted it, a bit for each server.
    acceptors: u64,
}

/// A client's request: what it asked, if any server has taken it, and in which slot it took effect.
#[derive(Clone, Debug)]
struct Call {
    client: NodeId,
    number: u64,
    asked: Option<Rc<Request<KeyValueOp>>>,
    effect: Slot,
}

/// Which of the "sometimes" were reported.
#[derive(Clone, Copy, Debug, Default)]
struct Reached {
    replaced: bool,
    chosen: bool,
    applied: bool,
    carried_over: bool,
    gap_filled: bool,
}

/// What a check looks at.
struct Scene<'a> {
    node: NodeId,
    state: &'a State,
    before: Seen,
    names: NodeNames,
}

impl Monitor {
    /// Looks at the server at which something happened; the first time at all of them, since what
    /// they are given to start with belongs to the past of each.
    pub(super) fn observe(
        &mut self,
        servers: &Servers<'_, MultiPaxos>,
        node: NodeId,
        verdicts: &mut Verdicts,
    ) {
        let names = servers.names;
        if self.seen.is_empty() {
            self.seen.resize(servers.states.len(), Seen::default());
            for (state, node) in servers.states.iter().zip(names.servers()) {
                let scene = Scene { node, state, before: Seen::default(), names };
                self.acceptance(&scene, verdicts);
                self.seen[node.index()].accepted = state.accepted.written().len();
            }
        }
        let state = &*servers.states[node.index()];
        let now = Seen::of(state);
        let before = std::mem::replace(&mut self.seen[node.index()], now);
        if before == now {
            return;
        }
        let scene = Scene { node, state, before, names };
        if now.intake > before.intake
            && let Some(request) = &state.intake.last
        {
            self.call(request.client, request.number).asked = Some(request.clone());
        }
        self.promise(&scene, verdicts);
        self.leadership(&scene, verdicts);
        self.acceptance(&scene, verdicts);
        self.learning(&scene, verdicts);
        if now.journal != before.journal {
            self.application(&scene, verdicts);
        }
    }

    /// What was promised stays promised, whether or not there was a crash.
    fn promise(&mut self, scene: &Scene<'_>, verdicts: &mut Verdicts) {
        let Scene { node, state, before, names } = *scene;
        if state.promised < before.promised {
            verdicts.found("promises_kept", &[node], || {
                let (name, old, new) = (names.name(node), before.promised, state.promised);
                format!("{name} has promised {old}, and goes back to {new}")
            });
            // A promise holds for ever, remembered or not.
            self.seen[node.index()].promised = before.promised;
        }
    }

    fn leadership(&mut self, scene: &Scene<'_>, verdicts: &mut Verdicts) {
        let Scene { node, state, before, names } = *scene;
        if !state.is_leader() || before.leads && before.promised == state.promised {
            return;
        }
        let text = || format!("{} leads ballot {}", names.name(node), state.promised);
        match self.led {
            None => {
                self.led = Some(state.promised);
                verdicts.found("leader_established", &[node], text);
            }
            Some(first) if first != state.promised && !self.reached.replaced => {
                self.reached.replaced = true;
                verdicts.found("leader_replaced", &[node], text);
            }
            Some(_) => {}
        }
    }

    /// P1a, validity, one value for a ballot, and what follows when a majority has accepted.
    fn acceptance(&mut self, scene: &Scene<'_>, verdicts: &mut Verdicts) {
        let Scene { node, state, before, names } = *scene;
        for (slot, proposal) in fresh(&state.accepted, before.accepted) {
            let Proposal { ballot, command } = proposal;
            if *ballot < before.promised {
                verdicts.found("promises_kept", &[node], || {
                    let (name, promised) = (names.name(node), before.promised);
                    format!("{name} has promised {promised}, and accepts {ballot} in slot {slot}")
                });
            }
            if let Command::Client(request) = command
                && self.call(request.client, request.number).asked.as_ref() != Some(request)
            {
                verdicts.found("validity", &[node], || {
                    let (name, text) = (names.name(node), command.text(names));
                    format!("{name} accepts {text} in slot {slot}: no client asked a leader for it")
                });
            }
            let instance = self.instance(slot);
            let place = instance.tried.iter().position(|tried| tried.proposal == *proposal);
            let place = place.unwrap_or_else(|| {
                let tried = Tried { proposal: proposal.clone(), by: node, acceptors: 0 };
                instance.tried.push(tried);
                instance.tried.len() - 1
            });
            let tried = &mut instance.tried[place];
            let fresh = tried.acceptors == 0;
            tried.acceptors |= bit(node);
            let chosen = tried.acceptors.count_ones() >= majority(names.servers);
            if fresh {
                self.proposal(scene, slot, proposal, verdicts);
            }
            if chosen {
                self.choice(scene, slot, proposal, verdicts);
            }
        }
    }

    /// A proposal that nobody has accepted before: its number has no other value, and nothing else
    /// was chosen in a lower ballot.
    fn proposal(
        &mut self,
        scene: &Scene<'_>,
        slot: Slot,
        proposal: &Proposal,
        verdicts: &mut Verdicts,
    ) {
        let Scene { node, names, .. } = *scene;
        let instance = self.instance(slot);
        let same = |tried: &&Tried| tried.proposal.ballot == proposal.ballot;
        if let Some(other) = instance.tried.iter().find(same)
            && other.proposal.command != proposal.command
        {
            let (by, other) = (other.by, other.proposal.command.clone());
            verdicts.found("one_value_per_ballot", &[by, node], || {
                let texts = (other.text(names), proposal.command.text(names));
                format!("{} in slot {slot}: {} and {}", proposal.ballot, texts.0, texts.1)
            });
        }
        stable(scene, slot, instance, verdicts);
        let earlier = |tried: &Tried| {
            let Proposal { ballot, ref command } = tried.proposal;
            ballot < proposal.ballot && *command == proposal.command && *command != Command::NoOp
        };
        if !self.reached.carried_over && self.instance(slot).tried.iter().any(earlier) {
            self.reached.carried_over = true;
            verdicts.found("value_carried_over", &[node], || {
                format!("{} in slot {slot} and {}", proposal.command.text(names), proposal.ballot)
            });
        }
    }

    /// A value is chosen in a slot: by a majority of acceptors, or in the belief of a learner.
    fn choice(
        &mut self,
        scene: &Scene<'_>,
        slot: Slot,
        proposal: &Proposal,
        verdicts: &mut Verdicts,
    ) {
        let Scene { node, names, .. } = *scene;
        let Proposal { ballot, ref command } = *proposal;
        if !self.reached.chosen {
            self.reached.chosen = true;
            verdicts.found("value_chosen", &[node], || {
                format!("{} in slot {slot} and {ballot}", command.text(names))
            });
        }
        if *command == Command::NoOp && !self.reached.gap_filled {
            self.reached.gap_filled = true;
            verdicts.found("gap_filled", &[node], || format!("a no-op in slot {slot}"));
        }
        let instance = self.instance(slot);
        match instance.chosen.iter_mut().find(|known| known.command == *command) {
            Some(known) if known.ballot <= ballot => return,
            Some(known) => known.ballot = ballot,
            None => instance.chosen.push(proposal.clone()),
        }
        if let [first, .., last] = &instance.chosen[..] {
            verdicts.found("agreement", &[node], || {
                let texts = (first.command.text(names), last.command.text(names));
                format!(
                    "slot {slot}: {} is chosen in {}, {} in {}",
                    texts.0, first.ballot, texts.1, last.ballot
                )
            });
        }
        stable(scene, slot, instance, verdicts);
    }

    /// A process never learns that a value has been chosen unless it actually has been.
    fn learning(&mut self, scene: &Scene<'_>, verdicts: &mut Verdicts) {
        let Scene { node, state, before, names } = *scene;
        for (slot, proposal) in fresh(&state.learned, before.learned) {
            let known = &self.instance(slot).chosen;
            if known.iter().any(|known| known.command == proposal.command) {
                continue;
            }
            verdicts.found("only_chosen_learned", &[node], || {
                let (name, text) = (names.name(node), proposal.command.text(names));
                format!("{name} takes {text} for chosen in slot {slot}: no majority accepted it")
            });
            self.choice(scene, slot, proposal, verdicts);
        }
    }

    /// Commands are applied in the order of the slots, none left out, and the same everywhere; and
    /// a request takes effect in one slot.
    fn application(&mut self, scene: &Scene<'_>, verdicts: &mut Verdicts) {
        let Scene { node, state, before, names } = *scene;
        // A server that crashed starts over: everything is judged again.
        let first = if state.journal.len() < before.journal { 0 } else { before.journal };
        for step in first..state.journal.len() {
            let Some((slot, took_effect)) = state.journal.get(step) else { continue };
            if slot != step + 1 {
                verdicts.found("state_machine_safety", &[node], || {
                    let (name, due) = (names.name(node), step + 1);
                    format!("{name} applied slot {slot} when slot {due} was next")
                });
            }
            let Some(Proposal { command, .. }) = state.learned.get(slot) else { continue };
            match &mut self.instance(slot).applied {
                applied @ None => *applied = Some((command.clone(), node)),
                Some((known, _)) if known == command => {}
                Some((other, by)) => verdicts.found("state_machine_safety", &[*by, node], || {
                    let (a, b) = (names.name(*by), names.name(node));
                    let texts = (other.text(names), command.text(names));
                    format!("in slot {slot} {a} applied {}, {b} {}", texts.0, texts.1)
                }),
            }
            if took_effect && let Command::Client(request) = command {
                self.effect(scene, slot, request, verdicts);
            }
        }
    }

    fn effect(
        &mut self,
        scene: &Scene<'_>,
        slot: Slot,
        request: &Request<KeyValueOp>,
        verdicts: &mut Verdicts,
    ) {
        let Scene { node, names, .. } = *scene;
        if !self.reached.applied {
            self.reached.applied = true;
            verdicts.found("command_applied", &[node], || format!("slot {slot}"));
        }
        let (client, number) = (request.client, request.number);
        let known = std::mem::replace(&mut self.call(client, number).effect, slot);
        if known != 0 && known != slot {
            verdicts.found("exactly_once", &[node], || {
                let (client, node) = (names.name(client), names.name(node));
                format!(
                    "request {number} of {client} took effect in slot {known}, and again in slot \
                     {slot} on {node}"
                )
            });
        }
    }

    fn instance(&mut self, slot: Slot) -> &mut Instance {
        while self.instances.len() < slot {
            self.instances.push(Instance::default());
        }
        self.instances.get_mut(slot.saturating_sub(1)).expect("just made")
    }

    /// What is known of a request. The one that is looked for is mostly among the last.
    fn call(&mut self, client: NodeId, number: u64) -> &mut Call {
        let calls = Rc::make_mut(&mut self.calls);
        let known = |call: &Call| (call.client, call.number) == (client, number);
        let place = calls.iter().rposition(known).unwrap_or_else(|| {
            calls.push(Call { client, number, asked: None, effect: 0 });
            calls.len() - 1
        });
        &mut calls[place]
    }
}

impl Seen {
    fn of(state: &State) -> Seen {
        Seen {
            promised: state.promised,
            leads: state.is_leader(),
            accepted: state.accepted.written().len(),
            learned: state.learned.written().len(),
            journal: state.journal.len(),
            intake: state.intake.count,
        }
    }
}

/// What was written to a ledger since so much was written; all of it if the ledger was begun anew.
fn fresh(ledger: &Ledger, before: u64) -> impl Iterator<Item = (Slot, &Proposal)> {
    let written = ledger.written();
    let from = if written.len() < before { 0 } else { before };
    written.range(from, u64::MAX).filter_map(|&slot| Some((slot, ledger.get(slot)?)))
}

/// P2b: if a proposal with a value is chosen, every proposal of a higher ballot has that value.
fn stable(scene: &Scene<'_>, slot: Slot, instance: &Instance, verdicts: &mut Verdicts) {
    for chosen in &instance.chosen {
        for Tried { proposal, by, .. } in &instance.tried {
            if proposal.ballot > chosen.ballot && proposal.command != chosen.command {
                verdicts.found("chosen_stays_chosen", &[*by], || {
                    let names = scene.names;
                    let texts = (chosen.command.text(names), proposal.command.text(names));
                    format!(
                        "slot {slot}: {} is chosen in {}, and {} accepts {} in {}",
                        texts.0,
                        chosen.ballot,
                        names.name(*by),
                        texts.1,
                        proposal.ballot
                    )
                });
            }
        }
    }
}
