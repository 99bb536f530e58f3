//! A [`Scenario`] as text, for what was not written by a person: counterexamples.

use std::fmt::Write;

use super::action::print_scheduled;
use super::lex::{bare_or_quoted, quoted};
use super::units::show_change;
use super::{LANES, Scenario, VERSION};
use crate::sim::action::LinkChange;
use crate::sim::info::Params;
use crate::sim::session::{ClientRules, Weather};
use crate::view::Span;

impl Scenario {
    /// The text that parses back to this scenario.
    pub fn to_text(&self) -> String {
        let mut out = format!("interleave {VERSION}\n");
        let names = self.names();
        let setup = &self.setup;
        if !self.title.is_empty() {
            let _ = writeln!(out, "title {}", quoted(&self.title));
        }
        self.print_protocol(&mut out, "");
        if let Some(beside) = &self.beside {
            beside.print_protocol(&mut out, "beside ");
        }
        let _ = writeln!(out, "seed {}", setup.seed);
        let _ = writeln!(out, "network{}", print_weather(&setup.network));
        if names.clients > 0 && setup.clients != ClientRules::default() {
            let _ = writeln!(out, "clients{}", print_client_rules(&setup.clients));
        }
        if setup.manual {
            out.push_str("clock off\n");
        }
        let lanes: Vec<Vec<String>> = self.lanes().map(Scenario::lane_lines).collect();
        for (lane, lines) in lanes.iter().enumerate() {
            let other = lanes.get(1 - lane).filter(|_| lanes.len() > 1);
            for line in lines {
                match other {
                    Some(other) if !other.contains(line) => {
                        let _ = writeln!(out, "{} {line}", LANES[lane]);
                    }
                    // What both say was said for the first.
                    Some(_) if lane == 1 => {}
                    _ => {
                        let _ = writeln!(out, "{line}");
                    }
                }
            }
        }
        for say in &self.says {
            let _ = writeln!(out, "say {} {}", Span(say.at), quoted(&say.text));
        }
        let _ = writeln!(out, "until {}", Span(self.until));
        out
    }

    /// The lines that may speak of one of two runs.
    fn lane_lines(&self) -> Vec<String> {
        let (names, setup) = (self.names(), &self.setup);
        let flaws = self.entry.info.flaws.iter().zip(&setup.params.flaws);
        let flaws = flaws.filter(|(_, on)| **on).map(|(flaw, _)| format!("flaw {}", flaw.id));
        let given = setup.given.iter().map(|(node, words)| {
            let words: Vec<_> = words.iter().map(|word| bare_or_quoted(word)).collect();
            format!("given {} {}", names.name(*node), words.join(" "))
        });
        let script = setup.script.iter().map(|scheduled| print_scheduled(scheduled, names));
        let expects = self.expects.iter().map(|expect| format!("expect {}", expect.text));
        flaws.chain(given).chain(script).chain(expects).collect()
    }

    fn print_protocol(&self, out: &mut String, before: &str) {
        let info = self.entry.info;
        let params = &self.setup.params;
        let _ = write!(out, "{before}{}", info.id);
        if before.is_empty() {
            let _ = write!(out, " nodes={}", params.servers);
        }
        if before.is_empty() && info.clients.max > 0 {
            let _ = write!(out, " clients={}", params.clients);
        }
        let defaults = Params::defaults(info);
        let values = info.params.iter().zip(params.values.iter().zip(&defaults.values));
        for (param, (value, _)) in values.filter(|(_, (value, default))| value != default) {
            let _ = write!(out, " {}={value}", param.name);
        }
        out.push('\n');
    }
}

fn print_weather(weather: &Weather) -> String {
    let lossy = |ppm: u32| (ppm > 0).then_some(ppm);
    let change = LinkChange {
        delay: Some(weather.delay),
        loss_ppm: lossy(weather.loss_ppm),
        duplicate_ppm: lossy(weather.duplicate_ppm),
        fifo: weather.fifo.then_some(true),
    };
    show_change(&change)
}

fn print_client_rules(rules: &ClientRules) -> String {
    let word = |on: bool| if on { "on" } else { "off" };
    let (timeout, backoff) = (Span(rules.timeout), Span(rules.backoff));
    let (retry, key) = (word(rules.retry), word(rules.key));
    format!(" timeout={timeout} backoff={backoff} retry={retry} key={key}")
}
