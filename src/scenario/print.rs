//! A [`Scenario`] as text, for what was not written by a person: counterexamples.

use std::fmt::Write;

use super::action::print_scheduled;
use super::lex::{bare_or_quoted, quoted};
use super::units::show_change;
use super::{Scenario, VERSION};
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
        self.print_protocol(&mut out);
        let _ = writeln!(out, "seed {}", setup.seed);
        let _ = writeln!(out, "network{}", print_weather(&setup.network));
        if names.clients > 0 && setup.clients != ClientRules::default() {
            let _ = writeln!(out, "clients{}", print_client_rules(&setup.clients));
        }
        let flaws = self.entry.info.flaws.iter().zip(&setup.params.flaws);
        for (flaw, _) in flaws.filter(|(_, on)| **on) {
            let _ = writeln!(out, "flaw {}", flaw.id);
        }
        if setup.manual {
            out.push_str("clock off\n");
        }
        for (node, words) in &setup.given {
            let words: Vec<_> = words.iter().map(|word| bare_or_quoted(word)).collect();
            let _ = writeln!(out, "given {} {}", names.name(*node), words.join(" "));
        }
        for scheduled in &setup.script {
            let _ = writeln!(out, "{}", print_scheduled(scheduled, names));
        }
        for say in &self.says {
            let _ = writeln!(out, "say {} {}", Span(say.at), quoted(&say.text));
        }
        for expect in &self.expects {
            let _ = writeln!(out, "expect {}", expect.text);
        }
        let _ = writeln!(out, "until {}", Span(self.until));
        out
    }

    fn print_protocol(&self, out: &mut String) {
        let info = self.entry.info;
        let params = &self.setup.params;
        let _ = write!(out, "{} nodes={}", info.id, params.servers);
        if info.clients.max > 0 {
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
