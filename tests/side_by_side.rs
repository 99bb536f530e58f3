//! Two protocols side by side: one clock, one script, and neither knows of the other.

use interleave::protocols::{self, CATALOG};
use interleave::scenario::{Scenario, link, parse, run};
use interleave::sim::action::{Action, Target};
use interleave::sim::rng::Rng;
use interleave::sim::session::{Outcome, Session, Watch};
use interleave::sim::tally::{ROWS, Tally};
use interleave::sim::trace::EventKind;
use interleave::view::NodeId;

/// A scenario with faults and requests, of which some speak of one run alone.
fn text(first: &str, second: &str, seed: u64) -> String {
    format!(
        "interleave 1\n\
         title \"Two of a kind\"\n\
         {first} nodes=5 clients=2\n\
         beside {second}\n\
         seed {seed}\n\
         network delay=5ms..30ms loss=2% duplicate=1%\n\
         at 0.6s c1 put x 1   # both\n\
         at 0.7s c2 append x 2\n\
         at 0.8s crash n{}\n\
         first at 0.9s isolate n2\n\
         second at 0.95s pause n3 for 200ms\n\
         at 1.1s c1 get x\n\
         at 1.2s c2 cas x 12 3\n\
         at 1.3s restart all\n\
         at 1.5s heal\n\
         until 3s\n",
        seed % 5 + 1
    )
}

/// Every pair of protocols that keep the same promise to clients, each with itself included.
fn pairs() -> Vec<(&'static str, &'static str)> {
    let mut pairs = Vec::new();
    for first in CATALOG {
        for second in CATALOG {
            let same = first.service.id == second.service.id && !first.service.ops.is_empty();
            let stores = first.service.id == "key_value";
            if same && stores {
                pairs.push((first.info.id, second.info.id));
            }
        }
    }
    pairs
}

fn good(text: &str) -> Scenario {
    let parsed = parse(text);
    parsed.scenario.unwrap_or_else(|| panic!("{:?}\n{text}", parsed.diagnostics))
}

fn started(scenario: &Scenario) -> Box<dyn Session> {
    scenario.start(Watch::ALL).expect("it starts")
}

fn beside(session: &dyn Session) -> &dyn Session {
    session.beside().expect("another run")
}

/// Where the two stand.
fn place(session: &dyn Session) -> (u64, u64, u64) {
    let (mine, other) = (session.step_count(), beside(session).step_count());
    let (first, second) = if session.lane() == 0 { (mine, other) } else { (other, mine) };
    (first, second, session.now())
}

#[test]
fn neither_run_knows_of_the_other() {
    assert!(!pairs().is_empty());
    for (first, second) in pairs() {
        for seed in 0..20 {
            let scenario = good(&text(first, second, seed));
            let mut pair = started(&scenario);
            pair.run_to(scenario.until, u64::MAX);
            let mut digests = Vec::new();
            for lane in scenario.lanes() {
                let mut alone = lane.start_alone(Watch::PROPERTIES).expect("it starts");
                alone.run_to(scenario.until, u64::MAX);
                digests.push((alone.step_count(), alone.digest()));
            }
            let mut both = Vec::new();
            for _ in 0..2 {
                pair.turn();
                let lane = beside(&*pair);
                both.push((lane.step_count(), lane.digest()));
            }
            assert_eq!(both, digests, "{first} {second} {seed}");
            if first == second {
                assert_ne!(digests[0].1, digests[1].1, "a line for one run alone shows");
            }
        }
    }
}

#[test]
fn every_step_is_one_event_and_can_be_taken_back() {
    for (first, second) in pairs() {
        let scenario = good(&text(first, second, 7));
        let mut pair = started(&scenario);
        let mut places = vec![place(&*pair)];
        while pair.next_at().is_some_and(|at| at <= scenario.until) {
            assert!(pair.step());
            places.push(place(&*pair));
        }
        assert!(places.len() > 500, "{}", places.len());
        for two in places.windows(2) {
            let (mine, other) = (two[1].0 - two[0].0, two[1].1 - two[0].1);
            assert!(two[0].2 <= two[1].2, "time does not run back");
            assert!(mine <= 1 && mine + other >= 1, "one event of the faced run at most: {two:?}");
            assert!(mine == 0 || other == 0 || two[0].2 < two[1].2, "{two:?}");
        }
        for known in places.iter().rev().skip(1) {
            pair.back(1);
            assert_eq!(place(&*pair), *known);
        }
        pair.back(1);
        assert_eq!(place(&*pair), (0, 0, 0));
        // Forth again, over what is known.
        for known in places.iter().skip(1) {
            pair.step();
            assert_eq!(place(&*pair), *known);
        }
    }
}

