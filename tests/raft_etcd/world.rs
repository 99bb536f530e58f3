//! Our engine behind the commands of etcd's interaction environment.
//!
//! etcd's raft hands its effects over in a *Ready*, which the driver processes when it likes; a
//! message is in flight only from then on. So a node here has an outbox, and messages move from
//! there into flight when the node's Ready is processed.

use std::rc::Rc;

use interleave::protocols::raft::log::{Command, Entry, Log};
use interleave::protocols::raft::state::Role;
use interleave::protocols::raft::{AppendOutcome, Msg, Raft, State};
use interleave::service::KeyValueOp;
use interleave::sim::info::{ParamValue, Params};
use interleave::sim::protocol::{Answer, Cx, Effect, Protocol, Request, TimerTag};
use interleave::sim::rng::Rng;
use interleave::view::{NodeId, NodeNames};

use crate::script::Message;

const ELECTION: TimerTag = TimerTag(0);
const HEARTBEAT: TimerTag = TimerTag(1);

/// A message in flight, with what etcd would make of it.
#[derive(Clone, Debug)]
pub struct Wire {
    /// The sender, as etcd numbers it.
    pub from: u32,
    /// The receiver.
    pub to: u32,
    /// What it says.
    pub msg: Msg,
    /// Whether the heartbeat timer sent it, or it answers such a message: those are kinds of
    /// their own in etcd.
    pub heartbeat: bool,
    /// Whether it answers a message that asks about entries below the follower's commit index:
    /// there etcd answers with that index instead.
    pub below_commit: bool,
}

/// What a node last handed over, as far as etcd's Ready shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Shown {
    lead: u32,
    role: Role,
    term: u64,
    vote: Option<NodeId>,
    commit: u64,
    log: Log,
}

/// A cluster of our engines.
pub struct World {
    raft: Raft,
    names: NodeNames,
    nodes: Vec<Node>,
    flying: Vec<Wire>,
    proposals: u64,
    /// Answers to messages of an old term that were thrown away: etcd gives none.
    pub old_term_answers: u64,
}

struct Node {
    state: State,
    rng: Rng,
    outbox: Vec<Wire>,
    shown: Shown,
}

/// What became of a proposal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proposal {
    /// The leader has it in its log.
    Appended,
    /// The node knows no leader.
    Dropped,
    /// The node knows another leader.
    Elsewhere,
}

impl World {
    /// So many servers that have applied `index` entries of term 1 and are in term 0: how etcd's
    /// environment starts from a snapshot.
    pub fn new(servers: u32, index: u64, flaws: &[String]) -> World {
        let mut params = Params { servers, ..Params::defaults(Raft::INFO) };
        let batch = Raft::INFO.params.iter().position(|param| param.name == "batch");
        params.values[batch.expect("declared")] = ParamValue::Count(1024);
        for (flaw, on) in Raft::INFO.flaws.iter().zip(&mut params.flaws) {
            *on = flaws.iter().any(|id| id == flaw.id);
        }
        let raft = Raft::new(&params);
        let names = NodeNames { servers, clients: servers };
        let log: Log = (0..index).map(|_| Entry::no_op(1)).collect();
        let node = |id| {
            let mut state = State::restored(NodeId(id), 0, None, log.clone());
            state.commit_index = index;
            let shown = Shown::of(&state);
            Node { state, rng: Rng::new(u64::from(id)), outbox: Vec::new(), shown }
        };
        let nodes = (0..servers).map(node).collect();
        let mut world =
            World { raft, names, nodes, flying: Vec::new(), proposals: 0, old_term_answers: 0 };
        for id in 1..=servers {
            world.act(id, |raft, state, cx| raft.on_start(state, cx));
        }
        world
    }

    /// How many servers there are.
    pub fn servers(&self) -> u32 {
        self.names.servers
    }

    /// A server as it is now.
    pub fn state(&self, id: u32) -> &State {
        &self.nodes[id as usize - 1].state
    }

    /// The election timeout elapses.
    pub fn campaign(&mut self, id: u32) {
        self.act(id, |raft, state, cx| raft.on_timer(state, ELECTION, cx));
    }

    /// The heartbeat timer goes off.
    pub fn heartbeat(&mut self, id: u32) {
        let from = self.nodes[id as usize - 1].outbox.len();
        self.act(id, |raft, state, cx| raft.on_timer(state, HEARTBEAT, cx));
        self.nodes[id as usize - 1].outbox[from..].iter_mut().for_each(|w| w.heartbeat = true);
    }

    /// A client proposes something at a node.
    pub fn propose(&mut self, id: u32) -> Proposal {
        self.proposals += 1;
        let (client, number) = (NodeId(self.names.servers + id - 1), self.proposals);
        let value = format!("p{number}");
        let op = KeyValueOp::Put(Rc::from("x"), Rc::from(value.as_str()));
        let answers = self.act(id, |raft, state, cx| {
            raft.on_request(state, Request { client, number, op }, cx);
        });
        let state = self.state(id);
        let in_log = state.log.entries().iter().any(|entry| match &entry.command {
            Command::Client(request) => request.number == number,
            Command::NoOp => false,
        });
        match answers.first() {
            _ if in_log => Proposal::Appended,
            Some(Answer::Redirect(Some(_))) => Proposal::Elsewhere,
            _ => Proposal::Dropped,
        }
    }

