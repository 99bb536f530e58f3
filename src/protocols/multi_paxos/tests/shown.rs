//! What servers and messages look like, and the states that scenarios give.

use std::rc::Rc;

use super::lab::*;
use crate::protocols::multi_paxos::*;
use crate::view::{Panel, PanelMark, Quorum, Tone, Value, dotted};

fn shown(lab: &Lab, field: &str) -> String {
    let view = lab.paxos.view(&lab.state, NAMES);
    view.field(field).unwrap_or_else(|| panic!("no field {field}")).value.show(NAMES)
}

fn gathered(lab: &Lab) -> Vec<String> {
    let view = lab.paxos.view(&lab.state, NAMES);
    let one = |quorum: &Quorum| {
        let members = Value::Nodes(quorum.members.clone()).show(NAMES);
        format!("{} ({members}) {}", quorum.count(), quorum.reached())
    };
    view.quorums.iter().map(one).collect()
}

/// The cells of a log: index, label, generation, tone.
fn cells(panel: &Panel) -> Vec<(u64, &str, u64, Tone)> {
    let Panel::Log { cells, .. } = panel else { panic!("a log") };
    cells.iter().map(|cell| (cell.index, &*cell.label, cell.generation, cell.tone)).collect()
}

#[test]
fn a_leader_shows_what_it_has_promised_proposed_and_learned() {
    let mut lab = Lab::leader(&[]);
    for number in 1..=5 {
        lab.request(C1, number, "put x 1");
    }
    lab.choose(1);
    lab.choose(3);
    let view = lab.paxos.view(&lab.state, NAMES);
    assert_eq!((view.role, view.letter, view.tone), ("leader", 'L', Tone::Leading));
    assert_eq!((view.generation, view.headline.as_str()), (Some(dotted(1, 1)), "ballot 1.1"));
    let expected = [
        ("promised", "1.1"),
        ("last_slot", "4"),
        ("round", "1"),
        ("chosen", "1"),
        ("applied", "1"),
        ("leader", "n1"),
        ("promises", "n1 n2 n3"),
        ("open", "2"),
        ("queue", "1"),
        ("waiting", "4"),
    ];
    for (field, value) in expected {
        assert_eq!(shown(&lab, field), value, "{field}");
    }
    assert_eq!(view.fields.len(), expected.len());
    let durable = view.fields.iter().filter(|field| field.durable).map(|field| field.name);
    assert_eq!(durable.collect::<Vec<_>>(), ["promised", "last_slot", "round"]);
}

#[test]
fn promises_are_gathered_and_then_acceptances_of_the_oldest_open_slot() {
    let mut lab = Lab::new(&[]);
    assert!(gathered(&lab).is_empty(), "followers gather nothing");
    lab.timer(ELECTION);
    assert_eq!(gathered(&lab), ["promises: 1 of 3 (n1) false"]);
    lab.receive(N4, promise(ballot("1.1"), &[]));
    lab.receive(N5, promise(ballot("1.1"), &[]));
    assert_eq!(gathered(&lab), ["promises: 3 of 3 (n1 n4 n5) true"]);
    lab.request(C1, 1, "put x 1");
    lab.request(C2, 1, "put x 2");
    lab.receive(N2, accepted("1.1", 2));
    assert_eq!(gathered(&lab), ["slot 1: 1 of 3 (n1) false"]);
    lab.choose(1);
    assert_eq!(gathered(&lab), ["slot 2: 2 of 3 (n1 n2) false"]);
    lab.choose(2);
    assert!(gathered(&lab).is_empty());
}

#[test]
fn the_log_shows_ballots_commands_gaps_and_what_is_settled() {
    let mut lab = Lab::new(&[]);
    lab.receive(N2, accept("1.2", 1, "put x 1", 0));
    lab.receive(N3, accept("2.3", 3, "put x 3", 0));
    lab.receive(N3, chosen(1, &[proposal("1.2", "put x 1")], 1));
    let view = lab.paxos.view(&lab.state, NAMES);
    assert_eq!(
        cells(&view.panels[0]),
        [
            (1, "x=1", dotted(1, 2), Tone::Settled),
            (2, "", 0, Tone::Neutral),
            (3, "x=3", dotted(2, 3), Tone::Neutral),
        ]
    );
    let Panel::Log { cells, marks, durable, .. } = &view.panels[0] else { panic!("a log") };
    assert_eq!(cells[0].detail, "put x 1 (c1, request 1), chosen in ballot 1.2");
    assert_eq!(cells[2].detail, "put x 3 (c1, request 1), accepted in ballot 2.3");
    assert_eq!(marks[..], ["chosen", "applied"].map(|name| PanelMark { index: 1, name }));
    assert!(durable);
    let Panel::Table { rows, durable, .. } = &view.panels[1] else { panic!("a table") };
    assert_eq!((rows.len(), *durable), (1, false));
}