#[test]
fn wherever_one_goes_both_stand_at_the_same_time() {
    for (first, second) in pairs() {
        let scenario = good(&text(first, second, 3));
        let mut straight = started(&scenario);
        straight.run_to(scenario.until, u64::MAX);
        let digest = straight.digest();
        let mut pair = started(&scenario);
        let mut rng = Rng::new(11);
        for _ in 0..300 {
            match rng.below(6) {
                0 => pair.turn(),
                1 => {
                    let head = pair.head();
                    pair.seek(rng.below(head + 1));
                }
                2 => pair.back(1 + rng.below(3)),
                3 => {
                    let to = pair.now() + rng.below(200_000);
                    pair.run_to(to.min(scenario.until), u64::MAX);
                }
                _ => {
                    if pair.next_at().is_some_and(|at| at <= scenario.until) {
                        pair.step();
                    }
                }
            }
            assert_eq!(pair.now(), beside(&*pair).now());
        }
        pair.run_to(scenario.until, u64::MAX);
        assert_eq!(pair.digest(), digest, "{first} {second}");
    }
}

#[test]
fn what_is_done_to_both_is_written_so_that_both_replay() {
    for (first, second) in pairs() {
        for seed in 0..30 {
            let source = text(first, second, seed);
            let scenario = good(&source);
            let mut pair = started(&scenario);
            let mut rng = Rng::new(seed);
            for _ in 0..4 {
                for _ in 0..rng.below(300) {
                    pair.step();
                }
                if rng.below(2) == 0 {
                    pair.turn();
                }
                let node = Target::Node(NodeId(rng.below(5) as u32));
                let action = match rng.below(4) {
                    0 => Action::Crash(node),
                    1 => Action::Restart(Target::All),
                    2 => Action::Crash(Target::Role("leader".to_string())),
                    _ => match pair.flights().first() {
                        Some(flight) => {
                            let named = interleave::sim::action::MessageRef::Named(flight.name);
                            Action::Drop(named)
                        }
                        None => Action::Heal,
                    },
                };
                pair.act(action).expect("it makes sense");
            }
            let end = pair.now().max(scenario.until);
            let mut scripts = [pair.setup().script.clone(), beside(&*pair).setup().script.clone()];
            if pair.lane() == 1 {
                scripts.reverse();
            }
            let scripts: Vec<&[_]> = scripts.iter().map(Vec::as_slice).collect();
            let written = parse(&source).document.with_scripts(&scenario, &scripts).to_string();
            assert!(written.contains("# both"), "what was there stays: {written}");
            pair.run_to(end, u64::MAX);
            let mut again = started(&good(&written));
            again.run_to(end, u64::MAX);
            assert_eq!(again.digest(), pair.digest(), "{written}");
            // What was done to nodes of both stands there once.
            let of_one = |line: &&str| line.starts_with("first") || line.starts_with("second");
            let crashes = written.lines().filter(|line| line.contains("crash")).filter(of_one);
            assert_eq!(crashes.count(), 0, "{written}");
        }
    }
}

#[test]
fn a_pair_prints_as_it_parses() {
    for (first, second) in pairs() {
        let flaw = protocols::find(second).expect("a protocol").info.flaws[0].id;
        let source = text(first, second, 1)
            + &format!(
                "second flaw {flaw}\nexpect history linearizable\nfirst expect by 1s n1 up\n"
            );
        let scenario = good(&source);
        let again = good(&scenario.to_text());
        for (lane, other) in scenario.lanes().zip(again.lanes()) {
            assert_eq!(lane.setup, other.setup, "{}", scenario.to_text());
            let texts = |lane: &Scenario| -> Vec<String> {
                lane.expects.iter().map(|expect| expect.text.clone()).collect()
            };
            assert_eq!(texts(lane), texts(other));
            assert_eq!(lane.until, other.until);
        }
        assert_eq!(again.lanes().count(), 2);
    }
}

