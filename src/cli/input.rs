//! From what a person names on the command line to a scenario.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use crate::scenario::diagnostic::{nearest, quote, words_of};
use crate::scenario::limits::MAX_TEXT;
use crate::scenario::{Scenario, library, link, parse_bytes};

/// A scenario and where it comes from.
pub struct Input {
    /// Its text.
    pub text: String,
    /// What it means.
    pub scenario: Scenario,
    /// If a link was made with another revision of the protocol: that one.
    pub made_with: Option<u32>,
    /// The time that a link names.
    pub position: Option<link::Position>,
}

/// Reads a scenario: from a file, standard input, the library, or a link.
pub fn load(word: &str) -> Result<Input, String> {
    if word.contains("#/") && !Path::new(word).exists() {
        return load_link(word);
    }
    if word != "-" && !Path::new(word).exists() {
        return load_from_library(word);
    }
    let bytes = read(word)?;
    let parsed = parse_bytes(&bytes);
    match (parsed.scenario, parsed.diagnostics.first()) {
        (Some(scenario), _) => {
            let text = parsed.document.to_string();
            Ok(Input { text, scenario, made_with: None, position: None })
        }
        (None, first) => {
            let first = first.map(ToString::to_string).unwrap_or_default();
            let more = match parsed.diagnostics.len() {
                0 | 1 => String::new(),
                count => format!(" (and {} more)", count - 1),
            };
            Err(format!("{word}: {first}{more}"))
        }
    }
}

fn load_link(word: &str) -> Result<Input, String> {
    let opened = link::open(word).map_err(|error| error.to_string())?;
    Ok(Input {
        text: opened.document.to_string(),
        scenario: opened.scenario,
        made_with: opened.made_with,
        position: opened.position,
    })
}

fn load_from_library(word: &str) -> Result<Input, String> {
    let Some(entry) = library::find(word) else {
        let message = format!("there is no file and no scenario {}", quote(word));
        let known = words_of(library::all(), |entry| entry.id);
        return Err(match nearest(word, &known) {
            Some(id) => format!("{message}; did you mean `{id}`?"),
            None => format!("{message}; expected a file, `-`, a link or a name of `list`"),
        });
    };
    let scenario = entry.scenario().map_err(|fault| format!("{word}: {fault}"))?;
    Ok(Input { text: entry.text.to_string(), scenario, made_with: None, position: None })
}

/// Reads at most a little more than a scenario may have.
fn read(word: &str) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let most = MAX_TEXT as u64 + 1;
    let result = match word {
        "-" => std::io::stdin().lock().take(most).read_to_end(&mut bytes),
        path => match File::open(path) {
            Ok(file) => file.take(most).read_to_end(&mut bytes),
            Err(error) => Err(error),
        },
    };
    match result {
        Err(error) => Err(format!("{word}: {error}")),
        Ok(_) if bytes.len() > MAX_TEXT => Err(format!(
            "{word}: this is too large; a scenario has at most {} KiB",
            MAX_TEXT / 1024
        )),
        Ok(_) => Ok(bytes),
    }
}
