//! The run that the page shows: playing, stepping, seeking, acting.
//!
//! Nothing here knows the DOM. Virtual time is moved by [`Player::advance`], which the frame loop
//! calls; everything else is a command. [`Player::scene`] is what the page then shows.

use std::rc::Rc;

use super::scene::{BranchRow, Caption, LinkPair, Scene, Shot, sides};
use super::script::Sheet;
use super::shell::Shell;
use super::source::{Shared, Source};
use super::tell;
use crate::order::SortedMap;
use crate::scenario::limits::{MAX_EVENTS, MAX_TIME};
use crate::scenario::link::Position;
use crate::service::ServiceInfo;
use crate::sim::action::Action;
use crate::sim::info::MarkKind;
use crate::sim::session::{Flight, Mark, NodeShot, Session};
use crate::sim::tally::{Ledger, Tally};
use crate::sim::trace::Event;
use crate::sim::trail;
use crate::sim::tree::{BranchId, Tree};
use crate::ui::hooks::number::between;
use crate::view::Time;

/// Events that one frame may do at most, so that the page stays alive at a hundredfold speed.
const EVENTS_A_FRAME: u64 = 4_000;
/// Events that one jump ahead may do at most: the page stands still meanwhile.
const EVENTS_A_JUMP: u64 = 500_000;
/// How long the picture takes to follow a step that a person takes, in milliseconds.
const GLIDE_MS: f64 = 240.0;
/// Virtual seconds a second, from which a person may choose.
pub const SPEEDS: &[(&str, f64)] = &[
    ("0.01", 0.01),
    ("0.02", 0.02),
    ("0.05", 0.05),
    ("0.1", 0.1),
    ("0.2", 0.2),
    ("0.5", 0.5),
    ("1", 1.0),
    ("2", 2.0),
    ("5", 5.0),
    ("10", 10.0),
    ("20", 20.0),
    ("50", 50.0),
    ("100", 100.0),
];
/// The speed at which a message of some ten milliseconds can be followed by eye.
pub const DEFAULT_SPEED: f64 = 0.1;

/// A run with its branches, and how it is played.
pub struct Player {
    tree: Tree,
    source: Rc<Source>,
    playing: bool,
    speed: f64,
    carry: f64,
    stop_at: Option<Time>,
    glide: Option<Glide>,
    smooth: bool,
    looped: bool,
    locked: bool,
    labels: SortedMap<u32, Rc<str>>,
    shots: Vec<Rc<NodeShot>>,
    before: Option<(u64, Rc<NodeShot>)>,
    /// The same of the run beside it.
    beside: Vec<Rc<NodeShot>>,
    marks: (u32, Rc<Vec<Mark>>),
    ledgers: [Ledger; 2],
    sheet: Option<Rc<Sheet>>,
}

/// A run as it was, to come back to.
pub struct Kept {
    tree: Tree,
    source: Rc<Source>,
    labels: SortedMap<u32, Rc<str>>,
    stop_at: Option<Time>,
}

/// The picture on its way from one position to the next.
struct Glide {
    from: f64,
    to: f64,
    part: f64,
    arriving: Vec<Flight>,
}

/// What a frame changed.
pub struct Advance {
    /// Whether anything but the time has changed.
    pub changed: bool,
    /// Whether another frame is needed.
    pub more: bool,
}

impl Player {
    /// A run at its start.
    pub fn new(tree: Tree, source: Source) -> Player {
        let stop_at = source.until;
        Player {
            tree,
            source: Rc::new(source),
            playing: false,
            speed: DEFAULT_SPEED,
            carry: 0.0,
            stop_at,
            glide: None,
            smooth: true,
            looped: false,
            locked: false,
            labels: SortedMap::default(),
            shots: Vec::new(),
            before: None,
            beside: Vec::new(),
            marks: (0, Rc::default()),
            ledgers: Default::default(),
            sheet: None,
        }
    }

