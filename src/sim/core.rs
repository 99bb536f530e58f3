//! The machine below the protocols: clock, queue, messages in flight, timers.
//!
//! Nothing here has a type parameter, so it is compiled once, however many protocols there are.
//! What a message says is kept by the cluster, in a slab of the same slots.

use std::collections::VecDeque;

use super::clock::Clock;
use super::network::Network;
use super::protocol::TimerTag;
use super::queue::{Due, Entry, MAX_SLOTS, Queue};
use super::rng::{Rng, Stream};
use super::session::{LossReason, Weather};
use crate::view::{MessageName, NodeId, NodeNames, Time};

/// The kind of a client's request, after all kinds of the protocol.
pub const REQUEST: u8 = 254;
/// The kind of an answer to a client.
pub const REPLY: u8 = 255;

/// With so many entries more than twice the messages in flight, the queue is swept.
const QUEUE_SLACK: usize = 4_096;

/// How many lost messages are remembered, for the picture.
const LOSSES_KEPT: usize = 256;

/// How many messages can be on their way at once. What is sent beyond that is lost, as in a real
/// network whose buffers are full: slow links and fast timers fill no memory.
pub const MOST_IN_FLIGHT: usize = 1 << 16;

/// When something waits that will not happen by itself.
pub const NEVER: Time = Time::MAX;

/// The machine.
#[derive(Clone, Debug)]
pub struct Core {
    /// How everybody is called.
    pub names: NodeNames,
    /// The time of the last event, or later if time was let pass.
    pub now: Time,
    /// How many events of this microsecond have happened, actions not counted.
    pub slot: u32,
    /// How many events have happened, actions counted.
    pub steps: u64,
    /// Which nodes run; a paused one does.
    pub up: Box<[bool]>,
    /// What the machine knows of each node.
    pub nodes: Box<[NodeCore]>,
    /// The links.
    pub network: Network,
    /// What was lost lately, oldest first.
    pub losses: VecDeque<Casualty>,
    /// Timers that somebody has fired and that have not gone off yet, with the time of that.
    pub by_hand: Vec<(NodeId, TimerTag, Time)>,
    manual: bool,
    queue: Queue,
    order: u64,
    flights: Vec<FlightCore>,
    free: Vec<u32>,
}

/// A node, as far as the machine is concerned.
#[derive(Clone, Debug)]
pub struct NodeCore {
    /// Whether it is paused.
    pub paused: bool,
    /// Its own clock.
    pub clock: Clock,
    /// Its own chance.
    pub rng: Rng,
    /// How often it has crashed.
    pub crashes: u32,
    /// How many messages it has sent.
    pub sent: u32,
    timers: Box<[TimerSlot]>,
    waiting: Vec<Entry>,
    pauses: u16,
}

#[derive(Clone, Copy, Debug, Default)]
struct TimerSlot {
    armed: bool,
    set_at: Time,
    set_step: u64,
    due_at: Time,
    order: u64,
    /// The order of the one queue entry that stands for this timer, if there is one. It may be
    /// due too early: setting a timer anew leaves the entry where it is, and when its turn comes
    /// it is queued again. Heartbeats reset timers far more often than timers go off.
    queued: Option<u64>,
    queued_at: Time,
}

/// A timer that runs.
#[derive(Clone, Copy, Debug)]
pub struct RunningTimer {
    /// Which.
    pub tag: TimerTag,
    /// When it was set.
    pub set_at: Time,
    /// When it goes off.
    pub due_at: Time,
}

/// A message in flight, without what it says.
#[derive(Clone, Debug)]
pub struct FlightCore {
    /// Its name.
    pub name: MessageName,
    /// To whom.
    pub to: NodeId,
    /// Its kind: the place in `Info::messages`, or [`REQUEST`], [`REPLY`].
    pub kind: u8,
    /// When it was sent.
    pub sent_at: Time,
    /// The event that sent it.
    pub sent_step: u64,
    /// When it arrives; [`NEVER`] in a manual run.
    pub due_at: Time,
    /// Whether it has arrived at a held link or a paused node, and waits.
    pub held: bool,
    /// Whether somebody delivered it by hand: then a link that holds lets it through.
    let_through: bool,
    /// How often the message was made, this one counted: no copy's name is used twice.
    copies: u32,
    order: u64,
    live: bool,
}

