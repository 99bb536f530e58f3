//! Forms for what has exact values. A form is a line of the scenario with gaps, or the head of its
//! text: what a person fills in is read by the parser of scenarios, so that the form allows what a
//! text allows, and says of everything else what the parser says, at the field.

use std::rc::Rc;

use super::scene::{LinkPair, Scene};
use super::shell::Dialog;
use super::source;
use super::store::{Command, Store};
use crate::protocols::{self, Entry};
use crate::scenario::action::{Known, parse_action};
use crate::scenario::revise::HeadPlace;
use crate::scenario::units::{
    DELAY_FORM, SHARE_FORM, TIME_FORM, show_delay, show_share, show_signed,
};
use crate::scenario::{Document, LANES, parse};
use crate::sim::action::Direction;
use crate::sim::info::ParamKind;
use crate::sim::session::{Setup, Weather};
use crate::ui::hooks::browser;
use crate::view::{MessageName, NodeId, Span};

/// What a person wants of a form.
#[derive(Clone, Debug)]
pub enum Wish {
    /// Open it.
    Open(Subject),
    /// Fill something in.
    Fill(usize, Rc<str>),
    /// Fill in another seed.
    Reseed(usize),
    /// Do what it says.
    Submit,
}

/// What a form is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A node pauses for a given time.
    Pause(NodeId),
    /// A node's clock is set off, or drifts.
    Clock(NodeId),
    /// A client asks for an operation, by its place in the service's list.
    Ask(NodeId, usize),
    /// A link behaves otherwise, one way or both.
    Link(NodeId, NodeId, Direction),
    /// Every link behaves otherwise from now on.
    Network,
    /// A message takes longer.
    Delay(MessageName),
    /// The network splits into sides.
    Sides,
    /// What the run is made from.
    Run,
}

/// A form that is open.
#[derive(Clone, Debug, PartialEq)]
pub struct Blank {
    /// Its heading.
    pub title: String,
    /// What it does, in a sentence.
    pub doc: &'static str,
    /// What is to be filled in.
    pub gaps: Vec<Gap>,
    /// What is wrong, but with no gap in particular.
    pub faults: Vec<String>,
    /// What stands before the gaps; empty for the head of the text.
    words: String,
    subject: Subject,
}

/// Something to be filled in.
#[derive(Clone, Debug, PartialEq)]
pub struct Gap {
    /// The heading under which it stands.
    pub group: &'static str,
    /// Its name.
    pub label: String,
    /// What it means, and what is allowed.
    pub doc: String,
    /// How it is filled in.
    pub kind: Kind,
    /// What is filled in now.
    pub value: Rc<str>,
    /// What is wrong with that.
    pub fault: Option<String>,
    was: Rc<str>,
    /// What its line of the text begins with; empty where the form is one line.
    pub line: Rc<str>,
    name: &'static str,
}

/// How a gap is filled in.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// By typing, or by one of these.
    Text(&'static [&'static str]),
    /// By typing a number, or by chance.
    Seed,
    /// By choosing one of these.
    Choice(Vec<&'static str>),
    /// On or off.
    Check,
}

const UNCHANGED: &str = "Nothing is changed yet.";
const ON: &str = "on";
const OFF: &str = "off";
const DELAYS: &[&str] = &["10ms", "5ms..20ms", "150ms..250ms", "5ms+exp(30ms)"];
const SHARES: &[&str] = &["0%", "5%", "50%", "100%"];
const ORDERS: [&str; 2] = ["any", "fifo"];
const SPANS: &[&str] = &["50ms", "200ms", "1s"];
const OFFSETS: &[&str] = &["-100ms", "0s", "+20ms", "+1s"];
const DRIFTS: &[&str] = &["-10%", "+0ppm", "+200ppm", "+10%"];

impl Gap {
    fn changed(&self) -> bool {
        self.value != self.was
    }

    fn place(&self) -> HeadPlace<'_> {
        HeadPlace { line: &self.line, name: self.name }
    }
}

/// Gaps, one after the other.
#[derive(Default)]
struct Gaps(Vec<Gap>);

