//! One server on the bench: messages in, effects out.

use std::rc::Rc;

use crate::protocols::raft::log::{Command, Entry, Index, Log, Term};
use crate::protocols::raft::state::Role;
use crate::protocols::raft::*;
use crate::service::{KeyValue, KeyValueOut, Service};
use crate::sim::info::ParamValue;
use crate::sim::protocol::{Answer, Effect};
use crate::sim::rng::Rng;

/// The other servers and a client of a cluster of five; the server on the bench is `n1`.
pub const N1: NodeId = NodeId(0);
pub const N2: NodeId = NodeId(1);
pub const N3: NodeId = NodeId(2);
pub const N4: NodeId = NodeId(3);
pub const N5: NodeId = NodeId(4);
pub const C1: NodeId = NodeId(5);
pub const C2: NodeId = NodeId(6);

/// A server with everything around it.
pub struct Lab {
    pub raft: Raft,
    pub state: State,
    rng: Rng,
}

/// What an event at the server brought about.
#[derive(Default, Debug)]
pub struct Seen {
    pub sent: Vec<(NodeId, Msg)>,
    pub timers: Vec<&'static str>,
    pub answers: Vec<(NodeId, u64, Answer<KeyValueOut>)>,
    pub notes: Vec<&'static str>,
}

impl Lab {
    /// A fresh server of a cluster of that size, with these flaws.
    pub fn new(servers: u32, flaws: &[&str]) -> Lab {
        let mut params = Params { servers, clients: 2, ..Params::defaults(Raft::INFO) };
        for (flaw, on) in Raft::INFO.flaws.iter().zip(&mut params.flaws) {
            *on = flaws.contains(&flaw.id);
        }
        let batch = Raft::INFO.params.iter().position(|param| param.name == "batch");
        params.values[batch.expect("declared")] = ParamValue::Count(3);
        let raft = Raft::new(&params);
        Lab { state: raft.init(N1), raft, rng: Rng::new(1) }
    }

    /// A server of five that has seen `term`, with entries of these terms.
    pub fn with(term: Term, log: &[Term]) -> Lab {
        let mut lab = Lab::new(5, &[]);
        lab.state = State::restored(N1, term, None, entries(log));
        lab
    }

    /// A leader of five in `term`, elected with these entries and a no-op behind them.
    pub fn leader(term: Term, log: &[Term]) -> Lab {
        let mut lab = Lab::with(term - 1, log);
        lab.lead();
        lab
    }

    /// Has the server elected by `n2` and `n3`.
    pub fn lead(&mut self) -> Seen {
        self.timer(ELECTION);
        let term = self.state.current_term;
        self.receive(N2, vote(term, true));
        let seen = self.receive(N3, vote(term, true));
        assert_eq!(self.state.role, Role::Leader);
        seen
    }

    pub fn receive(&mut self, from: NodeId, msg: Msg) -> Seen {
        self.act(|raft, state, cx| raft.on_message(state, from, msg, cx))
    }

    pub fn timer(&mut self, timer: TimerTag) -> Seen {
        self.act(|raft, state, cx| raft.on_timer(state, timer, cx))
    }

    pub fn request(&mut self, client: NodeId, number: u64, op: &str) -> Seen {
        let words: Vec<&str> = op.split(' ').collect();
        let op = KeyValue::parse(&words).expect(op);
        self.act(|raft, state, cx| raft.on_request(state, Request { client, number, op }, cx))
    }

    pub fn start(&mut self) -> Seen {
        self.act(|raft, state, cx| raft.on_start(state, cx))
    }

    pub fn crash(&mut self) {
        self.state = self.raft.on_crash(&self.state, N1);
    }

    pub fn terms(&self) -> Vec<Term> {
        self.state.log.entries().iter().map(|entry| entry.term).collect()
    }