/// A message that was lost; its slot still holds what it said.
#[derive(Clone, Copy, Debug)]
pub struct Casualty {
    /// Where it was; the slot is not used again as long as the loss is remembered.
    pub slot: u32,
    /// When it was lost.
    pub lost_at: Time,
    /// Why.
    pub why: LossReason,
}

/// What happens next.
#[derive(Clone, Copy, Debug)]
pub enum Ready {
    /// The message in that slot arrives.
    Message(u32),
    /// A timer goes off, which was set by that event.
    Timer(NodeId, TimerTag, u64),
    /// A pause ends.
    Wake(NodeId),
}

/// What became of a message that was sent.
#[derive(Clone, Copy, Debug)]
pub struct Launch {
    /// Its name.
    pub name: MessageName,
    /// When it arrives, or would have.
    pub due_at: Time,
    /// Why it never does.
    pub lost: Option<LossReason>,
    /// Where it is; what it says belongs there even if it is lost.
    pub slot: u32,
    /// Where the network's copy is, if it made one.
    pub copy: Option<u32>,
}

impl Core {
    /// A machine at time zero; `timers` is how many each node has at most.
    pub fn new(names: NodeNames, seed: u64, weather: Weather, manual: bool, timers: usize) -> Core {
        let node = |id: NodeId| NodeCore {
            paused: false,
            clock: Clock::default(),
            rng: Rng::stream(seed, Stream::Node(id.0)),
            crashes: 0,
            sent: 0,
            timers: vec![TimerSlot::default(); timers].into(),
            waiting: Vec::new(),
            pauses: 0,
        };
        Core {
            names,
            now: 0,
            slot: 0,
            steps: 0,
            up: vec![true; (names.servers + names.clients) as usize].into(),
            nodes: names.all().map(node).collect(),
            network: Network::new(names, seed, weather),
            losses: VecDeque::new(),
            by_hand: Vec::new(),
            manual,
            queue: Queue::default(),
            order: 0,
            flights: Vec::new(),
            free: Vec::new(),
        }
    }

    /// When the next event happens. Whatever turns out to wait for something else is put aside.
    pub fn next_at(&mut self) -> Option<Time> {
        while let Some(entry) = self.queue.peek() {
            if self.stands(entry) {
                return Some(entry.at);
            }
            self.queue.pop();
        }
        None
    }

    /// Takes the event that [`Core::next_at`] has just found, and moves time to it.
    #[inline(always)]
    pub fn take_next(&mut self) -> Option<Ready> {
        let entry = self.queue.pop()?;
        if entry.at > self.now {
            self.now = entry.at;
            self.slot = 0;
        }
        self.slot += 1;
        Some(match entry.due {
            Due::Message(slot) => Ready::Message(slot),
            Due::Wake(node, _) => Ready::Wake(NodeId(u32::from(node))),
            Due::Timer(node, tag) => {
                let timer = &mut self.nodes[usize::from(node)].timers[usize::from(tag)];
                timer.queued = None;
                timer.armed = false;
                let (node, tag) = (NodeId(u32::from(node)), TimerTag(tag));
                if !self.by_hand.is_empty() {
                    self.by_hand.retain(|fired| (fired.0, fired.1) != (node, tag));
                }
                Ready::Timer(node, tag, timer.set_step)
            }
        })
    }

    /// Lets time pass without an event.
    pub fn pass(&mut self, until: Time) {
        if until > self.now {
            self.now = until;
            self.slot = 0;
        }
    }

    /// Whether an entry at the head of the queue is an event now. If not, it is out of date, or
    /// it was put aside or queued again.
    fn stands(&mut self, entry: Entry) -> bool {
        match entry.due {
            Due::Message(slot) => self.message_stands(entry, slot),
            Due::Timer(node, tag) => self.timer_stands(entry, node, tag),
            Due::Wake(node, pauses) => {
                let node = &self.nodes[usize::from(node)];
                node.paused && node.pauses == pauses
            }
        }
    }

    #[inline(always)]
    fn message_stands(&mut self, entry: Entry, slot: u32) -> bool {
        let flight = &mut self.flights[slot as usize];
        if !flight.live || flight.order != entry.order || flight.held {
            return false;
        }
        let (from, to) = (flight.name.from, flight.to);
        if self.network.link(from, to).held && !flight.let_through {
            flight.held = true;
            return false;
        }
        let node = &mut self.nodes[to.index()];
        if node.paused {
            flight.held = true;
            node.waiting.push(entry);
            return false;
        }
        true
    }

