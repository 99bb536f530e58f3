//! # Ping: the living template
//!
//! ## Problem
//! A node wants to know whether another still answers.
//!
//! ## Idea
//! `n1` asks the others in turn at regular intervals; each answers with the number it was asked.
//!
//! ## Messages
//! `Ping(number)`, `Pong(number)`.
//!
//! ## Guarantees
//! Every answer belongs to a question that was asked (`no_answer_unasked`).
//!
//! ## How to break it
//! The flaw `answer_unasked` lets a node answer with a number of its own.
//!
//! ## What is left out
//! No conclusion is drawn from a missing answer: that is the business of a failure detector.
//!
//! ## Reference
//! The form follows ICMP Echo, RFC 792, page 14.

use std::hash::{Hash, Hasher};

use crate::service::Nothing;
use crate::sim::info::*;
use crate::sim::protocol::{Cx, Protocol, Servers, TimerTag};
use crate::sim::verdict::Verdicts;
use crate::view::{
    Axis, ChainRow, Field, Form, Head, MILLISECOND, MessageView, NodeId, NodeNames, NodeView,
    Panel, Pointer, SECOND, Series, Spot, Time, Tone, Unit, Value,
};

const INTERVAL: TimerTag = TimerTag(0);

/// How many questions the asker remembers, to be shown.
const SHOWN_MAX: usize = 48;
/// How many of them stand in the chain.
const CHAIN_MAX: usize = 8;

/// The parameters.
#[derive(Clone, Debug)]
pub struct Ping {
    interval_us: Time,
    answer_unasked: bool,
}

/// One node.
#[derive(Clone, Debug, Hash)]
pub struct State {
    me: NodeId,
    asked: u64,
    answered: u64,
    last_answer: Option<u64>,
    diary: Diary,
}

/// The last questions, for the pictures alone: no handler asks it anything, so that it is no part
/// of a state's hash.
#[derive(Clone, Debug, Default)]
pub struct Diary(Vec<Question>);

/// A question that was asked.
#[derive(Clone, Copy, Debug)]
struct Question {
    number: u64,
    to: NodeId,
    asked_at: Time,
    took: Option<Time>,
}

impl Hash for Diary {
    fn hash<H: Hasher>(&self, _hasher: &mut H) {}
}

impl Diary {
    fn asked(&mut self, number: u64, to: NodeId, asked_at: Time) {
        if self.0.len() == SHOWN_MAX {
            self.0.remove(0);
        }
        self.0.push(Question { number, to, asked_at, took: None });
    }

    fn answered(&mut self, number: u64, now: Time) {
        let asked = self.0.iter_mut().find(|question| question.number == number);
        if let Some(question) = asked.filter(|question| question.took.is_none()) {
            question.took = Some(now.saturating_sub(question.asked_at));
        }
    }
}

/// What the properties remember: a crash makes the asker start over, and answers to questions
/// that it has forgotten are answers to questions all the same.
#[derive(Clone, Default)]
pub struct Asked {
    most: u64,
}

/// What nodes send.
#[derive(Clone, Debug, Hash)]
pub enum Msg {
    /// Are you there?
    Ping(u64),
    /// I am.
    Pong(u64),
}

