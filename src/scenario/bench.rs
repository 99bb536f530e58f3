//! A steady workload to time the kernel with, natively and in the browser.
//!
//! A cluster of five, no faults, clients that ask for something every few milliseconds. It is run
//! a given number of events; whoever calls has the clock.

use super::fuzz;
use crate::protocols::Entry;
use crate::sim::action::Action;
use crate::sim::info::Params;
use crate::sim::rng::{Rng, Stream};
use crate::sim::session::{ClientRules, Session, Setup, Watch, Weather};
use crate::view::{MILLISECOND, NodeId, Time};

/// What is timed: the kernel alone; with every property checked; with the trace as well.
pub const MODES: &[(&str, Watch)] =
    &[("kernel", Watch::RAW), ("properties", Watch::PROPERTIES), ("everything", Watch::ALL)];

/// How many events a run has before it starts anew: logs do not grow for ever.
const EVENTS_PER_RUN: u64 = 50_000;

/// How often each client asks.
const BETWEEN_REQUESTS: Time = 20 * MILLISECOND;

/// The workload, as far as it was run.
pub struct Workload {
    entry: &'static Entry,
    watch: Watch,
    seed: u64,
    session: Box<dyn Session>,
    rng: Rng,
    asked_at: Time,
}

impl Workload {
    /// The workload at its start.
    pub fn new(entry: &'static Entry, watch: Watch) -> Result<Workload, String> {
        let session = start(entry, watch, 1)?;
        let rng = Rng::stream(1, Stream::Workload);
        Ok(Workload { entry, watch, seed: 1, session, rng, asked_at: 0 })
    }

    /// Does so many events; answers how many there were.
    pub fn run(&mut self, events: u64) -> u64 {
        let mut done = 0;
        while done < events {
            if self.session.step_count() >= EVENTS_PER_RUN {
                self.restart();
            }
            let next = self.asked_at + BETWEEN_REQUESTS;
            let some = self.session.run_to(next, events - done);
            self.asked_at = self.session.now();
            done += some + self.ask();
            if some == 0 && self.session.next_at().is_none() {
                self.restart();
            }
        }
        done
    }

    /// The digest of the present run: the same wherever as many events were done.
    pub fn digest(&self) -> u64 {
        self.session.digest()
    }

    fn restart(&mut self) {
        self.seed += 1;
        if let Ok(session) = start(self.entry, self.watch, self.seed) {
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

fn start(entry: &'static Entry, watch: Watch, seed: u64) -> Result<Box<dyn Session>, String> {
    let info = entry.info;
    let mut params = Params::defaults(info);
    params.servers = 5u32.clamp(info.servers.min, info.servers.max);
    params.clients = 2u32.clamp(info.clients.min, info.clients.max);
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