    fn timer_stands(&mut self, entry: Entry, node: u8, tag: u8) -> bool {
        let owner = &mut self.nodes[usize::from(node)];
        let timer = &mut owner.timers[usize::from(tag)];
        if timer.queued != Some(entry.order) {
            return false;
        }
        if !timer.armed {
            timer.queued = None;
            return false;
        }
        if timer.order != entry.order {
            timer.queued = None;
            if !self.manual {
                self.queue_timer(node, tag);
            }
            return false;
        }
        if owner.paused {
            owner.waiting.push(entry);
            return false;
        }
        true
    }

    #[inline(always)]
    fn next_order(&mut self) -> u64 {
        self.order += 1;
        self.order
    }

    // --- timers ---------------------------------------------------------------------------

    /// Sets a timer to go off after that long on the node's own clock.
    pub fn set_timer(&mut self, node: NodeId, tag: TimerTag, after: Time) {
        let order = self.next_order();
        let owner = &mut self.nodes[node.index()];
        let due_at = self.now.saturating_add(owner.clock.true_span(after));
        let timer = &mut owner.timers[usize::from(tag.0)];
        let (queued, queued_at) = (timer.queued, timer.queued_at);
        *timer = TimerSlot {
            armed: true,
            set_at: self.now,
            set_step: self.steps,
            due_at,
            order,
            queued,
            queued_at,
        };
        if !self.manual && (queued.is_none() || due_at < queued_at) {
            self.queue_timer(node.0 as u8, tag.0);
        }
    }

    /// Stops a timer.
    pub fn cancel_timer(&mut self, node: NodeId, tag: TimerTag) {
        self.nodes[node.index()].timers[usize::from(tag.0)].armed = false;
    }

    /// Makes a running timer go off now. False if it does not run.
    pub fn fire_timer(&mut self, node: NodeId, tag: TimerTag) -> bool {
        let order = self.next_order();
        let timer = &mut self.nodes[node.index()].timers[usize::from(tag.0)];
        if !timer.armed {
            return false;
        }
        timer.due_at = self.now;
        timer.order = order;
        self.queue_timer(node.0 as u8, tag.0);
        self.by_hand.retain(|fired| (fired.0, fired.1) != (node, tag));
        self.by_hand.push((node, tag, self.now));
        true
    }

    /// Whether a timer runs and goes off at that time or before.
    pub fn is_due(&self, node: NodeId, tag: TimerTag, at: Time) -> bool {
        let timer = &self.nodes[node.index()].timers[usize::from(tag.0)];
        timer.armed && timer.due_at <= at
    }

    /// The timers of a node that run.
    pub fn timers(&self, node: NodeId) -> impl Iterator<Item = RunningTimer> {
        let slots = self.nodes[node.index()].timers.iter().enumerate();
        slots.filter(|(_, timer)| timer.armed).map(|(tag, timer)| RunningTimer {
            tag: TimerTag(tag as u8),
            set_at: timer.set_at,
            due_at: timer.due_at,
        })
    }

    /// Gives a node another clock rate: what its timers still have to wait is converted.
    pub fn set_drift(&mut self, node: NodeId, drift_ppm: i32) {
        let now = self.now;
        let owner = &mut self.nodes[node.index()];
        let old = owner.clock;
        owner.clock.set_drift(now, drift_ppm);
        for tag in 0..owner.timers.len() {
            let order = self.next_order();
            let owner = &mut self.nodes[node.index()];
            let (clock, timer) = (owner.clock, &mut owner.timers[tag]);
            if timer.armed {
                let left = old.local_span(timer.due_at.saturating_sub(now));
                timer.due_at = now.saturating_add(clock.true_span(left));
                timer.order = order;
                if !self.manual {
                    self.queue_timer(node.0 as u8, tag as u8);
                }
            }
        }
    }

    fn queue_timer(&mut self, node: u8, tag: u8) {
        let timer = &mut self.nodes[usize::from(node)].timers[usize::from(tag)];
        timer.queued = Some(timer.order);
        timer.queued_at = timer.due_at;
        let entry = Entry { at: timer.due_at, order: timer.order, due: Due::Timer(node, tag) };
        self.queue.push(entry);
    }

    // --- messages -------------------------------------------------------------------------