    /// Whether a node's Ready has anything in it.
    pub fn has_ready(&self, id: u32) -> bool {
        let node = &self.nodes[id as usize - 1];
        !node.outbox.is_empty() || node.shown != Shown::of(&node.state)
    }

    /// Processes a node's Ready: answers what it sends.
    pub fn process_ready(&mut self, id: u32) -> Vec<Message> {
        let node = &mut self.nodes[id as usize - 1];
        node.shown = Shown::of(&node.state);
        let outbox = std::mem::take(&mut node.outbox);
        let sent = outbox.iter().map(Wire::message).collect();
        self.flying.extend(outbox);
        sent
    }

    /// Whether anything is on its way to a node.
    pub fn has_mail(&self, id: u32) -> bool {
        self.flying.iter().any(|wire| wire.to == id)
    }

    /// Delivers (or drops) what is on its way to a node, of one kind if one is given.
    pub fn deliver(&mut self, id: u32, kind: Option<&str>, drop: bool) -> Vec<Message> {
        let all = std::mem::take(&mut self.flying);
        let wanted =
            |wire: &Wire| wire.to == id && kind.is_none_or(|kind| wire.message().kind == kind);
        let (mail, rest) = all.into_iter().partition(wanted);
        self.flying = rest;
        let mail: Vec<Wire> = mail;
        let seen = mail.iter().map(Wire::message).collect();
        if !drop {
            mail.into_iter().for_each(|wire| self.receive(wire));
        }
        seen
    }

    fn receive(&mut self, wire: Wire) {
        let node = &self.nodes[wire.to as usize - 1];
        let old_term = wire.msg.term() < node.state.current_term;
        let below_commit = match &wire.msg {
            Msg::AppendEntries(request) => request.prev_log_index < node.state.commit_index,
            _ => false,
        };
        let from = node.outbox.len();
        let sender = NodeId(wire.from - 1);
        self.act(wire.to, |raft, state, cx| raft.on_message(state, sender, wire.msg, cx));
        let outbox = &mut self.nodes[wire.to as usize - 1].outbox;
        if old_term {
            self.old_term_answers += (outbox.len() - from) as u64;
            outbox.truncate(from);
        }
        for answer in &mut outbox[from..] {
            let replies = matches!(answer.msg, Msg::AppendEntriesReply(_));
            answer.heartbeat = wire.heartbeat && replies;
            answer.below_commit = below_commit && replies;
        }
    }

    /// Lets a node act; what it sends goes into its outbox, what it answers to clients comes back.
    fn act(
        &mut self,
        id: u32,
        handler: impl FnOnce(&Raft, &mut State, &mut Cx<'_, Raft>),
    ) -> Vec<Answer<interleave::service::KeyValueOut>> {
        let node = &mut self.nodes[id as usize - 1];
        let mut effects = Vec::new();
        let mut cx = Cx::new(NodeId(id - 1), self.names, 0, &mut node.rng, false, &mut effects);
        handler(&self.raft, &mut node.state, &mut cx);
        let mut answers = Vec::new();
        for effect in effects {
            match effect {
                Effect::Send(to, msg) => {
                    let (heartbeat, below_commit) = (false, false);
                    let to = to.0 + 1;
                    node.outbox.push(Wire { from: id, to, msg, heartbeat, below_commit });
                }
                Effect::Reply(_, _, answer) => answers.push(answer),
                Effect::SetTimer(..) | Effect::CancelTimer(_) | Effect::Note(..) => {}
            }
        }
        answers
    }
}

impl Shown {
    fn of(state: &State) -> Shown {
        Shown {
            lead: state.leader.map_or(0, |leader| leader.0 + 1),
            role: state.role,
            term: state.current_term,
            vote: state.voted_for,
            commit: state.commit_index,
            log: state.log.clone(),
        }
    }
}

impl Wire {
    /// The message as etcd would print it.
    pub fn message(&self) -> Message {
        let kind = match (&self.msg, self.heartbeat) {
            (Msg::RequestVote(_), _) => "MsgVote",
            (Msg::RequestVoteReply(_), _) => "MsgVoteResp",
            (Msg::AppendEntries(_), true) => "MsgHeartbeat",
            (Msg::AppendEntries(_), false) => "MsgApp",
            (Msg::AppendEntriesReply(_), true) => "MsgHeartbeatResp",
            (Msg::AppendEntriesReply(_), false) => "MsgAppResp",
        };
        let mut message = Message {
            from: self.from,
            to: self.to,
            kind: kind.to_string(),
            term: self.msg.term(),
            log: (0, 0),
            commit: 0,
            entries: Vec::new(),
            rejected: false,
            below_commit: self.below_commit,
        };
        match &self.msg {
            Msg::RequestVote(vote) => message.log = (vote.last_log_term, vote.last_log_index),
            Msg::RequestVoteReply(reply) => message.rejected = !reply.vote_granted,
            Msg::AppendEntries(request) => {
                message.log = (request.prev_log_term, request.prev_log_index);
                message.commit = request.leader_commit;
                let entries = request.entries.as_deref().unwrap_or_default();
                let indexed = entries.iter().zip(request.prev_log_index + 1..);
                message.entries = indexed.map(|(entry, index)| (entry.term, index)).collect();
            }
            Msg::AppendEntriesReply(reply) => match reply.outcome {
                AppendOutcome::Success { match_index } => message.log.1 = match_index,
                _ => (message.rejected, message.log.1) = (true, reply.prev_log_index),
            },
        }
        message
    }
}
