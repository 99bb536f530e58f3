//! Tidiness is a test: the layers, the words, the headings, the dead files.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use interleave::protocols::CATALOG;

/// The layers in order; each may use only those before it. The two last stand side by side.
const LAYERS: [&str; 9] =
    ["order", "view", "service", "check", "sim", "protocols", "scenario", "cli", "ui"];

/// What no generic part may name: a protocol, or a notion that only some protocols have.
const PROTOCOL_WORDS: [&str; 8] =
    ["raft", "paxos", "ballot", "term", "heartbeat", "election", "leader", "follower"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn files(folder: &str, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = fs::read_dir(&folder) else { continue };
        for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|found| found == extension) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn shown(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).display().to_string()
}

/// The code of a line: without its comment, and without the texts in quotes.
fn code(line: &str) -> String {
    let line = line.split("//").next().unwrap_or_default();
    line.split('"').step_by(2).collect::<Vec<_>>().join("\"\"")
}

fn words(text: &str) -> Vec<String> {
    let split = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    split.map(str::to_ascii_lowercase).collect()
}

fn none(kind: &str, found: Vec<String>) {
    assert!(found.is_empty(), "{kind}:\n  {}", found.join("\n  "));
}

#[test]
fn a_layer_uses_only_those_to_its_left() {
    let mut wrong = Vec::new();
    let mut checked = 0;
    for (place, layer) in LAYERS.iter().enumerate() {
        for path in files(&format!("src/{layer}"), "rs") {
            checked += 1;
            for (number, line) in read(&path).lines().enumerate() {
                for used in code(line).split("crate::").skip(1) {
                    let used = words(used).into_iter().next().unwrap_or_default();
                    let at = LAYERS.iter().position(|other| *other == used);
                    let beside = (*layer, used.as_str()) == ("ui", "cli");
                    if beside || at.is_none_or(|at| at > place) {
                        wrong.push(format!("{}:{}: {line}", shown(&path), number + 1));
                    }
                }
            }
        }
    }
    assert!(checked > 20, "only {checked} files were looked at");
    none("uses of a layer to the right, or of something outside the layers", wrong);
}

#[test]
fn the_kernel_and_the_generic_page_name_no_protocol() {
    let mut wrong = Vec::new();
    for folder in ["src/view", "src/service", "src/check", "src/sim", "src/cli", "src/ui"] {
        for path in files(folder, "rs") {
            let text = read(&path);
            let live = text.split("#[cfg(test)]").next().unwrap_or_default();
            for (number, line) in live.lines().enumerate() {
                let line = line.split("//").next().unwrap_or_default();
                let said = words(line).into_iter().find(|word| {
                    word.split('_').any(|part| PROTOCOL_WORDS.contains(&part.trim_end_matches('s')))
                });
                if let Some(word) = said {
                    wrong.push(format!("{}:{}: {word}", shown(&path), number + 1));
                }
            }
        }
    }
    none("words of a protocol in a generic part", wrong);
}

#[test]
fn every_file_is_reached_by_a_mod_line() {
    let mut wrong = Vec::new();
    for path in files("src", "rs") {
        let name = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        let folder = path.parent().unwrap_or(root());
        let (name, owners) = match name {
            "lib" | "main" => continue,
            "mod" => {
                let name = folder.file_name().and_then(|name| name.to_str()).unwrap_or_default();
                (name, folder.parent().unwrap_or(root()))
            }
            name => (name, folder),
        };
        let declared = ["mod.rs", "lib.rs", "main.rs"].iter().any(|owner| {
            let text = fs::read_to_string(owners.join(owner)).unwrap_or_default();
            text.lines().any(|line| {
                let line = line.trim_start_matches("pub ").trim_start_matches("pub(crate) ");
                line.trim_start_matches("pub(super) ") == format!("mod {name};")
            })
        });
        if !declared {
            wrong.push(shown(&path));
        }
    }
    none("files that no `mod` line reaches", wrong);
}

