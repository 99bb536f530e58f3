//! What can be done to a node, a link or a message, in one list: the inspector's buttons, the
//! menu on the stage and the keys all come from here, so that none of them lacks what another has.

use super::forms::{Subject, Wish};
use super::scene::{LinkPair, Scene, Selection, Shot};
use super::store::Command;
use crate::sim::action::{Action, Delay, Direction, LinkChange, MessageRef, Target};
use crate::sim::info::RoleInfo;
use crate::sim::session::LinkShot;
use crate::ui::stage::arrange;
use crate::view::{MessageName, NodeId};

/// Something that can be done.
#[derive(Clone, Debug)]
pub struct Choice {
    /// What stands on the button.
    pub label: String,
    /// What it does, in a sentence.
    pub doc: &'static str,
    /// The key, if there is one: the same for whatever is selected.
    pub key: Option<&'static str>,
    /// What happens.
    pub command: Command,
}

/// How long a delayed message is delayed, in microseconds.
pub const DELAY_BY: u64 = 50_000;

/// Choices, one after the other.
#[derive(Default)]
struct List(Vec<Choice>);

impl List {
    #[inline(never)]
    fn add(&mut self, label: &str, doc: &'static str, key: &'static str, command: Command) {
        let key = Some(key).filter(|key| !key.is_empty());
        self.0.push(Choice { label: label.to_string(), doc, key, command });
    }

    /// Something that is done to the run.
    #[inline(never)]
    fn act(&mut self, label: &str, doc: &'static str, key: &'static str, action: Action) {
        self.add(label, doc, key, Command::Act(action));
    }

    /// A choice whose exact values are filled in first; its label says so by three dots.
    #[inline(never)]
    fn form(&mut self, label: &str, doc: &'static str, key: &'static str, subject: Subject) {
        self.add(label, doc, key, Command::Form(Wish::Open(subject)));
    }
}

/// Everything that can be done to what is selected.
pub fn choices(scene: &Scene, what: Selection) -> Vec<Choice> {
    let mut list = List::default();
    if scene.locked {
        // How one looks at a run is no change of it.
        return match what {
            Selection::Node(node) => {
                move_to(&mut list, node);
                list.0
            }
            _ => Vec::new(),
        };
    }
    match what {
        Selection::Node(node) => {
            if let Some(shot) = scene.node(node) {
                for_node(&mut list, scene, shot);
            }
        }
        Selection::Link(a, b) => {
            if let Some(link) = scene.link(a, b) {
                for_link(&mut list, link);
            }
        }
        Selection::Message(name) => {
            if scene.flights.iter().any(|flight| flight.name == name) {
                for_message(&mut list, name);
            }
        }
    }
    list.0
}

fn move_to(list: &mut List, node: NodeId) {
    let doc = "Put it somewhere else on the stage. The run does not change.";
    list.add("Move to…", doc, "J", Command::Stage(arrange::Wish::Take(node)));
}

const LOST: &str = "What is not on stable storage is lost, and so are messages to it.";
const KEPT: &str = "It starts again from what it had on stable storage.";

#[inline(never)]
fn for_node(list: &mut List, scene: &Scene, shot: &Shot) {
    let node = shot.id;
    let target = || Target::Node(node);
    if !shot.client {
        let (label, doc, action) = match shot.up {
            true => ("Crash", LOST, Action::Crash(target())),
            false => ("Restart", KEPT, Action::Restart(target())),
        };
        list.act(label, doc, "C", action);
    }
    if shot.up {
        let (label, doc, action) = match shot.paused {
            true => ("Resume", "Timers and messages that waited go on.", Action::Resume(target())),
            false => (
                "Pause",
                "It stops, as in a long garbage collection: timers and messages wait.",
                Action::Pause { target: target(), length: None },
            ),
        };
        list.act(label, doc, "Z", action);
    }
    if isolated(scene, node) {
        let command = Command::ActAll(reconnect(scene, node));
        list.add("Reconnect", "Every link from and to it works again.", "I", command);
    } else {
        list.act("Isolate", "Every link from and to it is cut.", "I", Action::Isolate(target()));
    }
    if shot.up {
        for timer in &shot.timers {
            let action = Action::Fire { target: target(), timer: timer.name.to_string() };
            let key = if timer.name == shot.timers[0].name { "T" } else { "" };
            let doc = "The timer goes off now instead of when it is due.";
            list.act(&format!("Fire {} timer", timer.name), doc, key, action);
        }
        if !shot.paused {
            let doc = "It stops for as long as you say: timers and messages wait.";
            list.form("Pause for…", doc, "", Subject::Pause(node));
        }
    }
    let doc = "Its clock is set off, or runs too fast or too slowly, and its timers with it.";
    list.form("Clock…", doc, "E", Subject::Clock(node));
    if shot.client {
        let mut free = "O";
        for (place, op) in scene.service.ops.iter().enumerate() {
            // The first that writes something has the key.
            let key = if op.args.len() == 2 { std::mem::take(&mut free) } else { "" };
            list.form(&format!("Ask: {}…", op.name), op.doc, key, Subject::Ask(node, place));
        }
    }
    move_to(list, node);
}

