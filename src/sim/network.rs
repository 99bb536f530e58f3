//! The links: who hears whom, how long it takes, what gets lost.

use super::action::{Delay, LinkChange, RuleEffect};
use super::rng::{Rng, Stream, high_half, mix};
use super::session::{LossReason, Weather};
use crate::view::{NodeId, NodeNames, Time};

/// Every directed link, and the rules in force.
#[derive(Clone, Debug)]
pub struct Network {
    nodes: u32,
    links: Box<[Link]>,
    rules: Vec<ActiveRule>,
}

/// A directed link.
#[derive(Clone, Debug)]
pub struct Link {
    /// How it behaves.
    pub weather: Weather,
    /// Whether it is cut: what is on it and what is sent is lost.
    pub cut: bool,
    /// Whether it holds its messages.
    pub held: bool,
    /// Messages sent over it.
    pub sent: u64,
    /// Messages lost on it.
    pub lost: u64,
    rng: Rng,
    last_due: Time,
}

/// A rule in force: messages that fit are treated so.
#[derive(Clone, Debug)]
pub struct ActiveRule {
    /// It ends then.
    pub until: Time,
    /// What it does.
    pub effect: RuleEffect,
    /// Senders, a bit for each node.
    pub from: u64,
    /// Receivers, a bit for each node.
    pub to: u64,
    /// The kind of message, if only one.
    pub kind: Option<u8>,
}

/// What the network has decided about a message at the moment it is sent.
#[derive(Clone, Copy, Debug)]
pub struct Fate {
    /// When it arrives, or would have.
    pub due_at: Time,
    /// Why it never does.
    pub lost: Option<LossReason>,
    /// When a copy arrives, if the network makes one.
    pub copy_due_at: Option<Time>,
}

impl Network {
    /// All links alike.
    pub fn new(names: NodeNames, seed: u64, weather: Weather) -> Network {
        let nodes = names.servers + names.clients;
        let pairs = (0..nodes).flat_map(|from| (0..nodes).map(move |to| (from, to)));
        let links = pairs
            .map(|(from, to)| Link {
                weather,
                cut: false,
                held: false,
                sent: 0,
                lost: 0,
                rng: Rng::stream(seed, Stream::Link(from, to)),
                last_due: 0,
            })
            .collect();
        Network { nodes, links, rules: Vec::new() }
    }

    /// The link from one node to another.
    #[inline(always)]
    pub fn link(&self, from: NodeId, to: NodeId) -> &Link {
        &self.links[from.index() * self.nodes as usize + to.index()]
    }

    /// The same, to change it.
    #[inline(always)]
    pub fn link_mut(&mut self, from: NodeId, to: NodeId) -> &mut Link {
        &mut self.links[from.index() * self.nodes as usize + to.index()]
    }

    /// Every link, to change them all.
    pub fn links_mut(&mut self) -> impl Iterator<Item = &mut Link> {
        self.links.iter_mut()
    }

    /// Puts a rule in force.
    pub fn add_rule(&mut self, rule: ActiveRule) {
        self.rules.push(rule);
    }

    /// Decides what becomes of a message. Every message draws the same number of times from its
    /// link's stream, whatever the weather, so that changing the weather changes nothing else.
    pub fn decide(&mut self, from: NodeId, to: NodeId, kind: u8, now: Time) -> Fate {
        let (dropped, doubled, extra) = self.apply_rules(from, to, kind, now);
        let link = self.link_mut(from, to);
        let (for_delay, for_fate) = (link.rng.next_u64(), link.rng.next_u64());
        link.sent += 1;
        let weather = link.weather;
        let delay = weather.delay.sample(for_delay) + extra;
        let lost = if dropped {
            Some(LossReason::Dropped)
        } else if link.cut {
            Some(LossReason::Cut)
        } else if parts_per_million(for_fate >> 32) < weather.loss_ppm {
            Some(LossReason::Chance)
        } else {
            None
        };
        if lost.is_some() {
            link.lost += 1;
            return Fate { due_at: now + delay, lost, copy_due_at: None };
        }
        let twice = doubled || parts_per_million(for_fate & 0xffff_ffff) < weather.duplicate_ppm;
        let due_at = link.arrival(now + delay);
        let copy_due_at =
            twice.then(|| link.arrival(now + weather.delay.sample(mix(for_delay ^ for_fate))));
        Fate { due_at, lost, copy_due_at }
    }

    fn apply_rules(&mut self, from: NodeId, to: NodeId, kind: u8, now: Time) -> (bool, bool, Time) {
        let (mut dropped, mut doubled, mut extra) = (false, false, 0);
        if self.rules.is_empty() {
            return (dropped, doubled, extra);
        }
        self.rules.retain(|rule| now < rule.until);
        for rule in &self.rules {
            let fits = rule.from >> from.0 & 1 == 1
                && rule.to >> to.0 & 1 == 1
                && rule.kind.is_none_or(|only| only == kind);
            match rule.effect {
                _ if !fits => {}
                RuleEffect::Drop => dropped = true,
                RuleEffect::Duplicate => doubled = true,
                RuleEffect::Delay(by) => extra += by,
            }
        }
        (dropped, doubled, extra)
    }
}

impl Link {
    /// How long a copy takes that somebody makes by hand.
    pub fn copy_arrival(&mut self, now: Time) -> Time {
        let draw = self.rng.next_u64();
        let due_at = now + self.weather.delay.sample(draw);
        self.arrival(due_at)
    }

