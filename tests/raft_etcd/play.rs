//! Runs a script on our engine and compares, directive by directive.
//!
//! Compared are terms, roles, votes, logs (index and term), commit indices, match and next, and
//! the messages that are sent, arrive and are dropped, with their terms, log positions, entries
//! and commit indices. Where etcd differs from the paper by design, this is how it is mapped:
//!
//! 1. etcd's heartbeat is a kind of its own without a log position. Ours is an AppendEntries that
//!    the heartbeat timer sent. Of heartbeats and their answers only kind, ends and term count.
//! 2. For the same reason etcd's leader answers a MsgHeartbeatResp with a MsgApp to a follower
//!    that may lag; ours has said it with the heartbeat. In a directive in which a follower
//!    answers heartbeats, a MsgApp to it or a MsgAppResp from it that only etcd has is struck out
//!    and counted.
//! 3. etcd ignores messages of an old term; the paper answers them. Those answers are dropped.
//! 4. A candidate of ours has its own vote, and a leader its own acknowledgement, at once; in etcd
//!    they pass through the Ready. It shows only in a cluster of one, which leads and commits when
//!    etcd's is still to count its vote, or its acknowledgement.
//! 5. Asked about entries below its commit index a follower in etcd answers with that index. Then
//!    the acknowledged index is not compared.
//! 6. etcd's candidate follows again as soon as a majority has refused; the paper's stays one
//!    until its timeout.
//! 7. What a refusal says of the follower's log (etcd's hint; §5.3's conflicting term) differs;
//!    where the leader goes from there is compared by the messages that follow.

use std::collections::BTreeMap;

use interleave::protocols::raft::State;
use interleave::protocols::raft::state::Role;

use crate::script::{Directive, Fact, Message, entry, facts, number, parse};
use crate::world::{Proposal, World};

/// What came of a script.
#[derive(Debug, Default)]
pub struct Report {
    /// Directives that were run.
    pub ran: usize,
    /// All directives.
    pub directives: usize,
    /// Facts that were compared and agree.
    pub agreed: usize,
    /// Facts that agree by one of the mappings above.
    pub mapped: usize,
    /// Our answers to messages of an old term, which were dropped: mapping 3.
    pub old_term_answers: u64,
    /// Where it stopped, and why the rest does not apply.
    pub stopped: Option<String>,
    /// Facts that do not agree.
    pub disagreements: Vec<String>,
}

/// Why a directive does not apply.
struct Outside(String);

/// Runs a script, with these flaws of ours on.
pub fn play(text: &str, flaws: &[&str]) -> Report {
    let directives = parse(text);
    let mut player = Player {
        world: None,
        flaws: flaws.iter().map(|flaw| flaw.to_string()).collect(),
        silent: false,
        line: 0,
        report: Report { directives: directives.len(), ..Report::default() },
    };
    for directive in &directives {
        player.line = directive.line;
        if let Err(Outside(why)) = player.directive(directive) {
            player.report.stopped = Some(format!("line {}: {why}", directive.line));
            break;
        }
        player.report.ran += 1;
    }
    player.report.old_term_answers = player.world.map_or(0, |world| world.old_term_answers);
    player.report
}

struct Player {
    world: Option<World>,
    flaws: Vec<String>,
    silent: bool,
    line: usize,
    report: Report,
}

/// What our engine did during a directive.
#[derive(Default)]
struct Done {
    sent: Vec<Message>,
    received: Vec<Message>,
    dropped: Vec<Message>,
}

