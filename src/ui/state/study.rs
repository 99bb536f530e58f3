//! How a person studies a run: what is looked for in the log, why something happened, what the
//! clients' history amounts to.
//!
//! Long runs are looked through a slice at a time, so that the page stays alive meanwhile.

use std::rc::Rc;

use super::player::Player;
use super::scene::{Scene, Selection};
use super::shell::{Shell, Tab};
use super::tell;
use crate::check;
use crate::sim::info::{Info, MarkKind};
use crate::sim::session::Call;
use crate::sim::trace::Event;
use crate::sim::trail::{self, Kind};
use crate::ui::hooks::browser;
use crate::view::{NodeId, NodeNames};

/// How long one slice of looking takes, in milliseconds.
const SLICE_MS: f64 = 7.0;
/// What was found is shown at most once in so many milliseconds.
const SHOW_EVERY_MS: f64 = 120.0;
/// Links of a chain of causes that are followed at once.
const LINKS: usize = 400;
/// Direct effects are looked for among so many events.
const EFFECTS_WITHIN: u64 = 4_096;
/// The next event of a kind is looked for among so many.
const JUMP_WITHIN: u64 = 20_000;
/// States of the search that a verdict may cost unasked, and if a person asks for it.
const EFFORT: [u64; 2] = [20_000, 1_000_000];

/// What a person wants to understand.
#[derive(Clone, Debug)]
pub enum Wish {
    /// Look for these events.
    Sift(Sieve),
    /// Go on looking.
    Look,
    /// Why did that event happen?
    Why(Option<u64>),
    /// Look at that call of the history.
    Pick(Option<usize>),
    /// Think longer about the history.
    Judge,
    /// Read that mark of the scrubber.
    Mark(Option<usize>),
}

/// Where a jump leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Jump {
    /// To an event at the selected node, or at the node of the present event.
    Node,
    /// To an event of the same kind as the present one.
    Kind,
    /// To a mark of the scrubber.
    Mark,
    /// To the first violation that is known.
    Violation,
}

/// Which events the log shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sieve {
    /// Only at this node.
    pub node: Option<NodeId>,
    /// Only of this sort.
    pub kind: Kind,
    /// Only with this text, in small letters.
    pub text: Rc<str>,
}

impl Sieve {
    /// Whether it holds anything back.
    pub fn on(&self) -> bool {
        *self != Sieve::default()
    }

    fn fits(&self, event: &Event, info: &Info, names: NodeNames) -> bool {
        self.node.is_none_or(|node| event.node == Some(node))
            && self.kind.fits(event)
            && (self.text.is_empty() || {
                let text = format!(
                    "{} {} {}",
                    event.step,
                    tell::short(event, names),
                    tell::particulars(event, info, names)
                );
                text.to_ascii_lowercase().contains(&*self.text)
            })
    }
}

/// What is being studied: the part of it that the page shows.
#[derive(Clone, Default, PartialEq)]
pub struct Study {
    /// Which events the log shows.
    pub sieve: Sieve,
    /// How many were found so far.
    pub found: usize,
    /// Among how many.
    pub looked: u64,
    /// Why something happened.
    pub why: Option<Rc<Why>>,
    /// The call that one looks at.
    pub call: Option<usize>,
    /// The mark that one reads.
    pub mark: Option<usize>,
    /// The head of the run for whose history more work was asked for.
    harder: Option<u64>,
}

/// Why an event happened, and what came of it.
pub struct Why {
    /// The event, what caused it, and so on.
    pub chain: Vec<Rc<Event>>,
    /// What it brought about directly.
    pub effects: Vec<Rc<Event>>,
}

impl PartialEq for Why {
    fn eq(&self, other: &Why) -> bool {
        std::ptr::eq(self, other)
    }
}

/// The clients' calls up to the end of what is known.
pub struct Known {
    /// The calls.
    pub calls: Vec<Call>,
    /// Whether an order explains them, and the reasons in words. Not while the run plays.
    pub verdict: Option<(check::Verdict, Vec<String>)>,
}

/// What lies on the desk: kept, but not shown as a whole.
#[derive(Default)]
pub struct Desk {
    /// The steps of the events that fit, in order.
    pub found: Vec<u64>,
    looked: u64,
    shown_at: f64,
    branch: u32,
    known: Option<(u64, u64, Rc<Known>)>,
}

impl Desk {
    /// The run is another: what was found in the old one is void.
    pub fn keep_up(&mut self, branch: u32, study: &mut Study) {
        if self.branch != branch {
            *self = Desk { branch, ..Desk::default() };
            let sieve = std::mem::take(&mut study.sieve);
            *study = Study { sieve, ..Study::default() };
        }
    }

    /// Whether events are still to be looked at.
    pub fn wants(&self, study: &Study, head: u64) -> bool {
        study.sieve.on() && self.looked < head
    }

