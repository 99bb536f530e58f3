//! `interleave check`: whether scenarios show what they should.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::{Options, Out, Verdict, input};
use crate::scenario::run;

/// How many files of folders are checked at most.
const MAX_FILES: usize = 10_000;

/// Checks every scenario that is named, and every `.scenario` file of a folder.
pub fn run(options: Options, out: &mut Out) -> Result<Verdict, String> {
    if options.words.is_empty() {
        return Err("a scenario or a folder is missing".to_string());
    }
    let mut names = Vec::new();
    for word in &options.words {
        let path = Path::new(word);
        if path.is_dir() {
            let before = names.len();
            collect(path, &mut names)?;
            if names.len() == before {
                return Err(format!("{word}: there is no `.scenario` file in this folder"));
            }
        } else {
            names.push(word.clone());
        }
    }
    let mut bad = 0;
    let mut reports: Vec<Value> = Vec::new();
    for name in &names {
        let input = input::load(name)?;
        let report = run::run(&input.scenario)?;
        let failures = report.failures();
        bad += u32::from(!failures.is_empty());
        if options.json {
            reports.push(json!({
                "name": name,
                "passed": failures.is_empty(),
                "failures": failures,
                "steps": report.steps,
                "digest": format!("{:016x}", report.digest),
            }));
            continue;
        }
        for failure in &failures {
            out.line(format!("{name}: {failure}"));
        }
        if failures.is_empty() {
            let beside = report.beside.as_ref().map(|(_, report)| report);
            let count = report.outcomes.len() + beside.map_or(0, |report| report.outcomes.len());
            let steps = report.steps + beside.map_or(0, |report| report.steps);
            out.line(format!("{name}: well; {count} expectations, {steps} steps"));
        }
    }
    if options.json {
        out.json(&Value::Array(reports));
    } else if names.len() > 1 {
        out.line(format!("{} scenarios, {bad} with failures", names.len()));
    }
    Ok(if bad == 0 { Verdict::Good } else { Verdict::Bad })
}

/// The `.scenario` files of a folder and its folders, in order of their names.
fn collect(folder: &Path, names: &mut Vec<String>) -> Result<(), String> {
    let wrong = |error: std::io::Error| format!("{}: {error}", folder.display());
    let mut paths: Vec<PathBuf> = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(wrong)? {
        paths.push(entry.map_err(wrong)?.path());
    }
    paths.sort();
    for path in paths {
        if path.is_dir() && !path.is_symlink() {
            collect(&path, names)?;
        } else if path.extension().is_some_and(|extension| extension == "scenario") {
            if names.len() >= MAX_FILES {
                return Err(format!("more than {MAX_FILES} scenarios are too many at once"));
            }
            names.push(path.to_string_lossy().into_owned());
        }
    }
    Ok(())
}