impl Player {
    fn directive(&mut self, directive: &Directive) -> Result<(), Outside> {
        check_arguments(directive)?;
        if directive.name == "log-level" {
            self.silent = directive.args.iter().any(|arg| arg.key == "none");
            return Ok(());
        }
        if directive.name == "add-nodes" {
            return self.add_nodes(directive);
        }
        let silent = directive.values("log-level").is_some_and(|level| level == ["none"]);
        let silent = silent || self.silent;
        let facts = if silent { Vec::new() } else { facts(directive) };
        let special = ["raft-log", "raft-state", "status", "propose"].contains(&&*directive.name);
        if !special && let Some(Fact::Unknown(line)) = facts.iter().find(|fact| unknown(fact)) {
            return Err(Outside(format!("`{line}` is outside the core")));
        }
        let Some(world) = &mut self.world else {
            return Err(Outside("no nodes were added".to_string()));
        };
        let named = directive.nodes();
        if let Some(id) = named.iter().find(|&&id| id == 0 || id > world.servers()) {
            return Err(Outside(format!("there is no node {id}")));
        }
        let first = named.first().copied().unwrap_or(1);
        let mut done = Done::default();
        match directive.name.as_str() {
            "campaign" => world.campaign(first),
            "propose" => return self.propose(first, directive, silent),
            "process-ready" => {
                for &id in &named {
                    done.sent.extend(world.process_ready(id));
                }
            }
            "deliver-msgs" => deliver(world, directive, &mut done),
            "stabilize" => stabilize(world, &named, &mut done),
            "tick-heartbeat" | "tick-election" => {
                if world.state(first).role != Role::Leader {
                    let why = "time passes in ticks in etcd, and a follower's timeout is drawn in \
                               ticks; here timeouts fire by `campaign` alone";
                    return Err(Outside(format!("`{}` at a follower: {why}", directive.name)));
                }
                // The environment's election timeout is three heartbeat intervals.
                let beats = if directive.name == "tick-election" { 3 } else { 1 };
                (0..beats).for_each(|_| world.heartbeat(first));
            }
            "raft-log" => self.raft_log(first, directive),
            "raft-state" => self.raft_state(directive),
            "status" => self.status(first, directive),
            other => return Err(Outside(format!("`{other}` is unknown"))),
        }
        if !silent && !special {
            self.compare(&facts, done);
        }
        Ok(())
    }

    fn add_nodes(&mut self, directive: &Directive) -> Result<(), Outside> {
        if self.world.is_some() {
            return Err(Outside("nodes join later: membership changes are left out".to_string()));
        }
        let count = directive.nodes().first().copied().unwrap_or(0);
        let voters = directive.values("voters").unwrap_or_default();
        let wanted: Vec<String> = (1..=count).map(|id| id.to_string()).collect();
        if voters != wanted || !(1..=9).contains(&count) {
            return Err(Outside(
                "not every node votes: membership changes are left out".to_string(),
            ));
        }
        let index = directive.values("index").and_then(|values| values.first()?.parse().ok());
        let world = World::new(count, index.unwrap_or(0), &self.flaws);
        for line in &directive.expected {
            let Some((_, rest)) = line.split_once("newRaft ") else { continue };
            let id = rest.split(' ').next().and_then(|id| id.parse().ok()).unwrap_or(1);
            let state = world.state(id);
            let rest = rest.replace([',', ']'], "");
            let after = |label: &str| {
                let mut words = rest.split(' ').skip_while(|word| *word != label).skip(1);
                words.next().and_then(|word| word.parse::<u64>().ok())
            };
            let wanted = ["term:", "commit:", "applied:", "lastindex:", "lastterm:"].map(after);
            let (log, commit) = (&state.log, state.commit_index);
            let term = state.current_term;
            let ours = [term, commit, state.last_applied, log.last_index(), log.last_term()];
            self.check(&format!("start of {id}"), wanted, ours.map(Some));
        }
        self.world = Some(world);
        Ok(())
    }

    fn propose(&mut self, id: u32, directive: &Directive, silent: bool) -> Result<(), Outside> {
        let world = self.world.as_mut().expect("nodes were added");
        let proposal = world.propose(id);
        if proposal == Proposal::Elsewhere {
            let why = "etcd's follower forwards a proposal to the leader; here the client is \
                       redirected";
            return Err(Outside(why.to_string()));
        }
        if !silent {
            let dropped = directive.expected.iter().any(|line| line.contains("dropped"));
            self.check(&format!("{id} drops a proposal"), dropped, proposal == Proposal::Dropped);
        }
        Ok(())
    }

    fn raft_log(&mut self, id: u32, directive: &Directive) {
        let state = self.state(id);
        let last = state.log.last_index();
        let printed: Vec<(u64, u64)> = directive.expected.iter().filter_map(|l| entry(l)).collect();
        let first = printed.first().map_or(last + 1, |(_, index)| *index);
        let ours: Vec<(u64, u64)> =
            (first..=last).map(|index| (state.log.term(index).unwrap_or(0), index)).collect();
        self.check(&format!("log of {id}"), printed, ours);
    }

