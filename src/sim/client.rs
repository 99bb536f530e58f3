//! A client: a node that asks for one operation after another and keeps the account of it.
//!
//! It knows its service's operations and answers as texts, so that it is compiled once for all
//! services; [`super::clients`] keeps them with their types.
//!
//! It turns to the server that answered last, follows redirections, and after a timeout tries the
//! next server. With an idempotency key a retry repeats its serial number, so that the servers can
//! know it; without one every sending is a request of its own.

use std::rc::Rc;

use super::protocol::{Answer, TimerTag};
use super::session::{Call, ClientRules, Outcome};
use crate::view::{Field, NodeId, NodeNames, NodeView, Time, Tone, Value};

/// The timer that ends an attempt.
pub const TIMEOUT: TimerTag = TimerTag(0);
/// The timer that ends the wait before the next attempt.
pub const BACKOFF: TimerTag = TimerTag(1);
/// The names of a client's timers.
pub const CLIENT_TIMERS: [&str; 2] = ["timeout", "backoff"];

/// A client.
#[derive(Clone, Debug)]
pub struct Client {
    me: NodeId,
    servers: u32,
    rules: ClientRules,
    target: NodeId,
    next_number: u64,
    current: Option<Attempt>,
    calls: Vec<CallRecord>,
    /// How many of the calls were begun, one after the other; the others wait.
    begun: u64,
    /// How many of the calls are open no longer.
    ended: u64,
}

/// A call.
#[derive(Clone, Debug)]
pub struct CallRecord {
    /// What was asked, as the service prints it.
    pub op: Rc<str>,
    /// When it was first sent; until then, when the client was told to.
    pub called_at: Time,
    /// The step of that.
    pub called_step: u64,
    /// How often it was sent.
    pub attempts: u32,
    /// What came of it.
    pub ending: Ending,
}

/// What came of a call, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Nothing yet.
    Open,
    /// The answer, as the service prints it.
    Done(Rc<str>, Time, u64),
    /// It did not happen.
    Refused(&'static str, Time),
    /// The client gave up; it may have happened.
    Unknown(Time),
}

#[derive(Clone, Debug)]
struct Attempt {
    call: usize,
    number: u64,
    first_number: u64,
    redirections: u32,
}

/// What may happen to a client.
pub enum Happening {
    /// It is told to ask for something.
    Told(Rc<str>),
    /// This answer arrives from that server, to the request of that number.
    Reply(NodeId, u64, Answer<Rc<str>>),
    /// One of its timers goes off.
    Timer(TimerTag),
}

/// The time and the number of an event.
pub type When = (Time, u64);

/// What a client wants done after an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wish {
    /// Send a request to a server: its serial number, and which of the client's calls it is.
    Send(NodeId, u64, usize),
    /// Set one of its timers.
    SetTimer(TimerTag, Time),
    /// Stop one of its timers.
    CancelTimer(TimerTag),
}

impl Client {
    /// A client with nothing to ask. It turns to some server first, not all to the same.
    pub fn new(me: NodeId, names: NodeNames, rules: ClientRules) -> Client {
        Client {
            me,
            servers: names.servers,
            rules,
            target: NodeId((me.0 - names.servers) % names.servers),
            next_number: 1,
            current: None,
            calls: Vec::new(),
            begun: 0,
            ended: 0,
        }
    }

    /// The node that it is.
    pub fn me(&self) -> NodeId {
        self.me
    }

    /// Every call so far.
    pub fn calls(&self) -> &[CallRecord] {
        &self.calls
    }

    /// Something happens to the client.
    pub fn act(&mut self, what: Happening, when: When, wishes: &mut Vec<Wish>) {
        match what {
            Happening::Told(op) => self.ask(op, when, wishes),
            Happening::Reply(from, number, answer) => {
                self.on_reply(from, number, answer, when, wishes);
            }
            Happening::Timer(timer) => self.on_timer(timer, when, wishes),
        }
    }

    /// The client is told to ask for something; it does so when what it asked before is answered.
    fn ask(&mut self, op: Rc<str>, when: When, wishes: &mut Vec<Wish>) {
        self.calls.push(CallRecord {
            op,
            called_at: when.0,
            called_step: when.1,
            attempts: 0,
            ending: Ending::Open,
        });
        self.go_on(when, wishes);
    }

    /// An answer arrives.
    fn on_reply(
        &mut self,
        from: NodeId,
        number: u64,
        answer: Answer<Rc<str>>,
        when: When,
        wishes: &mut Vec<Wish>,
    ) {
        let Some(current) = &mut self.current else { return };
        if number < current.first_number || number > current.number {
            return;
        }
        match answer {
            Answer::Done(out) => {
                self.target = from;
                self.end(Ending::Done(out, when.0, when.1), when, wishes);
            }
            Answer::Refused(why) => self.end(Ending::Refused(why, when.0), when, wishes),
            Answer::Redirect(_) if number != current.number || from != self.target => {}
            Answer::Redirect(Some(to)) if to != from && current.redirections < self.servers => {
                current.redirections += 1;
                self.target = to;
                self.send(when, wishes);
            }
            Answer::Redirect(_) => {
                self.target = self.after(from);
                wishes.push(Wish::CancelTimer(TIMEOUT));
                wishes.push(Wish::SetTimer(BACKOFF, self.rules.backoff));
            }
        }
    }

