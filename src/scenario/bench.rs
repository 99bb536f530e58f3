//! Steady workloads to time the kernel with, natively and in the browser, and a yardstick.
//!
//! Both are a cluster of five without faults. Whoever calls has the clock: nothing here reads one.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::fuzz;
use crate::protocols::{self, Entry};
use crate::sim::action::Action;
use crate::sim::info::Params;
use crate::sim::rng::{Rng, Stream};
use crate::sim::session::{ClientRules, Session, Setup, Watch, Weather};
use crate::view::{MILLISECOND, NodeId, Time};

/// Whose cluster it is if nothing is said.
pub const PROTOCOL: &str = "raft";

/// What is timed: the kernel alone; with every property checked; with the trace as well.
pub const MODES: &[(&str, Watch)] =
    &[("kernel", Watch::RAW), ("properties", Watch::PROPERTIES), ("everything", Watch::ALL)];

/// What the cluster has to do: keep itself alive, or serve two clients besides.
pub const LOADS: &[(&str, u32)] = &[("quiet", 0), ("clients", 2)];

/// How many events a run has before it starts anew: logs do not grow for ever.
const EVENTS_PER_RUN: u64 = 50_000;

/// How often each client asks.
const BETWEEN_REQUESTS: Time = 20 * MILLISECOND;

/// A workload, as far as it was run.
pub struct Workload {
    entry: &'static Entry,
    watch: Watch,
    clients: u32,
    seed: u64,
    session: Box<dyn Session>,
    rng: Rng,
    asked_at: Time,
    messages: u64,
}

impl Workload {
    /// The workload at its start.
    pub fn new(entry: &'static Entry, watch: Watch, clients: u32) -> Result<Workload, String> {
        let session = start(entry, watch, clients, 1)?;
        let rng = Rng::stream(1, Stream::Workload);
        Ok(Workload { entry, watch, clients, seed: 1, session, rng, asked_at: 0, messages: 0 })
    }

    /// The workload of that name in the mode of that name.
    pub fn named(load: &str, mode: &str) -> Option<Workload> {
        let entry = protocols::find(PROTOCOL)?;
        let (_, clients) = LOADS.iter().find(|(name, _)| *name == load)?;
        let (_, watch) = MODES.iter().find(|(name, _)| *name == mode)?;
        Workload::new(entry, *watch, *clients).ok()
    }

    /// The run alone, for whoever drives it himself.
    pub fn start(
        entry: &'static Entry,
        watch: Watch,
        clients: u32,
    ) -> Result<Box<dyn Session>, String> {
        start(entry, watch, clients, 1)
    }

    /// Does so many events; answers how many there were.
    pub fn run(&mut self, events: u64) -> u64 {
        let mut done = 0;
        while done < events {
            if self.session.step_count() >= EVENTS_PER_RUN {
                self.restart();
            }
            let quiet = self.clients == 0;
            let next = if quiet { Time::MAX } else { self.asked_at + BETWEEN_REQUESTS };
            let left = EVENTS_PER_RUN - self.session.step_count();
            let some = self.session.run_to(next, left.min(events - done));
            self.asked_at = self.session.now();
            done += some + self.ask();
            if some == 0 && self.session.next_at().is_none() {
                self.restart();
            }
        }
        done
    }

    /// How many messages were sent so far.
    pub fn messages(&self) -> u64 {
        self.messages + sent(&*self.session)
    }

    /// The digest of the present run: the same wherever as many events were done.
    pub fn digest(&self) -> u64 {
        self.session.digest()
    }

    fn restart(&mut self) {
        self.seed += 1;
        self.messages += sent(&*self.session);
        if let Ok(session) = start(self.entry, self.watch, self.clients, self.seed) {
            self.session = session;
        }
        self.asked_at = 0;
    }

    fn ask(&mut self) -> u64 {
        let names = self.session.names();
        let mut asked = 0;
        if self.entry.service.ops.is_empty() {
            return asked;
        }
        for client in names.clients() {
            let op = fuzz::operation(self.entry, &mut self.rng);
            asked += u64::from(self.session.act(Action::Request { client, op }).is_ok());
        }
        asked
    }
}

fn start(
    entry: &'static Entry,
    watch: Watch,
    clients: u32,
    seed: u64,
) -> Result<Box<dyn Session>, String> {
    let info = entry.info;
    let mut params = Params::defaults(info);
    params.servers = 5u32.clamp(info.servers.min, info.servers.max);
    params.clients = clients.clamp(info.clients.min, info.clients.max);
    let setup = Setup {
        params,
        seed,
        network: Weather::default(),
        clients: ClientRules::default(),
        manual: false,
        given: Vec::<(NodeId, Vec<String>)>::new(),
        script: Vec::new(),
    };
    entry.start(setup, watch).map_err(|error| error.message)
}

fn sent(session: &dyn Session) -> u64 {
    let names = session.names();
    let links = names.all().flat_map(|from| names.all().map(move |to| (from, to)));
    links.map(|(from, to)| session.link(from, to).sent).sum()
}

/// The yardstick: a loop that does what any simulator must do for a quiet cluster of five, and
/// nothing else. One node sends to four others every 50 ms, each answers, everything passes
/// through a queue ordered by time. Answers a number that depends on all of it, so that no
/// compiler leaves it out.
pub fn bare_loop(events: u64) -> u64 {
    let mut rng = Rng::stream(1, Stream::Workload);
    let mut queue = BinaryHeap::from([Reverse((0u64, 0u64, 0u32, 0u32))]);
    let mut received = [0u64; 5];
    for order in 1..=events {
        let Some(Reverse((at, _, from, to))) = queue.pop() else { break };
        received[to as usize] = received[to as usize].wrapping_mul(31).wrapping_add(at ^ order);
        let mut send = |order, from, to| {
            queue.push(Reverse((at + rng.between(5_000, 20_000), order, from, to)));
        };
        match (from, to) {
            (0, 0) => {
                (1..5).for_each(|follower| send(order, 0, follower));
                queue.push(Reverse((at + 50_000, order, 0, 0)));
            }
            (0, follower) => send(order, follower, 0),
            _ => {}
        }
    }
    received.iter().fold(0, |sum, word| sum ^ word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_workload_goes_on_for_as_long_as_it_is_asked_to_and_is_the_same_each_time() {
        for (load, _) in LOADS {
            let run = |mode| {
                let mut workload = Workload::named(load, mode).expect("a workload");
                assert!(workload.run(2 * EVENTS_PER_RUN + 1_000) >= 2 * EVENTS_PER_RUN + 1_000);
                (workload.digest(), workload.messages())
            };
            let (digest, messages) = run("kernel");
            assert_eq!(run("properties"), (digest, messages));
            assert!(messages > EVENTS_PER_RUN, "{load}: {messages}");
        }
        assert!(Workload::named("quiet", "nothing").is_none());
    }

    #[test]
    fn the_yardstick_does_its_events() {
        assert_ne!(bare_loop(1_000), bare_loop(1_001));
        assert_eq!(bare_loop(1_000), bare_loop(1_000));
    }
}