    /// The run as it is now, to come back to.
    pub fn keep(&self) -> Kept {
        let (tree, labels) = (self.tree.keep(), self.labels.clone());
        Kept { tree, source: self.source.clone(), labels, stop_at: self.stop_at }
    }

    /// Goes back, or forth, to a run that was kept, and answers the one that was left.
    pub fn restore(&mut self, mut kept: Kept) -> Kept {
        self.pause();
        if kept.tree.session().lane() != self.lane() {
            kept.tree.turn();
        }
        self.glide = None;
        self.forget_looks();
        let stop_at = std::mem::replace(&mut self.stop_at, kept.stop_at);
        if Rc::ptr_eq(&self.source, &kept.source) {
            // Branches begun since stay, and so do their labels.
            let (labels, source) = (self.labels.clone(), kept.source);
            return Kept { tree: self.tree.restore(kept.tree), source, labels, stop_at };
        }
        Kept {
            tree: std::mem::replace(&mut self.tree, kept.tree),
            source: std::mem::replace(&mut self.source, kept.source),
            labels: std::mem::replace(&mut self.labels, kept.labels),
            stop_at,
        }
    }

    /// Another run takes the place of this one, played in the same way; whether it is the same to
    /// the person, who may have left the scenario's end behind. Answers the old one.
    pub fn replace(&mut self, opened: Tree, source: Source, same: bool) -> Kept {
        let stop_at = source.until.filter(|_| !same || self.stop_at.is_some());
        let source = Rc::new(source);
        self.restore(Kept { tree: opened, source, labels: SortedMap::default(), stop_at })
    }

    /// What was remembered of the last look belongs to a run that is left.
    fn forget_looks(&mut self) {
        self.shots.clear();
        self.beside.clear();
        self.before = None;
        self.ledgers = Default::default();
        self.marks = (u32::MAX, Rc::default());
        self.sheet = None;
    }

    /// The scenario's text, read line by line.
    pub fn sheet(&mut self) -> Rc<Sheet> {
        let sheet = match self.sheet.take() {
            Some(sheet) => sheet,
            None => Rc::new(Sheet::read(self.text().into())),
        };
        self.sheet = Some(sheet.clone());
        sheet
    }

    /// Where it stands, as a link says it; `None` at the start.
    pub fn position(&mut self) -> Option<Position> {
        super::source::position(self)
    }

    /// Goes to a time: when everything up to it has happened.
    pub fn seek_time(&mut self, at: Time) {
        self.pause();
        self.glide = None;
        trail::seek_time(self.tree.session_mut(), at, EVENTS_A_JUMP);
    }

    /// What the run was made from.
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// The present run.
    pub fn session(&self) -> &dyn Session {
        self.tree.session()
    }

    /// The present run, to ask it for events.
    pub fn session_mut(&mut self) -> &mut dyn Session {
        self.tree.session_mut()
    }

    /// Whether it plays.
    pub fn playing(&self) -> bool {
        self.playing
    }

    /// Whether the picture moves.
    pub fn moving(&self) -> bool {
        self.playing || self.glide.is_some()
    }

    /// Does as the page around it wants: whether steps that a person takes are shown as movement,
    /// whether playing begins again at the end, whether the run may be changed.
    pub fn follow(&mut self, shell: &Shell) {
        self.smooth = !shell.still;
        self.looped = shell.query.looped;
        self.locked = !shell.query.edit;
    }

    /// The time that the picture shows, in microseconds. Between two events it moves.
    pub fn shown(&self) -> f64 {
        match &self.glide {
            Some(glide) => {
                let part = glide.part * (2.0 - glide.part);
                glide.from + (glide.to - glide.from) * part
            }
            None => self.session().now() as f64 + self.carry,
        }
    }

    /// Messages that the last step delivered, while the picture still follows.
    pub fn arriving(&self) -> &[Flight] {
        self.glide.as_ref().map_or(&[], |glide| &glide.arriving)
    }

