//! What Multi-Paxos says of itself.

use crate::sim::info::*;
use crate::view::{MILLISECOND, SECOND, Tone};

/// The tables that the rest of the program reads.
pub(super) static INFO: Info = Info {
    id: "multi_paxos",
    title: "Multi-Paxos",
    family: "Consensus",
    summary: "Servers choose one command for each slot of a log, under a leader if there is one.",
    reference: "Lamport, Paxos Made Simple, ACM SIGACT News 32(4), 2001, §3",
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
            doc: "No leader was heard and nothing promised for so long: phase 1 of a new ballot.",
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
        name: "window",
        doc: "How many slots beyond the last that everything is chosen up to may be open at once \
              (§3: α).",
        kind: ParamKind::Count { default: 8, min: 1, max: 1024 },
    },
    ParamInfo {
        name: "batch",
        doc: "How many slots a learner that is behind gets at a time.",
        kind: ParamKind::Count { default: 16, min: 1, max: 1024 },
    },
];

const FLAWS: &[FlawInfo] = &[
    FlawInfo {
        id: "skip_phase_1",
        doc: "A new leader goes straight to phase 2 and proposes without asking what was accepted.",
        source: "§3: the new leader executes phase 1 for all slots that it does not know",
        caught_by: &["chosen_stays_chosen", "agreement", "state_machine_safety"],
    },
    FlawInfo {
        id: "accepted_value_ignored",
        doc: "A new leader collects promises, but does not propose the values that they report.",
        source: "§2.2, P2c: the value of the highest-numbered proposal among the responses",
        caught_by: &["chosen_stays_chosen", "agreement", "state_machine_safety"],
    },
    FlawInfo {
        id: "promise_forgotten",
        doc: "An acceptor forgets in a crash what it has promised.",
        source: "§2.5: stable storage keeps what the acceptor must remember",
        caught_by: &["promises_kept", "chosen_stays_chosen", "agreement", "state_machine_safety"],
    },
    FlawInfo {
        id: "quorum_too_small",
        doc: "Half of the servers, rounded down, count as a majority.",
        source: "§2.2: any two majorities have at least one acceptor in common",
        caught_by: &[
            "only_chosen_learned",
            "chosen_stays_chosen",
            "agreement",
            "state_machine_safety",
        ],
    },
    FlawInfo {
        id: "gap_skipped",
        doc: "A command is applied as soon as it is chosen, though an earlier slot is still open.",
        source: "§3: a command can be executed once all commands with lower numbers are known",
        caught_by: &["state_machine_safety"],
    },
    FlawInfo {
        id: "apply_twice",
        doc: "Servers keep no sessions: a request that a client repeats takes effect again.",
        source: "Ongaro and Ousterhout, §8: a serial number already executed is not executed again",
        caught_by: &["exactly_once"],
    },
];

const ROLES: &[RoleInfo] = &[
    RoleInfo {
        id: "leader",
        plural: "leaders",
        tone: Tone::Leading,
        doc: "Has finished phase 1 for all slots to come; proposes what clients ask.",
    },
    RoleInfo {
        id: "candidate",
        plural: "candidates",
        tone: Tone::Trying,
        doc: "In phase 1: asks acceptors to promise its ballot.",
    },
    RoleInfo {
        id: "follower",
        plural: "followers",
        tone: Tone::Following,
        doc: "Accepts and learns; becomes a candidate if it hears of no leader.",
    },
];

const fn message(id: &'static str, reply: bool, doc: &'static str) -> MessageInfo {
    MessageInfo { id, reply, doc }
}

const MESSAGES: &[MessageInfo] = &[
    message(
        "Prepare",
        false,
        "Phase 1a: a candidate asks for a promise, in all slots from one on.",
    ),
    message("Promise", true, "Phase 1b: nothing of a lower ballot, and what was accepted so far."),
    message("Accept", false, "Phase 2a: the leader proposes a value in a slot."),
    message("Accepted", true, "Phase 2b: the acceptor has accepted it."),
    message("Nack", true, "A refusal: a higher ballot is promised."),
    message("Heartbeat", false, "The leader is there, and everything up to a slot is chosen."),
    message("Learn", false, "A learner asks for slots that it misses."),
    message("Chosen", true, "What is chosen in them."),
];

const fn property(
    id: &'static str,
    title: &'static str,
    statement: &'static str,
    source: &'static str,
    kind: PropertyKind,
) -> PropertyInfo {
    PropertyInfo { id, title, statement, source, kind }
}

use PropertyKind::{Always, Sometimes};

