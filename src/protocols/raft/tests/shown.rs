//! What servers and messages look like, and the states that scenarios give.

use super::lab::*;
use crate::protocols::raft::log::Entry;
use crate::protocols::raft::*;
use crate::view::{MessageView, Panel, PanelMark, Quorum, Tone, Value};

const NAMES: NodeNames = NodeNames { servers: 5, clients: 2 };

fn shown(lab: &Lab, field: &str) -> String {
    let view = lab.raft.view(&lab.state, NAMES);
    view.field(field).unwrap_or_else(|| panic!("no field {field}")).value.show(NAMES)
}

fn message(msg: &Msg) -> MessageView {
    Lab::new(5, &[]).raft.message_view(msg, NAMES)
}

fn papers(view: &MessageView) -> Vec<&str> {
    view.fields.iter().map(|field| field.paper).collect()
}

#[test]
fn a_leader_shows_figure_2() {
    let mut lab = Lab::leader(4, &[1, 2]);
    lab.request(C1, 1, "put x 1");
    lab.receive(N2, success(4, 2, 3));
    lab.receive(N3, success(4, 2, 3));
    let view = lab.raft.view(&lab.state, NAMES);
    assert_eq!((view.role, view.letter, view.tone), ("leader", 'L', Tone::Leading));
    assert_eq!((view.generation, view.headline.as_str()), (Some(4), "term 4"));
    let expected = [
        ("current_term", "4"),
        ("voted_for", "n1"),
        ("last_log_index", "4"),
        ("last_log_term", "4"),
        ("commit_index", "3"),
        ("last_applied", "3"),
        ("leader", "n1"),
        ("votes", "n1 n2 n3"),
        ("votes_refused", "none"),
        ("next_index", "n2:5 n3:5 n4:3 n5:3"),
        ("match_index", "n2:3 n3:3 n4:0 n5:0"),
        ("waiting", "1"),
    ];
    for (field, value) in expected {
        assert_eq!(shown(&lab, field), value, "{field}");
    }
    assert_eq!(view.fields.len(), expected.len());
    let durable = view.fields.iter().filter(|field| field.durable).map(|field| field.paper);
    let stable: Vec<&str> = durable.collect();
    assert_eq!(stable, ["currentTerm", "votedFor", "lastLogIndex", "lastLogTerm"]);
}

fn gathered(lab: &Lab) -> Vec<String> {
    let view = lab.raft.view(&lab.state, NAMES);
    let one = |quorum: &Quorum| {
        let members = Value::Nodes(quorum.members.clone()).show(NAMES);
        format!("{} ({members}) {}", quorum.count(), quorum.reached())
    };
    view.quorums.iter().map(one).collect()
}

#[test]
fn votes_are_gathered_until_a_follower_answers_the_new_leader() {
    let mut lab = Lab::with(3, &[1, 2]);
    assert!(gathered(&lab).is_empty(), "followers gather nothing");
    lab.timer(ELECTION);
    assert_eq!(gathered(&lab), ["votes: 1 of 3 (n1) false"]);
    lab.receive(N2, vote(4, true));
    lab.receive(N4, vote(4, false));
    assert_eq!(gathered(&lab), ["votes: 2 of 3 (n1 n2) false"]);
    lab.receive(N3, vote(4, true));
    assert_eq!(gathered(&lab), ["votes: 3 of 3 (n1 n2 n3) true"]);
    lab.receive(N2, success(4, 2, 3));
    assert_eq!(gathered(&lab), ["entry 3: 2 of 3 (n1 n2) false"]);
}

#[test]
fn the_newest_entry_is_gathered_for_until_everybody_has_it() {
    let mut lab = Lab::leader(4, &[1, 2]);
    for from in [N2, N3, N4, N5] {
        lab.receive(from, success(4, 2, 3));
    }
    assert!(gathered(&lab).is_empty(), "all have entry 3");
    lab.request(C1, 1, "put x 1");
    assert_eq!(gathered(&lab), ["entry 4: 1 of 3 (n1) false"]);
    lab.receive(N4, success(4, 3, 4));
    lab.receive(N5, success(4, 3, 4));
    assert_eq!(gathered(&lab), ["entry 4: 3 of 3 (n1 n4 n5) true"]);
    assert_eq!(lab.state.commit_index, 4);
}

#[test]
fn an_entry_of_an_earlier_term_is_gathered_for_only_where_counting_it_would_commit_it() {
    for (flaws, expected) in
        [(&[][..], &[][..]), (&["commit_old_term"], &["entry 2: 2 of 3 (n1 n2) false"])]
    {
        let mut lab = Lab::new(5, flaws);
        lab.raft.no_op = false;
        for (term, entry) in [(1, "1"), (2, "2")] {
            lab.state.append(Entry::no_op(term));
            assert_eq!(lab.state.log.last_index().to_string(), entry);
        }
        lab.state.current_term = 3;
        lab.lead();
        lab.receive(N2, success(4, 2, 2));
        assert_eq!(gathered(&lab), expected, "{flaws:?}");
    }
}

