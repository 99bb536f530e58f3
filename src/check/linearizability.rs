//! Linearizability: did every operation take effect at one moment between call and answer?
//!
//! Herlihy & Wing, *Linearizability: a correctness condition for concurrent objects*, TOPLAS
//! 1990. The search is Wing & Gong's (*Testing and verifying concurrent objects*, JPDC 1993)
//! with the memory of Lowe (*Testing for linearizability*, CCPE 2017) in the manner of Athalye's
//! Porcupine. Linearizability is local (Herlihy & Wing, theorem 1): where a service is a product
//! of independent parts, each is judged by itself and the orders are merged.
//!
//! The question is NP-complete, so the work is bounded and "undecided" is a verdict.

use std::rc::Rc;

use super::history::{Account, Bare, ranks};
use super::search::{Found, Model, Operation, search};
use crate::order::sort_by_key;

/// How much work may be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How many states of the search, operations that are tried somewhere, the verdict may cost.
    /// An eighth of that may go into explaining a violation.
    pub states: u64,
}

impl Default for Limits {
    /// A second or two at the very worst.
    fn default() -> Limits {
        Limits { states: 1_000_000 }
    }
}

/// The part of the remaining work that one attempt to shorten an explanation may use up.
const SHARES: u64 = 4;

/// What is to be said of a history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// One order explains every answer: this one.
    Linearizable(Vec<Effect>),
    /// No order does.
    NotLinearizable(Conflict),
    /// The work ran out before either was known.
    Undecided(Undecided),
}

/// A moment at which an operation may have taken effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Effect {
    /// The operation, by its place in the history.
    pub call: usize,
    /// Right at or after this position, before the next effect of the order.
    pub at: u64,
}

/// Why no order explains every answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// The part of the service, if it has parts. Of several in conflict the smallest.
    pub part: Option<Rc<str>>,
    /// How many calls concern that part.
    pub calls: usize,
    /// The answer after which no order was left; what came before it can be explained. If that
    /// is not certain, none was left at the latest then.
    pub wrong: usize,
    /// An order that explains what was answered before the wrong answer.
    pub before: Vec<usize>,
    /// Answers that contradict each other, by the order in which they came, the wrong one last,
    /// whatever else was answered: were any one of them open, an order could be found.
    pub answers: Vec<usize>,
    /// Whether all that is certain. If not, the work ran out before every answer was tried.
    pub minimal: bool,
}

/// How far the search came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undecided {
    /// The part of the service, if it has parts.
    pub part: Option<Rc<str>>,
    /// How many answers there are in that part.
    pub answers: usize,
    /// How many of them, from the first on, some order explains.
    pub explained: usize,
}

/// Judges a history.
pub fn linearizability(history: &dyn Account, limits: &Limits) -> Verdict {
    let bare = history.bare();
    let ranks = ranks(&bare);
    let mut model = history.model();
    let mut budget = limits.states;
    let mut undecided = None;
    let mut orders = Vec::new();
    for calls in parts(history, &bare) {
        let part = Part { history, ranks: &ranks, calls };
        match part.search(&mut *model, &|_| true, &mut budget) {
            Found::Order(order) => orders.push(order),
            Found::None { explained } => {
                return Verdict::NotLinearizable(part.conflict(
                    &mut *model,
                    explained,
                    limits.states / 8,
                ));
            }
            Found::Stopped { explained } => {
                let (part, answers) = (part.name(), part.answers().len());
                undecided.get_or_insert(Undecided { part, answers, explained });
            }
        }
    }
    match undecided {
        Some(undecided) => Verdict::Undecided(undecided),
        None => Verdict::Linearizable(merge(&bare, &ranks, &orders)),
    }
}

/// The calls that happened or may have, by the part that they concern, the smallest part first.
fn parts(history: &dyn Account, bare: &[Bare]) -> Vec<Vec<usize>> {
    let happened = || (0..bare.len()).filter(|&call| !bare[call].refused);
    let mut names: Vec<&str> = Vec::new();
    let mut parts: Vec<Vec<usize>> = Vec::new();
    for call in happened() {
        // An operation on the whole ties the parts together.
        let Some(name) = history.part(call) else { return vec![happened().collect()] };
        match names.binary_search(&name) {
            Ok(place) => parts[place].push(call),
            Err(place) => {
                names.insert(place, name);
                parts.insert(place, vec![call]);
            }
        }
    }
    sort_by_key(&mut parts, |part| [part.len() as u64, 0, 0]);
    parts
}

