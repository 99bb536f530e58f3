//! # Paxos: one decision
//!
//! ## Problem
//! Processes that may propose values are to choose a single one and to learn it, although they
//! crash and restart and the network loses, delays, duplicates and reorders messages. Nothing
//! wrong is ever chosen; something is chosen if a majority of acceptors runs and one proposer is
//! left alone for long enough.
//!
//! ## Idea
//! Proposals are numbered: *ballots*. A proposer first has a majority of acceptors *promise* to
//! accept nothing below its ballot, and to tell what they have accepted (phase 1). Then it asks
//! them to *accept* a value: that of the highest-numbered proposal it was told of, and its own
//! only if there is none (phase 2). A value is chosen when a majority has accepted it at one
//! ballot. Any two majorities share an acceptor, so every higher ballot is told of it.
//!
//! ## Messages
//! `Prepare`, `Promise`, `Accept` and `Accepted`; `Nack` is the refusal of §2.2, with the ballot
//! that is promised. `Inquire` is a learner that has a proposer issue a proposal (§2.3).
//!
//! ## Guarantees
//! §2.1: only a value that has been proposed is chosen, only a single one, and no process learns
//! that a value has been chosen unless it has been. P1a and P2b of §2.2, from which that follows,
//! are checked as well, after every event, in `properties.rs`.
//!
//! ## How to break it
//! Each flaw removes one rule: `promise_forgotten`, `ballot_reused` (§2.5), `accepted_value_ignored`
//! (§2.2, P2c), `quorum_too_small` (§2.2).
//!
//! ## What is left out, and where this differs from the paper
//! - Many decisions (§3): an instance for each.
//! - The distinguished proposer (§2.4) is not elected: proposers that are overtaken back off for a
//!   time of chance, which ends duels with probability one. With a fixed time they need not end.
//! - The first nodes are proposers, the first acceptors, the last learners, as many as is said.
//! - Acceptors tell every learner, and the ballot's proposer, which answers its clients. §2.3 also
//!   has distinguished learners: fewer messages, one delay more.
//! - A proposer whose own acceptor answers a higher ballot knows that it is overtaken.
//! - A prepare request that arrives again is promised again until its ballot is accepted.
//! - What a learner learned is not on stable storage: it asks again.
//! - A step at a node is atomic: what it stores is on stable storage before its messages leave.
//!
//! ## Reference
//! Leslie Lamport, *Paxos Made Simple*, 2001: §2.1 the problem, §2.2 choosing, §2.3 learning, §2.4
//! progress, §2.5 implementation.

use crate::protocols::ballot::Ballot;
use crate::protocols::quorum::majority;
use crate::service::{Consensus, Propose};
use crate::sim::info::{Info, Params};
use crate::sim::protocol::{Cx, Protocol, Request, Servers, TimerTag};
use crate::sim::verdict::Verdicts;
use crate::view::{MessageView, NodeId, NodeNames, NodeView, Panel, Time};

pub mod state;

mod acceptor;
mod info;
mod properties;
mod proposer;
#[cfg(test)]
mod tests;
mod view;

use state::Proposal;
pub use state::State;

const RETRY: TimerTag = TimerTag(0);
const ASK: TimerTag = TimerTag(1);

/// The parameters.
#[derive(Clone, Debug)]
pub struct Paxos {
    servers: u32,
    proposers: u32,
    acceptors: u32,
    learners: u32,
    timeout_us: Time,
    backoff: (Time, Time),
    ask: (Time, Time),
    flaws: Flaws,
}

/// Which rules are left out.
#[derive(Clone, Debug)]
struct Flaws {
    promise_forgotten: bool,
    accepted_value_ignored: bool,
    quorum_too_small: bool,
    ballot_reused: bool,
}

/// What nodes send each other.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Msg {
    /// Promise me to accept nothing below this ballot.
    Prepare(Ballot),
    /// Promised.
    Promise {
        /// The ballot that is promised.
        ballot: Ballot,
        /// The highest-numbered proposal that the acceptor has accepted.
        accepted: Option<Proposal>,
    },
    /// Accept this proposal.
    Accept(Proposal),
    /// Accepted.
    Accepted(Proposal),
    /// Refused.
    Nack {
        /// The ballot of the request.
        ballot: Ballot,
        /// The higher one that is promised.
        promised: Ballot,
    },
    /// Issue a proposal, so that I learn what is chosen.
    Inquire,
}

impl Protocol for Paxos {
    const INFO: &'static Info = &info::INFO;
    type State = State;
    type Msg = Msg;
    type Service = Consensus;
    type Monitor = properties::Monitor;

