//! One server: Figure 2, box "State".

use std::hash::{Hash, Hasher};
use std::rc::Rc;

use super::log::{Entry, Index, Log, Term};
use crate::service::{KeyValue, KeyValueOut};
use crate::sim::chunks::Chunks;
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
    /// Volatile, leaders: the requests to be answered when they are applied.
    pub waiting: Vec<(NodeId, u64)>,
    /// Volatile, leaders: of each client, the latest request in the log that is not yet applied.
    pub appended: Vec<(NodeId, u64)>,
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

/// The state machine with the sessions that make it apply each request once (§8).
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Machine {
    /// The key-value store.
    pub store: KeyValue,
    /// One session for each client that has had a request applied.
    pub sessions: Vec<Session>,
}

/// A client's latest request and its answer.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Session {
    /// The client.
    pub client: NodeId,
    /// The serial number of its latest request that was applied.
    pub number: u64,
    /// What that request was answered.
    pub answer: KeyValueOut,
}

impl Machine {
    /// The session of a client.
    pub fn session(&self, client: NodeId) -> Option<&Session> {
        self.sessions.iter().find(|session| session.client == client)
    }
}

/// What became of each applied entry: whether its command took effect, in order of the index.
///
/// The properties judge from this what the state machine did. It follows from the log and
/// `last_applied`, so it is no part of a state's hash.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Journal(pub Chunks<bool>);

impl Hash for Journal {
    fn hash<H: Hasher>(&self, _hasher: &mut H) {}
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
            waiting: Vec::new(),
            appended: Vec::new(),
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
