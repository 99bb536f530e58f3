//! A run as the rest of the program drives it: without type parameters, whatever the protocol.
//!
//! The page, the command line, the scenario runner and the fuzzer see a `Box<dyn Session>`. What
//! is behind it is always [`super::run::Run`] over one protocol.

use std::rc::Rc;

use super::action::{Action, Delay, MessageRef, Scheduled};
use super::info::{Info, MarkKind, Params};
use super::trace::Event;
use super::verdict::Verdict;
use crate::check;
use crate::view::{MessageName, MessageView, NodeId, NodeNames, NodeView, Panel, Time};

/// Everything that a run is made from. The same setup gives the same run, everywhere.
#[derive(Clone, Debug, PartialEq)]
pub struct Setup {
    /// The protocol's parameters, number of nodes and flaws.
    pub params: Params,
    /// The seed of every stream of chance.
    pub seed: u64,
    /// How links behave at the start.
    pub network: Weather,
    /// How clients behave.
    pub clients: ClientRules,
    /// Whether nothing happens by itself: messages wait to be delivered by hand, timers to be
    /// fired by hand, and only actions make anything happen.
    pub manual: bool,
    /// States that nodes start from: the node and the words.
    pub given: Vec<(NodeId, Vec<String>)>,
    /// What is done to the run, in order of time.
    pub script: Vec<Scheduled>,
}

/// How a link behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Weather {
    /// How long messages take.
    pub delay: Delay,
    /// Lost messages in a million.
    pub loss_ppm: u32,
    /// Duplicated messages in a million.
    pub duplicate_ppm: u32,
    /// Whether messages arrive in the order in which they were sent.
    pub fifo: bool,
}

impl Default for Weather {
    fn default() -> Weather {
        let delay = Delay::Uniform { lo: 5_000, hi: 20_000 };
        Weather { delay, loss_ppm: 0, duplicate_ppm: 0, fifo: false }
    }
}

/// How clients behave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientRules {
    /// After how long without an answer they turn to the next server.
    pub timeout: Time,
    /// How long they wait before they try again when told that there is no leader.
    pub backoff: Time,
    /// Whether they try again at all. If not, the outcome of a call without answer is unknown.
    pub retry: bool,
    /// Whether a retry repeats its serial number, so that the servers can know it.
    pub key: bool,
}

impl Default for ClientRules {
    fn default() -> ClientRules {
        ClientRules { timeout: 300_000, backoff: 50_000, retry: true, key: true }
    }
}

/// How much a run remembers and checks. Interactive runs want everything; the kernel's raw speed
/// is measured with nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Watch {
    /// Keep the trace: events with their causes, Lamport and vector time, marks, keyframes.
    pub trace: bool,
    /// Check every property after every event.
    pub properties: bool,
}

impl Watch {
    /// Everything.
    pub const ALL: Watch = Watch { trace: true, properties: true };
    /// Properties, but no trace: fuzzing.
    pub const PROPERTIES: Watch = Watch { trace: false, properties: true };
    /// Nothing.
    pub const RAW: Watch = Watch { trace: false, properties: false };
}

/// A run of some protocol.
pub trait Session {
    /// The protocol.
    fn info(&self) -> &'static Info;

    /// What the run was made from, with the actions that were taken since.
    fn setup(&self) -> &Setup;

    /// How everybody is called.
    fn names(&self) -> NodeNames;

    /// How many events have happened up to the present position.
    fn step_count(&self) -> u64;

    /// How many events are known: the run was at that position once. At least [`step_count`].
    ///
    /// [`step_count`]: Session::step_count
    fn head(&self) -> u64;

    /// The present virtual time: that of the last event, or later if time was let pass.
    fn now(&self) -> Time;

    /// When the next event happens, if anything is to happen at all.
    fn next_at(&mut self) -> Option<Time>;

    /// Does the next event. False if there is none.
    fn step(&mut self) -> bool;

