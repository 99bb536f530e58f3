//! The search for an order that explains every answer: Wing & Gong's, with Lowe's memory.
//!
//! A configuration is the set of operations placed so far and the state that they lead to. The
//! next to place is any operation that was called before the first answer still unexplained, and
//! whose answer the service would give. Three things keep this small:
//!
//! - Answered operations are numbered by their answers, so "explained so far" is a number and the
//!   set beyond it is as wide as the clients are concurrent.
//! - A configuration reached before is not searched again (Lowe 2017). Nor is one that differs
//!   only in having used up more operations of unknown outcome: it can do nothing that the other
//!   could not. A call without answer need not be placed at all.
//! - Of several calls without answer that ask the same, the earliest is placed first.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::order::sort_by_key;
use crate::service::Service;

/// An operation to be placed.
pub(super) struct Operation<'a, S: Service> {
    /// Its place in the history.
    pub call: usize,
    /// What was asked.
    pub op: &'a S::Op,
    /// What was answered; `None` if any answer, or none, will do.
    pub out: Option<&'a S::Out>,
    /// The rank of its call.
    pub called: usize,
    /// The rank of its answer: what follows is called later. Meaningless without an answer.
    pub returned: usize,
}

/// What came of a search.
pub(super) enum Found {
    /// An order that explains every answer, as places in the history. Calls without answer that
    /// are not in it never took effect.
    Order(Vec<usize>),
    /// There is none.
    None {
        /// How many answers, in the order in which they came, some order explains.
        explained: usize,
    },
    /// The budget is used up.
    Stopped {
        /// How many answers, in the order in which they came, were explained until then.
        explained: usize,
    },
}

/// Searches, and takes from the budget one for each configuration that is tried or compared.
///
/// Orders with few operations of unknown outcome in a row are tried first: there are far fewer of
/// them, and mostly one of them explains the answers.
pub(super) fn search<S: Service>(mut ops: Vec<Operation<'_, S>>, budget: &mut u64) -> Found {
    sort_by_key(&mut ops, |op| match op.out {
        Some(_) => [0, op.returned as u64, 0],
        // The latest first: mostly a call takes effect soon or never.
        None => [1, u64::MAX - op.called as u64, 0],
    });
    let plan = Plan::new(&ops);
    for row in [1, 2, 4] {
        let share = *budget / 4;
        let mut left = share;
        let mut search = Search::<S>::new(&plan, row);
        let found = search.run(&ops, &mut left);
        *budget -= share - left;
        match found {
            Found::Order(order) => return Found::Order(order),
            Found::None { .. } if !search.cut => return found,
            Found::None { .. } | Found::Stopped { .. } => {}
        }
    }
    Search::<S>::new(&plan, usize::MAX).run(&ops, budget)
}

/// One search, depth first.
struct Search<'a, S> {
    plan: &'a Plan,
    /// So many operations of unknown outcome may stand in a row.
    row: usize,
    /// Whether that kept anything from being tried.
    cut: bool,
    states: States<S>,
    seen: Seen,
    placed: Bits,
    used: Bits,
    stack: Vec<Placed>,
    here: Place,
}

/// Where a search stands, apart from what is placed.
#[derive(Clone, Copy, Default)]
struct Place {
    /// The state.
    state: u32,
    /// The first answer that is not explained.
    first: usize,
    /// How many operations of unknown outcome were placed last, in a row.
    row: usize,
}

