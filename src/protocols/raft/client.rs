//! Client interaction (§8): requests, sessions and the state machine.

use std::rc::Rc;

use super::Raft;
use super::log::{Command, Entry};
use super::state::{Session, State};
use crate::service::{KeyValueOp, Service};
use crate::sim::protocol::{Answer, Cx, Request};
use crate::view::NodeId;

/// What a leader does with a request, given what it knows of the client's session.
enum Standing {
    /// It is new: append it.
    New,
    /// It is in the log, not yet applied: answer when it is.
    Appended,
    /// It was applied, and this was the answer.
    Applied(crate::service::KeyValueOut),
    /// The client has gone on to a later request: whatever it is told, it does not listen.
    Overtaken,
}

impl Raft {
    /// If command received from client: append entry to local log, respond after entry applied
    /// to state machine.
    pub(super) fn take_request(
        &self,
        state: &mut State,
        request: Request<KeyValueOp>,
        cx: &mut Cx<'_, Raft>,
    ) {
        let (names, client, number) = (cx.names(), request.client, request.number);
        if !state.is_leader() {
            let leader = state.leader;
            cx.note("request_redirected", || match leader {
                Some(leader) => format!("{} is sent to {}", names.name(client), names.name(leader)),
                None => format!("{} is told that no leader is known", names.name(client)),
            });
            cx.reply(client, number, Answer::Redirect(leader));
            return;
        }
        match self.standing(state, client, number) {
            Standing::New => {}
            Standing::Appended => {
                cx.note("request_pending", || {
                    format!("request {number} of {} is in the log already", names.name(client))
                });
                if !state.waiting.contains(&(client, number)) {
                    state.waiting.push((client, number));
                }
                return;
            }
            Standing::Applied(answer) => {
                cx.note("duplicate_request_suppressed", || {
                    format!("request {number} of {} was applied already", names.name(client))
                });
                cx.reply(client, number, Answer::Done(answer));
                return;
            }
            Standing::Overtaken => {
                cx.note("duplicate_request_suppressed", || {
                    format!("{} has gone on from request {number}", names.name(client))
                });
                return;
            }
        }
        let index = state.log.last_index() + 1;
        cx.note("request_appended", || {
            let op = crate::service::KeyValue::print_op(&request.op);
            format!("{op} at index {index}")
        });
        set_appended(&mut state.appended, client, number);
        state.waiting.push((client, number));
        let command = Command::Client(Rc::new(request));
        state.append(Entry { term: state.current_term, command });
        self.replicate(state, cx);
        if self.servers == 1 {
            self.advance_commit_index(state, cx);
        }
    }

    fn standing(&self, state: &State, client: NodeId, number: u64) -> Standing {
        if self.flaws.apply_twice {
            return Standing::New;
        }
        if let Some(session) = state.machine.session(client) {
            if number == session.number {
                return Standing::Applied(session.answer.clone());
            }
            if number < session.number {
                return Standing::Overtaken;
            }
        }
        match state.appended.iter().find(|(other, _)| *other == client) {
            Some((_, latest)) if number == *latest => Standing::Appended,
            Some((_, latest)) if number < *latest => Standing::Overtaken,
            _ => Standing::New,
        }
    }

    /// A new leader looks up which requests are in its log and not yet applied.
    pub(super) fn note_appended_requests(&self, state: &mut State) {
        state.appended.clear();
        let unapplied = state.log.entries().range(state.last_applied, state.log.last_index());
        for entry in unapplied {
            if let Command::Client(request) = &entry.command {
                set_appended(&mut state.appended, request.client, request.number);
            }
        }
    }

    /// If commitIndex > lastApplied: increment lastApplied, apply log[lastApplied] to state
    /// machine.
    pub(super) fn apply_committed(&self, state: &mut State, cx: &mut Cx<'_, Raft>) {
        let first = state.last_applied + 1;
        while state.last_applied < state.commit_index {
            let Some(entry) = state.log.get(state.last_applied + 1) else { break };
            let command = entry.command.clone();
            state.last_applied += 1;
            let took_effect = match &command {
                Command::NoOp => false,
                Command::Client(request) => self.apply(state, request, cx),
            };
            state.journal.0.push(took_effect);
        }
        let last = state.last_applied;
        if first <= last {
            cx.note("applied", || format!("{first} to {last} applied"));
        }
    }

    /// Applies one request unless its client's session knows it; answers whoever waits for it.
    fn apply(
        &self,
        state: &mut State,
        request: &Request<KeyValueOp>,
        cx: &mut Cx<'_, Raft>,
    ) -> bool {
        let (client, number) = (request.client, request.number);
        let machine = Rc::make_mut(&mut state.machine);
        let known = machine.sessions.iter().position(|session| session.client == client);
        let repeated = known.is_some_and(|at| number <= machine.sessions[at].number);
        let took_effect = !repeated || self.flaws.apply_twice;
        if took_effect {
            let answer = machine.store.apply(&request.op);
            let session = Session { client, number, answer };
            match known {
                Some(at) => machine.sessions[at] = session,
                None => machine.sessions.push(session),
            }
        }
        state.appended.retain(|&other| other != (client, number));
        if let Some(at) = state.waiting.iter().position(|&other| other == (client, number)) {
            state.waiting.remove(at);
            if let Some(session) = state.machine.session(client)
                && session.number == number
            {
                cx.reply(client, number, Answer::Done(session.answer.clone()));
            }
        }
        took_effect
    }
}

fn set_appended(appended: &mut Vec<(NodeId, u64)>, client: NodeId, number: u64) {
    match appended.iter_mut().find(|(other, _)| *other == client) {
        Some((_, latest)) => *latest = number.max(*latest),
        None => appended.push((client, number)),
    }
}
