//! `interleave link` and `interleave open`: a text into a link and back.

use serde_json::json;

use super::{Options, Out, Verdict, input, remark};
use crate::scenario::link::{self, Position};
use crate::scenario::units;

/// Packs a scenario into a link.
pub fn link(options: Options, out: &mut Out) -> Result<Verdict, String> {
    let input = input::load(options.only("a scenario")?)?;
    let at = match &options.at {
        Some(word) => {
            let at = units::read_time(word).map_err(|why| format!("--at {word}: {why}"))?;
            Some(Position { at, events: None })
        }
        None => input.position,
    };
    let link = link::encode(&input.scenario, &input.text, at).map_err(|error| error.to_string())?;
    // Whoever opens it must find what was packed.
    link::open(&link).map_err(|error| error.to_string())?;
    match options.json {
        true => out.json(&json!({ "link": link, "characters": link.len() })),
        false => out.line(link),
    }
    Ok(Verdict::Good)
}

/// Unpacks the scenario of a link.
pub fn open(options: Options, out: &mut Out) -> Result<Verdict, String> {
    let opened = link::open(options.only("a link")?).map_err(|error| error.to_string())?;
    let info = opened.scenario.entry.info;
    let text = opened.document.to_string();
    if options.json {
        out.json(&json!({
            "text": text,
            "protocol": info.id,
            "revision": opened.scenario.revision(),
            "made_with": opened.made_with.unwrap_or(opened.scenario.revision()),
            "at_us": opened.position.map(|position| position.at),
        }));
        return Ok(Verdict::Good);
    }
    if let Some(revision) = opened.made_with {
        remark(&opened.scenario.made_with(revision));
    }
    out.text(&text);
    Ok(Verdict::Good)
}
