//! A cluster at one moment: the machine, the nodes' states, the clients, the verdicts.
//!
//! This is the thin generic shell over [`Core`]. Cloning it is what a keyframe costs: states are
//! shared until they change.

use std::hash::Hash;
use std::rc::Rc;

use super::causality::Causality;
use super::client::{CLIENT_TIMERS, Client, Wish};
use super::core::{Core, REPLY, REQUEST, Ready};
use super::digest::Digest;
use super::info::{MarkKind, PropertyKind};
use super::protocol::{Answer, Cx, Effect, Op, Out, Protocol, Request, Servers, TimerTag};
use super::rng::mix;
use super::session::{LossReason, Setup, Watch};
use super::trace::{EventKind, Note, Sent};
use super::verdict::Verdicts;
use crate::service::Service;
use crate::view::{Field, MessageView, NodeId, NodeView, Tone, Value};

/// A cluster at one moment.
#[derive(Clone)]
pub struct Cluster<P: Protocol> {
    /// The machine.
    pub core: Core,
    /// One state for each server.
    pub states: Vec<Rc<P::State>>,
    /// The clients.
    pub clients: Vec<Rc<Client<P::Service>>>,
    /// The verdicts on the properties.
    pub verdicts: Verdicts,
    /// The logical clocks, if a trace is kept.
    pub causality: Option<Causality>,
    /// How far the script has been done.
    pub script_done: usize,
    /// Which notes were reached, by their place in `Info::notes`.
    pub notes_reached: u128,
    pub(super) packets: Vec<Option<Packet<P>>>,
    pub(super) watch: Watch,
    monitor: P::Monitor,
    digest: Digest,
    effects: Vec<Effect<P>>,
    wishes: Vec<Wish<Op<P>>>,
}

/// What is on the wire.
#[derive(Clone)]
pub enum Packet<P: Protocol> {
    /// From server to server.
    Message(P::Msg),
    /// From client to server.
    Request(Request<Op<P>>),
    /// From server to client: the answer to request `number`.
    Reply(u64, Answer<Out<P>>),
}

/// What is written down of one event, if a trace is kept.
#[derive(Default)]
pub struct Record {
    /// Whether anybody wants to know.
    pub on: bool,
    /// Where it happened.
    pub node: Option<NodeId>,
    /// What it was.
    pub kind: Option<EventKind>,
    /// What brought it about.
    pub cause: Option<u64>,
    /// What it sent.
    pub sent: Vec<Sent>,
    /// What it told.
    pub notes: Vec<Note>,
    /// How it is marked on the scrubber.
    pub marks: Vec<MarkKind>,
}

impl<P: Protocol> Packet<P> {
    /// What it looks like.
    pub fn view(&self, protocol: &P, core: &Core) -> MessageView {
        let field = |name, paper, value| Field { name, paper, value, durable: false };
        match self {
            Packet::Message(msg) => protocol.message_view(msg, core.names),
            Packet::Request(request) => {
                let op = <P::Service as Service>::print_op(&request.op);
                MessageView {
                    kind: "Request",
                    reply: false,
                    refusal: false,
                    generation: None,
                    summary: op.clone(),
                    fields: vec![
                        field("client", "client and session", Value::Node(request.client)),
                        field("number", "serial number", Value::Int(request.number as i64)),
                        field("op", "operation", Value::text(op)),
                    ],
                }
            }
            Packet::Reply(number, answer) => {
                let (summary, refusal) = match answer {
                    Answer::Done(out) => (<P::Service as Service>::print_out(out), false),
                    Answer::Redirect(Some(to)) => (format!("ask {}", core.names.name(*to)), true),
                    Answer::Redirect(None) => ("ask somebody else".to_string(), true),
                    Answer::Refused(why) => ((*why).to_string(), true),
                };
                MessageView {
                    kind: "Reply",
                    reply: true,
                    refusal,
                    generation: None,
                    summary: summary.clone(),
                    fields: vec![
                        field("number", "serial number", Value::Int(*number as i64)),
                        field("answer", "answer", Value::text(summary)),
                    ],
                }
            }
        }
    }
}

