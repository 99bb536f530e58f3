//! `interleave fuzz`: random faults, and what they break.

use serde_json::{Value, json};

use super::{Options, Out, Verdict, with_nearest};
use crate::protocols::{self, CATALOG, Entry};
use crate::scenario::diagnostic::{one_of, quote, words_of};
use crate::scenario::{fuzz, shrink};
use crate::sim::info::{Info, PropertyKind};
use crate::view::Span;

/// Fuzzes one protocol or all.
pub fn run(options: Options, out: &mut Out) -> Result<Verdict, String> {
    let word = options.only("a protocol, or `all`")?;
    let ids = words_of(CATALOG, |entry| entry.info.id);
    let entries: Vec<&'static Entry> = match protocols::find(word) {
        Some(entry) => vec![entry],
        None if word == "all" => CATALOG.iter().collect(),
        None => {
            let message = format!("there is no protocol {}", quote(word));
            return Err(with_nearest(message, word, &[&ids[..], &["all"]].concat(), &one_of(&ids)));
        }
    };
    let flaw = match (&options.flaw, entries.as_slice()) {
        (None, _) => None,
        (Some(flaw), [entry]) => Some(find_flaw(entry.info, flaw)?),
        (Some(_), _) => return Err("`--flaw` needs one protocol, not `all`".to_string()),
    };
    let mut bad = false;
    let mut reports = Vec::new();
    for entry in entries {
        let campaign = Campaign::run(entry, &options, flaw)?;
        bad |= campaign.counterexample.is_some();
        match options.json {
            true => reports.push(campaign.to_json()),
            false => campaign.tell(out),
        }
    }
    if options.json {
        out.json(&Value::Array(reports));
    }
    Ok(if bad { Verdict::Bad } else { Verdict::Good })
}

fn find_flaw(info: &Info, word: &str) -> Result<usize, String> {
    let ids = words_of(info.flaws, |flaw| flaw.id);
    ids.iter().position(|id| *id == word).ok_or_else(|| {
        let message = format!("{} has no flaw {}", info.id, quote(word));
        with_nearest(message, word, &ids, &one_of(&ids))
    })
}

/// Many seeds of one protocol.
struct Campaign {
    info: &'static Info,
    seeds: u64,
    /// Runs whose clients' history was too much to be judged.
    undecided: u64,
    events: u64,
    notes_reached: u128,
    reached: u128,
    counterexample: Option<Counterexample>,
}

struct Counterexample {
    seed: u64,
    name: &'static str,
    at: u64,
    because: String,
    text: String,
}

impl Campaign {
    fn run(
        entry: &'static Entry,
        options: &Options,
        flaw: Option<usize>,
    ) -> Result<Campaign, String> {
        let info = entry.info;
        let mut campaign = Campaign {
            info,
            seeds: 0,
            undecided: 0,
            events: 0,
            notes_reached: 0,
            reached: 0,
            counterexample: None,
        };
        let first = options.first.unwrap_or(0);
        for seed in (0..options.seeds.unwrap_or(fuzz::SEEDS)).map(|place| first.wrapping_add(place))
        {
            let scenario = fuzz::scenario(entry, seed, flaw);
            let found = fuzz::judge(&scenario)?;
            let again = fuzz::judge(&scenario)?;
            if found != again {
                return Err(format!("seed {seed} of {} ran two ways: this is a defect", info.id));
            }
            campaign.seeds += 1;
            campaign.undecided += u64::from(found.undecided);
            campaign.events += found.steps;
            campaign.notes_reached |= found.notes_reached;
            campaign.reached |= found.reached;
            if let Some(breach) = found.breach {
                let (small, breach) = shrink::shrink(&scenario, &breach);
                campaign.counterexample = Some(Counterexample {
                    seed,
                    name: breach.kind.name(info),
                    at: breach.at,
                    text: fuzz::as_counterexample(&small, &breach).to_text(),
                    because: breach.because,
                });
                break;
            }
        }
        Ok(campaign)
    }

    fn missing_notes(&self) -> Vec<&'static str> {
        let notes = self.info.notes.iter().enumerate();
        let missing = notes.filter(|(place, _)| self.notes_reached >> place & 1 == 0);
        missing.map(|(_, note)| note.id).collect()
    }

    fn missing_properties(&self) -> Vec<&'static str> {
        let properties = self.info.properties.iter().enumerate();
        let missing = properties.filter(|(place, property)| {
            property.kind == PropertyKind::Sometimes && self.reached >> place & 1 == 0
        });
        missing.map(|(_, property)| property.id).collect()
    }

    fn tell(&self, out: &mut Out) {
        let id = self.info.id;
        if let Some(found) = &self.counterexample {
            let (seed, name, at) = (found.seed, found.name, Span(found.at));
            out.line(format!("# {id}: seed {seed} breaks {name} at {at}: {}", found.because));
            out.text(&found.text);
            return;
        }
        let (seeds, events) = (self.seeds, self.events);
        let missing = self.missing_notes();
        let notes = self.info.notes.len();
        out.line(format!(
            "{id}: {seeds} seeds, each run twice with the same digest; {events} events; \
             no violation; {} of {notes} notes reached",
            notes - missing.len()
        ));
        if self.undecided > 0 {
            let undecided = self.undecided;
            out.line(format!("{id}: {undecided} histories of clients were too much to be judged"));
        }
        if !missing.is_empty() {
            out.line(format!("{id}: not reached: {}", missing.join(", ")));
        }
        let missing = self.missing_properties();
        if !missing.is_empty() {
            out.line(format!("{id}: never seen: {}", missing.join(", ")));
        }
    }

    fn to_json(&self) -> Value {
        let found = self.counterexample.as_ref().map(|found| {
            json!({
                "seed": found.seed,
                "broken": found.name,
                "at_us": found.at,
                "because": found.because,
                "scenario": found.text,
            })
        });
        json!({
            "protocol": self.info.id,
            "seeds": self.seeds,
            "undecided": self.undecided,
            "events": self.events,
            "counterexample": found,
            "notes_not_reached": self.missing_notes(),
            "properties_not_seen": self.missing_properties(),
        })
    }
}
