//! One server on the bench: messages in, effects out.

use std::rc::Rc;

use crate::protocols::ballot::Ballot;
use crate::protocols::multi_paxos::ledger::{Proposal, Slot};
use crate::protocols::multi_paxos::state::Role;
use crate::protocols::multi_paxos::*;
use crate::service::{KeyValueOut, Service};
use crate::sim::info::ParamValue;
use crate::sim::protocol::{Answer, Effect};
use crate::sim::rng::Rng;

/// The servers of a cluster of five, and two clients; the server on the bench is `n1`.
pub const N1: NodeId = NodeId(0);
pub const N2: NodeId = NodeId(1);
pub const N3: NodeId = NodeId(2);
pub const N4: NodeId = NodeId(3);
pub const N5: NodeId = NodeId(4);
pub const C1: NodeId = NodeId(5);
pub const C2: NodeId = NodeId(6);
pub const NAMES: NodeNames = NodeNames { servers: 5, clients: 2 };

/// A server with everything around it. Its window is 3 and its batch 2.
pub struct Lab {
    pub paxos: MultiPaxos,
    pub state: State,
    rng: Rng,
}

/// What an event at the server brought about.
#[derive(Default, Debug)]
pub struct Seen {
    pub sent: Vec<(NodeId, Msg)>,
    pub timers: Vec<&'static str>,
    pub answers: Vec<(NodeId, u64, Answer<KeyValueOut>)>,
    pub notes: Vec<&'static str>,
}

impl Lab {
    /// A fresh server of five, with these flaws.
    pub fn new(flaws: &[&str]) -> Lab {
        Lab::of(5, flaws)
    }

    /// A fresh server of so many.
    pub fn of(servers: u32, flaws: &[&str]) -> Lab {
        let info = MultiPaxos::INFO;
        let mut params = Params { servers, clients: 2, ..Params::defaults(info) };
        for (flaw, on) in info.flaws.iter().zip(&mut params.flaws) {
            *on = flaws.contains(&flaw.id);
        }
        for (value, param) in params.values.iter_mut().zip(info.params) {
            match param.name {
                "window" => *value = ParamValue::Count(3),
                "batch" => *value = ParamValue::Count(2),
                _ => {}
            }
        }
        let paxos = MultiPaxos::new(&params);
        Lab { state: paxos.init(N1), paxos, rng: Rng::new(1) }
    }

    /// A leader of ballot 1.1, which has heard of nothing accepted.
    pub fn leader(flaws: &[&str]) -> Lab {
        let mut lab = Lab::new(flaws);
        lab.lead(&[], &[]);
        lab
    }

    /// Begins phase 1 and gets the promises of `n2` and `n3`, which have accepted that.
    pub fn lead(&mut self, of_n2: &[(Slot, Proposal)], of_n3: &[(Slot, Proposal)]) -> Seen {
        self.timer(ELECTION);
        let ballot = self.state.promised;
        self.receive(N2, promise(ballot, of_n2));
        let seen = self.receive(N3, promise(ballot, of_n3));
        assert_eq!(self.state.role, Role::Leader);
        seen
    }

    /// The acceptances of `n2` and `n3` for a slot of the leader's own ballot.
    pub fn choose(&mut self, slot: Slot) -> Seen {
        let ballot = self.state.promised;
        self.receive(N2, Msg::Accepted(Accepted { ballot, slot }));
        self.receive(N3, Msg::Accepted(Accepted { ballot, slot }))
    }

    pub fn receive(&mut self, from: NodeId, msg: Msg) -> Seen {
        self.act(|paxos, state, cx| paxos.on_message(state, from, msg, cx))
    }

    pub fn timer(&mut self, timer: TimerTag) -> Seen {
        self.act(|paxos, state, cx| paxos.on_timer(state, timer, cx))
    }

    pub fn request(&mut self, client: NodeId, number: u64, op: &str) -> Seen {
        let request = asked(client, number, op);
        self.act(|paxos, state, cx| paxos.on_request(state, request, cx))
    }

    pub fn start(&mut self) -> Seen {
        self.act(|paxos, state, cx| paxos.on_start(state, cx))
    }

    pub fn crash(&mut self) {
        self.state = self.paxos.on_crash(&self.state, N1);
    }

    pub fn value(&self) -> Option<&str> {
        self.state.machine.store.get("x")
    }