#[test]
fn open_slots_show_who_has_accepted_them() {
    let mut lab = Lab::leader(&[]);
    lab.request(C1, 1, "put x 1");
    lab.request(C2, 1, "get y");
    lab.receive(N4, accepted("1.1", 2));
    let view = lab.paxos.view(&lab.state, NAMES);
    assert_eq!(view.panels[2].title(), "open slots");
    assert_eq!(view.panels[2].faults(), [""; 0]);
    let Panel::Matrix { columns, rows, .. } = &view.panels[2] else { panic!("a matrix") };
    assert_eq!(columns.len(), 5);
    let who = |row: &crate::view::MatrixRow| {
        let marks = row.spots.iter().map(|spot| if spot.is_some() { 'x' } else { '.' });
        format!("{}: {}", row.head.label, marks.collect::<String>())
    };
    assert_eq!(rows.iter().map(who).collect::<Vec<_>>(), ["1 x=1: x....", "2 y?: x..x."]);
}

#[test]
fn all_logs_stand_aligned_with_gaps() {
    let mut lab = Lab::new(&[]);
    lab.receive(N2, accept("1.2", 2, "put x 1", 0));
    let states: Vec<Rc<State>> =
        vec![Rc::new(lab.state.clone()), Rc::new(State::new(N2)), Rc::new(State::new(N3))];
    let names = NodeNames { servers: 3, clients: 2 };
    let servers = Servers { states: &states, up: &[true; 3], names };
    let panels = lab.paxos.picture(&servers);
    let Panel::Matrix { columns, rows, .. } = &panels[0] else { panic!("a matrix") };
    assert_eq!((columns.len(), rows.len()), (2, 3));
    assert_eq!(rows[0].spots[0], None);
    assert_eq!(rows[0].spots[1].as_ref().expect("there").label, "1.2 x=1");
    assert_eq!(panels[0].faults(), [""; 0]);
}

#[test]
fn messages_show_what_they_say() {
    let paxos = Lab::new(&[]).paxos;
    let found = [(2, proposal("1.2", "put x 1")), (4, proposal("1.2", ""))];
    let cases = [
        (prepare("2.3", 2), "ballot 2.3, from slot 2", dotted(2, 3)),
        (promise(ballot("2.3"), &found), "ballot 2.3, 2 accepted", dotted(2, 3)),
        (accept("2.3", 4, "put x 1", 3), "ballot 2.3, slot 4: x=1", dotted(2, 3)),
        (accepted("2.3", 4), "ballot 2.3, slot 4", dotted(2, 3)),
        (nack("1.1", "2.3"), "2.3 is promised", dotted(2, 3)),
        (heartbeat("2.3", 4), "ballot 2.3, chosen up to 4", dotted(2, 3)),
        (Msg::Learn(Learn { first: 3 }), "from slot 3", 0),
        (chosen(3, &[found[0].1.clone(), found[1].1.clone()], 7), "slots 3 to 4", 0),
    ];
    for (msg, summary, generation) in cases {
        let view = paxos.message_view(&msg, NAMES);
        assert_eq!(view.summary, summary);
        assert_eq!(view.generation.unwrap_or(0), generation, "{summary}");
        let info = &MultiPaxos::INFO.messages[MultiPaxos::kind(&msg)];
        assert_eq!((view.kind, view.reply), (info.id, info.reply));
        assert_eq!(view.refusal, matches!(msg, Msg::Nack(_)));
        assert!(!view.fields.is_empty());
    }
    let view = paxos.message_view(&promise(ballot("2.3"), &found), NAMES);
    assert_eq!(view.fields[1].value, Value::text("2: put x 1 (c1) in 1.2, 4: no-op in 1.2"));
}

fn give(words: &str) -> Result<State, String> {
    let lab = Lab::new(&[]);
    let mut state = State::new(N1);
    for line in words.split(", ") {
        lab.paxos.given(&mut state, &line.split_whitespace().collect::<Vec<_>>())?;
    }
    Ok(state)
}

#[test]
fn states_can_be_given() {
    let state = give("log 1.1 1.1 - 2.3, chosen 2, promised 3.2").expect("well formed");
    assert_eq!((state.promised, state.chosen, state.applied), (ballot("3.2"), 2, 0));
    assert_eq!(state.accepted.last(), 4);
    assert_eq!((state.accepted.get(3), state.round), (None, 0));
    assert_eq!(give("log 1.1 4.1").expect("well formed").round, 4, "its own ballots are used up");
    assert_eq!(give("log 1.1, log").expect("well formed").accepted.last(), 0);
}

#[test]
fn what_is_given_wrongly_is_said() {
    let cases = [
        ("log 1", "`1` is no ballot of a server: expected, say, `2.1`"),
        ("log 1.6", "`1.6` is no ballot of a server: expected, say, `2.1`"),
        ("log 3.2, promised 2.1", "who accepted 3.2 has promised nothing lower"),
        ("log 1.1 - 1.1, chosen 2", "`2` is no slot of the log before its first gap"),
        ("chosen x", "`x` is no slot of the log before its first gap"),
    ];
    for (words, message) in cases {
        assert_eq!(give(words).expect_err(words), message);
    }
    for words in ["", "role leader", "promised", "promised 1.1 1.1"] {
        let message = give(words).expect_err(words);
        assert!(message.contains("expected `promised B`"), "{words}: {message}");
    }
    let many = format!("log{}", " 1.1".repeat(201));
    assert_eq!(give(&many).expect_err("too many"), "at most 200 slots can be given");
}