    /// Looks at events until the time is up.
    fn look(&mut self, player: &mut Player, study: &mut Study) -> Option<String> {
        let begin = browser::now_ms();
        let session = player.session_mut();
        let (info, names, head) = (session.info(), session.names(), session.head());
        while self.looked < head {
            if self.looked % 32 == 31 && browser::now_ms() - begin > SLICE_MS {
                break;
            }
            self.looked += 1;
            let event = session.event(self.looked)?;
            if study.sieve.fits(&event, info, names) {
                self.found.push(self.looked);
            }
        }
        let done = self.looked == head;
        if done || begin - self.shown_at > SHOW_EVERY_MS {
            self.shown_at = begin;
            (study.found, study.looked) = (self.found.len(), self.looked);
        }
        (done && !player.playing()).then(|| format!("{} of {head} events fit.", study.found))
    }

    /// The clients' history as far as it is known, judged while the run stands still.
    pub fn known(&mut self, player: &mut Player, study: &Study) -> Rc<Known> {
        let head = player.session().head();
        let effort = match player.playing() {
            true => 0,
            false => EFFORT[usize::from(study.harder == Some(head))],
        };
        if let Some((at, work, known)) = &self.known
            && *at == head
            && *work >= effort
        {
            return known.clone();
        }
        let known = player.at_head(|session| Known {
            calls: session.calls(),
            verdict: (effort > 0)
                .then(|| session.linearizability(&check::Limits { states: effort })),
        });
        let known = Rc::new(known);
        self.known = Some((head, effort, known.clone()));
        known
    }
}

/// Does what a person wants.
pub fn perform(
    desk: &mut Desk,
    player: &mut Player,
    shell: &mut Shell,
    wish: Wish,
) -> Option<String> {
    let study = &mut shell.study;
    match wish {
        Wish::Sift(sieve) => {
            study.sieve = sieve;
            (desk.looked, study.found, study.looked) = (0, 0, 0);
            desk.found.clear();
            if study.sieve.on() {
                return desk.look(player, study);
            }
        }
        Wish::Look => return desk.look(player, study),
        Wish::Why(None) => study.why = None,
        Wish::Why(Some(step)) => {
            let session = player.session_mut();
            let chain = trail::causes(session, step, LINKS);
            let first = chain.first()?;
            let effects = trail::effects(session, step, EFFECTS_WITHIN);
            let said = match chain.last().filter(|_| chain.len() > 1) {
                Some(root) => {
                    let root = tell::short(root, session.names());
                    format!(
                        "{} events led to event {}. It began with: {root}.",
                        chain.len() - 1,
                        first.step
                    )
                }
                None => format!("Nothing that happened before caused event {}.", first.step),
            };
            study.why = Some(Rc::new(Why { chain, effects }));
            shell.tab = Tab::Inspect;
            shell.context = None;
            browser::later(0.0, || browser::light(None));
            return Some(said);
        }
        Wish::Pick(call) => study.call = call,
        Wish::Judge => study.harder = Some(player.session().head()),
        Wish::Mark(mark) => study.mark = mark,
    }
    None
}

/// Jumps. The error says why there is nowhere to go.
pub fn jump(
    player: &mut Player,
    scene: &Scene,
    selection: Option<Selection>,
    jump: Jump,
    forward: bool,
) -> Result<(), String> {
    let here = scene.event.as_ref();
    let way = if forward { "after" } else { "before" };
    let (what, found) = match jump {
        Jump::Node => {
            let node = node_of(scene, selection).ok_or("Select a node first.")?;
            let found = player.jump(&|event| event.node == Some(node), forward, JUMP_WITHIN);
            (format!("event at {}", scene.name(node)), found)
        }
        Jump::Kind => {
            let kind = here.map(|event| Kind::of(event)).ok_or("Go to an event first.")?;
            let found = player.jump(&|event| Kind::of(event) == kind, forward, JUMP_WITHIN);
            (format!("event of the kind “{}”", tell::kind(kind, scene.info)), found)
        }
        Jump::Mark => {
            let step = scene.step;
            let mut marks = marks(scene);
            let found = match forward {
                true => marks.find(|(at, _)| *at > step),
                false => marks.filter(|(at, _)| *at < step).last(),
            };
            found.into_iter().for_each(|(at, _)| player.seek(at));
            ("mark".to_string(), found.is_some())
        }
        Jump::Violation => {
            let found = scene.violation();
            found.into_iter().for_each(|at| player.seek(at));
            ("violation".to_string(), found.is_some())
        }
    };
    match found {
        true => Ok(()),
        false if jump == Jump::Violation => Err("No property is broken in what is known.".into()),
        false => Err(format!("There is no {what} {way} this, as far as one can see.")),
    }
}

/// The node of which the next event is meant.
pub fn node_of(scene: &Scene, selection: Option<Selection>) -> Option<NodeId> {
    match selection {
        Some(Selection::Node(node)) => Some(node),
        _ => scene.event.as_ref().and_then(|event| event.node),
    }
}

/// What the scrubber marks: what the run does, without the clients' calls.
pub fn marks(scene: &Scene) -> impl Iterator<Item = (u64, MarkKind)> {
    let worth = scene.marks.iter().filter(|mark| mark.kind != MarkKind::Client);
    worth.map(|mark| (mark.step, mark.kind))
}
