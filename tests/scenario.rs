//! The scenario text: what is wrong with it is said where it is wrong, and what is right with it
//! prints as it was read.

use interleave::protocols;
use interleave::scenario::action::{print_scheduled, read_action};
use interleave::scenario::library;
use interleave::scenario::limits::{MAX_DIAGNOSTICS, MAX_TEXT};
use interleave::scenario::run::{Report, run};
use interleave::scenario::{Document, Scenario, parse, parse_bytes};
use interleave::sim::action::*;
use interleave::sim::session::Watch;
use interleave::view::{MessageName, NodeId, NodeNames};
use proptest::prelude::*;

/// A line behind a head that makes it a scenario of raft with three servers and two clients.
fn with_line(line: &str) -> String {
    format!("interleave 1\nraft nodes=3 clients=2\n{line}\nuntil 10s\n")
}

fn good(text: &str) -> Scenario {
    let parsed = parse(text);
    parsed.scenario.unwrap_or_else(|| panic!("{:?}\n{text}", parsed.diagnostics))
}

fn only_fault(text: &str) -> String {
    let parsed = parse(text);
    assert!(parsed.scenario.is_none(), "{text}");
    assert_eq!(parsed.diagnostics.len(), 1, "{:?}\n{text}", parsed.diagnostics);
    parsed.diagnostics[0].to_string()
}

