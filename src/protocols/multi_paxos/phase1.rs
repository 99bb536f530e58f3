//! Phase 1, once for all slots (§3): a candidate asks for promises, and who promises reports what
//! it has accepted. With a quorum of promises the candidate leads.

use std::rc::Rc;

use super::ledger::Slot;
use super::state::{Role, State};
use super::{ELECTION, HEARTBEAT, Msg, MultiPaxos, Nack, Prepare, Promise};
use crate::protocols::ballot::Ballot;
use crate::protocols::quorum::bit;
use crate::protocols::sessions::Command;
use crate::sim::protocol::Cx;
use crate::view::NodeId;

impl MultiPaxos {
    /// The election timeout starts anew with a length of chance, so that candidates rarely duel.
    pub(super) fn reset_election_timer(&self, cx: &mut Cx<'_, MultiPaxos>) {
        let (lo, hi) = self.election;
        cx.set_timer(ELECTION, lo, hi);
    }

    /// A higher ballot was seen: it is promised, and a lower one of one's own abandoned (§2.2).
    pub(super) fn adopt_ballot(
        &self,
        state: &mut State,
        ballot: Ballot,
        cx: &mut Cx<'_, MultiPaxos>,
    ) {
        if state.role != Role::Follower {
            let (role, old) = (role_name(state.role), state.promised);
            cx.note("stepped_down", || format!("no longer {role} of ballot {old}: {ballot}"));
        }
        if state.is_leader() {
            cx.cancel_timer(HEARTBEAT);
            self.reset_election_timer(cx);
        }
        state.promised = ballot;
        state.role = Role::Follower;
        state.leader = None;
        state.promises = 0;
        state.reported.clear();
        state.open.clear();
        state.queue.clear();
        state.requests.send_away(None, cx);
    }

    /// No leader was heard for too long: phase 1 of a new ballot, higher than any that was seen.
    pub(super) fn on_election_timeout(&self, state: &mut State, cx: &mut Cx<'_, MultiPaxos>) {
        if state.is_leader() {
            return;
        }
        if state.role == Role::Candidate {
            let (ballot, count) = (state.promised, state.promises.count_ones());
            cx.note("election_undecided", || format!("{count} promises for {ballot}: not enough"));
        }
        state.round = state.round.max(state.promised.round) + 1;
        let ballot = Ballot::new(state.round, state.me);
        let first = state.chosen + 1;
        state.promised = ballot;
        state.role = Role::Candidate;
        state.leader = None;
        state.promises = bit(state.me);
        state.first = first;
        state.reported = state.accepted.range(first, Slot::MAX).cloned().collect();
        self.reset_election_timer(cx);
        cx.note("became_candidate", || format!("phase 1 of ballot {ballot} from slot {first} on"));
        if self.flaws.skip_phase_1 {
            self.become_leader(state, cx);
            return;
        }
        cx.broadcast(&Msg::Prepare(Prepare { ballot, first }));
        self.count_promises(state, cx);
    }

    /// Phase 1b: an acceptor that has promised no higher ballot promises this one, and reports
    /// what it has accepted.
    pub(super) fn on_prepare(
        &self,
        state: &mut State,
        from: NodeId,
        prepare: &Prepare,
        cx: &mut Cx<'_, MultiPaxos>,
    ) {
        let Prepare { ballot, first } = *prepare;
        if ballot < state.promised {
            self.refuse(state, from, ballot, cx);
            return;
        }
        self.reset_election_timer(cx);
        let slots = state.accepted.range(first, Slot::MAX).zip(first..);
        let accepted: Rc<[_]> = slots.filter_map(|(p, slot)| Some((slot, p.clone()?))).collect();
        let (names, count) = (cx.names(), accepted.len());
        cx.note("promised", || {
            format!("{ballot} to {}, which hears of {count} slots", names.name(from))
        });
        cx.send(from, Msg::Promise(Promise { ballot, accepted }));
    }

    /// A request of a lower ballot than promised is not ignored silently: its proposer learns which
    /// ballot stands in its way (§2.2, last paragraph).
    pub(super) fn refuse(
        &self,
        state: &State,
        to: NodeId,
        ballot: Ballot,
        cx: &mut Cx<'_, MultiPaxos>,
    ) {
        let (names, promised) = (cx.names(), state.promised);
        cx.note("refused", || format!("{ballot} of {}: {promised} is promised", names.name(to)));
        cx.send(to, Msg::Nack(Nack { ballot, promised }));
    }

    /// A promise, with what that acceptor has accepted.
    pub(super) fn on_promise(
        &self,
        state: &mut State,
        from: NodeId,
        promise: &Promise,
        cx: &mut Cx<'_, MultiPaxos>,
    ) {
        if promise.ballot != state.promised || state.role == Role::Follower {
            self.ignore(from, promise.ballot, cx);
            return;
        }
        if state.is_leader() {
            let names = cx.names();
            cx.note("late_promise_ignored", || {
                format!("{}'s promise: there are enough", names.name(from))
            });
            return;
        }
        // One bit an acceptor: a promise that arrives twice counts once.
        state.promises |= bit(from);
        for (slot, proposal) in promise.accepted.iter() {
            let Some(place) = slot.checked_sub(state.first) else { continue };
            let place = place as usize;
            if state.reported.len() <= place {
                state.reported.resize(place + 1, None);
            }
            let highest = &mut state.reported[place];
            if highest.as_ref().is_none_or(|known| known.ballot < proposal.ballot) {
                *highest = Some(proposal.clone());
            }
        }
        self.count_promises(state, cx);
    }

    fn count_promises(&self, state: &mut State, cx: &mut Cx<'_, MultiPaxos>) {
        if state.promises.count_ones() >= self.quorum() {
            self.become_leader(state, cx);
        }
    }

    /// Phase 1 is done, for this and all later slots: phase 2 begins with what was reported.
    fn become_leader(&self, state: &mut State, cx: &mut Cx<'_, MultiPaxos>) {
        state.role = Role::Leader;
        state.leader = Some(state.me);
        state.next_slot = state.first;
        if self.flaws.accepted_value_ignored {
            state.reported.clear();
        }
        let (ballot, count, first) = (state.promised, state.promises.count_ones(), state.first);
        cx.note("became_leader", || {
            format!("leads ballot {ballot} with {count} promises, from slot {first} on")
        });
        for proposal in state.reported.iter().flatten() {
            if let Command::Client(request) = &proposal.command {
                state.requests.know(request.client, request.number);
            }
        }
        cx.cancel_timer(ELECTION);
        cx.set_timer(HEARTBEAT, self.heartbeat_us, self.heartbeat_us);
        if !self.propose(state, cx) {
            self.announce(state, cx);
        }
    }

    /// A higher ballot is promised there: it was adopted before. If it was not higher, the refusal
    /// is of a ballot long given up.
    pub(super) fn on_nack(
        &self,
        state: &State,
        from: NodeId,
        nack: &Nack,
        cx: &mut Cx<'_, MultiPaxos>,
    ) {
        if nack.promised < state.promised {
            self.ignore(from, nack.ballot, cx);
        }
    }

    /// An answer to a ballot that the server has given up.
    pub(super) fn ignore(&self, from: NodeId, ballot: Ballot, cx: &mut Cx<'_, MultiPaxos>) {
        let names = cx.names();
        cx.note("stale_reply_ignored", || format!("{} answers {ballot}", names.name(from)));
    }
}

fn role_name(role: Role) -> &'static str {
    match role {
        Role::Leader => "leader",
        Role::Candidate => "candidate",
        Role::Follower => "follower",
    }
}
