//! `interleave bench`: how fast the kernel is here.

#![expect(clippy::disallowed_types, reason = "a benchmark needs the clock of the host")]

use std::time::Instant;

use serde_json::{Value, json};

use super::{Options, Out, Verdict, with_nearest};
use crate::protocols::{self, CATALOG, Entry};
use crate::scenario::bench::{LOADS, MODES, PROTOCOL, Workload, bare_loop};
use crate::scenario::diagnostic::{one_of, quote, words_of};
use crate::sim::rng::{Rng, Stream};
use crate::sim::session::Watch;
use crate::view::Time;

/// How many events are timed if nothing is said.
const EVENTS: u64 = 500_000;
/// Each figure is the best of so many measurements: whatever else the machine does only slows.
const ROUNDS: u64 = 15;
/// How long the run is of which the memory is measured.
const MEMORY_EVENTS: u64 = 1_000_000;
/// How long the run is in which positions are sought, and how many.
const SEEK_EVENTS: u64 = 100_000;
const SEEKS: usize = 2_000;

/// Times steady workloads in each mode, then memory and time travel.
pub fn run(options: Options, out: &mut Out) -> Result<Verdict, String> {
    let entry = match options.words.as_slice() {
        [] => protocols::find(PROTOCOL).unwrap_or(&CATALOG[0]),
        _ => {
            let word = options.only("a protocol")?;
            let ids = words_of(CATALOG, |entry| entry.info.id);
            protocols::find(word).ok_or_else(|| {
                let message = format!("there is no protocol {}", quote(word));
                with_nearest(message, word, &ids, &one_of(&ids))
            })?
        }
    };
    let events = options.events.unwrap_or(EVENTS).max(1);
    // First, because the peak that the system remembers is that of the whole program.
    let memory = memory(entry)?;
    let mut rates = Vec::new();
    for (load, clients) in LOADS {
        for (mode, watch) in MODES {
            let mut workload = Workload::new(entry, *watch, *clients)?;
            workload.run(events / 20);
            rates.push(rate(load, mode, events, &mut workload));
        }
    }
    let bare = best(events, || {
        std::hint::black_box(bare_loop(events));
    });
    let seek = seek(entry)?;
    let answer = json!({
        "protocol": entry.info.id,
        "rates": rates,
        "bare_loop_per_second": bare,
        "seek": seek,
        "memory": memory,
    });
    match options.json {
        true => out.json(&answer),
        false => print(&answer, out),
    }
    Ok(Verdict::Good)
}

fn print(answer: &Value, out: &mut Out) {
    let number = |value: &Value| value.as_f64().unwrap_or(0.0);
    for rate in answer["rates"].as_array().into_iter().flatten() {
        let (load, mode) = (&rate["load"], &rate["mode"]);
        let (events, messages) = (&rate["events_per_second"], &rate["messages_per_second"]);
        out.line(format!(
            "{}, {}: {:.0} events/s, {:.0} messages/s",
            load.as_str().unwrap_or_default(),
            mode.as_str().unwrap_or_default(),
            number(events),
            number(messages),
        ));
    }
    out.line(format!("a bare loop: {:.0} events/s", number(&answer["bare_loop_per_second"])));
    let seek = &answer["seek"];
    out.line(format!(
        "seek in {} events: {:.2} ms at the median, {:.2} ms at the 99th percentile",
        seek["events"],
        number(&seek["p50_ms"]),
        number(&seek["p99_ms"]),
    ));
    let memory = &answer["memory"];
    let peak = memory["peak_bytes"].as_f64();
    let peak = peak.map_or("unknown here".to_string(), |bytes| format!("{:.0} MB", bytes / 1e6));
    out.line(format!("peak memory after {} events: {peak}", memory["events"]));
}

/// The rates of the best of some rounds.
fn rate(load: &str, mode: &str, events: u64, workload: &mut Workload) -> Value {
    let before = workload.messages();
    let mut done = 0;
    let rate = best(events, || done += workload.run(events));
    let messages = workload.messages() - before;
    json!({
        "load": load,
        "mode": mode,
        "events": done,
        "events_per_second": rate,
        "messages_per_second": rate * messages as f64 / done as f64,
        "digest": format!("{:016x}", workload.digest()),
    })
}

/// So many things a second, in the fastest round.
fn best(things: u64, mut round: impl FnMut()) -> f64 {
    let rounds = (0..ROUNDS).map(|_| {
        let (start, worked) = (Instant::now(), processor_seconds());
        round();
        let waited = start.elapsed().as_secs_f64();
        let worked = processor_seconds().zip(worked).map(|(after, before)| after - before);
        things as f64 / worked.filter(|&seconds| seconds > 0.0).unwrap_or(waited)
    });
    rounds.fold(0.0, f64::max)
}

/// How long a processor worked for this thread, where the system tells: on a machine that others
/// use as well, that says more than the clock on the wall.
fn processor_seconds() -> Option<f64> {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanoseconds: f64 = told.split(' ').next()?.parse().ok()?;
    Some(nanoseconds / 1e9)
}

/// Jumps to positions all over a long run that remembers everything.
fn seek(entry: &'static Entry) -> Result<Value, String> {
    let mut workload = Workload::new(entry, Watch::ALL, 2)?;
    let session = workload.session();
    session.run_to(Time::MAX, SEEK_EVENTS);
    let head = session.head();
    let mut rng = Rng::stream(2, Stream::Workload);
    let mut spent: Vec<f64> = (0..SEEKS)
        .map(|_| {
            let step = rng.between(0, head);
            let start = Instant::now();
            session.seek(step);
            start.elapsed().as_secs_f64() * 1_000.0
        })
        .collect();
    spent.sort_by(f64::total_cmp);
    Ok(json!({
        "events": head,
        "p50_ms": spent[SEEKS / 2],
        "p99_ms": spent[SEEKS * 99 / 100],
        "max_ms": spent[SEEKS - 1],
    }))
}

/// What a long run that remembers everything takes.
fn memory(entry: &'static Entry) -> Result<Value, String> {
    let mut workload = Workload::new(entry, Watch::ALL, 2)?;
    let session = workload.session();
    session.run_to(Time::MAX, MEMORY_EVENTS);
    Ok(json!({
        "events": session.head(),
        "peak_bytes": peak_bytes(),
        "history_bytes": session.memory(),
    }))
}

/// The most memory that this program ever had, where the system tells.
fn peak_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: u64 = line.trim().trim_end_matches("kB").trim().parse().ok()?;
    Some(kilobytes * 1_024)
}