    /// One of its timers goes off.
    fn on_timer(&mut self, timer: TimerTag, when: When, wishes: &mut Vec<Wish>) {
        let Some(current) = &mut self.current else { return };
        if timer == TIMEOUT && !self.rules.retry {
            return self.end(Ending::Unknown(when.0), when, wishes);
        }
        current.redirections = 0;
        if timer == TIMEOUT {
            self.target = self.after(self.target);
        }
        self.send(when, wishes);
    }

    /// What the client looks like.
    pub fn view(&self) -> NodeView {
        let field = |name, paper, value| Field { name, paper, value, durable: true };
        let done = self.calls.iter().filter(|call| matches!(call.ending, Ending::Done(..))).count();
        let asks = self.current.as_ref().map(|current| &self.calls[current.call]);
        let last = self.calls.iter().rev().find_map(|call| match &call.ending {
            Ending::Done(out, ..) => Some(out.clone()),
            _ => None,
        });
        let op = asks.map(|call| call.op.clone());
        let headline = match (&op, &last) {
            (Some(op), _) => op.to_string(),
            (None, Some(last)) => format!("got {last}"),
            (None, None) => "idle".to_string(),
        };
        let text = |value: Option<Rc<str>>| value.map_or(Value::None, Value::Text);
        NodeView {
            role: "client",
            letter: 'C',
            tone: Tone::Client,
            generation: None,
            headline,
            fields: vec![
                field("asks", "operation asked for", text(op)),
                field("of", "server asked", Value::Node(self.target)),
                field(
                    "attempts",
                    "times sent",
                    asks.map_or(Value::None, |call| Value::Int(i64::from(call.attempts))),
                ),
                field("number", "serial number", Value::Int(self.next_number as i64 - 1)),
                field(
                    "waiting",
                    "operations that wait",
                    Value::Int(self.calls.len() as i64 - self.begun as i64),
                ),
                field("done", "operations answered", Value::Int(done as i64)),
                field("answer", "last answer", text(last)),
            ],
            panels: Vec::new(),
            quorums: Vec::new(),
        }
    }

    /// The calls as everybody sees them.
    pub fn shown_calls(&self) -> impl Iterator<Item = Call> {
        let me = self.me;
        self.calls.iter().map(move |call| Call {
            client: me,
            op: call.op.to_string(),
            called_at: call.called_at,
            called_step: call.called_step,
            attempts: call.attempts,
            outcome: match &call.ending {
                Ending::Open => Outcome::Open,
                Ending::Done(out, at, step) => {
                    Outcome::Done { out: out.to_string(), at: *at, step: *step }
                }
                Ending::Refused(why, at) => Outcome::Refused { why, at: *at },
                Ending::Unknown(at) => Outcome::Unknown { at: *at },
            },
        })
    }

    /// Which of its calls it waits for, if any.
    pub fn asking(&self) -> Option<usize> {
        self.current.as_ref().map(|current| current.call)
    }

    /// How many calls have come to an end.
    pub fn ended(&self) -> u64 {
        self.ended
    }

    /// What of the client goes into the digest of a run.
    pub fn hash_words(&self) -> [u64; 3] {
        [self.next_number, self.calls.len() as u64, self.ended]
    }

    fn go_on(&mut self, when: When, wishes: &mut Vec<Wish>) {
        if self.current.is_some() {
            return;
        }
        let call = self.begun as usize;
        if call < self.calls.len() {
            self.begun += 1;
            let number = self.next_number;
            self.current = Some(Attempt { call, number, first_number: number, redirections: 0 });
            self.send(when, wishes);
        }
    }

    fn send(&mut self, when: When, wishes: &mut Vec<Wish>) {
        let Some(current) = &mut self.current else { return };
        let call = &mut self.calls[current.call];
        if call.attempts == 0 || !self.rules.key {
            current.number = self.next_number;
            self.next_number += 1;
        }
        if call.attempts == 0 {
            (call.called_at, call.called_step) = when;
        }
        call.attempts += 1;
        wishes.push(Wish::CancelTimer(BACKOFF));
        wishes.push(Wish::SetTimer(TIMEOUT, self.rules.timeout));
        wishes.push(Wish::Send(self.target, current.number, current.call));
    }

    fn end(&mut self, ending: Ending, when: When, wishes: &mut Vec<Wish>) {
        if let Some(current) = self.current.take() {
            self.calls[current.call].ending = ending;
            self.ended += 1;
        }
        wishes.push(Wish::CancelTimer(TIMEOUT));
        wishes.push(Wish::CancelTimer(BACKOFF));
        self.go_on(when, wishes);
    }

    fn after(&self, server: NodeId) -> NodeId {
        NodeId((server.0 + 1) % self.servers)
    }
}
