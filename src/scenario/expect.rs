//! What a run is expected to show: the `expect` lines.

use super::action::Known;
use super::cursor::{Cursor, Part, Read, role_words};
use super::diagnostic::{one_of, quote, words_of};
use super::units;
use crate::sim::action::Target;
use crate::sim::info::PropertyKind;
use crate::view::{NodeId, Time, read_generation};

/// An `expect` line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expect {
    /// Its line, from 1.
    pub line: u32,
    /// What stands behind `expect`, in normal spacing.
    pub text: String,
    /// What it means.
    pub what: Expectation,
}

/// What is expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expectation {
    /// A fact, and when.
    Fact(When, Fact),
    /// An `always` property, by its place in `Info::properties`, is never broken.
    Holds(usize),
    /// An `always` property is broken.
    Violated(usize),
    /// The clients' calls and answers fit some order.
    History(Consistency),
}

/// When a fact is expected to hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// At some step at or before a time.
    By(Time),
    /// When everything up to a time has happened.
    At(Time),
    /// At every step between two times.
    During(Time, Time),
    /// At every step.
    Always,
    /// At no step.
    Never,
}

/// What the clients' history is judged against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Consistency {
    /// Every call takes effect at one moment between call and answer.
    Linearizable,
}

/// Something that is so or is not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact {
    /// Every node that is meant runs and has that role (its place in `Info::roles`).
    Role(Target, usize),
    /// Every node that is meant is in that condition.
    Condition(Target, Condition),
    /// The field of every node that is meant compares so.
    Field(FieldFact),
    /// The generations of the cells of the node's log, in order.
    Log(Target, Vec<u64>),
    /// A row of the node's table.
    Row {
        /// Whose.
        target: Target,
        /// Its key.
        key: String,
        /// Its value, or `absent`.
        value: String,
    },
    /// So many nodes have a role or are in a condition.
    Count(Counted, Op, u64),
    /// What a client was answered to its nth call.
    Answer {
        /// Whose.
        client: NodeId,
        /// Which call, from 1.
        number: u64,
        /// As the service prints it.
        value: String,
    },
    /// So many of a client's calls came to that.
    Calls(NodeId, CallState, Op, u64),
    /// A note was told, by its place in `Info::notes`.
    Note(usize),
    /// A `sometimes` property was reached, by its place in `Info::properties`.
    Reached(usize),
}

/// `n3.commit_index >= 1`, or `leader.match_index.n2 >= 4`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldFact {
    /// Whose.
    pub target: Target,
    /// One of the fields that the protocol shows.
    pub name: String,
    /// Which entry, of a field that has one for each node.
    pub of: Option<NodeId>,
    /// How it is compared.
    pub op: Op,
    /// With what.
    pub value: String,
}

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counted {
    /// Nodes that run and have a role, by its place in `Info::roles`.
    Role(usize),
    /// Nodes in a condition.
    Condition(Condition),
}

/// Whether a node runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    /// It is not crashed.
    Up,
    /// It is crashed.
    Down,
    /// It is paused.
    Paused,
}

/// What came of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallState {
    /// Whatever came of it.
    Any,
    /// Nothing yet.
    Open,
    /// An answer.
    Done,
    /// A refusal.
    Refused,
    /// The client gave up.
    Unknown,
}

/// A comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    /// `=`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    More,
    /// `>=`
    AtLeast,
}

const OPS: &[(&str, Op)] = &[
    ("=", Op::Equal),
    ("!=", Op::NotEqual),
    ("<", Op::Less),
    ("<=", Op::AtMost),
    (">", Op::More),
    (">=", Op::AtLeast),
];
const CONDITIONS: &[(&str, Condition)] =
    &[("up", Condition::Up), ("down", Condition::Down), ("paused", Condition::Paused)];
const CALL_STATES: &[(&str, CallState)] = &[
    ("calls", CallState::Any),
    ("open", CallState::Open),
    ("done", CallState::Done),
    ("refused", CallState::Refused),
    ("unknown", CallState::Unknown),
];
const CONSISTENCIES: &[(&str, Consistency)] = &[("linearizable", Consistency::Linearizable)];

impl Op {
    /// Whether two values compare so.
    pub fn compare<T: Ord>(self, left: T, right: T) -> bool {
        match self {
            Op::Equal => left == right,
            Op::NotEqual => left != right,
            Op::Less => left < right,
            Op::AtMost => left <= right,
            Op::More => left > right,
            Op::AtLeast => left >= right,
        }
    }

    /// Whether it asks which of two is larger.
    pub fn is_order(self) -> bool {
        !matches!(self, Op::Equal | Op::NotEqual)
    }
}