/// One order out of one order for each part, all of which keep the order of call and answer.
fn merge(bare: &[Bare], ranks: &[(usize, Option<usize>)], orders: &[Vec<usize>]) -> Vec<Effect> {
    let mut effects = Vec::new();
    for (part, order) in orders.iter().enumerate() {
        // As early as can be: when it and everything before it has been called.
        let mut latest = (0, 0);
        for (place, &call) in order.iter().enumerate() {
            latest = latest.max((ranks[call].0, bare[call].called_at));
            effects.push((latest.0, part, place, Effect { call, at: latest.1 }));
        }
    }
    sort_by_key(&mut effects, |&(rank, part, place, _)| [rank as u64, part as u64, place as u64]);
    effects.into_iter().map(|(_, _, _, effect)| effect).collect()
}

/// The calls of one part.
struct Part<'a> {
    history: &'a dyn Account,
    ranks: &'a [(usize, Option<usize>)],
    calls: Vec<usize>,
}

impl Part<'_> {
    fn name(&self) -> Option<Rc<str>> {
        let first = self.calls.first()?;
        let name = self.history.part(*first)?;
        let same = |call: &usize| self.history.part(*call) == Some(name);
        self.calls.iter().all(same).then(|| name.into())
    }

    /// The answered calls, by the order of their answers.
    fn answers(&self) -> Vec<usize> {
        let answered = |call: &usize| self.ranks[*call].1.is_some();
        let mut answers: Vec<usize> = self.calls.iter().copied().filter(answered).collect();
        sort_by_key(&mut answers, |&call| {
            [self.ranks[call].1.map_or(0, |rank| 1 + rank as u64), 0, 0]
        });
        answers
    }

    /// Searches for an order. An answer that does not count is treated as if it had not come.
    fn search(
        &self,
        model: &mut dyn Model,
        counts: &dyn Fn(usize) -> bool,
        budget: &mut u64,
    ) -> Found {
        let ops = self.calls.iter().map(|&call| {
            let (called, returned) = self.ranks[call];
            let answered = returned.is_some() && counts(call);
            Operation { call, answered, called, returned: returned.unwrap_or(0) }
        });
        search(model, ops.collect(), budget)
    }

    /// Why no order explains every answer, when the first so many can be explained.
    ///
    /// An answer that is taken away leaves more freedom, never less. So the first answers can be
    /// explained up to some point and never beyond, which halving finds; and among the rest,
    /// whatever can be taken away without an order turning up is immaterial.
    fn conflict(&self, model: &mut dyn Model, explained: usize, work: u64) -> Conflict {
        let answers = self.answers();
        let mut budget = work / 2;
        let mut before = None;
        let mut certain = true;
        let (mut good, mut bad) = (explained, answers.len());
        while bad - good > 1 || before.is_none() {
            // The order for the answers up to `good` is wanted even if `good` is known already.
            let middle = if bad - good > 1 { good.midpoint(bad) } else { good };
            let end = self.end(answers[middle]);
            match self.search(model, &|call| self.end(call) < end, &mut budget) {
                Found::Order(order) => (good, before) = (middle, Some(order)),
                Found::None { .. } => bad = middle,
                Found::Stopped { .. } => {
                    certain = false;
                    break;
                }
            }
        }
        let mut counts = vec![false; self.ranks.len()];
        answers[..bad].iter().for_each(|&call| counts[call] = true);
        // Whole stretches first: in a long history nearly everything is immaterial.
        let mut left = work / 2 + budget;
        let mut stretches = vec![(0, bad - 1)];
        while let Some((from, to)) = stretches.pop() {
            let share = left / SHARES;
            if share == 0 {
                certain = false;
                break;
            }
            answers[from..to].iter().for_each(|&call| counts[call] = false);
            let mut budget = share;
            let found = self.search(model, &|call| counts[call], &mut budget);
            left -= share - budget;
            if matches!(found, Found::None { .. }) {
                continue;
            }
            answers[from..to].iter().for_each(|&call| counts[call] = true);
            if to - from > 1 {
                let middle = from.midpoint(to);
                stretches.extend([(from, middle), (middle, to)]);
            } else if matches!(found, Found::Stopped { .. }) {
                certain = false;
            }
        }
        Conflict {
            part: self.name(),
            calls: self.calls.len(),
            wrong: answers[bad - 1],
            before: before.unwrap_or_default(),
            answers: answers[..bad].iter().copied().filter(|&call| counts[call]).collect(),
            minimal: certain,
        }
    }

    fn end(&self, call: usize) -> usize {
        self.ranks[call].1.unwrap_or(usize::MAX)
    }
}
