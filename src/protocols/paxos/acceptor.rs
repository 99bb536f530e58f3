//! Acceptors (§2.2) and learners (§2.3).

use super::state::{Phase, Proposal, State, ballot_of};
use super::{ASK, Msg, Paxos, RETRY};
use crate::protocols::ballot::Ballot;
use crate::sim::protocol::{Answer, Cx};
use crate::view::NodeId;

impl Paxos {
    /// Phase 1 (b): a number greater than that of any prepare request to which it has already
    /// responded is answered with a promise and the highest-numbered accepted proposal.
    ///
    /// The same request once more is answered once more, until something is accepted there.
    pub(super) fn on_prepare(
        &self,
        state: &mut State,
        from: NodeId,
        ballot: Ballot,
        cx: &mut Cx<'_, Paxos>,
    ) {
        let again = ballot == state.promised && ballot_of(&state.accepted) < ballot;
        if ballot < state.promised || ballot == state.promised && !again {
            self.refuse(state, from, ballot, cx);
            return;
        }
        state.promise(ballot);
        cx.note("promised", || format!("accepts nothing below {ballot} any more"));
        let accepted = state.accepted.clone();
        self.send(state, from, Msg::Promise { ballot, accepted }, cx);
        self.overtake(state, ballot, cx);
    }

    /// Phase 2 (b): it accepts the proposal unless it has already responded to a prepare request
    /// having a greater number.
    pub(super) fn on_accept(
        &self,
        state: &mut State,
        from: NodeId,
        proposal: Proposal,
        cx: &mut Cx<'_, Paxos>,
    ) {
        let ballot = proposal.ballot;
        if ballot < state.promised {
            self.refuse(state, from, ballot, cx);
            return;
        }
        state.accept(proposal.clone());
        cx.note("accepted", || format!("{} at {ballot}", proposal.value));
        // Every learner, for the fewest delays, and the proposer, which answers its clients.
        for node in cx.names().servers() {
            if self.is_learner(node) || node == ballot.node() {
                self.send(state, node, Msg::Accepted(proposal.clone()), cx);
            }
        }
        self.overtake(state, ballot, cx);
    }

    /// §2.2: an acceptor that ignores a request tells its proposer, which should abandon it.
    fn refuse(&self, state: &mut State, from: NodeId, ballot: Ballot, cx: &mut Cx<'_, Paxos>) {
        let promised = state.promised;
        cx.note("refused", || format!("{ballot}: {promised} is promised"));
        self.send(state, from, Msg::Nack { ballot, promised }, cx);
    }

    /// A majority of acceptors has accepted a proposal: its value is chosen.
    pub(super) fn on_accepted(
        &self,
        state: &mut State,
        from: NodeId,
        proposal: Proposal,
        cx: &mut Cx<'_, Paxos>,
    ) {
        let Some(last) = state.heard.get_mut(from.index()) else { return };
        let ballot = proposal.ballot;
        if ballot_of(last) >= ballot {
            return;
        }
        let value = proposal.value.clone();
        *last = Some(proposal);
        let acceptances = state.acceptances(ballot).count_ones();
        if acceptances < self.quorum() {
            return;
        }
        if state.learned.is_none() {
            cx.note("learned", || format!("{value}: {acceptances} accepted it at {ballot}"));
            state.learned = Some(value.clone());
            cx.cancel_timer(ASK);
        }
        state.phase = Phase::Idle;
        cx.cancel_timer(RETRY);
        for (client, number) in std::mem::take(&mut state.waiting) {
            cx.reply(client, number, Answer::Done(value.clone()));
        }
    }

    /// §2.3: a learner that does not know whether a value has been chosen can have a proposer
    /// issue a proposal. It asks one after the other.
    pub(super) fn on_ask_timeout(&self, state: &mut State, cx: &mut Cx<'_, Paxos>) {
        let proposer = NodeId(state.asked % self.proposers);
        state.asked = state.asked.wrapping_add(1);
        let names = cx.names();
        cx.note("asked", || format!("{} for a proposal", names.name(proposer)));
        cx.set_timer(ASK, self.ask.0, self.ask.1);
        self.send(state, proposer, Msg::Inquire, cx);
    }
}