    /// Sends a message. The caller keeps what it says in the slots that the answer names.
    pub fn launch(&mut self, from: NodeId, to: NodeId, kind: u8) -> Launch {
        let mut fate = self.network.decide(from, to, kind, self.now);
        let room = MOST_IN_FLIGHT.saturating_sub(self.in_flight());
        if fate.lost.is_none() && room == 0 {
            fate.lost = Some(LossReason::Full);
            self.network.link_mut(from, to).lost += 1;
        }
        fate.copy_due_at = fate.copy_due_at.filter(|_| room > 1);
        let sender = &mut self.nodes[from.index()];
        sender.sent += 1;
        let name = MessageName { from, number: sender.sent, copy: 1 };
        let (due_at, copy_due_at) = match self.manual {
            true => (NEVER, fate.copy_due_at.map(|_| NEVER)),
            false => (fate.due_at, fate.copy_due_at),
        };
        let mut flight = FlightCore {
            name,
            to,
            kind,
            sent_at: self.now,
            sent_step: self.steps,
            due_at,
            held: false,
            let_through: false,
            copies: 1 + u32::from(copy_due_at.is_some()),
            order: 0,
            live: fate.lost.is_none(),
        };
        if let Some(why) = fate.lost {
            flight.due_at = fate.due_at;
            let slot = self.put(flight);
            let lost_at = self.now + (fate.due_at - self.now) / 2;
            self.bury(Casualty { slot, lost_at, why });
            return Launch { name, due_at: fate.due_at, lost: fate.lost, slot, copy: None };
        }
        let twin = copy_due_at.map(|due_at| {
            let name = MessageName { copy: 2, ..name };
            FlightCore { name, due_at, ..flight.clone() }
        });
        let slot = self.put(flight);
        let copy = twin.map(|twin| self.put(twin));
        Launch { name, due_at, lost: None, slot, copy }
    }

    /// How many messages are on their way.
    fn in_flight(&self) -> usize {
        self.flights.len() - self.free.len() - self.losses.len()
    }

    /// How many messages there is room for without growing.
    pub fn slots(&self) -> usize {
        self.flights.len()
    }

    /// A message in flight.
    #[inline(always)]
    pub fn flight(&self, slot: u32) -> &FlightCore {
        &self.flights[slot as usize]
    }

    /// Everything in flight with its slot, in order of slots.
    pub fn flights(&self) -> impl Iterator<Item = (u32, &FlightCore)> {
        self.flights
            .iter()
            .enumerate()
            .filter(|(_, flight)| flight.live)
            .map(|(k, f)| (k as u32, f))
    }

    /// Takes a message out of flight: it has arrived.
    #[inline(always)]
    pub fn land(&mut self, slot: u32) {
        self.flights[slot as usize].live = false;
        self.free.push(slot);
    }

    /// Loses a message in flight, now.
    pub fn lose(&mut self, slot: u32, why: LossReason) {
        let flight = &mut self.flights[slot as usize];
        flight.live = false;
        self.network.link_mut(flight.name.from, flight.to).lost += 1;
        self.bury(Casualty { slot, lost_at: self.now, why });
    }

    /// Makes a copy of a message in flight; answers where it is.
    pub fn duplicate(&mut self, slot: u32) -> u32 {
        let name = self.flights[slot as usize].name;
        let copy = self.flights[slot as usize].copies + 1;
        let twins = self.flights.iter_mut().filter(|other| {
            other.live && (other.name.from, other.name.number) == (name.from, name.number)
        });
        twins.for_each(|twin| twin.copies = copy);
        let flight = self.flights[slot as usize].clone();
        let name = MessageName { copy, ..name };
        let arrival = self.network.link_mut(flight.name.from, flight.to).copy_arrival(self.now);
        let due_at = if self.manual { NEVER } else { arrival };
        let (sent_at, held, let_through) = (self.now, false, false);
        self.put(FlightCore { name, due_at, sent_at, held, let_through, ..flight })
    }

    /// Lets a message arrive now, even if its link holds. Before a paused node it waits.
    pub fn deliver(&mut self, slot: u32) {
        self.flights[slot as usize].let_through = true;
        self.reschedule(slot, self.now);
    }

    /// Lets a message take that much longer. False if it waits to be delivered by hand.
    pub fn delay(&mut self, slot: u32, by: Time) -> bool {
        let due_at = self.flights[slot as usize].due_at;
        if due_at == NEVER {
            return false;
        }
        self.reschedule(slot, due_at.max(self.now).saturating_add(by));
        true
    }