impl<P: Protocol> Cluster<P> {
    /// The cluster at time zero, every node started. The error names the given state that is
    /// wrong.
    pub fn new(protocol: &P, setup: &Setup, watch: Watch) -> Result<Cluster<P>, (usize, String)> {
        let names =
            crate::view::NodeNames { servers: setup.params.servers, clients: setup.params.clients };
        let timers = P::INFO.timers.len().max(CLIENT_TIMERS.len());
        let nodes = (names.servers + names.clients) as usize;
        let mut states: Vec<P::State> = names.servers().map(|node| protocol.init(node)).collect();
        for (place, (node, words)) in setup.given.iter().enumerate() {
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            let state = states
                .get_mut(node.index())
                .ok_or_else(|| (place, "only servers are given a state".to_string()))?;
            protocol.given(state, &words).map_err(|message| (place, message))?;
        }
        let client = |node| Rc::new(Client::new(node, names, setup.clients));
        let mut cluster = Cluster {
            core: Core::new(names, setup.seed, setup.network, setup.manual, timers),
            states: states.into_iter().map(Rc::new).collect(),
            clients: names.clients().map(client).collect(),
            verdicts: Verdicts::new(P::INFO),
            causality: watch.trace.then(|| Causality::new(nodes)),
            script_done: 0,
            notes_reached: 0,
            packets: Vec::new(),
            watch,
            monitor: P::Monitor::default(),
            digest: Digest::default(),
            effects: Vec::new(),
            wishes: Vec::new(),
        };
        let mut record = Record::default();
        for node in names.servers() {
            cluster.start_node(protocol, node, &mut record);
            cluster.observe(protocol, node);
        }
        Ok(cluster)
    }

    /// Does the event that [`Core::next_at`] has just found.
    pub fn step(&mut self, protocol: &P, record: &mut Record) {
        let Some(ready) = self.core.take_next() else { return };
        self.core.steps += 1;
        self.digest.word(self.core.now);
        match ready {
            Ready::Message(slot) => self.arrive(protocol, slot, record),
            Ready::Timer(node, tag, set_step) => {
                self.digest.word(1 << 32 | u64::from(tag.0) << 16 | u64::from(node.0));
                self.tick(node, None);
                record.cause = Some(set_step).filter(|&step| step > 0);
                self.fire(protocol, node, tag, record);
            }
            Ready::Wake(node) => {
                self.digest.word(2 << 32 | u64::from(node.0));
                self.core.resume(node);
                self.tick(node, None);
                if record.on {
                    record.node = Some(node);
                    record.kind = Some(EventKind::Wake);
                }
            }
        }
    }

    /// A message arrives.
    fn arrive(&mut self, protocol: &P, slot: u32, record: &mut Record) {
        let flight = self.core.flight(slot);
        let (from, to, name, kind) = (flight.name.from, flight.to, flight.name, flight.kind);
        let sent_step = flight.sent_step;
        self.digest.word(u64::from(name.number) << 32 | u64::from(name.copy) << 16);
        self.digest.word(u64::from(from.0) << 32 | u64::from(to.0));
        record.cause = Some(sent_step).filter(|&step| step > 0);
        record.node = Some(to);
        if !self.core.up[to.index()] {
            self.core.lose(slot, LossReason::Down);
            if record.on {
                let kind = Self::kind_name(kind);
                record.kind = Some(EventKind::Missed { message: name, kind });
            }
            return;
        }
        self.core.land(slot);
        self.tick(to, Some(slot));
        let Some(packet) = self.packets[slot as usize].take() else { return };
        if record.on {
            let summary = packet.view(protocol, &self.core).summary;
            let kind = Self::kind_name(kind);
            record.kind = Some(EventKind::Receive { message: name, kind, summary });
        }
        match packet {
            Packet::Message(msg) => self.handle(protocol, to, record, |protocol, state, cx| {
                protocol.on_message(state, from, msg, cx);
            }),
            Packet::Request(request) => self.handle(protocol, to, record, |protocol, state, cx| {
                protocol.on_request(state, request, cx);
            }),
            Packet::Reply(number, answer) => {
                let before = self.client_ref(to).ended();
                self.client(to, record, |client, when, wishes| {
                    client.on_reply(from, number, answer, when, wishes);
                });
                if record.on && self.client_ref(to).ended() != before {
                    record.marks.push(MarkKind::Client);
                }
            }
        }
    }

    /// A timer goes off.
    fn fire(&mut self, protocol: &P, node: NodeId, tag: TimerTag, record: &mut Record) {
        let client = self.core.names.is_client(node);
        if record.on {
            record.node = Some(node);
            record.kind = Some(EventKind::Timer(Self::timer_name(client, tag)));
        }
        if client {
            self.client(node, record, |client, when, wishes| client.on_timer(tag, when, wishes));
        } else {
            self.handle(protocol, node, record, |protocol, state, cx| {
                protocol.on_timer(state, tag, cx);
            });
        }
    }

