//! What a node and a message look like, and the ladder of ballots.

use super::state::{Phase, Proposal, State, Text, ballot_of};
use super::{Msg, Paxos};
use crate::protocols::ballot::Ballot;
use crate::protocols::quorum::{majority, nodes};
use crate::sim::protocol::Servers;
use crate::view::{
    Field, Head, MatrixRow, MessageView, NodeId, NodeView, Panel, Pointer, Quorum, Spot, Tone,
    Value,
};

/// The most rungs of the ladder that are shown: the newest.
const RUNGS_MAX: usize = 12;

/// A node.
pub(super) fn node(paxos: &Paxos, state: &State) -> NodeView {
    let (role, letter, tone) = match state.phase {
        Phase::Prepare => ("preparer", 'P', Tone::Trying),
        Phase::Accept => ("proposer", 'P', Tone::Leading),
        Phase::Idle if state.learned.is_some() => ("knower", 'K', Tone::Settled),
        Phase::Idle if state.me.0 < paxos.acceptors => ("acceptor", 'A', Tone::Following),
        Phase::Idle => ("bystander", 'B', Tone::Neutral),
    };
    let ballot = match state.phase {
        Phase::Idle => state.promised,
        _ => state.ballot,
    };
    NodeView {
        role,
        letter,
        tone,
        generation: Some(ballot.generation()),
        headline: match &state.learned {
            Some(value) => format!("knows {value}"),
            None => format!("ballot {ballot}"),
        },
        fields: fields(state),
        panels: Vec::new(),
        quorums: quorums(paxos, state),
    }
}

fn quorums(paxos: &Paxos, state: &State) -> Vec<Quorum> {
    let (what, bits) = match state.phase {
        Phase::Idle => return Vec::new(),
        Phase::Prepare => ("promises", state.promises),
        Phase::Accept => ("accepted", state.acceptances(state.ballot)),
    };
    let what = format!("{what} {}", state.ballot);
    vec![Quorum { what, members: nodes(bits), needed: paxos.quorum() }]
}

fn text(value: Option<&Text>) -> Value {
    value.map_or(Value::None, |value| Value::Text(value.clone()))
}

fn number(ballot: Ballot) -> Value {
    if ballot.is_none() { Value::None } else { Value::text(ballot.to_string()) }
}

fn field(name: &'static str, paper: &'static str, value: Value) -> Field {
    Field { name, paper, value, durable: false }
}

fn fields(state: &State) -> Vec<Field> {
    let durable = |name, paper, value| Field { name, paper, value, durable: true };
    let accepted = state.accepted.as_ref();
    let active = state.phase != Phase::Idle;
    let ballot = if active { state.ballot } else { Ballot::default() };
    vec![
        durable("promised", "highest prepare request answered", number(state.promised)),
        durable("accepted_ballot", "its number", number(ballot_of(&state.accepted))),
        durable(
            "accepted_value",
            "highest-numbered proposal accepted",
            text(accepted.map(|proposal| &proposal.value)),
        ),
        durable("round", "highest number tried", Value::Int(i64::from(state.round))),
        field("ballot", "proposal number", number(ballot)),
        field("wish", "value a client proposed", text(state.wish.as_ref())),
        field("proposed", "value proposed", text(state.proposed.as_ref())),
        field("promises", "responses", Value::Nodes(nodes(state.promises))),
        field("acceptances", "acceptances", Value::Nodes(nodes(state.acceptances(ballot)))),
        field("overtaken", "abandoned", Value::Bool(state.overtaken)),
        field("learned", "chosen value", text(state.learned.as_ref())),
        field("waiting", "requests not yet answered", Value::Int(state.waiting.len() as i64)),
    ]
}

