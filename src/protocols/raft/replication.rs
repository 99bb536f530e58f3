//! Log replication (§5.3) and when an entry counts as committed (§5.4.2).

use super::log::{Entries, Index};
use super::state::{Role, State};
use super::{AppendEntries, AppendEntriesReply, AppendOutcome, HEARTBEAT, Msg, Raft};
use crate::protocols::quorum::replicated_index;
use crate::sim::protocol::Cx;
use crate::view::NodeId;

impl Raft {
    /// Leaders: the heartbeat is due.
    pub(super) fn on_heartbeat_timeout(&self, state: &mut State, cx: &mut Cx<'_, Raft>) {
        if state.is_leader() {
            self.send_heartbeats(state, cx);
        }
    }

    /// AppendEntries to everybody, with or without entries. It keeps followers from starting an
    /// election, and it is the retry of whatever was lost.
    pub(super) fn send_heartbeats(&self, state: &mut State, cx: &mut Cx<'_, Raft>) {
        let mut slice = None;
        for to in cx.others() {
            self.send_append_entries(state, to, &mut slice, cx);
        }
        cx.set_timer(HEARTBEAT, self.heartbeat_us, self.heartbeat_us);
    }

    /// AppendEntries at once to the followers whose logs are known to agree so far.
    pub(super) fn replicate(&self, state: &mut State, cx: &mut Cx<'_, Raft>) {
        let mut slice = None;
        for to in cx.others() {
            if !state.peers[to.index()].probing {
                self.send_append_entries(state, to, &mut slice, cx);
            }
        }
    }

    /// One AppendEntries. Followers that need the same entries share them through `slice`.
    fn send_append_entries(
        &self,
        state: &mut State,
        to: NodeId,
        slice: &mut Option<(Index, Entries)>,
        cx: &mut Cx<'_, Raft>,
    ) {
        let log = &state.log;
        let peer = &mut state.peers[to.index()];
        let next_index = peer.next_index;
        let entries = match slice {
            _ if next_index > log.last_index() => None,
            Some((first, entries)) if *first == next_index => entries.clone(),
            _ => slice.insert((next_index, log.slice(next_index, self.batch))).1.clone(),
        };
        if !peer.probing {
            peer.next_index += entries.as_ref().map_or(0, |entries| entries.len() as u64);
        }
        peer.sent_commit = state.commit_index;
        let prev_log_index = next_index - 1;
        let request = AppendEntries {
            term: state.current_term,
            leader_id: state.me,
            prev_log_index,
            prev_log_term: log.term(prev_log_index).unwrap_or(0),
            entries,
            leader_commit: state.commit_index,
        };
        cx.send(to, Msg::AppendEntries(request));
    }

    /// AppendEntries RPC, receiver implementation.
    pub(super) fn on_append_entries(
        &self,
        state: &mut State,
        from: NodeId,
        request: AppendEntries,
        cx: &mut Cx<'_, Raft>,
    ) {
        // 1. Reply false if term < currentTerm.
        if request.term < state.current_term {
            let (names, term, current_term) = (cx.names(), request.term, state.current_term);
            cx.note("stale_request_refused", || {
                format!("{} leads term {term}, it is {current_term}", names.name(from))
            });
            self.reply_append(state, from, &request, AppendOutcome::OldTerm, cx);
            return;
        }
        if state.is_leader() {
            // Two leaders in a term: only a flaw gets here, and this is no way to mend it.
            return;
        }
        if state.role == Role::Candidate || state.leader != Some(from) {
            self.recognize_leader(state, from, &request, cx);
        }
        self.reset_election_timer(cx);
        // 2. Reply false if log doesn't contain an entry at prevLogIndex whose term matches
        //    prevLogTerm.
        if state.log.term(request.prev_log_index) != Some(request.prev_log_term) {
            let outcome = self.refuse(state, &request, cx);
            self.reply_append(state, from, &request, outcome, cx);
            return;
        }
        let last_new_index = self.store_entries(state, &request, cx);
        // 5. If leaderCommit > commitIndex, set commitIndex = min(leaderCommit, index of last
        //    new entry).
        let commit_index = request.leader_commit.min(last_new_index);
        if commit_index > state.commit_index {
            state.commit_index = commit_index;
            cx.note("commit_learned", || format!("committed up to {commit_index}"));
            self.apply_committed(state, cx);
        }
        let outcome = AppendOutcome::Success { match_index: last_new_index };
        self.reply_append(state, from, &request, outcome, cx);
    }

