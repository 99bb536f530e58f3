//! `interleave run`: what happens in a scenario.

use serde_json::{Value, json};

use super::{Options, Out, Verdict, input, remark};
use crate::scenario::limits::MAX_EVENTS;
use crate::scenario::{Scenario, trace, units};
use crate::sim::session::{Session, Watch};
use crate::view::{Span, Time};

/// Runs a scenario and shows what happens.
pub fn run(options: Options, out: &mut Out) -> Result<Verdict, String> {
    let input = input::load(options.only("a scenario")?)?;
    let scenario = &input.scenario;
    let until = match &options.until {
        Some(word) => units::read_time(word).map_err(|why| format!("--until {word}: {why}"))?,
        None => scenario.until,
    };
    let watch = if options.trace { Watch::ALL } else { Watch::PROPERTIES };
    let mut session = scenario.start(watch)?;
    let mut telling = Telling { scenario, said: 0, json: options.json, events: Vec::new() };
    let mut finished = true;
    while let Some(at) = session.next_at().filter(|&at| at <= until) {
        if session.step_count() >= MAX_EVENTS {
            finished = false;
            break;
        }
        telling.say_before(at, out);
        session.step();
        if options.trace {
            telling.event(&mut *session, out);
        }
    }
    if finished {
        session.run_to(until, 1);
        telling.say_before(until + 1, out);
    }
    if let Some(revision) = input.made_with {
        let info = scenario.entry.info;
        remark(&format!(
            "the link was made with revision {revision} of {}; this is revision {}: \
             the run may differ from what was shared",
            info.id, info.revision
        ));
    }
    tell_end(&mut *session, telling.events, finished, options.json, out);
    Ok(if finished { Verdict::Good } else { Verdict::Bad })
}

fn tell_end(
    session: &mut dyn Session,
    events: Vec<Value>,
    finished: bool,
    json: bool,
    out: &mut Out,
) {
    let broken: Vec<_> =
        session.verdicts().into_iter().filter(|verdict| verdict.broken()).collect();
    let digest = format!("{:016x}", session.digest());
    if json {
        let broken = broken.iter().filter_map(|verdict| {
            let finding = verdict.finding.as_ref()?;
            let property = verdict.property.id;
            Some(json!({
                "property": property,
                "step": finding.step,
                "at_us": finding.at,
                "because": finding.because,
            }))
        });
        out.json(&json!({
            "steps": session.step_count(),
            "time_us": session.now(),
            "digest": digest,
            "finished": finished,
            "violated": broken.collect::<Vec<Value>>(),
            "events": events,
        }));
        return;
    }
    for verdict in broken {
        if let Some(finding) = &verdict.finding {
            let (step, at) = (finding.step, Span(finding.at));
            let (id, because) = (verdict.property.id, &finding.because);
            out.line(format!("violated: {id} at step {step}, {at}: {because}"));
        }
    }
    if !finished {
        out.line(format!("stopped after {MAX_EVENTS} events"));
    }
    let (steps, now) = (session.step_count(), Span(session.now()));
    out.line(format!("steps {steps}, time {now}, digest {digest}"));
}

/// What is told while the scenario runs.
struct Telling<'a> {
    scenario: &'a Scenario,
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

    fn event(&mut self, session: &mut dyn Session, out: &mut Out) {
        let (names, info) = (session.names(), session.info());
        let Some(event) = session.event(session.step_count()) else { return };
        if !self.json {
            return out.line(trace::line(&event, names, info));
        }
        self.events.push(json!({
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
