//! A run with its past: the one [`Session`] that there is.

use std::any::Any;
use std::rc::Rc;

use super::action::{Action, MessageRef, Moment, Scheduled};
use super::cluster::Cluster;
use super::core::{Casualty, FlightCore, NEVER};
use super::digest::Digest;
use super::history::{History, SEGMENT};
use super::info::{Info, MarkKind, PropertyKind};
use super::intervene;
use super::protocol::Protocol;
use super::session::{
    Call, Flight, LinkShot, Loss, Mark, NodeShot, Session, Setup, TimerShot, Watch,
};
pub use super::shell::Kind;
use super::shell::Shell;
use super::trace::{Event, EventKind};
use super::verdict::Verdict;
use super::world::Record;
use crate::check;
use crate::order::sort_by_key;
use crate::view::{MessageName, MessageView, NodeId, NodeNames, Panel, Time};

/// Who acts next.
#[derive(Clone, Copy)]
enum Next {
    Action,
    Event,
}

/// A run of some protocol.
#[derive(Clone)]
pub struct Run {
    setup: Setup,
    watch: Watch,
    live: Cluster,
    head: u64,
    notes_reached: u128,
    history: History<Cluster>,
}

impl Run {
    /// A run of protocol `P` at its start. The error names the given state that is wrong.
    pub fn new<P: Protocol>(setup: Setup, watch: Watch) -> Result<Run, (usize, String)> {
        Run::of(Kind::of::<P>(), setup, watch)
    }

    /// The same for a protocol without its types.
    pub fn of(kind: Kind, mut setup: Setup, watch: Watch) -> Result<Run, (usize, String)> {
        sort_by_key(&mut setup.script, |scheduled| scheduled.moment.key());
        let live = Cluster::new(kind, &setup, watch)?;
        let history = History::new(live.clone());
        Ok(Run { setup, watch, live, head: 0, notes_reached: 0, history })
    }

    /// The states of the servers at the present position, if the protocol is `P`.
    pub fn states<P: Protocol>(&self) -> Option<&[Rc<P::State>]> {
        let engine: &dyn Any = &*self.live.engine;
        engine.downcast_ref::<Shell<P>>().map(Shell::states)
    }

    /// What comes next: an action of the script, or an event of the machine, and when.
    fn next(&mut self) -> Option<(Time, Next)> {
        let event = self.live.world.core.next_at();
        let Some(scheduled) = self.setup.script.get(self.live.world.script_done) else {
            return event.map(|at| (at, Next::Event));
        };
        let (moment, core) = (scheduled.moment, &self.live.world.core);
        let slot = if moment.at == core.now { core.slot } else { 0 };
        match event {
            Some(at) if (moment.at, moment.slot) > (at, slot) => Some((at, Next::Event)),
            _ => Some((moment.at.max(core.now), Next::Action)),
        }
    }

    /// Does what [`Run::next`] has just found, and writes it down.
    fn perform(&mut self, at: Time, next: Next, record: &mut Record) {
        match next {
            Next::Action => self.intervene(at, record),
            Next::Event => self.live.step(record),
        }
        if !self.live.world.core.by_hand.is_empty() {
            self.live.world.tell_overtaken(record);
        }
    }

    /// Goes on to a step that was done before.
    fn replay(&mut self, step: u64) {
        let mut unheard = Record::default();
        while self.live.world.core.steps < step
            && let Some((at, next)) = self.next()
        {
            self.perform(at, next, &mut unheard);
        }
    }

    /// Does what comes next, as new or as a replay. `unheard` is a record that is off.
    fn go_on(&mut self, at: Time, next: Next, unheard: &mut Record) {
        if self.watch.trace && self.live.world.core.steps == self.head {
            return self.go_on_new(at, next);
        }
        self.perform(at, next, unheard);
        if self.live.world.core.steps > self.head {
            self.head = self.live.world.core.steps;
            self.notes_reached = self.live.world.notes_reached;
        }
    }

    /// How much memory a keyframe of the present position takes, roughly.
    fn keyframe_bytes(&self) -> usize {
        let nodes = self.live.world.core.nodes.len();
        let links = nodes * nodes * size_of::<super::network::Link>();
        // The message, what it says, its entry in the queue, its logical times.
        let flight = size_of::<FlightCore>() + 64 + 16 + 8 + nodes * size_of::<u32>();
        let flights = self.live.world.core.slots() * flight;
        size_of::<Cluster>() + links + flights + nodes * 512
    }

