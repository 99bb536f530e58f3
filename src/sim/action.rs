//! What a person, or a scenario, does to a run; and when.

use crate::order::Key;
use crate::view::{MessageName, NodeId, Time};

/// When an action happens: at a time, and there after so many events of that microsecond.
///
/// `slot` 0 stands before every event of that microsecond. It is larger only if somebody acted
/// between two events of the same microsecond; then the replay finds the very same place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment {
    /// Virtual time.
    pub at: Time,
    /// How many events of that microsecond come first.
    pub slot: u32,
}

impl Moment {
    /// The moment as a key to sort by.
    pub fn key(self) -> Key {
        [self.at, u64::from(self.slot), 0]
    }
}

/// An action with its moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scheduled {
    /// When.
    pub moment: Moment,
    /// What.
    pub action: Action,
    /// Whether it was taken on this run (true) or stood in the scenario from the start (false).
    /// Who goes back in time and acts leaves the recorded future behind, not the written one.
    pub recorded: bool,
}

/// A node, or nodes, named by what they are at the moment of the action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// That node.
    Node(NodeId),
    /// Every server.
    All,
    /// The nodes in that role (`RoleInfo::id` or its plural): the word of the scenario.
    Role(String),
}

/// Which way along a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// From the first to the second.
    OneWay,
    /// Both.
    BothWays,
}

/// One message, or the first of those in flight that fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MessageRef {
    /// By name: `n1#17`.
    Named(MessageName),
    /// The oldest in flight from one node to another, of that kind if one is given.
    Oldest {
        /// The sender.
        from: NodeId,
        /// The receiver.
        to: NodeId,
        /// One of `Info::messages`, or `Request`, `Reply`.
        kind: Option<String>,
    },
}

/// What the network does on a link, or everywhere.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LinkChange {
    /// How long messages take.
    pub delay: Option<Delay>,
    /// Lost messages in a million.
    pub loss_ppm: Option<u32>,
    /// Duplicated messages in a million.
    pub duplicate_ppm: Option<u32>,
    /// Whether messages arrive in the order in which they were sent.
    pub fifo: Option<bool>,
}

/// How long messages take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Delay {
    /// Anything from `lo` to `hi`, all equally likely.
    Uniform {
        /// At least.
        lo: Time,
        /// At most.
        hi: Time,
    },
    /// `base` plus an exponentially distributed part: a long tail. Written `5ms+exp(10ms)`.
    Tail {
        /// At least.
        base: Time,
        /// The mean of what comes on top; it is cut off at twenty times the mean.
        mean: Time,
    },
}

/// Something done to a run. Nodes are concrete or named by role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// A client asks for an operation: the words as the service reads them, `put x 1`.
    Request {
        /// Which client.
        client: NodeId,
        /// The words of the operation.
        op: Vec<String>,
    },
    /// Nodes crash: what is volatile is gone, messages to them are lost.
    Crash(Target),
    /// Crashed nodes start again from stable storage.
    Restart(Target),
    /// Nodes stop for a while (a long garbage collection): timers and messages wait.
    Pause {
        /// Which.
        target: Target,
        /// For how long; `None`: until somebody resumes them.
        length: Option<Time>,
    },
    /// Paused nodes go on.
    Resume(Target),
    /// Only nodes of the same side hear each other. Nodes that are not listed hear everybody.
    Partition(Vec<Vec<Target>>),
    /// One node is cut off from everybody.
    Isolate(Target),
    /// A link is cut: what is on it and what is sent is lost.
    Cut(Target, Target, Direction),
    /// A link holds its messages back until it is released.
    Hold(Target, Target, Direction),
    /// A held link lets go; a cut link works again.
    Release(Target, Target, Direction),
    /// Every cut and every hold ends.
    Heal,
    /// A link behaves otherwise from now on.
    Link(Target, Target, Direction, LinkChange),
    /// Every link behaves otherwise from now on.
    Network(LinkChange),
    /// One message is lost.
    Drop(MessageRef),
    /// One message is duplicated; the copy takes as long as the network likes.
    Duplicate(MessageRef),
    /// One message takes that much longer.
    Delay(MessageRef, Time),
    /// One message arrives now.
    Deliver(MessageRef),
    /// A timer goes off now.
    Fire {
        /// Whose.
        target: Target,
        /// One of `Info::timers`, or a client's `timeout`.
        timer: String,
    },
    /// A node's clock is set off or drifts.
    Clock {
        /// Whose.
        target: Target,
        /// It is set to the true time plus this, in microseconds.
        offset_us: Option<i64>,
        /// It gains that many microseconds in a million.
        drift_ppm: Option<i32>,
    },
    /// From now until `until`, messages that fit are treated so.
    Rule(Rule),
}

impl Action {
    /// Whether it means the same in two runs of different protocols over the same nodes: it speaks
    /// of nodes and links, not of one message, a kind of message or a timer.
    pub fn is_for_every_run(&self) -> bool {
        match self {
            Action::Drop(_)
            | Action::Duplicate(_)
            | Action::Delay(..)
            | Action::Deliver(_)
            | Action::Fire { .. } => false,
            Action::Rule(rule) => rule.kind.is_none(),
            _ => true,
        }
    }
}

/// `from 1s to 2s drop n1 > n2 AppendEntries`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// The rule ends then.
    pub until: Time,
    /// What happens to the messages that fit, when they are sent.
    pub effect: RuleEffect,
    /// From whom.
    pub from: Target,
    /// To whom.
    pub to: Target,
    /// One of `Info::messages`, or `Request`, `Reply`; `None`: any.
    pub kind: Option<String>,
}

/// What a rule does to a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RuleEffect {
    /// Lost.
    Drop,
    /// Sent twice.
    Duplicate,
    /// Takes that much longer.
    Delay(Time),
}