/// The line, and what the message must contain: its column and its words.
const FAULTS: &[(&str, &[&str])] = &[
    ("frobnicate", &["column 1", "begins no line"]),
    ("sed 42", &["column 1", "did you mean `seed`"]),
    ("seed 42 43", &["column 9", "too much"]),
    ("seed -1", &["column 6", "no whole number"]),
    ("seed 18446744073709551616", &["column 6", "out of range"]),
    ("seed", &["column 5", "missing"]),
    ("title Hello", &["column 7", "in quotes"]),
    ("title “Hello”", &["column 7", "straight double quotes"]),
    ("title \"Hello", &["column 7", "no closing"]),
    ("raft nodes=5", &["column 1", "already"]),
    ("network delay=20ms..5ms", &["column 15", "wrong way round"]),
    ("network delay=5", &["column 15", "no unit", "`5ms..20ms`"]),
    ("network dealy=5ms", &["column 9", "did you mean `delay`"]),
    ("network loss=150%", &["column 14", "more than 100%"]),
    ("network loss=1% loss=2%", &["column 17", "second time"]),
    ("network order=lifo", &["column 15", "`fifo` or `any`"]),
    ("network", &["column 8", "missing"]),
    ("clients retry=maybe", &["column 15", "`on` or `off`"]),
    ("clients timeout=0s", &["column 17", "longer than nothing"]),
    ("flaw commit_old_trem", &["column 6", "no flaw", "did you mean `commit_old_term`"]),
    ("given c1 log 1", &["column 7", "only servers"]),
    ("given n1 lgo 1", &["column 1", "cannot be given"]),
    ("given n4 log 1", &["column 7", "no node `n4`", "`n1` to `n3`"]),
    ("at 1s", &["column 6", "missing"]),
    ("at soon crash n1", &["column 4", "no time"]),
    ("at 1.0000005s crash n1", &["column 4", "whole microseconds"]),
    ("at 1s/x crash n1", &["column 4", "number of events"]),
    ("at 2h crash n1", &["column 4", "unknown unit"]),
    ("at 11s crash n1", &["column 1", "after the end of the run", "`until`"]),
    ("at 1s crsh n1", &["column 7", "did you mean `crash`"]),
    ("at 1s crash n9", &["column 13", "no node or role `n9`"]),
    ("at 1s crash leeder", &["column 13", "did you mean `leader`"]),
    ("at 1s crash n1 n2", &["column 16", "too much"]),
    ("at 1s crash \"n1\"", &["column 13", "in quotes"]),
    ("at 1s pause n1 for", &["column 19", "missing"]),
    ("at 1s partition n1 n2", &["column 22", "sides"]),
    ("at 1s partition n1 | n1", &["column 22", "second time"]),
    ("at 1s partition | n1", &["column 17", "no nodes"]),
    ("at 1s cut n1 n2", &["column 14", "`>` or `<>`"]),
    ("at 1s cut n1>n2", &["column 11", "spaces are missing"]),
    ("at 1s cut n1 > n1", &["column 16", "from one node to another"]),
    ("at 1s link n1 > n2", &["column 19", "`delay=`"]),
    ("at 1s drop n1#0", &["column 12", "names no message"]),
    ("at 1s drop n1#01", &["column 12", "names no message"]),
    ("at 1s drop n1 > n2 AppendEntriez", &["column 20", "did you mean `AppendEntries`"]),
    ("at 1s drop leader > n2", &["column 12", "not one node"]),
    ("at 1s delay n1#1", &["column 17", "missing"]),
    ("at 1s fire n1 electoin", &["column 15", "did you mean `election`"]),
    ("at 1s fire c1 election", &["column 15", "`timeout` or `backoff`"]),
    ("at 1s clock n1 drift=90%", &["column 22", "as fast as that"]),
    ("at 1s clock n1 drfit=1ppm", &["column 16", "did you mean `drift`"]),
    ("at 1s c3 put x 1", &["column 7", "no client `c3`", "`c1` to `c2`"]),
    ("at 1s n1 put x 1", &["column 7", "is a server"]),
    ("at 1s c1 putt x 1", &["column 10", "did you mean `put`"]),
    ("at 1s c1 put x", &["column 15", "`put key value`"]),
    ("at 1s c1", &["column 9", "missing"]),
    ("crash n1", &["column 1", "says no time", "clock off"]),
    ("from 2s to 1s drop n1 > n2", &["column 12", "not after the start"]),
    ("from 1s to 2s drop n1 <> n2", &["column 20", "one direction"]),
    ("from 1s to 2s crash n1", &["column 15", "`drop`"]),
    ("from 1s to 20s drop n1 > n2", &["column 1", "after the end of the run"]),
    ("say 1s hello", &["column 8", "in quotes"]),
    ("say 12s \"late\"", &["after the end of the run"]),
    ("expect soon n1 up", &["column 8", "is not known here"]),
    ("expect by 3s n1.comit_index >= 1", &["column 17", "did you mean `commit_index`"]),
    ("expect by 3s n1.term >= 1", &["column 17", "did you mean `current_term`"]),
    ("expect by 3s n1.commit_index => 1", &["column 30", "`>=`"]),
    ("expect by 3s n1.commit_index >= x", &["column 33", "no number"]),
    ("expect by 3s n1 role ledaer", &["column 22", "did you mean `leader`"]),
    ("expect by 3s n3.voted_for = n33", &["column 29", "no node `n33`", "`none`"]),
    ("expect by 3s n1.votes = n1 n4", &["column 28", "no node `n4`"]),
    ("expect by 30s n1 up", &["after the end of the run"]),
    ("expect always election_safty", &["column 15", "did you mean `election_safety`"]),
    ("expect violated leader_elected", &["column 17", "not a property that always holds"]),
    ("expect by 1s reached commited", &["column 22", "did you mean `committed`"]),
    ("expect history linear", &["column 16", "`linearizable`"]),
    ("expect by 1s count ladies = 1", &["column 20", "nothing that can be counted"]),
    ("expect by 1s c1.don = 1", &["column 17", "did you mean `done`"]),
    ("expect by 1s n1 answer 1 = ok", &["column 14", "only clients get answers"]),
    ("expect from 2s to 1s n1 up", &["column 19", "before the start"]),
    ("a\u{7}b", &["column 2", "control character"]),
];