    /// Lets that much of a person's time pass.
    pub fn advance(&mut self, dt_ms: f64) -> Advance {
        if let Some(glide) = &mut self.glide {
            glide.part += dt_ms / GLIDE_MS;
            if glide.part >= 1.0 {
                self.glide = None;
            }
        }
        if !self.playing {
            return Advance { changed: false, more: self.glide.is_some() };
        }
        let ahead = dt_ms * 1_000.0 * self.speed + self.carry;
        let whole = ahead.floor();
        self.carry = ahead - whole;
        let mut until = self.session().now() + whole as u64;
        // No link and no text can name a later time than the longest.
        let end = self.stop_at.unwrap_or(MAX_TIME);
        let stop = until >= end;
        if stop {
            self.stop_at = None;
            until = end.max(self.session().now());
        }
        let before = self.done();
        self.session_mut().run_to(until, EVENTS_A_FRAME);
        let stepped = self.done() != before;
        let idle = !stepped && self.session_mut().next_at().is_none();
        if stop || idle {
            self.playing = false;
            self.carry = 0.0;
            if self.looped {
                self.begin_again();
            }
        }
        Advance { changed: stepped || stop || idle, more: self.playing }
    }

    /// Plays from the start, if anything happens there at all.
    fn begin_again(&mut self) {
        self.session_mut().seek(0);
        self.stop_at = self.source.until;
        self.playing = self.session_mut().next_at().is_some();
    }

    /// Starts to play. False if nothing would happen.
    pub fn play(&mut self) -> bool {
        if self.looped && self.stop_at.is_none_or(|stop| stop <= self.session().now()) {
            self.begin_again();
            return self.playing;
        }
        let more = self.session_mut().next_at().is_some_and(|at| at <= MAX_TIME);
        self.playing = more;
        self.glide = None;
        if self.stop_at.is_some_and(|stop| stop <= self.session().now()) {
            self.stop_at = None;
        }
        more
    }

    /// The run goes on for as long as somebody watches.
    pub fn go_on(&mut self) {
        self.stop_at = None;
    }

    /// Stops playing.
    pub fn pause(&mut self) {
        self.playing = false;
        self.carry = 0.0;
    }

    /// Goes that many events on, or back.
    pub fn step(&mut self, count: i64) {
        self.pause();
        let from = self.shown();
        let flying = self.session().flights();
        if count < 0 {
            self.session_mut().back(count.unsigned_abs());
            self.glide = None;
            return;
        }
        for _ in 0..count {
            if !self.session_mut().step() {
                break;
            }
        }
        self.begin_glide(from, &flying);
    }

    fn begin_glide(&mut self, from: f64, flying: &[Flight]) {
        let to = self.session().now();
        if !self.smooth || (to as f64) <= from {
            self.glide = None;
            return;
        }
        let still: Vec<_> = self.session().flights().iter().map(|flight| flight.name).collect();
        let arrived = |flight: &&Flight| {
            flight.due_at.is_some_and(|due| due <= to) && !still.contains(&flight.name)
        };
        let arriving = flying.iter().filter(arrived).cloned().collect();
        self.glide = Some(Glide { from, to: to as f64, part: 0.0, arriving });
    }

    /// Goes to a position.
    pub fn seek(&mut self, step: u64) {
        self.pause();
        self.glide = None;
        let step = step.min(self.session().head());
        self.session_mut().seek(step);
    }

    /// Makes a position known, doing at most so many events on the way.
    pub fn reach(&mut self, step: u64, most: u64) {
        let session = self.tree.session_mut();
        let head = session.head();
        if step > head {
            session.seek(head);
            for _ in head..step.min(head + most) {
                if !session.step() {
                    break;
                }
            }
        }
    }

    /// Goes to a position that a link names, doing what happens until then.
    pub fn seek_position(&mut self, position: Position) {
        self.pause();
        self.glide = None;
        let session = self.tree.session_mut();
        match position.events {
            None => {
                session.run_to(position.at, MAX_EVENTS);
            }
            Some(events) => {
                if let Some(before) = position.at.checked_sub(1) {
                    session.run_to(before, MAX_EVENTS);
                }
                for _ in 0..events {
                    if session.next_at().is_none_or(|at| at > position.at) || !session.step() {
                        break;
                    }
                }
            }
        }
        if self.stop_at.is_some_and(|stop| stop <= self.session().now()) {
            self.stop_at = None;
        }
    }

