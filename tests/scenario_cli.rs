//! The command line as a person or a program meets it: what it prints and how it exits.

use std::io::Write;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

fn interleave(args: &[&str]) -> Output {
    interleave_with(args, b"")
}

fn interleave_with(args: &[&str], input: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_interleave"))
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    // A program that has seen enough does not read on.
    let _ = child.stdin.take().expect("its input").write_all(input);
    child.wait_with_output().expect("the program ends")
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("text")
}

/// Bad input: exit 2, nothing on standard output, one line on standard error.
fn refused(args: &[&str], input: &[u8]) -> String {
    let output = interleave_with(args, input);
    let line = String::from_utf8(output.stderr.clone()).expect("text");
    assert_eq!(output.status.code(), Some(2), "{args:?}: {line}");
    assert_eq!(line.lines().count(), 1, "{args:?}: {line}");
    assert_eq!(out(&output), "", "{args:?}");
    line
}

const GOOD: &[u8] = b"interleave 1\nraft nodes=3\nseed 4\nexpect by 1s n1 role leader\nuntil 1s\n";
const BAD: &[u8] = b"interleave 1\nraft nodes=3\nseed 4\nexpect by 1s n2 role leader\nuntil 1s\n";

#[test]
fn a_run_ends_with_steps_time_and_digest() {
    let output = interleave_with(&["run", "-"], GOOD);
    assert_eq!(output.status.code(), Some(0));
    let text = out(&output);
    let last = text.lines().last().expect("a line");
    let words: Vec<&str> = last.split([' ', ',']).filter(|word| !word.is_empty()).collect();
    assert_eq!((words[0], words[2], words[3], words[4]), ("steps", "time", "1s", "digest"));
    assert!(words[5].len() == 16 && u64::from_str_radix(words[5], 16).is_ok(), "{last}");
    let again = interleave_with(&["run", "-", "--trace"], GOOD);
    let traced = out(&again);
    assert_eq!(traced.lines().last(), Some(last), "whoever watches changes nothing");
    let steps: usize = words[1].parse().expect("a number");
    assert_eq!(traced.lines().count(), steps + 1);
    assert!(traced.contains("became_leader"));
    let shorter = interleave_with(&["run", "-", "--until", "0.5s"], GOOD);
    assert!(out(&shorter).contains("time 500ms"));
}

#[test]
fn a_check_that_fails_exits_with_1_and_a_reason() {
    assert_eq!(interleave_with(&["check", "-"], GOOD).status.code(), Some(0));
    let output = interleave_with(&["check", "-"], BAD);
    assert_eq!(output.status.code(), Some(1));
    let reason = "-: line 4: expected by 1s n2 role leader; n2 was follower\n";
    assert_eq!(out(&output), reason);
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/scenario/library");
    let output = interleave(&["check", folder]);
    assert_eq!(output.status.code(), Some(0), "{}", out(&output));
    let named = interleave(&["check", "raft-figure-8", "ping-first", "--json"]);
    let report: Value = serde_json::from_slice(&named.stdout).expect("JSON");
    assert_eq!(report[0]["passed"], Value::Bool(true));
    assert_eq!(report.as_array().map(Vec::len), Some(2));
}

#[test]
fn a_text_travels_as_a_link_and_comes_back() {
    let output = interleave_with(&["link", "-", "--at", "0.5s"], GOOD);
    let link = out(&output);
    assert!(link.starts_with("#/s/1.") && link.ends_with("&t=500ms\n"), "{link}");
    let opened = interleave(&["open", link.trim()]);
    assert_eq!(opened.stdout, GOOD);
    let whole = format!("https://host/x/?embed=1{}", link.trim());
    let (direct, by_link) = (interleave_with(&["run", "-"], GOOD), interleave(&["run", &whole]));
    assert_eq!(direct.stdout, by_link.stdout);
    let json = interleave(&["open", "#/g/raft-figure-8&t=0.1s", "--json"]);
    let value: Value = serde_json::from_slice(&json.stdout).expect("JSON");
    assert_eq!(
        (&value["protocol"], &value["at_us"]),
        (&Value::from("raft"), &Value::from(100_000))
    );
}

#[test]
fn fuzzing_is_quiet_when_all_is_well_and_shows_what_is_not() {
    let well = interleave(&["fuzz", "all", "--seeds", "20"]);
    assert_eq!(well.status.code(), Some(0), "{}", out(&well));
    assert!(out(&well).contains("20 seeds, each run twice with the same digest"));
    let args = ["fuzz", "raft", "--flaw", "quorum_too_small", "--seeds", "200"];
    let found = interleave(&args);
    assert_eq!(found.status.code(), Some(1));
    assert_eq!(interleave(&args).stdout, found.stdout, "the same seeds find the same");
    // What it prints is a scenario that shows what it says.
    let replayed = interleave_with(&["check", "-"], &found.stdout);
    assert_eq!(replayed.status.code(), Some(0), "{}{}", out(&found), out(&replayed));
}

#[test]
fn what_a_program_reads_is_json() {
    let list: Value =
        serde_json::from_slice(&interleave(&["list", "--json"]).stdout).expect("JSON");
    let ids: Vec<&str> = list["protocols"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|p| p["id"].as_str())
        .collect();
    assert!(ids.contains(&"raft") && ids.contains(&"ping"), "{ids:?}");
    let run = interleave_with(&["run", "-", "--json", "--trace"], GOOD);
    let run: Value = serde_json::from_slice(&run.stdout).expect("JSON");
    assert_eq!(run["events"].as_array().map(Vec::len), run["steps"].as_u64().map(|n| n as usize));
    let bench = interleave(&["bench", "--events", "2000", "--json"]);
    let bench: Value = serde_json::from_slice(&bench.stdout).expect("JSON");
    let rates = bench["rates"].as_array().expect("a list");
    let fast = |rate: &Value| rate["events_per_second"].as_f64().is_some_and(|rate| rate > 0.0);
    assert!(!rates.is_empty() && rates.iter().all(fast), "{rates:?}");
    let link = interleave_with(&["link", "-", "--json"], GOOD);
    let link: Value = serde_json::from_slice(&link.stdout).expect("JSON");
    assert!(link["characters"].as_u64().is_some_and(|count| count < 300));
}