impl Gaps {
    /// Another one: the word for it in the text, its name, what is filled in, what it means.
    #[inline(never)]
    fn add(&mut self, name: &'static str, label: &str, value: String, doc: &str, kind: Kind) {
        let value: Rc<str> = value.into();
        self.0.push(Gap {
            group: "",
            label: label.to_string(),
            doc: doc.to_string(),
            kind,
            was: value.clone(),
            value,
            fault: None,
            line: Rc::default(),
            name,
        });
    }

    /// Those without a heading stand under this one, and in that line of the text.
    #[inline(never)]
    fn group(&mut self, group: &'static str, line: &str) {
        let line: Rc<str> = line.into();
        for gap in &mut self.0 {
            if gap.group.is_empty() {
                (gap.group, gap.line) = (group, line.clone());
            }
        }
    }
}

/// Does what a person wants of a form. Answers what is to be said.
pub fn perform(store: &Store, wish: Wish) -> Option<String> {
    match wish {
        Wish::Open(subject) => {
            let blank = open(store, subject);
            store.shell(|shell| shell.blank = blank.map(Rc::new));
            store.send(Command::Dialog(Some(Dialog::Form)));
            browser::later(0.0, || browser::focus("gap-0"));
            return None;
        }
        Wish::Fill(at, value) => fill(store, at, value),
        Wish::Reseed(at) => {
            let seed = (js_sys::Math::random() * 1e9) as u64;
            fill(store, at, seed.to_string().into());
        }
        Wish::Submit => return submit(store),
    }
    None
}

fn fill(store: &Store, at: usize, value: Rc<str>) {
    let Some(mut blank) = store.shell(|shell| shell.blank.as_deref().cloned()) else { return };
    let Some(gap) = blank.gaps.get_mut(at) else { return };
    gap.value = value;
    let _ = read(store, &mut blank);
    // Nobody has said yet that this is all.
    blank.faults.retain(|fault| fault != UNCHANGED);
    store.shell(|shell| shell.blank = Some(Rc::new(blank)));
}

#[inline(never)]
fn submit(store: &Store) -> Option<String> {
    let mut blank = store.shell(|shell| shell.blank.as_deref().cloned())?;
    let Some(done) = read(store, &mut blank) else {
        let said = blank.gaps.iter().find_map(|gap| gap.fault.clone());
        let said = said.or_else(|| blank.faults.first().cloned());
        store.shell(|shell| shell.blank = Some(Rc::new(blank)));
        return said;
    };
    store.send(Command::Dialog(None));
    store.send(done);
    None
}

/// What the form says, as a command; or what is wrong, noted where it is.
fn read(store: &Store, blank: &mut Blank) -> Option<Command> {
    blank.faults.clear();
    let mut spaced = false;
    for gap in &mut blank.gaps {
        gap.fault = None;
        let alone = matches!(blank.subject, Subject::Sides);
        if !alone && gap.value.trim().contains(char::is_whitespace) {
            gap.fault = Some("a value has no spaces in it".to_string());
            spaced = true;
        }
    }
    match blank.subject {
        _ if spaced => None,
        Subject::Run => read_head(store, blank),
        _ => read_line(store, blank),
    }
}

#[inline(never)]
fn read_line(store: &Store, blank: &mut Blank) -> Option<Command> {
    let known = known(store);
    let mut text = blank.words.clone();
    let mut spans = Vec::new();
    for gap in &blank.gaps {
        let from = text.chars().count() as u32 + 2;
        if gap.name.is_empty() {
            text.push_str(&format!(" {}", gap.value.trim()));
        } else if gap.changed() && !gap.value.trim().is_empty() {
            text.push_str(&format!(" {}={}", gap.name, gap.value.trim()));
        }
        spans.push((from, text.chars().count() as u32 + 1));
    }
    let refused = match parse_action(&text, known) {
        Ok(action) => match store.ask(|player| player.session().check_action(&action)) {
            Ok(()) => return Some(Command::Act(action)),
            Err(why) => (0, why),
        },
        Err(fault) => (fault.column, fault.text()),
    };
    let (column, why) = refused;
    let at = spans.iter().position(|(from, to)| from < to && (*from..=*to).contains(&column));
    // With a single gap there is no doubt.
    let at = at.or((blank.gaps.len() == 1).then_some(0));
    match at {
        Some(at) => blank.gaps[at].fault = Some(why),
        None if !blank.gaps.iter().any(Gap::changed) => {
            blank.faults.push(UNCHANGED.to_string());
        }
        None => blank.faults.push(why),
    }
    None
}

