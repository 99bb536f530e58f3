//! Proposers (§2.2, §2.4) and their clients.

use super::state::{Phase, Proposal, State, ballot_of};
use super::{Msg, Paxos, RETRY};
use crate::protocols::ballot::Ballot;
use crate::protocols::quorum::bit;
use crate::service::Propose;
use crate::sim::protocol::{Answer, Cx, Request};
use crate::view::NodeId;

impl Paxos {
    /// A client proposes a value.
    pub(super) fn take_request(
        &self,
        state: &mut State,
        request: Request<Propose>,
        cx: &mut Cx<'_, Paxos>,
    ) {
        let (names, client, number) = (cx.names(), request.client, request.number);
        if state.me.0 >= self.proposers {
            let proposer = NodeId(state.me.0 % self.proposers);
            cx.note("request_redirected", || {
                format!("{} is sent to {}", names.name(client), names.name(proposer))
            });
            cx.reply(client, number, Answer::Redirect(Some(proposer)));
            return;
        }
        if let Some(value) = state.learned.clone() {
            cx.reply(client, number, Answer::Done(value));
            return;
        }
        if !state.waiting.contains(&(client, number)) {
            state.waiting.push((client, number));
        }
        if state.wish.is_none() {
            state.wish = Some(request.op.0);
        } else {
            cx.note("request_waits", || {
                format!("{} is told what is chosen, whatever it is", names.name(client))
            });
        }
        if state.phase == Phase::Idle {
            self.start_ballot(state, cx);
        }
    }

    /// A learner wants to know what is chosen; a ballot under way will tell it.
    pub(super) fn on_inquire(&self, state: &mut State, cx: &mut Cx<'_, Paxos>) {
        if state.phase == Phase::Idle {
            self.start_ballot(state, cx);
        }
    }

    /// Phase 1 (a): a proposer selects a proposal number and sends a prepare request. §2.5: it
    /// remembers the highest number that it used, and begins with a higher one.
    fn start_ballot(&self, state: &mut State, cx: &mut Cx<'_, Paxos>) {
        state.round += 1;
        let ballot = Ballot::new(state.round, state.me);
        state.phase = Phase::Prepare;
        state.ballot = ballot;
        state.proposed = None;
        state.promises = 0;
        state.highest = None;
        state.overtaken = false;
        cx.note("prepared", || format!("asks for promises at {ballot}"));
        cx.set_timer(RETRY, self.timeout_us, self.timeout_us);
        self.to_acceptors(state, &Msg::Prepare(ballot), cx);
    }

    /// Phase 2 (a): with promises of a majority it proposes the value of the highest-numbered
    /// proposal among the responses, or any value if there is none.
    pub(super) fn on_promise(
        &self,
        state: &mut State,
        from: NodeId,
        ballot: Ballot,
        accepted: Option<Proposal>,
        cx: &mut Cx<'_, Paxos>,
    ) {
        if state.phase != Phase::Prepare || ballot != state.ballot {
            cx.note("late_answer_ignored", || format!("a promise for {ballot}"));
            return;
        }
        // One bit an acceptor: a promise that arrives twice counts once.
        state.promises |= bit(from);
        if ballot_of(&accepted) > ballot_of(&state.highest) {
            state.highest = accepted;
        }
        if state.promises.count_ones() < self.quorum() {
            return;
        }
        let mut adopted = state.highest.as_ref();
        if self.flaws.accepted_value_ignored && state.wish.is_some() {
            adopted = None;
        }
        let value = match (adopted, &state.wish) {
            (Some(highest), _) => {
                let Proposal { ballot: old, value } = highest.clone();
                cx.note("value_adopted", || format!("{value}, accepted at {old}, for {ballot}"));
                value
            }
            (None, Some(wish)) => {
                let value = wish.clone();
                cx.note("value_free", || format!("nothing is accepted: {value} for {ballot}"));
                value
            }
            (None, None) => {
                cx.note("nothing_to_propose", || "nothing is accepted, nobody asked".to_string());
                state.phase = Phase::Idle;
                cx.cancel_timer(RETRY);
                return;
            }
        };
        state.phase = Phase::Accept;
        state.proposed = Some(value.clone());
        if !state.overtaken {
            cx.set_timer(RETRY, self.timeout_us, self.timeout_us);
        }
        self.to_acceptors(state, &Msg::Accept(Proposal { ballot, value }), cx);
    }

    /// An acceptor has promised more.
    pub(super) fn on_nack(
        &self,
        state: &mut State,
        ballot: Ballot,
        promised: Ballot,
        cx: &mut Cx<'_, Paxos>,
    ) {
        if ballot == state.ballot {
            self.overtake(state, promised, cx);
        } else {
            cx.note("late_answer_ignored", || format!("a refusal of {ballot}"));
        }
    }

    /// The proposer knows of a higher ballot: it tries again above that, after a while. Until
    /// then answers still count.
    pub(super) fn overtake(&self, state: &mut State, ballot: Ballot, cx: &mut Cx<'_, Paxos>) {
        if state.phase == Phase::Idle || ballot <= state.ballot {
            return;
        }
        state.round = state.round.max(ballot.round);
        if !state.overtaken {
            state.overtaken = true;
            let own = state.ballot;
            cx.note("ballot_overtaken", || format!("{own} by {ballot}"));
            cx.set_timer(RETRY, self.backoff.0, self.backoff.1);
        }
    }

    /// The back-off is over, or too few have answered for too long.
    pub(super) fn on_retry_timeout(&self, state: &mut State, cx: &mut Cx<'_, Paxos>) {
        // Who knows the value has no ballot to win: a learner that still asks will ask again.
        if state.phase == Phase::Idle || state.learned.is_some() {
            state.phase = Phase::Idle;
            return;
        }
        if !state.overtaken {
            let ballot = state.ballot;
            cx.note("timed_out", || format!("too few answer at {ballot}"));
        }
        self.start_ballot(state, cx);
    }

    fn to_acceptors(&self, state: &mut State, msg: &Msg, cx: &mut Cx<'_, Paxos>) {
        let me = state.me;
        for node in (0..self.acceptors).map(NodeId).filter(|node| *node != me) {
            cx.send(node, msg.clone());
        }
        if me.0 < self.acceptors {
            self.on_message_of(state, me, msg.clone(), cx);
        }
    }
}