    fn act(
        &mut self,
        handler: impl FnOnce(&MultiPaxos, &mut State, &mut Cx<'_, MultiPaxos>),
    ) -> Seen {
        let info = MultiPaxos::INFO;
        let names = NodeNames { servers: self.paxos.servers, clients: 2 };
        let mut effects = Vec::new();
        let mut cx = Cx::new(N1, names, 0, &mut self.rng, true, &mut effects);
        handler(&self.paxos, &mut self.state, &mut cx);
        let mut seen = Seen::default();
        for effect in effects {
            match effect {
                Effect::Send(to, msg) => seen.sent.push((to, msg)),
                Effect::SetTimer(timer, after) => {
                    let id = info.timers[usize::from(timer.0)].id;
                    let (lo, hi) = match timer {
                        ELECTION => self.paxos.election,
                        _ => (self.paxos.heartbeat_us, self.paxos.heartbeat_us),
                    };
                    assert!((lo..=hi).contains(&after), "{id} set to {after}");
                    seen.timers.push(id);
                }
                Effect::CancelTimer(timer) => {
                    seen.timers.push(if timer == ELECTION { "-election" } else { "-heartbeat" });
                }
                Effect::Reply(client, number, answer) => {
                    seen.answers.push((client, number, answer));
                }
                Effect::Note(id, text) => {
                    assert!(info.notes.iter().any(|note| note.id == id), "{id}");
                    assert!(!text.is_empty(), "{id} says nothing");
                    seen.notes.push(id);
                }
            }
        }
        seen
    }
}

impl Seen {
    /// The only message that was sent.
    pub fn only(&self) -> &Msg {
        assert_eq!(self.sent.len(), 1, "{:?}", self.sent);
        &self.sent[0].1
    }

    /// The Accepts that were sent: to whom, ballot, slot, value.
    pub fn accepts(&self) -> Vec<String> {
        let accept = |(to, msg): &(NodeId, Msg)| match msg {
            Msg::Accept(Accept { ballot, slot, command, .. }) => {
                Some(format!("{} {ballot} {slot} {}", NAMES.name(*to), command.text(NAMES)))
            }
            _ => None,
        };
        self.sent.iter().filter_map(accept).collect()
    }

    /// The Accepts that were sent to `n2`: slot and value.
    pub fn proposed(&self) -> Vec<String> {
        let to_n2 = |text: String| Some(text.strip_prefix("n2 ")?.split_once(' ')?.1.to_string());
        self.accepts().into_iter().filter_map(to_n2).collect()
    }
}

pub fn ballot(text: &str) -> Ballot {
    Ballot::parse(text).expect(text)
}

pub fn asked(client: NodeId, number: u64, op: &str) -> Request<KeyValueOp> {
    let words: Vec<&str> = op.split(' ').collect();
    Request { client, number, op: KeyValue::parse(&words).expect(op) }
}

/// What `c1` asks with its first request, or, if the text is empty, nothing.
pub fn command(op: &str) -> Command {
    match op {
        "" => Command::NoOp,
        _ => Command::Client(Rc::new(asked(C1, 1, op))),
    }
}

pub fn proposal(number: &str, op: &str) -> Proposal {
    Proposal { ballot: ballot(number), command: command(op) }
}

pub fn prepare(number: &str, first: Slot) -> Msg {
    Msg::Prepare(Prepare { ballot: ballot(number), first })
}

pub fn promise(ballot: Ballot, accepted: &[(Slot, Proposal)]) -> Msg {
    Msg::Promise(Promise { ballot, accepted: accepted.into() })
}

pub fn accept(number: &str, slot: Slot, op: &str, chosen: Slot) -> Msg {
    Msg::Accept(Accept { ballot: ballot(number), slot, command: command(op), chosen })
}

pub fn accepted(number: &str, slot: Slot) -> Msg {
    Msg::Accepted(Accepted { ballot: ballot(number), slot })
}

pub fn nack(refused: &str, promised: &str) -> Msg {
    Msg::Nack(Nack { ballot: ballot(refused), promised: ballot(promised) })
}

pub fn heartbeat(number: &str, chosen: Slot) -> Msg {
    Msg::Heartbeat(Heartbeat { ballot: ballot(number), chosen })
}

pub fn chosen(first: Slot, proposals: &[Proposal], chosen: Slot) -> Msg {
    Msg::Chosen(Chosen { first, proposals: proposals.into(), chosen })
}