#[inline(never)]
fn read_head(store: &Store, blank: &mut Blank) -> Option<Command> {
    let text = store.ask(|player| player.text());
    let mut document = Document::parse(&text);
    if blank.gaps.iter().any(|gap| gap.changed() && gap.line.ends_with(" flaw")) {
        document = document.with_flaws_apart();
    }
    // Who takes another second protocol, or none, leaves behind what was the old one's.
    let other = blank.gaps.iter().find(|gap| gap.changed() && &*gap.line == "beside");
    let left = |gap: &&Gap| {
        let settings = gap.line.starts_with("beside ") || gap.line.starts_with(LANES[1]);
        gap.changed() && !(other.is_some() && settings)
    };
    let mut changed: Vec<&Gap> = blank.gaps.iter().filter(left).collect();
    if let Some(other) = other {
        document = document.with_flaws_apart().without_second();
        // The lines of the first alone are spoken of as long as there are two.
        changed.retain(|gap| !std::ptr::eq(*gap, other));
        changed.push(other);
    }
    for gap in changed {
        let off = matches!(&*gap.value, "" | OFF) && gap.kind == Kind::Check;
        let value = Some(gap.value.trim()).filter(|value| !value.is_empty() && !off);
        document = document.with_head(gap.place(), value);
    }
    let new = document.to_string();
    let parsed = parse(&new);
    if parsed.scenario.is_some() && new == text {
        blank.faults.push(UNCHANGED.to_string());
        return None;
    }
    if parsed.scenario.is_some() {
        return Some(Command::Rerun(new));
    }
    for fault in &parsed.diagnostics {
        let own = blank.gaps.iter_mut().find(|gap| {
            let span = document.find_head(gap.place());
            span.is_some_and(|span| span.covers(fault.line, fault.column))
        });
        match own {
            Some(gap) if gap.fault.is_none() => gap.fault = Some(fault.text()),
            Some(_) => {}
            None => {
                let line = document.lines().get(fault.line as usize - 1);
                let line = line.map_or("", |line| line.trim());
                blank.faults.push(format!("line {}, {line}: {}", fault.line, fault.text()));
            }
        }
    }
    None
}

fn known(store: &Store) -> Known {
    let (id, names) = store.ask(|player| (player.session().info().id, player.session().names()));
    let entry = protocols::find(id).unwrap_or(&protocols::CATALOG[0]);
    Known { entry, names }
}

