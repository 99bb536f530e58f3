//! THE trait: what a protocol is to the kernel.
//!
//! A protocol is a pure state machine. `Self` is the immutable parameters, [`Protocol::State`] is
//! one node, and [`Cx`] is the only way out: what a handler wants done is written there, and the
//! kernel does it. A protocol never sees a random generator, the host's time or a global.

use std::hash::Hash;
use std::rc::Rc;

use super::core::REPLY;
use super::info::{Info, Params};
use super::rng::Rng;
use super::shell::{Outlet, Packet};
use super::verdict::Verdicts;
use crate::service::Service;
use crate::view::{MessageView, NodeId, NodeNames, NodeView, Panel, Time};

/// A protocol engine.
pub trait Protocol: Clone + 'static {
    /// What it says of itself.
    const INFO: &'static Info;
    /// One node: what is on stable storage and what is not.
    type State: Clone + Hash + 'static;
    /// What nodes send each other.
    type Msg: Clone + Hash + 'static;
    /// What its clients are promised; [`crate::service::Nothing`] if it has none.
    type Service: Service;
    /// What the properties need to remember of the past (the history variables of the proofs).
    type Monitor: Clone + Default + 'static;

    /// The protocol under these parameters, which are complete and within bounds.
    fn new(params: &Params) -> Self;

    /// A node before its first start. Timers are set in [`Protocol::on_start`].
    fn init(&self, me: NodeId) -> Self::State;

    /// The node starts: at the beginning of the run, and again after each crash.
    fn on_start(&self, state: &mut Self::State, cx: &mut Cx<'_, Self>) {
        let _ = (state, cx);
    }

    /// What a crash leaves: exactly what the paper puts on stable storage.
    fn on_crash(&self, old: &Self::State, me: NodeId) -> Self::State {
        let _ = old;
        self.init(me)
    }

    /// A message arrives.
    fn on_message(
        &self,
        state: &mut Self::State,
        from: NodeId,
        msg: Self::Msg,
        cx: &mut Cx<'_, Self>,
    );

    /// A timer fires; `timer` is its place in [`Info::timers`].
    fn on_timer(&self, state: &mut Self::State, timer: TimerTag, cx: &mut Cx<'_, Self>) {
        let _ = (state, timer, cx);
    }

    /// A client asks.
    fn on_request(
        &self,
        state: &mut Self::State,
        request: Request<Op<Self>>,
        cx: &mut Cx<'_, Self>,
    ) {
        let _ = (state, request, cx);
    }

    /// The place of a message's kind in [`Info::messages`].
    fn kind(msg: &Self::Msg) -> usize;

    /// What a node looks like.
    fn view(&self, state: &Self::State, names: NodeNames) -> NodeView;

    /// What a message looks like.
    fn message_view(&self, msg: &Self::Msg, names: NodeNames) -> MessageView;

    /// Pictures of all servers together: what one wants to see side by side, such as their logs.
    /// A crashed server appears with what is on its stable storage.
    fn picture(&self, servers: &Servers<'_, Self>) -> Vec<Panel> {
        let _ = servers;
        Vec::new()
    }

    /// Checks the properties after an event at `node`. Only that node has changed.
    fn observe(
        &self,
        monitor: &mut Self::Monitor,
        servers: &Servers<'_, Self>,
        node: NodeId,
        verdicts: &mut Verdicts,
    ) {
        let _ = (monitor, servers, node, verdicts);
    }

    /// Puts a node into a state that the scenario gives (`given n1 log 1 1 4`), before the run.
    /// An error says what was expected.
    fn given(&self, state: &mut Self::State, words: &[&str]) -> Result<(), String> {
        let _ = (state, words);
        Err("this protocol takes no given states".to_string())
    }
}

/// The operations of a protocol's service.
pub type Op<P> = <<P as Protocol>::Service as Service>::Op;
/// The answers of a protocol's service.
pub type Out<P> = <<P as Protocol>::Service as Service>::Out;

/// A timer of a node, by its place in [`Info::timers`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TimerTag(pub u8);

/// What a client asks.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Request<O> {
    /// Who asks: also the session.
    pub client: NodeId,
    /// The serial number within the session. A retry with an idempotency key repeats it.
    pub number: u64,
    /// What is asked.
    pub op: O,
}

/// What a server answers to a client.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Answer<O> {
    /// Done, with this result.
    Done(O),
    /// Ask that one, or, if I do not know whom, anybody else.
    Redirect(Option<NodeId>),
    /// Not done and never will be, for this reason.
    Refused(&'static str),
}

/// All servers, as the properties see them.
pub struct Servers<'a, P: Protocol> {
    /// One state for each server. A crashed one shows what is on its stable storage.
    pub states: &'a [Rc<P::State>],
    /// Which of them run.
    pub up: &'a [bool],
    /// How everybody is called.
    pub names: NodeNames,
}

