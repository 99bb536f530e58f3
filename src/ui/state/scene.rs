//! What the page shows of a run at one position: plain values, made once a change and shared.

use std::rc::Rc;

use crate::service::ServiceInfo;
use crate::sim::info::{Info, MarkKind};
use crate::sim::session::{Call, Flight, LinkShot, Loss, Mark, NodeShot};
use crate::sim::trace::Event;
use crate::sim::tree::BranchId;
use crate::sim::verdict::Verdict;
use crate::view::{MessageName, NodeId, NodeNames, Time};

/// A run at one position. Components compare it by pointer.
#[derive(Clone)]
pub struct Scene {
    /// The protocol.
    pub info: &'static Info,
    /// What its clients may ask.
    pub service: &'static ServiceInfo,
    /// How everybody is called.
    pub names: NodeNames,
    /// What the scenario is called.
    pub title: Rc<str>,
    /// The position.
    pub step: u64,
    /// How many events are known.
    pub head: u64,
    /// Virtual time.
    pub now: Time,
    /// Whether it plays.
    pub playing: bool,
    /// Whether nothing happens by itself.
    pub manual: bool,
    /// Whether the run may only be watched.
    pub locked: bool,
    /// Virtual seconds a second.
    pub speed: f64,
    /// Whether anything is to happen yet.
    pub more: bool,
    /// Everybody. A node that has not changed keeps its pointer.
    pub nodes: Vec<Shot>,
    /// The node of the last event as it was before, if that is known.
    pub before: Option<Rc<NodeShot>>,
    /// The last event.
    pub event: Option<Rc<Event>>,
    /// Messages on their way.
    pub flights: Rc<Vec<Flight>>,
    /// Messages lost lately.
    pub losses: Rc<Vec<Loss>>,
    /// Every link with both its directions.
    pub links: Rc<Vec<LinkPair>>,
    /// Which servers hear each other: the number of the side for each server.
    pub sides: Rc<Vec<u32>>,
    /// Every property with its state.
    pub verdicts: Rc<Vec<Verdict>>,
    /// The clients' calls.
    pub calls: Rc<Vec<Call>>,
    /// What the scrubber marks.
    pub marks: Rc<Vec<Mark>>,
    /// What is told at this moment.
    pub caption: Option<Caption>,
    /// The branches.
    pub branches: Vec<BranchRow>,
    /// The digest of the run up to here, while it stands still.
    pub digest: Option<u64>,
    /// Which values of the scenario the page cannot show otherwise: flaws that are on.
    pub flaws: Vec<&'static str>,
    /// Which of two runs side by side this is: 0 for the first.
    pub lane: usize,
    /// The other, as far as it can be seen: what is not of the stage it does not say.
    pub beside: Option<Rc<Scene>>,
}

/// A node, compared by pointer.
#[derive(Clone)]
pub struct Shot(pub Rc<NodeShot>);

impl PartialEq for Shot {
    fn eq(&self, other: &Shot) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl std::ops::Deref for Shot {
    type Target = NodeShot;

    fn deref(&self) -> &NodeShot {
        &self.0
    }
}

/// Two nodes and the two directed links between them.
#[derive(Clone, Copy, PartialEq)]
pub struct LinkPair {
    /// The one with the lower number.
    pub a: NodeId,
    /// The other.
    pub b: NodeId,
    /// From the first to the second.
    pub there: LinkShot,
    /// From the second to the first.
    pub back: LinkShot,
}

/// What is told under the stage.
#[derive(Clone, PartialEq)]
pub struct Caption {
    /// The words.
    pub text: Rc<str>,
    /// Whether the scenario's author wrote them, or the protocol.
    pub written: bool,
}

/// A branch in the list of branches.
#[derive(Clone, PartialEq)]
pub struct BranchRow {
    /// Its name.
    pub id: BranchId,
    /// How deep it hangs in the tree.
    pub depth: u32,
    /// The branch that it comes from.
    pub parent: Option<BranchId>,
    /// The step up to which it equals its parent.
    pub from: Option<u64>,
    /// What made it.
    pub label: Rc<str>,
    /// How many events it knows.
    pub head: u64,
    /// Whether one looks at it.
    pub current: bool,
}

/// What is selected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Selection {
    /// A node.
    Node(NodeId),
    /// The link between two nodes, the lower number first.
    Link(NodeId, NodeId),
    /// A message.
    Message(MessageName),
}

impl Scene {
    /// Both runs side by side in their order, if there are two.
    pub fn pair(self: &Rc<Scene>) -> Option<[Rc<Scene>; 2]> {
        let (mine, other) = (self.clone(), self.beside.clone()?);
        Some(if self.lane == 0 { [mine, other] } else { [other, mine] })
    }

    /// The node of that number.
    pub fn node(&self, id: NodeId) -> Option<&Shot> {
        self.nodes.get(id.index())
    }

    /// The name of a node.
    pub fn name(&self, id: NodeId) -> String {
        self.names.name(id)
    }

    /// The link between two nodes, in whichever order.
    pub fn link(&self, a: NodeId, b: NodeId) -> Option<&LinkPair> {
        let (a, b) = (a.min(b), a.max(b));
        self.links.iter().find(|link| link.a == a && link.b == b)
    }

    /// What is selected, in words.
    pub fn describe(&self, what: Selection) -> String {
        match what {
            Selection::Node(node) => self.name(node),
            Selection::Link(a, b) => {
                format!("Link between {} and {}", self.name(a), self.name(b))
            }
            Selection::Message(name) => {
                let text = name.text(self.names);
                match self.flights.iter().find(|flight| flight.name == name) {
                    Some(flight) => {
                        let (from, to) = (self.name(name.from), self.name(flight.to));
                        format!("{} {text} from {from} to {to}", flight.kind)
                    }
                    None => text,
                }
            }
        }
    }

    /// Whether the servers are split into sides that do not hear each other.
    pub fn split(&self) -> bool {
        self.sides.iter().any(|side| *side != 0)
    }

    /// The client's last call.
    pub fn last_call(&self, client: NodeId) -> Option<&Call> {
        self.calls.iter().rev().find(|call| call.client == client)
    }

    /// The step at which a property first broke, in all that is known of the run.
    pub fn violation(&self) -> Option<u64> {
        let mut marks = self.marks.iter();
        marks.find(|mark| mark.kind == MarkKind::Violation).map(|mark| mark.step)
    }
}

/// Which servers hear each other, over however many steps: the number of the side for each
/// server, 0 for the side of the first. Two servers are apart if no message can pass in either
/// direction, neither directly nor by way of others.
pub fn sides(servers: u32, links: &[LinkPair]) -> Vec<u32> {
    let count = servers as usize;
    let mut sides = vec![u32::MAX; count];
    let mut next = 0;
    for start in 0..count {
        if sides[start] != u32::MAX {
            continue;
        }
        let mut queue = vec![start];
        sides[start] = next;
        while let Some(at) = queue.pop() {
            for link in links {
                let (a, b) = (link.a.index(), link.b.index());
                if b >= count || (link.there.cut && link.back.cut) {
                    continue;
                }
                let other = match at {
                    at if at == a => b,
                    at if at == b => a,
                    _ => continue,
                };
                if sides[other] == u32::MAX {
                    sides[other] = next;
                    queue.push(other);
                }
            }
        }
        next += 1;
    }
    sides
}
