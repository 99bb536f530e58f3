//! `interleave list`: what there is.

use serde_json::{Value, json};

use super::{Options, Out, Verdict};
use crate::protocols::{CATALOG, Entry};
use crate::scenario::library;
use crate::sim::info::PropertyKind;

/// Lists the protocols and the library.
pub fn run(options: Options, out: &mut Out) -> Result<Verdict, String> {
    if let Some(word) = options.words.first() {
        return Err(format!("`{word}` is too much: `list` takes no words"));
    }
    if options.json {
        let protocols: Vec<Value> = CATALOG.iter().map(protocol).collect();
        let library = library::all().iter().map(|entry| {
            let title = entry.scenario().map(|scenario| scenario.title).unwrap_or_default();
            json!({ "id": entry.id, "title": title })
        });
        let library: Vec<Value> = library.collect();
        out.json(&json!({ "protocols": protocols, "library": library }));
        return Ok(Verdict::Good);
    }
    for entry in CATALOG {
        let info = entry.info;
        out.line(format!("{}  {} ({})", info.id, info.title, info.family));
        out.line(format!("  {}", info.summary));
        for property in info.properties {
            let kind = match property.kind {
                PropertyKind::Always => "always",
                PropertyKind::Sometimes => "sometimes",
            };
            out.line(format!("  {kind} {}: {}", property.id, property.statement));
        }
        for flaw in info.flaws {
            out.line(format!("  flaw {}: {}", flaw.id, flaw.doc));
        }
    }
    out.line("library");
    for entry in library::all() {
        let title = entry.scenario().map(|scenario| scenario.title).unwrap_or_default();
        out.line(format!("  {}: {title}", entry.id));
    }
    Ok(Verdict::Good)
}

fn protocol(entry: &Entry) -> Value {
    let info = entry.info;
    let properties = info.properties.iter().map(|property| {
        let always = property.kind == PropertyKind::Always;
        json!({
            "id": property.id,
            "title": property.title,
            "statement": property.statement,
            "source": property.source,
            "kind": if always { "always" } else { "sometimes" },
        })
    });
    let flaws = info.flaws.iter().map(|flaw| {
        json!({
            "id": flaw.id,
            "doc": flaw.doc,
            "source": flaw.source,
            "caught_by": flaw.caught_by,
        })
    });
    json!({
        "id": info.id,
        "title": info.title,
        "family": info.family,
        "summary": info.summary,
        "reference": info.reference,
        "revision": info.revision,
        "properties": properties.collect::<Vec<Value>>(),
        "flaws": flaws.collect::<Vec<Value>>(),
    })
}