    /// A client is told to ask for something.
    pub fn ask(&mut self, node: NodeId, op: Op<P>, record: &mut Record) {
        self.client(node, record, |client, when, wishes| client.ask(op, when, wishes));
    }

    /// A node crashes: only what is on stable storage is left.
    pub fn crash(&mut self, protocol: &P, node: NodeId) {
        self.core.crash(node);
        let left = protocol.on_crash(&self.states[node.index()], node);
        self.states[node.index()] = Rc::new(left);
        self.tick(node, None);
        self.observe(protocol, node);
    }

    /// A crashed node starts from what is on stable storage.
    pub fn restart(&mut self, protocol: &P, node: NodeId, record: &mut Record) {
        self.core.up[node.index()] = true;
        self.tick(node, None);
        self.start_node(protocol, node, record);
        self.observe(protocol, node);
    }

    /// A step of the logical clocks.
    pub fn tick(&mut self, node: NodeId, received: Option<u32>) {
        if let Some(causality) = &mut self.causality {
            causality.tick(node, received);
        }
    }

    /// Puts a copy of a message in flight; answers where it is.
    pub fn duplicate(&mut self, slot: u32) -> u32 {
        let copy = self.core.duplicate(slot);
        let packet = self.packets[slot as usize].clone();
        self.keep(copy, packet);
        if let Some(causality) = &mut self.causality {
            causality.copy_stamp(slot, copy);
        }
        copy
    }

    /// Takes a word of an action into the digest.
    pub fn digest_word(&mut self, word: u64) {
        self.digest.word(word);
    }

    /// The digest of all that happened and of every state.
    pub fn digest(&self) -> u64 {
        let mut digest = self.digest;
        digest.word(self.core.steps);
        for (state, up) in self.states.iter().zip(&self.core.up) {
            state.hash(&mut digest);
            digest.word(u64::from(*up));
        }
        for client in &self.clients {
            client.hash_words().into_iter().for_each(|word| digest.word(word));
        }
        let mut flying = 0u64;
        for (_, flight) in self.core.flights() {
            let name = u64::from(flight.name.from.0) << 40 | u64::from(flight.name.number) << 8;
            flying = flying.wrapping_add(mix(name | u64::from(flight.name.copy)));
        }
        digest.word(flying);
        digest.value()
    }

