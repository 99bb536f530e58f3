//! The only part of the kernel that knows a protocol's types.
//!
//! [`Engine`] is what the rest needs of it, without type parameters; [`Shell`] is its one
//! implementation. The shell is compiled once for each protocol, so whatever can be done without
//! the types is done in [`World`] or around it.

use std::any::Any;
use std::hash::Hash;
use std::rc::Rc;

use super::client::{Client, Wish};
use super::core::REQUEST;
use super::digest::Digest;
use super::info::MarkKind;
use super::judge;
use super::protocol::{Answer, Cx, Op, Out, Protocol, Request, Servers, TimerTag};
use super::session::{Call, Setup};
use super::world::{Record, World};
use crate::check::{Limits, Verdict};
use crate::service::Service;
use crate::view::{Field, MessageView, NodeId, NodeNames, NodeView, Panel, Value};

/// Nodes, clients and payloads of some protocol.
pub trait Engine: Any {
    /// A copy that shares what has not changed: what a keyframe keeps.
    fn boxed(&self) -> Box<dyn Engine>;

    /// A server starts, for the first time or after a crash.
    fn start(&mut self, world: &mut World, node: NodeId, record: &mut Record);

    /// What is in that slot has arrived.
    fn receive(
        &mut self,
        world: &mut World,
        slot: u32,
        ends: (NodeId, NodeId),
        record: &mut Record,
    );

    /// A timer goes off.
    fn fire(&mut self, world: &mut World, node: NodeId, tag: TimerTag, record: &mut Record);

    /// A client is told to ask for something. The error says what is wrong with the words.
    fn ask(
        &mut self,
        world: &mut World,
        client: NodeId,
        op: &[&str],
        record: &mut Record,
    ) -> Result<(), String>;

    /// Whether these words are an operation.
    fn check_op(&self, op: &[&str]) -> Result<(), String>;

    /// A server crashes: only what is on stable storage is left.
    fn crash(&mut self, world: &mut World, node: NodeId);

    /// What is in one slot is put into another as well.
    fn copy_packet(&mut self, from: u32, to: u32);

    /// What a message looks like; `None` if nothing is in that slot.
    fn packet_view(&self, slot: u32, names: NodeNames) -> Option<MessageView>;

    /// What a node looks like.
    fn node_view(&self, node: NodeId, names: NodeNames) -> NodeView;

    /// Pictures of all servers together.
    fn picture(&self, up: &[bool], names: NodeNames) -> Vec<Panel>;

    /// Takes every state into a digest.
    fn hash(&self, up: &[bool], digest: &mut Digest);

    /// The clients' calls.
    fn calls(&self) -> Vec<Call>;

    /// Judges the clients' calls.
    fn linearizability(&self, names: NodeNames, limits: &Limits) -> (Verdict, Vec<String>);
}

/// The engine of protocol `P`.
#[derive(Clone)]
pub struct Shell<P: Protocol> {
    protocol: P,
    states: Box<[Rc<P::State>]>,
    clients: Box<[Rc<Client<P::Service>>]>,
    packets: Vec<Option<Packet<P>>>,
    monitor: P::Monitor,
    wishes: Vec<Wish<Op<P>>>,
}

/// The way out of a handler: the cluster around it.
pub struct Outlet<'a, P: Protocol> {
    pub(super) world: &'a mut World,
    pub(super) record: &'a mut Record,
    packets: &'a mut Vec<Option<Packet<P>>>,
}

impl<P: Protocol> Outlet<'_, P> {
    /// Puts a packet on the wire, and its twin if the network makes one.
    #[inline(always)]
    pub(super) fn send(&mut self, (from, to): (NodeId, NodeId), kind: u8, packet: Packet<P>) {
        let launch = self.world.send(from, to, kind, self.record);
        if let Some(copy) = launch.copy {
            // The twin has the later slot where both are new.
            keep(self.packets, launch.slot, Some(packet));
            let twin = self.packets[launch.slot as usize].clone();
            return keep(self.packets, copy, twin);
        }
        keep(self.packets, launch.slot, Some(packet));
    }
}

