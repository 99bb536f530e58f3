//! A steady workload to time the kernel with, natively and in the browser.
//!
//! A cluster of five, no faults, clients that ask for something every few milliseconds. It is run
//! a given number of events; whoever calls has the clock.

use super::fuzz;
use crate::protocols::Entry;
use crate::sim::action::{Action, Moment, Scheduled};
use crate::sim::info::Params;
use crate::sim::rng::{Rng, Stream};
use crate::sim::session::{ClientRules, Session, Setup, Watch, Weather};
use crate::view::{MILLISECOND, NodeNames, SECOND, Time};

/// What is timed: the kernel alone; with every property checked; with the trace as well.
pub const MODES: &[(&str, Watch)] =
    &[("kernel", Watch::RAW), ("properties", Watch::PROPERTIES), ("everything", Watch::ALL)];

/// How long a run is before it starts anew with the next seed: logs do not grow for ever.
const LENGTH: Time = 20 * SECOND;

/// How often each client asks.
const BETWEEN_REQUESTS: Time = 20 * MILLISECOND;

/// The workload, as far as it was run.
pub struct Workload {
    entry: &'static Entry,
    watch: Watch,
    setup: Setup,
    session: Box<dyn Session>,
}

impl Workload {
    /// The workload at its start.
    pub fn new(entry: &'static Entry, watch: Watch) -> Result<Workload, String> {
        let setup = setup(entry);
        let session = entry.start(setup.clone(), watch).map_err(|error| error.message)?;
        Ok(Workload { entry, watch, setup, session })
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

    /// The digest of the present run: the same wherever as many events were done.
    pub fn digest(&self) -> u64 {
        self.session.digest()
    }

    fn restart(&mut self) -> bool {
        self.setup.seed += 1;
        let session = self.entry.start(self.setup.clone(), self.watch);
        session.map(|session| self.session = session).is_ok()
    }
}

fn setup(entry: &'static Entry) -> Setup {
    let info = entry.info;
    let mut params = Params::defaults(info);
    params.servers = 5u32.clamp(info.servers.min, info.servers.max);
    params.clients = 2u32.clamp(info.clients.min, info.clients.max);
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