    /// A link to the run, to its start or to its present position.
    pub fn share(&mut self, here: bool) -> Result<Shared, String> {
        let source = self.source.clone();
        source.share(self, here)
    }

    /// The scenario's text with everything that was done to the run.
    pub fn text(&self) -> String {
        self.source.text(self.session())
    }

    /// Goes to the next (or the previous) event that fits, if there is one that near.
    pub fn jump(&mut self, fits: &dyn Fn(&Event) -> bool, forward: bool, within: u64) -> bool {
        self.pause();
        self.glide = None;
        let session = self.tree.session_mut();
        let Some(found) = trail::next(session, fits, forward, within) else { return false };
        session.seek(found);
        while session.step_count() < found && session.step() {}
        true
    }

    /// Asks the run at the end of what is known, and comes back.
    pub fn at_head<T>(&mut self, question: impl FnOnce(&dyn Session) -> T) -> T {
        let session = self.tree.session_mut();
        let (step, now) = (session.step_count(), session.now());
        if step == session.head() {
            return question(session);
        }
        session.seek(session.head());
        let answer = question(session);
        session.seek(step);
        session.run_to(now, u64::MAX);
        answer
    }

    /// A number for what one looks at: the present branch, and which of two runs in it.
    pub fn branch(&self) -> u32 {
        self.tree.current().0 << 1 | self.lane() as u32
    }

    /// Which of two runs side by side is faced.
    pub fn lane(&self) -> usize {
        self.session().lane()
    }

    /// Faces the other of two runs.
    pub fn turn(&mut self) {
        self.glide = None;
        self.tree.turn();
        self.forget_looks();
    }

    /// What both runs have cost up to now, in their order.
    pub fn tallies(&mut self) -> [Tally; 2] {
        let lane = self.lane();
        let session = self.tree.session_mut();
        let mine = Tally::with(session, &mut self.ledgers[lane]);
        let other = session.beside_mut();
        let other = other.map(|run| Tally::with(run, &mut self.ledgers[1 - lane]));
        let other = other.unwrap_or_default();
        if lane == 0 { [mine, other] } else { [other, mine] }
    }

    /// How many events have happened, in both of two runs.
    fn done(&self) -> u64 {
        let beside = self.session().beside().map_or(0, |run| run.step_count());
        self.session().step_count() + beside
    }

    /// How fast it plays.
    pub fn speed(&self) -> f64 {
        self.speed
    }

