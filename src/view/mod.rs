//! The display model: plain data that an engine fills and any front end draws.
//!
//! Nothing here knows a colour, a pixel or a DOM node. An engine says *what* a thing is (a tone,
//! a generation, a mark); the style sheet decides how that looks. The same values are the text
//! twin of the picture and what `expect` lines of a scenario are checked against.

mod panel;

use std::fmt;
use std::rc::Rc;

pub use panel::*;

/// Virtual time in microseconds since the start of the run.
pub type Time = u64;

/// One microsecond, the unit of [`Time`].
pub const MICROSECOND: Time = 1;
/// 1,000 microseconds.
pub const MILLISECOND: Time = 1_000;
/// 1,000,000 microseconds.
pub const SECOND: Time = 1_000_000;

/// A node of the cluster: servers come first (`n1` is 0), clients after them.
///
/// The name that people read depends on how many servers there are, so it is made by
/// [`NodeNames`], never stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub u32);

impl NodeId {
    /// The position of the node in every table of nodes.
    #[inline(always)]
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// How many servers and clients there are, and hence what everybody is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NodeNames {
    /// Number of servers: `n1` to `n<servers>`.
    pub servers: u32,
    /// Number of clients: `c1` to `c<clients>`.
    pub clients: u32,
}

impl NodeNames {
    /// All nodes, servers first.
    pub fn all(self) -> impl Iterator<Item = NodeId> {
        (0..self.servers + self.clients).map(NodeId)
    }

    /// The servers alone.
    pub fn servers(self) -> impl Iterator<Item = NodeId> {
        (0..self.servers).map(NodeId)
    }

    /// The clients alone.
    pub fn clients(self) -> impl Iterator<Item = NodeId> {
        (self.servers..self.servers + self.clients).map(NodeId)
    }

    /// Whether the node is a client.
    pub fn is_client(self, node: NodeId) -> bool {
        node.0 >= self.servers
    }

    /// `n3`, or `c1` for a client.
    pub fn name(self, node: NodeId) -> String {
        if self.is_client(node) {
            format!("c{}", node.0 - self.servers + 1)
        } else {
            format!("n{}", node.0 + 1)
        }
    }

    /// The node of that name, if there is one in this cluster.
    pub fn find(self, name: &str) -> Option<NodeId> {
        let (letter, number) = name.split_at_checked(1)?;
        if number.starts_with(['0', '+']) {
            return None;
        }
        let number: u32 = number.parse().ok()?;
        match letter {
            "n" if (1..=self.servers).contains(&number) => Some(NodeId(number - 1)),
            "c" if (1..=self.clients).contains(&number) => Some(NodeId(self.servers + number - 1)),
            _ => None,
        }
    }
}

/// The name of a message that survives replay: the `number`th that `from` sent, and which copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MessageName {
    /// The sender.
    pub from: NodeId,
    /// Counted from 1 over everything that the sender ever sent.
    pub number: u32,
    /// 1 for the original, 2 and more for duplicates that the network made.
    pub copy: u32,
}

impl MessageName {
    /// `n1#17`, or `n1#17.2` for the first duplicate.
    pub fn text(self, names: NodeNames) -> String {
        let from = names.name(self.from);
        match self.copy {
            1 => format!("{from}#{}", self.number),
            copy => format!("{from}#{}.{copy}", self.number),
        }
    }

    /// Reads what [`MessageName::text`] wrote.
    pub fn parse(text: &str, names: NodeNames) -> Option<MessageName> {
        let (from, rest) = text.split_once('#')?;
        let (number, copy) = match rest.split_once('.') {
            Some((number, copy)) => (number.parse().ok()?, copy.parse().ok()?),
            None => (rest.parse().ok()?, 1),
        };
        let from = names.find(from)?;
        (number > 0 && copy > 0).then_some(MessageName { from, number, copy })
    }
}

/// What a thing means; the style sheet paints it. Never the only carrier of a fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Tone {
    /// Nothing to say.
    Neutral,
    /// Holds authority: a leader, a lock holder, a primary.
    Leading,
    /// Tries to get it: a candidate, a proposer in phase 1.
    Trying,
    /// Follows somebody.
    Following,
    /// Acts from outside.
    Client,
    /// Crashed.
    Down,
    /// Paused, or thought to be dead.
    Suspect,
    /// Breaks a property.
    Violated,
    /// Settled: committed, chosen, acknowledged.
    Settled,
}

impl Tone {
    /// The word that the style sheet uses: `leading`, `trying`, …
    pub fn word(self) -> &'static str {
        match self {
            Tone::Neutral => "neutral",
            Tone::Leading => "leading",
            Tone::Trying => "trying",
            Tone::Following => "following",
            Tone::Client => "client",
            Tone::Down => "down",
            Tone::Suspect => "suspect",
            Tone::Violated => "violated",
            Tone::Settled => "settled",
        }
    }
}

/// The value of a field, typed so that it can be compared as well as shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// There is none: `votedFor = null`.
    None,
    /// Yes or no.
    Bool(bool),
    /// A number.
    Int(i64),
    /// A word or a short text.
    Text(Rc<str>),
    /// A length of time, in microseconds.
    Duration(Time),
    /// A node.
    Node(NodeId),
    /// Several nodes: who voted for me.
    Nodes(Vec<NodeId>),
    /// One value for each node, such as `matchIndex[]`.
    PerNode(Vec<(NodeId, i64)>),
}

impl Value {
    /// A text value.
    pub fn text(text: impl AsRef<str>) -> Value {
        Value::Text(text.as_ref().into())
    }

