//! What each action does to a cluster.
//!
//! An action that makes no sense at its moment (the message has arrived, the node is down already)
//! is *void*: it happens, has no effect, and the trace says why. It is never an error, because
//! whoever edits an earlier line of a scenario must not break all later ones.

use super::action::{Action, Direction, MessageRef, Rule, Target};
use super::cluster::Cluster;
use super::info::{MarkKind, RoleInfo};
use super::network::ActiveRule;
use super::session::LossReason;
use super::world::Record;
use crate::view::{NodeId, Time};

type Void = Result<(), String>;

/// Checks an action as far as that is possible before its moment.
pub fn check(cluster: &Cluster, action: &Action) -> Result<(), String> {
    let known = |target: &Target| known_target(cluster, target);
    let server = |target: &Target, verb: &str| {
        known(target)?;
        match target {
            Target::Node(node) if cluster.world.core.names.is_client(*node) => {
                Err(format!("clients do not {verb}; they can be paused or cut off"))
            }
            _ => Ok(()),
        }
    };
    match action {
        Action::Request { client, op } => check_request(cluster, *client, op),
        Action::Crash(target) => server(target, "crash"),
        Action::Restart(target) => server(target, "restart"),
        Action::Pause { target, .. } | Action::Resume(target) | Action::Isolate(target) => {
            known(target)
        }
        Action::Partition(sides) => sides.iter().flatten().try_for_each(known),
        Action::Cut(a, b, _)
        | Action::Hold(a, b, _)
        | Action::Release(a, b, _)
        | Action::Link(a, b, _, _) => known(a).and_then(|()| known(b)),
        Action::Heal | Action::Network(_) => Ok(()),
        Action::Drop(message)
        | Action::Duplicate(message)
        | Action::Delay(message, _)
        | Action::Deliver(message) => known_message(cluster, message),
        Action::Fire { target, timer } => {
            known(target)?;
            // As the text has it: what is no client has the protocol's timers.
            let names = cluster.world.core.names;
            let client = matches!(target, Target::Node(node) if names.is_client(*node));
            let known = cluster.world.timer_of(client, timer);
            known.map(|_| ()).ok_or_else(|| format!("there is no timer `{timer}`"))
        }
        Action::Clock { target, drift_ppm, .. } => {
            let sane = drift_ppm.is_none_or(|ppm| (-900_000..=9_000_000).contains(&ppm));
            sane.then_some(()).ok_or("a clock drifts by -90 % to +900 %")?;
            known(target)
        }
        Action::Rule(rule) => {
            let lasts = rule.until > cluster.world.core.now;
            lasts.then_some(()).ok_or("the rule ends before it begins")?;
            known(&rule.from)?;
            known(&rule.to)?;
            known_kind(cluster, rule.kind.as_deref())
        }
    }
}

fn check_request(cluster: &Cluster, client: NodeId, op: &[String]) -> Void {
    let names = cluster.world.core.names;
    if !names.is_client(client) || client.0 >= names.servers + names.clients {
        return Err("only clients ask".to_string());
    }
    let words: Vec<&str> = op.iter().map(String::as_str).collect();
    cluster.engine.callers().check_op(&words)
}

fn known_target(cluster: &Cluster, target: &Target) -> Void {
    let names = cluster.world.core.names;
    match target {
        Target::Node(node) if node.0 < names.servers + names.clients => Ok(()),
        Target::Node(_) => Err("there is no such node".to_string()),
        Target::All => Ok(()),
        Target::Role(word) if role(cluster, word).is_some() => Ok(()),
        Target::Role(word) => Err(format!("`{word}` is neither a node nor a role")),
    }
}

fn known_kind(cluster: &Cluster, kind: Option<&str>) -> Void {
    match kind {
        Some(kind) if cluster.world.kind_of(kind).is_none() => {
            Err(format!("there is no message `{kind}`"))
        }
        _ => Ok(()),
    }
}