/// The form about something, filled in with what is so now.
#[inline(never)]
fn open(store: &Store, subject: Subject) -> Option<Blank> {
    let scene = store.model().scene;
    let name = |node| scene.name(node);
    let mut gaps = Gaps::default();
    let (title, doc, words) = match subject {
        Subject::Pause(node) => {
            gaps.add("", "for", "300ms".to_string(), TIME_FORM, Kind::Text(SPANS));
            let doc =
                "It stops for that long, as in a garbage collection: timers and messages wait.";
            (format!("Pause {} for", name(node)), doc, format!("pause {} for", name(node)))
        }
        Subject::Clock(node) => {
            let shot = scene.node(node)?;
            let doc = "How far it is from true time: `-20ms`, `+1s`.";
            gaps.add("offset", "offset", show_signed(shot.offset_us), doc, Kind::Text(OFFSETS));
            let doc = "How much faster than time it runs, its timers too: `+200ppm`, `-0.1%`; \
                       50% at most.";
            let drift = format!("{:+}ppm", shot.drift_ppm);
            gaps.add("drift", "drift", drift, doc, Kind::Text(DRIFTS));
            let doc = "What it believes the time to be, and how fast its timers run.";
            (format!("Clock of {}", name(node)), doc, format!("clock {}", name(node)))
        }
        Subject::Ask(client, op) => {
            let op = scene.service.ops.get(op)?;
            for arg in op.args {
                let value = if gaps.0.is_empty() { "x" } else { "1" };
                gaps.add("", arg, value.to_string(), "", Kind::Text(&[]));
            }
            let words = format!("{} {}", name(client), op.name);
            (format!("{} asks: {}", name(client), op.name), op.doc, words)
        }
        Subject::Link(a, b, way) => {
            let both = way == Direction::BothWays;
            let (arrow, shown) = if both { ("<>", "↔") } else { (">", "→") };
            link_weather(&mut gaps, scene.link(a, b)?, a, way);
            let doc = "How the link treats what is sent over it from now on.";
            let title = format!("Link {} {shown} {}", name(a), name(b));
            (title, doc, format!("link {} {arrow} {}", name(a), name(b)))
        }
        Subject::Network => {
            weather(&mut gaps, &[]);
            let doc = "How every link treats what is sent over it from now on.";
            ("Every link".to_string(), doc, "network".to_string())
        }
        Subject::Delay(message) => {
            let text = message.text(scene.names);
            gaps.add("", "by", "50ms".to_string(), TIME_FORM, Kind::Text(SPANS));
            (format!("Delay {text}"), "It takes that much longer.", format!("delay {text}"))
        }
        Subject::Sides => {
            let doc =
                "Names of nodes, a bar between sides: `n1 n2 | n3 n4 n5`. Any number of sides.";
            gaps.add("", "sides", halves(&scene), doc, Kind::Text(&[]));
            let doc = "Nodes hear only their own side until the network heals; who stands on no \
                       side hears everybody.";
            ("Partition".to_string(), doc, "partition".to_string())
        }
        Subject::Run => {
            let mut lanes = store.ask(|player| {
                let session = player.session();
                let mine = (session.info().id, session.setup().clone());
                let other = session.beside().map(|run| (run.info().id, run.setup().clone()));
                [Some(mine), other]
            });
            if scene.lane == 1 {
                lanes.reverse();
            }
            let lanes = lanes.into_iter().flatten();
            let lanes = lanes.filter_map(|(id, setup)| Some((protocols::find(id)?, setup)));
            head(&mut gaps, &lanes.collect::<Vec<_>>());
            let doc = "What the run is made from. It begins again with what you change here: \
                       everything that was done to it is done again, and you come back to this \
                       moment.";
            ("The run".to_string(), doc, String::new())
        }
    };
    Some(Blank { title, doc, gaps: gaps.0, faults: Vec::new(), words, subject })
}

/// The servers in two halves.
fn halves(scene: &Scene) -> String {
    let half = scene.names.servers / 2;
    let mut text = String::new();
    for node in scene.names.servers() {
        text.push_str(if node.0 == half { " | " } else { " " });
        text.push_str(&scene.name(node));
    }
    text.trim().to_string()
}

fn link_weather(gaps: &mut Gaps, link: &LinkPair, from: NodeId, way: Direction) {
    let (there, back) = match from == link.a {
        true => (link.there.weather, link.back.weather),
        false => (link.back.weather, link.there.weather),
    };
    match way {
        Direction::OneWay => weather(gaps, &[there]),
        Direction::BothWays => weather(gaps, &[there, back]),
    }
}

/// The four settings of links. Where several links differ, there is no value to begin with.
fn weather(gaps: &mut Gaps, now: &[Weather]) {
    let shared = |show: fn(&Weather) -> String| {
        let first = now.first().map(show).unwrap_or_default();
        if now.iter().all(|other| show(other) == first) { first } else { String::new() }
    };
    let loss = shared(|w| show_share(w.loss_ppm));
    let doubled = shared(|w| show_share(w.duplicate_ppm));
    gaps.add("delay", "delay", shared(|w| show_delay(w.delay)), DELAY_FORM, Kind::Text(DELAYS));
    gaps.add("loss", "loss", loss, SHARE_FORM, Kind::Text(SHARES));
    gaps.add("duplicate", "duplicates", doubled, SHARE_FORM, Kind::Text(SHARES));
    let order = shared(|w| ORDERS[usize::from(w.fifo)].to_string());
    let doc = "`fifo`: messages arrive in the order in which they were sent.";
    gaps.add("order", "order", order, doc, Kind::Choice(order_words(now.is_empty())));
}

fn order_words(open: bool) -> Vec<&'static str> {
    if open { vec!["", "any", "fifo"] } else { ORDERS.to_vec() }
}

fn switch() -> Kind {
    Kind::Choice(vec![ON, OFF])
}

