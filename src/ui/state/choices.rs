//! What can be done to a node, a link or a message, in one list: the inspector's buttons, the
//! menu on the stage and the keys all come from here, so that none of them lacks what another has.

use super::forms::{Subject, Wish};
use super::scene::{LinkPair, Scene, Selection, Shot};
use super::store::Command;
use crate::sim::action::{Action, Delay, Direction, LinkChange, MessageRef, Target};
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

impl Choice {
    fn new(
        label: impl Into<String>,
        doc: &'static str,
        key: &'static str,
        action: Action,
    ) -> Choice {
        let key = Some(key).filter(|key| !key.is_empty());
        Choice { label: label.into(), doc, key, command: Command::Act(action) }
    }

    /// A choice whose exact values are filled in first; its label says so by three dots.
    fn form(
        label: impl Into<String>,
        doc: &'static str,
        key: Option<&'static str>,
        subject: Subject,
    ) -> Choice {
        Choice { label: label.into(), doc, key, command: Command::Form(Wish::Open(subject)) }
    }
}

/// Everything that can be done to what is selected.
pub fn choices(scene: &Scene, what: Selection) -> Vec<Choice> {
    if scene.locked {
        // How one looks at a run is no change of it.
        return match what {
            Selection::Node(node) => vec![move_to(node)],
            _ => Vec::new(),
        };
    }
    match what {
        Selection::Node(node) => scene.node(node).map(|shot| for_node(scene, shot)),
        Selection::Link(a, b) => scene.link(a, b).map(for_link),
        Selection::Message(name) => {
            let flying = scene.flights.iter().any(|flight| flight.name == name);
            flying.then(|| for_message(name))
        }
    }
    .unwrap_or_default()
}

fn move_to(node: NodeId) -> Choice {
    Choice {
        label: "Move to…".to_string(),
        doc: "Put it somewhere else on the stage. The run does not change.",
        key: Some("J"),
        command: Command::Stage(arrange::Wish::Take(node)),
    }
}

