//! One server: proposer, acceptor and learner in one (§2.5), and what it keeps in a crash.

use std::hash::{Hash, Hasher};
use std::rc::Rc;

use super::ledger::{Ledger, Proposal, Slot};
use crate::protocols::ballot::Ballot;
use crate::protocols::sessions::{Command, Journal, Machine, Requests};
use crate::service::KeyValueOp;
use crate::sim::protocol::Request;
use crate::view::NodeId;

/// What a server is at the moment. Every server is an acceptor and a learner, whatever its role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// Proposes nothing; a server starts so.
    Follower,
    /// In phase 1 of a ballot of its own.
    Candidate,
    /// Has finished phase 1: the distinguished proposer and learner.
    Leader,
}

/// One server.
#[derive(Clone, Debug, Hash)]
pub struct State {
    /// The server itself.
    pub me: NodeId,
    /// Durable, acceptor: nothing of a lower ballot is accepted any more. While the server is
    /// candidate or leader this is its own ballot.
    pub promised: Ballot,
    /// Durable, acceptor: of each slot, the accepted proposal of the highest ballot.
    pub accepted: Ledger,
    /// Durable, proposer: the round of the highest ballot that the server has used itself.
    pub round: u32,
    /// Volatile: the role.
    pub role: Role,
    /// Volatile: who leads with the promised ballot, if known; clients are sent there.
    pub leader: Option<NodeId>,
    /// Volatile, learner: of each slot, the chosen proposal, as far as known.
    pub learned: Ledger,
    /// Volatile, learner: up to this slot everything is known to be chosen.
    pub chosen: Slot,
    /// Volatile: the last slot that was applied to the state machine.
    pub applied: Slot,
    /// Volatile: the state machine and its sessions, rebuilt from what is chosen after a crash.
    pub machine: Rc<Machine>,
    /// Volatile: of each slot that was applied, whether its command took effect.
    pub journal: Journal,
    /// Volatile, candidates and leaders: who has promised the ballot, a bit for each server.
    pub promises: u64,
    /// Volatile, candidates and leaders: the first slot that phase 1 is about.
    pub first: Slot,
    /// Volatile, candidates and leaders: what the promises report as accepted in each slot from
    /// `first` on, of the highest ballot; proposed again by the leader, and then taken out.
    pub reported: Vec<Option<Proposal>>,
    /// Volatile, leaders: the next slot to be proposed.
    pub next_slot: Slot,
    /// Volatile, leaders: slots that are proposed and not known to be chosen, in order.
    pub open: Vec<Open>,
    /// Volatile, leaders: requests for which the window has no slot yet.
    pub queue: Vec<Rc<Request<KeyValueOp>>>,
    /// Volatile, leaders: the requests on their way.
    pub requests: Requests,
    /// What the properties judge by what clients have asked.
    pub intake: Intake,
}

/// A slot in phase 2.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Open {
    /// Which.
    pub slot: Slot,
    /// What is proposed.
    pub command: Command,
    /// Who has accepted it, a bit for each server.
    pub accepted: u64,
    /// Whether it has been open for a whole heartbeat: then something is lost, and is sent again.
    pub overdue: bool,
}

/// The requests that a server took from clients: how many, and the last. It says what came in and
/// not what the server is, so it is no part of a state's hash.
#[derive(Clone, Debug, Default)]
pub struct Intake {
    /// How many since the server started.
    pub count: u64,
    /// The last.
    pub last: Option<Rc<Request<KeyValueOp>>>,
}

impl Hash for Intake {
    fn hash<H: Hasher>(&self, _hasher: &mut H) {}
}

impl State {
    /// A server that has never run.
    pub fn new(me: NodeId) -> State {
        State::restored(me, Ballot::default(), Ledger::default(), 0)
    }

    /// A server that starts with this on its stable storage.
    pub fn restored(me: NodeId, promised: Ballot, accepted: Ledger, round: u32) -> State {
        State {
            me,
            promised,
            accepted,
            round,
            role: Role::Follower,
            leader: None,
            learned: Ledger::default(),
            chosen: 0,
            applied: 0,
            machine: Rc::default(),
            journal: Journal::default(),
            promises: 0,
            first: 1,
            reported: Vec::new(),
            next_slot: 1,
            open: Vec::new(),
            queue: Vec::new(),
            requests: Requests::default(),
            intake: Intake::default(),
        }
    }

    /// The same server after a crash: what the acceptor has promised and accepted, and the highest
    /// round that the proposer has used (§2.5).
    pub fn after_crash(&self) -> State {
        State::restored(self.me, self.promised, self.accepted.clone(), self.round)
    }

    /// Whether this server leads.
    pub fn is_leader(&self) -> bool {
        self.role == Role::Leader
    }
}
