//! # Raft: a replicated log under an elected leader
//!
//! ## Problem
//! Several servers are to keep the same state machine, so that clients are served as by one
//! server that does not fail, although servers crash and restart and the network loses, delays,
//! duplicates and reorders messages. At least a majority must run and hear each other for anything
//! to be decided; nothing wrong is ever decided.
//!
//! ## Idea
//! Time is divided into *terms*, each with at most one leader. The leader alone takes requests,
//! puts them into its log and has the others copy that log. An entry of its own term that a
//! majority has stored is *committed*, and with it everything before: whoever leads later was
//! elected by a majority as well, so one of its voters has that entry, and nobody votes for a
//! candidate whose log ends earlier than the own. Committed entries are applied in order.
//!
//! ## Messages
//! `RequestVote` and `AppendEntries` with the arguments of Figure 2. Their results travel as
//! messages of their own, `RequestVoteReply` and `AppendEntriesReply`. An AppendEntries without
//! entries is the heartbeat.
//!
//! ## Guarantees
//! The five properties of Figure 3: election safety, leader append-only, log matching, leader
//! completeness, state machine safety; and, by the sessions of §8, that a request takes effect at
//! most once. All six are checked after every event, in `properties.rs`.
//!
//! ## How to break it
//! Each flaw removes one rule: `commit_old_term` (§5.4.2, Figure 8), `vote_not_persisted` (§5.2,
//! Figure 2), `vote_without_log_check` (§5.4.1), `quorum_too_small` (§5.2), `no_truncation`
//! (§5.3), `apply_twice` (§8).
//!
//! ## What is left out, and where this differs from the paper
//! - Snapshots (§7; they would replace the front of `log.rs`), membership changes (§6; they would
//!   replace `../quorum.rs`), and from Ongaro's dissertation PreVote, CheckQuorum and leadership
//!   transfer (`election.rs`).
//! - Reads go through the log like writes. ReadIndex and leases (§8, last paragraph) would stand
//!   in `client.rs`.
//! - A lost RequestVote is not sent again within its term: the next election is the retry. A lost
//!   AppendEntries is made good by the next heartbeat.
//! - Results are messages and may be late, doubled or reordered, so `AppendEntriesReply` says
//!   which request it answers (`prevLogIndex`), and up to where the log agrees (`matchIndex`): the
//!   leader never concludes that from its own log.
//! - §5.3 leaves open what a follower answers whose log is too short. Here it names its last
//!   entry, and the leader skips in one step everything that cannot agree (`replication.rs`).
//! - As soon as something is committed the leader tells its followers, instead of waiting for the
//!   next heartbeat. The paper allows either.
//! - A step at a server is atomic: what it stores is on stable storage before its messages leave.
//! - With the flaw `commit_old_term` a leader starts its term without a no-op: who counts entries
//!   of earlier terms as committed has no need of one.
//!
//! ## Reference
//! Diego Ongaro and John Ousterhout, *In Search of an Understandable Consensus Algorithm*, USENIX
//! ATC 2014 (extended version): §5.1 terms and roles, §5.2 election, §5.3 replication, §5.4 safety,
//! §5.5 crashes, §5.6 timing, §8 clients; Figure 2 is the protocol, Figure 3 its properties. The
//! history variables of the checks follow the proof in Ongaro's dissertation (2014), appendix B.

use crate::protocols::quorum::{Tally, majority, tally};
use crate::service::{KeyValue, KeyValueOp};
use crate::sim::info::{Info, Params};
use crate::sim::protocol::{Cx, Protocol, Request, Servers, TimerTag};
use crate::sim::verdict::Verdicts;
use crate::view::{MessageView, NodeId, NodeNames, NodeView, Panel, Time};

pub mod log;
pub mod state;

mod client;
mod election;
mod given;
mod info;
mod properties;
mod replication;
#[cfg(test)]
mod tests;
mod view;

use log::{Entries, Index, Term};
pub use state::State;

const ELECTION: TimerTag = TimerTag(0);
const HEARTBEAT: TimerTag = TimerTag(1);

/// The parameters.
#[derive(Clone, Debug)]
pub struct Raft {
    servers: u32,
    election: (Time, Time),
    heartbeat_us: Time,
    batch: u64,
    no_op: bool,
    flaws: Flaws,
}

/// Which rules are left out.
#[derive(Clone, Debug)]
struct Flaws {
    commit_old_term: bool,
    vote_not_persisted: bool,
    vote_without_log_check: bool,
    quorum_too_small: bool,
    no_truncation: bool,
    apply_twice: bool,
}

/// What servers send each other.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Msg {
    /// A candidate asks for a vote.
    RequestVote(RequestVote),
    /// The vote, or none.
    RequestVoteReply(RequestVoteReply),
    /// A leader replicates entries, or shows that it is there.
    AppendEntries(AppendEntries),
    /// Whether the entries follow on what the follower has.
    AppendEntriesReply(AppendEntriesReply),
}

/// Arguments of RequestVote.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RequestVote {
    /// The candidate's term.
    pub term: Term,
    /// Who asks.
    pub candidate_id: NodeId,
    /// The index of the candidate's last log entry.
    pub last_log_index: Index,
    /// The term of the candidate's last log entry.
    pub last_log_term: Term,
}

/// Results of RequestVote.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RequestVoteReply {
    /// The voter's term, for the candidate to update itself.
    pub term: Term,
    /// Whether the candidate received the vote.
    pub vote_granted: bool,
}

/// Arguments of AppendEntries.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AppendEntries {
    /// The leader's term.
    pub term: Term,
    /// Who leads, so that followers can redirect clients.
    pub leader_id: NodeId,
    /// The index of the entry before the new ones.
    pub prev_log_index: Index,
    /// The term of that entry.
    pub prev_log_term: Term,
    /// The entries to store; none in a heartbeat.
    pub entries: Entries,
    /// The leader's commitIndex.
    pub leader_commit: Index,
}