#[test]
fn every_fault_is_said_where_it_is() {
    for (line, expected) in FAULTS {
        let message = only_fault(&with_line(line));
        assert!(message.starts_with("line 3, "), "{line}\n{message}");
        for part in *expected {
            assert!(message.contains(part), "{line}\n{message}\nlacks: {part}");
        }
    }
}

#[test]
fn faults_of_the_head_are_said_once() {
    let cases = [
        ("", "line 1, column 1: this text is empty"),
        ("# only a comment\n", "this text is empty"),
        ("raft\n", "this comes too early; expected `interleave 1` as the first line"),
        ("interleave 2\nraft\n", "made for a newer version"),
        ("interleave one\nraft\n", "no whole number"),
        ("interleave 1\ninterleave 1\nraft\n", "line 1 says `interleave` already"),
        ("interleave 1\n", "no line says which protocol runs; expected `raft`"),
        ("interleave 1\nrfat nodes=3\nat 1s crash n1\n", "did you mean `raft`?"),
        ("interleave 1\nraft nodes=99\nat 1s crash n77\n", "`99` is out of range"),
        ("interleave 1\nraft nodes=3 elction=1ms\n", "did you mean `election`?"),
        ("interleave 1\nraft election=1us\n", "out of range; expected times from 1ms to 60s"),
        ("interleave 1\nraft no_op=yes\n", "expected `on` or `off`"),
        ("interleave 1\nping clients=1\n", "out of range"),
        ("interleave 1\nping\nclients retry=off\n", "this protocol serves no clients"),
        ("interleave 1\nping\nexpect history linearizable\n", "this run has no clients"),
        ("interleave 1\nraft\nuntil 2h\n", "unknown unit"),
        ("interleave 1\nraft\nuntil 3601s\n", "no time may be longer than 3600s"),
        ("interleave 1\nraft\nclock off\nclock off\n", "says `clock` already"),
    ];
    for (text, expected) in cases {
        let message = only_fault(text);
        assert!(message.contains(expected), "{text}\n{message}");
    }
}

#[test]
fn limits_are_checked_before_anything_runs() {
    let long = format!("interleave 1\nraft\n{}", "#".repeat(MAX_TEXT));
    assert!(only_fault(&long).contains("at most 64 KiB"));
    let many = format!("interleave 1\nraft\n{}", "at 1s heal\n".repeat(2_001));
    assert!(only_fault(&many).contains("at most 2000 actions"));
    let many = format!("interleave 1\nraft\n{}", "say 1s \"x\"\n".repeat(501));
    assert!(only_fault(&many).contains("at most 500 `say` lines"));
    let word = only_fault(&with_line(&format!("at 1s c1 put x {}", "y".repeat(201))));
    assert!(word.contains("more than 200 characters"));
    let faults = parse(&format!("interleave 1\nraft\n{}", "bad\n".repeat(1_000))).diagnostics;
    assert_eq!(faults.len(), MAX_DIAGNOSTICS);
    let fault = &parse_bytes(b"interleave 1\nra\xfft\n").diagnostics[0];
    assert_eq!((fault.line, fault.column), (2, 3));
}

#[test]
fn a_text_without_until_ends_after_what_it_names() {
    assert_eq!(good("interleave 1\nraft\n").until, 5_000_000);
    assert_eq!(good("interleave 1\nraft\nat 7s crash n1\n").until, 8_000_000);
    assert_eq!(good("interleave 1\nraft\nfrom 7s to 9s drop n1 > n2\n").until, 10_000_000);
}

