//! Actions as a scenario writes them, in both directions: words to [`Action`] and back.

use std::fmt::Write;

use super::cursor::{Cursor, Part, Read, node_words};
use super::diagnostic::{Diagnostic, Fault, one_of, quote, words_of};
use super::lex::{Token, bare_or_quoted, lex};
use super::limits::MAX_DRIFT_PPM;
use super::units;
use crate::protocols::Entry;
use crate::sim::action::{
    Action, Direction, LinkChange, MessageRef, Rule, RuleEffect, Scheduled, Target,
};
use crate::sim::info::Info;
use crate::sim::session::Weather;
use crate::view::{MessageName, NodeId, NodeNames, Span};

/// The first words of actions, apart from a client's name.
pub const VERBS: &[&str] = &[
    "crash",
    "restart",
    "pause",
    "resume",
    "partition",
    "isolate",
    "cut",
    "hold",
    "release",
    "heal",
    "link",
    "network",
    "drop",
    "duplicate",
    "delay",
    "deliver",
    "fire",
    "clock",
];

/// The kinds of message that every protocol with clients has.
pub const CLIENT_KINDS: &[&str] = &["Request", "Reply"];

/// The timers of clients.
pub const CLIENT_TIMERS: &[&str] = &["timeout", "backoff"];

const LINK_SETTINGS: &str = "`delay=`, `loss=`, `duplicate=` or `order=`";

/// What the words of an action are read against.
#[derive(Clone, Copy)]
pub struct Known {
    /// The protocol.
    pub entry: &'static Entry,
    /// The nodes.
    pub names: NodeNames,
}

impl Known {
    /// What the protocol says of itself.
    pub fn info(&self) -> &'static Info {
        self.entry.info
    }

    fn kinds(&self) -> Vec<&'static str> {
        let mut kinds = words_of(self.info().messages, |message| message.id);
        if self.names.clients > 0 {
            kinds.extend(CLIENT_KINDS);
        }
        kinds
    }
}

/// Reads an action that stands by itself, as `link n1 > n2 loss=5%` does in a form.
pub fn parse_action(text: &str, known: Known) -> Read<Action> {
    let lexed = lex(text);
    if let Some(fault) = &lexed.fault {
        return Err(Diagnostic::new(1, fault.column, fault.length, fault.message));
    }
    read_action(&mut Cursor::new(1, &lexed), known)
}

/// Reads an action; the whole rest of the line must be one.
pub fn read_action(cursor: &mut Cursor<'_>, known: Known) -> Read<Action> {
    let action = read_open_action(cursor, known)?;
    cursor.finish()?;
    Ok(action)
}

fn read_open_action(cursor: &mut Cursor<'_>, known: Known) -> Read<Action> {
    let verb = cursor.word("an action such as `crash n1` or `c1 put x 1`")?;
    let names = known.names;
    let target = |cursor: &mut Cursor<'_>| cursor.target(names, known.info());
    Ok(match &*verb.text {
        "crash" => Action::Crash(target(cursor)?),
        "restart" => Action::Restart(target(cursor)?),
        "pause" => {
            let target = target(cursor)?;
            let length = if cursor.take_if("for") { Some(cursor.time()?) } else { None };
            Action::Pause { target, length }
        }
        "resume" => Action::Resume(target(cursor)?),
        "partition" => read_partition(cursor, known)?,
        "isolate" => Action::Isolate(target(cursor)?),
        "cut" => read_ends(cursor, known).map(|(a, b, way)| Action::Cut(a, b, way))?,
        "hold" => read_ends(cursor, known).map(|(a, b, way)| Action::Hold(a, b, way))?,
        "release" => read_ends(cursor, known).map(|(a, b, way)| Action::Release(a, b, way))?,
        "heal" => Action::Heal,
        "link" => {
            let (from, to, way) = read_ends(cursor, known)?;
            Action::Link(from, to, way, read_change(cursor)?)
        }
        "network" => Action::Network(read_change(cursor)?),
        "drop" => Action::Drop(read_message(cursor, known)?),
        "duplicate" => Action::Duplicate(read_message(cursor, known)?),
        "delay" => Action::Delay(read_message(cursor, known)?, cursor.time()?),
        "deliver" => Action::Deliver(read_message(cursor, known)?),
        "fire" => read_fire(cursor, known)?,
        "clock" => read_clock(cursor, known)?,
        word => match names.find(word) {
            Some(client) if names.is_client(client) => read_request(cursor, known, client)?,
            _ => return Err(unknown_verb(cursor, verb.into(), known)),
        },
    })
}