#[test]
fn wrong_input_gets_one_line_with_the_nearest_word() {
    let cases: &[(&[&str], &str)] = &[
        (&[], "a command is missing"),
        (&["chekc", "x"], "did you mean `check`?"),
        (&["run"], "a scenario is missing"),
        (&["run", "-", "--trce"], "did you mean `--trace`?"),
        (&["run", "-", "--until"], "a value is missing behind `--until`"),
        (&["run", "-", "--until", "soon"], "--until soon"),
        (&["run", "-", "--seeds", "3"], "`run` has no option `--seeds`"),
        (&["run", "a", "b"], "`b` is too much"),
        (&["run", "raft-figur-8"], "did you mean `raft-figure-8`?"),
        (&["run", "/no/such/file"], "there is no file and no scenario"),
        (&["check"], "a scenario or a folder is missing"),
        (&["fuzz", "rfat"], "did you mean `raft`?"),
        (&["fuzz", "raft", "--flaw", "quorum"], "did you mean `quorum_too_small`?"),
        (&["fuzz", "all", "--flaw", "x"], "needs one protocol"),
        (&["fuzz", "raft", "--seeds", "many"], "is no whole number"),
        (&["fuzz", "raft", "--seeds", "0"], "needs at least 1"),
        (&["open", "#/s/1.AAAA"], "cut off"),
        (&["open", "hello"], "no link"),
        (&["list", "x"], "too much"),
        (&["bench", "x"], "there is no protocol"),
    ];
    for (args, expected) in cases {
        let line = refused(args, GOOD);
        assert!(line.starts_with("interleave: ") && line.contains(expected), "{args:?}: {line}");
    }
}

#[test]
fn wrong_texts_are_refused_with_their_line() {
    let line = refused(&["run", "-"], b"interleave 1\nraft\nat 1s crsh n1\n");
    let text = "interleave: -: line 3, column 7: `crsh` is no action";
    assert!(line.starts_with(text) && line.contains("did you mean `crash`?"), "{line}");
    let line = refused(&["check", "-"], b"interleave 1\nraft\nx\ny\nz\n");
    assert!(line.contains("line 3") && line.contains("(and 2 more)"), "{line}");
    let line = refused(&["check", "-"], b"\xff\xfe");
    assert!(line.contains("not UTF-8"), "{line}");
    let line = refused(&["run", "-"], &vec![b'#'; 1 << 20]);
    assert!(line.contains("too large"), "{line}");
}

#[test]
fn help_is_there_for_whoever_asks() {
    for args in [&["help"][..], &["--help"], &["run", "--help"], &["--version"]] {
        let output = interleave(args);
        assert_eq!(output.status.code(), Some(0), "{args:?}");
        assert!(out(&output).starts_with(['I', 'i']), "{args:?}");
    }
}

#[test]
#[cfg(target_os = "linux")]
fn what_cannot_be_written_is_an_error() {
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").expect("it is there");
    let output = Command::new(env!("CARGO_BIN_EXE_interleave"))
        .args(["run", "raft-first-election"])
        .stdout(full)
        .output()
        .expect("the program runs");
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("standard output"));
}

#[test]
fn two_runs_side_by_side_are_told_in_the_order_of_the_clock_and_compared() {
    let text = b"interleave 1\nraft nodes=3 clients=1\nbeside multi_paxos\nseed 4\n\
                 at 0.6s c1 put x 1\nexpect by 1s c1 answer 1 = ok\nuntil 1s\n";
    let output = interleave_with(&["run", "-", "--trace"], text);
    let shown = out(&output);
    let times: Vec<&str> = shown
        .lines()
        .filter(|line| line.starts_with("Raft ") || line.starts_with("Multi-Paxos "))
        .filter_map(|line| line.split_whitespace().nth(2))
        .collect();
    assert!(times.len() > 50 && times.is_sorted(), "{times:?}");
    let row = |name: &str| {
        let line = shown.lines().rev().find(|line| line.starts_with(name)).expect(name);
        line[name.len()..].split_whitespace().map(str::to_string).collect::<Vec<_>>()
    };
    assert_eq!(row("answered"), ["1", "of", "1", "1", "of", "1"]);
    // What is not watched runs as it does when it is.
    let quiet = out(&interleave_with(&["run", "-"], text));
    assert_eq!(quiet.lines().last(), shown.lines().last());
    let json = interleave_with(&["run", "-", "--json"], text);
    let json: Value = serde_json::from_slice(&json.stdout).expect("JSON");
    let lanes = json["lanes"].as_array().expect("two lanes");
    assert_eq!(lanes.len(), 2);
    assert_eq!(
        (&lanes[0]["protocol"], &lanes[1]["protocol"]),
        (&"raft".into(), &"multi_paxos".into())
    );
    for (lane, messages) in lanes.iter().zip(row("messages   ")) {
        assert_eq!(lane["messages"].to_string(), messages);
    }
    let both = lanes.iter().map(|lane| lane["steps"].as_u64().expect("a number")).sum::<u64>();
    assert_eq!(json["steps"].as_u64(), Some(both));
    let checked = interleave_with(&["check", "-"], text);
    assert!(out(&checked).contains("2 expectations"), "{}", out(&checked));
}