const PROPERTIES: &[PropertyInfo] = &[
    property("agreement", "Agreement", "In a slot at most one value is chosen.", "§2.1", Always),
    property(
        "validity",
        "Validity",
        "Only what a client has asked of a leader, or a no-op, is ever accepted.",
        "§2.1: only a value that has been proposed may be chosen",
        Always,
    ),
    property(
        "only_chosen_learned",
        "Only the chosen is learned",
        "A server takes a value for chosen only if a majority has accepted it in one ballot.",
        "§2.1",
        Always,
    ),
    property(
        "chosen_stays_chosen",
        "Chosen stays chosen",
        "If a value is chosen in a slot, every proposal of a higher ballot there has that value.",
        "§2.2, P2b",
        Always,
    ),
    property(
        "promises_kept",
        "Promises are kept",
        "An acceptor accepts nothing below a ballot that it has promised, crash or no crash.",
        "§2.2, P1a; §2.5",
        Always,
    ),
    property(
        "one_value_per_ballot",
        "One value in a ballot",
        "Two proposals of one ballot in one slot are the same.",
        "§2.2: different proposals have different numbers",
        Always,
    ),
    property(
        "state_machine_safety",
        "State machine safety",
        "Commands are applied slot by slot, none left out, and every server applies the same.",
        "§3",
        Always,
    ),
    property(
        "exactly_once",
        "Exactly once",
        "A request of a client takes effect in one slot at most.",
        "Ongaro and Ousterhout, §8",
        Always,
    ),
    property(
        "leader_established",
        "A leader is established",
        "Some server leads.",
        "§3",
        Sometimes,
    ),
    property(
        "leader_replaced",
        "A leader is replaced",
        "A second ballot has a leader as well.",
        "§3",
        Sometimes,
    ),
    property("value_chosen", "A value is chosen", "A majority has accepted it.", "§2.2", Sometimes),
    property(
        "command_applied",
        "A command is applied",
        "A client's request takes effect.",
        "§3",
        Sometimes,
    ),
    property(
        "value_carried_over",
        "A value is carried over",
        "What was accepted in one ballot is proposed again in a higher one.",
        "§2.2, P2c",
        Sometimes,
    ),
    property("gap_filled", "A gap is filled", "A no-op is chosen.", "§3", Sometimes),
];

const fn note(id: &'static str, doc: &'static str) -> NoteInfo {
    NoteInfo { id, doc, mark: None }
}

const fn mark(id: &'static str, mark: MarkKind, doc: &'static str) -> NoteInfo {
    NoteInfo { id, doc, mark: Some(mark) }
}

const NOTES: &[NoteInfo] = &[
    note("restored", "A server starts with what is on its stable storage."),
    note("became_candidate", "The election timeout elapsed: phase 1 of a new ballot."),
    note("election_undecided", "A candidate's timeout elapsed without a majority of promises."),
    note("promised", "An acceptor promises a ballot, and reports what it has accepted."),
    note("refused", "A ballot is refused: a higher one is promised."),
    note("late_promise_ignored", "A promise arrives after there were enough."),
    mark(
        "became_leader",
        MarkKind::Leadership,
        "A majority promised: phase 1 is done, for all slots.",
    ),
    note("leader_recognized", "A server hears of the leader of the ballot that it has promised."),
    note("stepped_down", "A leader or candidate sees a higher ballot, and gives up its own."),
    note("stale_reply_ignored", "An answer to a ballot that was given up."),
    note("value_adopted", "The leader proposes what was accepted in an earlier ballot."),
    note("gap_filled", "Nothing was accepted in a slot before others: a no-op fills it."),
    note("request_redirected", "A client asks a server that does not lead."),
    note("request_proposed", "The leader proposes a client's request in the next slot."),
    note("request_queued", "The window is full: a request waits for a slot to be chosen."),
    note("request_pending", "A client repeats a request that is proposed, not yet applied."),
    note("duplicate_request_suppressed", "A client's request was applied already, or a later one."),
    note("waiting_redirected", "A leader that leads no more sends its waiting clients elsewhere."),
    note("accepted", "An acceptor accepts a proposal."),
    note("accept_repeated", "A slot is open for a heartbeat already: its Accept is sent again."),
    mark("chosen", MarkKind::Decision, "A majority has accepted a proposal: its value is chosen."),
    note("chosen_learned", "A server learns that what it has accepted is chosen."),
    note("catching_up", "A server misses slots that are chosen, and asks for them."),
    note("caught_up", "A server gets slots that it missed."),
    note("applied", "Commands are applied to the state machine, in order."),
];