    fn new(params: &Params) -> Paxos {
        let flaw = |id| params.flaw(Self::INFO, id);
        let some = |name| (params.count(Self::INFO, name) as u32).min(params.servers);
        Paxos {
            servers: params.servers,
            proposers: some("proposers"),
            acceptors: some("acceptors"),
            learners: some("learners"),
            timeout_us: params.duration(Self::INFO, "timeout"),
            backoff: params.range(Self::INFO, "backoff"),
            ask: params.range(Self::INFO, "ask"),
            flaws: Flaws {
                promise_forgotten: flaw("promise_forgotten"),
                accepted_value_ignored: flaw("accepted_value_ignored"),
                quorum_too_small: flaw("quorum_too_small"),
                ballot_reused: flaw("ballot_reused"),
            },
        }
    }

    fn init(&self, me: NodeId) -> State {
        State::new(me, self.servers)
    }

    fn on_start(&self, state: &mut State, cx: &mut Cx<'_, Paxos>) {
        let (promised, round) = (state.promised, state.round);
        if round > 0 || !promised.is_none() {
            cx.note("restored", || format!("promise {promised} and round {round} were kept"));
        }
        if self.is_learner(state.me) {
            cx.set_timer(ASK, self.ask.0, self.ask.1);
        }
    }

    /// §2.5: an acceptor's intended response is on stable storage before it is sent, and so is the
    /// highest number that a proposer has used.
    fn on_crash(&self, old: &State, _me: NodeId) -> State {
        let mut state = old.after_crash();
        if self.flaws.promise_forgotten {
            state.promised = Ballot::default();
        }
        if self.flaws.ballot_reused {
            state.round = 0;
        }
        state
    }

    fn on_message(&self, state: &mut State, from: NodeId, msg: Msg, cx: &mut Cx<'_, Paxos>) {
        self.on_message_of(state, from, msg, cx);
    }

    fn on_timer(&self, state: &mut State, timer: TimerTag, cx: &mut Cx<'_, Paxos>) {
        match timer {
            RETRY => self.on_retry_timeout(state, cx),
            _ => self.on_ask_timeout(state, cx),
        }
    }

    fn on_request(&self, state: &mut State, request: Request<Propose>, cx: &mut Cx<'_, Paxos>) {
        self.take_request(state, request, cx);
    }

    fn kind(msg: &Msg) -> usize {
        match msg {
            Msg::Prepare(_) => 0,
            Msg::Promise { .. } => 1,
            Msg::Accept(_) => 2,
            Msg::Accepted(_) => 3,
            Msg::Nack { .. } => 4,
            Msg::Inquire => 5,
        }
    }

    fn view(&self, state: &State, names: NodeNames) -> NodeView {
        let _ = names;
        view::node(self, state)
    }

    fn message_view(&self, msg: &Msg, names: NodeNames) -> MessageView {
        let _ = names;
        view::message(msg)
    }

    fn picture(&self, servers: &Servers<'_, Self>) -> Vec<Panel> {
        vec![view::ladder(self, servers)]
    }

    fn observe(
        &self,
        monitor: &mut properties::Monitor,
        servers: &Servers<'_, Paxos>,
        node: NodeId,
        verdicts: &mut Verdicts,
    ) {
        monitor.observe(self.acceptors, servers, node, verdicts);
    }
}

impl Paxos {
    /// How many acceptors make a quorum: a majority (§2.2).
    fn quorum(&self) -> u32 {
        if self.flaws.quorum_too_small {
            return (self.acceptors / 2).max(1);
        }
        majority(self.acceptors)
    }

    fn is_learner(&self, node: NodeId) -> bool {
        node.0 + self.learners >= self.servers
    }

    fn on_message_of(&self, state: &mut State, from: NodeId, msg: Msg, cx: &mut Cx<'_, Paxos>) {
        match msg {
            Msg::Prepare(ballot) => self.on_prepare(state, from, ballot, cx),
            Msg::Promise { ballot, accepted } => {
                self.on_promise(state, from, ballot, accepted, cx);
            }
            Msg::Accept(proposal) => self.on_accept(state, from, proposal, cx),
            Msg::Accepted(proposal) => self.on_accepted(state, from, proposal, cx),
            Msg::Nack { ballot, promised } => self.on_nack(state, ballot, promised, cx),
            Msg::Inquire => self.on_inquire(state, cx),
        }
    }

    /// Sends a message; what a node tells itself it knows at once.
    fn send(&self, state: &mut State, to: NodeId, msg: Msg, cx: &mut Cx<'_, Paxos>) {
        if to == state.me {
            self.on_message_of(state, to, msg, cx);
        } else {
            cx.send(to, msg);
        }
    }
}