fn unknown_verb(cursor: &Cursor<'_>, verb: Part<'_>, known: Known) -> Fault {
    let word = verb.text;
    let is_client = word.len() > 1
        && word.starts_with('c')
        && word[1..].bytes().all(|digit| digit.is_ascii_digit());
    if is_client {
        let fault = cursor.at_part(verb, format_args!("there is no client {}", quote(word)));
        return match known.names.clients {
            0 => fault.expected("a run with clients: `clients=1` on the line of the protocol"),
            1 => fault.expected("`c1`"),
            count => fault.expected(format_args!("`c1` to `c{count}`")),
        };
    }
    if known.names.find(word).is_some() {
        let message = format_args!("{} is a server: it takes no requests by itself", quote(word));
        return cursor.at_part(verb, message).expected("a client, or an action such as `crash n1`");
    }
    cursor
        .at_part(verb, format_args!("{} is no action", quote(word)))
        .expected(format_args!("{}, or a client such as `c1`", one_of(VERBS)))
        .nearest(word, VERBS)
        .offering(action_words(known.names))
}

/// The words with which an action begins.
pub fn action_words(names: NodeNames) -> Vec<String> {
    let mut words: Vec<String> = VERBS.iter().map(|verb| verb.to_string()).collect();
    words.extend(node_words(names).into_iter().skip(names.servers as usize));
    words
}

fn read_request(cursor: &mut Cursor<'_>, known: Known, client: NodeId) -> Read<Action> {
    let ops = known.entry.service.ops;
    let names = words_of(ops, |op| op.name);
    let usage = one_of(&names);
    let missing = cursor.missing(&usage);
    let tokens = cursor.take_rest();
    if tokens.is_empty() {
        return Err(missing);
    }
    for token in tokens {
        if token.text.is_empty() || token.text.contains([' ', '\t']) {
            return Err(cursor.at(token, "a word of an operation is not empty and has no spaces"));
        }
    }
    let words: Vec<&str> = tokens.iter().map(|token| &*token.text).collect();
    if let Err(error) = known.entry.parse_op(&words) {
        let Some(token) = tokens.get(error.word) else {
            let last = tokens[tokens.len() - 1].column + tokens[tokens.len() - 1].length;
            return Err(Diagnostic::new(cursor.line(), last, 0, error.message));
        };
        let fault = cursor.at(token, error.message);
        return Err(match error.word {
            0 => fault.expected(usage).nearest(words[0], &names),
            _ => fault,
        });
    }
    let op = words.iter().map(|word| word.to_string()).collect();
    Ok(Action::Request { client, op })
}

fn read_partition(cursor: &mut Cursor<'_>, known: Known) -> Read<Action> {
    let mut sides: Vec<Vec<Target>> = vec![Vec::new()];
    let mut listed: Vec<Target> = Vec::new();
    let expected = "sides such as `n1 n2 | n3 n4 n5`";
    while let Some(token) = cursor.peek() {
        if cursor.sees("|") {
            if sides.last().is_some_and(Vec::is_empty) {
                return Err(cursor.at(token, "this side has no nodes").expected(expected));
            }
            cursor.take();
            sides.push(Vec::new());
            continue;
        }
        let target = cursor.target(known.names, known.info()).map_err(|fault| {
            let said = |word: &str| listed.iter().any(|t| print_target(t, known.names) == word);
            let mut fault = fault.fitting(|word| !said(word));
            if sides.last().is_some_and(|side| !side.is_empty()) {
                fault.known.push("|".to_string());
            }
            fault
        })?;
        if listed.contains(&target) {
            let message = format_args!("{} stands here a second time", quote(&token.text));
            return Err(cursor.at(token, message).expected("each node on one side"));
        }
        listed.push(target.clone());
        sides.last_mut().expect("there is a first side").push(target);
    }
    if sides.len() < 2 || sides.last().is_some_and(Vec::is_empty) {
        return Err(cursor.missing(expected));
    }
    Ok(Action::Partition(sides))
}