    /// Changes what the change speaks of.
    pub fn apply(&mut self, change: &LinkChange) {
        let weather = &mut self.weather;
        weather.delay = change.delay.unwrap_or(weather.delay);
        weather.loss_ppm = change.loss_ppm.unwrap_or(weather.loss_ppm);
        weather.duplicate_ppm = change.duplicate_ppm.unwrap_or(weather.duplicate_ppm);
        weather.fifo = change.fifo.unwrap_or(weather.fifo);
    }

    fn arrival(&mut self, due_at: Time) -> Time {
        let due_at = if self.weather.fifo { due_at.max(self.last_due) } else { due_at };
        self.last_due = self.last_due.max(due_at);
        due_at
    }
}

impl Delay {
    /// The delay that 64 random bits stand for.
    pub fn sample(self, bits: u64) -> Time {
        match self {
            Delay::Uniform { lo, hi } => {
                // No delay is as long as all of time, so the width is a number of 64 bits.
                lo + high_half(bits, hi.saturating_sub(lo).saturating_add(1))
            }
            Delay::Tail { base, mean } => {
                // 53 random bits make a number in (0, 1]; libm's logarithm is the same everywhere.
                let unit = ((bits >> 11) + 1) as f64 / (1u64 << 53) as f64;
                let units = (-libm::log(unit)).min(20.0);
                base + (units * mean as f64) as Time
            }
        }
    }
}

/// Maps 32 random bits to a number below a million.
fn parts_per_million(bits: u64) -> u32 {
    ((bits * 1_000_000) >> 32) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: NodeNames = NodeNames { servers: 2, clients: 0 };
    const A: NodeId = NodeId(0);
    const B: NodeId = NodeId(1);

    fn network(weather: Weather) -> Network {
        Network::new(NAMES, 42, weather)
    }

    fn share(mut happens: impl FnMut() -> bool) -> u32 {
        (0..10_000).filter(|_| happens()).count() as u32
    }

    #[test]
    fn loss_and_duplication_have_the_stated_frequency() {
        let weather = Weather { loss_ppm: 100_000, duplicate_ppm: 200_000, ..Weather::default() };
        let mut net = network(weather);
        let lost = share(|| net.decide(A, B, 0, 0).lost.is_some());
        assert!((900..1_100).contains(&lost), "{lost} of 10,000 at 10 %");
        let doubled = share(|| net.decide(A, B, 0, 0).copy_due_at.is_some());
        assert!((1_650..1_950).contains(&doubled), "{doubled} of 10,000 at 20 % of 90 %");
    }

    #[test]
    fn a_fifo_link_never_overtakes_and_another_does() {
        let overtakes = |fifo| {
            let mut net = network(Weather { fifo, ..Weather::default() });
            let due: Vec<Time> = (0..100).map(|now| net.decide(A, B, 0, now).due_at).collect();
            due.windows(2).any(|pair| pair[1] < pair[0])
        };
        assert!(!overtakes(true));
        assert!(overtakes(false));
    }

    #[test]
    fn one_link_does_not_reshuffle_another() {
        let mut quiet = network(Weather::default());
        let mut busy = network(Weather::default());
        for _ in 0..50 {
            busy.decide(B, A, 0, 0);
        }
        for now in 0..50 {
            assert_eq!(quiet.decide(A, B, 0, now).due_at, busy.decide(A, B, 0, now).due_at);
        }
    }

    #[test]
    fn weather_changes_no_delay_but_its_own() {
        let mut calm = network(Weather::default());
        let mut lossy = network(Weather { loss_ppm: 500_000, ..Weather::default() });
        for now in 0..50 {
            assert_eq!(calm.decide(A, B, 0, now).due_at, lossy.decide(A, B, 0, now).due_at);
        }
    }

    #[test]
    fn delays_stay_within_their_bounds_and_have_their_mean() {
        let mut rng = Rng::new(1);
        let uniform = Delay::Uniform { lo: 5_000, hi: 20_000 };
        let tail = Delay::Tail { base: 5_000, mean: 10_000 };
        let mut sums = (0, 0);
        for _ in 0..10_000 {
            let (u, t) = (uniform.sample(rng.next_u64()), tail.sample(rng.next_u64()));
            assert!((5_000..=20_000).contains(&u));
            assert!((5_000..=205_000).contains(&t));
            sums = (sums.0 + u, sums.1 + t);
        }
        assert!((12_300..12_700).contains(&(sums.0 / 10_000)), "{}", sums.0 / 10_000);
        assert!((14_600..15_400).contains(&(sums.1 / 10_000)), "{}", sums.1 / 10_000);
    }

    #[test]
    fn a_rule_concerns_what_fits_until_it_ends() {
        let mut net = network(Weather::default());
        net.add_rule(ActiveRule {
            until: 100,
            effect: RuleEffect::Drop,
            from: 1,
            to: 2,
            kind: Some(3),
        });
        assert_eq!(net.decide(A, B, 3, 99).lost, Some(LossReason::Dropped));
        assert_eq!(net.decide(A, B, 2, 99).lost, None);
        assert_eq!(net.decide(B, A, 3, 99).lost, None);
        assert_eq!(net.decide(A, B, 3, 100).lost, None);
    }
}