/// The lines behind the head of a pair, and what the message must contain.
const FAULTS: &[(&str, &[&str])] = &[
    ("raft\nbeside", &["line 3, column 7", "missing", "`raft`"]),
    ("raft\nbeside rafd", &["line 3, column 8", "did you mean `raft`"]),
    ("raft\nbeside ping", &["line 3, column 8", "no protocol of the service"]),
    ("raft\nbeside raft nodes=3", &["line 3, column 13", "`nodes`"]),
    ("raft\nbeside raft elektion=1s", &["line 3, column 13", "did you mean `election`"]),
    ("raft\nbeside raft\nbeside raft", &["line 4, column 1", "already"]),
    ("raft\nbeside raft\nclock off", &["line 3, column 1", "need a clock"]),
    ("raft\nfirst at 1s crash n1", &["line 3, column 1", "one of two runs"]),
    ("raft\nbeside raft\nfirst seed 3", &["line 4, column 7", "both runs"]),
    ("raft\nbeside raft\nsecond", &["line 4, column 7", "missing"]),
    ("raft\nbeside raft\nsecond first at 1s heal", &["line 4, column 8", "both runs"]),
    ("raft\nbeside raft\nsecond at 1s crash n9", &["line 4, column 20", "no node or role `n9`"]),
    ("raft\nbeside raft\nsecond flaw nonsense", &["line 4, column 13", "no flaw"]),
    ("raft\nbeside raft\nfrist at 1s heal", &["line 4, column 1", "did you mean `first`"]),
];

#[test]
fn a_fault_of_a_pair_is_named_where_it_is() {
    for (lines, words) in FAULTS {
        let parsed = parse(&format!("interleave 1\n{lines}\n"));
        assert!(parsed.scenario.is_none(), "{lines}");
        let faults: Vec<String> = parsed.diagnostics.iter().map(ToString::to_string).collect();
        assert_eq!(faults.len(), 1, "{lines}: {faults:?}");
        for word in *words {
            assert!(faults[0].contains(word), "{lines}: {}", faults[0]);
        }
    }
}

#[test]
fn expectations_are_judged_for_each_run() {
    let head = "interleave 1\nraft nodes=3\nbeside raft election=10s..20s\nuntil 2s\n";
    let failures = |lines: &str| {
        let report = run::run(&good(&format!("{head}{lines}"))).expect("it starts");
        report.failures()
    };
    assert_eq!(failures("first expect at 2s count leader = 1\n"), [""; 0]);
    assert_eq!(failures("second expect at 2s count leader = 0\n"), [""; 0]);
    let both = failures("expect at 2s count leader = 1\n");
    assert_eq!(both.len(), 1);
    assert!(both[0].starts_with("raft beside: line 5"), "{both:?}");
}

#[test]
fn a_link_to_a_pair_opens_and_knows_both_revisions() {
    for (first, second) in pairs() {
        let source = text(first, second, 5);
        let scenario = good(&source);
        let link = link::encode(&scenario, &source, None).expect("a link");
        let opened = link::open(&link).expect("it opens");
        assert_eq!(opened.document.to_string(), source);
        assert_eq!(opened.made_with, None);
        let newer = scenario.revision() + (1 << 16);
        let link = link::encode_text(&source, newer, None).expect("a link");
        let opened = link::open(&link).expect("it opens");
        let remark = opened.scenario.made_with(opened.made_with.expect("another revision"));
        let title = protocols::find(second).expect("a protocol").info.title;
        assert!(remark.contains(title), "{remark}");
        assert_eq!(remark.matches("revision").count(), 2, "the other is as it was: {remark}");
    }
}

/// What was sent and lost, counted once more from the trace, event by event.
#[test]
fn the_numbers_agree_with_the_trace() {
    for (first, second) in pairs() {
        for seed in 0..10 {
            let scenario = good(&text(first, second, seed));
            let mut pair = started(&scenario);
            pair.run_to(scenario.until, u64::MAX);
            for _ in 0..2 {
                let tally = Tally::of(&mut *pair);
                let names = pair.names();
                let (mut servers, mut clients, mut done) = (0, 0, 0);
                for step in 1..=pair.step_count() {
                    let event = pair.event(step).expect("it is known");
                    let from = event.node;
                    for sent in &event.sent {
                        let from = from.unwrap_or(sent.message.from);
                        match names.is_client(from) || names.is_client(sent.to) {
                            true => clients += 1,
                            false => servers += 1,
                        }
                    }
                    let is_reply = matches!(event.kind, EventKind::Receive { kind: "Reply", .. });
                    done += u32::from(is_reply);
                }
                assert_eq!((tally.messages, tally.client_messages), (servers, clients));
                let calls = pair.calls();
                let spans: Vec<u64> = calls
                    .iter()
                    .filter_map(|call| match call.outcome {
                        Outcome::Done { at, .. } => Some(at - call.called_at),
                        _ => None,
                    })
                    .collect();
                assert_eq!(tally.answered as usize, spans.len());
                assert!(tally.answered <= done);
                assert_eq!(tally.latency.map(|spread| spread.most), spans.iter().max().copied());
                // Request and Reply at least; and nothing is faster than its messages.
                let delays = tally.delays.expect("some calls were answered");
                assert!(delays.median >= 2, "{tally:?}");
                assert!(delays.median * 5_000 <= tally.latency.expect("the same").most);
                assert!(tally.unavailable_us() <= pair.now());
                assert_eq!(tally.shown().len(), ROWS.len());
                pair.turn();
            }
        }
    }
}