    /// The same in words.
    pub fn speed_name(&self) -> &'static str {
        let near = SPEEDS.iter().rev().find(|(_, speed)| *speed <= self.speed + 1e-9);
        near.map_or(SPEEDS[0].0, |(name, _)| name)
    }

    /// How fast it plays from now on.
    pub fn set_speed(&mut self, speed: f64) {
        self.speed = between(speed, SPEEDS[0].1, SPEEDS[SPEEDS.len() - 1].1);
    }

    /// The next slower or faster of [`SPEEDS`].
    pub fn shift_speed(&mut self, by: i32) {
        let at = SPEEDS.iter().position(|(_, speed)| *speed >= self.speed - 1e-9);
        let at = at.unwrap_or(SPEEDS.len() - 1) as i32 + by;
        self.set_speed(SPEEDS[at.clamp(0, SPEEDS.len() as i32 - 1) as usize].1);
    }

    /// Does something to the run. Says whether that began a branch.
    pub fn act(&mut self, action: Action) -> Result<bool, String> {
        self.glide = None;
        let label = super::source::action_line(&action, self.session().names());
        let branched = self.tree.act(action)?;
        self.sheet = None;
        // From here on it is the person's run: the scenario's end means nothing to it.
        if !self.looped {
            self.stop_at = None;
        }
        if self.session().setup().manual {
            self.settle();
        }
        if branched {
            self.ledgers = Default::default();
            self.labels.insert(self.tree.current().0, label.into());
        }
        Ok(branched)
    }

    /// Where nothing happens by itself, what was asked for happens at once.
    fn settle(&mut self) {
        let session = self.tree.session_mut();
        for _ in 0..EVENTS_A_FRAME {
            if session.next_at().is_none_or(|at| at > session.now()) || !session.step() {
                break;
            }
        }
    }

    /// Looks at another branch.
    pub fn switch(&mut self, id: u32) {
        self.pause();
        self.glide = None;
        self.tree.switch(BranchId(id));
        self.before = None;
        self.ledgers = Default::default();
        self.sheet = None;
    }

    /// What the page shows now.
    pub fn scene(&mut self, service: &'static ServiceInfo) -> Scene {
        self.refresh_shots();
        let event = self.present_event();
        let caption = self.caption();
        let branches = self.branch_rows();
        let marks = self.marks();
        let playing = self.playing;
        let speed = self.speed;
        let locked = self.locked;
        let title = self.source.title.clone();
        let session = self.tree.session_mut();
        let more = session.next_at().is_some();
        let digest = (!playing).then(|| session.digest());
        let beside = session.beside().map(|run| {
            look(run, &mut self.beside);
            let scene = seen(run, service, &self.beside);
            Rc::new(Scene { title: title.clone(), playing, ..scene })
        });
        Scene {
            title,
            playing,
            locked,
            speed,
            more,
            before: self.before.as_ref().map(|(_, shot)| shot.clone()),
            event,
            marks,
            caption,
            branches,
            digest,
            lane: session.lane(),
            beside,
            ..seen(session, service, &self.shots)
        }
    }

    /// The marks of the present branch. They only grow: most frames add none.
    fn marks(&mut self) -> Rc<Vec<Mark>> {
        let branch = self.branch();
        let known = self.tree.session().marks();
        if self.marks.0 != branch || self.marks.1.len() != known.len() {
            self.marks = (branch, Rc::new(known.to_vec()));
        }
        self.marks.1.clone()
    }

    /// Asks every node how it is, and keeps the pointers of those that are as they were.
    fn refresh_shots(&mut self) {
        let step = self.session().step_count();
        let changed = look(self.tree.session(), &mut self.shots);
        if self.playing {
            if let Some(shot) = changed {
                self.before = Some((step, shot));
            }
            return;
        }
        if self.before.as_ref().is_some_and(|(at, _)| *at == step) {
            return;
        }
        self.before = self.look_back(step).map(|shot| (step, Rc::new(shot)));
    }

    /// The node of the last event as it was before it.
    fn look_back(&mut self, step: u64) -> Option<NodeShot> {
        let session = self.tree.session_mut();
        let event = session.event(step)?;
        let node = event.node?;
        let now = session.now();
        session.seek(step - 1);
        let shot = session.node(node);
        session.seek(step);
        if now > session.now() {
            session.run_to(now, u64::MAX);
        }
        Some(shot)
    }

    fn present_event(&mut self) -> Option<Rc<Event>> {
        let session = self.tree.session_mut();
        let step = session.step_count();
        if step == 0 { None } else { session.event(step) }
    }

    /// What the author says at this time, or else the last thing of note that happened.
    fn caption(&mut self) -> Option<Caption> {
        let now = self.session().now();
        // Once somebody has intervened, the author no longer knows what happens.
        let script = &self.session().setup().script;
        let own = script.iter().any(|done| done.recorded && done.moment.at <= now);
        let written = self.source.says.iter().rev().find(|(at, _)| *at <= now);
        if let Some((_, text)) = written.filter(|_| !own) {
            return Some(Caption { text: text.clone(), written: true });
        }
        let session = self.tree.session_mut();
        let step = session.step_count();
        let notable = |kind| !matches!(kind, MarkKind::Client);
        let found =
            session.marks().iter().rev().find(|mark| mark.step <= step && notable(mark.kind));
        let at = found.map(|mark| mark.step)?;
        let (info, names) = (session.info(), session.names());
        let event = session.event(at)?;
        Some(Caption { text: tell::told(&event, info, names).into(), written: false })
    }

    fn branch_rows(&self) -> Vec<BranchRow> {
        let branches = self.tree.branches();
        let mut rows = Vec::with_capacity(branches.len());
        self.push_branches(None, 0, &mut rows);
        rows
    }

    fn push_branches(&self, parent: Option<BranchId>, depth: u32, rows: &mut Vec<BranchRow>) {
        for branch in self.tree.branches() {
            if branch.parent.map(|(from, _)| from) != parent {
                continue;
            }
            let label = self.labels.get(&branch.id.0).cloned();
            rows.push(BranchRow {
                id: branch.id,
                depth,
                parent,
                from: branch.parent.map(|(_, step)| step),
                label: label.unwrap_or_else(|| "as it was written".into()),
                head: branch.session.head(),
                current: branch.id == self.tree.current(),
            });
            self.push_branches(Some(branch.id), depth + 1, rows);
        }
    }
}

