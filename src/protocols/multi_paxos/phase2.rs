//! Phase 2, slot by slot: the leader proposes, acceptors accept, and what a quorum has accepted is
//! chosen. Several slots are open at once (§3: when 1 to i are chosen, it may propose i + 1 to i + α).

use std::rc::Rc;

use super::ledger::{Proposal, Slot};
use super::state::{Open, State};
use super::{Accept, Accepted, HEARTBEAT, Msg, MultiPaxos};
use crate::protocols::quorum::bit;
use crate::protocols::sessions::{Command, redirect};
use crate::service::KeyValueOp;
use crate::sim::protocol::{Cx, Request};
use crate::view::NodeId;

impl MultiPaxos {
    /// A client asks. The leader proposes the command in the next slot; anybody else sends the
    /// client there.
    pub(super) fn take_request(
        &self,
        state: &mut State,
        request: Request<KeyValueOp>,
        cx: &mut Cx<'_, MultiPaxos>,
    ) {
        let (client, number) = (request.client, request.number);
        if !state.is_leader() {
            redirect(client, number, state.leader, cx);
            return;
        }
        let suppress = !self.flaws.apply_twice;
        if !state.requests.admit(&state.machine, (client, number), suppress, cx) {
            return;
        }
        let request = Rc::new(request);
        state.intake.count += 1;
        state.intake.last = Some(request.clone());
        state.queue.push(request);
        self.propose(state, cx);
        if !state.queue.is_empty() {
            let (open, names) = (state.open.len(), cx.names());
            cx.note("request_queued", || {
                format!("{} waits: {open} slots are open already", names.name(client))
            });
        }
    }

    /// Proposes in as many slots as the window allows: first what phase 1 has found, then what
    /// clients ask for. Whether there was anything to propose.
    pub(super) fn propose(&self, state: &mut State, cx: &mut Cx<'_, MultiPaxos>) -> bool {
        let mut proposed = false;
        while state.next_slot <= state.chosen + self.window {
            let slot = state.next_slot;
            if state.learned.get(slot).is_none() {
                let Some(command) = self.next_command(state, slot, cx) else { break };
                self.open_slot(state, slot, command, cx);
                proposed = true;
            }
            state.next_slot += 1;
        }
        proposed
    }

    /// The value for a slot: of the proposals that the promises reported, the one of the highest
    /// ballot (P2c); nothing where there was none but a later slot has one; else a request.
    fn next_command(
        &self,
        state: &mut State,
        slot: Slot,
        cx: &mut Cx<'_, MultiPaxos>,
    ) -> Option<Command> {
        if let Some(reported) = state.reported.get_mut((slot - state.first) as usize) {
            let Some(Proposal { ballot, command }) = reported.take() else {
                cx.note("gap_filled", || {
                    format!("slot {slot} gets a no-op: later ones are in use")
                });
                return Some(Command::NoOp);
            };
            let names = cx.names();
            cx.note("value_adopted", || {
                format!("slot {slot}: {}, accepted in {ballot}", command.text(names))
            });
            return Some(command);
        }
        if state.queue.is_empty() {
            return None;
        }
        let command = Command::Client(state.queue.remove(0));
        let names = cx.names();
        cx.note("request_proposed", || format!("{} in slot {slot}", command.text(names)));
        Some(command)
    }

    /// Phase 2a. The leader is an acceptor as well, and its own acceptance needs no message.
    fn open_slot(
        &self,
        state: &mut State,
        slot: Slot,
        command: Command,
        cx: &mut Cx<'_, MultiPaxos>,
    ) {
        let ballot = state.promised;
        state.accepted.set(slot, Proposal { ballot, command: command.clone() });
        let accepted = bit(state.me);
        state.open.push(Open { slot, command: command.clone(), accepted, overdue: false });
        cx.broadcast(&Msg::Accept(Accept { ballot, slot, command, chosen: state.chosen }));
        self.count_acceptances(state, slot, cx);
    }

    /// Phase 2b: an acceptor accepts unless it has promised a higher ballot.
    pub(super) fn on_accept(
        &self,
        state: &mut State,
        from: NodeId,
        accept: Accept,
        cx: &mut Cx<'_, MultiPaxos>,
    ) {
        let Accept { ballot, slot, command, chosen } = accept;
        if ballot < state.promised {
            self.refuse(state, from, ballot, cx);
            return;
        }
        self.hear_leader(state, from, cx);
        let names = cx.names();
        cx.note("accepted", || format!("slot {slot}: {} in {ballot}", command.text(names)));
        state.accepted.set(slot, Proposal { ballot, command });
        cx.send(from, Msg::Accepted(Accepted { ballot, slot }));
        self.learn_up_to(state, chosen, cx);
    }

    /// An acceptance: with a quorum of them the value is chosen.
    pub(super) fn on_accepted(
        &self,
        state: &mut State,
        from: NodeId,
        reply: &Accepted,
        cx: &mut Cx<'_, MultiPaxos>,
    ) {
        let Accepted { ballot, slot } = *reply;
        if ballot != state.promised || !state.is_leader() {
            self.ignore(from, ballot, cx);
            return;
        }
        // Where a slot is not open any more, this is one acceptance more than was needed.
        let Some(open) = state.open.iter_mut().find(|open| open.slot == slot) else { return };
        open.accepted |= bit(from);
        let before = state.chosen;
        self.count_acceptances(state, slot, cx);
        if !self.propose(state, cx) && state.chosen > before {
            self.announce(state, cx);
        }
    }

    fn count_acceptances(&self, state: &mut State, slot: Slot, cx: &mut Cx<'_, MultiPaxos>) {
        let Some(place) = state.open.iter().position(|open| open.slot == slot) else { return };
        let count = state.open[place].accepted.count_ones();
        if count < self.quorum() {
            return;
        }
        let ballot = state.promised;
        let command = state.open.remove(place).command;
        cx.note("chosen", || format!("slot {slot}: {count} have accepted it in {ballot}"));
        state.learned.set(slot, Proposal { ballot, command });
        self.advance(state, cx);
    }

    /// Leaders: the heartbeat is due. Whatever has been open for longer than one is sent again to
    /// those who have not accepted it.
    pub(super) fn on_heartbeat_timeout(&self, state: &mut State, cx: &mut Cx<'_, MultiPaxos>) {
        if !state.is_leader() {
            return;
        }
        let (ballot, chosen) = (state.promised, state.chosen);
        for open in &mut state.open {
            let Open { slot, ref command, accepted, overdue } = *open;
            let missing = cx.others().filter(|&node| overdue && accepted & bit(node) == 0);
            for to in missing {
                let names = cx.names();
                cx.note("accept_repeated", || format!("slot {slot} to {}", names.name(to)));
                let command = command.clone();
                cx.send(to, Msg::Accept(Accept { ballot, slot, command, chosen }));
            }
            open.overdue = true;
        }
        self.announce(state, cx);
        cx.set_timer(HEARTBEAT, self.heartbeat_us, self.heartbeat_us);
    }
}
