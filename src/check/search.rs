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

use std::hash::{DefaultHasher, Hash, Hasher};

use super::history::{Interval, Outcome};
use crate::order::sort_by_key;
use crate::service::Service;

/// An operation to be placed.
pub(super) struct Operation {
    /// Its place in the history.
    pub call: usize,
    /// Whether the answer counts. If not, any answer, or none, will do.
    pub answered: bool,
    /// The rank of its call.
    pub called: usize,
    /// The rank of its answer: what follows is called later. Meaningless without an answer.
    pub returned: usize,
}

/// What the search asks of a service and a history, whatever their types are.
pub trait Model {
    /// A number that calls share if they ask the same.
    fn question(&self, call: usize) -> u32;

    /// The number of the state after a call in a state, which is 0 at the start; `None` if its
    /// answer counts and would be another.
    fn after(&mut self, state: u32, call: usize, answered: bool) -> Option<u32>;
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
pub(super) fn search(model: &mut dyn Model, mut ops: Vec<Operation>, budget: &mut u64) -> Found {
    sort_by_key(&mut ops, |op| match op.answered {
        true => [0, op.returned as u64, 0],
        // The latest first: mostly a call takes effect soon or never.
        false => [1, u64::MAX - op.called as u64, 0],
    });
    let plan = Plan::new(model, &ops);
    for row in [1, 2, 4] {
        let share = *budget / 4;
        let mut left = share;
        let mut search = Search::new(&plan, row);
        let found = search.run(model, &ops, &mut left);
        *budget -= share - left;
        match found {
            Found::Order(order) => return Found::Order(order),
            Found::None { .. } if !search.cut => return found,
            Found::None { .. } | Found::Stopped { .. } => {}
        }
    }
    Search::new(&plan, usize::MAX).run(model, &ops, budget)
}

/// One search, depth first.
struct Search<'a> {
    plan: &'a Plan,
    /// So many operations of unknown outcome may stand in a row.
    row: usize,
    /// Whether that kept anything from being tried.
    cut: bool,
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

impl<'a> Search<'a> {
    fn new(plan: &'a Plan, row: usize) -> Search<'a> {
        Search {
            plan,
            row,
            cut: false,
            seen: Seen::default(),
            placed: Bits::new(plan.answered),
            used: Bits::new(plan.called.len() - plan.answered),
            stack: Vec::new(),
            here: Place::default(),
        }
    }

    fn run(&mut self, model: &mut dyn Model, ops: &[Operation], budget: &mut u64) -> Found {
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
            match self.place(model, at, &ops[at], budget) {
                true => cursor = self.here.first,
                false => cursor = at + 1,
            }
            explained = explained.max(self.here.first);
        }
        Found::Order(self.stack.iter().map(|placed| ops[placed.at].call).collect())
    }

    /// Places an operation, if its answer fits and what follows was not searched before.
    fn place(
        &mut self,
        model: &mut dyn Model,
        at: usize,
        op: &Operation,
        budget: &mut u64,
    ) -> bool {
        let before = self.here;
        let Some(state) = model.after(before.state, op.call, op.answered) else { return false };
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
    fn new(model: &dyn Model, ops: &[Operation]) -> Plan {
        let answered = ops.partition_point(|op| op.answered);
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
        let question = |op: &Operation| model.question(op.call) as usize;
        let questions = ops.iter().map(question).max().map_or(0, |last| last + 1);
        let mut last = vec![None; questions];
        let unanswered = ops.iter().enumerate().skip(answered).rev();
        let mut twin: Vec<Option<usize>> =
            unanswered.map(|(at, op)| last[question(op)].replace(at)).collect();
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

/// The states that were met, each with a number, and the calls that lead from one to another.
pub(super) struct States<'a, S: Service> {
    calls: &'a [Interval<S>],
    questions: Vec<u32>,
    all: Vec<S>,
    places: Places,
}

impl<'a, S: Service> States<'a, S> {
    /// The state at the start.
    pub fn new(calls: &'a [Interval<S>]) -> States<'a, S> {
        let mut firsts: Vec<&S::Op> = Vec::new();
        let mut places = Places::default();
        let question = |Interval { op, .. }: &'a Interval<S>| {
            let hash = hash(op);
            places.find(hash, |known| firsts[known] == op).unwrap_or_else(|| {
                firsts.push(op);
                places.add(hash)
            })
        };
        let questions = calls.iter().map(question).collect();
        let start = S::default();
        let mut places = Places::default();
        places.add(hash(&start));
        States { calls, questions, all: vec![start], places }
    }
}

impl<S: Service> Model for States<'_, S> {
    fn question(&self, call: usize) -> u32 {
        self.questions[call]
    }

    fn after(&mut self, state: u32, call: usize, answered: bool) -> Option<u32> {
        let Interval { op, outcome, .. } = &self.calls[call];
        let mut next = self.all[state as usize].clone();
        let out = next.apply(op);
        match outcome {
            Outcome::Done { out: expected, .. } if answered && *expected != out => return None,
            _ => {}
        }
        if next == self.all[state as usize] {
            return Some(state);
        }
        let hash = hash(&next);
        let known = self.places.find(hash, |known| self.all[known] == next);
        Some(known.unwrap_or_else(|| {
            self.all.push(next);
            self.places.add(hash)
        }))
    }
}

/// The configurations that were searched, or are being searched.
#[derive(Default)]
struct Seen {
    places: Places,
    /// State and answered operations.
    keys: Vec<Box<[u64]>>,
    /// For each of them: the sets of other operations, one after the other. No set contains
    /// another.
    used: Vec<Vec<u64>>,
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
        let hash = hash(&self.key);
        let Some(known) = self.places.find(hash, |known| *self.keys[known] == *self.key) else {
            self.places.add(hash);
            self.keys.push(self.key.as_slice().into());
            self.used.push(used.0.clone());
            return true;
        };
        let known = &mut self.used[known as usize];
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

/// Where in a list things of a hash stand: those of one bucket form a chain.
#[derive(Default)]
struct Places {
    /// For each bucket the last place, plus 1.
    buckets: Vec<u32>,
    /// For each place its hash, and the place before it in its bucket, plus 1.
    chain: Vec<(u64, u32)>,
}

impl Places {
    /// The place of the thing with that hash that `same` recognizes.
    fn find(&self, hash: u64, same: impl Fn(usize) -> bool) -> Option<u32> {
        let mut place = *self.buckets.get(self.bucket(hash))?;
        while let Some(at) = place.checked_sub(1) {
            let (found, before) = self.chain[at as usize];
            if found == hash && same(at as usize) {
                return Some(at);
            }
            place = before;
        }
        None
    }

    /// The place at which the next thing is to be added to the list.
    fn add(&mut self, hash: u64) -> u32 {
        if self.chain.len() == self.buckets.len() {
            let hashes = std::mem::take(&mut self.chain);
            self.buckets = vec![0; (2 * hashes.len()).max(8)];
            hashes.into_iter().for_each(|(hash, _)| self.link(hash));
        }
        self.link(hash);
        self.chain.len() as u32 - 1
    }

    fn link(&mut self, hash: u64) {
        let bucket = self.bucket(hash);
        self.chain.push((hash, self.buckets[bucket]));
        self.buckets[bucket] = self.chain.len() as u32;
    }

    fn bucket(&self, hash: u64) -> usize {
        // The number of buckets is a power of two, and 0 at first.
        hash as usize & self.buckets.len().saturating_sub(1)
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
