//! `test`: every check and every test, and one closing line that counts them truthfully.

use crate::Stop;
use crate::arguments::Arguments;
use crate::page;
use crate::run::{self, Failure};
use crate::setup::{self, PageTools};
use crate::tools;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// How many tests passed and failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Tally {
    passed: u64,
    failed: u64,
}

/// Which parts run.
struct Plan {
    native: bool,
    browser: bool,
    build: bool,
    /// Parts of the names of the browser tests' files; none means all.
    names: Vec<String>,
}

pub fn test(mut arguments: Arguments) -> Result<(), Stop> {
    let native = arguments.flag("--native");
    let browser = arguments.flag("--browser");
    let no_build = arguments.flag("--no-build");
    let names = if browser { arguments.names() } else { Vec::new() };
    arguments.finish()?;
    let all = !native && !browser;
    let plan = Plan { native: native || all, browser: browser || all, build: !no_build, names };
    run_plan(&plan)
}

fn run_plan(plan: &Plan) -> Result<(), Stop> {
    // What a person must bring is asked for first: minutes of compiling must not hide it.
    setup::git()?;
    let browser = if plan.browser { Some(setup::browser()?) } else { None };
    if plan.browser {
        setup::node()?;
    }
    if plan.native {
        setup::lint_components()?;
        setup::wasm_target()?;
    }
    let tools = if plan.browser { Some(PageTools::provide()?) } else { None };

    let mut suite = Suite::default();
    if plan.native {
        for (name, arguments) in LINTS {
            suite.step(name, cargo(arguments));
        }
        let mut tests = cargo(NATIVE_TESTS);
        tests.env("INTERLEAVE_MUTATIONS", "100000");
        suite.tests("native tests", &mut tests, native_tally);
        for (name, arguments) in LONG_RUNS {
            suite.step(name, cargo(arguments));
        }
    }
    if let (Some(browser), Some(tools)) = (browser, tools) {
        let mut node = node_tests(&plan.names)?;
        node.env("INTERLEAVE_BROWSER", browser);
        if !plan.build || suite.done("release build", page::build_dist(&tools, true)) {
            suite.tests("browser tests", &mut node, node_tally);
        }
    }
    suite.close()
}

const LINTS: &[(&str, &[&str])] = &[
    ("format", &["fmt", "--all", "--check"]),
    ("lints", &["clippy", "--locked", "--workspace", "--all-targets", "--", "-D", "warnings"]),
    (
        "lints of the page",
        &["clippy", "--locked", "--target", tools::WASM_TARGET, "--", "-D", "warnings"],
    ),
];

const NATIVE_TESTS: &[&str] = &["test", "--locked", "--workspace", "--no-fail-fast"];

/// What the program itself checks, in a build that is quick enough for it.
const LONG_RUNS: &[(&str, &[&str])] = &[
    (
        "every scenario of the library",
        &["run", "--locked", "--release", "--", "check", "src/scenario/library"],
    ),
    (
        "10,000 faulty seeds of every protocol",
        &["run", "--locked", "--release", "--", "fuzz", "all", "--seeds", "10000"],
    ),
];

fn cargo(arguments: &[&str]) -> Command {
    let mut command = Command::new("cargo");
    command.args(arguments).current_dir(run::project_root());
    command
}

fn node_tests(names: &[String]) -> Result<Command, Failure> {
    let directory = run::project_root().join("tests/browser");
    let entries = fs::read_dir(&directory).map_err(|error| {
        Failure::new(format!("{} cannot be read: {error}", directory.display()))
    })?;
    let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    files.retain(|path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let wanted = names.is_empty() || names.iter().any(|part| name.contains(part.as_str()));
        name.ends_with(".test.mjs") && wanted
    });
    if files.is_empty() {
        return Err(Failure::new(format!(
            "no *.test.mjs of tests/browser has a name with {}",
            names.join(" or ")
        )));
    }
    files.sort();
    let mut node = Command::new("node");
    node.args(["--test", "--test-concurrency=1", "--test-reporter=spec"]).args(files);
    node.current_dir(run::project_root());
    Ok(node)
}

/// What ran so far. A step that is no test (format, lints, build) counts only when it fails.
#[derive(Default)]
struct Suite {
    total: Tally,
    ran: u64,
    broken: Vec<String>,
}

impl Suite {
    fn step(&mut self, name: &str, mut command: Command) {
        run::say(&format!("{name}: {}", run::line_of(&command)));
        self.done(name, run::run(&mut command));
    }

    /// Notes how a step ended, and says whether what builds on it may run.
    fn done(&mut self, name: &str, result: Result<(), Failure>) -> bool {
        if let Err(failure) = &result {
            self.break_at(name, &failure.to_string());
        }
        result.is_ok()
    }

    /// Runs tests, shows what they print as it comes and counts what `tally` finds in it.
    fn tests(&mut self, name: &str, command: &mut Command, tally: fn(&str) -> Tally) {
        run::say(&format!("{name}: {}", run::line_of(command)));
        match stream(command, tally) {
            Ok((found, in_order)) => {
                self.total.passed += found.passed;
                self.total.failed += found.failed;
                self.ran += found.passed + found.failed;
                if found.failed > 0 {
                    self.broken.push(format!("{name}: {} failed", found.failed));
                } else if !in_order {
                    self.break_at(name, "ended with an error outside its tests");
                } else if found.passed == 0 {
                    self.break_at(name, "no test ran");
                }
            }
            Err(failure) => self.break_at(name, &failure.to_string()),
        }
    }

