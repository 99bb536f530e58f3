//! Links: those that were published open for ever, and no link, however hostile, does harm.
//!
//! `tests/links/v1` holds pairs of files: a link and the text that it carries. Nothing there is
//! ever changed or removed. A new pair is made by `INTERLEAVE_BLESS=1` for each scenario of the
//! library that has none.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use interleave::scenario::library;
use interleave::scenario::link::{
    LinkError, Position, Target, decode, encode, encode_library, encode_text, open,
};
use interleave::scenario::parse;
use proptest::prelude::*;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/links/v1")
}

fn bless_missing() {
    fs::create_dir_all(folder()).expect("the folder");
    for entry in library::all() {
        let path = folder().join(format!("{}.link", entry.id));
        if !path.exists() {
            let scenario = entry.scenario().expect("a scenario");
            let link = encode(&scenario, entry.text, None).expect("it fits");
            fs::write(path, format!("{link}\n")).expect("the link");
            let path = folder().join(format!("{}.scenario", entry.id));
            fs::write(path, entry.text).expect("the text");
        }
    }
}

#[test]
fn links_of_version_1_open_for_ever() {
    if std::env::var_os("INTERLEAVE_BLESS").is_some() {
        bless_missing();
    }
    let mut opened = BTreeSet::new();
    for entry in fs::read_dir(folder()).expect("the folder") {
        let path = entry.expect("a file").path();
        if path.extension().is_none_or(|extension| extension != "link") {
            continue;
        }
        let link = fs::read_to_string(&path).expect("a link");
        let text = fs::read_to_string(path.with_extension("scenario")).expect("its text");
        let found = open(&link).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        assert_eq!(found.document.to_string(), text, "{}", path.display());
        opened.insert(path.file_stem().expect("a name").to_string_lossy().into_owned());
    }
    for name in ["raft-figure-8", "ping-first", "spelled-out"] {
        assert!(opened.contains(name), "the link {name} is gone");
    }
    assert!(opened.len() >= 25, "links were removed: {} are left", opened.len());
}

#[test]
fn links_of_the_library_are_short_enough_to_be_sent() {
    let mut lengths: Vec<(usize, &str)> = library::all()
        .iter()
        .map(|entry| {
            let scenario = entry.scenario().expect("a scenario");
            let link = encode(&scenario, entry.text, None).expect("it fits");
            (link.len(), entry.id)
        })
        .collect();
    lengths.sort();
    assert!(lengths.last().is_some_and(|(longest, _)| *longest <= 2_000), "{lengths:?}");
    assert!(lengths[lengths.len() / 2].0 <= 1_000, "{lengths:?}");
}

#[test]
fn library_links_and_positions_read_back() {
    let at = Some(Position { at: 1_200_000, events: Some(3) });
    let link = encode_library("raft-figure-8", at);
    assert_eq!(link, "#/g/raft-figure-8&t=1.2s/3");
    let found = decode(&link).expect("a link");
    assert_eq!(found.target, Target::Library("raft-figure-8".to_string()));
    assert_eq!(found.position, at);
    assert!(matches!(open(&link), Err(LinkError::BadPosition(_))), "the run ends at 1 s");
    assert!(open("https://host/a/b/?embed=1&theme=dark#/g/raft-figure-8&t=0.5s").is_ok());
    let lesson = decode("#/lesson/raft-elections").expect("a link").target;
    assert_eq!(lesson, Target::Lesson("raft-elections".to_string()));
    assert!(matches!(open("#/lesson/raft-elections"), Err(LinkError::Lesson(_))));
}

#[test]
fn a_link_of_another_revision_says_so() {
    let text = "interleave 1\nraft\n";
    let revision = parse(text).scenario.expect("a scenario").entry.info.revision;
    let same = encode_text(text, revision, None).expect("it fits");
    assert_eq!(open(&same).map(|opened| opened.made_with).ok(), Some(None));
    let newer = encode_text(text, revision + 1, None).expect("it fits");
    assert_eq!(open(&newer).map(|opened| opened.made_with).ok(), Some(Some(revision + 1)));
}

#[test]
fn a_name_that_is_nearly_right_is_suggested() {
    let Err(error) = open("#/g/raft-figur-8") else { panic!("there is no such scenario") };
    let text = "the library has no scenario `raft-figur-8`; did you mean `raft-figure-8`?";
    assert_eq!(error.to_string(), text);
}

#[test]
fn every_way_to_fail_reads_differently() {
    let good = encode_text("interleave 1\nraft\n", 1, None).expect("it fits");
    let bad = encode_text("interleave 1\nraft\nseed x\n", 1, None).expect("it fits");
    let cases = [
        (good[..good.len() - 4].to_string(), "cut off"),
        (good.replace("/1.", "/7."), "newer version"),
        (format!("{good}AAAA"), "garbled"),
        (format!("#/s/1.{}", "A".repeat(20_000)), "too large"),
        (bad, "invalid at line 3, column 6"),
        ("#/x/1".to_string(), "no link"),
        (format!("{good}&x=1"), "unknown here"),
        (format!("{good}&t=9h"), "position"),
    ];
    for (link, expected) in cases {
        let Err(error) = open(&link) else { panic!("{link} opens") };
        assert!(error.to_string().contains(expected), "{error}");
    }
}

/// So many cases, and no file beside this one.
fn config(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config(300))]

    #[test]
    fn any_text_travels_unchanged(
        text in "\\PC{0,400}",
        revision: u32,
        at in 0u64..3_600_000_000,
    ) {
        let position = Some(Position { at, events: None });
        let link = encode_text(&text, revision, position).expect("it fits");
        let found = decode(&link).expect("it opens");
        prop_assert_eq!(found.target, Target::Text { text, revision });
        prop_assert_eq!(found.position, position);
    }

    #[test]
    fn a_link_cut_off_anywhere_says_that_it_is_cut_off(cut in 0.0f64..1.0, library in 0usize..24) {
        let entry = &library::all()[library % library::all().len()];
        let link = encode_text(entry.text, 1, None).expect("it fits");
        let start = "#/s/1.".len();
        let length = start + ((link.len() - start) as f64 * cut) as usize;
        prop_assert_eq!(decode(&link[..length]), Err(LinkError::CutOff));
    }
}
