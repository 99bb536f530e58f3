//! The interaction scripts of etcd's raft (github.com/etcd-io/raft, Apache-2.0), run on our engine.
//!
//! Every `*.txt` in the folder `etcd_raft` below `INTERLEAVE_DATA` (default `../shared/data`) is
//! read. Each is run as far as the core of the paper goes; where it leaves the core, the table
//! says at which line and why. A script of which anything was run must have had something compared,
//! and everything compared must agree. `play.rs` lists where etcd differs by design.

use std::path::{Path, PathBuf};

#[path = "raft_etcd/play.rs"]
mod play;
#[path = "raft_etcd/script.rs"]
mod script;
#[path = "raft_etcd/world.rs"]
mod world;

use play::{Report, play};

/// Scripts within the core from the first line to the last.
const WHOLE: &[&str] = &["campaign", "lagging_commit", "probe_and_replicate", "single_node"];

#[test]
fn every_script_agrees_as_far_as_the_core_goes() {
    let Some(scripts) = scripts() else { return };
    let mut disagreements = Vec::new();
    for (name, text) in scripts {
        let report = play(&text, &[]);
        print_row(&name, &report);
        assert!(report.directives > 0, "{name}: no directive was found");
        let whole = report.stopped.is_none();
        assert!(report.agreed > 0 || !whole, "{name}: nothing was compared");
        assert!(whole || !WHOLE.contains(&name.as_str()), "{name}: {:?}", report.stopped);
        disagreements.extend(report.disagreements.iter().map(|text| format!("{name}: {text}")));
    }
    assert!(disagreements.is_empty(), "{}", disagreements.join("\n"));
}

/// The comparison sees what is wrong: a flawed engine of ours disagrees with etcd.
#[test]
fn flawed_engines_disagree() {
    let Some(scripts) = scripts() else { return };
    for flaw in ["vote_without_log_check", "quorum_too_small", "no_truncation", "commit_old_term"] {
        let reports = scripts.iter().map(|(_, text)| play(text, &[flaw]));
        let disagreements: usize = reports.map(|report| report.disagreements.len()).sum();
        println!("{flaw}: {disagreements} disagreements");
        assert!(disagreements > 0, "{flaw} goes unseen");
    }
}

/// A cluster of one, written for this test: where the Ready shows.
#[test]
fn a_single_voter_leads_and_commits() {
    let text = "\
# One voter, in the form of the scripts.
add-nodes 1 voters=(1) index=3
----
INFO newRaft 1 [peers: [1], term: 0, commit: 3, applied: 3, lastindex: 3, lastterm: 1]

campaign 1
----
INFO 1 became candidate at term 1

process-ready 1
----
Ready MustSync=true:
Lead:0 State:StateCandidate
HardState Term:1 Vote:1 Commit:3
INFO 1 has received 1 MsgVoteResp votes and 0 vote rejections
INFO 1 became leader at term 1

stabilize
----
----
> 1 handling Ready
  Ready MustSync=true:
  Lead:1 State:StateLeader

  HardState Term:1 Vote:1 Commit:4
  Entries:
  1/4 EntryNormal \"\"
  CommittedEntries:
  1/4 EntryNormal \"\"
----
----

raft-log 1
----
1/4 EntryNormal \"\"

transfer-leadership from=1 to=2
----
ok
";
    let report = play(text, &[]);
    assert_eq!(report.disagreements, [] as [String; 0]);
    assert_eq!((report.ran, report.directives), (5, 6));
    assert_eq!((report.agreed, report.mapped), (7, 3));
    assert!(report.stopped.is_some_and(|why| why.contains("transfer-leadership")));
}

/// Every script of the folder with its name; `None`, and a printed line, if it is not there.
fn scripts() -> Option<Vec<(String, String)>> {
    let data = std::env::var("INTERLEAVE_DATA").unwrap_or_else(|_| "../shared/data".to_string());
    let folder = Path::new(&data).join("etcd_raft");
    let Ok(entries) = std::fs::read_dir(&folder) else {
        println!("skipped: {} is not there", folder.display());
        return None;
    };
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let mut paths: Vec<PathBuf> =
        paths.filter(|path| path.extension().is_some_and(|word| word == "txt")).collect();
    paths.sort();
    assert!(!paths.is_empty(), "{} has scripts", folder.display());
    let read = |path: PathBuf| {
        let name = path.file_stem().expect("a name").to_string_lossy().to_string();
        (name, std::fs::read_to_string(&path).expect("a text file"))
    };
    Some(paths.into_iter().map(read).collect())
}

fn print_row(name: &str, report: &Report) {
    let Report { ran, directives, agreed, mapped, stopped, disagreements, old_term_answers } =
        report;
    print!("{name:32} {ran:3} of {directives:3} directives, {agreed:4} facts agree");
    if *mapped > 0 {
        print!(", {mapped} by a mapping");
    }
    if *old_term_answers > 0 {
        print!(", {old_term_answers} answers to an old term dropped");
    }
    if !disagreements.is_empty() {
        print!(", {} DISAGREE", disagreements.len());
    }
    match stopped {
        Some(why) => println!("; not applicable from {why}"),
        None => println!("; whole"),
    }
}
