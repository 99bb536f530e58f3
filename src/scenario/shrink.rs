//! A counterexample made small: fewer lines, an earlier end, fewer nodes, rounder numbers, as long
//! as the same thing breaks.

use super::Scenario;
use super::fuzz::{Breach, judge};
use super::limits::AFTER_LAST;
use crate::order::sort_by_key;
use crate::sim::action::{Action, MessageRef, Rule, Scheduled, Target};
use crate::sim::info::Params;
use crate::sim::session::{ClientRules, Weather};
use crate::view::{MILLISECOND, NodeId};

/// How many runs the shrinking of one counterexample may take.
const MAX_RUNS: u32 = 1_500;

/// Makes a scenario small that breaks something. What comes out breaks the same.
pub fn shrink(scenario: &Scenario, breach: &Breach) -> (Scenario, Breach) {
    let mut shrinker = Shrinker { best: scenario.clone(), breach: breach.clone(), runs: 0 };
    shrinker.end_at_breach();
    loop {
        let before = shrinker.size();
        shrinker.remove_lines();
        shrinker.fewer_nodes();
        shrinker.simpler_setup();
        if shrinker.size() >= before || shrinker.runs >= MAX_RUNS {
            break;
        }
    }
    shrinker.rounder_times();
    shrinker.remove_lines();
    shrinker.round_end();
    (shrinker.best, shrinker.breach)
}

struct Shrinker {
    best: Scenario,
    breach: Breach,
    runs: u32,
}

impl Shrinker {
    fn size(&self) -> (usize, u32) {
        (self.best.setup.script.len(), self.best.setup.params.servers)
    }

    /// Takes the candidate if it breaks the same property.
    fn attempt(&mut self, mut candidate: Scenario) -> bool {
        if self.runs >= MAX_RUNS {
            return false;
        }
        self.runs += 1;
        let Ok(found) = judge(&candidate) else { return false };
        match found.breach {
            Some(breach) if breach.kind == self.breach.kind => {
                candidate.until = candidate.until.min(breach.at);
                candidate.setup.script.retain(|line| line.moment.at <= candidate.until);
                self.breach = breach;
                self.best = candidate;
                true
            }
            _ => false,
        }
    }

    fn attempt_with(&mut self, change: impl FnOnce(&mut Scenario)) -> bool {
        let mut candidate = self.best.clone();
        change(&mut candidate);
        self.attempt(candidate)
    }

    fn end_at_breach(&mut self) {
        let end = self.breach.at;
        self.attempt_with(|candidate| candidate.until = end);
    }

    /// Removes runs of lines, long ones first (Zeller's ddmin, without its complements).
    fn remove_lines(&mut self) {
        let mut chunk = self.best.setup.script.len().div_ceil(2).max(1);
        loop {
            let mut start = self.best.setup.script.len();
            while start > 0 {
                let end = start.min(self.best.setup.script.len());
                start = end.saturating_sub(chunk);
                if end > start {
                    self.attempt_with(|candidate| drop(candidate.setup.script.drain(start..end)));
                }
            }
            if chunk == 1 {
                return;
            }
            chunk = chunk.div_ceil(2);
        }
    }

    fn fewer_nodes(&mut self) {
        let least = self.best.entry.info.servers.min;
        while self.best.setup.params.servers > least {
            let last = NodeId(self.best.setup.params.servers - 1);
            let done = self.attempt_with(|candidate| without_server(candidate, last));
            if !done {
                break;
            }
        }
        let least = self.best.entry.info.clients.min;
        while self.best.setup.params.clients > least {
            let last = NodeId(self.best.setup.params.servers + self.best.setup.params.clients - 1);
            let done = self.attempt_with(|candidate| {
                candidate.setup.params.clients -= 1;
                let script = &mut candidate.setup.script;
                script.retain(|line| !names(&line.action).contains(&last));
            });
            if !done {
                break;
            }
        }
    }

