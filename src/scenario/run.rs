//! A scenario run to its end, and what became of everything that it expects.

use super::expect::{Consistency, Expectation, Fact, When};
use super::fact::{Judged, Scene};
use super::limits::MAX_EVENTS;
use super::{Expect, Scenario};
use crate::check;
use crate::sim::session::{Session, Watch};
use crate::sim::verdict::Verdict;
use crate::view::{Span, Time};

/// How many nodes may be looked at to judge the facts of one run, all together. What is larger
/// ends with a failure that says so, instead of taking for ever.
pub const MAX_LOOKS: u64 = 1_000_000;

/// A run of a scenario that watches what is expected.
pub struct Runner<'a> {
    scenario: &'a Scenario,
    session: Box<dyn Session>,
    facts: Vec<Pending<'a>>,
    looks: u64,
    stopped: Option<&'static str>,
}

/// What became of a run.
#[derive(Clone, Debug)]
pub struct Report {
    /// One for each `expect` line, in their order.
    pub outcomes: Vec<Outcome>,
    /// Properties that broke though nobody expected it: the reason of each.
    pub violations: Vec<String>,
    /// Why the run ended early, if it did.
    pub stopped: Option<&'static str>,
    /// How many events there were.
    pub steps: u64,
    /// The virtual time at the end.
    pub time: Time,
    /// The digest of everything that happened.
    pub digest: u64,
    /// The notes that were told, by their place in `Info::notes`.
    pub notes_reached: u128,
    /// Every property and its state at the end.
    pub verdicts: Vec<Verdict>,
    /// The protocol that ran beside it, and what became of that run.
    pub beside: Option<(&'static str, Box<Report>)>,
}

/// What became of an expectation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The line of the `expect`.
    pub line: u32,
    /// What was expected.
    pub text: String,
    /// Why it failed, if it did.
    pub failure: Option<String>,
}

impl Report {
    /// Whether everything is as expected.
    pub fn passed(&self) -> bool {
        self.failures().is_empty()
    }

    /// What is not as expected, a line each.
    pub fn failures(&self) -> Vec<String> {
        let failed = self.outcomes.iter().filter_map(|outcome| {
            let why = outcome.failure.as_ref()?;
            Some(format!("line {}: expected {}; {why}", outcome.line, outcome.text))
        });
        let stopped = self.stopped.map(|why| format!("the run was ended early: {why}"));
        let own = failed.chain(self.violations.iter().cloned()).chain(stopped);
        let beside = self.beside.iter().flat_map(|(id, report)| {
            report.failures().into_iter().map(move |failure| format!("{id} beside: {failure}"))
        });
        own.chain(beside).collect()
    }
}

/// A fact that is expected, and what is known of it.
struct Pending<'a> {
    when: When,
    fact: &'a Fact,
    place: usize,
    state: State,
}

#[derive(Clone, PartialEq, Eq)]
enum State {
    /// Not decided; `Some`: why the fact did not hold when it was last looked at.
    Open(Option<String>),
    Held,
    Failed(String),
}

