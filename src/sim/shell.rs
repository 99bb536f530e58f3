//! The only part of the kernel that knows a protocol's types.
//!
//! [`Engine`] is what the rest needs of it, without type parameters; [`Shell`] is its one
//! implementation. The shell is compiled once for each protocol, so whatever can be done without
//! the types is done in [`World`] or around it.

use std::any::Any;
use std::hash::Hash;
use std::rc::Rc;

use super::client::{When, Wish};
use super::clients::{Callers, Clients, reply_view, request_view};
use super::core::REQUEST;
use super::digest::Digest;
use super::info::{Info, MarkKind};
use super::protocol::{Answer, Cx, Op, Out, Protocol, Request, Servers, TimerTag};
use super::session::Setup;
use super::world::{Record, World};
use crate::service::Service;
use crate::view::{MessageView, NodeId, NodeNames, NodeView, Panel};

/// Nodes, clients and payloads of some protocol.
pub trait Engine: Any {
    /// A copy that shares what has not changed: what a keyframe keeps.
    fn boxed(&self) -> Box<dyn Engine>;

    /// Puts a server into a state that the scenario gives, before the run.
    fn given(&mut self, node: NodeId, words: &[&str]) -> Result<(), String>;

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

    /// The clients.
    fn callers(&self) -> &dyn Callers;
}

/// A protocol without its types: what it takes to make an engine.
#[derive(Clone, Copy)]
pub struct Kind {
    /// What it says of itself.
    pub info: &'static Info,
    /// Nodes that have not started yet.
    pub make: fn(&Setup) -> Box<dyn Engine>,
}

impl Kind {
    /// The kind of protocol `P`.
    pub const fn of<P: Protocol>() -> Kind {
        Kind { info: P::INFO, make: Shell::<P>::make }
    }
}

/// The engine of protocol `P`.
#[derive(Clone)]
pub struct Shell<P: Protocol> {
    protocol: P,
    states: Box<[Rc<P::State>]>,
    clients: Clients<P::Service>,
    packets: Vec<Option<Packet<P>>>,
    monitor: P::Monitor,
    wishes: Vec<Wish>,
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
    /// Nodes that have not started yet.
    pub fn make(setup: &Setup) -> Box<dyn Engine> {
        let protocol = P::new(&setup.params);
        let names = NodeNames { servers: setup.params.servers, clients: setup.params.clients };
        Box::new(Shell {
            states: names.servers().map(|node| Rc::new(protocol.init(node))).collect(),
            clients: Clients::<P::Service>::new(names, setup.clients),
            protocol,
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
    fn client<T>(
        &mut self,
        world: &mut World,
        node: NodeId,
        record: &mut Record,
        act: impl FnOnce(&mut Clients<P::Service>, usize, When, &mut Vec<Wish>) -> T,
    ) -> T {
        let when = (world.core.now, world.core.steps);
        let place = (node.0 - world.names().servers) as usize;
        let answer = act(&mut self.clients, place, when, &mut self.wishes);
        self.grant(world, node, record);
        answer
    }

    /// Does what a client wishes.
    #[inline(never)]
    fn grant(&mut self, world: &mut World, node: NodeId, record: &mut Record) {
        let place = (node.0 - world.names().servers) as usize;
        let mut wishes = std::mem::take(&mut self.wishes);
        for wish in wishes.drain(..) {
            match wish {
                Wish::Send(to, number, call) => {
                    let request = self.clients.request(place, number, call);
                    let mut outlet = Outlet { world, record, packets: &mut self.packets };
                    outlet.send((node, to), REQUEST, Packet::Request(request));
                }
                Wish::SetTimer(tag, after) => world.core.set_timer(node, tag, after),
                Wish::CancelTimer(tag) => world.core.cancel_timer(node, tag),
            }
        }
        self.wishes = wishes;
    }
}

impl<P: Protocol> Engine for Shell<P> {
    fn boxed(&self) -> Box<dyn Engine> {
        Box::new(self.clone())
    }

    fn given(&mut self, node: NodeId, words: &[&str]) -> Result<(), String> {
        self.protocol.given(Rc::make_mut(&mut self.states[node.index()]), words)
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
                let ended = self.client(world, to, record, |clients, place, when, wishes| {
                    clients.reply(place, (from, number), answer, when, wishes)
                });
                if ended && record.on {
                    record.marks.push(MarkKind::Client);
                }
            }
            None => {}
        }
    }

    fn fire(&mut self, world: &mut World, node: NodeId, tag: TimerTag, record: &mut Record) {
        if world.names().is_client(node) {
            self.client(world, node, record, |clients, place, when, wishes| {
                clients.fire(place, tag, when, wishes);
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
        self.client(world, client, record, |clients, place, when, wishes| {
            clients.ask(place, op, when, wishes);
        });
        Ok(())
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
            Packet::Reply(number, answer) => {
                reply_view(*number, answer, <P::Service as Service>::print_out, names)
            }
        })
    }

    fn node_view(&self, node: NodeId, names: NodeNames) -> NodeView {
        match node.index().checked_sub(self.states.len()) {
            Some(place) => self.clients.view(place),
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
        self.clients.hash_words().for_each(|word| digest.word(word));
    }

    fn callers(&self) -> &dyn Callers {
        &self.clients
    }
}
