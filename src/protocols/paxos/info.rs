//! What Paxos says of itself.

use crate::protocols::quorum::SERVERS_MAX;
use crate::sim::info::*;
use crate::view::{MILLISECOND, SECOND, Tone};

/// The tables that the rest of the program reads.
pub(super) static INFO: Info = Info {
    id: "paxos",
    title: "Paxos",
    family: "Consensus",
    summary: "Proposers have a majority of acceptors choose one value, once and for ever.",
    reference: "Lamport, Paxos Made Simple, 2001",
    revision: 1,
    servers: Count { default: 5, min: 1, max: SERVERS_MAX as u32 },
    clients: Count { default: 2, min: 0, max: 8 },
    params: PARAMS,
    flaws: FLAWS,
    roles: ROLES,
    messages: MESSAGES,
    timers: &[
        TimerInfo {
            id: "retry",
            doc: "Too few answered, or a higher ballot has been seen: a proposer tries a new one.",
        },
        TimerInfo {
            id: "ask",
            doc: "A learner that knows of no chosen value has a proposer issue a proposal.",
        },
    ],
    properties: PROPERTIES,
    notes: NOTES,
};

const fn some(name: &'static str, default: u64, doc: &'static str) -> ParamInfo {
    ParamInfo { name, doc, kind: ParamKind::Count { default, min: 1, max: SERVERS_MAX as u64 } }
}

const fn range(name: &'static str, default: (u64, u64), doc: &'static str) -> ParamInfo {
    let default = (default.0 * MILLISECOND, default.1 * MILLISECOND);
    let kind = ParamKind::Range { default, min: MILLISECOND, max: 60 * SECOND };
    ParamInfo { name, doc, kind }
}

const PARAMS: &[ParamInfo] = &[
    some("proposers", 2, "How many nodes propose, from n1 on."),
    some("acceptors", 9, "How many nodes accept, from n1 on; at most all."),
    some("learners", 9, "How many nodes learn, from the last one back; at most all."),
    ParamInfo {
        name: "timeout",
        doc: "How long a proposer waits for a majority before it tries a new ballot.",
        kind: ParamKind::Duration {
            default: 200 * MILLISECOND,
            min: MILLISECOND,
            max: 60 * SECOND,
        },
    },
    range(
        "backoff",
        (20, 200),
        "How long a proposer that was overtaken waits; each time a length of chance in this range.",
    ),
    range("ask", (1_000, 2_000), "After how long a learner that knows nothing asks."),
];

const FLAWS: &[FlawInfo] = &[
    FlawInfo {
        id: "promise_forgotten",
        doc: "An acceptor forgets in a crash which ballot it promised.",
        source: "§2.2: an acceptor must remember this information even if it fails and restarts",
        caught_by: &["promise_kept", "chosen_for_ever", "agreement"],
    },
    FlawInfo {
        id: "accepted_value_ignored",
        doc: "A proposer proposes its client's value, whatever it is told was accepted.",
        source: "§2.2, P2c: the value of the highest-numbered proposal among the responses",
        caught_by: &["chosen_for_ever", "agreement"],
    },
    FlawInfo {
        id: "quorum_too_small",
        doc: "Half of the acceptors, rounded down, count as a majority.",
        source: "§2.2: any two majorities have at least one acceptor in common",
        caught_by: &["learned_is_chosen", "chosen_for_ever", "agreement"],
    },
    FlawInfo {
        id: "ballot_reused",
        doc: "A proposer forgets in a crash which ballots it used, and begins again with the first.",
        source: "§2.5: each proposer remembers the highest-numbered proposal it has tried to issue",
        caught_by: &["ballot_new", "one_value_a_ballot", "chosen_for_ever", "agreement"],
    },
];

const fn role(id: &'static str, plural: &'static str, tone: Tone, doc: &'static str) -> RoleInfo {
    RoleInfo { id, plural, tone, doc }
}

const ROLES: &[RoleInfo] = &[
    role("proposer", "proposers", Tone::Leading, "Has a majority's promises and proposes a value."),
    role("preparer", "preparers", Tone::Trying, "A proposer that asks for promises."),
    role("knower", "knowers", Tone::Settled, "Has learned the chosen value."),
    role("acceptor", "acceptors", Tone::Following, "Promises and accepts."),
    role("bystander", "bystanders", Tone::Neutral, "Proposes nothing, accepts nothing, waits."),
];

