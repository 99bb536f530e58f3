//! Completion offers what the parser takes, wherever the caret stands.

use interleave::protocols::CATALOG;
use interleave::scenario::complete::complete;
use interleave::scenario::library;
use interleave::scenario::{Diagnostic, parse};

const HEAD: &str = "interleave 1\nraft nodes=3 clients=2\n";

fn words_behind(text: &str) -> Vec<String> {
    let line = text.split('\n').count() as u32;
    let column = text.rsplit('\n').next().unwrap_or_default().chars().count() as u32 + 1;
    let completion = complete(text, line, column);
    completion.candidates.into_iter().map(|candidate| candidate.word).collect()
}

/// The words behind a line, of which some are certain.
#[test]
fn words_of_every_table_are_offered() {
    let cases: &[(&str, &[&str], &[&str])] = &[
        ("", &["title", "seed", "at", "expect", "clock off"], &["interleave", "raft", "crash"]),
        ("se", &["seed"], &["title"]),
        ("at 1s ", &["crash", "heal", "c1", "c2"], &["n1", "seed"]),
        ("at 1s cr", &["crash"], &["heal"]),
        ("at 1s crash n1", &["n1"], &["n2"]),
        ("at 1s crash ", &["n1", "n3", "c1", "all", "leader", "followers"], &["n4", "c3"]),
        ("at 1s c1 ", &["put", "get", "cas"], &["crash"]),
        ("at 1s pause n1 ", &["for"], &["n2"]),
        ("at 1s partition n1 ", &["n2", "|"], &["n1"]),
        ("at 1s partition n1 | ", &["n2"], &["n1", "|"]),
        ("at 1s cut n1 ", &[">", "<>"], &["n2"]),
        ("at 1s cut n1 > ", &["n2", "leader"], &["n1"]),
        ("at 1s link n1 > n2 loss=1% ", &["delay=", "order="], &["loss="]),
        ("at 1s link n1 > n2 order=", &["fifo", "any"], &["on"]),
        ("at 1s drop ", &["n1", "c2"], &["leader", "all"]),
        ("at 1s drop n1 ", &[">"], &["<>"]),
        ("at 1s drop n1 > ", &["n2"], &["n1", "leader"]),
        ("at 1s drop n1 > n2 App", &["AppendEntries", "AppendEntriesReply"], &["Request"]),
        ("at 1s drop n1 > n2 ", &["Request", "RequestVote"], &[]),
        ("at 1s fire n1 ", &["election"], &["timeout"]),
        ("at 1s fire c1 ", &["timeout", "backoff"], &["election"]),
        ("at 1s clock n1 ", &["drift=", "offset="], &[]),
        ("from 1s ", &["to"], &[]),
        ("from 1s to 2s ", &["drop", "duplicate", "delay"], &["crash"]),
        ("network ", &["delay=", "loss="], &["nodes="]),
        ("clients ", &["timeout=", "retry="], &["delay="]),
        ("clients retry=", &["on", "off"], &[]),
        ("flaw ", &["commit_old_term"], &["election_safety"]),
        ("flaw commit_old_term\nflaw ", &["quorum_too_small"], &["commit_old_term"]),
        ("given ", &["n1"], &["c1"]),
        ("expect ", &["by", "always", "violated", "history"], &["n1"]),
        ("expect always ele", &["election_safety"], &["leader_elected"]),
        ("expect by 1s ", &["n1", "leader", "count", "reached"], &["up"]),
        ("expect by 1s n1 ", &["role", "up", "log"], &["answer"]),
        ("expect by 1s c1 ", &["answer", "up"], &["role", "log"]),
        ("expect by 1s n1 role ", &["leader"], &["leaders", "n1"]),
        ("expect by 1s n1.comm", &["commit_index"], &["current_term"]),
        ("expect by 1s c1.", &["done", "calls"], &["commit_index"]),
        ("expect by 1s leader.match_index.", &["n1", "n2"], &["leader"]),
        ("expect by 1s n1.commit_index ", &[">=", "="], &[]),
        ("expect by 1s count ", &["leader", "paused"], &["n1"]),
        ("expect by 1s reached ", &["committed", "leader_elected"], &["election_safety"]),
        ("expect history ", &["linearizable"], &[]),
        ("at 0.5", &["0.5s", "0.5ms"], &["0.5%"]),
        ("network delay=5ms..20", &["20ms"], &[]),
        ("network delay=5ms+exp(10", &["10ms"], &[]),
        ("network loss=1", &["1%", "1ppm"], &["1s"]),
        ("at 1s clock n1 drift=+200", &["200ppm"], &["200s"]),
        ("say 1s \"at 1s cra", &[], &["crash"]),
        ("# at 1s cra", &[], &["crash"]),
        ("at 1s c1 put ", &[], &["x"]),
        ("seed ", &[], &["1"]),
    ];
    for (line, some, none) in cases {
        let offered = words_behind(&format!("{HEAD}{line}"));
        for word in *some {
            assert!(offered.iter().any(|it| it == word), "{line:?} lacks {word}: {offered:?}");
        }
        for word in *none {
            assert!(!offered.iter().any(|it| it == word), "{line:?} has {word}: {offered:?}");
        }
        if some.is_empty() {
            assert_eq!(offered, [""; 0], "{line:?}");
        }
    }
}