    /// The name of a kind of message.
    pub fn kind_name(kind: u8) -> &'static str {
        match kind {
            REQUEST => "Request",
            REPLY => "Reply",
            kind => P::INFO.messages[usize::from(kind)].id,
        }
    }

    /// The kind of message of that name.
    pub fn kind_of(name: &str) -> Option<u8> {
        match name {
            "Request" => Some(REQUEST),
            "Reply" => Some(REPLY),
            name => {
                P::INFO.messages.iter().position(|kind| kind.id == name).map(|place| place as u8)
            }
        }
    }

    /// The name of a timer.
    pub fn timer_name(client: bool, tag: TimerTag) -> &'static str {
        match client {
            true => CLIENT_TIMERS[usize::from(tag.0)],
            false => P::INFO.timers[usize::from(tag.0)].id,
        }
    }

    /// What a node looks like to its protocol, or a client to the kernel.
    pub fn view(&self, protocol: &P, node: NodeId) -> NodeView {
        if self.core.names.is_client(node) {
            return self.client_ref(node).view();
        }
        let mut view = protocol.view(&self.states[node.index()], self.core.names);
        if !self.core.up[node.index()] {
            view.tone = Tone::Down;
        }
        view
    }

    fn client_ref(&self, node: NodeId) -> &Client<P::Service> {
        &self.clients[(node.0 - self.core.names.servers) as usize]
    }

    fn start_node(&mut self, protocol: &P, node: NodeId, record: &mut Record) {
        self.run_handler(protocol, node, record, |protocol, state, cx| {
            protocol.on_start(state, cx)
        });
    }

    fn handle(
        &mut self,
        protocol: &P,
        node: NodeId,
        record: &mut Record,
        handler: impl FnOnce(&P, &mut P::State, &mut Cx<'_, P>),
    ) {
        self.run_handler(protocol, node, record, handler);
        self.observe(protocol, node);
    }

    fn run_handler(
        &mut self,
        protocol: &P,
        node: NodeId,
        record: &mut Record,
        handler: impl FnOnce(&P, &mut P::State, &mut Cx<'_, P>),
    ) {
        let mut effects = std::mem::take(&mut self.effects);
        let owner = &mut self.core.nodes[node.index()];
        let clock = owner.clock.read(self.core.now);
        let names = self.core.names;
        let mut cx = Cx::new(node, names, clock, &mut owner.rng, record.on, &mut effects);
        handler(protocol, Rc::make_mut(&mut self.states[node.index()]), &mut cx);
        for effect in effects.drain(..) {
            self.perform(node, effect, record);
        }
        self.effects = effects;
    }

    fn perform(&mut self, node: NodeId, effect: Effect<P>, record: &mut Record) {
        match effect {
            Effect::Send(to, msg) => {
                let kind = P::kind(&msg) as u8;
                self.send(node, to, kind, Packet::Message(msg), record);
            }
            Effect::SetTimer(tag, after) => self.core.set_timer(node, tag, after),
            Effect::CancelTimer(tag) => self.core.cancel_timer(node, tag),
            Effect::Reply(client, number, answer) => {
                self.send(node, client, REPLY, Packet::Reply(number, answer), record);
            }
            Effect::Note(id, text) => self.note(id, text, record),
        }
    }

    fn note(&mut self, id: &'static str, text: String, record: &mut Record) {
        if !self.watch.properties && !self.watch.trace {
            return;
        }
        let place = P::INFO.notes.iter().position(|note| note.id == id);
        let place = place.expect("a declared note");
        self.notes_reached |= 1 << place;
        if record.on {
            record.marks.extend(P::INFO.notes[place].mark);
            record.notes.push(Note { id, text });
        }
    }

    fn client(
        &mut self,
        node: NodeId,
        record: &mut Record,
        act: impl FnOnce(&mut Client<P::Service>, (u64, u64), &mut Vec<Wish<Op<P>>>),
    ) {
        let mut wishes = std::mem::take(&mut self.wishes);
        let when = (self.core.now, self.core.steps);
        let place = (node.0 - self.core.names.servers) as usize;
        act(Rc::make_mut(&mut self.clients[place]), when, &mut wishes);
        for wish in wishes.drain(..) {
            match wish {
                Wish::Send(to, request) => {
                    self.send(node, to, REQUEST, Packet::Request(request), record);
                }
                Wish::SetTimer(tag, after) => self.core.set_timer(node, tag, after),
                Wish::CancelTimer(tag) => self.core.cancel_timer(node, tag),
            }
        }
        self.wishes = wishes;
    }

    fn send(&mut self, from: NodeId, to: NodeId, kind: u8, packet: Packet<P>, record: &mut Record) {
        let launch = self.core.launch(from, to, kind);
        let second = launch.copy.map(|copy| (copy, packet.clone()));
        self.keep(launch.slot, Some(packet));
        if let Some((copy, packet)) = second {
            self.keep(copy, Some(packet));
        }
        if let Some(causality) = &mut self.causality {
            causality.stamp(from, launch.slot);
            if let Some(copy) = launch.copy {
                causality.stamp(from, copy);
            }
        }
        if record.on {
            let due_at = Some(launch.due_at).filter(|&due_at| due_at != super::core::NEVER);
            record.sent.push(Sent {
                message: launch.name,
                to,
                kind: Self::kind_name(kind),
                due_at,
                lost: launch.lost,
            });
        }
    }

    fn keep(&mut self, slot: u32, packet: Option<Packet<P>>) {
        let slot = slot as usize;
        if slot == self.packets.len() {
            self.packets.push(packet);
        } else {
            self.packets[slot] = packet;
        }
    }

    fn observe(&mut self, protocol: &P, node: NodeId) {
        if !self.watch.properties {
            return;
        }
        self.verdicts.begin(self.core.steps, self.core.now);
        let servers = Servers { states: &self.states, up: &self.core.up, names: self.core.names };
        protocol.observe(&mut self.monitor, &servers, node, &mut self.verdicts);
    }

    /// The `always` properties that broke at the present step.
    pub fn broken_now(&self) -> Vec<u32> {
        let now = self.core.steps;
        if !self.verdicts.fresh_violation(now) {
            return Vec::new();
        }
        let verdicts = self.verdicts.all();
        let fresh = verdicts.iter().enumerate().filter(|(_, verdict)| {
            verdict.property.kind == PropertyKind::Always
                && verdict.finding.as_ref().is_some_and(|finding| finding.step == now)
        });
        fresh.map(|(place, _)| place as u32).collect()
    }
}
