//! One node: what its proposer, its acceptor and its learner remember.

use std::hash::{Hash, Hasher};
use std::rc::Rc;

use crate::protocols::ballot::Ballot;
use crate::view::NodeId;

/// A value that is proposed.
pub type Text = Rc<str>;

/// How many ballots of an acceptor the picture remembers.
const JOURNAL_MAX: usize = 24;

/// A proposal: a value with its number.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Proposal {
    /// Its number.
    pub ballot: Ballot,
    /// Its value.
    pub value: Text,
}

/// What a proposer is at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Phase {
    /// Nothing.
    Idle,
    /// Phase 1: it gathers promises.
    Prepare,
    /// Phase 2: it has proposed a value.
    Accept,
}

/// One node.
#[derive(Clone, Debug, Hash)]
pub struct State {
    /// The node itself.
    pub me: NodeId,
    /// Acceptor, stable: the highest ballot that it answered.
    pub promised: Ballot,
    /// Acceptor, stable: the proposal of the highest ballot that it accepted.
    pub accepted: Option<Proposal>,
    /// Proposer, stable: the highest round that it used or heard of.
    pub round: u32,
    /// Proposer, volatile: what it is at.
    pub phase: Phase,
    /// Proposer, volatile: its ballot.
    pub ballot: Ballot,
    /// Proposer, volatile: what a client asked it to propose.
    pub wish: Option<Text>,
    /// Proposer, volatile: what it proposed in its ballot.
    pub proposed: Option<Text>,
    /// Proposer, volatile: who promised, a bit for each node.
    pub promises: u64,
    /// Proposer, volatile: the highest-numbered proposal that those had accepted.
    pub highest: Option<Proposal>,
    /// Proposer, volatile: whether it knows of a higher ballot, and backs off.
    pub overtaken: bool,
    /// Proposer, volatile: the requests to be answered when a value is chosen.
    pub waiting: Vec<(NodeId, u64)>,
    /// Learner, volatile: the last proposal that each node is known to have accepted.
    pub heard: Vec<Option<Proposal>>,
    /// Learner, volatile: the value that was chosen.
    pub learned: Option<Text>,
    /// Learner, volatile: how often it asked.
    pub asked: u32,
    /// For the picture: what the acceptor did.
    pub journal: Journal,
}

/// The last ballots of an acceptor, with what it accepted there, oldest first.
///
/// An acceptor needs the last acceptance alone, and no handler reads this: it is no part of a
/// state's hash.
#[derive(Clone, Debug, Default)]
pub struct Journal(pub Rc<Vec<(Ballot, Option<Text>)>>);

impl Hash for Journal {
    fn hash<H: Hasher>(&self, _hasher: &mut H) {}
}

impl Journal {
    /// The acceptor promised, or accepted that value.
    fn note(&mut self, ballot: Ballot, value: Option<Text>) {
        let known = Rc::make_mut(&mut self.0);
        match known.iter_mut().find(|(other, _)| *other == ballot) {
            Some((_, old)) => *old = value.or(old.take()),
            None => known.push((ballot, value)),
        }
        if known.len() > JOURNAL_MAX {
            known.remove(0);
        }
    }
}

impl State {
    /// A node that has never run.
    pub fn new(me: NodeId, servers: u32) -> State {
        State {
            me,
            promised: Ballot::default(),
            accepted: None,
            round: 0,
            phase: Phase::Idle,
            ballot: Ballot::default(),
            wish: None,
            proposed: None,
            promises: 0,
            highest: None,
            overtaken: false,
            waiting: Vec::new(),
            heard: vec![None; servers as usize],
            learned: None,
            asked: 0,
            journal: Journal::default(),
        }
    }

    /// The same node after a crash: the promise, the acceptance and the round, and nothing else.
    pub fn after_crash(&self) -> State {
        State {
            promised: self.promised,
            accepted: self.accepted.clone(),
            round: self.round,
            journal: self.journal.clone(),
            ..State::new(self.me, self.heard.len() as u32)
        }
    }

    /// The acceptor promises a ballot.
    pub fn promise(&mut self, ballot: Ballot) {
        self.promised = ballot;
        self.journal.note(ballot, None);
    }

    /// The acceptor accepts a proposal.
    pub fn accept(&mut self, proposal: Proposal) {
        self.promised = proposal.ballot;
        self.journal.note(proposal.ballot, Some(proposal.value.clone()));
        self.accepted = Some(proposal);
    }

    /// Who is known to have accepted at that ballot, a bit for each node.
    pub fn acceptances(&self, ballot: Ballot) -> u64 {
        let heard = self.heard.iter().enumerate();
        let at = heard.filter(|(_, heard)| ballot_of(heard) == ballot && !ballot.is_none());
        at.fold(0, |bits, (node, _)| bits | 1 << node)
    }
}

/// The ballot of a proposal; none if there is none.
pub fn ballot_of(proposal: &Option<Proposal>) -> Ballot {
    proposal.as_ref().map_or(Ballot::default(), |proposal| proposal.ballot)
}
