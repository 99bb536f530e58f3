//! What a server and a message look like.

use std::rc::Rc;

use super::log::{Command, Entry, Index};
use super::state::{Role, State};
use super::{
    AppendEntries, AppendEntriesReply, AppendOutcome, Msg, Raft, RequestVote, RequestVoteReply,
};
use crate::protocols::logs::{LogRow, aligned};
use crate::protocols::quorum::nodes;
use crate::service::{KeyValue, Service};
use crate::view::{
    Cell, Field, Head, MatrixRow, MessageView, NodeId, NodeNames, NodeView, Panel, PanelMark,
    Quorum, Spot, Tone, Value,
};

/// The most cells of a log that are shown: its end.
const CELLS_MAX: u64 = 200;

/// A server.
pub(super) fn node(raft: &Raft, state: &State, names: NodeNames) -> NodeView {
    let (role, letter, tone) = match state.role {
        Role::Leader => ("leader", 'L', Tone::Leading),
        Role::Candidate => ("candidate", 'C', Tone::Trying),
        Role::Follower => ("follower", 'F', Tone::Following),
    };
    NodeView {
        role,
        letter,
        tone,
        generation: Some(state.current_term),
        headline: format!("term {}", state.current_term),
        fields: fields(state),
        panels: panels(state, names),
        quorums: quorums(raft, state),
    }
}

fn panels(state: &State, names: NodeNames) -> Vec<Panel> {
    let mut panels = vec![
        Panel::Log {
            title: "log",
            cells: cells(state, names),
            marks: marks(state).to_vec(),
            durable: true,
        },
        Panel::Table { title: "state machine", rows: state.machine.store.rows(), durable: false },
    ];
    if !state.peers.is_empty() {
        panels.push(peers(state, names));
    }
    panels
}

fn marks(state: &State) -> [PanelMark; 2] {
    [
        PanelMark { index: state.commit_index, name: "commit_index" },
        PanelMark { index: state.last_applied, name: "last_applied" },
    ]
}

/// What a leader knows of the others: nextIndex[] and matchIndex[] (Figure 2).
fn peers(state: &State, names: NodeNames) -> Panel {
    let last = state.log.last_index();
    let row = |place: usize, peer: &super::state::Peer| {
        let node = NodeId(place as u32);
        let number = |column: u64, value: Index, tone: Tone| {
            Some(Spot::new(place as u64 * 2 + column, value.to_string()).tone(tone))
        };
        let caught_up = if peer.match_index == last { Tone::Settled } else { Tone::Neutral };
        let guess = if peer.probing { Tone::Trying } else { Tone::Neutral };
        MatrixRow {
            head: Head::node(names.name(node), node),
            spots: vec![number(0, peer.next_index, guess), number(1, peer.match_index, caught_up)],
            marks: Vec::new(),
        }
    };
    let others = state.peers.iter().enumerate();
    let others = others.filter(|(place, _)| *place != state.me.index());
    Panel::Matrix {
        title: "what it knows of the others",
        columns: vec![Head::new("nextIndex"), Head::new("matchIndex")],
        rows: others.map(|(place, peer)| row(place, peer)).collect(),
        durable: false,
    }
}

/// All logs aligned: what the paper's Figures 6 to 8 show.
pub(super) fn logs(states: &[Rc<State>], names: NodeNames) -> Panel {
    let row = |state: &'_ Rc<State>| {
        let state = state.clone();
        let (node, last, marks) = (state.me, state.log.last_index(), marks(&state));
        let cell = move |index| Some(cell(&state, state.log.get(index)?, index, names));
        LogRow { node, last, marks, cell: Box::new(cell) }
    };
    aligned(&states.iter().map(row).collect::<Vec<_>>(), names)
}

