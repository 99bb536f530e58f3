//! Recorded client histories with known verdicts, from the test data of Porcupine
//! (github.com/anishathalye/porcupine, MIT): Jepsen's runs against etcd, and a key-value store.
//!
//! They are read from where `INTERLEAVE_DATA` points (default `../shared/data`) and skipped, with
//! a printed line, when they are not there. A naive search does not finish them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use interleave::check::{History, Limits, Outcome, Verdict, explain, linearizability};
use interleave::service::{KeyValue, KeyValueOp, KeyValueOut};

/// The verdicts take a fraction of this; some explanations take it all.
const LIMITS: Limits = Limits { states: 8_000_000 };

#[test]
fn etcd_histories_have_their_published_verdicts() {
    judge_all("porcupine_etcd", read_etcd);
}

#[test]
fn key_value_histories_have_their_published_verdicts() {
    judge_all("porcupine_kv", read_key_value);
}

/// Judges every file of the folder, and demands that every file has a verdict.
fn judge_all(folder: &str, read: fn(&str) -> History<KeyValue>) {
    let Some(folder) = data(folder) else { return };
    let verdicts = std::fs::read_to_string(folder.join("verdicts.json")).expect("verdicts.json");
    let verdicts: serde_json::Value = serde_json::from_str(&verdicts).expect("JSON");
    let mut wanted = BTreeMap::new();
    for case in verdicts["cases"].as_array().expect("cases") {
        wanted.insert(case["file"].as_str().expect("file").to_string(), case);
    }
    let mut files: Vec<String> = std::fs::read_dir(&folder)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").file_name().into_string().expect("UTF-8"))
        .filter(|name| name != "verdicts.json")
        .collect();
    files.sort();
    assert_eq!(files, wanted.keys().cloned().collect::<Vec<_>>(), "a verdict for every file");
    for (file, case) in wanted {
        let history = read(&std::fs::read_to_string(folder.join(&file)).expect("a file"));
        if let Some(ops) = case["ops"].as_u64() {
            let calls = history.calls();
            assert_eq!(calls.len() as u64, ops, "{file}: operations");
            let unknown = calls.iter().filter(|call| call.outcome == Outcome::Unknown).count();
            assert_eq!(Some(unknown as u64), case["unknown"].as_u64(), "{file}: unknown");
        }
        let verdict = linearizability(&history, &LIMITS);
        let text = explain(&history, &verdict, |line| format!("line {line}")).join("\n");
        let linearizable = case["linearizable"].as_bool().expect("a verdict");
        match &verdict {
            Verdict::Linearizable(_) => assert!(linearizable, "{file}: {text}"),
            Verdict::NotLinearizable(conflict) => {
                println!("{file}: {text}\n");
                assert!(!linearizable, "{file}: {text}");
                assert!(conflict.minimal, "{file}: {text}");
            }
            Verdict::Undecided(_) => panic!("{file}: {text}"),
        }
    }
}

/// The folder, if it is there.
fn data(folder: &str) -> Option<PathBuf> {
    let root = std::env::var("INTERLEAVE_DATA").unwrap_or_else(|_| "../shared/data".to_string());
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(root).join(folder);
    if !path.is_dir() {
        println!("skipped: {} is not there", path.display());
        return None;
    }
    Some(path)
}

/// `INFO  jepsen.util - 0<tab>:invoke<tab>:cas<tab>[3 0]`: one register, absent at first. A call
/// that is never closed (`:info`) may take effect at any later time; a failed read is unknown, and
/// a failed compare-and-set found another value.
fn read_etcd(text: &str) -> History<KeyValue> {
    let mut history = History::new();
    let mut open = BTreeMap::new();
    for (number, line) in (1..).zip(text.lines()) {
        let words: Vec<&str> = line.split_whitespace().collect();
        let ["INFO", "jepsen.util", "-", process, event, kind, value @ ..] = words.as_slice()
        else {
            panic!("line {number}: {line}");
        };
        let value: Vec<&str> = value.iter().map(|word| word.trim_matches(['[', ']'])).collect();
        if *event == ":invoke" {
            let key = "r".into();
            let op = match (*kind, value.as_slice()) {
                (":read", ["nil"]) => KeyValueOp::Get(key),
                (":write", [new]) => KeyValueOp::Put(key, (*new).into()),
                (":cas", [old, new]) => KeyValueOp::Cas(key, (*old).into(), (*new).into()),
                _ => panic!("line {number}: {line}"),
            };
            let call = history.call(&format!("process {process}"), op, number);
            assert!(open.insert(*process, call).is_none(), "line {number}: one call at a time");
            continue;
        }
        let out = match (*event, *kind, value.as_slice()) {
            (":ok", ":read", ["nil"]) => Some(KeyValueOut::Value(None)),
            (":ok", ":read", [value]) => Some(KeyValueOut::Value(Some((*value).into()))),
            (":ok", ":write" | ":cas", _) => Some(KeyValueOut::Ok),
            (":fail", ":cas", _) => Some(KeyValueOut::Mismatch),
            (":fail", ":read", [":timed-out"]) | (":info", _, [":timed-out"]) => None,
            _ => panic!("line {number}: {line}"),
        };
        let call = open.remove(process).expect("an open call");
        if let Some(out) = out {
            history.close(call, Outcome::Done { out, at: number });
        }
    }
    history
}

/// `{:process 0, :type :invoke, :f :append, :key "0", :value "x 0 0 y"}`: texts, empty at first.
fn read_key_value(text: &str) -> History<KeyValue> {
    let mut history = History::new();
    let mut open = BTreeMap::new();
    for (number, line) in (1..).zip(text.lines()) {
        let field = |name: &str| {
            let (_, rest) = line.split_once(&format!(":{name} ")).expect(name);
            match rest.strip_prefix('"') {
                Some(rest) => rest.split_once('"').expect("a closing quote").0,
                None => rest.split_once([',', '}']).expect("an end").0,
            }
        };
        let (process, value) = (field("process"), field("value"));
        if field("type") == ":invoke" {
            let key = field("key").into();
            let op = match field("f") {
                ":get" => KeyValueOp::Get(key),
                ":put" => KeyValueOp::Put(key, value.into()),
                ":append" => KeyValueOp::Append(key, value.into()),
                _ => panic!("line {number}: {line}"),
            };
            let call = history.call(&format!("process {process}"), op, number);
            assert!(open.insert(process, call).is_none(), "line {number}: one call at a time");
            continue;
        }
        assert_eq!(field("type"), ":ok", "line {number}: {line}");
        let out = match (field("f"), value) {
            // A key that was never written is absent here and empty there; nobody writes "".
            (":get", "") => KeyValueOut::Value(None),
            (":get", value) => KeyValueOut::Value(Some(value.into())),
            (_, value) => {
                assert!(!value.is_empty(), "line {number}: an empty text is written");
                KeyValueOut::Ok
            }
        };
        let call = open.remove(process).expect("an open call");
        history.close(call, Outcome::Done { out, at: number });
    }
    history
}
