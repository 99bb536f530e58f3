//! What a server and a message look like.

use super::ledger::{Proposal, Slot};
use super::state::{Open, Role, State};
use super::{Msg, MultiPaxos};
use crate::protocols::ballot::Ballot;
use crate::protocols::logs::{LogRow, aligned};
use crate::protocols::quorum::{bit, nodes};
use crate::service::Service;
use crate::sim::protocol::{Protocol, Servers};
use crate::view::{
    Cell, Field, Head, MatrixRow, MessageView, NodeId, NodeNames, NodeView, Panel, PanelMark,
    Quorum, Spot, Tone, Value,
};

/// The most cells of a log that are shown: its end.
const CELLS_MAX: u64 = 200;

/// A server.
pub(super) fn node(paxos: &MultiPaxos, state: &State, names: NodeNames) -> NodeView {
    let (role, letter, tone) = match state.role {
        Role::Leader => ("leader", 'L', Tone::Leading),
        Role::Candidate => ("candidate", 'C', Tone::Trying),
        Role::Follower => ("follower", 'F', Tone::Following),
    };
    NodeView {
        role,
        letter,
        tone,
        generation: Some(state.promised.generation()),
        headline: format!("ballot {}", state.promised),
        fields: fields(state),
        panels: panels(state, names),
        quorums: quorums(paxos, state),
    }
}

fn panels(state: &State, names: NodeNames) -> Vec<Panel> {
    let last = last_slot(state);
    let first = last.saturating_sub(CELLS_MAX) + 1;
    let gap = |index| Cell {
        index,
        label: String::new(),
        detail: "nothing accepted".to_string(),
        generation: 0,
        tone: Tone::Neutral,
    };
    let shown = |slot| cell(state, slot, names).unwrap_or_else(|| gap(slot));
    let mut panels = vec![
        Panel::Log {
            title: "log",
            cells: (first..=last).map(shown).collect(),
            marks: marks(state).to_vec(),
            durable: true,
        },
        Panel::Table { title: "state machine", rows: state.machine.store.rows(), durable: false },
    ];
    if !state.open.is_empty() {
        panels.push(open_slots(state, names));
    }
    panels
}

/// The last slot in which something is accepted or known to be chosen.
fn last_slot(state: &State) -> Slot {
    state.accepted.last().max(state.learned.last())
}

fn marks(state: &State) -> [PanelMark; 2] {
    [
        PanelMark { index: state.chosen, name: "chosen" },
        PanelMark { index: state.applied, name: "applied" },
    ]
}

/// What a slot holds: what is known to be chosen, else what is accepted.
fn cell(state: &State, slot: Slot, names: NodeNames) -> Option<Cell> {
    let learned = state.learned.get(slot);
    let Proposal { ballot, command } = learned.or_else(|| state.accepted.get(slot))?;
    let suppressed = state.journal.get(slot - 1) == Some((slot, false));
    let (label, mut detail) = command.cell(suppressed, names);
    let (word, tone) = match learned {
        Some(_) => ("chosen", Tone::Settled),
        None => ("accepted", Tone::Neutral),
    };
    detail.push_str(&format!(", {word} in ballot {ballot}"));
    Some(Cell { index: slot, label, detail, generation: ballot.generation(), tone })
}

/// All logs aligned, a column for each slot.
pub(super) fn logs(servers: &Servers<'_, MultiPaxos>) -> Panel {
    let names = servers.names;
    let row = |state| {
        let state: &State = state;
        let (node, last, marks) = (state.me, last_slot(state), marks(state));
        LogRow { node, last, marks, cell: Box::new(move |slot| cell(state, slot, names)) }
    };
    let rows: Vec<LogRow<'_>> = servers.states.iter().map(|state| row(state)).collect();
    aligned(&rows, names)
}

/// The slots that a leader has proposed and does not know to be chosen: who has accepted them.
fn open_slots(state: &State, names: NodeNames) -> Panel {
    let all = || names.servers();
    let row = |open: &Open| {
        let spot = |node: NodeId| {
            let id = open.slot << 6 | u64::from(node.0);
            let accepted = open.accepted & bit(node) != 0;
            accepted.then(|| Spot::new(id, "accepted").tone(Tone::Settled))
        };
        let (label, _) = open.command.cell(false, names);
        MatrixRow {
            head: Head::new(format!("{} {label}", open.slot)),
            spots: all().map(spot).collect(),
            marks: Vec::new(),
        }
    };
    Panel::Matrix {
        title: "open slots",
        columns: all().map(|node| Head::node(names.name(node), node)).collect(),
        rows: state.open.iter().map(row).collect(),
        durable: false,
    }
}

