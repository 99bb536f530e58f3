//! # Multi-Paxos: a sequence of commands, each chosen by an instance of Paxos
//!
//! ## Problem
//! Several servers are to keep the same state machine, so that clients are served as by one server
//! that does not fail, although servers crash and restart and the network loses, delays, duplicates
//! and reorders messages. For each *slot*, the first, the second and so on, they must agree on one
//! command. At least a majority must run and hear each other for anything to be chosen; nothing
//! wrong is ever chosen.
//!
//! ## Idea
//! Every slot is an instance of single-decree Paxos: a value is chosen when a majority of acceptors
//! has accepted it in one *ballot* (the paper: a proposal of one number), and who proposes in a
//! higher ballot first hears from a majority what may have been chosen, and proposes that. The
//! first half of this, phase 1, does not need the value. So a leader goes through it once for all
//! slots to come, and then needs a single round trip for each command, in many slots at a time.
//! That there is one leader is needed for progress alone: of two, the higher ballot prevails, and
//! neither can undo what is chosen. Slots that a dead leader left empty before others are filled
//! with no-ops, so that what stands behind them can be applied.
//!
//! ## Messages
//! `Prepare`, `Promise`, `Accept`, `Accepted` are phases 1a, 1b, 2a, 2b of §2.2; a Promise reports
//! every slot from the first that its candidate asks for. `Nack` refuses a ballot with the one that
//! is promised (§2.2, last paragraph). `Heartbeat` says who leads and up to where everything is
//! chosen (§2.3: the distinguished learner informs the others). `Learn` and `Chosen` are how a
//! learner gets slots that it missed.
//!
//! ## Guarantees
//! For each slot: agreement, validity, and that only what is chosen is learned (§2.1); P1a and P2b,
//! which are why (§2.2); that proposals have different numbers (§2.2); and of the whole that
//! commands are applied in order, the same at every server (§3), and a request takes effect at most
//! once. All are checked after every event, in `properties.rs`.
//!
//! ## How to break it
//! Each flaw removes one rule: `skip_phase_1` (§3), `accepted_value_ignored` (P2c),
//! `promise_forgotten` (§2.5), `quorum_too_small` (§2.2), `gap_skipped` (§3), `apply_twice`
//! (exactly-once).
//!
//! ## What is left out, and where this differs from the paper
//! - Every server has all three roles, as in §2.5 and §3. Changes of the set of servers (§3, last
//!   paragraph), snapshots and leases (*Paxos Made Live*, §5) are left out: accepted slots are kept
//!   for ever, and reads are commands like any other.
//! - The paper elects a leader by means of its own (§2.4, §3). Here a server that hears of no
//!   leader for a random time begins phase 1; the higher ballot wins.
//! - Whatever shows a higher ballot, also a heartbeat, a refusal or a chosen proposal, has a server
//!   promise it. A promise can do no harm, and the next ballot of one's own is then higher.
//! - What is chosen is not on stable storage: the paper names promises, accepted proposals and the
//!   proposer's highest number (§2.5). A server that restarts learns anew from its leader, and a
//!   leader that knows nothing goes through phase 1 from the first slot on.
//! - A learner knows from the leader alone what is chosen, and only up to the first gap. What it
//!   has accepted in the leader's own ballot it need not ask for.
//! - A lost Prepare is not sent again within its ballot; the next election timeout is the retry. An
//!   Accept that stays unanswered for a heartbeat is sent again.
//! - A step at a server is atomic: what it stores is on stable storage before its messages leave.
//!
//! ## Reference
//! Leslie Lamport, *Paxos Made Simple*, ACM SIGACT News 32(4), 2001: §2.1 the problem, §2.2
//! choosing a value (P1, P2a to P2c, phases 1 and 2), §2.3 learning, §2.4 progress, §2.5 the
//! implementation, §3 a state machine. For the practical parts: Robbert van Renesse and Deniz
//! Altinbuken, *Paxos Made Moderately Complex*, ACM Computing Surveys 47(3), 2015; Tushar Chandra,
//! Robert Griesemer and Joshua Redstone, *Paxos Made Live*, PODC 2007. Sessions: Ongaro and
//! Ousterhout, *In Search of an Understandable Consensus Algorithm*, 2014, §8.

use std::rc::Rc;

