//! All clients of a cluster, and what can be asked of them without knowing their service.
//!
//! Their code is compiled once for each service, where the shell around them is compiled once for
//! each protocol; several protocols promise the same service.

use std::rc::Rc;

use super::client::{Client, Happening, When, Wish};
use super::judge;
use super::protocol::{Answer, Request};
use super::session::{Call, ClientRules};
use crate::check::{Limits, Verdict};
use crate::service::Service;
use crate::view::{Field, MessageView, NodeNames, NodeView, Value};

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
pub struct Clients<S: Service>(Box<[Rc<Client<S>>]>);

impl<S: Service> Clients<S> {
    /// Clients with nothing to ask.
    pub fn new(names: NodeNames, rules: ClientRules) -> Clients<S> {
        Clients(names.clients().map(|node| Rc::new(Client::new(node, names, rules))).collect())
    }

    /// Lets a client act. The answer is whether a call has come to its end.
    pub fn act(
        &mut self,
        place: usize,
        what: Happening<S>,
        when: When,
        wishes: &mut Vec<Wish<S::Op>>,
    ) -> bool {
        let client = Rc::make_mut(&mut self.0[place]);
        let ended = client.ended();
        client.act(what, when, wishes);
        client.ended() != ended
    }

    /// What of the clients goes into the digest of a run.
    pub fn hash_words(&self) -> impl Iterator<Item = u64> {
        self.0.iter().flat_map(|client| client.hash_words())
    }
}

impl<S: Service> Callers for Clients<S> {
    fn check_op(&self, op: &[&str]) -> Result<(), String> {
        S::parse(op).map(drop).map_err(|error| error.message)
    }

    fn view(&self, place: usize) -> NodeView {
        self.0[place].view()
    }

    fn calls(&self) -> Vec<Call> {
        self.0.iter().flat_map(|client| client.shown_calls()).collect()
    }

    fn linearizability(&self, names: NodeNames, limits: &Limits) -> (Verdict, Vec<String>) {
        judge::linearizability(&self.0, names, limits)
    }
}

/// What a client's request looks like.
pub fn request_view<S: Service>(request: &Request<S::Op>) -> MessageView {
    let op = S::print_op(&request.op);
    MessageView {
        kind: "Request",
        reply: false,
        refusal: false,
        generation: None,
        summary: op.clone(),
        fields: vec![
            field("client", "client and session", Value::Node(request.client)),
            field("number", "serial number", Value::Int(request.number as i64)),
            field("op", "operation", Value::text(op)),
        ],
    }
}

/// What an answer to a client looks like.
pub fn reply_view<S: Service>(
    number: u64,
    answer: &Answer<S::Out>,
    names: NodeNames,
) -> MessageView {
    let summary = match answer {
        Answer::Done(out) => S::print_out(out),
        Answer::Redirect(Some(to)) => format!("ask {}", names.name(*to)),
        Answer::Redirect(None) => "ask somebody else".to_string(),
        Answer::Refused(why) => (*why).to_string(),
    };
    MessageView {
        kind: "Reply",
        reply: true,
        refusal: !matches!(answer, Answer::Done(_)),
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