    fn break_at(&mut self, name: &str, why: &str) {
        self.total.failed += 1;
        self.broken.push(format!("{name}: {why}"));
    }

    /// Prints the closing line, the last one that is printed, and fails if anything did.
    fn close(self) -> Result<(), Stop> {
        for line in &self.broken {
            run::say(line);
        }
        let none = self.ran == 0;
        if none {
            run::say("no test ran");
        }
        println!("{} passed, {} failed", self.total.passed, self.total.failed);
        if none || self.total.failed > 0 { Err(Stop::Counted) } else { Ok(()) }
    }
}

/// Runs a command, repeats its standard output line by line and adds up what `tally` sees.
fn stream(command: &mut Command, tally: fn(&str) -> Tally) -> Result<(Tally, bool), Failure> {
    let line = run::line_of(command);
    let failed = |error| Failure::new(format!("{line} did not run: {error}"));
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().map_err(failed)?;
    let mut total = Tally::default();
    if let Some(output) = child.stdout.take() {
        // Bytes, because a test may print what is not UTF-8.
        for line in BufReader::new(output).split(b'\n') {
            let line = line.map_err(failed)?;
            let line = String::from_utf8_lossy(&line);
            println!("{line}");
            let seen = tally(&plain(&line));
            total.passed += seen.passed;
            total.failed += seen.failed;
        }
    }
    Ok((total, child.wait().map_err(failed)?.success()))
}

/// What one line of `cargo test` adds: `test result: ok. 5 passed; 0 failed; 0 ignored; …`.
fn native_tally(line: &str) -> Tally {
    let Some(rest) = line.strip_prefix("test result: ") else { return Tally::default() };
    let Some((_, counts)) = rest.split_once(". ") else { return Tally::default() };
    let count = |word: &str| {
        let part = counts.split(';').find_map(|part| part.trim().strip_suffix(word));
        part.and_then(|number| number.trim().parse().ok()).unwrap_or(0)
    };
    Tally { passed: count("passed"), failed: count("failed") }
}

/// What one line of Node's test runner adds: its summary has `ℹ pass 5`, `ℹ fail 0` and
/// `ℹ cancelled 0` on lines of their own.
fn node_tally(line: &str) -> Tally {
    let rest = line.strip_prefix("ℹ ").or_else(|| line.strip_prefix("# "));
    let Some((word, number)) = rest.and_then(|rest| rest.split_once(' ')) else {
        return Tally::default();
    };
    let Ok(number) = number.trim().parse() else { return Tally::default() };
    match word {
        "pass" => Tally { passed: number, failed: 0 },
        "fail" | "cancelled" => Tally { passed: 0, failed: number },
        _ => Tally::default(),
    }
}

/// A line without the codes that colour it.
fn plain(line: &str) -> String {
    let mut text = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(start) = rest.find('\u{1b}') {
        text.push_str(&rest[..start]);
        let code = &rest[start + 1..];
        rest = code.find('m').map_or("", |end| &code[end + 1..]);
    }
    text.push_str(rest);
    text.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum(output: &str, tally: fn(&str) -> Tally) -> Tally {
        output.lines().map(|line| tally(&plain(line))).fold(Tally::default(), |total, seen| Tally {
            passed: total.passed + seen.passed,
            failed: total.failed + seen.failed,
        })
    }

    #[test]
    fn the_counts_of_cargo_test_are_added_up() {
        let output = "running 3 tests\n\
            test a ... ok\n\
            test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out\n\
            test result: \u{1b}[31mFAILED\u{1b}(B\u{1b}[m. 12 passed; 2 failed; 1 ignored\n\
            test result: ok. 0 passed; 0 failed; 0 ignored\n\
            a test printed: 99 passed; 99 failed\n";
        assert_eq!(sum(output, native_tally), Tally { passed: 15, failed: 2 });
    }

    #[test]
    fn the_counts_of_node_are_added_up_and_a_cancelled_test_failed() {
        let output = "✔ opens (12ms)\n\u{1b}[34mℹ tests 9\u{1b}[39m\n\u{1b}[34mℹ pass 6\u{1b}[39m\n\
            ℹ fail 2\nℹ cancelled 1\nℹ skipped 0\nℹ duration_ms 1234.5\n# pass the salt\n";
        assert_eq!(sum(output, node_tally), Tally { passed: 6, failed: 3 });
    }

    #[test]
    fn a_failed_step_counts_and_what_builds_on_it_is_told() {
        let mut suite = Suite::default();
        assert!(suite.done("format", Ok(())));
        assert!(!suite.done("release build", Err(Failure::new("broken"))));
        assert_eq!(suite.total, Tally { passed: 0, failed: 1 });
        assert_eq!(suite.broken, ["release build: broken"]);
    }

    #[test]
    fn tests_that_end_badly_without_a_failed_test_count_as_one() {
        let mut suite = Suite::default();
        let mut odd = Command::new("rustc");
        odd.arg("--no-such-flag").stderr(Stdio::null());
        suite.tests("odd", &mut odd, native_tally);
        suite.tests("empty", Command::new("rustc").arg("-V"), native_tally);
        assert_eq!(suite.total, Tally { passed: 0, failed: 2 });
        assert_eq!(suite.ran, 0);
    }
}