use crate::protocols::ballot::Ballot;
use crate::protocols::quorum::majority;
use crate::protocols::sessions::Command;
use crate::service::{KeyValue, KeyValueOp};
use crate::sim::info::{Info, Params};
use crate::sim::protocol::{Cx, Protocol, Request, Servers, TimerTag};
use crate::sim::verdict::Verdicts;
use crate::view::{MessageView, NodeId, NodeNames, NodeView, Panel, Time};

pub mod ledger;
pub mod state;

mod given;
mod info;
mod learning;
mod phase1;
mod phase2;
mod properties;
#[cfg(test)]
mod tests;
mod view;

use ledger::{Proposal, Slot};
pub use state::State;

const ELECTION: TimerTag = TimerTag(0);
const HEARTBEAT: TimerTag = TimerTag(1);

/// The parameters.
#[derive(Clone, Debug)]
pub struct MultiPaxos {
    servers: u32,
    election: (Time, Time),
    heartbeat_us: Time,
    window: u64,
    batch: u64,
    flaws: Flaws,
}

/// Which rules are left out.
#[derive(Clone, Debug)]
struct Flaws {
    skip_phase_1: bool,
    accepted_value_ignored: bool,
    promise_forgotten: bool,
    quorum_too_small: bool,
    gap_skipped: bool,
    apply_twice: bool,
}

/// What servers send each other.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Msg {
    /// Phase 1a.
    Prepare(Prepare),
    /// Phase 1b.
    Promise(Promise),
    /// Phase 2a.
    Accept(Accept),
    /// Phase 2b.
    Accepted(Accepted),
    /// A higher ballot is promised.
    Nack(Nack),
    /// The leader is there.
    Heartbeat(Heartbeat),
    /// A learner misses slots.
    Learn(Learn),
    /// What is chosen in them.
    Chosen(Chosen),
}

/// Phase 1a: a candidate asks for the promise to accept nothing of a lower ballot, in any slot.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Prepare {
    /// The candidate's ballot.
    pub ballot: Ballot,
    /// The first slot of which the candidate does not know what is chosen.
    pub first: Slot,
}

/// Phase 1b: the promise.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Promise {
    /// Of which ballot.
    pub ballot: Ballot,
    /// What the acceptor has accepted, from the candidate's first slot on.
    pub accepted: Rc<[(Slot, Proposal)]>,
}

/// Phase 2a: the leader proposes a value in a slot.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Accept {
    /// The leader's ballot.
    pub ballot: Ballot,
    /// The slot.
    pub slot: Slot,
    /// The value.
    pub command: Command,
    /// Up to where everything is chosen, as the leader knows.
    pub chosen: Slot,
}

/// Phase 2b: the acceptance.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Accepted {
    /// In which ballot.
    pub ballot: Ballot,
    /// In which slot.
    pub slot: Slot,
}

/// A refusal.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Nack {
    /// Which ballot is refused.
    pub ballot: Ballot,
    /// The higher one that is promised.
    pub promised: Ballot,
}

/// The leader is there.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Heartbeat {
    /// The leader's ballot.
    pub ballot: Ballot,
    /// Up to where everything is chosen, as the leader knows.
    pub chosen: Slot,
}

/// A learner asks what is chosen.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Learn {
    /// The first slot that it misses.
    pub first: Slot,
}

/// What is chosen in consecutive slots.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Chosen {
    /// The first of them.
    pub first: Slot,
    /// The proposals that were chosen, from that slot on.
    pub proposals: Rc<[Proposal]>,
    /// Up to where everything is chosen, as the sender knows.
    pub chosen: Slot,
}

impl Msg {
    /// The highest ballot that this shows to be in use; 0 if it shows none that is news.
    fn ballot(&self) -> Ballot {
        match self {
            Msg::Prepare(message) => message.ballot,
            Msg::Accept(message) => message.ballot,
            Msg::Heartbeat(message) => message.ballot,
            Msg::Nack(message) => message.promised,
            Msg::Chosen(message) => {
                let ballots = message.proposals.iter().map(|proposal| proposal.ballot);
                ballots.max().unwrap_or_default()
            }
            Msg::Promise(_) | Msg::Accepted(_) | Msg::Learn(_) => Ballot::default(),
        }
    }
}

impl Protocol for MultiPaxos {
    const INFO: &'static Info = &info::INFO;
    type State = State;
    type Msg = Msg;
    type Service = KeyValue;
    type Monitor = properties::Monitor;

