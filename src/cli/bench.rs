//! `interleave bench`: how fast the kernel is here.

#![expect(clippy::disallowed_types, reason = "a benchmark needs the clock of the host")]

use std::time::Instant;

use serde_json::{Value, json};

use super::{Options, Out, Verdict, with_nearest};
use crate::protocols::{self, CATALOG};
use crate::scenario::bench::{MODES, Workload};
use crate::scenario::diagnostic::{one_of, quote};

/// How many events are timed if nothing is said.
const EVENTS: u64 = 2_000_000;

/// Times a steady workload in each mode.
pub fn run(options: Options, out: &mut Out) -> Result<Verdict, String> {
    let entry = match options.words.as_slice() {
        [] => &CATALOG[0],
        _ => {
            let word = options.only("a protocol")?;
            let ids = || CATALOG.iter().map(|entry| entry.info.id);
            protocols::find(word).ok_or_else(|| {
                let message = format!("there is no protocol {}", quote(word));
                with_nearest(message, word, ids(), &one_of(ids()))
            })?
        }
    };
    let events = options.events.unwrap_or(EVENTS).max(1);
    let mut results: Vec<Value> = Vec::new();
    for (name, watch) in MODES {
        let mut workload = Workload::new(entry, *watch)?;
        workload.run(events / 20);
        let start = Instant::now();
        let done = workload.run(events);
        let seconds = start.elapsed().as_secs_f64();
        let rate = done as f64 / seconds;
        match options.json {
            true => results.push(json!({
                "mode": name,
                "events": done,
                "seconds": seconds,
                "events_per_second": rate,
                "digest": format!("{:016x}", workload.digest()),
            })),
            false => out.line(format!("{name}: {rate:.0} events/s ({done} in {seconds:.2} s)")),
        }
    }
    if options.json {
        out.json(&json!({ "protocol": entry.info.id, "modes": results }));
    }
    Ok(Verdict::Good)
}