#[test]
fn every_line_of_the_format_is_read() {
    let text = "\
\u{feff}# A comment before everything.
interleave 1

title   \"A title\"          # spaces do not matter
raft    nodes=5 clients=1 election=150ms..300ms heartbeat=50ms
seed    42
network delay=5ms..20ms loss=1% duplicate=0.5% order=fifo
clients timeout=250ms retry=off key=off
flaw    commit_old_term
given   n3 log 1 1
at 0.5s   c1 put x \"#1\"
at 0.6s   partition n1 n2 | n3 n4 n5
at 0.7s/3 crash leader
from 1s to 2s  delay all > n2 AppendEntries 20ms
say 0.5s  \"Watch.\"
expect never count leader > 2
until 5s\r\n";
    let scenario = good(text);
    let setup = &scenario.setup;
    assert_eq!((scenario.title.as_str(), setup.seed, scenario.until), ("A title", 42, 5_000_000));
    assert_eq!((setup.network.loss_ppm, setup.network.duplicate_ppm), (10_000, 5_000));
    assert!(setup.network.fifo && !setup.clients.retry && !setup.clients.key);
    assert_eq!(setup.params.flaws.iter().filter(|on| **on).count(), 1);
    assert_eq!(setup.script[2].moment, Moment { at: 700_000, slot: 3 });
    let op = vec!["put".to_string(), "x".to_string(), "#1".to_string()];
    assert_eq!(setup.script[0].action, Action::Request { client: NodeId(5), op });
    assert_eq!(scenario.script_lines, [11, 12, 13, 14]);
    let Action::Rule(rule) = &setup.script[3].action else { panic!("{:?}", setup.script[3]) };
    assert_eq!((rule.until, rule.effect), (2_000_000, RuleEffect::Delay(20_000)));
    let printed = parse(text).document.to_string();
    assert_eq!(printed, text.replace(['\r', '\u{feff}'], ""));
    assert_eq!(good(&scenario.to_text()).setup, scenario.setup);
}

#[test]
fn expectations_that_fail_say_what_was_so_instead() {
    let report = |expect: &str| -> Report {
        let line = format!("interleave 1\nraft nodes=3 clients=1\nseed 4\n{expect}\nuntil 1s\n");
        run(&good(&line)).expect("it starts")
    };
    let cases = [
        ("expect at 1s n2 role leader", "line 4: expected at 1s n2 role leader; n2 was follower"),
        ("expect by 1s n1.commit_index >= 7", "n1.commit_index was 1"),
        ("expect at 1s count leader = 2", "there were 1: n1"),
        ("expect always count leader = 1", "at 0s, there were none"),
        ("expect never n1 role candidate", "it was so"),
        ("expect at 1s c1 answer 1 = ok", "there was no such call"),
        ("expect at 1s n1 log 1 1", "the log of n1 was 1"),
        ("expect at 1s n1 key x = 1", "x was absent at n1"),
        ("expect at 1s candidate up", "nobody was candidate"),
        ("expect by 1s reached log_conflict_truncated", "it was not told"),
        ("expect violated election_safety", "it was not violated"),
        ("expect at 1s n1 down", "n1 was up"),
        ("expect from 0s to 1s n1 role leader", "at 0s, n1 was follower"),
    ];
    for (expect, why) in cases {
        let report = report(expect);
        assert!(!report.passed(), "{expect}");
        assert!(report.failures()[0].contains(why), "{expect}\n{:?}", report.failures());
    }
    let held = "expect by 1s n1 role leader\nexpect from 0.5s to 1s leader.current_term = 1\n\
                expect at 0.1s leader.commit_index != 3\nexpect always all up\n\
                expect at 1s n1.leader = n1\nexpect at 0.1s n1.leader = none\n\
                expect never n1.commit_index > 1\nexpect at 1s c1.calls = 0";
    let failures = report(held).failures();
    assert_eq!(failures, ["line 6: expected at 0.1s leader.commit_index != 3; nobody was leader"]);
}

#[test]
fn a_broken_property_that_nobody_expects_is_a_failure() {
    let text = library::find("raft-flaw-commit-old-term").expect("it").text;
    let text = text.replace("expect violated leader_completeness\n", "");
    let failures = run(&good(&text)).expect("it starts").failures();
    assert_eq!(failures.len(), 1, "{failures:?}");
    assert!(failures[0].starts_with("leader_completeness is violated"), "{failures:?}");
}