impl<'a, S: Service> Search<'a, S> {
    fn new(plan: &'a Plan, row: usize) -> Search<'a, S> {
        Search {
            plan,
            row,
            cut: false,
            states: States::new(),
            seen: Seen::default(),
            placed: Bits::new(plan.answered),
            used: Bits::new(plan.called.len() - plan.answered),
            stack: Vec::new(),
            here: Place::default(),
        }
    }

    fn run(&mut self, ops: &[Operation<'_, S>], budget: &mut u64) -> Found {
        let (mut cursor, mut explained) = (0, 0);
        while self.here.first < self.plan.answered {
            let candidate = self.plan.candidate(cursor, self.here.first, &self.placed, &self.used);
            let Some(at) = candidate else {
                let Some(last) = self.stack.pop() else { return Found::None { explained } };
                self.mark(last.at, false);
                (self.here, cursor) = (last.before, last.at + 1);
                continue;
            };
            if *budget == 0 {
                return Found::Stopped { explained };
            }
            *budget -= 1;
            match self.place(at, &ops[at], budget) {
                true => cursor = self.here.first,
                false => cursor = at + 1,
            }
            explained = explained.max(self.here.first);
        }
        Found::Order(self.stack.iter().map(|placed| ops[placed.at].call).collect())
    }

    /// Places an operation, if its answer fits and what follows was not searched before.
    fn place(&mut self, at: usize, op: &Operation<'_, S>, budget: &mut u64) -> bool {
        let before = self.here;
        let Some(state) = self.states.after(before.state, op) else { return false };
        let unknown = at >= self.plan.answered;
        if unknown && (state == before.state || before.row == self.row) {
            self.cut |= state != before.state;
            return false;
        }
        self.mark(at, true);
        let (mut first, row) = (before.first, if unknown { before.row + 1 } else { 0 });
        while first < self.plan.answered && self.placed.has(first) {
            first += 1;
        }
        if !self.seen.admit(state, first, &self.placed, &self.used, budget) {
            self.mark(at, false);
            return false;
        }
        self.stack.push(Placed { at, before });
        self.here = Place { state, first, row };
        true
    }

    fn mark(&mut self, at: usize, on: bool) {
        match at.checked_sub(self.plan.answered) {
            None => self.placed.set(at, on),
            Some(at) => self.used.set(at, on),
        }
    }
}

/// One decision, with the configuration before it.
struct Placed {
    at: usize,
    before: Place,
}

/// Who may be placed when.
struct Plan {
    /// How many operations were answered; they stand before the others.
    answered: usize,
    /// The rank of each call.
    called: Vec<usize>,
    /// For each answer the operations that were called before it: behind the last answered one,
    /// and the first of the others.
    reach: Vec<(usize, usize)>,
    /// For each operation without answer the one before it that asks the same.
    twin: Vec<Option<usize>>,
    /// The rank of each answer.
    returned: Vec<usize>,
}

impl Plan {
    fn new<S: Service>(ops: &[Operation<'_, S>]) -> Plan {
        let answered = ops.partition_point(|op| op.out.is_some());
        let called: Vec<usize> = ops.iter().map(|op| op.called).collect();
        let returned: Vec<usize> = ops[..answered].iter().map(|op| op.returned).collect();
        // Whoever is called before an answer is called before every later one, so both ends of
        // the reach only ever grow, seen from the last answer backwards for the first of them.
        let mut reach = vec![(answered, answered); answered];
        let mut end = answered;
        for (first, &deadline) in returned.iter().enumerate().rev() {
            while called[end - 1] > deadline {
                end -= 1;
            }
            let others = called[answered..].partition_point(|&called| called > deadline);
            reach[first] = (end, answered + others);
        }
        let mut last: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
        let mut twin: Vec<Option<usize>> = (answered..ops.len())
            .rev()
            .map(|at| {
                let bucket = last.entry(hash(ops[at].op)).or_default();
                let same = bucket.iter().position(|&other| ops[other].op == ops[at].op);
                match same {
                    Some(place) => Some(std::mem::replace(&mut bucket[place], at)),
                    None => {
                        bucket.push(at);
                        None
                    }
                }
            })
            .collect();
        twin.reverse();
        Plan { answered, called, reach, twin, returned }
    }

    /// The next operation from `cursor` on that may be placed while answer `first` is the first
    /// to be explained. Answered ones come before the others, which are the last resort.
    fn candidate(&self, cursor: usize, first: usize, placed: &Bits, used: &Bits) -> Option<usize> {
        let (end, others) = self.reach[first];
        let may = |at: &usize| !placed.has(*at) && self.called[*at] < self.returned[first];
        let unused = |at: &usize| {
            let free = |at: usize| !used.has(at - self.answered);
            free(*at) && self.twin[at - self.answered].is_none_or(|twin| !free(twin))
        };
        let answered = (cursor..end).find(may);
        answered.or_else(|| (cursor.max(others)..self.called.len()).find(unused))
    }
}

/// The states that were met, each with a number.
struct States<S> {
    all: Vec<S>,
    by_hash: BTreeMap<u64, Vec<u32>>,
}

impl<S: Service> States<S> {
    fn new() -> States<S> {
        let start = S::default();
        let by_hash = BTreeMap::from([(hash(&start), vec![0])]);
        States { all: vec![start], by_hash }
    }

    /// The state after an operation; `None` if the answer would be another.
    fn after(&mut self, state: u32, op: &Operation<'_, S>) -> Option<u32> {
        let mut next = self.all[state as usize].clone();
        let out = next.apply(op.op);
        if op.out.is_some_and(|expected| *expected != out) {
            return None;
        }
        if next == self.all[state as usize] {
            return Some(state);
        }
        let bucket = self.by_hash.entry(hash(&next)).or_default();
        if let Some(&known) = bucket.iter().find(|&&known| self.all[known as usize] == next) {
            return Some(known);
        }
        let number = self.all.len() as u32;
        bucket.push(number);
        self.all.push(next);
        Some(number)
    }
}

/// The configurations that were searched, or are being searched.
#[derive(Default)]
struct Seen {
    /// By state and answered operations: the sets of other operations, one after the other.
    /// No set contains another.
    used: BTreeMap<Box<[u64]>, Vec<u64>>,
    key: Vec<u64>,
}

impl Seen {
    /// Whether the configuration has to be searched. It is remembered then.
    fn admit(
        &mut self,
        state: u32,
        first: usize,
        placed: &Bits,
        used: &Bits,
        budget: &mut u64,
    ) -> bool {
        self.key.clear();
        self.key.extend([u64::from(state), first as u64]);
        // Everything before `first` is placed, and little behind it.
        self.key.extend(placed.0.iter().skip(first / 64));
        while self.key.len() > 2 && self.key.last() == Some(&0) {
            self.key.pop();
        }
        let Some(known) = self.used.get_mut(self.key.as_slice()) else {
            self.used.insert(self.key.as_slice().into(), used.0.clone());
            return true;
        };
        let width = used.0.len();
        if width == 0 {
            return false;
        }
        *budget = budget.saturating_sub((known.len() / width) as u64 / 8);
        let within = |a: &[u64], b: &[u64]| a.iter().zip(b).all(|(a, b)| a & !b == 0);
        if known.chunks_exact(width).any(|set| within(set, &used.0)) {
            return false;
        }
        let kept = known.chunks_exact(width).filter(|set| !within(&used.0, set));
        let mut kept: Vec<u64> = kept.flatten().copied().collect();
        kept.extend(&used.0);
        *known = kept;
        true
    }
}

/// A set of small numbers.
struct Bits(Vec<u64>);

impl Bits {
    fn new(len: usize) -> Bits {
        Bits(vec![0; len.div_ceil(64)])
    }

    fn has(&self, at: usize) -> bool {
        self.0[at / 64] >> (at % 64) & 1 == 1
    }

    fn set(&mut self, at: usize, on: bool) {
        let bit = 1 << (at % 64);
        if on {
            self.0[at / 64] |= bit;
        } else {
            self.0[at / 64] &= !bit;
        }
    }
}

/// Where to look. Every match is compared in full, so that no verdict depends on this number.
fn hash(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}