#[test]
fn nothing_is_left_lying_in_the_code() {
    let left =
        ["to".to_owned() + "do!(", "unimpl".to_owned() + "emented!(", "FIX".to_owned() + "ME"];
    let left = [&left[..], &["db".to_owned() + "g!(", "#[ign".to_owned() + "ore"]].concat();
    let mut wrong = Vec::new();
    for folder in ["src", "tests", "xtask", "benches"] {
        for path in files(folder, "rs") {
            for (number, line) in read(&path).lines().enumerate() {
                if left.iter().any(|word| line.contains(word.as_str())) {
                    wrong.push(format!("{}:{}: {line}", shown(&path), number + 1));
                }
            }
        }
    }
    none("unfinished code", wrong);
}

#[test]
fn the_engine_has_no_floating_point_but_where_it_is_said_to_be_the_same_everywhere() {
    let mut wrong = Vec::new();
    for folder in ["src/sim", "src/protocols", "src/service"] {
        for path in files(folder, "rs") {
            for (number, line) in read(&path).lines().enumerate() {
                let float = words(&code(line)).iter().any(|word| word == "f64" || word == "f32");
                // Only the exponential delays use it, with libm's logarithm.
                if float && !path.ends_with("sim/network.rs") {
                    wrong.push(format!("{}:{}: {line}", shown(&path), number + 1));
                }
            }
        }
    }
    none("floating point in the engine", wrong);
}

#[test]
fn every_protocol_documents_itself_under_the_fixed_headings() {
    let headings = ["Problem", "Idea", "Messages", "Guarantees", "How to break it", "Reference"];
    let mut wrong = Vec::new();
    for entry in CATALOG {
        let id = entry.info.id;
        let folder = root().join("src/protocols");
        let file = [folder.join(format!("{id}.rs")), folder.join(id).join("mod.rs")]
            .into_iter()
            .find(|path| path.exists());
        let Some(file) = file else {
            wrong.push(format!("{id}: no file of its name in src/protocols"));
            continue;
        };
        let text = read(&file);
        let missing = headings.iter().filter(|h| !text.contains(&format!("//! ## {h}")));
        wrong.extend(missing.map(|heading| format!("{id}: no heading `## {heading}`")));
        if !text.contains("//! ## What is left out") {
            wrong.push(format!("{id}: no heading `## What is left out`"));
        }
    }
    none("protocols whose documentation lacks a part", wrong);
}

#[test]
fn every_protocol_has_a_scenario_and_a_golden_trace() {
    let mut wrong = Vec::new();
    for entry in CATALOG {
        let id = entry.info.id;
        let line = |text: &str| text.lines().any(|line| line.split(' ').next() == Some(id));
        if !files("src/scenario/library", "scenario").iter().any(|path| line(&read(path))) {
            wrong.push(format!("{id}: no scenario in the library"));
        }
        if files(&format!("tests/golden/{id}"), "txt").is_empty() {
            wrong.push(format!("{id}: no golden trace"));
        }
    }
    none("protocols without a scenario or a golden trace", wrong);
}

#[test]
fn names_are_unique_and_in_snake_case() {
    let snake = |id: &str| {
        id.starts_with(|c: char| c.is_ascii_lowercase())
            && id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
    };
    for entry in CATALOG {
        let info = entry.info;
        let lists = [
            info.params.iter().map(|param| param.name).collect::<Vec<_>>(),
            info.flaws.iter().map(|flaw| flaw.id).collect(),
            info.properties.iter().map(|property| property.id).collect(),
            info.notes.iter().map(|note| note.id).collect(),
            info.timers.iter().map(|timer| timer.id).collect(),
            info.roles.iter().flat_map(|role| [role.id, role.plural]).collect(),
        ];
        for list in lists {
            assert!(list.iter().all(|id| snake(id)), "{}: {list:?}", info.id);
            assert_eq!(list.iter().collect::<BTreeSet<_>>().len(), list.len(), "{list:?}");
        }
        for flaw in info.flaws {
            let known = |id: &&str| info.properties.iter().any(|property| property.id == *id);
            assert!(!flaw.caught_by.is_empty() && flaw.caught_by.iter().all(known), "{}", flaw.id);
        }
        assert!(info.notes.len() <= 128, "notes are counted in 128 bits");
    }
    let ids: BTreeSet<_> = CATALOG.iter().map(|entry| entry.info.id).collect();
    assert_eq!(ids.len(), CATALOG.len());
}