    fn simpler_setup(&mut self) {
        let defaults = Params::defaults(self.best.entry.info);
        for (place, value) in defaults.values.iter().enumerate() {
            if self.best.setup.params.values[place] != *value {
                self.attempt_with(|candidate| candidate.setup.params.values[place] = *value);
            }
        }
        let network = self.best.setup.network;
        let plain = Weather::default();
        let simpler = [
            Weather { loss_ppm: 0, duplicate_ppm: 0, ..network },
            Weather { loss_ppm: 0, ..network },
            Weather { duplicate_ppm: 0, ..network },
            Weather { fifo: false, ..self.best.setup.network },
            plain,
        ];
        for weather in simpler {
            if self.best.setup.network != weather && self.best.setup.network != plain {
                self.attempt_with(|candidate| candidate.setup.network = weather);
            }
        }
        if self.best.setup.clients != ClientRules::default() {
            self.attempt_with(|candidate| candidate.setup.clients = ClientRules::default());
        }
    }

    fn rounder_times(&mut self) {
        for step in [100 * MILLISECOND, 50 * MILLISECOND, 10 * MILLISECOND] {
            for place in 0..self.best.setup.script.len() {
                let Some(line) = self.best.setup.script.get(place) else { break };
                let at = line.moment.at;
                let rounded = (at + step / 2) / step * step;
                if rounded != at {
                    self.attempt_with(|candidate| {
                        candidate.setup.script[place].moment.at = rounded;
                        sort_by_key(&mut candidate.setup.script, |line| line.moment.key());
                    });
                }
            }
        }
    }

    /// The run ends a little after the breach, at a round time.
    fn round_end(&mut self) {
        let step = 100 * MILLISECOND;
        let end = (self.breach.at.div_ceil(step) * step).max(step);
        let late = |line: &Scheduled| super::document::last_time(line);
        let last = self.best.setup.script.iter().map(late).max().unwrap_or(0);
        self.best.until = if last > end { last + AFTER_LAST } else { end };
    }
}

fn without_server(scenario: &mut Scenario, gone: NodeId) {
    let old = scenario.names();
    scenario.setup.params.servers -= 1;
    let renamed = |node: NodeId| if old.is_client(node) { NodeId(node.0 - 1) } else { node };
    scenario.setup.script.retain(|line| !names(&line.action).contains(&gone));
    for line in &mut scenario.setup.script {
        rename(&mut line.action, &renamed);
    }
    scenario.setup.given.retain(|(node, _)| *node != gone);
}

/// The nodes that an action names.
fn names(action: &Action) -> Vec<NodeId> {
    let mut found = Vec::new();
    let mut action = action.clone();
    rename_with(&mut action, &mut |node| {
        found.push(node);
        node
    });
    found
}

fn rename(action: &mut Action, renamed: &dyn Fn(NodeId) -> NodeId) {
    rename_with(action, &mut |node| renamed(node));
}

fn rename_with(action: &mut Action, renamed: &mut dyn FnMut(NodeId) -> NodeId) {
    let mut target = |target: &mut Target| {
        if let Target::Node(node) = target {
            *node = renamed(*node);
        }
    };
    match action {
        Action::Crash(node)
        | Action::Restart(node)
        | Action::Resume(node)
        | Action::Isolate(node)
        | Action::Pause { target: node, .. }
        | Action::Fire { target: node, .. }
        | Action::Clock { target: node, .. } => target(node),
        Action::Partition(sides) => sides.iter_mut().flatten().for_each(target),
        Action::Cut(from, to, _)
        | Action::Hold(from, to, _)
        | Action::Release(from, to, _)
        | Action::Link(from, to, _, _)
        | Action::Rule(Rule { from, to, .. }) => {
            target(from);
            target(to);
        }
        Action::Heal | Action::Network(_) => {}
        Action::Request { client, .. } => *client = renamed(*client),
        Action::Drop(message)
        | Action::Duplicate(message)
        | Action::Delay(message, _)
        | Action::Deliver(message) => match message {
            MessageRef::Named(name) => name.from = renamed(name.from),
            MessageRef::Oldest { from, to, .. } => {
                *from = renamed(*from);
                *to = renamed(*to);
            }
        },
    }
}
