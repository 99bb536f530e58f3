//! Branches: what happened, and what happened when somebody went back and tried something else.

use std::rc::Rc;

use super::action::Action;
use super::session::Session;

/// How many branches are kept. The oldest that nothing hangs on and nobody looks at goes first.
pub const MAX_BRANCHES: usize = 64;

/// A run with all its branches. There is always a current one.
pub struct Tree {
    branches: Vec<Branch>,
    current: BranchId,
    next: u32,
}

/// The name of a branch; never used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct BranchId(pub u32);

/// One branch.
#[derive(Clone)]
pub struct Branch {
    /// Its name.
    pub id: BranchId,
    /// Where it comes from: the branch, and the step up to which they are the same.
    pub parent: Option<(BranchId, u64)>,
    /// That step of the other run, where two run side by side.
    beside: u64,
    /// The run itself. Trees that were kept share it until one of them moves it.
    pub session: Rc<dyn Session>,
}

impl Tree {
    /// A tree of one branch.
    pub fn new(session: Box<dyn Session>) -> Tree {
        let root = Branch { id: BranchId(0), parent: None, beside: 0, session: session.into() };
        Tree { branches: vec![root], current: BranchId(0), next: 1 }
    }

    /// Every branch, oldest first.
    pub fn branches(&self) -> &[Branch] {
        &self.branches
    }

    /// The current branch.
    pub fn current(&self) -> BranchId {
        self.current
    }

    /// The run of the current branch.
    pub fn session(&self) -> &dyn Session {
        &*self.branches[self.place()].session
    }

    /// The run of the current branch, to drive it.
    pub fn session_mut(&mut self) -> &mut dyn Session {
        let place = self.place();
        let session = &mut self.branches[place].session;
        if Rc::get_mut(session).is_none() {
            *session = session.fork().into();
        }
        Rc::get_mut(session).expect("a fork is shared with nobody")
    }

    /// The tree as it stands now, to come back to: position, passed time and actions of every
    /// branch. What can be computed again is not kept twice.
    pub fn keep(&self) -> Tree {
        let mut branches = self.branches.clone();
        let mut here = self.session().fork();
        here.thin();
        branches[self.place()].session = here.into();
        Tree { branches, current: self.current, next: self.next }
    }

    /// Goes back, or forth, to a tree that was kept. Branches that were begun since stay beside
    /// its own, so that whatever was tried can be found again. Answers the tree that was left.
    pub fn restore(&mut self, mut kept: Tree) -> Tree {
        let later = self.branches.iter().filter(|branch| !kept.has(branch.id));
        let later: Vec<Branch> = later.cloned().collect();
        kept.branches.extend(later);
        kept.next = kept.next.max(self.next);
        kept.prune();
        std::mem::replace(self, kept)
    }

    /// Faces the other of two runs, in every branch.
    pub fn turn(&mut self) {
        for branch in &mut self.branches {
            if Rc::get_mut(&mut branch.session).is_none() {
                branch.session = branch.session.fork().into();
            }
            let session = Rc::get_mut(&mut branch.session).expect("a fork is shared with nobody");
            session.turn();
            let pair = session.beside().is_some();
            if let Some((_, step)) = branch.parent.as_mut().filter(|_| pair) {
                std::mem::swap(step, &mut branch.beside);
            }
        }
    }

    fn has(&self, id: BranchId) -> bool {
        self.branches.iter().any(|branch| branch.id == id)
    }

    /// Looks at another branch, where it was left. False if there is none of that name.
    pub fn switch(&mut self, id: BranchId) -> bool {
        if !self.has(id) {
            return false;
        }
        if id != self.current {
            self.session_mut().thin();
            self.current = id;
        }
        true
    }

    /// Takes an action at the present position. If the run had gone on from here before, that
    /// future stays as a branch of its own and the action starts a new one. Answers whether it
    /// did; the error says what is wrong with the action, and then nothing has changed.
    pub fn act(&mut self, action: Action) -> Result<bool, String> {
        self.session().check_action(&action)?;
        if !self.session().ahead() {
            self.session_mut().act(action)?;
            return Ok(false);
        }
        let mut session = self.session().fork();
        session.act(action)?;
        let step = self.session().step_count();
        let beside = self.session().beside().map_or(0, |run| run.step_count());
        self.session_mut().thin();
        let id = BranchId(self.next);
        self.next += 1;
        let parent = Some((self.current, step));
        self.branches.push(Branch { id, parent, beside, session: session.into() });
        self.current = id;
        self.prune();
        Ok(true)
    }

    fn place(&self) -> usize {
        let found = self.branches.iter().position(|branch| branch.id == self.current);
        found.expect("the current branch exists")
    }

    fn prune(&mut self) {
        while self.branches.len() > MAX_BRANCHES {
            let is_parent = |id| {
                self.branches.iter().any(|other| other.parent.is_some_and(|(from, _)| from == id))
            };
            let leaf = self
                .branches
                .iter()
                .position(|branch| branch.id != self.current && !is_parent(branch.id));
            match leaf {
                Some(place) => drop(self.branches.remove(place)),
                None => return,
            }
        }
    }
}