fn for_node(scene: &Scene, shot: &Shot) -> Vec<Choice> {
    let node = shot.id;
    let target = Target::Node(node);
    let mut list = Vec::new();
    if !shot.client {
        list.push(match shot.up {
            true => Choice::new(
                "Crash",
                "What is not on stable storage is lost, and so are messages to it.",
                "C",
                Action::Crash(target.clone()),
            ),
            false => Choice::new(
                "Restart",
                "It starts again from what it had on stable storage.",
                "C",
                Action::Restart(target.clone()),
            ),
        });
    }
    if shot.up {
        list.push(match shot.paused {
            true => Choice::new(
                "Resume",
                "Timers and messages that waited go on.",
                "Z",
                Action::Resume(target.clone()),
            ),
            false => Choice::new(
                "Pause",
                "It stops, as in a long garbage collection: timers and messages wait.",
                "Z",
                Action::Pause { target: target.clone(), length: None },
            ),
        });
    }
    list.push(match isolated(scene, node) {
        true => Choice {
            label: "Reconnect".to_string(),
            doc: "Every link from and to it works again.",
            key: Some("I"),
            command: Command::ActAll(reconnect(scene, node)),
        },
        false => Choice::new(
            "Isolate",
            "Every link from and to it is cut.",
            "I",
            Action::Isolate(target.clone()),
        ),
    });
    if shot.up {
        for timer in &shot.timers {
            let action = Action::Fire { target: target.clone(), timer: timer.name.to_string() };
            let first = timer.name == shot.timers[0].name;
            list.push(Choice::new(
                format!("Fire {} timer", timer.name),
                "The timer goes off now instead of when it is due.",
                if first { "T" } else { "" },
                action,
            ));
        }
        if !shot.paused {
            let doc = "It stops for as long as you say: timers and messages wait.";
            list.push(Choice::form("Pause for…", doc, None, Subject::Pause(node)));
        }
    }
    let doc = "Its clock is set off, or runs too fast or too slowly, and its timers with it.";
    list.push(Choice::form("Clock…", doc, Some("E"), Subject::Clock(node)));
    if shot.client {
        for (place, op) in scene.service.ops.iter().enumerate() {
            let key = (op.args.len() == 2)
                .then_some("O")
                .filter(|_| scene.service.ops[..place].iter().all(|before| before.args.len() != 2));
            let ask = Subject::Ask(node, place);
            list.push(Choice::form(format!("Ask: {}…", op.name), op.doc, key, ask));
        }
    }
    list.push(move_to(node));
    list
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

fn for_link(link: &LinkPair) -> Vec<Choice> {
    let (a, b) = (Target::Node(link.a), Target::Node(link.b));
    let both = Direction::BothWays;
    let mut list = Vec::new();
    let cut = link.there.cut && link.back.cut;
    let held = link.there.held && link.back.held;
    list.push(match cut {
        true => Choice::new(
            "Mend",
            "Messages pass again, both ways.",
            "X",
            Action::Release(a.clone(), b.clone(), both),
        ),
        false => Choice::new(
            "Cut",
            "What is on it and what is sent over it is lost, both ways.",
            "X",
            Action::Cut(a.clone(), b.clone(), both),
        ),
    });
    list.push(match held {
        true => Choice::new(
            "Release",
            "Messages that waited go on, both ways.",
            "H",
            Action::Release(a.clone(), b.clone(), both),
        ),
        false => Choice::new(
            "Hold",
            "Messages wait until it is released, both ways.",
            "H",
            Action::Hold(a.clone(), b.clone(), both),
        ),
    });
    list.extend(weather(&a, &b, both));
    let doc = "Delay, loss, duplicates and order, with exact values, both ways.";
    list.push(Choice::form("Exactly…", doc, Some("E"), Subject::Link(link.a, link.b, both)));
    list
}

/// What can be done to one direction of a link.
pub fn this_way(from: NodeId, to: NodeId, link: &LinkShot) -> Vec<Choice> {
    let subject = Subject::Link(from, to, Direction::OneWay);
    let (from, to) = (Target::Node(from), Target::Node(to));
    let way = Direction::OneWay;
    let open = || Action::Release(from.clone(), to.clone(), way);
    let mut list = vec![match link.cut {
        true => Choice::new("Mend this way", "Messages pass again, this way.", "", open()),
        false => Choice::new(
            "Cut this way",
            "Messages this way are lost.",
            "",
            Action::Cut(from.clone(), to.clone(), way),
        ),
    }];
    list.push(match link.held {
        true => Choice::new("Release this way", "Messages that waited go on.", "", open()),
        false => Choice::new(
            "Hold this way",
            "Messages this way wait until it is released.",
            "",
            Action::Hold(from.clone(), to.clone(), way),
        ),
    });
    list.extend(
        weather(&from, &to, way)
            .into_iter()
            .map(|choice| Choice { label: format!("{} this way", choice.label), ..choice }),
    );
    let doc = "Delay, loss, duplicates and order, with exact values, this way.";
    list.push(Choice::form("Exactly, this way…", doc, None, subject));
    list
}

/// Kinds of weather to choose from, for a link in one direction or in both.
fn weather(a: &Target, b: &Target, way: Direction) -> Vec<Choice> {
    let link = |change| Action::Link(a.clone(), b.clone(), way, change);
    let slow = Delay::Uniform { lo: 150_000, hi: 250_000 };
    let good = Delay::Uniform { lo: 5_000, hi: 20_000 };
    vec![
        Choice::new(
            "Slow",
            "Messages take 150 to 250 ms.",
            "",
            link(LinkChange { delay: Some(slow), ..LinkChange::default() }),
        ),
        Choice::new(
            "Lossy",
            "Half of the messages are lost.",
            "",
            link(LinkChange { loss_ppm: Some(500_000), ..LinkChange::default() }),
        ),
        Choice::new(
            "Good",
            "Messages take 5 to 20 ms and none is lost.",
            "",
            link(LinkChange {
                delay: Some(good),
                loss_ppm: Some(0),
                duplicate_ppm: Some(0),
                fifo: None,
            }),
        ),
    ]
}

fn for_message(name: MessageName) -> Vec<Choice> {
    let named = || MessageRef::Named(name);
    vec![
        Choice::new("Deliver now", "It arrives at once.", "V", Action::Deliver(named())),
        Choice::new("Drop", "It is lost.", "D", Action::Drop(named())),
        Choice::new(
            "Duplicate",
            "A copy is made that takes as long as the network likes.",
            "U",
            Action::Duplicate(named()),
        ),
        Choice::new("Delay 50 ms", "It takes 50 ms longer.", "W", Action::Delay(named(), DELAY_BY)),
        Choice::form(
            "Delay by…",
            "It takes as much longer as you say.",
            Some("E"),
            Subject::Delay(name),
        ),
    ]
}

/// What the page proposes to try at this moment, the most telling first.
pub fn proposals(scene: &Scene) -> Vec<Choice> {
    if scene.locked {
        return Vec::new();
    }
    let servers = || scene.nodes.iter().filter(|shot| !shot.client);
    let first = scene.info.roles.first();
    let authority = scene.info.roles.iter().find(|role| role.tone == crate::view::Tone::Leading);
    let newest = servers()
        .filter(|shot| shot.up && authority.is_some_and(|role| role.id == shot.view.role))
        .max_by_key(|shot| (shot.view.generation, !shot.id.0));
    let mut list = Vec::new();
    for shot in servers().filter(|shot| !shot.up).take(2) {
        let action = Action::Restart(Target::Node(shot.id));
        list.push(Choice::new(
            format!("Restart {}", shot.name),
            "It starts again from what it had on stable storage.",
            "",
            action,
        ));
    }
    let alive = servers().filter(|shot| shot.up).count();
    if let (Some(shot), Some(role)) = (newest, authority) {
        let label = format!("Crash the {}", role.id);
        let doc = "What is not on stable storage is lost, and so are messages to it.";
        list.push(Choice::new(label, doc, "", Action::Crash(Target::Node(shot.id))));
    } else if let (Some(shot), None, Some(_)) =
        (servers().find(|shot| shot.up), authority, first.filter(|_| alive > 1))
    {
        let doc = "What is not on stable storage is lost, and so are messages to it.";
        let label = format!("Crash {}", shot.name);
        list.push(Choice::new(label, doc, "", Action::Crash(Target::Node(shot.id))));
    }
    list.extend(request(scene));
    let cut = scene
        .links
        .iter()
        .any(|link| link.there.cut || link.back.cut || link.there.held || link.back.held);
    if cut {
        list.push(Choice::new("Heal the network", "Every cut and hold ends.", "", Action::Heal));
    } else if scene.names.servers > 2 {
        list.push(Choice {
            label: "Split the network".to_string(),
            doc: "A minority, with whoever leads, loses sight of the rest.",
            key: None,
            command: Command::Act(minority(scene, newest.map(|shot| shot.id))),
        });
    }
    list
}

/// A client that does nothing could ask for the operation with two arguments, if the service has
/// one: to write something.
fn request(scene: &Scene) -> Option<Choice> {
    let client = scene.names.clients().next()?;
    let op = scene.service.ops.iter().find(|op| op.args.len() == 2)?;
    let value = scene.calls.len() + 1;
    let words = vec![op.name.to_string(), "x".to_string(), value.to_string()];
    let label = format!("{}: {}", scene.name(client), words.join(" "));
    Some(Choice::new(label, op.doc, "", Action::Request { client, op: words }))
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