#[test]
fn a_quiet_call_costs_two_round_trips_and_no_outage() {
    let source = "interleave 1\nraft nodes=3 clients=1\nbeside raft\nnetwork delay=10ms\nseed 1\n\
                  at 1s c1 put x 1\nat 1.5s c1 put x 2\nuntil 2s\n";
    let scenario = good(source);
    let mut pair = started(&scenario);
    pair.run_to(scenario.until, u64::MAX);
    let tally = Tally::of(&mut *pair);
    // The first call may have been sent on to the leader; the second goes there at once: Request,
    // the servers' question and answer, Reply.
    assert_eq!((tally.calls, tally.answered), (2, 2));
    assert_eq!(tally.delays.expect("answered").median, 4);
    assert_eq!(tally.latency.expect("answered").median, 40_000);
    assert_eq!(tally.outages, []);
    let mut down =
        good(&source.replace("at 1.5s", "at 1.4s crash all\nat 1.9s restart all\nat 1.5s"));
    down.until = 2_000_000;
    let mut pair = started(&down);
    pair.run_to(down.until, u64::MAX);
    let tally = Tally::of(&mut *pair);
    assert_eq!(tally.outages, [(1_500_000, 2_000_000)]);
}

/// What is done at one moment, first to one run alone and then to both, or the other way round,
/// happens in that order, now and when it is replayed.
#[test]
fn what_is_done_at_one_moment_keeps_its_order() {
    for (first, second) in pairs() {
        let source = format!(
            "interleave 1\n{first} nodes=3 clients=1\nbeside {second}\nseed 4\n\
             network delay=10ms\nuntil 1s\n"
        );
        let scenario = good(&source);
        for (steps, turned) in [(20, true), (30, false), (41, true)] {
            let mut pair = started(&scenario);
            for _ in 0..steps {
                pair.step();
            }
            if turned {
                pair.turn();
            }
            let node = Target::Node(NodeId(2));
            let fire = Action::Fire { target: node.clone(), timer: "election".to_string() };
            for action in [fire, Action::Crash(node.clone()), Action::Restart(node)] {
                // Some timers do not run at this moment; that is no matter here.
                pair.act(action).expect("it makes sense");
            }
            assert!(pair.node(NodeId(2)).up && beside(&*pair).node(NodeId(2)).up);
            assert_eq!(pair.node(NodeId(2)).crashes, 1);
            assert_eq!(beside(&*pair).node(NodeId(2)).crashes, 1);
            let mut scripts = [pair.setup().script.clone(), beside(&*pair).setup().script.clone()];
            if pair.lane() == 1 {
                scripts.reverse();
            }
            let scripts: Vec<&[_]> = scripts.iter().map(Vec::as_slice).collect();
            let written = parse(&source).document.with_scripts(&scenario, &scripts).to_string();
            pair.run_to(scenario.until, u64::MAX);
            let mut again = started(&good(&written));
            again.run_to(scenario.until, u64::MAX);
            assert_eq!(again.digest(), pair.digest(), "{written}");
        }
    }
}

#[test]
fn whoever_acts_in_the_past_leaves_the_future_of_both() {
    for (first, second) in pairs() {
        let scenario = good(&format!(
            "interleave 1\n{first} nodes=3 clients=1\nbeside {second}\nseed 4\nuntil 2s\n"
        ));
        let mut pair = started(&scenario);
        pair.run_to(1_000_000, u64::MAX);
        pair.act(Action::Crash(Target::Node(NodeId(1)))).expect("it makes sense");
        pair.back(20);
        let timer = "election".to_string();
        let fire = Action::Fire { target: Target::Node(NodeId(2)), timer };
        pair.act(fire).expect("it makes sense");
        assert_eq!(pair.setup().script.len(), 1);
        assert_eq!(beside(&*pair).setup().script.len(), 0, "the crash is in no future any more");
    }
}
