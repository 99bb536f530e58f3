//! Two runs side by side: one clock, one script of faults, one script of clients.
//!
//! The two know nothing of each other; what makes them a pair is that they stand at the same
//! time. One of them is *faced*: what a [`Session`] says and counts, its steps above all, is the
//! faced one's, and the other follows the clock. [`Session::turn`] faces the other. A step is the
//! next event of either, or one of the faced run with all of the other in the same microsecond.

use std::rc::Rc;

use super::action::{Action, MessageRef};
use super::digest::Digest;
use super::info::Info;
use super::session::{Call, Flight, LinkShot, Loss, Mark, NodeShot, Session, Setup};
use super::trace::Event;
use super::trail;
use super::verdict::Verdict;
use crate::check;
use crate::view::{MessageName, MessageView, NodeId, NodeNames, Panel, Time};

/// Two runs on one clock.
pub struct Pair {
    runs: [Box<dyn Session>; 2],
    face: usize,
}

impl Pair {
    /// Two runs at their start. They have the same nodes.
    pub fn new(first: Box<dyn Session>, second: Box<dyn Session>) -> Pair {
        Pair { runs: [first, second], face: 0 }
    }

    fn here(&self) -> &dyn Session {
        &*self.runs[self.face]
    }

    /// The faced run and the other.
    fn both(&mut self) -> (&mut dyn Session, &mut dyn Session) {
        let [first, second] = &mut self.runs;
        match self.face {
            0 => (&mut **first, &mut **second),
            _ => (&mut **second, &mut **first),
        }
    }

    /// The other run goes to where the faced one stands, forth or back.
    fn follow(&mut self) {
        let (here, there) = self.both();
        trail::seek_time(there, here.now(), u64::MAX);
    }

    /// One event back, of whichever of the two had the last one.
    fn back_once(&mut self) {
        let (here, there) = self.both();
        let (mine, other) = (last_at(here), last_at(there));
        if mine.is_none() && other.is_none() {
            here.seek(0);
            there.seek(0);
            return;
        }
        if other > mine {
            there.seek(there.step_count() - 1);
            here.seek(here.step_count());
        } else {
            here.seek(here.step_count() - 1);
            let before = mine.filter(|&at| last_at(here) != Some(at));
            // What the other did in the microsecond that is left goes with it.
            if let Some(at) = before {
                match at.checked_sub(1) {
                    Some(until) => trail::seek_time(there, until, u64::MAX),
                    None => there.seek(0),
                }
                there.seek(there.step_count());
            }
        }
        let at = last_at(here).max(last_at(there)).unwrap_or(0);
        for run in [here, there] {
            // Whoever stands there may have more to do in that microsecond, which is still to come.
            if run.now() < at {
                run.run_to(at, u64::MAX);
            }
        }
    }
}

/// When the last event before the present position was.
fn last_at(run: &mut dyn Session) -> Option<Time> {
    let step = run.step_count();
    let event = if step == 0 { None } else { run.event(step) };
    event.map(|event| event.at)
}