/// Whether every link of a node to a server is cut.
pub fn isolated(scene: &Scene, node: NodeId) -> bool {
    let servers = scene.names.servers;
    let mut own = scene.links.iter().filter(|link| {
        (link.a == node && link.b.0 < servers) || (link.b == node && link.a.0 < servers)
    });
    let any = scene.names.all().any(|other| other != node);
    any && own.all(|link| link.there.cut && link.back.cut)
}

fn reconnect(scene: &Scene, node: NodeId) -> Vec<Action> {
    let links = scene.links.iter().filter(|link| link.a == node || link.b == node);
    let cut = links.filter(|link| link.there.cut || link.back.cut);
    cut.map(|link| {
        let (a, b) = (Target::Node(link.a), Target::Node(link.b));
        Action::Release(a, b, Direction::BothWays)
    })
    .collect()
}

#[inline(never)]
fn for_link(list: &mut List, link: &LinkPair) {
    let way = Direction::BothWays;
    let (a, b) = (|| Target::Node(link.a), || Target::Node(link.b));
    let (label, doc, action): (_, _, Passage) = match link.there.cut && link.back.cut {
        true => ("Mend", "Messages pass again, both ways.", Action::Release),
        false => ("Cut", "What is on it and what is sent over it is lost, both ways.", Action::Cut),
    };
    list.act(label, doc, "X", action(a(), b(), way));
    let (label, doc, action): (_, _, Passage) = match link.there.held && link.back.held {
        true => ("Release", "Messages that waited go on, both ways.", Action::Release),
        false => ("Hold", "Messages wait until it is released, both ways.", Action::Hold),
    };
    list.act(label, doc, "H", action(a(), b(), way));
    weather(list, link.a, link.b, way);
    let doc = "Delay, loss, duplicates and order, with exact values, both ways.";
    list.form("Exactly…", doc, "E", Subject::Link(link.a, link.b, way));
}

/// What can be done to one direction of a link.
#[inline(never)]
pub fn this_way(from: NodeId, to: NodeId, link: &LinkShot) -> Vec<Choice> {
    let way = Direction::OneWay;
    let (a, b) = (|| Target::Node(from), || Target::Node(to));
    let mut list = List::default();
    let (label, doc, action): (_, _, Passage) = match link.cut {
        true => ("Mend this way", "Messages pass again, this way.", Action::Release),
        false => ("Cut this way", "Messages this way are lost.", Action::Cut),
    };
    list.act(label, doc, "", action(a(), b(), way));
    let (label, doc, action): (_, _, Passage) = match link.held {
        true => ("Release this way", "Messages that waited go on.", Action::Release),
        false => ("Hold this way", "Messages this way wait until it is released.", Action::Hold),
    };
    list.act(label, doc, "", action(a(), b(), way));
    weather(&mut list, from, to, way);
    let doc = "Delay, loss, duplicates and order, with exact values, this way.";
    list.form("Exactly, this way…", doc, "", Subject::Link(from, to, way));
    list.0
}

/// What closes a link, or opens it again.
type Passage = fn(Target, Target, Direction) -> Action;

/// Kinds of weather to choose from, for a link in one direction or in both.
#[inline(never)]
fn weather(list: &mut List, a: NodeId, b: NodeId, way: Direction) {
    let calm = LinkChange::default();
    let slow = Delay::Uniform { lo: 150_000, hi: 250_000 };
    let good = Delay::Uniform { lo: 5_000, hi: 20_000 };
    let kinds = [
        ("Slow", "Messages take 150 to 250 ms.", LinkChange { delay: Some(slow), ..calm }),
        ("Lossy", "Half of the messages are lost.", LinkChange { loss_ppm: Some(500_000), ..calm }),
        (
            "Good",
            "Messages take 5 to 20 ms and none is lost.",
            LinkChange { delay: Some(good), loss_ppm: Some(0), duplicate_ppm: Some(0), fifo: None },
        ),
    ];
    let tail = if way == Direction::OneWay { " this way" } else { "" };
    for (label, doc, change) in kinds {
        let action = Action::Link(Target::Node(a), Target::Node(b), way, change);
        list.act(&format!("{label}{tail}"), doc, "", action);
    }
}

#[inline(never)]
fn for_message(list: &mut List, name: MessageName) {
    let named = || MessageRef::Named(name);
    list.act("Deliver now", "It arrives at once.", "V", Action::Deliver(named()));
    list.act("Drop", "It is lost.", "D", Action::Drop(named()));
    let doc = "A copy is made that takes as long as the network likes.";
    list.act("Duplicate", doc, "U", Action::Duplicate(named()));
    list.act("Delay 50 ms", "It takes 50 ms longer.", "W", Action::Delay(named(), DELAY_BY));
    list.form("Delay by…", "It takes as much longer as you say.", "E", Subject::Delay(name));
}

