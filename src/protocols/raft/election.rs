//! Leader election (§5.2) and the restriction on who may win (§5.4.1).

use super::log::{Entry, Term};
use super::state::{Peer, Role, State};
use super::{AppendEntries, ELECTION, HEARTBEAT, Msg, Raft, RequestVote, RequestVoteReply};
use crate::protocols::quorum::{Tally, bit};
use crate::sim::protocol::Cx;
use crate::view::NodeId;

impl Raft {
    /// The election timeout starts anew with a length of chance, so that votes rarely split.
    pub(super) fn reset_election_timer(&self, cx: &mut Cx<'_, Raft>) {
        let (lo, hi) = self.election;
        cx.set_timer(ELECTION, lo, hi);
    }

    /// Rules for all servers: a message of a higher term was seen.
    pub(super) fn adopt_term(&self, state: &mut State, term: Term, cx: &mut Cx<'_, Raft>) {
        let old_term = state.current_term;
        if state.role != Role::Follower {
            let role = if state.is_leader() { "leader" } else { "candidate" };
            cx.note("stepped_down", || format!("no longer {role} of term {old_term}: term {term}"));
        }
        state.current_term = term;
        state.voted_for = None;
        state.leader = None;
        self.become_follower(state, None, cx);
    }

    /// Follows from now on; the term stays.
    pub(super) fn become_follower(
        &self,
        state: &mut State,
        leader: Option<NodeId>,
        cx: &mut Cx<'_, Raft>,
    ) {
        if state.is_leader() {
            cx.cancel_timer(HEARTBEAT);
            self.reset_election_timer(cx);
        }
        state.role = Role::Follower;
        state.leader = leader;
        state.votes_granted = 0;
        state.votes_refused = 0;
        state.peers.clear();
        state.requests.send_away(leader, cx);
    }

    /// The election timeout elapsed without a leader being heard or a vote being granted.
    pub(super) fn on_election_timeout(&self, state: &mut State, cx: &mut Cx<'_, Raft>) {
        if state.is_leader() {
            return;
        }
        if state.role == Role::Candidate {
            let (term, votes) = (state.current_term, state.votes_granted.count_ones());
            cx.note("election_undecided", || format!("{votes} votes in term {term}: not enough"));
        }
        state.current_term += 1;
        state.role = Role::Candidate;
        state.voted_for = Some(state.me);
        state.leader = None;
        state.votes_granted = bit(state.me);
        state.votes_refused = 0;
        self.reset_election_timer(cx);
        let term = state.current_term;
        cx.note("became_candidate", || format!("asks for votes in term {term}"));
        cx.broadcast(&Msg::RequestVote(RequestVote {
            term,
            candidate_id: state.me,
            last_log_index: state.log.last_index(),
            last_log_term: state.log.last_term(),
        }));
        self.count_votes(state, cx);
    }

    /// RequestVote RPC, receiver implementation.
    pub(super) fn on_request_vote(
        &self,
        state: &mut State,
        from: NodeId,
        request: &RequestVote,
        cx: &mut Cx<'_, Raft>,
    ) {
        let vote_granted = self.grants_vote(state, from, request, cx);
        if vote_granted {
            state.voted_for = Some(from);
            self.reset_election_timer(cx);
        }
        let term = state.current_term;
        cx.send(from, Msg::RequestVoteReply(RequestVoteReply { term, vote_granted }));
    }

    fn grants_vote(
        &self,
        state: &State,
        from: NodeId,
        request: &RequestVote,
        cx: &mut Cx<'_, Raft>,
    ) -> bool {
        let names = cx.names();
        let (current_term, term) = (state.current_term, request.term);
        // 1. Reply false if term < currentTerm.
        if term < current_term {
            cx.note("stale_request_refused", || {
                format!("{} asks in term {term}, it is {current_term}", names.name(from))
            });
            return false;
        }
        // 2. If votedFor is null or candidateId, and the candidate's log is at least as
        //    up-to-date as the receiver's log, grant vote.
        if let Some(other) = state.voted_for.filter(|&other| other != from) {
            cx.note("vote_refused_voted", || {
                format!(
                    "not to {}: voted for {} in term {term}",
                    names.name(from),
                    names.name(other)
                )
            });
            return false;
        }
        let candidate_entry = (request.last_log_term, request.last_log_index);
        if candidate_entry < state.last_entry() && !self.flaws.vote_without_log_check {
            let own_entry = state.last_entry();
            cx.note("vote_refused_log", || {
                let ((t1, i1), (t2, i2)) = (candidate_entry, own_entry);
                format!("{} ends at {i1} (term {t1}), I at {i2} (term {t2})", names.name(from))
            });
            return false;
        }
        cx.note("vote_granted", || format!("to {} in term {term}", names.name(from)));
        true
    }

    /// RequestVote RPC, results.
    pub(super) fn on_request_vote_reply(
        &self,
        state: &mut State,
        from: NodeId,
        reply: &RequestVoteReply,
        cx: &mut Cx<'_, Raft>,
    ) {
        let names = cx.names();
        if reply.term < state.current_term {
            let term = reply.term;
            cx.note("stale_reply_ignored", || {
                format!("{}'s vote of term {term} comes too late", names.name(from))
            });
            return;
        }
        if state.role != Role::Candidate {
            cx.note("late_vote_ignored", || {
                format!("{}'s vote: the election is decided", names.name(from))
            });
            return;
        }
        // One bit a voter: a vote that arrives twice counts once.
        if reply.vote_granted {
            state.votes_granted |= bit(from);
        } else {
            state.votes_refused |= bit(from);
        }
        self.count_votes(state, cx);
    }

    /// If votes were received from a majority of servers: become leader.
    fn count_votes(&self, state: &mut State, cx: &mut Cx<'_, Raft>) {
        if self.tally(state) == Tally::Won {
            self.become_leader(state, cx);
        }
    }

    fn become_leader(&self, state: &mut State, cx: &mut Cx<'_, Raft>) {
        state.role = Role::Leader;
        state.leader = Some(state.me);
        let (term, votes) = (state.current_term, state.votes_granted.count_ones());
        cx.note("became_leader", || format!("leads term {term} with {votes} votes"));
        let next_index = state.log.last_index() + 1;
        let peer = Peer { next_index, match_index: 0, sent_commit: 0, probing: true };
        state.peers = vec![peer; self.servers as usize];
        self.note_appended_requests(state);
        if self.no_op {
            state.append(Entry::no_op(term));
        }
        cx.cancel_timer(ELECTION);
        self.send_heartbeats(state, cx);
        self.advance_commit_index(state, cx);
    }

    /// Candidates: an AppendEntries of the own term shows that another won.
    pub(super) fn recognize_leader(
        &self,
        state: &mut State,
        from: NodeId,
        request: &AppendEntries,
        cx: &mut Cx<'_, Raft>,
    ) {
        let (names, term) = (cx.names(), request.term);
        if state.role == Role::Candidate {
            cx.note("candidate_yielded", || format!("{} leads term {term}", names.name(from)));
        } else {
            cx.note("leader_recognized", || format!("{} leads term {term}", names.name(from)));
        }
        self.become_follower(state, Some(from), cx);
    }
}