#[test]
fn the_log_shows_terms_commands_and_what_is_settled() {
    let mut lab = Lab::leader(4, &[1]);
    lab.request(C1, 1, "put x 1");
    lab.receive(N2, success(4, 1, 2));
    lab.receive(N3, success(4, 1, 2));
    let view = lab.raft.view(&lab.state, NAMES);
    let Panel::Log { cells, marks, durable, .. } = &view.panels[0] else { panic!("a log") };
    let shown: Vec<_> =
        cells.iter().map(|cell| (cell.index, &*cell.label, cell.generation, cell.tone)).collect();
    assert_eq!(
        shown,
        [
            (1, "no-op", 1, Tone::Settled),
            (2, "no-op", 4, Tone::Settled),
            (3, "x=1", 4, Tone::Neutral)
        ]
    );
    assert_eq!(cells[2].detail, "put x 1 (c1, request 1), term 4");
    let both = ["commit_index", "last_applied"].map(|name| PanelMark { index: 2, name });
    assert_eq!(marks[..], both);
    assert!(durable);
    let Panel::Table { rows, durable, .. } = &view.panels[1] else { panic!("a table") };
    assert!(rows.is_empty() && !durable, "x = 1 is not applied yet");
}

#[test]
fn a_long_log_shows_its_end() {
    let lab = Lab::with(1, &[1; 1_000]);
    let view = lab.raft.view(&lab.state, NAMES);
    let Panel::Log { cells, .. } = &view.panels[0] else { panic!("a log") };
    assert_eq!((cells[0].index, cells[cells.len() - 1].index), (801, 1_000));
}

#[test]
fn messages_show_the_papers_fields_in_the_papers_order() {
    let view = message(&ask(3, N2, (2, 7)));
    assert_eq!((view.kind, view.reply, view.refusal), ("RequestVote", false, false));
    assert_eq!(papers(&view), ["term", "candidateId", "lastLogIndex", "lastLogTerm"]);
    let view = message(&append(3, (2, 7), &[3, 3], 6));
    assert_eq!(view.summary, "term 3, entries 8 to 9");
    assert_eq!(
        papers(&view),
        ["term", "leaderId", "prevLogIndex", "prevLogTerm", "entries[]", "leaderCommit"]
    );
    assert_eq!(view.fields[4].value, Value::text("no-op (term 3), no-op (term 3)"));
    assert_eq!(message(&append(3, (2, 7), &[], 6)).summary, "term 3, heartbeat");
    for (msg, refusal) in [
        (vote(3, true), false),
        (vote(3, false), true),
        (success(3, 7, 9), false),
        (conflict(3, 7, (1, 1, 2)), true),
    ] {
        let view = message(&msg);
        assert_eq!((view.reply, view.refusal, view.generation), (true, refusal, Some(3)));
        assert_eq!(view.kind, Raft::INFO.messages[Raft::kind(&msg)].id);
        assert_eq!(view.reply, Raft::INFO.messages[Raft::kind(&msg)].reply);
    }
}

fn give(words: &str) -> Result<State, String> {
    let lab = Lab::new(5, &[]);
    let mut state = State::new(N1);
    for line in words.split(", ") {
        lab.raft.given(&mut state, &line.split_whitespace().collect::<Vec<_>>())?;
    }
    Ok(state)
}

#[test]
fn figure_7_can_be_given() {
    let state = give("log 1 1 1 4 4 5 5 6 6 6, voted_for n2, commit_index 7").expect("well formed");
    assert_eq!((state.current_term, state.last_entry()), (6, (6, 10)));
    assert_eq!((state.voted_for, state.commit_index), (Some(N2), 7));
    let state = give("term 8, log 1 1").expect("well formed");
    assert_eq!((state.current_term, state.log.last_index()), (8, 2));
    assert_eq!(give("log 1 1, log").expect("well formed").log.last_index(), 0);
    assert_eq!(give("voted_for n2, voted_for none").expect("well formed").voted_for, None);
}

#[test]
fn what_is_given_wrongly_is_said() {
    let cases = [
        ("log 1 2 1", "terms start at 1 and never fall along a log: 1 after 2"),
        ("log 0", "terms start at 1 and never fall along a log: 0 after 1"),
        ("log 1 x", "`x` is not the term of an entry (0 to 1000000)"),
        ("term -1", "`-1` is not a term (0 to 1000000)"),
        ("term +1", "`+1` is not a term (0 to 1000000)"),
        ("term 99999999999999999999", "`99999999999999999999` is not a term (0 to 1000000)"),
        ("log 3, term 2", "a log that ends in term 3 needs at least term 3"),
        ("voted_for n6", "`n6` is no server: expected n1 to n5"),
        ("voted_for c1", "`c1` is no server: expected n1 to n5"),
        ("log 1, commit_index 2", "`2` is not an index of the log, which ends at 1 (0 to 1)"),
    ];
    for (words, message) in cases {
        assert_eq!(give(words).expect_err(words), message);
    }
    for words in ["", "term", "role leader", "term 1 2", "voted_for"] {
        let message = give(words).expect_err(words);
        assert!(message.contains("expected `term N`, `voted_for nK`"), "{words}: {message}");
    }
    let many = format!("log{}", " 1".repeat(201));
    assert_eq!(give(&many).expect_err("too many"), "at most 200 entries can be given");
}