    /// Does every event up to and including `time`, then stands at `time`. Stops early after
    /// `limit` events; answers how many it did.
    fn run_to(&mut self, time: Time, limit: u64) -> u64;

    /// Goes to the position after event `step` (0: the start), back or forth; not past the head.
    fn seek(&mut self, step: u64);

    /// Takes that many events back.
    fn back(&mut self, count: u64) {
        self.seek(self.step_count().saturating_sub(count));
    }

    /// Whether more is known than has happened up to the present position.
    fn ahead(&self) -> bool {
        self.step_count() < self.head()
    }

    /// Takes an action at the present position. Whatever recorded future there was is dropped
    /// (fork first to keep it: [`super::tree::Tree`] does). The error says what is wrong with it.
    fn act(&mut self, action: Action) -> Result<(), String> {
        self.act_behind(action, 0)
    }

    /// The same, written down as if at least so many events of this microsecond had come first.
    fn act_behind(&mut self, action: Action, slot: u32) -> Result<(), String>;

    /// Drops whatever recorded future there is, and what was done there.
    fn leave_future(&mut self);

    /// How many events of the present microsecond have happened.
    fn slot(&self) -> u32;

    /// Whether the action makes sense here, without taking it.
    fn check_action(&self, action: &Action) -> Result<(), String>;

    /// A second run that has the same past up to the present position and its own future.
    fn fork(&self) -> Box<dyn Session>;

    /// Forgets whatever can be computed again. For branches that nobody looks at.
    fn thin(&mut self);

    /// A node.
    fn node(&self, node: NodeId) -> NodeShot;

    /// Pictures of all servers together.
    fn picture(&self) -> Vec<Panel>;

    /// Everything on its way, oldest first.
    fn flights(&self) -> Vec<Flight>;

    /// Messages that were lost lately, with the place where it happened.
    fn losses(&self) -> Vec<Loss>;

    /// A message in flight, or lost lately.
    fn message(&self, name: MessageName) -> Option<MessageView>;

    /// The message that is meant, if it is in flight.
    fn find_message(&self, message: &MessageRef) -> Option<MessageName>;

    /// The directed link from one node to another.
    fn link(&self, from: NodeId, to: NodeId) -> LinkShot;

    /// Every property with its state at the present position.
    fn verdicts(&self) -> Vec<Verdict>;

    /// The clients' calls up to the present position.
    fn calls(&self) -> Vec<Call>;

    /// Whether those calls are linearizable, with the reasons in words, a line each.
    fn linearizability(&self, limits: &check::Limits) -> (check::Verdict, Vec<String>);

    /// Event number `step`, from 1 to the head. `None` if the run keeps no trace.
    fn event(&mut self, step: u64) -> Option<Rc<Event>>;

    /// What the scrubber marks, from the start to the head.
    fn marks(&self) -> &[Mark];

    /// Which notes were reached up to the head, by their place in [`Info::notes`].
    fn notes_reached(&self) -> u128;

    /// The digest of everything that happened up to the present position and of every state.
    fn digest(&self) -> u64;

    /// How much memory the trace and the keyframes take, roughly, in bytes.
    fn memory(&self) -> usize;

    /// The other run, where two run side by side ([`super::pair`]). Everything above speaks of the
    /// one that is faced.
    fn beside(&self) -> Option<&dyn Session> {
        None
    }

    /// The other run, to ask it.
    fn beside_mut(&mut self) -> Option<&mut dyn Session> {
        None
    }

    /// Which of two runs side by side is faced: 0 for the first.
    fn lane(&self) -> usize {
        0
    }

    /// Faces the other run.
    fn turn(&mut self) {}
}