    fn new(params: &Params) -> MultiPaxos {
        let flaw = |id| params.flaw(Self::INFO, id);
        MultiPaxos {
            servers: params.servers,
            election: params.range(Self::INFO, "election"),
            heartbeat_us: params.duration(Self::INFO, "heartbeat"),
            window: params.count(Self::INFO, "window"),
            batch: params.count(Self::INFO, "batch"),
            flaws: Flaws {
                skip_phase_1: flaw("skip_phase_1"),
                accepted_value_ignored: flaw("accepted_value_ignored"),
                promise_forgotten: flaw("promise_forgotten"),
                quorum_too_small: flaw("quorum_too_small"),
                gap_skipped: flaw("gap_skipped"),
                apply_twice: flaw("apply_twice"),
            },
        }
    }

    fn init(&self, me: NodeId) -> State {
        State::new(me)
    }

    fn on_start(&self, state: &mut State, cx: &mut Cx<'_, MultiPaxos>) {
        if !state.promised.is_none() {
            let (promised, last) = (state.promised, state.accepted.last());
            cx.note("restored", || format!("{promised} is promised, the last slot is {last}"));
        }
        self.reset_election_timer(cx);
        self.advance(state, cx);
    }

    /// §2.5: what the acceptor has promised and accepted, and the proposer's highest round.
    fn on_crash(&self, old: &State, _me: NodeId) -> State {
        let mut state = old.after_crash();
        if self.flaws.promise_forgotten {
            state.promised = Ballot::default();
        }
        state
    }

    fn on_message(&self, state: &mut State, from: NodeId, msg: Msg, cx: &mut Cx<'_, MultiPaxos>) {
        if msg.ballot() > state.promised {
            self.adopt_ballot(state, msg.ballot(), cx);
        }
        match msg {
            Msg::Prepare(prepare) => self.on_prepare(state, from, &prepare, cx),
            Msg::Promise(promise) => self.on_promise(state, from, &promise, cx),
            Msg::Accept(accept) => self.on_accept(state, from, accept, cx),
            Msg::Accepted(reply) => self.on_accepted(state, from, &reply, cx),
            Msg::Nack(nack) => self.on_nack(state, from, &nack, cx),
            Msg::Heartbeat(heartbeat) => self.on_heartbeat(state, from, &heartbeat, cx),
            Msg::Learn(learn) => self.on_learn(state, from, &learn, cx),
            Msg::Chosen(reply) => self.on_chosen(state, from, &reply, cx),
        }
    }

    fn on_timer(&self, state: &mut State, timer: TimerTag, cx: &mut Cx<'_, MultiPaxos>) {
        match timer {
            ELECTION => self.on_election_timeout(state, cx),
            _ => self.on_heartbeat_timeout(state, cx),
        }
    }

    fn on_request(
        &self,
        state: &mut State,
        request: Request<KeyValueOp>,
        cx: &mut Cx<'_, MultiPaxos>,
    ) {
        self.take_request(state, request, cx);
    }

    fn kind(msg: &Msg) -> usize {
        match msg {
            Msg::Prepare(_) => 0,
            Msg::Promise(_) => 1,
            Msg::Accept(_) => 2,
            Msg::Accepted(_) => 3,
            Msg::Nack(_) => 4,
            Msg::Heartbeat(_) => 5,
            Msg::Learn(_) => 6,
            Msg::Chosen(_) => 7,
        }
    }

    fn view(&self, state: &State, names: NodeNames) -> NodeView {
        view::node(self, state, names)
    }

    fn message_view(&self, msg: &Msg, names: NodeNames) -> MessageView {
        view::message(msg, names)
    }

    fn picture(&self, servers: &Servers<'_, Self>) -> Vec<Panel> {
        vec![view::logs(servers)]
    }

    fn observe(
        &self,
        monitor: &mut properties::Monitor,
        servers: &Servers<'_, MultiPaxos>,
        node: NodeId,
        verdicts: &mut Verdicts,
    ) {
        monitor.observe(servers, node, verdicts);
    }

    fn given(&self, state: &mut State, words: &[&str]) -> Result<(), String> {
        given::given(self.servers, state, words)
    }
}

impl MultiPaxos {
    /// How many acceptors make a quorum: a majority, so that any two share one (§2.2).
    fn quorum(&self) -> u32 {
        if self.flaws.quorum_too_small {
            return (self.servers / 2).max(1);
        }
        majority(self.servers)
    }
}