/// A message.
pub(super) fn message(msg: &Msg) -> MessageView {
    let (kind, ballot) = match msg {
        Msg::Prepare(ballot) => ("Prepare", *ballot),
        Msg::Promise { ballot, .. } => ("Promise", *ballot),
        Msg::Accept(proposal) => ("Accept", proposal.ballot),
        Msg::Accepted(proposal) => ("Accepted", proposal.ballot),
        Msg::Nack { ballot, .. } => ("Nack", *ballot),
        Msg::Inquire => ("Inquire", Ballot::default()),
    };
    let mut fields = vec![field("ballot", "n", number(ballot))];
    let mut summary = ballot.to_string();
    match msg {
        Msg::Promise { accepted: Some(Proposal { ballot, value }), .. } => {
            summary = format!("{summary}, accepted {value} at {ballot}");
            fields.push(field("accepted_ballot", "its number", number(*ballot)));
            fields.push(field("accepted_value", "accepted proposal", text(Some(value))));
        }
        Msg::Promise { .. } => summary.push_str(", nothing accepted"),
        Msg::Accept(Proposal { value, .. }) | Msg::Accepted(Proposal { value, .. }) => {
            summary = format!("{summary}, {value}");
            fields.push(field("value", "v", text(Some(value))));
        }
        Msg::Nack { promised, .. } => {
            summary = format!("{summary}, promised {promised}");
            fields.push(field("promised", "greater number", number(*promised)));
        }
        Msg::Inquire => {
            summary = "what is chosen?".to_string();
            fields.clear();
        }
        Msg::Prepare(_) => {}
    }
    MessageView {
        kind,
        reply: matches!(kind, "Promise" | "Accepted" | "Nack"),
        refusal: kind == "Nack",
        generation: (!ballot.is_none()).then(|| ballot.generation()),
        summary,
        fields,
    }
}

/// All ballots, the newest on top, with what each acceptor promised and accepted. It sees every
/// acceptor at once, which no node does: a rung is chosen before anybody knows.
pub(super) fn ladder(paxos: &Paxos, servers: &Servers<'_, Paxos>) -> Panel {
    let states = &servers.states[..paxos.acceptors as usize];
    let mut ballots: Vec<Ballot> = Vec::new();
    for (ballot, _) in states.iter().flat_map(|state| state.journal.0.iter()) {
        if let Err(place) = ballots.binary_search_by(|other| ballot.cmp(other)) {
            ballots.insert(place, *ballot);
        }
    }
    ballots.truncate(RUNGS_MAX);
    let head = |node: NodeId| Head::node(servers.names.name(node), node);
    Panel::Matrix {
        title: "ballots",
        columns: (0..paxos.acceptors).map(|node| head(NodeId(node))).collect(),
        rows: ballots.into_iter().map(|ballot| rung(paxos, servers, ballot)).collect(),
        durable: true,
    }
}

fn rung(paxos: &Paxos, servers: &Servers<'_, Paxos>, ballot: Ballot) -> MatrixRow {
    let states = &servers.states[..paxos.acceptors as usize];
    let at = |state: &State| {
        let known = state.journal.0.iter().find(|(other, _)| *other == ballot)?;
        Some(known.1.clone())
    };
    // A value is chosen if a majority accepted it here; a flaw may have two at one ballot.
    let cells: Vec<Option<Option<Text>>> = states.iter().map(|state| at(state)).collect();
    let accepted = |value: &Text| {
        let same =
            cells.iter().filter(|cell| cell.as_ref().is_some_and(|v| v.as_ref() == Some(value)));
        same.count() as u32
    };
    let mut values = cells.iter().flatten().flatten();
    let first = values.clone().next();
    let chosen = values.find(|value| accepted(value) >= majority(paxos.acceptors));
    let proposer = &servers.states[ballot.node().index()];
    let proposed = proposer.proposed.as_ref().filter(|_| proposer.ballot == ballot);
    let label = match (chosen, proposed.or(first)) {
        (Some(value), _) => format!("{ballot} {value} chosen"),
        (None, Some(value)) => format!("{ballot} {value}"),
        (None, None) => ballot.to_string(),
    };
    let spot = |(node, cell): (usize, &Option<Option<Text>>)| {
        let cell = cell.as_ref()?;
        let node = NodeId(node as u32);
        let name = servers.names.name(node);
        let (label, detail, tone) = match cell {
            Some(value) if Some(value) == chosen => {
                (value.to_string(), format!("{name} accepted {value} at {ballot}"), Tone::Settled)
            }
            Some(value) => {
                (value.to_string(), format!("{name} accepted {value} at {ballot}"), Tone::Leading)
            }
            None => ("prom.".to_string(), format!("{name} promised {ballot}"), Tone::Neutral),
        };
        let spot = Spot::new(ballot.generation() << 8 | u64::from(node.0), label);
        Some(spot.detail(detail).generation(ballot.generation()).tone(tone).of(Pointer::Node(node)))
    };
    MatrixRow {
        head: Head::node(label, ballot.node()),
        spots: cells.iter().enumerate().map(spot).collect(),
        marks: Vec::new(),
    }
}