    fn raft_state(&mut self, directive: &Directive) {
        for line in &directive.expected {
            let Some((id, rest)) = line.split_once(": ") else { continue };
            let Ok(id) = id.parse() else { continue };
            let state = self.state(id);
            let ours = (role_word(state).to_string(), state.current_term, lead(state));
            let role = rest.split(' ').next().unwrap_or_default().to_string();
            let term = number(rest, "Term:").unwrap_or(0);
            let theirs = (role, term, number(rest, "Lead:").unwrap_or(0) as u32);
            self.check(&format!("state of {id}"), theirs, ours);
        }
    }

    fn status(&mut self, id: u32, directive: &Directive) {
        for line in &directive.expected {
            let Some((other, rest)) = line.split_once(": ") else { continue };
            let Ok(other) = other.parse::<u32>() else { continue };
            let state = self.state(id);
            let last = state.log.last_index();
            let ours = match state.peers.get(other as usize - 1) {
                _ if other == id => (false, last, last + 1),
                Some(peer) => (peer.probing, peer.match_index, peer.next_index),
                None => (false, 0, 0),
            };
            let probing = rest.starts_with("StateProbe");
            let match_index = number(rest, "match=").unwrap_or(0);
            let theirs = (probing, match_index, number(rest, "next=").unwrap_or(0));
            self.check(&format!("{id} of {other}: probing, match, next"), theirs, ours);
        }
    }

    /// Compares what etcd printed for a directive with where our engine stands after it.
    fn compare(&mut self, facts: &[Fact], done: Done) {
        self.compare_messages(facts, done);
        // Of what is printed several times in a directive, the last is how it ends.
        let mut last: BTreeMap<(u8, u32, u64), &Fact> = BTreeMap::new();
        for fact in facts {
            let place = match *fact {
                Fact::SoftState { node, .. } => (0, node, 0),
                Fact::HardState { node, .. } => (1, node, 0),
                Fact::Became { node, .. } => (2, node, 0),
                Fact::Cast { node, .. } => (3, node, 0),
                Fact::Votes { node, .. } => (4, node, 0),
                Fact::Entry { node, index, .. } => (5, node, index),
                Fact::CommittedEntry { node, index, .. } => (6, node, index),
                _ => continue,
            };
            last.insert(place, fact);
        }
        last.into_values().for_each(|fact| self.compare_fact(fact));
    }

    fn compare_fact(&mut self, fact: &Fact) {
        match fact {
            Fact::SoftState { node, lead: wanted, state: role } => {
                let state = self.state(*node);
                let (ours, leader, alone) = (role_word(state), lead(state), self.alone());
                if self.given_up(*node, role) || (alone && ours == "StateLeader" && role != ours) {
                    self.report.mapped += 1;
                    return;
                }
                let ours = (ours.to_string(), leader);
                self.check(&format!("state and leader of {node}"), (role.clone(), *wanted), ours);
            }
            Fact::HardState { node, term, vote, commit } => {
                let state = self.state(*node);
                let voted = state.voted_for.map_or(0, |node| node.0 + 1);
                let ours = (state.current_term, voted, state.commit_index);
                if self.alone() && ours.2 > *commit && (ours.0, ours.1) == (*term, *vote) {
                    self.report.mapped += 1;
                    return;
                }
                self.check(&format!("term, vote, commit of {node}"), (*term, *vote, *commit), ours);
            }
            Fact::Became { node, role, term } => {
                let (state, alone) = (self.state(*node), self.alone());
                let (ours, now) = (role_word(state), state.current_term);
                let wanted = match role.as_str() {
                    "leader" => "StateLeader",
                    "candidate" => "StateCandidate",
                    "follower" => "StateFollower",
                    other => other,
                };
                if self.given_up(*node, wanted)
                    || (alone && ours == "StateLeader" && wanted != ours)
                {
                    self.report.mapped += 1;
                    return;
                }
                let ours = (ours.to_string(), now);
                self.check(&format!("role and term of {node}"), (wanted.to_string(), *term), ours);
            }
            Fact::Cast { node, candidate, term } => {
                let state = self.state(*node);
                let ours = (state.voted_for.map_or(0, |node| node.0 + 1), state.current_term);
                self.check(&format!("vote of {node}"), (*candidate, *term), ours);
            }
            Fact::Votes { node, granted, refused } => {
                let state = self.state(*node);
                // A leader counts no more.
                if state.role == Role::Candidate {
                    let counts = [state.votes_granted, state.votes_refused].map(u64::count_ones);
                    self.check(&format!("votes of {node}"), [*granted, *refused], counts);
                }
            }
            Fact::Entry { node, term, index } => {
                let ours = self.state(*node).log.term(*index);
                self.check(&format!("entry {index} of {node}"), Some(*term), ours);
            }
            Fact::CommittedEntry { node, term, index } => {
                let state = self.state(*node);
                let ours = state.log.term(*index).filter(|_| state.last_applied >= *index);
                self.check(&format!("entry {index} applied at {node}"), Some(*term), ours);
            }
            _ => {}
        }
    }

