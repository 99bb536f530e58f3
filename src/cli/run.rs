//! `interleave run`: what happens in a scenario.

use serde_json::{Value, json};

use super::{Options, Out, Verdict, input, remark};
use crate::scenario::limits::MAX_EVENTS;
use crate::scenario::{Scenario, trace, units};
use crate::sim::pair::Pair;
use crate::sim::session::{Session, Watch};
use crate::sim::tally::{ROWS, Tally};
use crate::sim::verdict::Finding;
use crate::view::{Span, Time};

/// Runs a scenario and shows what happens. Where two protocols run side by side, the events of both
/// come in the order of the clock, and what they have cost at the end.
pub fn run(options: Options, out: &mut Out) -> Result<Verdict, String> {
    let input = input::load(options.only("a scenario")?)?;
    let scenario = &input.scenario;
    let until = match &options.until {
        Some(word) => units::read_time(word).map_err(|why| format!("--until {word}: {why}"))?,
        None => scenario.until,
    };
    // What a call cost is counted along its causes, which only a trace has.
    let traced = options.trace || scenario.beside.is_some();
    let watch = if traced { Watch::ALL } else { Watch::PROPERTIES };
    let runs = scenario.lanes().map(|lane| lane.start_alone(watch));
    let mut runs = runs.collect::<Result<Vec<_>, String>>()?;
    let lanes = scenario.lane_titles();
    let mut telling = Telling { scenario, lanes, said: 0, json: options.json, events: Vec::new() };
    let mut finished = true;
    while let Some((at, lane)) = next(&mut runs).filter(|(at, _)| *at <= until) {
        let run = &mut *runs[lane];
        if run.step_count() >= MAX_EVENTS {
            finished = false;
            break;
        }
        telling.say_before(at, out);
        run.step();
        if options.trace {
            telling.event(lane, run, out);
        }
    }
    if finished {
        for run in &mut runs {
            run.run_to(until, 1);
        }
        telling.say_before(until + 1, out);
    }
    if let Some(revision) = input.made_with {
        remark(&scenario.made_with(revision));
    }
    let verdict = if finished { Verdict::Good } else { Verdict::Bad };
    if options.json {
        let events = std::mem::take(&mut telling.events);
        out.json(&end_as_json(runs, &telling.lanes, events, finished));
        return Ok(verdict);
    }
    tell_end(runs, &telling.lanes, finished, out);
    Ok(verdict)
}

/// The run whose event comes next, and when that is; of two at once, the first.
fn next(runs: &mut [Box<dyn Session>]) -> Option<(Time, usize)> {
    let times = runs.iter_mut().enumerate().filter_map(|(lane, run)| Some((run.next_at()?, lane)));
    times.min()
}

/// One run, or two as one.
fn joined(mut runs: Vec<Box<dyn Session>>) -> (u64, Box<dyn Session>) {
    let steps = runs.iter().map(|run| run.step_count()).sum();
    let last = runs.pop().expect("a scenario has a run");
    match runs.pop() {
        Some(first) => (steps, Box::new(Pair::new(first, last))),
        None => (steps, last),
    }
}

fn broken(run: &dyn Session) -> Vec<(&'static str, Finding)> {
    let broken = run.verdicts().into_iter().filter(|verdict| verdict.broken());
    broken.filter_map(|verdict| Some((verdict.property.id, verdict.finding?))).collect()
}