    fn act(&mut self, handler: impl FnOnce(&Raft, &mut State, &mut Cx<'_, Raft>)) -> Seen {
        let names = NodeNames { servers: self.raft.servers, clients: 2 };
        let mut effects = Vec::new();
        let mut cx = Cx::new(N1, names, 0, &mut self.rng, true, &mut effects);
        handler(&self.raft, &mut self.state, &mut cx);
        let mut seen = Seen::default();
        for effect in effects {
            match effect {
                Effect::Send(to, msg) => seen.sent.push((to, msg)),
                Effect::SetTimer(timer, after) => {
                    let id = Raft::INFO.timers[usize::from(timer.0)].id;
                    let (lo, hi) = match timer {
                        ELECTION => self.raft.election,
                        _ => (self.raft.heartbeat_us, self.raft.heartbeat_us),
                    };
                    assert!((lo..=hi).contains(&after), "{id} set to {after}");
                    seen.timers.push(id);
                }
                Effect::CancelTimer(timer) => {
                    seen.timers.push(if timer == ELECTION { "-election" } else { "-heartbeat" });
                }
                Effect::Reply(client, number, answer) => {
                    seen.answers.push((client, number, answer))
                }
                Effect::Note(id, text) => {
                    assert!(Raft::INFO.notes.iter().any(|note| note.id == id), "{id}");
                    assert!(!text.is_empty(), "{id} says nothing");
                    seen.notes.push(id);
                }
            }
        }
        seen
    }
}

impl Seen {
    /// The only message that was sent.
    pub fn only(&self) -> &Msg {
        assert_eq!(self.sent.len(), 1, "{:?}", self.sent);
        &self.sent[0].1
    }

    /// Whether the only message grants a vote.
    pub fn granted(&self) -> bool {
        match self.only() {
            Msg::RequestVoteReply(reply) => reply.vote_granted,
            other => panic!("{other:?}"),
        }
    }

    /// What the only message says of an AppendEntries.
    pub fn outcome(&self) -> AppendOutcome {
        match self.only() {
            Msg::AppendEntriesReply(reply) => reply.outcome,
            other => panic!("{other:?}"),
        }
    }

    /// To whom AppendEntries were sent: prevLogIndex, the entries' terms, leaderCommit.
    pub fn appends(&self) -> Vec<(u32, Index, Vec<Term>, Index)> {
        let request = |(to, msg): &(NodeId, Msg)| match msg {
            Msg::AppendEntries(request) => {
                let entries = request.entries.as_deref().unwrap_or_default();
                let terms = entries.iter().map(|entry| entry.term).collect();
                Some((to.0 + 1, request.prev_log_index, terms, request.leader_commit))
            }
            _ => None,
        };
        self.sent.iter().filter_map(request).collect()
    }
}

pub fn entries(terms: &[Term]) -> Log {
    terms.iter().map(|&term| Entry::no_op(term)).collect()
}

pub fn vote(term: Term, vote_granted: bool) -> Msg {
    Msg::RequestVoteReply(RequestVoteReply { term, vote_granted })
}

pub fn ask(term: Term, from: NodeId, last: (Term, Index)) -> Msg {
    let (last_log_term, last_log_index) = last;
    Msg::RequestVote(RequestVote { term, candidate_id: from, last_log_index, last_log_term })
}

/// AppendEntries of `n2`: the entry before, as term and index, the terms of the entries, commit.
pub fn append(term: Term, prev: (Term, Index), terms: &[Term], leader_commit: Index) -> Msg {
    let entries: Vec<Entry> = terms.iter().map(|&term| Entry::no_op(term)).collect();
    Msg::AppendEntries(AppendEntries {
        term,
        leader_id: N2,
        prev_log_index: prev.1,
        prev_log_term: prev.0,
        entries: (!entries.is_empty()).then(|| Rc::from(entries)),
        leader_commit,
    })
}

pub fn success(term: Term, prev_log_index: Index, match_index: Index) -> Msg {
    let outcome = AppendOutcome::Success { match_index };
    Msg::AppendEntriesReply(AppendEntriesReply { term, prev_log_index, outcome })
}

/// A refusal: of which request, and conflictTerm, conflictIndex, lastLogIndex.
pub fn conflict(term: Term, prev_log_index: Index, what: (Term, Index, Index)) -> Msg {
    let (conflict_term, conflict_index, last_log_index) = what;
    let outcome = AppendOutcome::Conflict { conflict_term, conflict_index, last_log_index };
    Msg::AppendEntriesReply(AppendEntriesReply { term, prev_log_index, outcome })
}

/// An entry with a client's command.
pub fn command(term: Term, client: NodeId, number: u64, op: &str) -> Entry {
    let words: Vec<&str> = op.split(' ').collect();
    let op = KeyValue::parse(&words).expect(op);
    Entry { term, command: Command::Client(Rc::new(Request { client, number, op })) }
}