    fn reply_append(
        &self,
        state: &State,
        to: NodeId,
        request: &AppendEntries,
        outcome: AppendOutcome,
        cx: &mut Cx<'_, Raft>,
    ) {
        let (term, prev_log_index) = (state.current_term, request.prev_log_index);
        let reply = AppendEntriesReply { term, prev_log_index, outcome };
        cx.send(to, Msg::AppendEntriesReply(reply));
    }

    /// What tells the leader where to look next: the entry of this log at prevLogIndex, or the
    /// last one if the log does not reach so far; its term; and the first index of that term.
    fn refuse(
        &self,
        state: &State,
        request: &AppendEntries,
        cx: &mut Cx<'_, Raft>,
    ) -> AppendOutcome {
        let last_log_index = state.log.last_index();
        let at = request.prev_log_index.min(last_log_index);
        let conflict_term = state.log.term(at).unwrap_or(0);
        let (prev_log_index, prev_log_term) = (request.prev_log_index, request.prev_log_term);
        cx.note("append_refused", || match at {
            at if at < prev_log_index => {
                format!("the log ends at {last_log_index}, before {prev_log_index}")
            }
            _ => format!("index {at} holds term {conflict_term}, not {prev_log_term}"),
        });
        let conflict_index = state.log.first_index_of_term_at(at);
        AppendOutcome::Conflict { conflict_term, conflict_index, last_log_index }
    }

    /// Takes the entries into the log; answers the index of the last of them.
    fn store_entries(
        &self,
        state: &mut State,
        request: &AppendEntries,
        cx: &mut Cx<'_, Raft>,
    ) -> Index {
        let mut index = request.prev_log_index;
        let Some(entries) = &request.entries else { return index };
        let (mut appended, first) = (0, index + 1);
        for entry in entries.iter() {
            index += 1;
            // 3. If an existing entry conflicts with a new one (same index but different terms),
            //    delete the existing entry and all that follow it.
            match state.log.term(index) {
                Some(term) if term == entry.term => continue,
                Some(term) if !self.flaws.no_truncation => {
                    let last = state.log.last_index();
                    state.log.truncate_from(index);
                    let new_term = entry.term;
                    cx.note("log_conflict_truncated", || {
                        format!("{index} to {last} deleted: term {term}, not {new_term}")
                    });
                }
                Some(_) => continue,
                None => {}
            }
            // 4. Append any new entries not already in the log.
            state.append(entry.clone());
            appended += 1;
        }
        match appended {
            0 => cx.note("entries_known", || format!("{first} to {index} are in the log already")),
            _ => cx.note("entries_appended", || format!("{appended} entries up to {index}")),
        }
        index
    }

    /// AppendEntries RPC, results.
    pub(super) fn on_append_entries_reply(
        &self,
        state: &mut State,
        from: NodeId,
        reply: &AppendEntriesReply,
        cx: &mut Cx<'_, Raft>,
    ) {
        if reply.term < state.current_term || !state.is_leader() {
            let (names, term) = (cx.names(), reply.term);
            cx.note("stale_reply_ignored", || {
                format!("{} answers the leader of term {term}", names.name(from))
            });
            return;
        }
        match reply.outcome {
            AppendOutcome::Success { match_index } => {
                self.on_append_success(state, from, match_index, cx);
            }
            AppendOutcome::Conflict { conflict_term, conflict_index, last_log_index } => {
                let at = reply.prev_log_index;
                let limit = self.back_up(state, at, conflict_term, conflict_index, last_log_index);
                self.on_append_conflict(state, from, at, limit, cx);
            }
            AppendOutcome::OldTerm => {}
        }
    }

