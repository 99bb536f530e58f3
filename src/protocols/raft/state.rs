//! One server: Figure 2, box "State".

use std::rc::Rc;

use super::log::{Entry, Index, Log, Term};
use crate::protocols::sessions::{Journal, Machine, Requests};
use crate::view::NodeId;

/// What a server is at the moment (§5.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// Answers leaders and candidates; a server starts as one.
    Follower,
    /// Asks for votes.
    Candidate,
    /// Takes requests and replicates them.
    Leader,
}

/// One server.
#[derive(Clone, Debug, Hash)]
pub struct State {
    /// The server itself.
    pub me: NodeId,
    /// Persistent: the latest term that this server has seen.
    pub current_term: Term,
    /// Persistent: who got this server's vote in the current term.
    pub voted_for: Option<NodeId>,
    /// Persistent: the log.
    pub log: Log,
    /// Volatile: follower, candidate or leader.
    pub role: Role,
    /// Volatile: the leader of the current term, if known; clients are sent there.
    pub leader: Option<NodeId>,
    /// Volatile: the highest log entry known to be committed.
    pub commit_index: Index,
    /// Volatile: the highest log entry applied to the state machine.
    pub last_applied: Index,
    /// Volatile: the state machine and its sessions, rebuilt from the log after a crash.
    pub machine: Rc<Machine>,
    /// Volatile: of each entry applied, whether its command took effect.
    pub journal: Journal,
    /// Volatile, candidates: who has granted its vote, a bit for each server.
    pub votes_granted: u64,
    /// Volatile, candidates: who has refused its vote, a bit for each server.
    pub votes_refused: u64,
    /// Volatile, leaders: what is known of each server's log, the own place unused.
    pub peers: Vec<Peer>,
    /// Volatile, leaders: the requests in the log that are not yet applied.
    pub requests: Requests,
}

/// What a leader knows of another server's log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Peer {
    /// The next log entry to send.
    pub next_index: Index,
    /// The highest log entry known to be replicated there.
    pub match_index: Index,
    /// The leader's commit index as last sent.
    pub sent_commit: Index,
    /// Whether `next_index` is a guess. Then one message at a time looks for the place where the
    /// logs agree; as soon as it is found, entries are sent without waiting for answers.
    pub probing: bool,
}

impl State {
    /// A server that has never run.
    pub fn new(me: NodeId) -> State {
        State::restored(me, 0, None, Log::default())
    }

    /// A server that starts with this on its stable storage.
    pub fn restored(me: NodeId, current_term: Term, voted_for: Option<NodeId>, log: Log) -> State {
        State {
            me,
            current_term,
            voted_for,
            log,
            role: Role::Follower,
            leader: None,
            commit_index: 0,
            last_applied: 0,
            machine: Rc::default(),
            journal: Journal::default(),
            votes_granted: 0,
            votes_refused: 0,
            peers: Vec::new(),
            requests: Requests::default(),
        }
    }

    /// The same server after a crash: currentTerm, votedFor and log[], and nothing else.
    pub fn after_crash(&self) -> State {
        State::restored(self.me, self.current_term, self.voted_for, self.log.clone())
    }

    /// The entry at the end of the log as the up-to-date check sees it: term first (§5.4.1).
    pub fn last_entry(&self) -> (Term, Index) {
        (self.log.last_term(), self.log.last_index())
    }

    /// Appends an entry.
    pub fn append(&mut self, entry: Entry) {
        self.log.append(entry);
    }

    /// Whether this server leads.
    pub fn is_leader(&self) -> bool {
        self.role == Role::Leader
    }
}
