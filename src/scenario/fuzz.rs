//! Random faults: for any protocol, from its tables alone, and from a seed alone.
//!
//! A seed makes a scenario: a cluster, a network, clients with something to ask, and faults. Half
//! of the seeds make *rounds*: a request, a cut or a crash of whoever leads right after it, a quick
//! recovery, again and again; that is what it takes to elect several leaders over the same entries.
//! What breaks a property is a scenario text like any other, made small by [`super::shrink`].

use super::limits::MAX_EVENTS;
use super::{Expect, Scenario};
use crate::check;
use crate::order::sort_by_key;
use crate::protocols::Entry;
use crate::sim::action::{
    Action, Delay, Direction, LinkChange, MessageRef, Moment, Rule, RuleEffect, Scheduled, Target,
};
use crate::sim::info::{Count, Info, ParamKind, ParamValue, Params};
use crate::sim::rng::{Rng, Stream};
use crate::sim::session::{ClientRules, Setup, Watch, Weather};
use crate::view::{MILLISECOND, NodeId, NodeNames, SECOND, Time, Tone};

use super::expect::{Consistency, Expectation};

/// How many seeds a campaign tries if nothing is said: enough for every flaw of every protocol.
pub const SEEDS: u64 = 3_000;

/// How many states the judge of a history may try.
const HISTORY_STATES: u64 = 20_000;

/// What became of the run of one seed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Whether the clients' history was too much to be judged.
    pub undecided: bool,
    /// How many events there were.
    pub steps: u64,
    /// The digest of everything that happened.
    pub digest: u64,
    /// The notes that were told, by their place in `Info::notes`.
    pub notes_reached: u128,
    /// The `sometimes` properties that were reached, by their place in `Info::properties`.
    pub reached: u128,
    /// What broke first, if anything did.
    pub breach: Option<Breach>,
}

/// Something broken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Breach {
    /// What.
    pub kind: BreachKind,
    /// When.
    pub at: Time,
    /// The particulars.
    pub because: String,
}

/// What was broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BreachKind {
    /// A property, by its place in `Info::properties`.
    Property(usize),
    /// The clients' history is not linearizable.
    History,
}

impl BreachKind {
    /// As people know it.
    pub fn name(self, info: &Info) -> &'static str {
        match self {
            BreachKind::Property(place) => info.properties[place].id,
            BreachKind::History => "history linearizable",
        }
    }
}

/// Runs a scenario and tells what broke.
pub fn judge(scenario: &Scenario) -> Result<Found, String> {
    let mut session = scenario.start(Watch::PROPERTIES)?;
    session.run_to(scenario.until, MAX_EVENTS);
    let verdicts = session.verdicts();
    let broken = verdicts.iter().enumerate().filter(|(_, verdict)| verdict.broken());
    let first = broken.filter_map(|(place, verdict)| {
        let finding = verdict.finding.clone()?;
        Some((finding.step, place, finding))
    });
    let first = first.min_by_key(|(step, place, _)| (*step, *place));
    let reached = verdicts.iter().enumerate().filter(|(_, verdict)| verdict.finding.is_some());
    let mut breach = first.map(|(_, place, finding)| Breach {
        kind: BreachKind::Property(place),
        at: finding.at,
        because: finding.because,
    });
    let mut undecided = false;
    if breach.is_none() && scenario.setup.clients.key && scenario.names().clients > 0 {
        let limits = check::Limits { states: HISTORY_STATES };
        match session.linearizability(&limits) {
            (check::Verdict::Linearizable(_), _) => {}
            (check::Verdict::Undecided(_), _) => undecided = true,
            (check::Verdict::NotLinearizable(_), lines) => {
                let because = lines.join(" ");
                breach = Some(Breach { kind: BreachKind::History, at: scenario.until, because });
            }
        }
    }
    Ok(Found {
        undecided,
        steps: session.step_count(),
        digest: session.digest(),
        notes_reached: session.notes_reached(),
        reached: reached.fold(0, |bits, (place, _)| bits | 1 << place),
        breach,
    })
}