    fn intervene(&mut self, at: Time, record: &mut Record) {
        let live = &mut self.live;
        live.world.core.pass(at);
        // What is written down behind more events than there were stands behind them from now on.
        let moment = self.setup.script[live.world.script_done].moment;
        if moment.at == live.world.core.now {
            live.world.core.slot = live.world.core.slot.max(moment.slot);
        }
        live.world.core.steps += 1;
        live.world.digest.word(at);
        live.world.digest.word(3 << 32 | live.world.script_done as u64);
        let action = &self.setup.script[live.world.script_done].action;
        live.world.script_done += 1;
        let void = intervene::perform(live, action, record).err();
        live.world.digest.word(u64::from(void.is_some()));
        if record.on {
            record.kind = Some(EventKind::Action { action: action.clone(), void });
        }
    }

    fn event(live: &Cluster, record: Record) -> Event {
        let (lamport, vector) = match (&live.world.causality, record.node) {
            (Some(causality), Some(node)) => {
                (causality.lamport(node), causality.vector(node).into())
            }
            _ => (0, Box::default()),
        };
        Event {
            step: live.world.core.steps,
            at: live.world.core.now,
            node: record.node,
            kind: record.kind.unwrap_or(EventKind::Wake),
            cause: record.cause,
            lamport,
            vector,
            sent: record.sent,
            notes: record.notes,
            broke: live.world.found_now(PropertyKind::Always),
            reached: live.world.found_now(PropertyKind::Sometimes),
        }
    }

    /// One step past the head: everything about it is written down.
    fn go_on_new(&mut self, at: Time, next: Next) {
        let mut record = Record { on: true, ..Record::default() };
        self.perform(at, next, &mut record);
        let mut marks = std::mem::take(&mut record.marks);
        let event = Self::event(&self.live, record);
        self.head = event.step;
        self.notes_reached = self.live.world.notes_reached;
        // Nobody in the run may know it yet, but it is settled: a value is chosen, say.
        if !event.reached.is_empty() && marks.is_empty() {
            marks.push(MarkKind::Decision);
        }
        if !event.broke.is_empty() {
            marks.push(MarkKind::Violation);
        }
        for kind in marks {
            self.history.push_mark(Mark { step: event.step, at: event.at, kind });
        }
        self.history.push_event(event);
        if self.history.wants_keyframe(self.head) {
            let bytes = self.keyframe_bytes();
            self.history.push_keyframe(self.head, self.live.clone(), bytes);
        }
    }

    /// Computes a forgotten segment again, from the keyframe before it.
    fn restore_segment(&mut self, place: u64) {
        let (first, last) = (place * SEGMENT + 1, ((place + 1) * SEGMENT).min(self.head));
        let here =
            std::mem::replace(&mut self.live, (**self.history.keyframe(first - 1).1).clone());
        self.replay(first - 1);
        let mut events = Vec::with_capacity((last + 1 - first) as usize);
        while self.live.world.core.steps < last
            && let Some((at, next)) = self.next()
        {
            let mut record = Record { on: true, ..Record::default() };
            self.perform(at, next, &mut record);
            events.push(Rc::new(Self::event(&self.live, record)));
        }
        self.live = here;
        self.history.put_segment(place as usize, events);
    }

