//! All clients of a cluster, and what can be asked of them without knowing their service.
//!
//! What a client does is compiled once ([`super::client`]); what is here, once for each service; the
//! shell around it, once for each protocol.

use std::rc::Rc;

use super::client::{Client, Happening, When, Wish};
use super::judge;
use super::protocol::{Answer, Request, TimerTag};
use super::session::{Call, ClientRules};
use crate::check::{Limits, Verdict};
use crate::service::Service;
use crate::view::{Field, MessageView, NodeId, NodeNames, NodeView, Value};

/// The clients without their service.
pub trait Callers {
    /// Whether these words are an operation.
    fn check_op(&self, op: &[&str]) -> Result<(), String>;

    /// What a client looks like.
    fn view(&self, place: usize) -> NodeView;

    /// Their calls.
    fn calls(&self) -> Vec<Call>;

    /// Judges their calls.
    fn linearizability(&self, names: NodeNames, limits: &Limits) -> (Verdict, Vec<String>);
}

/// The clients of some service.
#[derive(Clone)]
pub struct Clients<S: Service>(Box<[Rc<Caller<S>>]>);

/// A client with its operations and answers as the checkers judge them.
#[derive(Clone)]
pub struct Caller<S: Service> {
    /// What it does.
    pub client: Client,
    /// What it asks in each of its calls.
    pub ops: Vec<S::Op>,
    /// What was answered, if it was.
    pub outs: Vec<Option<S::Out>>,
}

impl<S: Service> Clients<S> {
    /// Clients with nothing to ask.
    pub fn new(names: NodeNames, rules: ClientRules) -> Clients<S> {
        let caller = |node| {
            let client = Client::new(node, names, rules);
            Rc::new(Caller { client, ops: Vec::new(), outs: Vec::new() })
        };
        Clients(names.clients().map(caller).collect())
    }

    /// A client is told to ask for something.
    pub fn ask(&mut self, place: usize, op: S::Op, when: When, wishes: &mut Vec<Wish>) {
        let caller = Rc::make_mut(&mut self.0[place]);
        let told = S::print_op(&op).into();
        caller.ops.push(op);
        caller.outs.push(None);
        caller.client.act(Happening::Told(told), when, wishes);
    }

    /// An answer arrives at a client. Says whether a call has come to its end.
    pub fn reply(
        &mut self,
        place: usize,
        (from, number): (NodeId, u64),
        answer: Answer<S::Out>,
        when: When,
        wishes: &mut Vec<Wish>,
    ) -> bool {
        let caller = Rc::make_mut(&mut self.0[place]);
        let (told, out) = match answer {
            Answer::Done(out) => (Answer::Done(S::print_out(&out).into()), Some(out)),
            Answer::Redirect(to) => (Answer::Redirect(to), None),
            Answer::Refused(why) => (Answer::Refused(why), None),
        };
        let asked = caller.client.asking();
        let ended = caller.client.ended();
        caller.client.act(Happening::Reply(from, number, told), when, wishes);
        let ends = caller.client.ended() != ended;
        if let (true, Some(call)) = (ends, asked) {
            caller.outs[call] = out;
        }
        ends
    }

    /// A timer of a client goes off.
    pub fn fire(&mut self, place: usize, timer: TimerTag, when: When, wishes: &mut Vec<Wish>) {
        Rc::make_mut(&mut self.0[place]).client.act(Happening::Timer(timer), when, wishes);
    }

    /// The request that a client wishes to send.
    pub fn request(&self, place: usize, number: u64, call: usize) -> Request<S::Op> {
        let caller = &self.0[place];
        Request { client: caller.client.me(), number, op: caller.ops[call].clone() }
    }

    /// What of the clients goes into the digest of a run.
    pub fn hash_words(&self) -> impl Iterator<Item = u64> {
        self.0.iter().flat_map(|caller| caller.client.hash_words())
    }
}

impl<S: Service> Callers for Clients<S> {
    fn check_op(&self, op: &[&str]) -> Result<(), String> {
        S::parse(op).map(drop).map_err(|error| error.message)
    }

    fn view(&self, place: usize) -> NodeView {
        self.0[place].client.view()
    }

    fn calls(&self) -> Vec<Call> {
        self.0.iter().flat_map(|caller| caller.client.shown_calls()).collect()
    }

    fn linearizability(&self, names: NodeNames, limits: &Limits) -> (Verdict, Vec<String>) {
        judge::linearizability(&self.0, names, limits)
    }
}

/// What a client's request looks like; `op` as the service prints it.
pub fn request_view(client: NodeId, number: u64, op: String) -> MessageView {
    MessageView {
        kind: "Request",
        reply: false,
        refusal: false,
        generation: None,
        summary: op.clone(),
        fields: vec![
            field("client", "client and session", Value::Node(client)),
            field("number", "serial number", Value::Int(number as i64)),
            field("op", "operation", Value::text(op)),
        ],
    }
}

/// What an answer to a client looks like; if it is done, `out` as the service prints it.
pub fn reply_view<O>(
    number: u64,
    answer: &Answer<O>,
    print_out: fn(&O) -> String,
    names: NodeNames,
) -> MessageView {
    let (refusal, summary) = match answer {
        Answer::Done(out) => (false, print_out(out)),
        Answer::Redirect(Some(to)) => (true, format!("ask {}", names.name(*to))),
        Answer::Redirect(None) => (true, "ask somebody else".to_string()),
        Answer::Refused(why) => (true, (*why).to_string()),
    };
    shown_reply(number, refusal, summary)
}

#[inline(never)]
fn shown_reply(number: u64, refusal: bool, summary: String) -> MessageView {
    MessageView {
        kind: "Reply",
        reply: true,
        refusal,
        generation: None,
        summary: summary.clone(),
        fields: vec![
            field("number", "serial number", Value::Int(number as i64)),
            field("answer", "answer", Value::text(summary)),
        ],
    }
}

fn field(name: &'static str, paper: &'static str, value: Value) -> Field {
    Field { name, paper, value, durable: false }
}