/// Acts at the present position and answers the document that says so.
fn act(document: &Document, scenario: &Scenario, at: u64, action: Action) -> String {
    let mut session = scenario.start(Watch::ALL).expect("it starts");
    session.run_to(at, 100_000);
    session.act(action).expect("it makes sense");
    document.with_script(scenario, &session.setup().script).to_string()
}

#[test]
fn a_recorded_action_is_exactly_one_line_at_its_place() {
    let text =
        "interleave 1\nraft # five\n\n# first\nat 1s crash n1 # bang\nat 2s heal\n\nuntil 5s\n";
    let parsed = parse(text);
    let scenario = parsed.scenario.expect("a scenario");
    let new = act(&parsed.document, &scenario, 1_500_000, Action::Crash(Target::Node(NodeId(1))));
    let expected = text.replace("# bang\n", "# bang\nat 1.5s crash n2\n");
    assert_eq!(new, expected);
    let late = act(&parsed.document, &scenario, 4_980_000, Action::Heal);
    assert_eq!(late, text.replace("at 2s heal\n", "at 2s heal\nat 4.98s heal\n"));
    let action = Scheduled {
        moment: Moment { at: 7_000_000, slot: 0 },
        action: Action::Heal,
        recorded: true,
    };
    let later = parsed.document.with_recorded(&scenario, &action).to_string();
    assert!(later.contains("at 7s heal\n") && later.contains("until 8s\n"), "{later}");
    let bare = parse("interleave 1\nraft\nexpect at 1s n1 up\n");
    let scenario = bare.scenario.expect("a scenario");
    let first = act(&bare.document, &scenario, 0, Action::Heal);
    assert_eq!(first, "interleave 1\nraft\nat 0s heal\nexpect at 1s n1 up\n");
}

#[test]
fn without_a_clock_lines_have_no_time_until_they_need_one() {
    let text = "interleave 1\nraft nodes=3\nclock off\nfire n1 election # go\n\
                deliver n1 > n2 RequestVote\n";
    let parsed = parse(text);
    let scenario = parsed.scenario.expect("a scenario");
    let moments: Vec<u64> = scenario.setup.script.iter().map(|line| line.moment.at).collect();
    assert_eq!(moments, [10_000, 20_000]);
    let crash = |at| Scheduled {
        moment: Moment { at, slot: 0 },
        action: Action::Crash(Target::Node(NodeId(2))),
        recorded: true,
    };
    let next = parsed.document.with_recorded(&scenario, &crash(30_000)).to_string();
    assert_eq!(next, format!("{text}crash n3\n"));
    let between = parsed.document.with_recorded(&scenario, &crash(15_000)).to_string();
    let script = &good(&between).setup.script;
    let moments: Vec<u64> = script.iter().map(|line| line.moment.at).collect();
    assert_eq!(moments, [10_000, 15_000, 20_000]);
    assert!(between.contains("at 10ms fire n1 election  # go\n"), "{between}");
}

#[test]
fn the_library_is_kept_by_printing_and_means_the_same_when_tidied() {
    for entry in library::all() {
        let parsed = parse(entry.text);
        assert_eq!(parsed.document.to_string(), entry.text, "{}", entry.id);
        let tidy = parsed.document.tidy().to_string();
        assert_eq!(Document::parse(&tidy).tidy().to_string(), tidy, "{}", entry.id);
        let scenario = parsed.scenario.expect("a scenario");
        let same = good(&tidy);
        assert_eq!(same.setup, scenario.setup, "{}", entry.id);
        assert_eq!((same.until, &same.says), (scenario.until, &scenario.says), "{}", entry.id);
        assert_eq!(same.expects, scenario.expects, "{}", entry.id);
        let printed = good(&scenario.to_text());
        assert_eq!(printed.setup, scenario.setup, "{}", entry.id);
    }
}