/// Reads `n1 > n2` or `n1 <> n2`.
fn read_ends(cursor: &mut Cursor<'_>, known: Known) -> Read<(Target, Target, Direction)> {
    let (from, way) = read_from(cursor, known)?;
    let token = cursor.peek();
    let to = cursor.target(known.names, known.info());
    let to = to.map_err(|fault| fault.fitting(|word| word != print_target(&from, known.names)))?;
    if let (Some(token), true) = (token, from == to) {
        return Err(cursor.at(token, "a link leads from one node to another"));
    }
    Ok((from, to, way))
}

fn read_from(cursor: &mut Cursor<'_>, known: Known) -> Read<(Target, Direction)> {
    let expected = "a link such as `n1 > n2` or `n1 <> n2`, with spaces";
    let token = cursor.word(expected)?;
    if let Some((node, _)) = token.text.split_once(['<', '>'])
        && !node.is_empty()
    {
        return Err(cursor.at(token, "spaces are missing here").expected(expected));
    }
    let from = cursor.target_of(token.into(), known.names, known.info())?;
    let way = match cursor.choice(&[">", "<>"])? {
        ">" => Direction::OneWay,
        _ => Direction::BothWays,
    };
    Ok((from, way))
}

fn read_change(cursor: &mut Cursor<'_>) -> Read<LinkChange> {
    let mut change = LinkChange::default();
    if cursor.peek().is_none() {
        return Err(cursor.missing(LINK_SETTINGS));
    }
    while let Some((name, value)) = cursor.setting(LINK_SETTINGS, LINK_SETTING_WORDS)? {
        let share = || cursor.convert_part(value, units::SHARE_FORM, units::read_share);
        let twice = match name.text {
            "delay" => {
                let delay = cursor.convert_part(value, units::DELAY_FORM, units::read_delay)?;
                change.delay.replace(delay).is_some()
            }
            "loss" => change.loss_ppm.replace(share()?).is_some(),
            "duplicate" => change.duplicate_ppm.replace(share()?).is_some(),
            "order" => change.fifo.replace(read_order(cursor, value)?).is_some(),
            _ => return Err(unknown_setting(cursor, name, LINK_SETTING_WORDS)),
        };
        if twice {
            return Err(second_setting(cursor, name));
        }
    }
    Ok(change)
}

const LINK_SETTING_WORDS: &[&str] = &["delay", "loss", "duplicate", "order"];

fn read_order(cursor: &Cursor<'_>, value: Part<'_>) -> Read<bool> {
    match value.text {
        "fifo" => Ok(true),
        "any" => Ok(false),
        other => {
            let fault = cursor.at_part(value, format_args!("{} is no order", quote(other)));
            Err(fault.expected("`fifo` or `any`").nearest(other, &["fifo", "any"]))
        }
    }
}

/// A setting of an unknown name.
pub fn unknown_setting(cursor: &Cursor<'_>, name: Part<'_>, known: &[&str]) -> Fault {
    cursor
        .at_part(name, format_args!("there is no setting {}", quote(name.text)))
        .expected(one_of(known))
        .nearest(name.text, known)
}

/// A setting that stands there twice.
pub fn second_setting(cursor: &Cursor<'_>, name: Part<'_>) -> Fault {
    cursor.at_part(name, format_args!("{} stands here a second time", quote(name.text)))
}

/// Reads the `network` line: what holds at the start.
pub fn read_weather(cursor: &mut Cursor<'_>) -> Read<Weather> {
    let change = read_change(cursor)?;
    let base = Weather::default();
    Ok(Weather {
        delay: change.delay.unwrap_or(base.delay),
        loss_ppm: change.loss_ppm.unwrap_or(base.loss_ppm),
        duplicate_ppm: change.duplicate_ppm.unwrap_or(base.duplicate_ppm),
        fifo: change.fifo.unwrap_or(base.fifo),
    })
}

