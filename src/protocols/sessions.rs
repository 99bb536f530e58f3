//! Client sessions, for every protocol that replicates the key-value store: a client's request
//! takes effect once, however often it is sent and however many leaders put it into the log.
//!
//! The state machine remembers of each client the latest request that it applied, with its answer,
//! so that all servers suppress the same repetitions. A leader remembers besides which requests are
//! on their way through the log and who waits for an answer.

use std::hash::{Hash, Hasher};
use std::rc::Rc;

use crate::service::{KeyValue, KeyValueOp, KeyValueOut, Service};
use crate::sim::chunks::Chunks;
use crate::sim::protocol::{Answer, Cx, Protocol, Request};
use crate::view::{NodeId, NodeNames};

/// What a place in the log asks the state machine to do.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Command {
    /// Nothing.
    NoOp,
    /// What a client asked for.
    Client(Rc<Request<KeyValueOp>>),
}

impl Command {
    /// The command and who asked for it: `put x 1 (c1)`.
    pub fn text(&self, names: NodeNames) -> String {
        match self {
            Command::NoOp => "no-op".to_string(),
            Command::Client(request) => {
                format!("{} ({})", KeyValue::print_op(&request.op), names.name(request.client))
            }
        }
    }

    /// What stands in a cell of a picture, short and in full; `suppressed`: it was applied and took
    /// no effect.
    pub fn cell(&self, suppressed: bool, names: NodeNames) -> (String, String) {
        match self {
            Command::NoOp => ("no-op".to_string(), "no-op".to_string()),
            Command::Client(request) => {
                let op = KeyValue::print_op(&request.op);
                let (client, number) = (names.name(request.client), request.number);
                let note = if suppressed { ", repeated: without effect" } else { "" };
                (request.op.short(), format!("{op} ({client}, request {number}{note})"))
            }
        }
    }
}

/// The state machine with the sessions that make it apply each request once.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Machine {
    /// The key-value store.
    pub store: KeyValue,
    /// One session for each client that has had a request applied.
    pub sessions: Vec<Session>,
}

/// A client's latest request and its answer.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Session {
    /// The client.
    pub client: NodeId,
    /// The serial number of its latest request that was applied.
    pub number: u64,
    /// What that request was answered.
    pub answer: KeyValueOut,
}

impl Machine {
    /// The session of a client.
    pub fn session(&self, client: NodeId) -> Option<&Session> {
        self.sessions.iter().find(|session| session.client == client)
    }

    /// Applies a request unless its client's session knows it; whether it took effect. Without
    /// `suppress`, what exactly-once is lost by, it always does.
    pub fn apply(&mut self, request: &Request<KeyValueOp>, suppress: bool) -> bool {
        let (client, number) = (request.client, request.number);
        let known = self.sessions.iter().position(|session| session.client == client);
        let repeated = known.is_some_and(|at| number <= self.sessions[at].number);
        if repeated && suppress {
            return false;
        }
        let answer = self.store.apply(&request.op);
        let session = Session { client, number, answer };
        match known {
            Some(at) => self.sessions[at] = session,
            None => self.sessions.push(session),
        }
        true
    }
}

/// What became of each entry that was applied: where it stood in the log, and whether its command
/// took effect, in the order in which that happened.
///
/// The properties judge from this what the state machine did. It follows from the log and how far
/// it was applied, so it is no part of a state's hash.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Journal(Chunks<u64>);

impl Journal {
    /// How many entries were applied.
    pub fn len(&self) -> u64 {
        self.0.len()
    }

    /// Whether none was.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Which entry was applied at that step, counted from 0, and whether it took effect.
    pub fn get(&self, step: u64) -> Option<(u64, bool)> {
        self.0.get(step).map(|line| (line >> 1, line & 1 == 1))
    }

    /// The entry at `index` was applied.
    pub fn push(&mut self, index: u64, took_effect: bool) {
        self.0.push(index << 1 | u64::from(took_effect));
    }
}

impl Hash for Journal {
    fn hash<H: Hasher>(&self, _hasher: &mut H) {}
}

/// What a leader knows of the requests that are on their way through the log.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Requests {
    /// The requests to be answered when they are applied.
    pub waiting: Vec<(NodeId, u64)>,
    /// Of each client, the latest request that the leader took and that is not yet applied.
    pub appended: Vec<(NodeId, u64)>,
}