    fn compare_messages(&mut self, facts: &[Fact], done: Done) {
        let of = |pick: fn(&Fact) -> Option<&Message>| -> Vec<Message> {
            facts.iter().filter_map(pick).cloned().collect()
        };
        let sent = of(|fact| if let Fact::Sent(message) = fact { Some(message) } else { None });
        let received = of(|fact| match fact {
            Fact::Received(message) => Some(message),
            _ => None,
        });
        let dropped = of(|fact| match fact {
            Fact::Dropped(message) => Some(message),
            _ => None,
        });
        // Mapping 2: whose heartbeats were answered, to whom.
        let beats = received.iter().filter(|message| message.kind == "MsgHeartbeatResp");
        let beats: Vec<(u32, u32)> = beats.map(|message| (message.from, message.to)).collect();
        for (what, theirs, ours) in [
            ("sent", sent, done.sent),
            ("arrived", received, done.received),
            ("dropped", dropped, done.dropped),
        ] {
            self.compare_lists(what, theirs, ours, &beats);
        }
    }

    fn compare_lists(
        &mut self,
        what: &str,
        theirs: Vec<Message>,
        mut ours: Vec<Message>,
        beats: &[(u32, u32)],
    ) {
        for message in theirs {
            if let Some(at) = ours.iter().position(|other| same(&message, other)) {
                ours.remove(at);
                self.report.agreed += 1;
                continue;
            }
            let after_beat = match message.kind.as_str() {
                "MsgApp" => beats.contains(&(message.to, message.from)),
                "MsgAppResp" => beats.contains(&(message.from, message.to)),
                _ => false,
            };
            if after_beat {
                self.report.mapped += 1;
            } else {
                self.disagree(format!("only in etcd, {what}: {message:?}"));
            }
        }
        for message in ours {
            self.disagree(format!("only in ours, {what}: {message:?}"));
        }
    }

    /// Mapping 6: etcd's candidate has given up, ours waits for its timeout.
    fn given_up(&self, id: u32, role: &str) -> bool {
        let state = self.state(id);
        let world = self.world.as_ref().expect("nodes were added");
        let lost = state.votes_refused.count_ones() > world.servers() / 2;
        role == "StateFollower" && state.role == Role::Candidate && lost
    }

    fn alone(&self) -> bool {
        self.world.as_ref().is_some_and(|world| world.servers() == 1)
    }

    fn state(&self, id: u32) -> &State {
        self.world.as_ref().expect("nodes were added").state(id)
    }

    fn check<T: PartialEq + std::fmt::Debug>(&mut self, what: &str, theirs: T, ours: T) {
        if theirs == ours {
            self.report.agreed += 1;
        } else {
            self.disagree(format!("{what}: etcd {theirs:?}, ours {ours:?}"));
        }
    }

    fn disagree(&mut self, text: String) {
        self.report.disagreements.push(format!("line {}: {text}", self.line));
    }
}