fn known_message(cluster: &Cluster, message: &MessageRef) -> Void {
    let (from, to, kind) = match message {
        MessageRef::Named(name) => (name.from, name.from, None),
        MessageRef::Oldest { from, to, kind } => (*from, *to, kind.as_deref()),
    };
    known_target(cluster, &Target::Node(from))?;
    known_target(cluster, &Target::Node(to))?;
    known_kind(cluster, kind)
}

fn role(cluster: &Cluster, word: &str) -> Option<&'static RoleInfo> {
    cluster.world.info.roles.iter().find(|role| role.id == word || role.plural == word)
}

/// Does an action. The error says why it is void.
pub fn perform(cluster: &mut Cluster, action: &Action, record: &mut Record) -> Void {
    check(cluster, action)?;
    if record.on {
        record.marks.push(match action {
            Action::Request { .. } => MarkKind::Client,
            _ => MarkKind::Fault,
        });
    }
    match action {
        Action::Request { client, op } => request(cluster, *client, op, record),
        Action::Crash(target) => crash(cluster, target, record),
        Action::Restart(target) => restart(cluster, target, record),
        Action::Pause { target, length } => pause(cluster, target, *length, record),
        Action::Resume(target) => resume(cluster, target, record),
        Action::Partition(sides) => partition(cluster, sides),
        Action::Isolate(target) => {
            let nodes = resolve(cluster, target)?;
            record.node = single(&nodes);
            for (from, to) in pairs(cluster, &nodes) {
                cluster.world.core.set_cut(from, to, true);
            }
            Ok(())
        }
        Action::Cut(a, b, way) => {
            on_links(cluster, a, b, *way, |c, from, to| c.world.core.set_cut(from, to, true))
        }
        Action::Hold(a, b, way) => {
            on_links(cluster, a, b, *way, |c, from, to| c.world.core.set_held(from, to, true))
        }
        Action::Release(a, b, way) => on_links(cluster, a, b, *way, |c, from, to| {
            c.world.core.set_cut(from, to, false);
            c.world.core.set_held(from, to, false);
        }),
        Action::Heal => {
            heal(cluster);
            Ok(())
        }
        Action::Link(a, b, way, change) => on_links(cluster, a, b, *way, |c, from, to| {
            c.world.core.network.link_mut(from, to).apply(change);
        }),
        Action::Network(change) => {
            cluster.world.core.network.links_mut().for_each(|link| link.apply(change));
            Ok(())
        }
        Action::Drop(message) => {
            let slot = find(cluster, message)?;
            cluster.world.core.lose(slot, LossReason::Dropped);
            Ok(())
        }
        Action::Duplicate(message) => {
            let slot = find(cluster, message)?;
            cluster.duplicate(slot);
            Ok(())
        }
        Action::Delay(message, by) => {
            let slot = find(cluster, message)?;
            match cluster.world.core.delay(slot, *by) {
                true => Ok(()),
                false => Err("without a clock it arrives when it is delivered".to_string()),
            }
        }
        Action::Deliver(message) => {
            let slot = find(cluster, message)?;
            cluster.world.core.deliver(slot);
            Ok(())
        }
        Action::Fire { target, timer } => fire(cluster, target, timer, record),
        Action::Clock { target, offset_us, drift_ppm } => {
            clock(cluster, target, (*offset_us, *drift_ppm), record)
        }
        Action::Rule(rule) => add_rule(cluster, rule),
    }
}

/// The message that is meant, if it is in flight.
pub fn find_message(cluster: &Cluster, message: &MessageRef) -> Option<u32> {
    let core = &cluster.world.core;
    match message {
        MessageRef::Named(name) => {
            core.flights().find(|(_, flight)| flight.name == *name).map(|(slot, _)| slot)
        }
        MessageRef::Oldest { from, to, kind } => {
            let kind = match kind {
                Some(kind) => Some(cluster.world.kind_of(kind)?),
                None => None,
            };
            let fits = core.flights().filter(|(_, flight)| {
                (flight.name.from, flight.to) == (*from, *to)
                    && kind.is_none_or(|only| only == flight.kind)
            });
            fits.min_by_key(|(_, flight)| flight.name).map(|(slot, _)| slot)
        }
    }
}