/// What a leader does with a request, given what it knows of the client's session.
enum Standing {
    /// It is new: take it.
    New,
    /// It was taken and is not yet applied: answer when it is.
    Appended,
    /// It was applied, and this was the answer.
    Applied(KeyValueOut),
    /// The client has gone on to a later request: whatever it is told, it does not listen.
    Overtaken,
}

impl Requests {
    fn standing(&self, machine: &Machine, client: NodeId, number: u64) -> Standing {
        if let Some(session) = machine.session(client) {
            if number == session.number {
                return Standing::Applied(session.answer.clone());
            }
            if number < session.number {
                return Standing::Overtaken;
            }
        }
        match self.appended.iter().find(|(other, _)| *other == client) {
            Some((_, latest)) if number == *latest => Standing::Appended,
            Some((_, latest)) if number < *latest => Standing::Overtaken,
            _ => Standing::New,
        }
    }

    /// Whether the leader is to put a request into the log; it is answered when it is applied.
    /// What the leader knows already is dealt with here. Without `suppress` every request is new.
    pub fn admit<P: Protocol<Service = KeyValue>>(
        &mut self,
        machine: &Machine,
        (client, number): (NodeId, u64),
        suppress: bool,
        cx: &mut Cx<'_, P>,
    ) -> bool {
        let names = cx.names();
        let standing = match suppress {
            true => self.standing(machine, client, number),
            false => Standing::New,
        };
        match standing {
            Standing::New => {
                self.know(client, number);
                self.waiting.push((client, number));
                return true;
            }
            Standing::Appended => {
                cx.note("request_pending", || {
                    format!("request {number} of {} is in the log already", names.name(client))
                });
                if !self.waiting.contains(&(client, number)) {
                    self.waiting.push((client, number));
                }
            }
            Standing::Applied(answer) => {
                cx.note("duplicate_request_suppressed", || {
                    format!("request {number} of {} was applied already", names.name(client))
                });
                cx.reply(client, number, Answer::Done(answer));
            }
            Standing::Overtaken => {
                cx.note("duplicate_request_suppressed", || {
                    format!("{} has gone on from request {number}", names.name(client))
                });
            }
        }
        false
    }

    /// A request is in the log, whoever put it there, and not yet applied.
    pub fn know(&mut self, client: NodeId, number: u64) {
        match self.appended.iter_mut().find(|(other, _)| *other == client) {
            Some((_, latest)) => *latest = number.max(*latest),
            None => self.appended.push((client, number)),
        }
    }

    /// A request was applied: whoever waits for it is answered from the session.
    pub fn applied<P: Protocol<Service = KeyValue>>(
        &mut self,
        machine: &Machine,
        (client, number): (NodeId, u64),
        cx: &mut Cx<'_, P>,
    ) {
        self.appended.retain(|&other| other != (client, number));
        let Some(at) = self.waiting.iter().position(|&other| other == (client, number)) else {
            return;
        };
        self.waiting.remove(at);
        if let Some(session) = machine.session(client)
            && session.number == number
        {
            cx.reply(client, number, Answer::Done(session.answer.clone()));
        }
    }

    /// The server leads no more. Clients whose requests still wait are told to ask elsewhere:
    /// whether their requests will be applied is no longer this server's to say.
    pub fn send_away<P: Protocol<Service = KeyValue>>(
        &mut self,
        leader: Option<NodeId>,
        cx: &mut Cx<'_, P>,
    ) {
        self.appended.clear();
        let names = cx.names();
        for (client, number) in std::mem::take(&mut self.waiting) {
            cx.note("waiting_redirected", || {
                format!("{} asks elsewhere for its request {number}", names.name(client))
            });
            cx.reply(client, number, Answer::Redirect(leader));
        }
    }
}

/// A client asked a server that does not lead: it is sent to the one that does, if that is known.
pub fn redirect<P: Protocol<Service = KeyValue>>(
    client: NodeId,
    number: u64,
    leader: Option<NodeId>,
    cx: &mut Cx<'_, P>,
) {
    let names = cx.names();
    cx.note("request_redirected", || match leader {
        Some(leader) => format!("{} is sent to {}", names.name(client), names.name(leader)),
        None => format!("{} is told that no leader is known", names.name(client)),
    });
    cx.reply(client, number, Answer::Redirect(leader));
}