impl Session for Pair {
    fn info(&self) -> &'static Info {
        self.here().info()
    }

    fn setup(&self) -> &Setup {
        self.here().setup()
    }

    fn names(&self) -> NodeNames {
        self.here().names()
    }

    fn step_count(&self) -> u64 {
        self.here().step_count()
    }

    fn head(&self) -> u64 {
        self.here().head()
    }

    fn ahead(&self) -> bool {
        self.runs.iter().any(|run| run.ahead())
    }

    fn now(&self) -> Time {
        self.here().now()
    }

    fn next_at(&mut self) -> Option<Time> {
        let [first, second] = &mut self.runs;
        match (first.next_at(), second.next_at()) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        }
    }

    fn step(&mut self) -> bool {
        let (here, there) = self.both();
        let later = |at: Option<Time>| at.unwrap_or(Time::MAX);
        let (mine, other) = (here.next_at(), there.next_at());
        if mine.is_none() && other.is_none() {
            return false;
        }
        if later(mine) <= later(other) {
            here.step();
            self.follow();
        } else {
            there.step();
            here.run_to(there.now(), u64::MAX);
        }
        true
    }

    fn run_to(&mut self, time: Time, limit: u64) -> u64 {
        let (here, there) = self.both();
        let done = here.run_to(time, limit);
        done + there.run_to(here.now(), u64::MAX)
    }

    fn seek(&mut self, step: u64) {
        self.both().0.seek(step);
        self.follow();
    }

    fn back(&mut self, count: u64) {
        for _ in 0..count {
            self.back_once();
        }
    }

    /// What speaks of nodes and links is done to both. What speaks of a message or a timer, which
    /// only one of them may have, is done to the faced one.
    fn act_behind(&mut self, action: Action, slot: u32) -> Result<(), String> {
        self.follow();
        let (here, there) = self.both();
        // Written down at the same place of the microsecond, it is one line of the text. Only a
        // run that has more to do in this microsecond needs a place of its own.
        let slot = slot.max(here.slot()).max(there.slot());
        let place = |run: &mut dyn Session| if run.next_at() == Some(run.now()) { 0 } else { slot };
        let (mine, other) = (place(here), place(there));
        let both = action.is_for_every_run() && there.check_action(&action).is_ok();
        here.act_behind(action.clone(), mine)?;
        if both {
            return there.act_behind(action, other);
        }
        // The future that is left is left by both.
        there.leave_future();
        Ok(())
    }

    fn leave_future(&mut self) {
        for run in &mut self.runs {
            run.leave_future();
        }
    }

    fn slot(&self) -> u32 {
        self.here().slot()
    }

    fn check_action(&self, action: &Action) -> Result<(), String> {
        self.here().check_action(action)
    }

    fn fork(&self) -> Box<dyn Session> {
        let runs = [self.runs[0].fork(), self.runs[1].fork()];
        Box::new(Pair { runs, face: self.face })
    }

    fn thin(&mut self) {
        for run in &mut self.runs {
            run.thin();
        }
    }

    fn node(&self, node: NodeId) -> NodeShot {
        self.here().node(node)
    }

    fn picture(&self) -> Vec<Panel> {
        self.here().picture()
    }

    fn flights(&self) -> Vec<Flight> {
        self.here().flights()
    }

    fn losses(&self) -> Vec<Loss> {
        self.here().losses()
    }

    fn message(&self, name: MessageName) -> Option<MessageView> {
        self.here().message(name)
    }

    fn find_message(&self, message: &MessageRef) -> Option<MessageName> {
        self.here().find_message(message)
    }

    fn link(&self, from: NodeId, to: NodeId) -> LinkShot {
        self.here().link(from, to)
    }

    fn verdicts(&self) -> Vec<Verdict> {
        self.here().verdicts()
    }

    fn calls(&self) -> Vec<Call> {
        self.here().calls()
    }

    fn linearizability(&self, limits: &check::Limits) -> (check::Verdict, Vec<String>) {
        self.here().linearizability(limits)
    }

    fn event(&mut self, step: u64) -> Option<Rc<Event>> {
        self.both().0.event(step)
    }

    fn marks(&self) -> &[Mark] {
        self.here().marks()
    }

    fn notes_reached(&self) -> u128 {
        self.here().notes_reached()
    }

    /// Of both, in their order, whichever is faced.
    fn digest(&self) -> u64 {
        let mut digest = Digest::default();
        for run in &self.runs {
            digest.word(run.digest());
        }
        digest.value()
    }

    fn memory(&self) -> usize {
        self.runs.iter().map(|run| run.memory()).sum()
    }

    fn lane(&self) -> usize {
        self.face
    }

    fn beside(&self) -> Option<&dyn Session> {
        Some(&*self.runs[1 - self.face])
    }

    fn beside_mut(&mut self) -> Option<&mut dyn Session> {
        Some(self.both().1)
    }

    fn turn(&mut self) {
        self.face = 1 - self.face;
    }
}