/// Promises, from the first until something is chosen or accepted by others; after that who has
/// accepted the oldest open slot.
fn quorums(paxos: &MultiPaxos, state: &State) -> Vec<Quorum> {
    let (what, bits) = match (state.role, state.open.first()) {
        (Role::Follower, _) => return Vec::new(),
        (Role::Leader, Some(open)) => (format!("slot {}", open.slot), open.accepted),
        (Role::Leader, None) if state.chosen >= state.first => return Vec::new(),
        _ => ("promises".to_string(), state.promises),
    };
    vec![Quorum { what, members: nodes(bits), needed: paxos.quorum() }]
}

fn fields(state: &State) -> Vec<Field> {
    let durable = |name, paper, value| Field { name, paper, value, durable: true };
    let volatile = |name, paper, value| field(name, paper, value);
    let promises = match state.role {
        Role::Follower => Value::None,
        _ => Value::Nodes(nodes(state.promises)),
    };
    vec![
        durable("promised", "highest number promised", ballot(state.promised)),
        durable("last_slot", "last slot accepted", int(state.accepted.last())),
        durable("round", "highest number used", int(state.round.into())),
        volatile("chosen", "chosen up to", int(state.chosen)),
        volatile("applied", "applied up to", int(state.applied)),
        volatile("leader", "distinguished proposer", state.leader.map_or(Value::None, Value::Node)),
        volatile("promises", "promises received", promises),
        volatile("open", "slots proposed, not yet chosen", int(state.open.len() as u64)),
        volatile("queue", "requests without a slot", int(state.queue.len() as u64)),
        volatile("waiting", "requests not yet answered", int(state.requests.waiting.len() as u64)),
    ]
}

/// A message.
pub(super) fn message(msg: &Msg, names: NodeNames) -> MessageView {
    let info = &super::info::INFO.messages[MultiPaxos::kind(msg)];
    let listed = |texts: Vec<String>| match texts.is_empty() {
        true => Value::None,
        false => Value::text(texts.join(", ")),
    };
    let mut generation = None;
    let mut of = |number: Ballot| {
        generation = Some(number.generation());
        field("ballot", "number", ballot(number))
    };
    let (summary, fields) = match msg {
        Msg::Prepare(message) => (
            format!("ballot {}, from slot {}", message.ballot, message.first),
            vec![of(message.ballot), field("first", "first slot", int(message.first))],
        ),
        Msg::Promise(message) => {
            let slots = message.accepted.iter();
            let texts = slots.map(|(slot, proposal)| proposal_text(*slot, proposal, names));
            let accepted = field("accepted", "accepted proposals", listed(texts.collect()));
            let count = message.accepted.len();
            (
                format!("ballot {}, {count} accepted", message.ballot),
                vec![of(message.ballot), accepted],
            )
        }
        Msg::Accept(message) => {
            let (label, _) = message.command.cell(false, names);
            let fields = vec![
                of(message.ballot),
                field("slot", "slot", int(message.slot)),
                field("value", "value", Value::text(message.command.text(names))),
                field("chosen", "chosen up to", int(message.chosen)),
            ];
            (format!("ballot {}, slot {}: {label}", message.ballot, message.slot), fields)
        }
        Msg::Accepted(message) => (
            format!("ballot {}, slot {}", message.ballot, message.slot),
            vec![of(message.ballot), field("slot", "slot", int(message.slot))],
        ),
        Msg::Nack(message) => {
            let promised = field("promised", "number promised", ballot(message.promised));
            let fields = vec![field("ballot", "number", ballot(message.ballot)), promised];
            of(message.promised);
            (format!("{} is promised", message.promised), fields)
        }
        Msg::Heartbeat(message) => (
            format!("ballot {}, chosen up to {}", message.ballot, message.chosen),
            vec![of(message.ballot), field("chosen", "chosen up to", int(message.chosen))],
        ),
        Msg::Learn(message) => (
            format!("from slot {}", message.first),
            vec![field("first", "first slot", int(message.first))],
        ),
        Msg::Chosen(message) => {
            let texts = message.proposals.iter().zip(message.first..);
            let texts = texts.map(|(proposal, slot)| proposal_text(slot, proposal, names));
            let last = message.first + message.proposals.len() as u64 - 1;
            let fields = vec![
                field("proposals", "chosen proposals", listed(texts.collect())),
                field("chosen", "chosen up to", int(message.chosen)),
            ];
            (format!("slots {} to {last}", message.first), fields)
        }
    };
    let refusal = matches!(msg, Msg::Nack(_));
    MessageView { kind: info.id, reply: info.reply, refusal, generation, summary, fields }
}

fn proposal_text(slot: Slot, proposal: &Proposal, names: NodeNames) -> String {
    format!("{slot}: {} in {}", proposal.command.text(names), proposal.ballot)
}

fn field(name: &'static str, paper: &'static str, value: Value) -> Field {
    Field { name, paper, value, durable: false }
}

fn ballot(number: Ballot) -> Value {
    match number.is_none() {
        true => Value::None,
        false => Value::text(number.to_string()),
    }
}

fn int(number: u64) -> Value {
    Value::Int(number as i64)
}