fn keep<P: Protocol>(packets: &mut Vec<Option<Packet<P>>>, slot: u32, packet: Option<Packet<P>>) {
    match packets.get_mut(slot as usize) {
        Some(place) => *place = packet,
        None => packets.push(packet),
    }
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

impl<P: Protocol> Shell<P> {
    /// Nodes that have not started yet. The error names the given state that is wrong.
    pub fn new(setup: &Setup) -> Result<Shell<P>, (usize, String)> {
        let protocol = P::new(&setup.params);
        let names = NodeNames { servers: setup.params.servers, clients: setup.params.clients };
        let mut states: Vec<P::State> = names.servers().map(|node| protocol.init(node)).collect();
        for (place, (node, words)) in setup.given.iter().enumerate() {
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            let state = states
                .get_mut(node.index())
                .ok_or_else(|| (place, "only servers are given a state".to_string()))?;
            protocol.given(state, &words).map_err(|message| (place, message))?;
        }
        let client = |node| Rc::new(Client::new(node, names, setup.clients));
        Ok(Shell {
            protocol,
            states: states.into_iter().map(Rc::new).collect(),
            clients: names.clients().map(client).collect(),
            packets: Vec::new(),
            monitor: P::Monitor::default(),
            wishes: Vec::new(),
        })
    }

    /// The states of the servers.
    pub fn states(&self) -> &[Rc<P::State>] {
        &self.states
    }

    /// Runs a handler of a server, does what it wants done, and checks the properties.
    #[inline(always)]
    fn handle(
        &mut self,
        world: &mut World,
        node: NodeId,
        record: &mut Record,
        handler: impl FnOnce(&P, &mut P::State, &mut Cx<'_, P>),
    ) {
        let mut cx = Cx::of(node, Outlet { world, record, packets: &mut self.packets });
        handler(&self.protocol, Rc::make_mut(&mut self.states[node.index()]), &mut cx);
        self.observe(world, node);
    }

    fn observe(&mut self, world: &mut World, node: NodeId) {
        if !world.watch.properties {
            return;
        }
        let core = &world.core;
        world.verdicts.begin(core.steps, core.now);
        let servers = Servers { states: &self.states, up: &core.up, names: core.names };
        self.protocol.observe(&mut self.monitor, &servers, node, &mut world.verdicts);
    }

    /// Lets a client act, and does what it wishes.
    fn client(
        &mut self,
        world: &mut World,
        node: NodeId,
        record: &mut Record,
        act: impl FnOnce(&mut Client<P::Service>, (u64, u64), &mut Vec<Wish<Op<P>>>),
    ) {
        let when = (world.core.now, world.core.steps);
        let place = (node.0 - world.names().servers) as usize;
        act(Rc::make_mut(&mut self.clients[place]), when, &mut self.wishes);
        let mut wishes = std::mem::take(&mut self.wishes);
        for wish in wishes.drain(..) {
            match wish {
                Wish::Send(to, request) => {
                    let mut outlet = Outlet { world, record, packets: &mut self.packets };
                    outlet.send((node, to), REQUEST, Packet::Request(request));
                }
                Wish::SetTimer(tag, after) => world.core.set_timer(node, tag, after),
                Wish::CancelTimer(tag) => world.core.cancel_timer(node, tag),
            }
        }
        self.wishes = wishes;
    }

    fn client_of(&self, node: NodeId) -> Option<&Client<P::Service>> {
        let place = node.index().checked_sub(self.states.len())?;
        self.clients.get(place).map(|client| &**client)
    }
}

impl<P: Protocol> Engine for Shell<P> {
    fn boxed(&self) -> Box<dyn Engine> {
        Box::new(self.clone())
    }

    fn start(&mut self, world: &mut World, node: NodeId, record: &mut Record) {
        self.handle(world, node, record, |protocol, state, cx| protocol.on_start(state, cx));
    }

    fn receive(
        &mut self,
        world: &mut World,
        slot: u32,
        (from, to): (NodeId, NodeId),
        record: &mut Record,
    ) {
        match self.packets[slot as usize].take() {
            Some(Packet::Message(msg)) => self.handle(world, to, record, |protocol, state, cx| {
                protocol.on_message(state, from, msg, cx);
            }),
            Some(Packet::Request(request)) => {
                self.handle(world, to, record, |protocol, state, cx| {
                    protocol.on_request(state, request, cx);
                });
            }
            Some(Packet::Reply(number, answer)) => {
                let ended = self.client_of(to).map(Client::ended);
                self.client(world, to, record, |client, when, wishes| {
                    client.on_reply(from, number, answer, when, wishes);
                });
                if record.on && self.client_of(to).map(Client::ended) != ended {
                    record.marks.push(MarkKind::Client);
                }
            }
            None => {}
        }
    }

    fn fire(&mut self, world: &mut World, node: NodeId, tag: TimerTag, record: &mut Record) {
        if world.names().is_client(node) {
            self.client(world, node, record, |client, when, wishes| {
                client.on_timer(tag, when, wishes);
            });
        } else {
            self.handle(world, node, record, |protocol, state, cx| {
                protocol.on_timer(state, tag, cx);
            });
        }
    }

    fn ask(
        &mut self,
        world: &mut World,
        client: NodeId,
        op: &[&str],
        record: &mut Record,
    ) -> Result<(), String> {
        let op = <P::Service as Service>::parse(op).map_err(|error| error.message)?;
        self.client(world, client, record, |client, when, wishes| client.ask(op, when, wishes));
        Ok(())
    }

    fn check_op(&self, op: &[&str]) -> Result<(), String> {
        <P::Service as Service>::parse(op).map(drop).map_err(|error| error.message)
    }

    fn crash(&mut self, world: &mut World, node: NodeId) {
        let left = self.protocol.on_crash(&self.states[node.index()], node);
        self.states[node.index()] = Rc::new(left);
        self.observe(world, node);
    }

    fn copy_packet(&mut self, from: u32, to: u32) {
        let packet = self.packets[from as usize].clone();
        keep(&mut self.packets, to, packet);
    }

    fn packet_view(&self, slot: u32, names: NodeNames) -> Option<MessageView> {
        Some(match self.packets.get(slot as usize)?.as_ref()? {
            Packet::Message(msg) => self.protocol.message_view(msg, names),
            Packet::Request(request) => {
                let op = <P::Service as Service>::print_op(&request.op);
                request_view(request.client, request.number, op)
            }
            Packet::Reply(number, answer) => match answer {
                Answer::Done(out) => {
                    reply_view(*number, <P::Service as Service>::print_out(out), false)
                }
                Answer::Redirect(Some(to)) => {
                    reply_view(*number, format!("ask {}", names.name(*to)), true)
                }
                Answer::Redirect(None) => {
                    reply_view(*number, "ask somebody else".to_string(), true)
                }
                Answer::Refused(why) => reply_view(*number, (*why).to_string(), true),
            },
        })
    }

    fn node_view(&self, node: NodeId, names: NodeNames) -> NodeView {
        match self.client_of(node) {
            Some(client) => client.view(),
            None => self.protocol.view(&self.states[node.index()], names),
        }
    }

    fn picture(&self, up: &[bool], names: NodeNames) -> Vec<Panel> {
        self.protocol.picture(&Servers { states: &self.states, up, names })
    }

    fn hash(&self, up: &[bool], digest: &mut Digest) {
        for (state, up) in self.states.iter().zip(up) {
            state.hash(digest);
            digest.word(u64::from(*up));
        }
        for client in &self.clients {
            client.hash_words().into_iter().for_each(|word| digest.word(word));
        }
    }

    fn calls(&self) -> Vec<Call> {
        self.clients.iter().flat_map(|client| client.shown_calls()).collect()
    }

    fn linearizability(&self, names: NodeNames, limits: &Limits) -> (Verdict, Vec<String>) {
        judge::linearizability(&self.clients, names, limits)
    }
}

fn field(name: &'static str, paper: &'static str, value: Value) -> Field {
    Field { name, paper, value, durable: false }
}

fn request_view(client: NodeId, number: u64, op: String) -> MessageView {
    MessageView {
        kind: "Request",
        reply: false,
        refusal: false,
        generation: None,
        summary: op.clone(),
        fields: vec![
            field("client", "client and session", Value::Node(client)),
            field("number", "serial number", Value::Int(number as i64)),
            field("op", "operation", Value::text(op)),
        ],
    }
}

fn reply_view(number: u64, summary: String, refusal: bool) -> MessageView {
    MessageView {
        kind: "Reply",
        reply: true,
        refusal,
        generation: None,
        summary: summary.clone(),
        fields: vec![
            field("number", "serial number", Value::Int(number as i64)),
            field("answer", "answer", Value::text(summary)),
        ],
    }
}