fn read_message(cursor: &mut Cursor<'_>, known: Known) -> Read<MessageRef> {
    let expected = "a message such as `n1#17`, or `n1 > n2` for the oldest on its way";
    let Some(token) = cursor.peek() else { return Err(cursor.missing(expected)) };
    if !token.quoted && token.text.contains('#') {
        cursor.take();
        return match MessageName::parse(&token.text, known.names) {
            Some(name) if name.text(known.names) == token.text => Ok(MessageRef::Named(name)),
            _ => {
                let message = format_args!("{} names no message", quote(&token.text));
                Err(cursor.at(token, message).expected("a name such as `n1#17` or `n1#17.2`"))
            }
        };
    }
    let line = cursor.line();
    let concrete = |token: &Token<'_>, target| match target {
        Target::Node(node) => Ok(node),
        _ => {
            let message = format_args!("{} is not one node", quote(&token.text));
            Err(Diagnostic::new(line, token.column, token.length, message)
                .expected("a node: a message has one sender and one receiver"))
        }
    };
    let one = |word: &str| word == ">" || known.names.find(word).is_some();
    let (from, way) = read_from(cursor, known).map_err(|fault| fault.fitting(one))?;
    let from = concrete(token, from)?;
    let Some(second) = cursor.peek() else {
        return Err(cursor.missing("the node that it goes to"));
    };
    let to = cursor.target(known.names, known.info());
    let other = |word: &str| one(word) && word != known.names.name(from);
    let to = concrete(second, to.map_err(|fault| fault.fitting(other))?)?;
    if way == Direction::BothWays || from == to {
        return Err(cursor
            .at(second, "a message goes from one node to another")
            .expected(expected));
    }
    Ok(MessageRef::Oldest { from, to, kind: read_kind(cursor, known)? })
}

/// Reads a kind of message, if one stands there. A time may follow in its place.
fn read_kind(cursor: &mut Cursor<'_>, known: Known) -> Read<Option<String>> {
    let Some(token) = cursor.peek() else { return Ok(None) };
    if token.text.starts_with(|first: char| first.is_ascii_digit()) {
        return Ok(None);
    }
    cursor.take();
    let kinds = known.kinds();
    if !token.quoted && kinds.contains(&&*token.text) {
        return Ok(Some(token.text.to_string()));
    }
    Err(cursor.unknown(token, "is no kind of message of this protocol", &kinds))
}

fn read_fire(cursor: &mut Cursor<'_>, known: Known) -> Read<Action> {
    let target = cursor.target(known.names, known.info())?;
    let client = matches!(target, Target::Node(node) if known.names.is_client(node));
    let timers: Vec<&str> = match client {
        true => CLIENT_TIMERS.to_vec(),
        false => words_of(known.info().timers, |timer| timer.id),
    };
    let token = cursor.word(&one_of(&timers))?;
    if !timers.contains(&&*token.text) {
        return Err(cursor.unknown(token, "is no timer of that node", &timers));
    }
    Ok(Action::Fire { target, timer: token.text.to_string() })
}

fn read_clock(cursor: &mut Cursor<'_>, known: Known) -> Read<Action> {
    let settings = "`drift=+200ppm` or `offset=-20ms`";
    let target = cursor.target(known.names, known.info())?;
    let (mut offset_us, mut drift_ppm) = (None, None);
    if cursor.peek().is_none() {
        return Err(cursor.missing(settings));
    }
    while let Some((name, value)) = cursor.setting(settings, &["drift", "offset"])? {
        let twice = match name.text {
            "drift" => {
                let form = "a drift such as `+200ppm` or `-0.1%`, at most 50%";
                let drift =
                    cursor.convert_part(value, form, |word| {
                        match units::read_ppm_signed(word)? {
                            ppm if ppm.abs() <= MAX_DRIFT_PPM => Ok(ppm),
                            _ => Err("no clock drifts as fast as that".to_string()),
                        }
                    })?;
                drift_ppm.replace(drift).is_some()
            }
            "offset" => {
                let form = "an offset such as `-20ms` or `+1s`";
                let offset = cursor.convert_part(value, form, units::read_signed)?;
                offset_us.replace(offset).is_some()
            }
            _ => return Err(unknown_setting(cursor, name, &["drift", "offset"])),
        };
        if twice {
            return Err(second_setting(cursor, name));
        }
    }
    Ok(Action::Clock { target, offset_us, drift_ppm })
}

/// Reads what stands behind `from 1s to 2s`.
pub fn read_rule(cursor: &mut Cursor<'_>, known: Known, until: u64) -> Read<Action> {
    let verb = cursor.choice(&["drop", "duplicate", "delay"])?;
    let token = cursor.peek();
    let ends = read_ends(cursor, known);
    let (from, to, way) = ends.map_err(|fault| fault.fitting(|word| word != "<>"))?;
    if let (Some(token), Direction::BothWays) = (token, way) {
        return Err(cursor.at(token, "a rule is for one direction").expected("`n1 > n2`"));
    }
    let kind = read_kind(cursor, known)?;
    let effect = match verb {
        "drop" => RuleEffect::Drop,
        "duplicate" => RuleEffect::Duplicate,
        _ => RuleEffect::Delay(cursor.time()?),
    };
    cursor.finish()?;
    Ok(Action::Rule(Rule { until, effect, from, to, kind }))
}

