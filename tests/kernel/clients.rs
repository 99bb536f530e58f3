//! Clients, against a protocol made for it: `n2` serves, the others know or do not know that.

use interleave::check::{Limits, Verdict};
use interleave::service::{KeyValue, Service};
use interleave::sim::action::{Direction, LinkChange};
use interleave::sim::info::{Count, Info, Params};
use interleave::sim::protocol::{Answer, Cx, Op, Protocol, Request};
use interleave::sim::run::Run;
use interleave::sim::session::{Call, Outcome};
use interleave::view::{MessageView, NodeNames, NodeView, Tone};

use super::*;

/// A store on `n2`. `n1` redirects there; `n3` knows nothing.
#[derive(Clone)]
struct OneStore;

impl Protocol for OneStore {
    const INFO: &'static Info = &Info {
        id: "one_store",
        title: "One store",
        family: "Tests",
        summary: "A store on one node.",
        reference: "none",
        revision: 1,
        servers: Count { default: 3, min: 3, max: 3 },
        clients: Count { default: 1, min: 1, max: 4 },
        params: &[],
        flaws: &[],
        roles: &[],
        messages: &[],
        timers: &[],
        properties: &[],
        notes: &[],
    };
    type State = KeyValue;
    type Msg = ();
    type Service = KeyValue;
    type Monitor = ();

    fn new(_params: &Params) -> OneStore {
        OneStore
    }

    fn init(&self, _me: NodeId) -> KeyValue {
        KeyValue::default()
    }

    fn on_crash(&self, old: &KeyValue, _me: NodeId) -> KeyValue {
        old.clone()
    }

    fn on_message(&self, _state: &mut KeyValue, _from: NodeId, (): (), _cx: &mut Cx<'_, Self>) {}

    fn on_request(&self, state: &mut KeyValue, ask: Request<Op<Self>>, cx: &mut Cx<'_, Self>) {
        let answer = match cx.me() {
            N2 => Answer::Done(state.apply(&ask.op)),
            N1 => Answer::Redirect(Some(N2)),
            _ => Answer::Redirect(None),
        };
        cx.reply(ask.client, ask.number, answer);
    }

    fn kind((): &()) -> usize {
        0
    }

    fn view(&self, _state: &KeyValue, _names: NodeNames) -> NodeView {
        NodeView {
            role: "store",
            letter: 'S',
            tone: Tone::Neutral,
            generation: None,
            headline: String::new(),
            fields: Vec::new(),
            panels: Vec::new(),
            quorums: Vec::new(),
        }
    }

    fn message_view(&self, (): &(), _names: NodeNames) -> MessageView {
        unreachable!("servers send each other nothing")
    }
}

const C1: NodeId = NodeId(3);

fn ask(ms: Time, op: &str) -> Scheduled {
    let op = op.split(' ').map(str::to_string).collect();
    at(ms, Action::Request { client: C1, op })
}

fn run(rules: ClientRules, script: Vec<Scheduled>) -> Run {
    let mut setup = ping(script);
    setup.params = Params::defaults(OneStore::INFO);
    setup.clients = rules;
    let mut run = Run::new::<OneStore>(setup, Watch::ALL).expect("nothing is given");
    run.run_to(3_000 * MS, 10_000);
    run
}

fn answer(call: &Call) -> &str {
    match &call.outcome {
        Outcome::Done { out, .. } => out,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_client_follows_a_redirection_and_remembers() {
    let run = run(ClientRules::default(), vec![ask(10, "put x 1"), ask(10, "get x")]);
    let calls = run.calls();
    assert_eq!(calls.iter().map(answer).collect::<Vec<_>>(), ["ok", "1"]);
    assert_eq!(calls.iter().map(|call| call.attempts).collect::<Vec<_>>(), [2, 1]);
    let Outcome::Done { at, .. } = calls[0].outcome else { unreachable!("it is done") };
    assert_eq!(calls[1].called_at, at, "one call after the other");
}

#[test]
fn a_client_that_gets_no_answer_tries_the_next_server() {
    let script = vec![at(0, Action::Crash(node(N1))), ask(10, "put x 1")];
    let run = run(ClientRules::default(), script);
    assert_eq!(answer(&run.calls()[0]), "ok");
    assert_eq!(run.calls()[0].attempts, 2);
}

/// The answers to `c1` are lost for a while, so it sends the same append again and again.
fn retried_append(rules: ClientRules) -> Run {
    let loss = |ppm| LinkChange { loss_ppm: Some(ppm), ..LinkChange::default() };
    let link = |ms, ppm| at(ms, Action::Link(node(N2), node(C1), Direction::OneWay, loss(ppm)));
    let script =
        vec![link(0, 1_000_000), ask(10, "append x 1"), link(1_500, 0), ask(1_600, "get x")];
    run(rules, script)
}

#[test]
fn a_retry_repeats_its_number_if_there_is_a_key() {
    let numbers = |key| {
        let run = retried_append(ClientRules { key, ..ClientRules::default() });
        let number = run.node(C1).view.field("number").cloned().expect("a client numbers");
        assert!(run.calls()[0].attempts > 2);
        assert_eq!(answer(&run.calls()[0]), "ok");
        number.value
    };
    assert_eq!(numbers(true), interleave::view::Value::Int(2));
    assert!(matches!(numbers(false), interleave::view::Value::Int(more) if more > 3));
}

#[test]
fn a_client_that_does_not_retry_does_not_know_what_happened() {
    let rules = ClientRules { retry: false, ..ClientRules::default() };
    let run = retried_append(rules);
    assert!(matches!(run.calls()[0].outcome, Outcome::Unknown { at } if at > 310 * MS));
    assert_eq!(answer(&run.calls()[1]), "1", "it did happen");
}

#[test]
fn what_clients_saw_is_judged_by_the_order_of_steps() {
    let calls = vec![ask(10, "put x 1"), ask(10, "get x"), ask(2_990, "put x 2")];
    let run = run(ClientRules::default(), calls);
    let (verdict, told) = run.linearizability(&Limits::default());
    let Verdict::Linearizable(effects) = verdict else { panic!("{told:?}") };
    assert_eq!(effects.iter().map(|effect| effect.call).collect::<Vec<_>>(), [0, 1]);
    assert_eq!(told[1], "  1. c1 put x 1 → ok, from 10ms on");
    assert_eq!(told[3], "One call without answer need not have taken effect.");
}

#[test]
fn an_append_that_was_done_twice_is_not_linearizable() {
    let run = retried_append(ClientRules::default());
    let (verdict, told) = run.linearizability(&Limits::default());
    let Verdict::NotLinearizable(conflict) = verdict else { panic!("{told:?}") };
    assert_eq!((conflict.wrong, conflict.answers), (1, vec![1]));
    assert!(told[2].starts_with("  c1 get x → 11"), "{told:?}");
}