/// What the page proposes to try at this moment, the most telling first.
#[inline(never)]
pub fn proposals(scene: &Scene) -> Vec<Choice> {
    let mut list = List::default();
    if scene.locked {
        return list.0;
    }
    let authority = scene.info.roles.iter().find(|role| role.tone == crate::view::Tone::Leading);
    if let Some(beside) = &scene.beside {
        return proposals_of_two(scene, beside, authority);
    }
    let mut newest: Option<&Shot> = None;
    let mut first: Option<&Shot> = None;
    let (mut alive, mut down) = (0, 0);
    for shot in scene.nodes.iter().filter(|shot| !shot.client) {
        if !shot.up {
            down += 1;
            if down <= 2 {
                let action = Action::Restart(Target::Node(shot.id));
                list.act(&format!("Restart {}", shot.name), KEPT, "", action);
            }
            continue;
        }
        alive += 1;
        first = first.or(Some(shot));
        let leads = authority.is_some_and(|role| role.id == shot.view.role);
        if leads && newest.is_none_or(|best| shot.view.generation > best.view.generation) {
            newest = Some(shot);
        }
    }
    // Whoever leads is worth a crash. Where nobody ever does, anybody is.
    let victim = match authority {
        Some(role) => newest.map(|shot| (shot, format!("Crash the {}", role.id))),
        None => first
            .filter(|_| alive > 1 && !scene.info.roles.is_empty())
            .map(|shot| (shot, format!("Crash {}", shot.name))),
    };
    if let Some((shot, label)) = victim {
        list.act(&label, LOST, "", Action::Crash(Target::Node(shot.id)));
    }
    request(&mut list, scene);
    let shut = |link: &LinkShot| link.cut || link.held;
    if scene.links.iter().any(|link| shut(&link.there) || shut(&link.back)) {
        list.act("Heal the network", "Every cut and hold ends.", "", Action::Heal);
    } else if scene.names.servers > 2 {
        let doc = "A minority, with whoever leads, loses sight of the rest.";
        list.act("Split the network", doc, "", minority(scene, newest.map(|shot| shot.id)));
    }
    list.0
}

/// The same for two runs side by side: what means the same in both. Whoever leads the one need not
/// lead the other, so it is named by its role.
fn proposals_of_two(
    scene: &Scene,
    beside: &Scene,
    authority: Option<&'static RoleInfo>,
) -> Vec<Choice> {
    let mut list = List::default();
    if scene.nodes.iter().chain(&beside.nodes).any(|shot| !shot.up) {
        list.act("Restart all", KEPT, "", Action::Restart(Target::All));
    }
    let role = authority.filter(|role| beside.info.roles.iter().any(|other| other.id == role.id));
    if let Some(role) = role {
        let target = Target::Role(role.id.to_string());
        list.act(&format!("Crash each {}", role.id), LOST, "", Action::Crash(target));
    }
    request(&mut list, scene);
    let shut = |link: &LinkPair| {
        let way = |link: &LinkShot| link.cut || link.held;
        way(&link.there) || way(&link.back)
    };
    if scene.links.iter().chain(beside.links.iter()).any(shut) {
        list.act("Heal the network", "Every cut and hold ends.", "", Action::Heal);
    } else if let Some(role) = role {
        let target = Target::Role(role.id.to_string());
        let doc = "It is cut off from everybody.";
        list.act(&format!("Isolate each {}", role.id), doc, "", Action::Isolate(target));
    }
    list.0
}

/// A client that does nothing could ask for the operation with two arguments, if the service has
/// one: to write something. Else for the only one there is.
fn request(list: &mut List, scene: &Scene) {
    let ops = scene.service.ops;
    let op = ops.iter().find(|op| op.args.len() == 2).or(ops.first());
    let (Some(client), Some(op)) = (scene.names.clients().next(), op) else { return };
    let mut words = vec![op.name.to_string()];
    if op.args.len() == 2 {
        words.push("x".to_string());
    }
    words.push((scene.calls.len() + 1).to_string());
    let label = format!("{}: {}", scene.name(client), words.join(" "));
    list.act(&label, op.doc, "", Action::Request { client, op: words });
}

/// A partition that leaves a node and its neighbour on the smaller side.
fn minority(scene: &Scene, with: Option<NodeId>) -> Action {
    let count = scene.names.servers;
    let size = (count - 1) / 2;
    let start = with.map_or(0, |node| node.0);
    let small: Vec<u32> = (0..size.max(1)).map(|step| (start + step) % count).collect();
    let side = |inside: bool| -> Vec<Target> {
        let nodes = (0..count).filter(|node| small.contains(node) == inside);
        nodes.map(|node| Target::Node(NodeId(node))).collect()
    };
    Action::Partition(vec![side(true), side(false)])
}