/// So many cases, and no file beside this one.
fn config(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

const NAMES: NodeNames = NodeNames { servers: 5, clients: 2 };

fn time() -> impl Strategy<Value = u64> {
    prop_oneof![0u64..2_000, (0u64..3_600_000).prop_map(|ms| ms * 1_000), 0u64..3_600_000_000]
}

fn node() -> impl Strategy<Value = NodeId> {
    (0u32..7).prop_map(NodeId)
}

fn target() -> impl Strategy<Value = Target> {
    let word = prop::sample::select(vec!["leader", "followers", "candidate"]);
    prop_oneof![
        node().prop_map(Target::Node),
        Just(Target::All),
        word.prop_map(|word| Target::Role(word.to_string())),
    ]
}

fn ends() -> impl Strategy<Value = (Target, Target, Direction)> {
    let way = prop_oneof![Just(Direction::OneWay), Just(Direction::BothWays)];
    (target(), target(), way).prop_filter("two ends", |(from, to, _)| from != to)
}

fn delay() -> impl Strategy<Value = Delay> {
    prop_oneof![
        (time(), time()).prop_map(|(a, b)| Delay::Uniform { lo: a.min(b), hi: a.max(b) }),
        (time(), time()).prop_map(|(base, mean)| Delay::Tail { base, mean }),
    ]
}

fn change() -> impl Strategy<Value = LinkChange> {
    let share = || prop::option::of(0u32..=1_000_000);
    (prop::option::of(delay()), share(), share(), prop::option::of(any::<bool>()))
        .prop_map(|(delay, loss_ppm, duplicate_ppm, fifo)| LinkChange {
            delay,
            loss_ppm,
            duplicate_ppm,
            fifo,
        })
        .prop_filter("says something", |change| *change != LinkChange::default())
}

fn kind() -> impl Strategy<Value = Option<String>> {
    let kinds = vec!["AppendEntries", "RequestVoteReply", "Request", "Reply"];
    prop::option::of(prop::sample::select(kinds).prop_map(str::to_string))
}

fn message() -> impl Strategy<Value = MessageRef> {
    let named = (node(), 1u32.., 1u32..)
        .prop_map(|(from, number, copy)| MessageRef::Named(MessageName { from, number, copy }));
    let oldest = (node(), node(), kind())
        .prop_filter("two ends", |(from, to, _)| from != to)
        .prop_map(|(from, to, kind)| MessageRef::Oldest { from, to, kind });
    prop_oneof![named, oldest]
}

fn word() -> impl Strategy<Value = String> {
    "[^\\p{Z}\\p{C}]{1,12}".prop_filter("no tab", |word| !word.contains(['\t', ' ']))
}

fn action() -> impl Strategy<Value = Action> {
    let client = (5u32..7).prop_map(NodeId);
    let request = (client, word(), word()).prop_map(|(client, key, value)| Action::Request {
        client,
        op: vec!["put".to_string(), key, value],
    });
    let sides = prop::sample::subsequence((0u32..7).collect::<Vec<_>>(), 2..7)
        .prop_flat_map(|nodes| (1..nodes.len(), Just(nodes)))
        .prop_map(|(cut, nodes)| {
            let side = |nodes: &[u32]| nodes.iter().map(|&n| Target::Node(NodeId(n))).collect();
            Action::Partition(vec![side(&nodes[..cut]), side(&nodes[cut..])])
        });
    let effect = prop_oneof![
        Just(RuleEffect::Drop),
        Just(RuleEffect::Duplicate),
        time().prop_map(RuleEffect::Delay)
    ];
    let rule = (effect, ends(), kind()).prop_map(|(effect, (from, to, _), kind)| {
        Action::Rule(Rule { until: 3_600_000_000, effect, from, to, kind })
    });
    let clock =
        (target(), prop::option::of(-3_600_000_000i64..3_600_000_000), -500_000i32..500_000)
            .prop_map(|(target, offset_us, ppm)| Action::Clock {
                target,
                offset_us,
                drift_ppm: Some(ppm),
            });
    let simple = prop_oneof![
        target().prop_map(Action::Crash),
        target().prop_map(Action::Restart),
        target().prop_map(Action::Resume),
        target().prop_map(Action::Isolate),
        (target(), prop::option::of(time()))
            .prop_map(|(target, length)| Action::Pause { target, length }),
        Just(Action::Heal),
    ];
    let links = prop_oneof![
        ends().prop_map(|(from, to, way)| Action::Cut(from, to, way)),
        ends().prop_map(|(from, to, way)| Action::Hold(from, to, way)),
        ends().prop_map(|(from, to, way)| Action::Release(from, to, way)),
        (ends(), change())
            .prop_map(|((from, to, way), change)| Action::Link(from, to, way, change)),
        change().prop_map(Action::Network),
    ];
    let messages = prop_oneof![
        message().prop_map(Action::Drop),
        message().prop_map(Action::Duplicate),
        (message(), time()).prop_map(|(message, by)| Action::Delay(message, by)),
        message().prop_map(Action::Deliver),
    ];
    let fire =
        (0u32..5, prop::sample::select(vec!["election", "heartbeat"])).prop_map(|(node, timer)| {
            Action::Fire { target: Target::Node(NodeId(node)), timer: timer.to_string() }
        });
    prop_oneof![request, sides, rule, clock, simple, links, messages, fire]
}

proptest! {
    #![proptest_config(config(1_000))]

    #[test]
    fn what_is_done_prints_as_one_line_that_reads_back(
        action in action(),
        at in time().prop_filter("before the end", |at| *at < 3_600_000_000),
        slot in prop_oneof![Just(0u32), 0u32..1_000],
    ) {
        let scheduled = Scheduled { moment: Moment { at, slot }, action, recorded: false };
        let line = print_scheduled(&scheduled, NAMES);
        prop_assert!(!line.contains('\n'));
        let text = format!("interleave 1\nraft nodes=5 clients=2\n{line}\nuntil 3600s\n");
        let parsed = parse(&text);
        let Some(scenario) = parsed.scenario else {
            return Err(TestCaseError::fail(format!("{:?}\n{line}", parsed.diagnostics)));
        };
        prop_assert_eq!(&scenario.setup.script[0], &scheduled);
    }

    #[test]
    fn any_text_is_a_document_that_prints_as_it_is(text in "(\\PC|[\t\r\n]|#|\"){0,300}") {
        let once = Document::parse(&text);
        let printed = once.to_string();
        prop_assert_eq!(&Document::parse(&printed), &once);
        let tidy = once.tidy();
        prop_assert_eq!(&tidy.tidy(), &tidy);
        prop_assert_eq!(tidy.lines().len(), once.lines().len());
    }

    #[test]
    fn comments_and_their_order_survive_tidying(
        comments in prop::collection::vec("[a-z ]{0,20}[a-z]", 1..10),
    ) {
        let lines = comments.iter().map(|comment| format!("  at 1s   heal   #{comment}\n"));
        let text = format!("interleave 1\nraft\n{}", lines.collect::<String>());
        let tidy = parse(&text).document.tidy().to_string();
        let kept: Vec<String> = tidy
            .lines()
            .filter_map(|line| line.split_once('#').map(|(_, comment)| comment.to_string()))
            .collect();
        prop_assert_eq!(kept, comments);
        prop_assert_eq!(good(&tidy).setup, good(&text).setup);
    }
}

#[test]
fn an_action_alone_can_be_read_as_well() {
    use interleave::scenario::{action::Known, cursor::Cursor, lex::lex};
    let known = Known { entry: protocols::find("raft").expect("raft"), names: NAMES };
    let lexed = lex("crash n1");
    let action = read_action(&mut Cursor::new(1, &lexed), known);
    assert_eq!(action, Ok(Action::Crash(Target::Node(NodeId(0)))));
}
