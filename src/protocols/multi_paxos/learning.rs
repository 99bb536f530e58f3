//! Learning what is chosen, applying it in the order of the slots, and catching up.

use std::rc::Rc;

use super::ledger::{Proposal, Slot};
use super::state::State;
use super::{Chosen, Heartbeat, Learn, Msg, MultiPaxos};
use crate::protocols::sessions::Command;
use crate::sim::protocol::Cx;
use crate::view::NodeId;

impl MultiPaxos {
    /// The leader tells everybody that it is there, and up to where everything is chosen.
    pub(super) fn announce(&self, state: &State, cx: &mut Cx<'_, MultiPaxos>) {
        let heartbeat = Heartbeat { ballot: state.promised, chosen: state.chosen };
        cx.broadcast(&Msg::Heartbeat(heartbeat));
    }

    /// A message of phase 2 in the promised ballot comes from whoever leads with it.
    pub(super) fn hear_leader(&self, state: &mut State, from: NodeId, cx: &mut Cx<'_, MultiPaxos>) {
        self.reset_election_timer(cx);
        if state.leader != Some(from) {
            let (names, ballot) = (cx.names(), state.promised);
            state.leader = Some(from);
            cx.note("leader_recognized", || format!("{} leads {ballot}", names.name(from)));
        }
    }

    /// The leader is there. Who misses slots that are chosen asks for them.
    pub(super) fn on_heartbeat(
        &self,
        state: &mut State,
        from: NodeId,
        heartbeat: &Heartbeat,
        cx: &mut Cx<'_, MultiPaxos>,
    ) {
        let Heartbeat { ballot, chosen } = *heartbeat;
        if ballot < state.promised {
            self.refuse(state, from, ballot, cx);
            return;
        }
        self.hear_leader(state, from, cx);
        self.learn_up_to(state, chosen, cx);
        if state.chosen < chosen {
            let (names, first) = (cx.names(), state.chosen + 1);
            cx.note("catching_up", || {
                format!("asks {} for slots {first} to {chosen}", names.name(from))
            });
            cx.send(from, Msg::Learn(Learn { first }));
        }
    }

    /// The leader of the promised ballot says up to where everything is chosen. It has proposed
    /// only one value in a slot, so that what was accepted in its ballot is what is chosen; of
    /// anything that was accepted in another ballot this cannot be told.
    pub(super) fn learn_up_to(&self, state: &mut State, chosen: Slot, cx: &mut Cx<'_, MultiPaxos>) {
        let before = state.chosen;
        for slot in before + 1..=chosen {
            if state.learned.get(slot).is_none() {
                let accepted = state.accepted.get(slot);
                let Some(own) = accepted.filter(|own| own.ballot == state.promised) else { break };
                let own = own.clone();
                state.learned.set(slot, own);
            }
        }
        self.advance(state, cx);
        let now = state.chosen;
        if now > before {
            cx.note("chosen_learned", || format!("everything up to slot {now}"));
        }
    }

    /// Somebody misses slots: it gets those that this server knows to be chosen, a batch of them.
    pub(super) fn on_learn(
        &self,
        state: &State,
        from: NodeId,
        learn: &Learn,
        cx: &mut Cx<'_, MultiPaxos>,
    ) {
        let (first, chosen) = (learn.first, state.chosen);
        let last = chosen.min(first.saturating_add(self.batch - 1));
        let proposals: Rc<[Proposal]> =
            state.learned.range(first, last).flatten().cloned().collect();
        if !proposals.is_empty() {
            cx.send(from, Msg::Chosen(Chosen { first, proposals, chosen }));
        }
    }

    /// Slots that were missed. If there are more of them, the next batch is asked for at once.
    pub(super) fn on_chosen(
        &self,
        state: &mut State,
        from: NodeId,
        reply: &Chosen,
        cx: &mut Cx<'_, MultiPaxos>,
    ) {
        let before = state.chosen;
        for (proposal, slot) in reply.proposals.iter().zip(reply.first..) {
            if state.learned.get(slot).is_none() {
                state.learned.set(slot, proposal.clone());
            }
        }
        self.advance(state, cx);
        let now = state.chosen;
        if now == before {
            return;
        }
        cx.note("caught_up", || format!("slots {} to {now} are learned", before + 1));
        if now < reply.chosen {
            cx.send(from, Msg::Learn(Learn { first: now + 1 }));
        }
        if state.is_leader() {
            let learned = &state.learned;
            state.open.retain(|open| learned.get(open.slot).is_none());
            self.propose(state, cx);
        }
    }

    /// Everything is chosen up to the first slot of which that is not known; so far it is applied.
    pub(super) fn advance(&self, state: &mut State, cx: &mut Cx<'_, MultiPaxos>) {
        while state.learned.get(state.chosen + 1).is_some() {
            state.chosen += 1;
        }
        let last = if self.flaws.gap_skipped { state.learned.last() } else { state.chosen };
        let first = state.applied + 1;
        while state.applied < last {
            state.applied += 1;
            let Some(proposal) = state.learned.get(state.applied) else { continue };
            let took_effect = match proposal.command.clone() {
                Command::NoOp => false,
                Command::Client(request) => {
                    let machine = Rc::make_mut(&mut state.machine);
                    let took_effect = machine.apply(&request, !self.flaws.apply_twice);
                    state.requests.applied(machine, (request.client, request.number), cx);
                    took_effect
                }
            };
            state.journal.push(state.applied, took_effect);
        }
        if first <= last {
            cx.note("applied", || format!("slots {first} to {last}"));
        }
    }
}