impl<'a> Runner<'a> {
    /// A run at its start.
    pub fn new(scenario: &'a Scenario, watch: Watch) -> Result<Runner<'a>, String> {
        let session = scenario.start_alone(watch)?;
        let facts = scenario.expects.iter().enumerate();
        let facts = facts.filter_map(|(place, expect)| match &expect.what {
            Expectation::Fact(when, fact) => {
                Some(Pending { when: *when, fact, place, state: State::Open(None) })
            }
            _ => None,
        });
        let facts = facts.collect();
        let mut runner = Runner { scenario, session, facts, looks: 0, stopped: None };
        runner.look();
        Ok(runner)
    }

    /// The run.
    pub fn session(&mut self) -> &mut dyn Session {
        &mut *self.session
    }

    /// Does the next event. False if there is none, or the run is over.
    pub fn step(&mut self) -> bool {
        if self.stopped.is_some() {
            return false;
        }
        let next = self.session.next_at().filter(|&at| at <= self.scenario.until);
        self.settle(next.unwrap_or(Time::MAX));
        if next.is_none() {
            return false;
        }
        if self.session.step_count() >= MAX_EVENTS {
            self.stopped = Some("it has too many events");
            return false;
        }
        self.session.step();
        self.look();
        if self.looks > MAX_LOOKS {
            self.stopped = Some("its expectations take too much work");
        }
        self.stopped.is_none()
    }

    /// Runs to the end.
    pub fn finish(mut self) -> Report {
        while self.step() {}
        if self.stopped.is_none() {
            // No event is left: only time passes.
            self.session.run_to(self.scenario.until, 1);
        }
        let verdicts = self.session.verdicts();
        let expects = self.scenario.expects.iter().enumerate();
        let outcomes = expects.map(|(place, expect)| self.outcome(place, expect, &verdicts));
        Report {
            outcomes: outcomes.collect(),
            violations: self.violations(&verdicts),
            stopped: self.stopped,
            steps: self.session.step_count(),
            time: self.session.now(),
            digest: self.session.digest(),
            notes_reached: self.session.notes_reached(),
            verdicts,
            beside: None,
        }
    }

    /// Looks at the facts after an event (or before the first).
    fn look(&mut self) {
        let now = self.session.now();
        let scene = Scene::new(&*self.session);
        for pending in &mut self.facts {
            if !matches!(pending.state, State::Open(_)) {
                continue;
            }
            match pending.when {
                When::By(until) if now <= until => pending.reach(scene.judge(pending.fact)),
                When::During(from, to) if from < now && now <= to => {
                    pending.keep(scene.judge(pending.fact), now);
                }
                When::Always => pending.keep(scene.judge(pending.fact), now),
                When::Never => pending.avoid(scene.judge(pending.fact), now),
                _ => {}
            }
        }
        self.looks += scene.looks() + 1;
    }

    /// Decides what is asked of the time before `next`, the time of the next event.
    fn settle(&mut self, next: Time) {
        let now = self.session.now();
        let scene = Scene::new(&*self.session);
        for pending in &mut self.facts {
            if !matches!(pending.state, State::Open(_)) {
                continue;
            }
            match pending.when {
                When::At(at) if at < next => pending.decide(scene.judge(pending.fact)),
                When::By(until) if until < next => pending.give_up(),
                When::During(from, to) if from < next => {
                    if now <= from {
                        pending.keep(scene.judge(pending.fact), from);
                    }
                    if to < next && pending.state == State::Open(None) {
                        pending.state = State::Held;
                    }
                }
                _ => {}
            }
        }
        self.looks += scene.looks();
    }

    fn outcome(&self, place: usize, expect: &Expect, verdicts: &[Verdict]) -> Outcome {
        let failure = match &expect.what {
            Expectation::Fact(..) => {
                let pending = self.facts.iter().find(|pending| pending.place == place);
                pending.and_then(Pending::failure)
            }
            Expectation::Holds(property) => violation(&verdicts[*property]),
            Expectation::Violated(property) => match verdicts[*property].finding {
                Some(_) => None,
                None => Some("it was not violated".to_string()),
            },
            Expectation::History(Consistency::Linearizable) => {
                let limits = check::Limits::default();
                match self.session.linearizability(&limits) {
                    (check::Verdict::Linearizable(_), _) => None,
                    (_, lines) => Some(lines.join(" ")),
                }
            }
        };
        Outcome { line: expect.line, text: expect.text.clone(), failure }
    }

    /// The properties that broke, but for those about which an `expect` speaks.
    fn violations(&self, verdicts: &[Verdict]) -> Vec<String> {
        let spoken_of = |place: usize| {
            self.scenario.expects.iter().any(|expect| match expect.what {
                Expectation::Holds(property) | Expectation::Violated(property) => property == place,
                _ => false,
            })
        };
        let unexpected = verdicts.iter().enumerate().filter(|(place, _)| !spoken_of(*place));
        unexpected
            .filter(|(_, verdict)| verdict.broken())
            .filter_map(|(_, verdict)| {
                let why = violation(verdict)?;
                Some(format!("{} is violated, which was not expected; {why}", verdict.property.id))
            })
            .collect()
    }
}

impl Pending<'_> {
    fn reach(&mut self, judged: Judged) {
        self.state = match judged {
            Ok(()) => State::Held,
            Err(why) => State::Open(Some(why)),
        };
    }

    fn give_up(&mut self) {
        if let State::Open(why) = &self.state {
            let why = why.clone().unwrap_or_else(|| "it did not hold".to_string());
            self.state = State::Failed(why);
        }
    }

    fn decide(&mut self, judged: Judged) {
        self.state = match judged {
            Ok(()) => State::Held,
            Err(why) => State::Failed(why),
        };
    }

    fn keep(&mut self, judged: Judged, now: Time) {
        if let Err(why) = judged {
            self.state = State::Failed(format!("at {}, {why}", Span(now)));
        }
    }

    fn avoid(&mut self, judged: Judged, now: Time) {
        if judged.is_ok() {
            self.state = State::Failed(format!("at {} it was so", Span(now)));
        }
    }

    fn failure(&self) -> Option<String> {
        match (&self.state, self.when) {
            (State::Failed(why), _) => Some(why.clone()),
            (State::Held, _) => None,
            (State::Open(_), When::Always | When::Never) => None,
            (State::Open(Some(why)), _) => Some(why.clone()),
            (State::Open(None), _) => Some("the run did not come that far".to_string()),
        }
    }
}

fn violation(verdict: &Verdict) -> Option<String> {
    let finding = verdict.finding.as_ref()?;
    let (step, at) = (finding.step, Span(finding.at));
    Some(format!("it broke at step {step}, {at}: {}", finding.because))
}

/// Runs a scenario to its end with every property checked. Two runs side by side are judged each
/// by itself: neither sees the other.
pub fn run(scenario: &Scenario) -> Result<Report, String> {
    let mut report = Runner::new(scenario, Watch::PROPERTIES)?.finish();
    if let Some(beside) = &scenario.beside {
        report.beside = Some((beside.entry.info.id, Box::new(run(beside)?)));
    }
    Ok(report)
}