    /// If successful: update nextIndex and matchIndex for the follower.
    fn on_append_success(
        &self,
        state: &mut State,
        from: NodeId,
        match_index: Index,
        cx: &mut Cx<'_, Raft>,
    ) {
        let peer = &mut state.peers[from.index()];
        let news = match_index > peer.match_index;
        if news {
            peer.match_index = match_index;
        }
        if peer.probing && match_index + 1 >= peer.next_index {
            peer.probing = false;
            let names = cx.names();
            cx.note("follower_matched", || {
                format!("{}'s log agrees up to {match_index}", names.name(from))
            });
        }
        peer.next_index = peer.next_index.max(peer.match_index + 1);
        let peer = *peer;
        if news && match_index > state.commit_index && self.advance_commit_index(state, cx) {
            return;
        }
        let last_known = peer.next_index - 1;
        let commit_due = state.commit_index > peer.sent_commit && peer.sent_commit < last_known;
        if !peer.probing && (peer.next_index <= state.log.last_index() || commit_due) {
            self.send_append_entries(state, from, &mut None, cx);
        }
    }

    /// The fast back-up of §5.3: where the logs can agree at most, given what the follower said.
    ///
    /// Terms never fall along a log, so they agree nowhere behind the last entry of this log
    /// whose term is not above the conflicting one; nor in the conflicting term at all, if this
    /// log has no entry of it.
    fn back_up(
        &self,
        state: &State,
        prev_log_index: Index,
        conflict_term: u64,
        conflict_index: Index,
        last_log_index: Index,
    ) -> Index {
        let limit = prev_log_index.saturating_sub(1).min(last_log_index);
        let agreed = state.log.last_index_within_term(limit, conflict_term);
        match state.log.term(agreed) {
            Some(term) if term == conflict_term => agreed,
            _ => agreed.min(conflict_index.saturating_sub(1)),
        }
    }

    /// If AppendEntries fails because of log inconsistency: decrement nextIndex and retry.
    fn on_append_conflict(
        &self,
        state: &mut State,
        from: NodeId,
        prev_log_index: Index,
        limit: Index,
        cx: &mut Cx<'_, Raft>,
    ) {
        let names = cx.names();
        let peer = &mut state.peers[from.index()];
        let answered = peer.probing && prev_log_index + 1 != peer.next_index;
        if prev_log_index <= peer.match_index || answered {
            cx.note("stale_refusal_ignored", || {
                format!("{}'s refusal at {prev_log_index} is overtaken", names.name(from))
            });
            return;
        }
        let old = peer.next_index;
        peer.next_index = limit.max(peer.match_index) + 1;
        peer.probing = true;
        let new = peer.next_index;
        cx.note("backed_up", || format!("nextIndex of {} from {old} to {new}", names.name(from)));
        self.send_append_entries(state, from, &mut None, cx);
    }

    /// If there exists an N such that N > commitIndex, a majority of matchIndex[i] ≥ N, and
    /// log[N].term == currentTerm: set commitIndex = N. True if there is.
    pub(super) fn advance_commit_index(&self, state: &mut State, cx: &mut Cx<'_, Raft>) -> bool {
        let (me, last_log_index) = (state.me.index(), state.log.last_index());
        let reached = state.peers.iter().enumerate().map(|(node, peer)| match node {
            node if node == me => last_log_index,
            _ => peer.match_index,
        });
        let index = replicated_index(reached, self.quorum());
        if index <= state.commit_index {
            return false;
        }
        let term = state.log.term(index);
        if term != Some(state.current_term) && !self.flaws.commit_old_term {
            let term = term.unwrap_or(0);
            cx.note("commit_withheld", || {
                format!("{index} is on a majority, but of term {term}: counting decides nothing")
            });
            return false;
        }
        state.commit_index = index;
        cx.note("committed", || format!("committed up to {index}"));
        self.apply_committed(state, cx);
        self.replicate(state, cx);
        true
    }
}
