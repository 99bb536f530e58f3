//! Client interaction (§8): requests, sessions and the state machine.

use std::rc::Rc;

use super::Raft;
use super::log::{Command, Entry};
use super::state::State;
use crate::protocols::sessions::redirect;
use crate::service::{KeyValue, KeyValueOp, Service};
use crate::sim::protocol::{Cx, Request};

impl Raft {
    /// If command received from client: append entry to local log, respond after entry applied
    /// to state machine.
    pub(super) fn take_request(
        &self,
        state: &mut State,
        request: Request<KeyValueOp>,
        cx: &mut Cx<'_, Raft>,
    ) {
        let (client, number) = (request.client, request.number);
        if !state.is_leader() {
            redirect(client, number, state.leader, cx);
            return;
        }
        let suppress = !self.flaws.apply_twice;
        if !state.requests.admit(&state.machine, (client, number), suppress, cx) {
            return;
        }
        let index = state.log.last_index() + 1;
        cx.note("request_appended", || {
            let op = KeyValue::print_op(&request.op);
            format!("{op} at index {index}")
        });
        let command = Command::Client(Rc::new(request));
        state.append(Entry { term: state.current_term, command });
        self.replicate(state, cx);
        if self.servers == 1 {
            self.advance_commit_index(state, cx);
        }
    }

    /// A new leader looks up which requests are in its log and not yet applied.
    pub(super) fn note_appended_requests(&self, state: &mut State) {
        state.requests.appended.clear();
        let unapplied = state.log.entries().range(state.last_applied, state.log.last_index());
        for entry in unapplied {
            if let Command::Client(request) = &entry.command {
                state.requests.know(request.client, request.number);
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
            state.journal.push(state.last_applied, took_effect);
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
        let machine = Rc::make_mut(&mut state.machine);
        let took_effect = machine.apply(request, !self.flaws.apply_twice);
        state.requests.applied(machine, (request.client, request.number), cx);
        took_effect
    }
}