/// The nodes that are meant, at this moment.
pub fn resolve(cluster: &Cluster, target: &Target) -> Result<Vec<NodeId>, String> {
    let names = cluster.world.core.names;
    match target {
        Target::Node(node) => Ok(vec![*node]),
        Target::All => Ok(names.servers().collect()),
        Target::Role(word) => {
            let role = role(cluster, word).ok_or_else(|| format!("there is no role `{word}`"))?;
            let views = names
                .servers()
                .filter(|node| cluster.world.core.up[node.index()])
                .map(|node| (node, cluster.view(node)))
                .filter(|(_, view)| view.role == role.id);
            let found: Vec<NodeId> = match word == role.plural {
                true => views.map(|(node, _)| node).collect(),
                // Of several, the one of the latest generation: the stale one is not meant.
                false => {
                    let best = views.max_by_key(|(node, view)| (view.generation, !node.0));
                    best.map(|(node, _)| node).into_iter().collect()
                }
            };
            if found.is_empty() { Err(format!("nobody is {word} now")) } else { Ok(found) }
        }
    }
}

fn find(cluster: &Cluster, message: &MessageRef) -> Result<u32, String> {
    find_message(cluster, message).ok_or_else(|| {
        let names = cluster.world.core.names;
        match message {
            MessageRef::Named(name) => format!("{} is not in flight", name.text(names)),
            MessageRef::Oldest { from, to, kind } => {
                let kind = kind.as_deref().unwrap_or("message");
                let (from, to) = (names.name(*from), names.name(*to));
                format!("no {kind} is in flight from {from} to {to}")
            }
        }
    })
}

fn single(nodes: &[NodeId]) -> Option<NodeId> {
    match nodes {
        [node] => Some(*node),
        _ => None,
    }
}

fn request(cluster: &mut Cluster, client: NodeId, op: &[String], record: &mut Record) -> Void {
    let words: Vec<&str> = op.iter().map(String::as_str).collect();
    record.node = Some(client);
    cluster.world.tick(client, None);
    cluster.engine.ask(&mut cluster.world, client, &words, record)
}

fn crash(cluster: &mut Cluster, target: &Target, record: &mut Record) -> Void {
    let nodes = resolve(cluster, target)?;
    record.node = single(&nodes);
    let up: Vec<NodeId> =
        nodes.into_iter().filter(|node| cluster.world.core.up[node.index()]).collect();
    if up.is_empty() {
        return Err("it is down already".to_string());
    }
    up.into_iter().for_each(|node| cluster.crash(node));
    Ok(())
}

fn restart(cluster: &mut Cluster, target: &Target, record: &mut Record) -> Void {
    let nodes = resolve(cluster, target)?;
    record.node = single(&nodes);
    let down: Vec<NodeId> =
        nodes.into_iter().filter(|node| !cluster.world.core.up[node.index()]).collect();
    if down.is_empty() {
        return Err("it is up already".to_string());
    }
    down.into_iter().for_each(|node| cluster.restart(node, record));
    Ok(())
}

fn pause(
    cluster: &mut Cluster,
    target: &Target,
    length: Option<Time>,
    record: &mut Record,
) -> Void {
    let nodes = resolve(cluster, target)?;
    record.node = single(&nodes);
    let up: Vec<NodeId> =
        nodes.into_iter().filter(|node| cluster.world.core.up[node.index()]).collect();
    if up.is_empty() {
        return Err("it is down".to_string());
    }
    for node in up {
        cluster.world.core.pause(node, length);
        cluster.world.tick(node, None);
    }
    Ok(())
}