/// Results of AppendEntries.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AppendEntriesReply {
    /// The follower's term, for the leader to update itself.
    pub term: Term,
    /// Which request this answers.
    pub prev_log_index: Index,
    /// What became of it.
    pub outcome: AppendOutcome,
}

/// What became of an AppendEntries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AppendOutcome {
    /// The log agrees with the leader's up to there.
    Success {
        /// The index of the last entry that was sent, or of the one before if there was none.
        match_index: Index,
    },
    /// The log holds no entry at prevLogIndex with prevLogTerm.
    Conflict {
        /// The term of the entry there, or of the last entry if the log does not reach so far.
        conflict_term: Term,
        /// The first index with that term.
        conflict_index: Index,
        /// Where the log ends.
        last_log_index: Index,
    },
    /// The leader's term is over.
    OldTerm,
}

impl Msg {
    /// The sender's term: every message carries it (§5.1).
    pub fn term(&self) -> Term {
        match self {
            Msg::RequestVote(message) => message.term,
            Msg::RequestVoteReply(message) => message.term,
            Msg::AppendEntries(message) => message.term,
            Msg::AppendEntriesReply(message) => message.term,
        }
    }
}

impl Protocol for Raft {
    const INFO: &'static Info = &info::INFO;
    type State = State;
    type Msg = Msg;
    type Service = KeyValue;
    type Monitor = properties::Monitor;

    fn new(params: &Params) -> Raft {
        let flaw = |id| params.flaw(Self::INFO, id);
        let flaws = Flaws {
            commit_old_term: flaw("commit_old_term"),
            vote_not_persisted: flaw("vote_not_persisted"),
            vote_without_log_check: flaw("vote_without_log_check"),
            quorum_too_small: flaw("quorum_too_small"),
            no_truncation: flaw("no_truncation"),
            apply_twice: flaw("apply_twice"),
        };
        Raft {
            servers: params.servers,
            election: params.range(Self::INFO, "election"),
            heartbeat_us: params.duration(Self::INFO, "heartbeat"),
            batch: params.count(Self::INFO, "batch"),
            no_op: params.flag(Self::INFO, "no_op") && !flaws.commit_old_term,
            flaws,
        }
    }

    fn init(&self, me: NodeId) -> State {
        State::new(me)
    }

    fn on_start(&self, state: &mut State, cx: &mut Cx<'_, Raft>) {
        if state.current_term > 0 {
            let (term, last) = (state.current_term, state.log.last_index());
            cx.note("restored", || format!("term {term} and {last} entries were kept"));
        }
        self.reset_election_timer(cx);
        self.apply_committed(state, cx);
    }

    /// Persistent state on all servers: currentTerm, votedFor, log[].
    fn on_crash(&self, old: &State, _me: NodeId) -> State {
        let mut state = old.after_crash();
        if self.flaws.vote_not_persisted {
            state.voted_for = None;
        }
        state
    }

    fn on_message(&self, state: &mut State, from: NodeId, msg: Msg, cx: &mut Cx<'_, Raft>) {
        // All servers: if RPC request or response contains term T > currentTerm: set
        // currentTerm = T, convert to follower.
        if msg.term() > state.current_term {
            self.adopt_term(state, msg.term(), cx);
        }
        match msg {
            Msg::RequestVote(request) => self.on_request_vote(state, from, &request, cx),
            Msg::RequestVoteReply(reply) => self.on_request_vote_reply(state, from, &reply, cx),
            Msg::AppendEntries(request) => self.on_append_entries(state, from, request, cx),
            Msg::AppendEntriesReply(reply) => self.on_append_entries_reply(state, from, &reply, cx),
        }
    }

    fn on_timer(&self, state: &mut State, timer: TimerTag, cx: &mut Cx<'_, Raft>) {
        match timer {
            ELECTION => self.on_election_timeout(state, cx),
            _ => self.on_heartbeat_timeout(state, cx),
        }
    }

    fn on_request(&self, state: &mut State, request: Request<KeyValueOp>, cx: &mut Cx<'_, Raft>) {
        self.take_request(state, request, cx);
    }

    fn kind(msg: &Msg) -> usize {
        match msg {
            Msg::RequestVote(_) => 0,
            Msg::RequestVoteReply(_) => 1,
            Msg::AppendEntries(_) => 2,
            Msg::AppendEntriesReply(_) => 3,
        }
    }

    fn view(&self, state: &State, names: NodeNames) -> NodeView {
        view::node(self, state, names)
    }

    fn message_view(&self, msg: &Msg, names: NodeNames) -> MessageView {
        view::message(msg, names)
    }

    fn picture(&self, servers: &Servers<'_, Self>) -> Vec<Panel> {
        vec![view::logs(servers.states, servers.names)]
    }

    fn observe(
        &self,
        monitor: &mut properties::Monitor,
        servers: &Servers<'_, Raft>,
        node: NodeId,
        verdicts: &mut Verdicts,
    ) {
        monitor.observe(servers, node, verdicts);
    }

    fn given(&self, state: &mut State, words: &[&str]) -> Result<(), String> {
        given::given(self.servers, state, words)
    }
}

impl Raft {
    /// How many servers make a quorum: a majority (§5.2).
    fn quorum(&self) -> u32 {
        if self.flaws.quorum_too_small {
            return (self.servers / 2).max(1);
        }
        majority(self.servers)
    }

    /// How the election stands in which the server is a candidate.
    fn tally(&self, state: &State) -> Tally {
        tally(state.votes_granted, state.votes_refused, self.servers, self.quorum())
    }
}
