//! A run with its past: the one [`Session`] that there is.

use std::rc::Rc;

use super::action::{Action, MessageRef, Moment, Scheduled};
use super::cluster::{Cluster, Record};
use super::core::{Casualty, FlightCore, NEVER};
use super::digest::Digest;
use super::history::{History, SEGMENT};
use super::info::{Info, MarkKind};
use super::intervene;
use super::protocol::Protocol;
use super::session::{
    Call, Flight, LinkShot, Loss, Mark, NodeShot, Session, Setup, TimerShot, Watch,
};
use super::trace::{Event, EventKind};
use super::verdict::Verdict;
use crate::view::{MessageName, MessageView, NodeId, NodeNames, Time};

/// A run of protocol `P`.
#[derive(Clone)]
pub struct Run<P: Protocol> {
    protocol: P,
    setup: Setup,
    watch: Watch,
    live: Cluster<P>,
    head: u64,
    notes_reached: u128,
    history: History<Cluster<P>>,
}

impl<P: Protocol> Run<P> {
    /// A run at its start. The error names the given state that is wrong.
    pub fn new(mut setup: Setup, watch: Watch) -> Result<Run<P>, (usize, String)> {
        let protocol = P::new(&setup.params);
        setup.script.sort_by_key(|scheduled| scheduled.moment);
        let live = Cluster::new(&protocol, &setup, watch)?;
        let history = History::new(live.clone());
        Ok(Run { protocol, setup, watch, live, head: 0, notes_reached: 0, history })
    }

    /// The cluster at the present position.
    pub fn cluster(&self) -> &Cluster<P> {
        &self.live
    }

    /// When the next action of the script happens, if it comes before the next event.
    fn next_action(&self, next_event: Option<Time>) -> Option<Moment> {
        let moment = self.setup.script.get(self.live.script_done)?.moment;
        let slot = if moment.at == self.live.core.now { self.live.core.slot } else { 0 };
        let first = match next_event {
            Some(at) => moment.at < at || (moment.at == at && moment.slot <= slot),
            None => true,
        };
        first.then_some(moment)
    }

    /// Does one step and writes it down.
    fn advance(&mut self, record: &mut Record) -> bool {
        let next_event = self.live.core.next_at();
        match self.next_action(next_event) {
            Some(moment) => {
                self.intervene(moment.at, record);
                true
            }
            None => self.live.step(&self.protocol, record),
        }
    }

    fn intervene(&mut self, at: Time, record: &mut Record) {
        let live = &mut self.live;
        live.core.pass(at);
        live.core.steps += 1;
        live.digest_word(at);
        live.digest_word(3 << 32 | live.script_done as u64);
        let action = &self.setup.script[live.script_done].action;
        live.script_done += 1;
        let void = intervene::perform(live, &self.protocol, action, record).err();
        live.digest_word(u64::from(void.is_some()));
        if record.on {
            record.kind = Some(EventKind::Action { action: action.clone(), void });
        }
    }

    fn event(live: &Cluster<P>, record: Record) -> Event {
        let (lamport, vector) = match (&live.causality, record.node) {
            (Some(causality), Some(node)) => {
                (causality.lamport(node), causality.vector(node).into())
            }
            _ => (0, Box::default()),
        };
        Event {
            step: live.core.steps,
            at: live.core.now,
            node: record.node,
            kind: record.kind.unwrap_or(EventKind::Wake),
            cause: record.cause,
            lamport,
            vector,
            sent: record.sent,
            notes: record.notes,
            broke: live.broken_now(),
        }
    }

    /// One step past the head: it is new, and everything about it is written down.
    fn step_new(&mut self) -> bool {
        let mut record = Record { on: true, ..Record::default() };
        if !self.advance(&mut record) {
            return false;
        }
        let mut marks = std::mem::take(&mut record.marks);
        let event = Self::event(&self.live, record);
        self.head = event.step;
        self.notes_reached |= self.live.notes_reached;
        if !event.broke.is_empty() {
            marks.push(MarkKind::Violation);
        }
        for kind in marks {
            self.history.push_mark(Mark { step: event.step, at: event.at, kind });
        }
        self.history.push_event(event);
        if self.history.wants_keyframe(self.head) {
            self.history.push_keyframe(self.head, self.live.clone());
        }
        true
    }