impl Protocol for Ping {
    const INFO: &'static Info = &Info {
        id: "ping",
        title: "Ping",
        family: "Communication",
        summary: "One node asks the others in turn whether they are there.",
        reference: "ICMP Echo, RFC 792",
        revision: 1,
        servers: Count { default: 3, min: 2, max: 64 },
        clients: Count { default: 0, min: 0, max: 0 },
        params: &[ParamInfo {
            name: "interval",
            doc: "How long n1 waits between two questions.",
            kind: ParamKind::Duration {
                default: 100 * MILLISECOND,
                min: MILLISECOND,
                max: 60 * SECOND,
            },
        }],
        flaws: &[FlawInfo {
            id: "answer_unasked",
            doc: "A node answers with the next number instead of the one it was asked.",
            source: "RFC 792: the data received in the echo message must be returned",
            caught_by: &["no_answer_unasked"],
        }],
        roles: &[
            RoleInfo {
                id: "asker",
                plural: "askers",
                tone: Tone::Leading,
                doc: "Asks the others whether they are there.",
            },
            RoleInfo {
                id: "answerer",
                plural: "answerers",
                tone: Tone::Following,
                doc: "Answers what it is asked.",
            },
        ],
        messages: &[
            MessageInfo { id: "Ping", reply: false, doc: "Are you there?" },
            MessageInfo { id: "Pong", reply: true, doc: "I am." },
        ],
        timers: &[TimerInfo { id: "interval", doc: "The next question is due." }],
        properties: &[
            PropertyInfo {
                id: "no_answer_unasked",
                title: "No answer unasked",
                statement: "Every answer carries the number of a question that was asked.",
                source: "RFC 792",
                kind: PropertyKind::Always,
            },
            PropertyInfo {
                id: "answered",
                title: "Answered",
                statement: "Some question is answered.",
                source: "RFC 792",
                kind: PropertyKind::Sometimes,
            },
        ],
        notes: &[NoteInfo { id: "answer", doc: "An answer came back.", mark: None }],
    };
    type State = State;
    type Msg = Msg;
    type Service = Nothing;
    type Monitor = Asked;

    fn new(params: &Params) -> Ping {
        Ping {
            interval_us: params.duration(Self::INFO, "interval"),
            answer_unasked: params.flaw(Self::INFO, "answer_unasked"),
        }
    }

    fn init(&self, me: NodeId) -> State {
        State { me, asked: 0, answered: 0, last_answer: None, diary: Diary::default() }
    }

    fn on_start(&self, state: &mut State, cx: &mut Cx<'_, Self>) {
        if state.me == NodeId(0) {
            cx.set_timer(INTERVAL, self.interval_us, self.interval_us);
        }
    }

    fn on_message(&self, state: &mut State, from: NodeId, msg: Msg, cx: &mut Cx<'_, Self>) {
        match msg {
            Msg::Ping(number) => {
                let number = if self.answer_unasked { number + 1 } else { number };
                cx.send(from, Msg::Pong(number));
            }
            Msg::Pong(number) => {
                state.answered += 1;
                state.last_answer = Some(number);
                state.diary.answered(number, cx.clock());
                cx.note("answer", || format!("answer to question {number}"));
            }
        }
    }

    fn on_timer(&self, state: &mut State, _timer: TimerTag, cx: &mut Cx<'_, Self>) {
        let others: Vec<NodeId> = cx.others().collect();
        let to = others[(state.asked % others.len() as u64) as usize];
        state.asked += 1;
        state.diary.asked(state.asked, to, cx.clock());
        cx.send(to, Msg::Ping(state.asked));
        cx.set_timer(INTERVAL, self.interval_us, self.interval_us);
    }

    fn kind(msg: &Msg) -> usize {
        match msg {
            Msg::Ping(_) => 0,
            Msg::Pong(_) => 1,
        }
    }

    fn view(&self, state: &State, names: NodeNames) -> NodeView {
        let field = |name, value| Field { name, paper: name, value, durable: false };
        let (role, letter, tone) = match state.me {
            NodeId(0) => ("asker", 'A', Tone::Leading),
            _ => ("answerer", 'R', Tone::Following),
        };
        NodeView {
            role,
            letter,
            tone,
            generation: None,
            headline: format!("{} answers", state.answered),
            fields: vec![
                field("asked", Value::Int(state.asked as i64)),
                field("answered", Value::Int(state.answered as i64)),
                field(
                    "last_answer",
                    state.last_answer.map_or(Value::None, |n| Value::Int(n as i64)),
                ),
            ],
            panels: match state.me {
                NodeId(0) => vec![round_trips(state, names)],
                _ => Vec::new(),
            },
            quorums: Vec::new(),
        }
    }

    fn message_view(&self, msg: &Msg, _names: NodeNames) -> MessageView {
        let (kind, reply, number) = match *msg {
            Msg::Ping(number) => ("Ping", false, number),
            Msg::Pong(number) => ("Pong", true, number),
        };
        let value = Value::Int(number as i64);
        MessageView {
            kind,
            reply,
            refusal: false,
            generation: None,
            summary: format!("number {number}"),
            fields: vec![Field { name: "number", paper: "Sequence Number", value, durable: false }],
        }
    }

    fn picture(&self, servers: &Servers<'_, Self>) -> Vec<Panel> {
        let asked = &servers.states[0].diary.0;
        let last = &asked[asked.len().saturating_sub(CHAIN_MAX)..];
        let row = ChainRow {
            head: Head::node(servers.names.name(NodeId(0)), NodeId(0)),
            spots: last.iter().map(|question| spot(question, servers.names)).collect(),
            joint: "then",
        };
        vec![Panel::Chain { title: "questions", rows: vec![row], durable: false }]
    }

    fn observe(
        &self,
        monitor: &mut Asked,
        servers: &Servers<'_, Self>,
        node: NodeId,
        verdicts: &mut Verdicts,
    ) {
        let state = &servers.states[node.index()];
        monitor.most = monitor.most.max(state.asked);
        if let Some(number) = state.last_answer {
            verdicts.found("answered", &[node], || format!("question {number}"));
            if number > monitor.most {
                verdicts.found("no_answer_unasked", &[node], || {
                    format!("answer {number} came after {} questions", monitor.most)
                });
            }
        }
    }
}

/// How long each answer took, a series for each node that was asked.
fn round_trips(state: &State, names: NodeNames) -> Panel {
    let series = names.servers().filter(|node| *node != state.me).map(|node| {
        let answers = state.diary.0.iter().filter(|question| question.to == node);
        let points = answers.filter_map(|question| {
            Some((question.number as i64, question.took?.min(i64::MAX as u64) as i64))
        });
        Series {
            label: names.name(node),
            form: Form::Points,
            generation: Some(u64::from(node.0)),
            tone: Tone::Neutral,
            points: points.collect(),
        }
    });
    Panel::Plot {
        title: "round trips",
        x: Axis::new("question", Unit::Number),
        y: Axis::from("took", Unit::Time, 0, 10 * MILLISECOND as i64),
        series: series.collect(),
        levels: Vec::new(),
    }
}

fn spot(question: &Question, names: NodeNames) -> Spot {
    let Question { number, to, took, .. } = *question;
    let name = names.name(to);
    let spot = Spot::new(number, format!("{number}: {name}"))
        .generation(u64::from(to.0))
        .of(Pointer::Node(to));
    match took {
        Some(us) => {
            let took = Unit::Time.show(us as i64);
            spot.detail(format!("question {number} to {name}, answered after {took}"))
                .tone(Tone::Settled)
        }
        None => spot.detail(format!("question {number} to {name}, no answer yet")),
    }
}