/// Votes, from the first until a follower has answered the new leader; after that who holds the
/// newest entry, until everybody does. An entry of an earlier term is not committed by counting
/// (§5.4.2), so nobody is seen to gather for it.
fn quorums(raft: &Raft, state: &State) -> Vec<Quorum> {
    let needed = raft.quorum();
    let mut peers = state.peers.iter().enumerate();
    let elected =
        peers.all(|(node, peer)| node == state.me.index() || peer.probing && peer.match_index == 0);
    if state.role == Role::Candidate || state.is_leader() && elected {
        let members = nodes(state.votes_granted);
        return vec![Quorum { what: "votes".to_string(), members, needed }];
    }
    let (term, index) = state.last_entry();
    let counts = term == state.current_term || raft.flaws.commit_old_term;
    if !state.is_leader() || index == 0 || !counts {
        return Vec::new();
    }
    let all = (0..raft.servers).map(NodeId);
    let holds = |node: &NodeId| *node == state.me || state.peers[node.index()].match_index >= index;
    let members: Vec<NodeId> = all.filter(holds).collect();
    if members.len() as u32 == raft.servers {
        return Vec::new();
    }
    vec![Quorum { what: format!("entry {index}"), members, needed }]
}

fn fields(state: &State) -> Vec<Field> {
    let durable = |name, paper, value| Field { name, paper, value, durable: true };
    let volatile = |name, paper, value| Field { name, paper, value, durable: false };
    let elects = state.role != Role::Follower;
    let votes = |bits| if elects { Value::Nodes(nodes(bits)) } else { Value::None };
    vec![
        durable("current_term", "currentTerm", int(state.current_term)),
        durable("voted_for", "votedFor", state.voted_for.map_or(Value::None, Value::Node)),
        durable("last_log_index", "lastLogIndex", int(state.log.last_index())),
        durable("last_log_term", "lastLogTerm", int(state.log.last_term())),
        volatile("commit_index", "commitIndex", int(state.commit_index)),
        volatile("last_applied", "lastApplied", int(state.last_applied)),
        volatile("leader", "leaderId", state.leader.map_or(Value::None, Value::Node)),
        volatile("votes", "votes received", votes(state.votes_granted)),
        volatile("votes_refused", "votes refused", votes(state.votes_refused)),
        volatile("next_index", "nextIndex[]", per_peer(state, |peer| peer.next_index)),
        volatile("match_index", "matchIndex[]", per_peer(state, |peer| peer.match_index)),
        volatile("waiting", "requests not yet answered", int(state.requests.waiting.len() as u64)),
    ]
}

fn per_peer(state: &State, value: impl Fn(&super::state::Peer) -> Index) -> Value {
    if state.peers.is_empty() {
        return Value::None;
    }
    let all = state.peers.iter().enumerate().map(|(node, peer)| (NodeId(node as u32), peer));
    let others = all.filter(|(node, _)| *node != state.me);
    Value::PerNode(others.map(|(node, peer)| (node, value(peer) as i64)).collect())
}

fn cells(state: &State, names: NodeNames) -> Vec<Cell> {
    let last = state.log.last_index();
    let before = last.saturating_sub(CELLS_MAX);
    let entries = state.log.entries().range(before, last);
    entries.zip(before + 1..).map(|(entry, index)| cell(state, entry, index, names)).collect()
}

fn cell(state: &State, entry: &Entry, index: Index, names: NodeNames) -> Cell {
    let suppressed = state.journal.get(index - 1) == Some((index, false));
    let (label, mut detail) = entry.command.cell(suppressed, names);
    detail.push_str(&format!(", term {}", entry.term));
    let tone = if index <= state.commit_index { Tone::Settled } else { Tone::Neutral };
    Cell { index, label, detail, generation: entry.term, tone }
}

/// A message.
pub(super) fn message(msg: &Msg, names: NodeNames) -> MessageView {
    let (kind, reply) = match msg {
        Msg::RequestVote(_) => ("RequestVote", false),
        Msg::RequestVoteReply(_) => ("RequestVoteReply", true),
        Msg::AppendEntries(_) => ("AppendEntries", false),
        Msg::AppendEntriesReply(_) => ("AppendEntriesReply", true),
    };
    let (refusal, summary, fields) = match msg {
        Msg::RequestVote(request) => request_vote(request),
        Msg::RequestVoteReply(reply) => request_vote_reply(reply),
        Msg::AppendEntries(request) => append_entries(request, names),
        Msg::AppendEntriesReply(reply) => append_entries_reply(reply),
    };
    MessageView { kind, reply, refusal, generation: Some(msg.term()), summary, fields }
}