/// The scenario as a counterexample: it expects what it breaks, all of it, the first first.
pub fn as_counterexample(scenario: &Scenario, breach: &Breach) -> Scenario {
    let info = scenario.entry.info;
    let mut scenario = scenario.clone();
    let (text, what) = match breach.kind {
        BreachKind::Property(place) => {
            (format!("violated {}", info.properties[place].id), Expectation::Violated(place))
        }
        BreachKind::History => {
            let what = Expectation::History(Consistency::Linearizable);
            ("history linearizable".to_string(), what)
        }
    };
    scenario.title = match breach.kind {
        BreachKind::Property(place) => {
            format!(
                "{}: {} is violated",
                info.title,
                info.properties[place].title.to_ascii_lowercase()
            )
        }
        BreachKind::History => format!("{}: a history that is not linearizable", info.title),
    };
    let mut expects = vec![Expect { line: 0, text, what }];
    // What breaks first is not always all that breaks.
    if let Ok(mut session) = scenario.start(Watch::PROPERTIES) {
        session.run_to(scenario.until, MAX_EVENTS);
        for (place, verdict) in session.verdicts().iter().enumerate() {
            if verdict.broken() && breach.kind != BreachKind::Property(place) {
                let text = format!("violated {}", verdict.property.id);
                expects.push(Expect { line: 0, text, what: Expectation::Violated(place) });
            }
        }
    }
    scenario.expects = expects;
    scenario
}

/// The scenario of a seed. The same seed makes the same scenario, everywhere.
pub fn scenario(entry: &'static Entry, seed: u64, flaw: Option<usize>) -> Scenario {
    let mut fuzz = Fuzz { rng: Rng::stream(seed, Stream::Workload), entry, script: Vec::new() };
    let params = fuzz.params(flaw);
    let names = NodeNames { servers: params.servers, clients: params.clients };
    let hostile = fuzz.rng.chance(500_000);
    let network = fuzz.weather(hostile);
    let clients = match names.clients {
        0 => ClientRules::default(),
        _ => fuzz.client_rules(),
    };
    let until = match hostile {
        true if fuzz.rng.chance(400_000) => fuzz.relay(names),
        true => fuzz.rounds(names),
        false => fuzz.storm(names),
    };
    let mut script = fuzz.script;
    script.retain(|scheduled| scheduled.moment.at < until);
    for scheduled in &mut script {
        if let Action::Rule(rule) = &mut scheduled.action {
            rule.until = rule.until.min(until);
        }
    }
    sort_by_key(&mut script, |scheduled| scheduled.moment.key());
    let given = Vec::new();
    Scenario {
        title: String::new(),
        entry,
        setup: Setup { params, seed, network, clients, manual: false, given, script },
        says: Vec::new(),
        expects: Vec::new(),
        until,
        script_lines: Vec::new(),
        until_line: None,
        beside: None,
    }
}

/// The words of a random operation. Only for services that have any.
pub fn operation(entry: &Entry, rng: &mut Rng) -> Vec<String> {
    let op = entry.generate_op(&mut |bound| rng.below(u64::from(bound)) as u32);
    op.split(' ').map(str::to_string).collect()
}

struct Fuzz {
    rng: Rng,
    entry: &'static Entry,
    script: Vec<Scheduled>,
}