/// Whether two messages say the same, as far as the mappings go.
fn same(theirs: &Message, ours: &Message) -> bool {
    let ends = |m: &Message| (m.from, m.to, m.kind.clone(), m.term);
    let heartbeat = theirs.kind.starts_with("MsgHeartbeat");
    let answer = theirs.kind == "MsgAppResp";
    let positions = match theirs.kind.as_str() {
        // The term there is etcd's hint: mapping 7.
        "MsgAppResp" => theirs.log.1 == ours.log.1 || ours.below_commit,
        "MsgVoteResp" => true,
        _ => theirs.log == ours.log,
    };
    let contents = theirs.entries == ours.entries && theirs.commit == ours.commit;
    ends(theirs) == ends(ours)
        && (heartbeat || theirs.rejected == ours.rejected && positions && (answer || contents))
}

fn unknown(fact: &Fact) -> bool {
    matches!(fact, Fact::Unknown(_))
}

fn role_word(state: &State) -> &'static str {
    match state.role {
        Role::Leader => "StateLeader",
        Role::Candidate => "StateCandidate",
        Role::Follower => "StateFollower",
    }
}

fn lead(state: &State) -> u32 {
    state.leader.map_or(0, |leader| leader.0 + 1)
}

fn deliver(world: &mut World, directive: &Directive, done: &mut Done) {
    let kind = directive.values("type").and_then(|values| values.first()).map(String::as_str);
    for id in directive.nodes() {
        done.received.extend(world.deliver(id, kind, false));
    }
    for id in directive.values("drop").unwrap_or_default() {
        if let Ok(id) = id.parse() {
            done.dropped.extend(world.deliver(id, kind, true));
        }
    }
}

/// Processes Readys and delivers among these nodes until nothing is left to do.
fn stabilize(world: &mut World, named: &[u32], done: &mut Done) {
    let nodes: Vec<u32> =
        if named.is_empty() { (1..=world.servers()).collect() } else { named.to_vec() };
    loop {
        let mut quiet = true;
        for &id in &nodes {
            if world.has_ready(id) {
                done.sent.extend(world.process_ready(id));
                quiet = false;
            }
        }
        for &id in &nodes {
            if world.has_mail(id) {
                done.received.extend(world.deliver(id, None, false));
                quiet = false;
            }
        }
        if quiet {
            return;
        }
    }
}

/// Directives and arguments outside the core, with the reason.
fn check_arguments(directive: &Directive) -> Result<(), Outside> {
    let name = directive.name.as_str();
    let reason = match name {
        "log-level" | "add-nodes" | "campaign" | "propose" | "process-ready" | "deliver-msgs"
        | "stabilize" | "tick-heartbeat" | "tick-election" | "raft-log" | "raft-state"
        | "status" => None,
        "propose-conf-change" => Some("membership changes are left out"),
        "transfer-leadership" => Some("leadership transfer is left out"),
        "forget-leader" => Some("a follower cannot be told to forget its leader"),
        "compact" | "send-snapshot" => Some("snapshots are left out"),
        "report-unreachable" => Some("the transport reports nothing to the engine"),
        "set-randomized-election-timeout" => Some("there are no ticks to count"),
        "process-append-thread" | "process-apply-thread" => {
            Some("stable storage is written within a step, not by threads of its own")
        }
        _ => Some("the adapter does not know this directive"),
    };
    if let Some(reason) = reason {
        return Err(Outside(format!("`{name}`: {reason}")));
    }
    for arg in &directive.args {
        let reason = match arg.key.as_str() {
            "voters" | "index" | "content" | "drop" | "type" | "log-level" => None,
            "prevote" => Some("PreVote is left out"),
            "checkquorum" => Some("CheckQuorum is left out"),
            "learners" => Some("membership changes are left out"),
            "inflight" => Some("there is no limit on messages in flight"),
            "read_only" | "read-only" => Some("ReadIndex and leases are left out"),
            "async-storage-writes" => Some("stable storage is written within a step"),
            "step-down-on-removal" | "disable-conf-change-validation" => {
                Some("membership changes are left out")
            }
            _ if arg.values.is_empty() => None,
            _ => Some("the adapter does not know this argument"),
        };
        // A switch that is off changes nothing.
        if let Some(reason) = reason.filter(|_| arg.values != ["false"]) {
            return Err(Outside(format!("`{name} {}=…`: {reason}", arg.key)));
        }
    }
    Ok(())
}