    /// Computes a forgotten segment again, from the keyframe before it.
    fn restore_segment(&mut self, place: u64) {
        let (first, last) = (place * SEGMENT + 1, ((place + 1) * SEGMENT).min(self.head));
        let here =
            std::mem::replace(&mut self.live, (**self.history.keyframe(first - 1).1).clone());
        let mut events = Vec::with_capacity((last + 1 - first) as usize);
        while self.live.core.steps < last {
            let mut record = Record { on: true, ..Record::default() };
            if !self.advance(&mut record) {
                break;
            }
            if self.live.core.steps >= first {
                events.push(Rc::new(Self::event(&self.live, record)));
            }
        }
        self.live = here;
        self.history.put_segment(place as usize, events);
    }

    fn flight(&self, slot: u32, flight: &FlightCore) -> Flight {
        let view = self.live.packets[slot as usize]
            .as_ref()
            .map(|packet| packet.view(&self.protocol, &self.live.core));
        Flight {
            name: flight.name,
            to: flight.to,
            kind: Cluster::<P>::kind_name(flight.kind),
            reply: view.as_ref().is_some_and(|view| view.reply),
            refusal: view.as_ref().is_some_and(|view| view.refusal),
            generation: view.and_then(|view| view.generation),
            sent_at: flight.sent_at,
            due_at: Some(flight.due_at).filter(|&due_at| due_at != NEVER),
            held: flight.held,
            sent_step: flight.sent_step,
        }
    }
}