impl Fuzz {
    fn info(&self) -> &'static Info {
        self.entry.info
    }

    /// A whole number of milliseconds, so that texts stay readable.
    fn ms(&mut self, lo: u64, hi: u64) -> Time {
        self.rng.between(lo, hi) * MILLISECOND
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.rng.below(bound)
    }

    fn push(&mut self, at: Time, action: Action) {
        let moment = Moment { at, slot: 0 };
        self.script.push(Scheduled { moment, action, recorded: false });
    }

    fn params(&mut self, flaw: Option<usize>) -> Params {
        let info = self.info();
        let mut params = Params::defaults(info);
        let count = |wish: u64, count: Count| (wish as u32).clamp(count.min, count.max);
        let nodes = match self.below(10) {
            0..=4 => 3,
            5..=7 => 5,
            _ => self.rng.between(2, 7),
        };
        params.servers = count(nodes, info.servers);
        params.clients = count(self.rng.between(1, 3), info.clients);
        for (value, param) in params.values.iter_mut().zip(info.params) {
            let unusual = self.rng.chance(250_000);
            *value = match param.kind {
                ParamKind::Flag { .. } if unusual => ParamValue::Flag(self.rng.chance(500_000)),
                ParamKind::Count { default, min, .. } if unusual => {
                    ParamValue::Count(self.rng.between(min, default))
                }
                ParamKind::Choice { words } if unusual => {
                    ParamValue::Choice(words[self.rng.below(words.len() as u64) as usize])
                }
                _ => *value,
            };
        }
        if let Some(flaw) = flaw {
            params.flaws[flaw] = true;
        }
        params
    }

    fn weather(&mut self, hostile: bool) -> Weather {
        let lo = self.ms(1, 10);
        let delay = match self.below(4) {
            0 => Delay::Tail { base: lo, mean: self.ms(1, 30) },
            1 if !hostile => Delay::Uniform { lo, hi: lo + self.ms(50, 200) },
            _ => Delay::Uniform { lo, hi: lo + self.ms(0, 20) },
        };
        let mut share = |often: u32, most: u64| match self.rng.chance(often) {
            true => self.rng.below(most) as u32 * 1_000,
            false => 0,
        };
        let loss_ppm = share(500_000, if hostile { 50 } else { 250 });
        let duplicate_ppm = share(400_000, 200);
        Weather { delay, loss_ppm, duplicate_ppm, fifo: self.rng.chance(200_000) }
    }

    fn client_rules(&mut self) -> ClientRules {
        let mut rules = ClientRules::default();
        if self.rng.chance(500_000) {
            rules.timeout = self.ms(30, 600);
            rules.backoff = self.ms(5, 100);
        }
        rules.retry = !self.rng.chance(100_000);
        rules.key = !self.rng.chance(100_000);
        rules
    }

    /// Requests at random, faults at random.
    fn storm(&mut self, names: NodeNames) -> Time {
        let until = self.ms(1_000, 5_000);
        let at = |fuzz: &mut Fuzz| fuzz.below(until / MILLISECOND) * MILLISECOND;
        for _ in 0..self.below(30) {
            let at = at(self);
            self.request(at, names);
        }
        for _ in 0..self.rng.between(1, 12) {
            let at = at(self);
            self.fault(at, names);
        }
        until
    }

    /// Again and again: a request, trouble for whoever leads, a recovery.
    fn rounds(&mut self, names: NodeNames) -> Time {
        let mut now = self.ms(200, 600);
        for _ in 0..self.rng.between(3, 12) {
            let start = now;
            for _ in 0..self.rng.between(1, 3) {
                let at = start + self.ms(0, 30);
                self.request(at, names);
            }
            if self.rng.chance(600_000) {
                self.narrow(start, names);
            }
            let crash = start + self.ms(1, 60);
            let target = self.leading_or_any(names, 800_000);
            self.push(crash, Action::Crash(target));
            if self.rng.chance(200_000) {
                let at = crash + self.ms(0, 40);
                let other = self.server(names);
                self.push(at, Action::Crash(Target::Node(other)));
            }
            let back = crash + self.ms(5, 400);
            if self.rng.chance(850_000) {
                self.push(back, Action::Restart(Target::All));
            }
            if self.rng.chance(500_000) {
                let at = back + self.ms(0, 100);
                self.push(at, Action::Heal);
            }
            now = back.max(start + self.ms(100, 500));
        }
        self.push(now, Action::Restart(Target::All));
        self.push(now, Action::Heal);
        now + self.ms(300, 1_200)
    }

    /// One after the other leads, is cut off, takes requests that reach nobody else, and crashes
    /// just when the one before comes back: logs part, and old entries are taken up again.
    fn relay(&mut self, names: NodeNames) -> Time {
        let leading = self.info().roles.iter().find(|role| role.tone == Tone::Leading);
        let others = self.info().roles.iter().find(|role| role.tone == Tone::Following);
        let (Some(leading), Some(others)) = (leading, others) else { return self.rounds(names) };
        let leading = Target::Role(leading.id.to_string());
        let others = Target::Role(others.plural.to_string());
        let mut now = self.ms(300, 700);
        for _ in 0..self.rng.between(3, 9) {
            if self.rng.chance(700_000) {
                self.push(now, Action::Cut(leading.clone(), others.clone(), Direction::BothWays));
            }
            for _ in 0..self.rng.between(1, 4) {
                let at = now + self.ms(0, 60);
                self.request(at, names);
            }
            let crash = now + self.ms(60, 200);
            if self.rng.chance(750_000) {
                self.push(crash - MILLISECOND, Action::Restart(Target::All));
            }
            if self.rng.chance(850_000) {
                self.push(crash, Action::Crash(leading.clone()));
            }
            self.push(crash, Action::Heal);
            now = crash + self.ms(200, 700);
        }
        self.push(now, Action::Restart(Target::All));
        now + self.ms(300, 1_000)
    }

    /// Whoever leads reaches only some of the others for a while.
    fn narrow(&mut self, at: Time, names: NodeNames) {
        let leading = self.leading_or_any(names, 900_000);
        let cuts = self.rng.between(1, u64::from(names.servers.max(2) - 1));
        for _ in 0..cuts {
            let other = Target::Node(self.server(names));
            if other == leading {
                continue;
            }
            let way = match self.below(3) {
                0 => Direction::OneWay,
                _ => Direction::BothWays,
            };
            self.push(at, Action::Cut(leading.clone(), other, way));
        }
    }

    fn request(&mut self, at: Time, names: NodeNames) {
        if names.clients == 0 || self.entry.service.ops.is_empty() {
            return;
        }
        let client = NodeId(names.servers + self.below(u64::from(names.clients)) as u32);
        let op = operation(self.entry, &mut self.rng);
        self.push(at, Action::Request { client, op });
    }

    fn server(&mut self, names: NodeNames) -> NodeId {
        NodeId(self.below(u64::from(names.servers)) as u32)
    }

    fn two(&mut self, names: NodeNames) -> (NodeId, NodeId) {
        let from = self.server(names);
        let step = self.rng.between(1, u64::from(names.servers.max(2) - 1)) as u32;
        (from, NodeId((from.0 + step) % names.servers))
    }

    /// Whoever has the role that leads, in so many of a million cases; else any server.
    fn leading_or_any(&mut self, names: NodeNames, ppm: u32) -> Target {
        let leading = self.info().roles.iter().find(|role| role.tone == Tone::Leading);
        match leading.filter(|_| self.rng.chance(ppm)) {
            Some(role) => Target::Role(role.id.to_string()),
            None => Target::Node(self.server(names)),
        }
    }

    fn fault(&mut self, at: Time, names: NodeNames) {
        if names.servers < 2 {
            return self.crash(at, names);
        }
        match self.below(12) {
            0..=2 => self.crash(at, names),
            3 => self.partition(at, names),
            4 => {
                let target = self.leading_or_any(names, 500_000);
                self.push(at, Action::Isolate(target));
                let end = at + self.ms(50, 800);
                self.push(end, Action::Heal);
            }
            5 => self.link_fault(at, names),
            6 => {
                let target = self.leading_or_any(names, 500_000);
                let length = Some(self.ms(20, 800));
                self.push(at, Action::Pause { target, length });
            }
            7 => {
                let change = LinkChange {
                    delay: Some(Delay::Uniform { lo: MILLISECOND, hi: self.ms(1, 300) }),
                    loss_ppm: Some(self.below(400) as u32 * 1_000),
                    ..LinkChange::default()
                };
                let (from, to) = self.two(names);
                let ends = (Target::Node(from), Target::Node(to));
                self.push(at, Action::Link(ends.0, ends.1, Direction::BothWays, change));
            }
            8 => {
                let target = Target::Node(self.server(names));
                let drift_ppm = Some(self.rng.between(0, 100_000) as i32 - 50_000);
                let offset_us = Some(self.ms(0, 2_000) as i64 - SECOND as i64);
                self.push(at, Action::Clock { target, offset_us, drift_ppm });
            }
            9 => self.rule(at, names),
            10 => self.meddle(at, names),
            _ => {
                let timers = self.info().timers;
                if !timers.is_empty() {
                    let timer = timers[self.below(timers.len() as u64) as usize].id.to_string();
                    let target = Target::Node(self.server(names));
                    self.push(at, Action::Fire { target, timer });
                }
            }
        }
    }

    fn crash(&mut self, at: Time, names: NodeNames) {
        let target = match self.below(10) {
            0 => Target::All,
            _ => self.leading_or_any(names, 500_000),
        };
        self.push(at, Action::Crash(target));
        if self.rng.chance(900_000) {
            let end = at + self.ms(1, 800);
            self.push(end, Action::Restart(Target::All));
        }
    }

    fn partition(&mut self, at: Time, names: NodeNames) {
        let mut sides = vec![Vec::new(), Vec::new()];
        for node in names.servers().skip(1) {
            sides[self.below(2) as usize].push(Target::Node(node));
        }
        let smaller = usize::from(sides[0].len() > sides[1].len());
        sides[smaller].insert(0, Target::Node(NodeId(0)));
        if sides.iter().all(|side| !side.is_empty()) {
            self.push(at, Action::Partition(sides));
            let end = at + self.ms(50, 1_000);
            self.push(end, Action::Heal);
        }
    }

    fn link_fault(&mut self, at: Time, names: NodeNames) {
        let (from, to) = self.two(names);
        let (from, to) = (Target::Node(from), Target::Node(to));
        let way = match self.below(2) {
            0 => Direction::OneWay,
            _ => Direction::BothWays,
        };
        let end = at + self.ms(20, 600);
        let start = match self.below(2) {
            0 => Action::Cut(from.clone(), to.clone(), way),
            _ => Action::Hold(from.clone(), to.clone(), way),
        };
        self.push(at, start);
        self.push(end, Action::Release(from, to, way));
    }

    fn kind(&mut self) -> Option<String> {
        let messages = self.info().messages;
        let place = self.below(messages.len() as u64 + 1) as usize;
        messages.get(place).map(|message| message.id.to_string())
    }

    fn rule(&mut self, at: Time, names: NodeNames) {
        let (from, to) = self.two(names);
        let effect = match self.below(3) {
            0 => RuleEffect::Drop,
            1 => RuleEffect::Duplicate,
            _ => RuleEffect::Delay(self.ms(5, 300)),
        };
        let until = at + self.ms(20, 800);
        let (from, to) = (Target::Node(from), Target::Node(to));
        let kind = self.kind();
        self.push(at, Action::Rule(Rule { until, effect, from, to, kind }));
    }

    fn meddle(&mut self, at: Time, names: NodeNames) {
        let (from, to) = self.two(names);
        let message = MessageRef::Oldest { from, to, kind: self.kind() };
        let action = match self.below(4) {
            0 => Action::Drop(message),
            1 => Action::Duplicate(message),
            2 => Action::Delay(message, self.ms(5, 500)),
            _ => Action::Deliver(message),
        };
        self.push(at, action);
    }
}
