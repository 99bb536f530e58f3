//! A cluster at one moment: a [`World`] and the [`Engine`] of a protocol in it.
//!
//! Cloning it is what a keyframe costs: states are shared until they change.

use super::client::CLIENT_TIMERS;
use super::core::{Core, Ready};
use super::digest::Digest;
use super::protocol::TimerTag;
use super::rng::mix;
use super::session::{LossReason, Setup, Watch};
use super::shell::{Engine, Kind};
use super::trace::EventKind;
use super::world::{Record, World};
use crate::view::{NodeId, NodeNames, NodeView, Tone};

/// A cluster at one moment.
pub struct Cluster {
    /// What does not depend on the protocol.
    pub world: World,
    /// What does.
    pub engine: Box<dyn Engine>,
}

impl Clone for Cluster {
    fn clone(&self) -> Cluster {
        Cluster { world: self.world.clone(), engine: self.engine.boxed() }
    }
}

impl Cluster {
    /// The cluster at time zero, every node started. The error names the given state that is
    /// wrong.
    pub fn new(kind: Kind, setup: &Setup, watch: Watch) -> Result<Cluster, (usize, String)> {
        let mut engine = (kind.make)(setup);
        let names = NodeNames { servers: setup.params.servers, clients: setup.params.clients };
        for (place, (node, words)) in setup.given.iter().enumerate() {
            if names.is_client(*node) {
                return Err((place, "only servers are given a state".to_string()));
            }
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            engine.given(*node, &words).map_err(|message| (place, message))?;
        }
        let timers = kind.info.timers.len().max(CLIENT_TIMERS.len());
        let core = Core::new(names, setup.seed, setup.network, setup.manual, timers);
        let mut cluster = Cluster { world: World::new(kind.info, core, watch), engine };
        for node in names.servers() {
            cluster.engine.start(&mut cluster.world, node, &mut Record::default());
        }
        Ok(cluster)
    }

    /// Does the event that [`Core::next_at`] has just found.
    pub fn step(&mut self, record: &mut Record) {
        let world = &mut self.world;
        let Some(ready) = world.core.take_next() else { return };
        world.core.steps += 1;
        world.digest.word(world.core.now);
        match ready {
            Ready::Message(slot) => self.arrive(slot, record),
            Ready::Timer(node, tag, set_step) => self.fire(node, tag, set_step, record),
            Ready::Wake(node) => {
                world.digest.word(2 << 32 | u64::from(node.0));
                world.core.resume(node);
                world.tick(node, None);
                if record.on {
                    record.node = Some(node);
                    record.kind = Some(EventKind::Wake);
                }
            }
        }
    }

    /// A message arrives.
    fn arrive(&mut self, slot: u32, record: &mut Record) {
        let world = &mut self.world;
        let flight = world.core.flight(slot);
        let (from, to, name, kind) = (flight.name.from, flight.to, flight.name, flight.kind);
        let sent_step = flight.sent_step;
        world.digest.word(u64::from(name.number) << 32 | u64::from(name.copy) << 16);
        world.digest.word(u64::from(from.0) << 32 | u64::from(to.0));
        let up = world.core.up[to.index()];
        if record.on {
            record.cause = Some(sent_step).filter(|&step| step > 0);
            record.node = Some(to);
            let kind = world.kind_name(kind);
            record.kind = Some(match up {
                true => {
                    let view = self.engine.packet_view(slot, world.names());
                    let summary = view.map(|view| view.summary).unwrap_or_default();
                    EventKind::Receive { message: name, kind, summary }
                }
                false => EventKind::Missed { message: name, kind },
            });
        }
        if !up {
            return world.core.lose(slot, LossReason::Down);
        }
        world.core.land(slot);
        world.tick(to, Some(slot));
        self.engine.receive(world, slot, (from, to), record);
    }

    /// A timer goes off.
    fn fire(&mut self, node: NodeId, tag: TimerTag, set_step: u64, record: &mut Record) {
        let world = &mut self.world;
        world.digest.word(1 << 32 | u64::from(tag.0) << 16 | u64::from(node.0));
        world.tick(node, None);
        if record.on {
            let client = world.names().is_client(node);
            record.cause = Some(set_step).filter(|&step| step > 0);
            record.node = Some(node);
            record.kind = Some(EventKind::Timer(world.timer_name(client, tag)));
        }
        self.engine.fire(world, node, tag, record);
    }

    /// A node crashes: only what is on stable storage is left.
    pub fn crash(&mut self, node: NodeId) {
        self.world.core.crash(node);
        self.world.tick(node, None);
        self.engine.crash(&mut self.world, node);
    }

    /// A crashed node starts from what is on stable storage.
    pub fn restart(&mut self, node: NodeId, record: &mut Record) {
        self.world.core.up[node.index()] = true;
        self.world.tick(node, None);
        self.engine.start(&mut self.world, node, record);
    }

    /// Puts a copy of a message in flight.
    pub fn duplicate(&mut self, slot: u32) {
        let copy = self.world.core.duplicate(slot);
        self.engine.copy_packet(slot, copy);
        if let Some(causality) = &mut self.world.causality {
            causality.copy_stamp(slot, copy);
        }
    }

    /// The digest of all that happened and of every state.
    pub fn digest(&self) -> u64 {
        let core = &self.world.core;
        let mut digest: Digest = self.world.digest;
        digest.word(core.steps);
        self.engine.hash(&core.up, &mut digest);
        let mut flying = 0u64;
        for (_, flight) in core.flights() {
            let name = u64::from(flight.name.from.0) << 40 | u64::from(flight.name.number) << 8;
            flying = flying.wrapping_add(mix(name | u64::from(flight.name.copy)));
        }
        digest.word(flying);
        digest.value()
    }

    /// What a node looks like.
    pub fn view(&self, node: NodeId) -> NodeView {
        let mut view = self.engine.node_view(node, self.world.names());
        if !self.world.core.up[node.index()] {
            view.tone = Tone::Down;
        }
        view
    }
}