    fn flight(&self, slot: u32, flight: &FlightCore) -> Flight {
        let view = self.live.engine.packet_view(slot, self.names());
        Flight {
            name: flight.name,
            to: flight.to,
            kind: self.live.world.kind_name(flight.kind),
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

impl Session for Run {
    fn info(&self) -> &'static Info {
        self.live.world.info
    }

    fn setup(&self) -> &Setup {
        &self.setup
    }

    fn names(&self) -> NodeNames {
        self.live.world.core.names
    }

    fn step_count(&self) -> u64 {
        self.live.world.core.steps
    }

    fn head(&self) -> u64 {
        self.head
    }

    fn now(&self) -> Time {
        self.live.world.core.now
    }

    fn next_at(&mut self) -> Option<Time> {
        self.next().map(|(at, _)| at)
    }

    fn step(&mut self) -> bool {
        match self.next() {
            Some((at, next)) => {
                self.go_on(at, next, &mut Record::default());
                true
            }
            None => false,
        }
    }

    fn run_to(&mut self, time: Time, limit: u64) -> u64 {
        let mut unheard = Record::default();
        for done in 0..limit {
            match self.next() {
                Some((at, next)) if at <= time => self.go_on(at, next, &mut unheard),
                _ => {
                    self.live.world.core.pass(time);
                    return done;
                }
            }
        }
        limit
    }

    fn seek(&mut self, step: u64) {
        let step = step.min(self.head);
        let here = self.live.world.core.steps;
        let (at, keyframe) = self.history.keyframe(step);
        // Even if we stand there, time may have been let pass, which is not part of a position.
        if step <= here || at > here {
            self.live = (**keyframe).clone();
        }
        self.replay(step);
    }

    fn act_behind(&mut self, action: Action, slot: u32) -> Result<(), String> {
        self.check_action(&action)?;
        let core = &self.live.world.core;
        let moment = Moment { at: core.now, slot: core.slot.max(slot) };
        self.leave_future();
        let script = &mut self.setup.script;
        let place = script.partition_point(|other| other.moment <= moment);
        script.insert(place, Scheduled { moment, action, recorded: true });
        while self.live.world.script_done <= place && self.step() {}
        Ok(())
    }

    fn leave_future(&mut self) {
        let steps = self.live.world.core.steps;
        if steps < self.head {
            self.head = steps;
            self.history.truncate(steps);
        }
        // What was recorded and is still to come belongs to the future that is left, even if its
        // moment is this very one.
        let mut ahead = self.live.world.script_done as u64;
        self.setup.script.retain(|other| {
            let done = ahead > 0;
            ahead = ahead.saturating_sub(1);
            done || !other.recorded
        });
    }

    fn slot(&self) -> u32 {
        self.live.world.core.slot
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

    fn picture(&self) -> Vec<Panel> {
        let world = &self.live.world;
        self.live.engine.picture(&world.core.up, world.names())
    }

    fn node(&self, id: NodeId) -> NodeShot {
        let (names, core) = (self.names(), &self.live.world.core);
        let (client, node) = (names.is_client(id), &core.nodes[id.index()]);
        let timers = core.timers(id).map(|timer| TimerShot {
            name: self.live.world.timer_name(client, timer.tag),
            set_at: timer.set_at,
            due_at: timer.due_at,
        });
        let causality = self.live.world.causality.as_ref();
        NodeShot {
            id,
            name: names.name(id),
            client,
            up: core.up[id.index()],
            paused: node.paused,
            view: self.live.view(id),
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
        let flights = self.live.world.core.flights();
        let mut all: Vec<Flight> =
            flights.map(|(slot, flight)| self.flight(slot, flight)).collect();
        sort_by_key(&mut all, |flight| {
            let name = flight.name;
            [flight.sent_step, u64::from(name.number), u64::from(name.copy)]
        });
        all
    }

    fn losses(&self) -> Vec<Loss> {
        let core = &self.live.world.core;
        let loss = |casualty: &Casualty| Loss {
            flight: self.flight(casualty.slot, core.flight(casualty.slot)),
            lost_at: casualty.lost_at,
            why: casualty.why,
        };
        core.losses.iter().map(loss).collect()
    }

    fn message(&self, name: MessageName) -> Option<MessageView> {
        let core = &self.live.world.core;
        let flying = intervene::find_message(&self.live, &MessageRef::Named(name));
        let lost = || {
            let mut slots = core.losses.iter().map(|casualty| casualty.slot);
            slots.find(|&slot| core.flight(slot).name == name)
        };
        self.live.engine.packet_view(flying.or_else(lost)?, self.names())
    }

    fn find_message(&self, message: &MessageRef) -> Option<MessageName> {
        let slot = intervene::find_message(&self.live, message)?;
        Some(self.live.world.core.flight(slot).name)
    }

    fn link(&self, from: NodeId, to: NodeId) -> LinkShot {
        let core = &self.live.world.core;
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
        self.live.world.verdicts.all()
    }

    fn calls(&self) -> Vec<Call> {
        let mut calls = self.live.engine.callers().calls();
        sort_by_key(&mut calls, |call| [call.called_step, u64::from(call.client.0), 0]);
        calls
    }

    fn linearizability(&self, limits: &check::Limits) -> (check::Verdict, Vec<String>) {
        self.live.engine.callers().linearizability(self.names(), limits)
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
        digest.word(u64::from(self.live.world.info.revision));
        digest.value()
    }

    fn memory(&self) -> usize {
        let (events, keyframes) = self.history.remembered();
        let nodes = self.live.world.core.nodes.len();
        let event = size_of::<Event>() + nodes * size_of::<u32>() + 96;
        events * event + keyframes * self.keyframe_bytes()
    }
}