    /// As a person reads it, and as `expect` lines write it.
    pub fn show(&self, names: NodeNames) -> String {
        match self {
            Value::None => "none".to_string(),
            Value::Bool(true) => "yes".to_string(),
            Value::Bool(false) => "no".to_string(),
            Value::Int(number) => number.to_string(),
            Value::Text(text) => text.to_string(),
            Value::Duration(us) => Span(*us).to_string(),
            Value::Node(node) => names.name(*node),
            Value::Nodes(nodes) if nodes.is_empty() => "none".to_string(),
            Value::Nodes(nodes) => {
                nodes.iter().map(|node| names.name(*node)).collect::<Vec<_>>().join(" ")
            }
            Value::PerNode(pairs) => pairs
                .iter()
                .map(|(node, number)| format!("{}:{number}", names.name(*node)))
                .collect::<Vec<_>>()
                .join(" "),
        }
    }
}

/// One named fact about a node or a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// The name in scenarios and in the inspector, `snake_case`: `commit_index`.
    pub name: &'static str,
    /// What the paper calls it: `commitIndex`.
    pub paper: &'static str,
    /// Its value now.
    pub value: Value,
    /// Whether it is on stable storage and so survives a crash.
    pub durable: bool,
}

/// What a node looks like to its protocol. The kernel adds crash, pause, clock and timers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeView {
    /// The role, one of `Info::roles`: `leader`.
    pub role: &'static str,
    /// The letter that stands for the role in the picture: `L`.
    pub letter: char,
    /// What the role means.
    pub tone: Tone,
    /// The epoch that the node is in (a term, a ballot): the cyclic palette follows it.
    pub generation: Option<u64>,
    /// The generation with its word, short enough to stand in the node: `term 3`.
    pub headline: String,
    /// Every fact, in reading order.
    pub fields: Vec<Field>,
    /// Pictures composed from the shared vocabulary.
    pub panels: Vec<Panel>,
    /// Whose answers it gathers at the moment, or has just gathered. Mostly none.
    pub quorums: Vec<Quorum>,
}

/// Answers that a node gathers, and how many of them it needs. Drawn as an outline around those
/// who answered, which closes when there are enough.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quorum {
    /// What they gave, short enough to stand in the picture: `votes`, `entry 3`.
    pub what: String,
    /// Who has answered so far, itself included if it counts itself.
    pub members: Vec<NodeId>,
    /// How many are needed.
    pub needed: u32,
}

impl Quorum {
    /// Whether enough have answered.
    pub fn reached(&self) -> bool {
        self.members.len() as u32 >= self.needed
    }

    /// `votes: 2 of 3`.
    pub fn count(&self) -> String {
        format!("{}: {} of {}", self.what, self.members.len(), self.needed)
    }
}

impl NodeView {
    /// The field of that name.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }
}

/// Marks a generation of which every node has numbers of its own: it is written as two, `2.1`.
const DOTTED: u64 = 1 << 63;

/// The generation of a round in which every node has a number of its own (from 1 to 9). It grows
/// with the round, then with the node.
pub fn dotted(round: u64, number: u64) -> u64 {
    DOTTED | (round * 10 + number)
}

/// A generation as people read it, and as `expect` lines write it: `3`, or `2.1`.
pub fn show_generation(generation: u64) -> String {
    match generation & !DOTTED {
        number if generation == number => number.to_string(),
        number => format!("{}.{}", number / 10, number % 10),
    }
}

/// Reads what [`show_generation`] wrote.
pub fn read_generation(text: &str) -> Option<u64> {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match text.split_once('.') {
        None => digits(text).then(|| text.parse().ok()).flatten().filter(|&it| it < DOTTED),
        Some((round, number)) => {
            let fits = digits(round) && digits(number) && round.len() <= 17 && number.len() == 1;
            fits.then(|| Some(dotted(round.parse().ok()?, number.parse().ok()?))).flatten()
        }
    }
}

/// A mark in a [`Panel::Log`] or in a row of a [`Panel::Matrix`]: it stands behind the cell of that
/// index (0: before the first).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PanelMark {
    /// Behind which index.
    pub index: u64,
    /// Its name: `commit_index`.
    pub name: &'static str,
}

/// What a message looks like to its protocol.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageView {
    /// The kind, one of `Info::messages`: `AppendEntries`.
    pub kind: &'static str,
    /// Whether it answers another message.
    pub reply: bool,
    /// Whether the answer is a refusal, or the like: shown apart.
    pub refusal: bool,
    /// The epoch that it speaks of.
    pub generation: Option<u64>,
    /// What it says in one short line: `term 3, 2 entries`.
    pub summary: String,
    /// Every fact, in the paper's order.
    pub fields: Vec<Field>,
}

/// A length of time as people read it: `150ms`, `1.5s`, `20us`. Parsed back by the scenario text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span(pub Time);

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (unit, name) = match self.0 {
            0 => return f.write_str("0s"),
            us if us < MILLISECOND => (MICROSECOND, "us"),
            us if us < SECOND => (MILLISECOND, "ms"),
            _ => (SECOND, "s"),
        };
        let (whole, rest) = (self.0 / unit, self.0 % unit);
        if rest == 0 {
            return write!(f, "{whole}{name}");
        }
        let digits = unit.ilog10() as usize;
        let fraction = format!("{rest:0digits$}");
        write!(f, "{whole}.{}{name}", fraction.trim_end_matches('0'))
    }
}