impl<P: Protocol> Session for Run<P> {
    fn info(&self) -> &'static Info {
        P::INFO
    }

    fn setup(&self) -> &Setup {
        &self.setup
    }

    fn names(&self) -> NodeNames {
        self.live.core.names
    }

    fn step_count(&self) -> u64 {
        self.live.core.steps
    }

    fn head(&self) -> u64 {
        self.head
    }

    fn now(&self) -> Time {
        self.live.core.now
    }

    fn next_at(&mut self) -> Option<Time> {
        let next_event = self.live.core.next_at();
        match self.next_action(next_event) {
            Some(moment) => Some(moment.at.max(self.live.core.now)),
            None => next_event,
        }
    }

    fn step(&mut self) -> bool {
        if self.watch.trace && self.live.core.steps == self.head {
            return self.step_new();
        }
        let stepped = self.advance(&mut Record::default());
        self.head = self.head.max(self.live.core.steps);
        self.notes_reached |= self.live.notes_reached;
        stepped
    }

    fn run_to(&mut self, time: Time, limit: u64) -> u64 {
        let mut done = 0;
        while done < limit {
            match self.next_at() {
                Some(at) if at <= time => {
                    self.step();
                    done += 1;
                }
                _ => {
                    self.live.core.pass(time);
                    break;
                }
            }
        }
        done
    }

    fn seek(&mut self, step: u64) {
        let step = step.min(self.head);
        let here = self.live.core.steps;
        let (at, keyframe) = self.history.keyframe(step);
        // Even if we stand there, time may have been let pass, which is not part of a position.
        if step <= here || at > here {
            self.live = (**keyframe).clone();
        }
        while self.live.core.steps < step && self.advance(&mut Record::default()) {}
    }

    fn act(&mut self, action: Action) -> Result<(), String> {
        self.check_action(&action)?;
        let core = &self.live.core;
        let moment = Moment { at: core.now, slot: core.slot };
        if core.steps < self.head {
            self.head = core.steps;
            self.history.truncate(core.steps);
        }
        let script = &mut self.setup.script;
        script.retain(|other| !other.recorded || other.moment <= moment);
        let place = script.partition_point(|other| other.moment <= moment);
        script.insert(place, Scheduled { moment, action, recorded: true });
        while self.live.script_done <= place && self.step() {}
        Ok(())
    }

    fn check_action(&self, action: &Action) -> Result<(), String> {
        intervene::check(&self.live, action)
    }

    fn fork(&self) -> Box<dyn Session> {
        Box::new(self.clone())
    }

    fn thin(&mut self) {
        self.history.thin();
    }

    fn node(&self, id: NodeId) -> NodeShot {
        let (names, core) = (self.names(), &self.live.core);
        let (client, node) = (names.is_client(id), &core.nodes[id.index()]);
        let timers = core.timers(id).map(|timer| TimerShot {
            name: Cluster::<P>::timer_name(client, timer.tag),
            set_at: timer.set_at,
            due_at: timer.due_at,
        });
        let causality = self.live.causality.as_ref();
        NodeShot {
            id,
            name: names.name(id),
            client,
            up: core.up[id.index()],
            paused: node.paused,
            view: self.live.view(&self.protocol, id),
            timers: timers.collect(),
            clock: node.clock.read(core.now),
            offset_us: node.clock.offset_us(),
            drift_ppm: node.clock.drift_ppm(),
            crashes: node.crashes,
            lamport: causality.map_or(0, |causality| causality.lamport(id)),
            vector: causality.map_or(Vec::new(), |causality| causality.vector(id).to_vec()),
        }
    }

    fn flights(&self) -> Vec<Flight> {
        let flights = self.live.core.flights();
        let mut all: Vec<Flight> =
            flights.map(|(slot, flight)| self.flight(slot, flight)).collect();
        all.sort_by_key(|flight| (flight.sent_step, flight.name));
        all
    }

    fn losses(&self) -> Vec<Loss> {
        let core = &self.live.core;
        let loss = |casualty: &Casualty| Loss {
            flight: self.flight(casualty.slot, core.flight(casualty.slot)),
            lost_at: casualty.lost_at,
            why: casualty.why,
        };
        core.losses.iter().map(loss).collect()
    }

    fn message(&self, name: MessageName) -> Option<MessageView> {
        let core = &self.live.core;
        let flying = intervene::find_message(&self.live, &MessageRef::Named(name));
        let lost = || {
            let mut slots = core.losses.iter().map(|casualty| casualty.slot);
            slots.find(|&slot| core.flight(slot).name == name)
        };
        let packet = self.live.packets[flying.or_else(lost)? as usize].as_ref()?;
        Some(packet.view(&self.protocol, core))
    }

    fn find_message(&self, message: &MessageRef) -> Option<MessageName> {
        let slot = intervene::find_message(&self.live, message)?;
        Some(self.live.core.flight(slot).name)
    }

    fn link(&self, from: NodeId, to: NodeId) -> LinkShot {
        let core = &self.live.core;
        let link = core.network.link(from, to);
        let here = core.flights().filter(|(_, flight)| (flight.name.from, flight.to) == (from, to));
        LinkShot {
            weather: link.weather,
            cut: link.cut,
            held: link.held,
            in_flight: here.count() as u32,
            sent: link.sent,
            lost: link.lost,
        }
    }

    fn verdicts(&self) -> Vec<Verdict> {
        self.live.verdicts.all()
    }

    fn calls(&self) -> Vec<Call> {
        let mut calls: Vec<Call> =
            self.live.clients.iter().flat_map(|client| client.shown_calls()).collect();
        calls.sort_by_key(|call| (call.called_step, call.client));
        calls
    }

    fn event(&mut self, step: u64) -> Option<Rc<Event>> {
        if !self.watch.trace || step == 0 || step > self.head {
            return None;
        }
        if let Some(event) = self.history.event(step) {
            return Some(event);
        }
        self.restore_segment((step - 1) / SEGMENT);
        self.history.event(step)
    }

    fn marks(&self) -> &[Mark] {
        self.history.marks()
    }

    fn notes_reached(&self) -> u128 {
        self.notes_reached
    }

    fn digest(&self) -> u64 {
        let mut digest = Digest::default();
        digest.word(self.live.digest());
        digest.word(u64::from(P::INFO.revision));
        digest.value()
    }

    fn memory(&self) -> usize {
        let (events, keyframes) = self.history.remembered();
        let nodes = self.live.core.nodes.len();
        let event = size_of::<Event>() + nodes * size_of::<u32>() + 96;
        let links = nodes * nodes * size_of::<super::network::Link>();
        let flights = self.live.packets.len() * (size_of::<FlightCore>() + 64);
        let keyframe = size_of::<Cluster<P>>() + links + flights + nodes * 512;
        events * event + keyframes * keyframe
    }
}