/// What can be seen of one run, by itself.
#[inline(never)]
fn seen(session: &dyn Session, service: &'static ServiceInfo, shots: &[Rc<NodeShot>]) -> Scene {
    let info = session.info();
    let names = session.names();
    let links = link_pairs(session);
    let sides = Rc::new(sides(names.servers, &links));
    let flags = &session.setup().params.flaws;
    let flaws = info.flaws.iter().zip(flags).filter(|(_, on)| **on);
    Scene {
        info,
        service,
        names,
        title: "".into(),
        step: session.step_count(),
        head: session.head(),
        now: session.now(),
        playing: false,
        manual: session.setup().manual,
        locked: false,
        speed: 0.0,
        more: false,
        nodes: shots.iter().cloned().map(Shot).collect(),
        before: None,
        event: None,
        flights: Rc::new(session.flights()),
        losses: Rc::new(session.losses()),
        links: Rc::new(links),
        sides,
        verdicts: Rc::new(session.verdicts()),
        calls: Rc::new(session.calls()),
        marks: Rc::default(),
        caption: None,
        branches: Vec::new(),
        digest: None,
        flaws: flaws.map(|(flaw, _)| flaw.id).collect(),
        lane: 0,
        beside: None,
    }
}

/// Asks every node how it is, and keeps the pointers of those that are as they were. Answers one
/// that is not, as it was.
fn look(session: &dyn Session, shots: &mut Vec<Rc<NodeShot>>) -> Option<Rc<NodeShot>> {
    let old = std::mem::take(shots);
    let mut changed = None;
    for node in session.names().all() {
        let shot = session.node(node);
        match old.get(node.index()) {
            Some(before) if same_but_for_time(before, &shot) => shots.push(before.clone()),
            before => {
                changed = before.cloned();
                shots.push(Rc::new(shot));
            }
        }
    }
    changed
}

/// Whether two looks at a node differ in nothing but what its clock says.
fn same_but_for_time(a: &NodeShot, b: &NodeShot) -> bool {
    a.lamport == b.lamport
        && a.up == b.up
        && a.paused == b.paused
        && a.offset_us == b.offset_us
        && a.drift_ppm == b.drift_ppm
        && a.crashes == b.crashes
        && a.timers == b.timers
        && a.vector == b.vector
        && a.view == b.view
}

/// Every link that carries anything: between servers, and between servers and clients.
fn link_pairs(session: &dyn Session) -> Vec<LinkPair> {
    let names = session.names();
    let mut pairs = Vec::new();
    for a in names.all() {
        for b in names.all().skip(a.index() + 1) {
            if names.is_client(a) {
                continue;
            }
            pairs.push(LinkPair { a, b, there: session.link(a, b), back: session.link(b, a) });
        }
    }
    pairs
}
