//! Steady workloads to time the kernel with, natively and in the browser, and a yardstick.
//!
//! Both are a cluster of five without faults. Whoever calls has the clock: nothing here reads one.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::fuzz;
use crate::protocols::{self, Entry};
use crate::sim::action::{Action, Moment, Scheduled};
use crate::sim::info::Params;
use crate::sim::rng::{Rng, Stream};
use crate::sim::session::{ClientRules, Session, Setup, Watch, Weather};
use crate::view::{MILLISECOND, NodeNames, SECOND, Time};

/// Whose cluster it is if nothing is said.
pub const PROTOCOL: &str = "raft";

/// What is timed: the kernel alone; with every property checked; with the trace as well.
pub const MODES: &[(&str, Watch)] =
    &[("kernel", Watch::RAW), ("properties", Watch::PROPERTIES), ("everything", Watch::ALL)];

/// What the cluster has to do: keep itself alive, or serve two clients besides.
pub const LOADS: &[(&str, u32)] = &[("quiet", 0), ("clients", 2)];

/// How long a run is before it starts anew with the next seed: logs do not grow for ever.
const LENGTH: Time = 20 * SECOND;

/// How often each client asks.
const BETWEEN_REQUESTS: Time = 20 * MILLISECOND;

/// A workload, as far as it was run.
pub struct Workload {
    entry: &'static Entry,
    watch: Watch,
    setup: Setup,
    session: Box<dyn Session>,
    messages: u64,
}

impl Workload {
    /// The workload at its start.
    pub fn new(entry: &'static Entry, watch: Watch, clients: u32) -> Result<Workload, String> {
        let setup = setup(entry, clients);
        let session = entry.start(setup.clone(), watch).map_err(|error| error.message)?;
        Ok(Workload { entry, watch, setup, session, messages: 0 })
    }

    /// The workload of that name in the mode of that name.
    pub fn named(load: &str, mode: &str) -> Option<Workload> {
        let entry = protocols::find(PROTOCOL)?;
        let (_, clients) = LOADS.iter().find(|(name, _)| *name == load)?;
        let (_, watch) = MODES.iter().find(|(name, _)| *name == mode)?;
        Workload::new(entry, *watch, *clients).ok()
    }

    /// Does so many events; answers how many there were.
    pub fn run(&mut self, events: u64) -> u64 {
        let mut done = 0;
        while done < events {
            done += self.session.run_to(LENGTH, events - done);
            if self.session.now() >= LENGTH && !self.restart() {
                break;
            }
        }
        done
    }

    /// The present run, for whoever goes on alone with it.
    pub fn session(&mut self) -> &mut dyn Session {
        &mut *self.session
    }

    /// How many messages were sent so far.
    pub fn messages(&self) -> u64 {
        self.messages + sent(&*self.session)
    }

    /// The digest of the present run: the same wherever as many events were done.
    pub fn digest(&self) -> u64 {
        self.session.digest()
    }

    fn restart(&mut self) -> bool {
        self.setup.seed += 1;
        self.messages += sent(&*self.session);
        let session = self.entry.start(self.setup.clone(), self.watch);
        session.map(|session| self.session = session).is_ok()
    }
}

fn setup(entry: &'static Entry, clients: u32) -> Setup {
    let info = entry.info;
    let mut params = Params::defaults(info);
    params.servers = 5u32.clamp(info.servers.min, info.servers.max);
    params.clients = clients.clamp(info.clients.min, info.clients.max);
    let names = NodeNames { servers: params.servers, clients: params.clients };
    let mut rng = Rng::stream(1, Stream::Workload);
    let mut script = Vec::new();
    if !entry.service.ops.is_empty() {
        for at in (1..LENGTH / BETWEEN_REQUESTS).map(|place| place * BETWEEN_REQUESTS) {
            for client in names.clients() {
                let action = Action::Request { client, op: fuzz::operation(entry, &mut rng) };
                let moment = Moment { at, slot: 0 };
                script.push(Scheduled { moment, action, recorded: false });
            }
        }
    }
    Setup {
        params,
        seed: 1,
        network: Weather::default(),
        clients: ClientRules::default(),
        manual: false,
        given: Vec::new(),
        script,
    }
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
                assert_eq!(workload.run(50_000), 50_000);
                (workload.digest(), workload.messages())
            };
            let (digest, messages) = run("kernel");
            assert_eq!(run("properties"), (digest, messages));
            assert!(messages > 40_000, "{load}: {messages}");
        }
        assert!(Workload::named("quiet", "nothing").is_none());
    }

    #[test]
    fn the_yardstick_does_its_events() {
        assert_ne!(bare_loop(1_000), bare_loop(1_001));
        assert_eq!(bare_loop(1_000), bare_loop(1_000));
    }
}