/// A node at the present position.
#[derive(Clone, Debug, PartialEq)]
pub struct NodeShot {
    /// Which.
    pub id: NodeId,
    /// `n1`, `c1`.
    pub name: String,
    /// Whether it is a client.
    pub client: bool,
    /// Whether it runs (or is paused); false after a crash.
    pub up: bool,
    /// Whether it is paused.
    pub paused: bool,
    /// What it looks like to its protocol.
    pub view: NodeView,
    /// Its timers that run, in the order of [`Info::timers`].
    pub timers: Vec<TimerShot>,
    /// What its own clock says, in microseconds.
    pub clock: Time,
    /// How far its clock is set off, in microseconds.
    pub offset_us: i64,
    /// How fast it drifts, in millionths.
    pub drift_ppm: i32,
    /// How many times it has crashed.
    pub crashes: u32,
    /// Its Lamport time; 0 if the run keeps no trace.
    pub lamport: u64,
    /// Its vector time, one entry for each node; empty if the run keeps no trace.
    pub vector: Vec<u32>,
}

/// A timer that runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimerShot {
    /// One of [`Info::timers`], or a client's `timeout`, `backoff`.
    pub name: &'static str,
    /// When it was set.
    pub set_at: Time,
    /// When it goes off, in true time, if nothing comes in between.
    pub due_at: Time,
}

/// A message on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flight {
    /// Its name.
    pub name: MessageName,
    /// To whom.
    pub to: NodeId,
    /// One of [`Info::messages`], or `Request`, `Reply`.
    pub kind: &'static str,
    /// Whether it answers another message.
    pub reply: bool,
    /// Whether the answer is a refusal.
    pub refusal: bool,
    /// The epoch that it speaks of.
    pub generation: Option<u64>,
    /// When it was sent.
    pub sent_at: Time,
    /// When it arrives; `None` if it waits to be delivered by hand.
    pub due_at: Option<Time>,
    /// Whether it waits at a link that holds, or before a node that is paused.
    pub held: bool,
    /// The event that sent it.
    pub sent_step: u64,
}

/// A message that was lost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loss {
    /// What was on its way.
    pub flight: Flight,
    /// When it was lost.
    pub lost_at: Time,
    /// Why.
    pub why: LossReason,
}

/// Why a message was lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LossReason {
    /// The network lost it.
    Chance,
    /// The link was cut.
    Cut,
    /// Somebody dropped it, or a rule did.
    Dropped,
    /// The receiver was down.
    Down,
    /// More was on its way than the network has room for.
    Full,
}

impl LossReason {
    /// In a few words.
    pub fn text(self) -> &'static str {
        match self {
            LossReason::Chance => "lost by the network",
            LossReason::Cut => "lost at a cut link",
            LossReason::Dropped => "dropped on purpose",
            LossReason::Down => "lost: the receiver is down",
            LossReason::Full => "lost: the network is full",
        }
    }
}

/// A directed link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LinkShot {
    /// How it behaves.
    pub weather: Weather,
    /// Whether it is cut.
    pub cut: bool,
    /// Whether it holds its messages.
    pub held: bool,
    /// Messages on it.
    pub in_flight: u32,
    /// Messages sent over it.
    pub sent: u64,
    /// Messages lost on it.
    pub lost: u64,
}

/// A client's call and what came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// Who called.
    pub client: NodeId,
    /// The operation, as a scenario writes it.
    pub op: String,
    /// When.
    pub called_at: Time,
    /// The step of the call.
    pub called_step: u64,
    /// How often it was sent.
    pub attempts: u32,
    /// What came of it.
    pub outcome: Outcome,
}

/// What came of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing yet; it waits behind earlier calls or for an answer.
    Open,
    /// The answer, and when it came.
    Done {
        /// As the service prints it.
        out: String,
        /// When.
        at: Time,
        /// The step of the return.
        step: u64,
    },
    /// The server refused: it did not happen.
    Refused {
        /// Why.
        why: &'static str,
        /// When.
        at: Time,
    },
    /// The client gave up: it may have happened, or happen still.
    Unknown {
        /// When it gave up.
        at: Time,
    },
}

/// A mark on the scrubber.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The event.
    pub step: u64,
    /// Its time.
    pub at: Time,
    /// What for.
    pub kind: MarkKind,
}
