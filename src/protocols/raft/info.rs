//! What Raft says of itself.

use crate::sim::info::*;
use crate::view::{MILLISECOND, SECOND, Tone};

/// The tables that the rest of the program reads.
pub(super) static INFO: Info = Info {
    id: "raft",
    title: "Raft",
    family: "Consensus",
    summary: "Servers elect a leader, which has them all keep the same log of commands.",
    reference: "Ongaro and Ousterhout, In Search of an Understandable Consensus Algorithm, \
                USENIX ATC 2014",
    revision: 1,
    servers: Count { default: 5, min: 1, max: crate::protocols::quorum::SERVERS_MAX as u32 },
    clients: Count { default: 1, min: 0, max: 8 },
    params: PARAMS,
    flaws: FLAWS,
    roles: ROLES,
    messages: MESSAGES,
    timers: &[
        TimerInfo {
            id: "election",
            doc: "No leader was heard and no vote given for so long: ask for votes in a new term.",
        },
        TimerInfo { id: "heartbeat", doc: "The leader shows that it is still there." },
    ],
    properties: PROPERTIES,
    notes: NOTES,
};

const PARAMS: &[ParamInfo] = &[
    ParamInfo {
        name: "election",
        doc: "How long a server waits for a leader; each time a length of chance in this range.",
        kind: ParamKind::Range {
            default: (150 * MILLISECOND, 300 * MILLISECOND),
            min: MILLISECOND,
            max: 60 * SECOND,
        },
    },
    ParamInfo {
        name: "heartbeat",
        doc: "How often a leader shows that it is there. Well below the election timeout.",
        kind: ParamKind::Duration { default: 50 * MILLISECOND, min: MILLISECOND, max: 60 * SECOND },
    },
    ParamInfo {
        name: "batch",
        doc: "How many entries an AppendEntries carries at most.",
        kind: ParamKind::Count { default: 16, min: 1, max: 1024 },
    },
    ParamInfo {
        name: "no_op",
        doc: "Whether a leader starts its term with an entry that does nothing (§8), so that \
              entries of earlier terms are committed with it.",
        kind: ParamKind::Flag { default: true },
    },
];

const FLAWS: &[FlawInfo] = &[
    FlawInfo {
        id: "commit_old_term",
        doc: "A leader counts entries of earlier terms as committed once a majority has them, and \
              therefore starts its term without a no-op.",
        source: "§5.4.2 and Figure 8: only entries of the current term are committed by counting",
        caught_by: &["leader_completeness", "state_machine_safety"],
    },
    FlawInfo {
        id: "vote_not_persisted",
        doc: "A server forgets in a crash whom it voted for, and may vote twice in a term.",
        source: "Figure 2: votedFor is persistent state",
        caught_by: &["election_safety", "leader_completeness", "state_machine_safety"],
    },
    FlawInfo {
        id: "vote_without_log_check",
        doc: "A server votes for candidates whose log lacks entries that its own has.",
        source: "§5.4.1: the voter denies its vote if its own log is more up-to-date",
        caught_by: &["leader_completeness", "state_machine_safety"],
    },
    FlawInfo {
        id: "quorum_too_small",
        doc: "Half of the servers, rounded down, count as a majority.",
        source: "§5.2: votes from a majority of the servers in the full cluster",
        caught_by: &["election_safety", "leader_completeness", "state_machine_safety"],
    },
    FlawInfo {
        id: "no_truncation",
        doc: "A follower keeps entries that conflict with what its leader sends.",
        source: "Figure 2, AppendEntries, rule 3: delete the existing entry and all that follow it",
        caught_by: &["log_matching", "leader_completeness", "state_machine_safety"],
    },
    FlawInfo {
        id: "apply_twice",
        doc: "Servers keep no sessions: a request that a client repeats takes effect again.",
        source: "§8: if it receives a command whose serial number has already been executed, it \
                 responds immediately without re-executing the request",
        caught_by: &["exactly_once"],
    },
];

const ROLES: &[RoleInfo] = &[
    RoleInfo {
        id: "leader",
        plural: "leaders",
        tone: Tone::Leading,
        doc: "Takes requests, appends them to its log and has the others copy it.",
    },
    RoleInfo {
        id: "candidate",
        plural: "candidates",
        tone: Tone::Trying,
        doc: "Asks the others for their votes in a new term.",
    },
    RoleInfo {
        id: "follower",
        plural: "followers",
        tone: Tone::Following,
        doc: "Answers leaders and candidates; becomes a candidate if it hears of no leader.",
    },
];

const MESSAGES: &[MessageInfo] = &[
    MessageInfo { id: "RequestVote", reply: false, doc: "A candidate asks for a vote." },
    MessageInfo { id: "RequestVoteReply", reply: true, doc: "The vote, or none." },
    MessageInfo {
        id: "AppendEntries",
        reply: false,
        doc: "A leader replicates log entries; without entries it is a heartbeat.",
    },
    MessageInfo {
        id: "AppendEntriesReply",
        reply: true,
        doc: "Whether the entries follow on what the follower has in its log.",
    },
];