#[test]
fn the_head_is_completed_before_there_is_a_protocol() {
    assert_eq!(words_behind("int"), ["interleave 1"]);
    assert_eq!(words_behind("# about\n\n"), ["interleave 1"]);
    let behind = words_behind("interleave 1\n");
    for entry in CATALOG {
        assert!(behind.iter().any(|word| word == entry.info.id), "{behind:?}");
    }
    let behind = words_behind("interleave 1\nraft nodes=3 ");
    assert!(behind.iter().any(|word| word == "election="), "{behind:?}");
    assert!(!behind.iter().any(|word| word == "nodes="), "{behind:?}");
    assert_eq!(words_behind("interleave 1\nraft no_op="), ["on", "off"]);
    // What is said further down is not offered again.
    let text = format!("{HEAD}\nseed 7\n");
    let completion = complete(&text, 3, 1);
    assert!(completion.candidates.iter().all(|candidate| candidate.word != "seed"));
    // Without a clock, actions may begin a line.
    let behind = words_behind(&format!("{HEAD}clock off\nde"));
    assert_eq!(behind[..2], ["delay", "deliver"]);
}

/// Wherever the caret stands in the scenarios of the library, and whatever is offered: the parser
/// does not complain of that word.
#[test]
fn nothing_is_offered_that_the_parser_refuses() {
    let mut offers = 0;
    for entry in library::all() {
        let lines: Vec<&str> = entry.text.lines().collect();
        for (place, line) in lines.iter().enumerate() {
            for (column, _) in line.char_indices().filter(|(at, _)| line.is_char_boundary(*at)) {
                let before = &line[..column];
                if !before.is_empty() && !before.ends_with([' ', '=', '.']) {
                    continue;
                }
                let at = before.chars().count() as u32 + 1;
                offers += check(&lines, place, at, entry.id);
            }
        }
    }
    assert!(offers > 5_000, "only {offers} words were offered");
}

fn check(lines: &[&str], place: usize, column: u32, id: &str) -> usize {
    let completion = complete(&lines.join("\n"), place as u32 + 1, column);
    for candidate in &completion.candidates {
        let kept: String = lines[place].chars().take(completion.from as usize - 1).collect();
        let line = format!("{kept}{}", candidate.word);
        let mut text = lines.to_vec();
        text[place] = &line;
        let end = completion.from + candidate.word.chars().count() as u32;
        let about = |fault: &&Diagnostic| {
            fault.line as usize == place + 1
                && fault.length > 0
                && (completion.from..end).contains(&fault.column)
        };
        let diagnostics = parse(&text.join("\n")).diagnostics;
        let complaint = diagnostics.iter().find(about);
        assert!(complaint.is_none(), "{id}: {line:?}: {complaint:?}");
    }
    completion.candidates.len()
}

#[test]
fn any_place_of_any_text_has_an_answer() {
    for text in ["", "\n\n", "a\u{7}b", "¿ ¿", "raft nodes=\nat", "\"open", "ä ö ü=.=."] {
        for line in 0..5 {
            for column in 0..12 {
                complete(text, line, column);
            }
        }
    }
    complete(&"x ".repeat(60_000), 1, 120_000);
}

#[test]
fn what_a_word_is_is_said_for_nearly_all() {
    let text = format!("{HEAD}at 1s ");
    let completion = complete(&text, 3, 7);
    assert!(completion.candidates.iter().all(|candidate| !candidate.what.is_empty()));
    let completion = complete(&format!("{HEAD}flaw "), 3, 6);
    assert!(completion.candidates.iter().all(|candidate| candidate.what.len() > 10));
}