fn resume(cluster: &mut Cluster, target: &Target, record: &mut Record) -> Void {
    let nodes = resolve(cluster, target)?;
    record.node = single(&nodes);
    let paused: Vec<NodeId> =
        nodes.into_iter().filter(|node| cluster.world.core.nodes[node.index()].paused).collect();
    if paused.is_empty() {
        return Err("it is not paused".to_string());
    }
    for node in paused {
        cluster.world.core.resume(node);
        cluster.world.tick(node, None);
    }
    Ok(())
}

fn partition(cluster: &mut Cluster, sides: &[Vec<Target>]) -> Void {
    let mut sided: Vec<(NodeId, usize)> = Vec::new();
    for (side, targets) in sides.iter().enumerate() {
        for target in targets {
            for node in resolve(cluster, target)? {
                sided.retain(|(other, _)| *other != node);
                sided.push((node, side));
            }
        }
    }
    for &(from, one) in &sided {
        for &(to, other) in &sided {
            if from != to {
                cluster.world.core.set_cut(from, to, one != other);
            }
        }
    }
    Ok(())
}

fn heal(cluster: &mut Cluster) {
    let names = cluster.world.core.names;
    for from in names.all() {
        for to in names.all() {
            cluster.world.core.set_cut(from, to, false);
            if cluster.world.core.network.link(from, to).held {
                cluster.world.core.set_held(from, to, false);
            }
        }
    }
}

/// Every pair of a node of the list with a node outside of it, both ways.
fn pairs(cluster: &Cluster, nodes: &[NodeId]) -> Vec<(NodeId, NodeId)> {
    let others = cluster.world.core.names.all().filter(|other| !nodes.contains(other));
    others
        .flat_map(|other| nodes.iter().flat_map(move |&node| [(node, other), (other, node)]))
        .collect()
}

fn on_links(
    cluster: &mut Cluster,
    a: &Target,
    b: &Target,
    way: Direction,
    change: impl Fn(&mut Cluster, NodeId, NodeId),
) -> Void {
    let (ones, others) = (resolve(cluster, a)?, resolve(cluster, b)?);
    for &from in &ones {
        for &to in others.iter().filter(|&&to| to != from) {
            change(cluster, from, to);
            if way == Direction::BothWays {
                change(cluster, to, from);
            }
        }
    }
    Ok(())
}

fn fire(cluster: &mut Cluster, target: &Target, timer: &str, record: &mut Record) -> Void {
    let nodes = resolve(cluster, target)?;
    record.node = single(&nodes);
    let mut fired = false;
    for node in nodes {
        if let Some(tag) = cluster.world.timer_of(cluster.world.names().is_client(node), timer) {
            fired |= cluster.world.core.fire_timer(node, tag);
        }
    }
    if fired { Ok(()) } else { Err(format!("the timer `{timer}` does not run")) }
}

fn clock(
    cluster: &mut Cluster,
    target: &Target,
    (offset_us, drift_ppm): (Option<i64>, Option<i32>),
    record: &mut Record,
) -> Void {
    let nodes = resolve(cluster, target)?;
    record.node = single(&nodes);
    let now = cluster.world.core.now;
    for node in nodes {
        if let Some(offset) = offset_us {
            cluster.world.core.nodes[node.index()].clock.set_offset(now, offset);
        }
        if let Some(drift) = drift_ppm {
            cluster.world.core.set_drift(node, drift);
        }
    }
    Ok(())
}

fn add_rule(cluster: &mut Cluster, rule: &Rule) -> Void {
    let mask = |nodes: Vec<NodeId>| nodes.iter().fold(0u64, |mask, node| mask | bit(*node));
    let from = mask(resolve(cluster, &rule.from)?);
    let to = mask(resolve(cluster, &rule.to)?);
    let kind = rule.kind.as_deref().and_then(|kind| cluster.world.kind_of(kind));
    let rule = ActiveRule { until: rule.until, effect: rule.effect, from, to, kind };
    cluster.world.core.network.add_rule(rule);
    Ok(())
}

/// The bit of a node in a set of nodes; scenarios have at most 64.
fn bit(node: NodeId) -> u64 {
    1u64.checked_shl(node.0).unwrap_or(0)
}