    fn reschedule(&mut self, slot: u32, due_at: Time) {
        let order = self.next_order();
        let flight = &mut self.flights[slot as usize];
        flight.due_at = due_at;
        flight.order = order;
        flight.held = false;
        self.queue.push(Entry { at: due_at, order, due: Due::Message(slot) });
    }

    /// Cuts or mends a link. What is on a link that is cut is lost.
    pub fn set_cut(&mut self, from: NodeId, to: NodeId, cut: bool) {
        self.network.link_mut(from, to).cut = cut;
        if !cut {
            return;
        }
        let on_it = |flight: &FlightCore| flight.name.from == from && flight.to == to;
        let lost: Vec<u32> =
            self.flights().filter(|(_, flight)| on_it(flight)).map(|(slot, _)| slot).collect();
        for slot in lost {
            self.lose(slot, LossReason::Cut);
        }
        // What was lost leaves its entry in the queue, perhaps for an hour.
        if self.queue.len() > 2 * self.in_flight() + QUEUE_SLACK {
            let flights = &self.flights;
            self.queue.retain(|entry| match entry.due {
                Due::Message(slot) => {
                    let flight = &flights[slot as usize];
                    flight.live && flight.order == entry.order
                }
                _ => true,
            });
        }
    }

    /// Lets a link hold its messages, or let them go in the order in which they arrived.
    pub fn set_held(&mut self, from: NodeId, to: NodeId, held: bool) {
        self.network.link_mut(from, to).held = held;
        if held {
            return;
        }
        let now = self.now;
        for slot in 0..self.flights.len() {
            let flight = &mut self.flights[slot];
            let here = flight.live && flight.held && flight.name.from == from && flight.to == to;
            if here {
                flight.held = false;
                let at = flight.due_at.max(now);
                let entry = Entry { at, order: flight.order, due: Due::Message(slot as u32) };
                self.queue.push(entry);
            }
        }
    }

    fn put(&mut self, mut flight: FlightCore) -> u32 {
        flight.order = self.next_order();
        let (at, order) = (flight.due_at, flight.order);
        let slot = match self.free.pop() {
            Some(slot) => {
                self.flights[slot as usize] = flight;
                slot
            }
            None => {
                assert!(self.flights.len() < MAX_SLOTS, "so many messages are never in flight");
                self.flights.push(flight);
                (self.flights.len() - 1) as u32
            }
        };
        if at != NEVER && self.flights[slot as usize].live {
            self.queue.push(Entry { at, order, due: Due::Message(slot) });
        }
        slot
    }

    fn bury(&mut self, casualty: Casualty) {
        if self.losses.len() == LOSSES_KEPT
            && let Some(oldest) = self.losses.pop_front()
        {
            self.free.push(oldest.slot);
        }
        self.losses.push_back(casualty);
    }

    // --- nodes ----------------------------------------------------------------------------

    /// A node stops for good until it is restarted: its timers are gone.
    pub fn crash(&mut self, node: NodeId) {
        self.resume(node);
        self.up[node.index()] = false;
        let owner = &mut self.nodes[node.index()];
        owner.crashes += 1;
        for timer in &mut owner.timers {
            timer.armed = false;
        }
    }

    /// A node stops for a while, or until it is resumed.
    pub fn pause(&mut self, node: NodeId, length: Option<Time>) {
        let order = self.next_order();
        let owner = &mut self.nodes[node.index()];
        owner.paused = true;
        owner.pauses = owner.pauses.wrapping_add(1);
        if let Some(length) = length {
            let due = Due::Wake(node.0 as u8, owner.pauses);
            self.queue.push(Entry { at: self.now + length, order, due });
        }
    }

    /// A paused node goes on: whatever waited happens now, in its order.
    pub fn resume(&mut self, node: NodeId) {
        let now = self.now;
        let owner = &mut self.nodes[node.index()];
        owner.paused = false;
        for entry in std::mem::take(&mut owner.waiting) {
            if let Due::Message(slot) = entry.due {
                // It may be gone or wait elsewhere by now, or its slot may hold another.
                let flight = &mut self.flights[slot as usize];
                if flight.order != entry.order {
                    continue;
                }
                flight.held = false;
            }
            self.queue.push(Entry { at: entry.at.max(now), ..entry });
        }
    }
}
