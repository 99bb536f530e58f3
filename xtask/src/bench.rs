//! `bench` and `screenshots`: what is measured and what is pictured, from a fresh build.

use crate::Stop;
use crate::arguments::Arguments;
use crate::page;
use crate::run::{self, Failure};
use crate::setup::{self, PageTools};
use std::env;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// Measures everything beside its budget and rewrites docs/benchmarks.md.
pub fn bench(mut arguments: Arguments) -> Result<(), Stop> {
    let only = arguments.value("--only")?;
    let no_build = arguments.flag("--no-build");
    arguments.finish()?;
    let browser = browser_and_page(no_build)?;
    let program = command_line()?;
    let measured = measure_natively(&program)?;
    let mut node = node("tests/browser/bench.mjs");
    node.arg(measured).env("INTERLEAVE", program).env("INTERLEAVE_BROWSER", browser);
    match only {
        // A part of the table is no document.
        Some(parts) => node.args(["--only", &parts]),
        None => node.arg("--write"),
    };
    Ok(run::run(&mut node)?)
}

/// Makes the pictures of target/screenshots/ and the one of the README.
pub fn screenshots(mut arguments: Arguments) -> Result<(), Stop> {
    let no_build = arguments.flag("--no-build");
    let names = arguments.names();
    arguments.finish()?;
    let browser = browser_and_page(no_build)?;
    let mut node = node("tests/browser/screenshots.mjs");
    Ok(run::run(node.args(names).env("INTERLEAVE_BROWSER", browser))?)
}

/// The browser, asked for first, and the page in `dist/`.
fn browser_and_page(no_build: bool) -> Result<PathBuf, Failure> {
    let browser = setup::browser()?;
    let tools = PageTools::provide()?;
    if !no_build {
        page::build_dist(&tools, true)?;
    }
    Ok(browser)
}

/// The command line, built exactly as the page is, so that the two can be compared.
fn command_line() -> Result<PathBuf, Failure> {
    let mut cargo = Command::new("cargo");
    cargo.args(["build", "--locked", "--profile", "page", "--bin", "interleave"]);
    run::run(cargo.current_dir(run::project_root()))?;
    let target = env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    let target = run::project_root().join(target.unwrap_or_else(|| PathBuf::from("target")));
    Ok(target.join("page").join(format!("interleave{}", env::consts::EXE_SUFFIX)))
}

/// Lets the command line measure itself; answers the file with what it found.
fn measure_natively(program: &PathBuf) -> Result<PathBuf, Failure> {
    let directory = run::project_root().join("target");
    let file = directory.join("bench.json");
    let mut bench = Command::new(program);
    bench.args(["bench", "--json"]).stdin(Stdio::null()).stderr(Stdio::inherit());
    run::say(&run::line_of(&bench));
    let output = bench.output().ok().filter(|output| output.status.success());
    let output = output.ok_or_else(|| Failure::new("the command line could not measure itself"))?;
    fs::create_dir_all(&directory)
        .and_then(|()| fs::write(&file, output.stdout))
        .map_err(|error| Failure::new(format!("{} cannot be written: {error}", file.display())))?;
    Ok(file)
}

fn node(program: &str) -> Command {
    let mut node = Command::new("node");
    node.arg(program).current_dir(run::project_root());
    node
}