/// Reads what stands behind `expect`.
pub fn read_expectation(cursor: &mut Cursor<'_>, known: Known) -> Read<Expectation> {
    let words = ["by", "at", "from", "always", "never", "violated", "history"];
    let expectation = match cursor.choice(&words)? {
        "by" => {
            let time = cursor.time()?;
            Expectation::Fact(When::By(time), read_fact(cursor, known)?)
        }
        "at" => {
            let time = cursor.time()?;
            Expectation::Fact(When::At(time), read_fact(cursor, known)?)
        }
        "from" => {
            let from = cursor.time()?;
            cursor.keyword("to")?;
            let token = cursor.peek();
            let to = cursor.time()?;
            if let (Some(token), true) = (token, to < from) {
                return Err(cursor.at(token, "the end lies before the start"));
            }
            Expectation::Fact(When::During(from, to), read_fact(cursor, known)?)
        }
        "always" => match cursor.rest() {
            [only] if !only.quoted => Expectation::Holds(read_property(cursor, known)?),
            _ => Expectation::Fact(When::Always, read_fact(cursor, known)?),
        },
        "never" => Expectation::Fact(When::Never, read_fact(cursor, known)?),
        "violated" => Expectation::Violated(read_property(cursor, known)?),
        _ => Expectation::History(read_named(cursor, CONSISTENCIES, "a consistency model")?),
    };
    cursor.finish()?;
    Ok(expectation)
}

fn read_property(cursor: &mut Cursor<'_>, known: Known) -> Read<usize> {
    let properties = known.info().properties;
    let always: Vec<&str> = properties
        .iter()
        .filter(|property| property.kind == PropertyKind::Always)
        .map(|property| property.id)
        .collect();
    let token = cursor.word("a property")?;
    let place = properties.iter().position(|property| property.id == token.text);
    match place {
        Some(place) if properties[place].kind == PropertyKind::Always => Ok(place),
        Some(_) => {
            let message =
                format_args!("{} is not a property that always holds", quote(&token.text));
            Err(cursor.at(token, message).expected(one_of(&always)))
        }
        None => Err(cursor.unknown(token, "is no property of this protocol", &always)),
    }
}

fn read_fact(cursor: &mut Cursor<'_>, known: Known) -> Read<Fact> {
    let form = "a fact such as `n3 role leader`, `n3.term >= 1`, `count leader = 1`, \
                `c1 answer 1 = ok` or `reached …`";
    let token = cursor.word(form)?;
    if token.text == "count" {
        return read_count(cursor, known);
    }
    if token.text == "reached" {
        return read_reached(cursor, known);
    }
    if let Some((target, field)) = token.text.split_once('.') {
        let column = token.column + target.chars().count() as u32 + 1;
        let target = Part { text: target, column: token.column };
        return read_field(cursor, known, target, Part { text: field, column });
    }
    let target = cursor.target_of(token.into(), known.names, known.info());
    let target = target.map_err(|mut fault| {
        fault.known.extend(["count", "reached"].map(str::to_string));
        fault
    })?;
    let client = match target {
        Target::Node(node) if known.names.is_client(node) => Some(node),
        _ => None,
    };
    let words = ["role", "log", "key", "answer", "up", "down", "paused"];
    let own = |word: &str| match word {
        "role" | "log" | "key" => client.is_none(),
        "answer" => client.is_some(),
        _ => true,
    };
    match (cursor.choice(&words).map_err(|fault| fault.fitting(own))?, client) {
        ("answer", Some(client)) => read_answer(cursor, client),
        ("answer", None) => Err(cursor.at(token, "only clients get answers").expected("a client")),
        ("role" | "log" | "key", Some(_)) => {
            Err(cursor.at(token, "this is a client, which has no such thing").expected("a server"))
        }
        ("role", None) => Ok(Fact::Role(target, read_role(cursor, known)?)),
        ("log", None) => read_log(cursor, target),
        ("key", None) => {
            let key = cursor.word("a key")?.text.to_string();
            cursor.keyword("=")?;
            Ok(Fact::Row { target, key, value: read_value(cursor, "a value, or `absent`")? })
        }
        (word, _) => {
            let condition = CONDITIONS.iter().find(|(name, _)| *name == word);
            let (_, condition) = condition.expect("the other words are conditions");
            Ok(Fact::Condition(target, *condition))
        }
    }
}

fn read_role(cursor: &mut Cursor<'_>, known: Known) -> Read<usize> {
    let roles = known.info().roles;
    let token = cursor.word("a role")?;
    let place = roles.iter().position(|role| role.id == token.text || role.plural == token.text);
    let ids = || words_of(roles, |role| role.id);
    place.ok_or_else(|| cursor.unknown(token, "is no role of this protocol", &ids()))
}

fn read_log(cursor: &mut Cursor<'_>, target: Target) -> Read<Fact> {
    let mut generations = Vec::new();
    while cursor.peek().is_some() {
        let form = "the generation of each entry, `2` or `2.1`";
        let token = cursor.word(form)?;
        generations.push(match read_generation(&token.text) {
            Some(generation) => generation,
            None => {
                let message = format_args!("{} is no generation", quote(&token.text));
                return Err(cursor.at(token, message).expected(form));
            }
        });
    }
    Ok(Fact::Log(target, generations))
}

