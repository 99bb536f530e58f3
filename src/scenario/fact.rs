//! Whether a fact holds at the present position of a run, and if not, what is so instead.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use super::action::print_target;
use super::expect::{CallState, Condition, Counted, Fact, FieldFact, Op, as_number};
use crate::sim::action::Target;
use crate::sim::session::{Call, NodeShot, Outcome, Session};
use crate::view::{NodeId, Panel, Value, show_generation};

/// A position of a run, at which facts are judged. Every node is looked at at most once.
pub struct Scene<'a> {
    session: &'a dyn Session,
    shots: RefCell<Vec<Option<Rc<NodeShot>>>>,
    calls: RefCell<Option<Rc<Vec<Call>>>>,
    looks: Cell<u64>,
}

/// Whether a fact holds; if not, what is so instead.
pub type Judged = Result<(), String>;

impl<'a> Scene<'a> {
    /// The present position.
    pub fn new(session: &'a dyn Session) -> Scene<'a> {
        let names = session.names();
        let count = (names.servers + names.clients) as usize;
        Scene {
            session,
            shots: RefCell::new(vec![None; count]),
            calls: RefCell::new(None),
            looks: Cell::new(0),
        }
    }

    /// How much work it was: nodes and calls looked at.
    pub fn looks(&self) -> u64 {
        self.looks.get()
    }

    /// Judges a fact.
    pub fn judge(&self, fact: &Fact) -> Judged {
        self.looks.set(self.looks.get() + 1);
        match fact {
            Fact::Role(target, role) => self.each(target, |shot| {
                let wanted = self.session.info().roles[*role].id;
                match shot.up && shot.view.role == wanted {
                    true => Ok(()),
                    false if !shot.up => Err(format!("{} was down", shot.name)),
                    false => Err(format!("{} was {}", shot.name, shot.view.role)),
                }
            }),
            Fact::Condition(target, condition) => {
                self.each(target, |shot| match is_so(shot, *condition) {
                    true => Ok(()),
                    false => Err(format!("{} was {}", shot.name, condition_of(shot))),
                })
            }
            Fact::Field(field) => self.each(&field.target, |shot| self.judge_field(shot, field)),
            Fact::Log(target, wanted) => self.each(target, |shot| judge_log(shot, wanted)),
            Fact::Row { target, key, value } => {
                self.each(target, |shot| judge_row(shot, key, value))
            }
            Fact::Count(counted, op, number) => self.judge_count(*counted, *op, *number),
            Fact::Answer { client, number, value } => self.judge_answer(*client, *number, value),
            Fact::Calls(client, state, op, number) => {
                self.judge_calls(*client, *state, *op, *number)
            }
            Fact::Note(note) => match self.session.notes_reached() >> note & 1 {
                1 => Ok(()),
                _ => Err("it was not told".to_string()),
            },
            Fact::Reached(property) => match self.session.verdicts()[*property].finding.is_some() {
                true => Ok(()),
                false => Err("it was not reached".to_string()),
            },
        }
    }

    fn shot(&self, node: NodeId) -> Rc<NodeShot> {
        let slot = &mut self.shots.borrow_mut()[node.index()];
        if let Some(shot) = slot {
            return shot.clone();
        }
        self.looks.set(self.looks.get() + 1);
        let shot = Rc::new(self.session.node(node));
        *slot = Some(shot.clone());
        shot
    }

    fn calls(&self) -> Rc<Vec<Call>> {
        let mut calls = self.calls.borrow_mut();
        let calls = calls.get_or_insert_with(|| Rc::new(self.session.calls()));
        self.looks.set(self.looks.get() + calls.len() as u64);
        calls.clone()
    }

    /// The nodes that are meant now: as the kernel finds them for an action.
    fn resolve(&self, target: &Target) -> Vec<Rc<NodeShot>> {
        let servers = self.session.names().servers();
        let word = match target {
            Target::Node(node) => return vec![self.shot(*node)],
            Target::All => return servers.map(|node| self.shot(node)).collect(),
            Target::Role(word) => word,
        };
        let roles = self.session.info().roles;
        let Some(role) = roles.iter().find(|role| role.id == word || role.plural == word) else {
            return Vec::new();
        };
        let shots = servers.map(|node| self.shot(node));
        let shots = shots.filter(|shot| shot.up && shot.view.role == role.id);
        if word == role.plural {
            return shots.collect();
        }
        shots.max_by_key(|shot| (shot.view.generation, !shot.id.0)).into_iter().collect()
    }

    fn each(&self, target: &Target, judge: impl Fn(&NodeShot) -> Judged) -> Judged {
        let shots = self.resolve(target);
        if shots.is_empty() {
            let word = print_target(target, self.session.names());
            return Err(format!("nobody was {word}"));
        }
        shots.iter().try_for_each(|shot| judge(shot))
    }

    fn judge_field(&self, shot: &NodeShot, fact: &FieldFact) -> Judged {
        let names = self.session.names();
        let Some(field) = shot.view.field(&fact.name) else {
            return Err(format!("{} had no field {} then", shot.name, fact.name));
        };
        let value = match (&field.value, fact.of) {
            (Value::PerNode(pairs), Some(of)) => {
                let entry = pairs.iter().find(|(node, _)| *node == of);
                entry.map_or(Value::None, |(_, number)| Value::Int(*number))
            }
            (value, None) => value.clone(),
            (_, Some(_)) => return Err(format!("{} is not one for each node", fact.name)),
        };
        let shown = value.show(names);
        let holds = match (number_of(&value), as_number(&fact.value)) {
            (Some(left), Some(right)) => fact.op.compare(left, right),
            _ if fact.op.is_order() => false,
            _ => fact.op.compare(shown.as_str(), fact.value.as_str()),
        };
        if holds { Ok(()) } else { Err(format!("{}.{} was {shown}", shot.name, fact.name)) }
    }

    fn judge_count(&self, counted: Counted, op: Op, number: u64) -> Judged {
        let servers = self.session.names().servers();
        let shots = servers.map(|node| self.shot(node));
        let counted: Vec<String> = match counted {
            Counted::Role(role) => {
                let id = self.session.info().roles[role].id;
                let shots = shots.filter(|shot| shot.up && shot.view.role == id);
                shots.map(|shot| shot.name.clone()).collect()
            }
            Counted::Condition(condition) => {
                let shots = shots.filter(|shot| is_so(shot, condition));
                shots.map(|shot| shot.name.clone()).collect()
            }
        };
        if op.compare(counted.len() as u64, number) {
            return Ok(());
        }
        match counted.as_slice() {
            [] => Err("there were none".to_string()),
            some => Err(format!("there were {}: {}", some.len(), some.join(" "))),
        }
    }

    fn judge_answer(&self, client: NodeId, number: u64, value: &str) -> Judged {
        let calls = self.calls();
        let mut of_client = calls.iter().filter(|call| call.client == client);
        match of_client.nth(number as usize - 1) {
            None => Err("there was no such call".to_string()),
            Some(call) => match &call.outcome {
                Outcome::Done { out, .. } if out == value => Ok(()),
                Outcome::Done { out, .. } => Err(format!("the answer to {} was {out}", call.op)),
                Outcome::Open => Err(format!("{} was not answered", call.op)),
                Outcome::Refused { why, .. } => Err(format!("{} was refused: {why}", call.op)),
                Outcome::Unknown { .. } => Err(format!("the client gave {} up", call.op)),
            },
        }
    }

    fn judge_calls(&self, client: NodeId, state: CallState, op: Op, number: u64) -> Judged {
        let calls = self.calls();
        let fits = |call: &&Call| {
            call.client == client
                && match (&call.outcome, state) {
                    (_, CallState::Any) => true,
                    (Outcome::Open, state) => state == CallState::Open,
                    (Outcome::Done { .. }, state) => state == CallState::Done,
                    (Outcome::Refused { .. }, state) => state == CallState::Refused,
                    (Outcome::Unknown { .. }, state) => state == CallState::Unknown,
                }
        };
        let count = calls.iter().filter(fits).count() as u64;
        if op.compare(count, number) { Ok(()) } else { Err(format!("it was {count}")) }
    }
}

fn number_of(value: &Value) -> Option<i64> {
    match value {
        Value::Int(number) => Some(*number),
        Value::Duration(us) => i64::try_from(*us).ok(),
        _ => None,
    }
}

fn is_so(shot: &NodeShot, condition: Condition) -> bool {
    match condition {
        Condition::Up => shot.up,
        Condition::Down => !shot.up,
        Condition::Paused => shot.up && shot.paused,
    }
}

fn condition_of(shot: &NodeShot) -> &'static str {
    match (shot.up, shot.paused) {
        (false, _) => "down",
        (true, true) => "paused",
        (true, false) => "up",
    }
}

fn judge_log(shot: &NodeShot, wanted: &[u64]) -> Judged {
    let log = shot.view.panels.iter().find_map(|panel| match panel {
        Panel::Log { cells, .. } => Some(cells),
        _ => None,
    });
    let Some(cells) = log else { return Err(format!("{} shows no log", shot.name)) };
    if cells.iter().map(|cell| cell.generation).eq(wanted.iter().copied()) {
        return Ok(());
    }
    let shown: Vec<String> = cells.iter().map(|cell| show_generation(cell.generation)).collect();
    let shown = if shown.is_empty() { "empty".to_string() } else { shown.join(" ") };
    Err(format!("the log of {} was {shown}", shot.name))
}

fn judge_row(shot: &NodeShot, key: &str, wanted: &str) -> Judged {
    let rows = shot.view.panels.iter().find_map(|panel| match panel {
        Panel::Table { rows, .. } => Some(rows),
        _ => None,
    });
    let Some(rows) = rows else { return Err(format!("{} shows no table", shot.name)) };
    let found = rows.iter().find(|(name, _)| name == key);
    let found = found.map_or("absent", |(_, value)| value.as_str());
    if found == wanted { Ok(()) } else { Err(format!("{key} was {found} at {}", shot.name)) }
}