const fn always(
    id: &'static str,
    title: &'static str,
    statement: &'static str,
    source: &'static str,
) -> PropertyInfo {
    PropertyInfo { id, title, statement, source, kind: PropertyKind::Always }
}

const fn sometimes(
    id: &'static str,
    title: &'static str,
    statement: &'static str,
    source: &'static str,
) -> PropertyInfo {
    PropertyInfo { id, title, statement, source, kind: PropertyKind::Sometimes }
}

const PROPERTIES: &[PropertyInfo] = &[
    always(
        "election_safety",
        "Election safety",
        "At most one leader can be elected in a given term.",
        "Figure 3; §5.2",
    ),
    always(
        "leader_append_only",
        "Leader append-only",
        "A leader never overwrites or deletes entries in its log; it only appends new entries.",
        "Figure 3; §5.3",
    ),
    always(
        "log_matching",
        "Log matching",
        "If two logs contain an entry with the same index and term, then the logs are identical \
         in all entries up through the given index.",
        "Figure 3; §5.3",
    ),
    always(
        "leader_completeness",
        "Leader completeness",
        "If a log entry is committed in a given term, then that entry will be present in the logs \
         of the leaders for all higher-numbered terms.",
        "Figure 3; §5.4",
    ),
    always(
        "state_machine_safety",
        "State machine safety",
        "If a server has applied a log entry at a given index to its state machine, no other \
         server will ever apply a different log entry for the same index.",
        "Figure 3; §5.4.3",
    ),
    always(
        "exactly_once",
        "Exactly once",
        "A request of a client takes effect at one index of the log at most.",
        "§8",
    ),
    sometimes("leader_elected", "A leader is elected", "Some server leads a term.", "§5.2"),
    sometimes(
        "leader_replaced",
        "A leader is replaced",
        "A second term has a leader as well.",
        "§5.2",
    ),
    sometimes("entry_committed", "An entry is committed", "Some entry is committed.", "§5.3"),
    sometimes(
        "command_applied",
        "A command is applied",
        "A client's request takes effect on a state machine.",
        "§5.3, §8",
    ),
    sometimes(
        "log_repaired",
        "A log is repaired",
        "A follower deletes entries that conflict with its leader's.",
        "§5.3",
    ),
];

const fn note(id: &'static str, doc: &'static str) -> NoteInfo {
    NoteInfo { id, doc, mark: None }
}

const NOTES: &[NoteInfo] = &[
    note("restored", "A server starts with what is on its stable storage."),
    note("became_candidate", "The election timeout elapsed: a new term, a vote for oneself."),
    note("election_undecided", "A candidate's timeout elapsed without a majority of votes."),
    note("vote_granted", "A server gives its one vote of the term."),
    note("vote_refused_voted", "No vote: it is given to another in this term."),
    note("vote_refused_log", "No vote: the candidate's log is less up-to-date than the own."),
    note("late_vote_ignored", "A vote arrives after the election was decided."),
    NoteInfo {
        id: "became_leader",
        doc: "A majority voted for the candidate: it leads the term.",
        mark: Some(MarkKind::Leadership),
    },
    note("leader_recognized", "A follower hears of the leader of its term."),
    note("candidate_yielded", "A candidate hears of another leader of its term, and follows."),
    note("stepped_down", "A leader or candidate sees a higher term, and follows."),
    note("stale_request_refused", "A request of an old term is answered with the current one."),
    note("stale_reply_ignored", "An answer to a request of an old term, or of a role given up."),
    note("request_redirected", "A client asks a server that does not lead."),
    note("request_appended", "The leader appends a client's request to its log."),
    note("request_pending", "A client repeats a request that is in the log, not yet applied."),
    note("duplicate_request_suppressed", "A client's request was applied already, or a later one."),
    note("waiting_redirected", "A leader that leads no more sends its waiting clients elsewhere."),
    note("entries_appended", "A follower stores new entries."),
    note("entries_known", "Entries arrive that the follower has already: nothing changes."),
    note("log_conflict_truncated", "A follower deletes entries that conflict with its leader's."),
    note("append_refused", "A follower lacks the entry before the new ones."),
    note("backed_up", "The leader goes back to where the follower's log may agree."),
    note("stale_refusal_ignored", "A refusal arrives that later answers have overtaken."),
    note("follower_matched", "The leader found where the follower's log agrees with its own."),
    NoteInfo {
        id: "committed",
        doc: "An entry of the leader's term is on a majority: it and all before are committed.",
        mark: Some(MarkKind::Decision),
    },
    note("commit_withheld", "An entry of an earlier term is on a majority: that decides nothing."),
    note("commit_learned", "A follower learns how far the log is committed."),
    note("applied", "Committed entries are applied to the state machine."),
];