fn read_count(cursor: &mut Cursor<'_>, known: Known) -> Read<Fact> {
    let token = cursor.word("a role, `up`, `down` or `paused`")?;
    let word = &*token.text;
    let roles = known.info().roles;
    let role = roles.iter().position(|role| role.id == word || role.plural == word);
    let condition = CONDITIONS.iter().find(|(name, _)| *name == word);
    let counted = match (role, condition) {
        (Some(role), _) => Counted::Role(role),
        (None, Some((_, condition))) => Counted::Condition(*condition),
        (None, None) => {
            let mut words = role_words(known.info());
            words.extend(words_of(CONDITIONS, |(name, _)| name));
            return Err(cursor.unknown(token, "is nothing that can be counted", &words));
        }
    };
    let op = read_named(cursor, OPS, "a comparison")?;
    Ok(Fact::Count(counted, op, cursor.number("a number", 0, u64::MAX)?))
}

fn read_reached(cursor: &mut Cursor<'_>, known: Known) -> Read<Fact> {
    let info = known.info();
    let token = cursor.word("a note or a `sometimes` property")?;
    let word = &*token.text;
    if let Some(note) = info.notes.iter().position(|note| note.id == word) {
        return Ok(Fact::Note(note));
    }
    let sometimes = |place: &usize| info.properties[*place].kind == PropertyKind::Sometimes;
    let places = (0..info.properties.len()).filter(sometimes);
    if let Some(place) = places.clone().find(|&place| info.properties[place].id == word) {
        return Ok(Fact::Reached(place));
    }
    let mut words = words_of(info.notes, |note| note.id);
    words.extend(places.map(|place| info.properties[place].id));
    Err(cursor.unknown(token, "is nothing that this protocol reaches", &words))
}

fn read_answer(cursor: &mut Cursor<'_>, client: NodeId) -> Read<Fact> {
    let number = cursor.number("the number of a call", 1, u64::from(u32::MAX))?;
    cursor.keyword("=")?;
    Ok(Fact::Answer { client, number, value: read_value(cursor, "an answer")? })
}

fn read_field(
    cursor: &mut Cursor<'_>,
    known: Known,
    target: Part<'_>,
    field: Part<'_>,
) -> Read<Fact> {
    let place = target;
    let target = cursor.target_of(target, known.names, known.info())?;
    if let Target::Node(client) = target
        && known.names.is_client(client)
    {
        let state = CALL_STATES.iter().find(|(name, _)| *name == field.text);
        let Some((_, state)) = state else {
            let words = words_of(CALL_STATES, |(name, _)| name);
            return Err(cursor
                .at_part(field, format_args!("clients have no field {}", quote(field.text)))
                .expected(one_of(&words))
                .nearest(field.text, &words));
        };
        let op = read_named(cursor, OPS, "a comparison")?;
        let number = cursor.number("a number", 0, u64::MAX)?;
        return Ok(Fact::Calls(client, *state, op, number));
    }
    let (name, of) = match field.text.split_once('.') {
        None => (field.text, None),
        Some((name, node)) => {
            let column = field.column + name.chars().count() as u32 + 1;
            (name, Some(cursor.node_of(Part { text: node, column }, known.names)?))
        }
    };
    if name.is_empty() {
        return Err(cursor.at_part(place, "a field is missing behind this"));
    }
    let op = read_named(cursor, OPS, "a comparison")?;
    let token = cursor.peek();
    let value = read_value(cursor, "a value")?;
    if let (Some(token), true, None) = (token, op.is_order(), as_number(&value)) {
        let message = format_args!("{} is no number", quote(&token.text));
        return Err(cursor.at(token, message).expected("a number or a time"));
    }
    Ok(Fact::Field(FieldFact { target, name: name.to_string(), of, op, value }))
}

/// The rest of the line as a value: several words if it is a list of nodes.
fn read_value(cursor: &mut Cursor<'_>, expected: &str) -> Read<String> {
    let missing = cursor.missing(expected);
    let words: Vec<&str> = cursor.take_rest().iter().map(|token| &*token.text).collect();
    if words.is_empty() { Err(missing) } else { Ok(words.join(" ")) }
}

/// A value as a number: times in microseconds.
pub fn as_number(value: &str) -> Option<i64> {
    let time = || units::read_time(value).ok().map(|us| us as i64);
    value.parse().ok().or_else(time)
}

fn read_named<T: Copy>(
    cursor: &mut Cursor<'_>,
    table: &[(&'static str, T)],
    what: &str,
) -> Read<T> {
    let words = words_of(table, |(name, _)| name);
    if cursor.peek().is_none() {
        return Err(cursor.missing(&format!("{what}: {}", one_of(&words))));
    }
    let word = cursor.choice(&words)?;
    let found = table.iter().find(|(name, _)| *name == word);
    Ok(found.expect("the choice is one of these").1)
}