fn word(on: bool) -> String {
    if on { ON } else { OFF }.to_string()
}

/// Everything that the head of a text says of the run.
#[inline(never)]
fn head(gaps: &mut Gaps, lanes: &[(&'static Entry, Setup)]) {
    let Some(((entry, setup), beside)) = lanes.split_first() else { return };
    let (info, params) = (entry.info, &setup.params);
    let counts =
        [("nodes", info.servers, params.servers), ("clients", info.clients, params.clients)];
    for (name, count, now) in counts {
        if count.max > 0 {
            let doc = format!("From {} to {}.", count.min, count.max);
            gaps.add(name, name, now.to_string(), &doc, Kind::Text(&[]));
        }
    }
    settings(gaps, entry, setup);
    gaps.group("Cluster", info.id);
    let others = protocols::CATALOG.iter().filter(|other| other.service.id == entry.service.id);
    let mut others: Vec<&str> = others.map(|other| other.info.id).collect();
    others.insert(0, "");
    let now = beside.first().map_or("", |(entry, _)| entry.info.id).to_string();
    let doc = "Another protocol of the same service: on the same clock, with the same nodes, clients \
               and faults.";
    gaps.add("", "protocol", now, doc, Kind::Choice(others));
    gaps.group("Beside", "beside");
    for (entry, setup) in beside {
        settings(gaps, entry, setup);
        gaps.group(entry.info.title, &format!("beside {}", entry.info.id));
    }
    gaps.add("", "seed", setup.seed.to_string(), "Another seed, other chances.", Kind::Seed);
    gaps.group("Chance", "seed");
    weather(gaps, &[setup.network]);
    gaps.group("Network", "network");
    if params.clients > 0 {
        client_rules(gaps, setup);
    }
    let groups = match beside {
        [] => [("Flaws", "flaw"); 2],
        _ => [("Flaws of the first", "first flaw"), ("Flaws of the second", "second flaw")],
    };
    for ((entry, setup), (group, line)) in lanes.iter().zip(groups) {
        for (flaw, on) in entry.info.flaws.iter().zip(&setup.params.flaws) {
            let doc = format!("{} ({})", flaw.doc, flaw.source);
            gaps.add(flaw.id, flaw.id, word(*on), &doc, Kind::Check);
        }
        gaps.group(group, line);
    }
}

/// The parameters of a protocol.
fn settings(gaps: &mut Gaps, entry: &'static Entry, setup: &Setup) {
    for (param, value) in entry.info.params.iter().zip(&setup.params.values) {
        let bounds = match param.kind {
            ParamKind::Count { min, max, .. } => format!("From {min} to {max}."),
            ParamKind::Duration { min, max, .. } | ParamKind::Range { min, max, .. } => {
                format!("From {} to {}.", Span(min), Span(max))
            }
            _ => String::new(),
        };
        let kind = match param.kind {
            ParamKind::Flag { .. } => switch(),
            ParamKind::Choice { words } => Kind::Choice(words.to_vec()),
            _ => Kind::Text(&[]),
        };
        let doc = format!("{} {bounds}", param.doc);
        gaps.add(param.name, param.name, value.to_string(), &doc, kind);
    }
}

fn client_rules(gaps: &mut Gaps, setup: &Setup) {
    let rules = &setup.clients;
    let lengths = [
        (
            "timeout",
            rules.timeout,
            "After how long without an answer a client turns to the next server.",
        ),
        ("backoff", rules.backoff, "How long it waits when told that nobody can answer."),
    ];
    for (name, length, doc) in lengths {
        gaps.add(name, name, Span(length).to_string(), doc, Kind::Text(&[]));
    }
    let switches = [
        ("retry", rules.retry, "Whether it tries again at all."),
        (
            "key",
            rules.key,
            "Whether a retry repeats its serial number, so that servers can know it.",
        ),
    ];
    for (name, on, doc) in switches {
        gaps.add(name, name, word(on), doc, switch());
    }
    gaps.group("Clients", "clients");
}

/// Opens a changed text at the present moment.
pub fn rerun(store: &Store, text: &str) -> Result<source::Opened, super::shell::Broken> {
    let at = store.ask(source::position);
    source::open_text(text).map(|opened| source::Opened { at, ..opened })
}