fn end_as_json(
    mut runs: Vec<Box<dyn Session>>,
    lanes: &[String],
    events: Vec<Value>,
    finished: bool,
) -> Value {
    let violated = |run: &dyn Session| {
        let found = broken(run).into_iter().map(|(property, finding)| {
            json!({
                "property": property,
                "step": finding.step,
                "at_us": finding.at,
                "because": finding.because,
            })
        });
        found.collect::<Vec<Value>>()
    };
    let first = violated(&*runs[0]);
    let mut beside = Vec::new();
    if runs.len() > 1 {
        for (run, lane) in runs.iter_mut().zip(lanes) {
            let tally = Tally::of(&mut **run);
            beside.push(json!({
                "lane": lane,
                "protocol": run.info().id,
                "steps": run.step_count(),
                "digest": format!("{:016x}", run.digest()),
                "violated": violated(&**run),
                "messages": tally.messages,
                "client_messages": tally.client_messages,
                "lost": tally.lost,
                "calls": tally.calls,
                "answered": tally.answered,
                "message_delays_median": tally.delays.map(|spread| spread.median),
                "message_delays_most": tally.delays.map(|spread| spread.most),
                "latency_us_median": tally.latency.map(|spread| spread.median),
                "latency_us_most": tally.latency.map(|spread| spread.most),
                "unavailable_us": tally.unavailable_us(),
            }));
        }
    }
    let (steps, run) = joined(runs);
    let mut end = json!({
        "steps": steps,
        "time_us": run.now(),
        "digest": format!("{:016x}", run.digest()),
        "finished": finished,
        "violated": first,
        "events": events,
    });
    if !beside.is_empty() {
        end["lanes"] = Value::Array(beside);
    }
    end
}

fn tell_end(mut runs: Vec<Box<dyn Session>>, lanes: &[String], finished: bool, out: &mut Out) {
    let pair = runs.len() > 1;
    for (run, lane) in runs.iter().zip(lanes) {
        let lane = if pair { format!("{lane}: ") } else { String::new() };
        for (id, finding) in broken(&**run) {
            let (step, at, because) = (finding.step, Span(finding.at), finding.because);
            out.line(format!("{lane}violated: {id} at step {step}, {at}: {because}"));
        }
    }
    if pair {
        let counted = runs.iter_mut().map(|run| Tally::of(&mut **run).shown());
        let counted: Vec<_> = counted.collect();
        out.line(format!("{:<18} {:>26} {:>26}", "", lanes[0], lanes[1]));
        for (place, (name, _)) in ROWS.iter().enumerate() {
            out.line(format!("{name:<18} {:>26} {:>26}", counted[0][place], counted[1][place]));
        }
    }
    if !finished {
        out.line(format!("stopped after {MAX_EVENTS} events"));
    }
    let (steps, run) = joined(runs);
    let (now, digest) = (Span(run.now()), run.digest());
    out.line(format!("steps {steps}, time {now}, digest {digest:016x}"));
}

/// What is told while the scenario runs.
struct Telling<'a> {
    scenario: &'a Scenario,
    lanes: Vec<String>,
    said: usize,
    json: bool,
    events: Vec<Value>,
}

impl Telling<'_> {
    /// Tells the narration of the time before `at`.
    fn say_before(&mut self, at: Time, out: &mut Out) {
        while let Some(say) = self.scenario.says.get(self.said).filter(|say| say.at < at) {
            if !self.json {
                out.line(format!("{}: {}", Span(say.at), say.text));
            }
            self.said += 1;
        }
    }

    fn event(&mut self, lane: usize, session: &mut dyn Session, out: &mut Out) {
        let (names, info) = (session.names(), session.info());
        let Some(event) = session.event(session.step_count()) else { return };
        if !self.json {
            let line = trace::line(&event, names, info);
            return match self.lanes.len() {
                1 => out.line(line),
                _ => out.line(format!("{:<14} {line}", self.lanes[lane])),
            };
        }
        self.events.push(json!({
            "lane": (self.lanes.len() > 1).then(|| &self.lanes[lane]),
            "step": event.step,
            "at_us": event.at,
            "node": event.node.map(|node| names.name(node)),
            "what": trace::what(&event, names),
            "cause": event.cause,
            "lamport": event.lamport,
            "vector": event.vector,
            "sent": event.sent.iter().map(|sent| sent.message.text(names)).collect::<Vec<_>>(),
            "notes": event.notes.iter().map(|note| note.id).collect::<Vec<_>>(),
        }));
    }
}