const fn message(id: &'static str, reply: bool, doc: &'static str) -> MessageInfo {
    MessageInfo { id, reply, doc }
}

const MESSAGES: &[MessageInfo] = &[
    message("Prepare", false, "A proposer asks for a promise to accept nothing below its ballot."),
    message("Promise", true, "The promise, with what the acceptor has accepted so far."),
    message("Accept", false, "A proposer asks to accept its value at its ballot."),
    message("Accepted", true, "An acceptor has accepted: learners count these."),
    message("Nack", true, "An acceptor has promised a higher ballot."),
    message(
        "Inquire",
        false,
        "A learner has a proposer issue a proposal, to learn what is chosen.",
    ),
];

const fn property(
    kind: PropertyKind,
    id: &'static str,
    title: &'static str,
    statement: &'static str,
    source: &'static str,
) -> PropertyInfo {
    PropertyInfo { id, title, statement, source, kind }
}

const PROPERTIES: &[PropertyInfo] = &[
    property(
        PropertyKind::Always,
        "agreement",
        "Agreement",
        "Only a single value is chosen, and no two nodes learn different ones.",
        "§2.1",
    ),
    property(
        PropertyKind::Always,
        "validity",
        "Validity",
        "Only a value that a client proposed is ever accepted, and so chosen.",
        "§2.1",
    ),
    property(
        PropertyKind::Always,
        "learned_is_chosen",
        "Learned is chosen",
        "A node learns that a value has been chosen only if it has been.",
        "§2.1",
    ),
    property(
        PropertyKind::Always,
        "chosen_for_ever",
        "Chosen for ever",
        "If a value is chosen at a ballot, every proposal of a higher ballot has that value.",
        "§2.2, P2b",
    ),
    property(
        PropertyKind::Always,
        "promise_kept",
        "Promises are kept",
        "An acceptor's promise never falls, crash or not, and it accepts nothing below it.",
        "§2.2, P1a",
    ),
    property(
        PropertyKind::Always,
        "ballot_new",
        "Ballots are new",
        "A proposer begins each ballot above all that it began before, crash or not.",
        "§2.5",
    ),
    property(
        PropertyKind::Always,
        "one_value_a_ballot",
        "One value a ballot",
        "Proposals of one ballot have one value.",
        "§2.2, §2.5",
    ),
    property(
        PropertyKind::Sometimes,
        "value_chosen",
        "A value is chosen",
        "A majority of the acceptors has accepted a value at one ballot.",
        "§2.2",
    ),
    property(
        PropertyKind::Sometimes,
        "value_learned",
        "A value is learned",
        "Some node knows that a value is chosen.",
        "§2.3",
    ),
];

const fn note(id: &'static str, doc: &'static str) -> NoteInfo {
    NoteInfo { id, doc, mark: None }
}

const fn marked(id: &'static str, doc: &'static str, mark: MarkKind) -> NoteInfo {
    NoteInfo { id, doc, mark: Some(mark) }
}

const NOTES: &[NoteInfo] = &[
    note("restored", "A node starts with what is on its stable storage."),
    note("prepared", "A proposer begins a ballot (phase 1)."),
    note("promised", "An acceptor promises to accept nothing below a ballot."),
    note("refused", "An acceptor has promised a higher ballot."),
    marked("value_free", "A majority promised and accepted nothing before.", MarkKind::Leadership),
    marked("value_adopted", "A proposer takes over what was accepted.", MarkKind::Leadership),
    note("nothing_to_propose", "A majority promised, but there is no value to propose."),
    note("accepted", "An acceptor accepts a proposal."),
    marked("learned", "A majority is known to have accepted a value.", MarkKind::Decision),
    note("ballot_overtaken", "A proposer knows of a higher ballot, and backs off."),
    note("timed_out", "Too few acceptors have answered for too long."),
    note("late_answer_ignored", "An answer to a ballot, or a phase, that is over."),
    note("asked", "A learner that knows nothing asks."),
    note("request_redirected", "A client asks a node that proposes nothing."),
    note("request_waits", "A client comes to a proposer that has a value already."),
];