/// What a handler wants done, in the order in which it said so: for adapters that drive a
/// protocol without a cluster.
#[derive(Clone)]
pub enum Effect<P: Protocol> {
    /// Send a message to a server.
    Send(NodeId, P::Msg),
    /// Set a timer to go off after that long on the node's own clock.
    SetTimer(TimerTag, Time),
    /// Stop a timer.
    CancelTimer(TimerTag),
    /// Answer request `number` of a client.
    Reply(NodeId, u64, Answer<Out<P>>),
    /// Tell something; the text is empty if nobody listens.
    Note(&'static str, String),
}

/// The only way out of a protocol.
pub struct Cx<'a, P: Protocol> {
    me: NodeId,
    names: NodeNames,
    clock: Time,
    way: Way<'a, P>,
}

/// Where the way out leads.
enum Way<'a, P: Protocol> {
    /// Into the cluster, at once.
    Cluster(Outlet<'a, P>),
    /// Onto a list.
    List { rng: &'a mut Rng, listening: bool, effects: &'a mut Vec<Effect<P>> },
}

impl<'a, P: Protocol> Cx<'a, P> {
    /// A context for one event at one node, with a list of what it wants done: for adapters.
    pub fn new(
        me: NodeId,
        names: NodeNames,
        clock: Time,
        rng: &'a mut Rng,
        listening: bool,
        effects: &'a mut Vec<Effect<P>>,
    ) -> Cx<'a, P> {
        Cx { me, names, clock, way: Way::List { rng, listening, effects } }
    }

    /// A context for one event at one node of a cluster.
    pub(super) fn of(me: NodeId, outlet: Outlet<'a, P>) -> Cx<'a, P> {
        let core = &outlet.world.core;
        let clock = core.nodes[me.index()].clock.read(core.now);
        Cx { me, names: core.names, clock, way: Way::Cluster(outlet) }
    }

    /// The node itself.
    pub fn me(&self) -> NodeId {
        self.me
    }

    /// How many servers there are.
    pub fn servers(&self) -> u32 {
        self.names.servers
    }

    /// All servers but this one, in order.
    pub fn others(&self) -> impl Iterator<Item = NodeId> + use<P> {
        let me = self.me;
        self.names.servers().filter(move |&node| node != me)
    }

    /// How everybody is called.
    pub fn names(&self) -> NodeNames {
        self.names
    }

    /// The node's own clock, in microseconds: it may be off and it may drift.
    pub fn clock(&self) -> Time {
        self.clock
    }

    /// Sends a message to a server.
    pub fn send(&mut self, to: NodeId, msg: P::Msg) {
        match &mut self.way {
            Way::Cluster(outlet) => {
                let kind = P::kind(&msg) as u8;
                outlet.send((self.me, to), kind, Packet::Message(msg));
            }
            Way::List { effects, .. } => effects.push(Effect::Send(to, msg)),
        }
    }

    /// Sends a message to every other server.
    pub fn broadcast(&mut self, msg: &P::Msg) {
        for to in self.others() {
            self.send(to, msg.clone());
        }
    }

    /// Sets a timer to a random length between `lo` and `hi`, on the node's own clock.
    pub fn set_timer(&mut self, timer: TimerTag, lo: Time, hi: Time) {
        let after = if lo == hi { lo } else { self.rng().between(lo, hi) };
        match &mut self.way {
            Way::Cluster(outlet) => outlet.world.core.set_timer(self.me, timer, after),
            Way::List { effects, .. } => effects.push(Effect::SetTimer(timer, after)),
        }
    }

    /// Stops a timer.
    pub fn cancel_timer(&mut self, timer: TimerTag) {
        match &mut self.way {
            Way::Cluster(outlet) => outlet.world.core.cancel_timer(self.me, timer),
            Way::List { effects, .. } => effects.push(Effect::CancelTimer(timer)),
        }
    }

    /// Answers request `number` of a client.
    pub fn reply(&mut self, client: NodeId, number: u64, answer: Answer<Out<P>>) {
        match &mut self.way {
            Way::Cluster(outlet) => {
                outlet.send((self.me, client), REPLY, Packet::Reply(number, answer));
            }
            Way::List { effects, .. } => effects.push(Effect::Reply(client, number, answer)),
        }
    }

    /// A number below `n`, from the node's own stream.
    pub fn choose(&mut self, n: u32) -> u32 {
        self.rng().below(u64::from(n)) as u32
    }

    /// Tells something that is worth a line: one of [`Info::notes`], with its particulars. The
    /// text is made only if somebody listens.
    pub fn note(&mut self, id: &'static str, text: impl FnOnce() -> String) {
        let text = if self.listening() { text() } else { String::new() };
        self.tell(id, text);
    }

    #[inline(never)]
    fn listening(&self) -> bool {
        match &self.way {
            Way::Cluster(Outlet { record, .. }) => record.on,
            Way::List { listening, .. } => *listening,
        }
    }

    #[inline(never)]
    fn tell(&mut self, id: &'static str, text: String) {
        match &mut self.way {
            Way::Cluster(Outlet { world, record, .. }) => world.note(id, text, record),
            Way::List { effects, .. } => effects.push(Effect::Note(id, text)),
        }
    }

    fn rng(&mut self) -> &mut Rng {
        match &mut self.way {
            Way::Cluster(outlet) => &mut outlet.world.core.nodes[self.me.index()].rng,
            Way::List { rng, .. } => rng,
        }
    }
}