/// Writes an action with its moment: one line that parses back to it.
pub fn print_scheduled(scheduled: &Scheduled, names: NodeNames) -> String {
    let at = units::show_moment(scheduled.moment);
    match &scheduled.action {
        Action::Rule(rule) => {
            format!("from {at} to {} {}", Span(rule.until), print_action(&scheduled.action, names))
        }
        action => format!("at {at} {}", print_action(action, names)),
    }
}

/// Writes an action without its time.
pub fn print_action(action: &Action, names: NodeNames) -> String {
    let target = |target: &Target| print_target(target, names);
    let ends = |from: &Target, to: &Target, way: &Direction| {
        let arrow = match way {
            Direction::OneWay => ">",
            Direction::BothWays => "<>",
        };
        format!("{} {arrow} {}", target(from), target(to))
    };
    let message = |message: &MessageRef| print_message(message, names);
    match action {
        Action::Request { client, op } => {
            let mut out = names.name(*client);
            for word in op {
                let _ = write!(out, " {}", bare_or_quoted(word));
            }
            out
        }
        Action::Crash(node) => format!("crash {}", target(node)),
        Action::Restart(node) => format!("restart {}", target(node)),
        Action::Pause { target: node, length: None } => format!("pause {}", target(node)),
        Action::Pause { target: node, length: Some(length) } => {
            format!("pause {} for {}", target(node), Span(*length))
        }
        Action::Resume(node) => format!("resume {}", target(node)),
        Action::Partition(sides) => {
            let side = |side: &Vec<Target>| side.iter().map(target).collect::<Vec<_>>().join(" ");
            format!("partition {}", sides.iter().map(side).collect::<Vec<_>>().join(" | "))
        }
        Action::Isolate(node) => format!("isolate {}", target(node)),
        Action::Cut(from, to, way) => format!("cut {}", ends(from, to, way)),
        Action::Hold(from, to, way) => format!("hold {}", ends(from, to, way)),
        Action::Release(from, to, way) => format!("release {}", ends(from, to, way)),
        Action::Heal => "heal".to_string(),
        Action::Link(from, to, way, change) => {
            format!("link {}{}", ends(from, to, way), units::show_change(change))
        }
        Action::Network(change) => format!("network{}", units::show_change(change)),
        Action::Drop(which) => format!("drop {}", message(which)),
        Action::Duplicate(which) => format!("duplicate {}", message(which)),
        Action::Delay(which, time) => format!("delay {} {}", message(which), Span(*time)),
        Action::Deliver(which) => format!("deliver {}", message(which)),
        Action::Fire { target: node, timer } => format!("fire {} {timer}", target(node)),
        Action::Clock { target: node, offset_us, drift_ppm } => {
            let mut out = format!("clock {}", target(node));
            if let Some(ppm) = drift_ppm {
                let _ = write!(out, " drift={ppm:+}ppm");
            }
            if let Some(us) = offset_us {
                let _ = write!(out, " offset={}", units::show_signed(*us));
            }
            out
        }
        Action::Rule(rule) => print_rule(rule, names),
    }
}

fn print_rule(rule: &Rule, names: NodeNames) -> String {
    let (verb, length) = match rule.effect {
        RuleEffect::Drop => ("drop", String::new()),
        RuleEffect::Duplicate => ("duplicate", String::new()),
        RuleEffect::Delay(time) => ("delay", format!(" {}", Span(time))),
    };
    let (from, to) = (print_target(&rule.from, names), print_target(&rule.to, names));
    let kind = rule.kind.as_ref().map_or(String::new(), |kind| format!(" {kind}"));
    format!("{verb} {from} > {to}{kind}{length}")
}

fn print_message(message: &MessageRef, names: NodeNames) -> String {
    match message {
        MessageRef::Named(name) => name.text(names),
        MessageRef::Oldest { from, to, kind } => {
            let kind = kind.as_ref().map_or(String::new(), |kind| format!(" {kind}"));
            format!("{} > {}{kind}", names.name(*from), names.name(*to))
        }
    }
}

/// Writes a target.
pub fn print_target(target: &Target, names: NodeNames) -> String {
    match target {
        Target::Node(node) => names.name(*node),
        Target::All => "all".to_string(),
        Target::Role(role) => role.clone(),
    }
}