type Content = (bool, String, Vec<Field>);

fn field(name: &'static str, paper: &'static str, value: Value) -> Field {
    Field { name, paper, value, durable: false }
}

fn request_vote(request: &RequestVote) -> Content {
    let RequestVote { term, candidate_id, last_log_index, last_log_term } = *request;
    let summary = format!("term {term}, log ends at {last_log_index} (term {last_log_term})");
    let fields = vec![
        field("term", "term", int(term)),
        field("candidate_id", "candidateId", Value::Node(candidate_id)),
        field("last_log_index", "lastLogIndex", int(last_log_index)),
        field("last_log_term", "lastLogTerm", int(last_log_term)),
    ];
    (false, summary, fields)
}

fn request_vote_reply(reply: &RequestVoteReply) -> Content {
    let RequestVoteReply { term, vote_granted } = *reply;
    let answer = if vote_granted { "vote granted" } else { "vote refused" };
    let fields = vec![
        field("term", "term", int(term)),
        field("vote_granted", "voteGranted", Value::Bool(vote_granted)),
    ];
    (!vote_granted, format!("term {term}, {answer}"), fields)
}

fn append_entries(request: &AppendEntries, names: NodeNames) -> Content {
    let entries = request.entries.as_deref().unwrap_or_default();
    let (term, prev) = (request.term, request.prev_log_index);
    let summary = match entries.len() as u64 {
        0 => format!("term {term}, heartbeat"),
        1 => format!("term {term}, entry {}", prev + 1),
        count => format!("term {term}, entries {} to {}", prev + 1, prev + count),
    };
    let texts: Vec<String> = entries.iter().map(|entry| entry_text(entry, names)).collect();
    let listed = if texts.is_empty() { Value::None } else { Value::text(texts.join(", ")) };
    let fields = vec![
        field("term", "term", int(term)),
        field("leader_id", "leaderId", Value::Node(request.leader_id)),
        field("prev_log_index", "prevLogIndex", int(prev)),
        field("prev_log_term", "prevLogTerm", int(request.prev_log_term)),
        field("entries", "entries[]", listed),
        field("leader_commit", "leaderCommit", int(request.leader_commit)),
    ];
    (false, summary, fields)
}

fn append_entries_reply(reply: &AppendEntriesReply) -> Content {
    let AppendEntriesReply { term, prev_log_index, outcome } = *reply;
    let success = matches!(outcome, AppendOutcome::Success { .. });
    let mut fields = vec![
        field("term", "term", int(term)),
        field("success", "success", Value::Bool(success)),
        field("prev_log_index", "prevLogIndex (of the request)", int(prev_log_index)),
    ];
    let summary = match outcome {
        AppendOutcome::Success { match_index } => {
            fields.push(field("match_index", "matchIndex", int(match_index)));
            format!("term {term}, agrees up to {match_index}")
        }
        AppendOutcome::Conflict { conflict_term, conflict_index, last_log_index } => {
            fields.push(field("conflict_term", "conflictTerm", int(conflict_term)));
            fields.push(field("conflict_index", "conflictIndex", int(conflict_index)));
            fields.push(field("last_log_index", "lastLogIndex", int(last_log_index)));
            format!("term {term}, refused at {prev_log_index}")
        }
        AppendOutcome::OldTerm => format!("term {term}, refused: old term"),
    };
    (!success, summary, fields)
}

/// A log entry in one line.
pub(super) fn entry_text(entry: &Entry, names: NodeNames) -> String {
    match &entry.command {
        Command::NoOp => format!("no-op (term {})", entry.term),
        Command::Client(request) => {
            let op = KeyValue::print_op(&request.op);
            format!("{op} ({}, term {})", names.name(request.client), entry.term)
        }
    }
}

fn int(number: u64) -> Value {
    Value::Int(number as i64)
}
