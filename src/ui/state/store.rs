//! The one place that changes anything: commands come in, a [`Model`] goes out.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use yew::Callback;

use super::forms;
use super::player::Player;
use super::query::Query;
use super::scene::{Scene, Selection};
use super::script;
use super::sharing;
use super::shell::{Aside, Context, Dialog, Edit, Form, Notice, Shell, Tab};
use super::source::{self, Opened};
use super::study::{self, Desk, Jump};
use super::tell;
use super::undo::Undo;
use crate::sim::action::Action;
use crate::sim::info::MarkKind;
use crate::ui::hooks::browser;
use crate::ui::hooks::frames::Frames;
use crate::ui::stage::arrange::{self, Arrange, Wish};
use crate::ui::stage::geometry::Point;
use crate::ui::stage::painter::Painter;
use crate::view::NodeId;

/// What a person can want.
#[derive(Clone, Debug)]
pub enum Command {
    /// Play, or pause.
    Toggle,
    /// Pause.
    Pause,
    /// That many events on, or back.
    Step(i64),
    /// To the next of something, or to the one before.
    Jump(Jump, bool),
    /// To a position.
    Seek(u64),
    /// To the last event that is known.
    End,
    /// How fast, in virtual seconds a second.
    Speed(f64),
    /// Faster, or slower if negative.
    Shift(i32),
    /// Do something to the run.
    Act(Action),
    /// Several things at the same moment.
    ActAll(Vec<Action>),
    /// Look at another branch.
    Switch(u32),
    /// Face that one of two runs.
    Face(usize),
    /// Select something, or nothing.
    Select(Option<Selection>),
    /// Select the next message on its way.
    NextMessage,
    /// Select the next link.
    NextLink,
    /// Open a panel.
    Tab(Tab),
    /// Open a dialog, or close it.
    Dialog(Option<Dialog>),
    /// Open a menu on the stage, or close it.
    Context(Option<Context>),
    /// Close the notice.
    Dismiss,
    /// Take back what was done last.
    Undo,
    /// Do again what was taken back last.
    Redo,
    /// Something with the scenario's text.
    Script(script::Wish),
    /// Say something to the person.
    Notify(String, bool),
    /// Whether single-character keys work.
    Keys(bool),
    /// Whether the live region says what happens.
    Announce(bool),
    /// Fill something in.
    Edit(Edit),
    /// Fill something in where runs come from and go to.
    Share(sharing::Wish),
    /// A form for exact values.
    Form(forms::Wish),
    /// Begin the run again from a changed text, and come back to this moment.
    Rerun(String),
    /// The stage has that size now.
    Resize(f64, f64),
    /// Arrange the stage.
    Stage(Wish),
    /// The Tab key stops at that node.
    Stop(NodeId),
    /// That part of the log is in sight.
    Sight(f64, f64),
    /// Understand something of the run.
    Study(study::Wish),
    /// Open a scenario's text.
    OpenText(String),
    /// Open what stands behind the hash mark of the address.
    OpenFragment(String),
    /// Open a scenario of the library.
    OpenLibrary(String),
}

/// What a person hears who would change a run that may only be watched.
pub const WATCH_ONLY: &str = "This page is for watching: the run cannot be changed here.";

impl Command {
    /// Whether it changes the run, or begins to. Opening another one does not.
    fn changes(&self) -> bool {
        use Command::{Act, ActAll, Form, Redo, Rerun, Script, Undo};
        let dialog = match self {
            Command::Dialog(Some(dialog)) => {
                matches!(dialog, Dialog::Act | Dialog::Partition | Dialog::Form)
            }
            _ => false,
        };
        dialog || matches!(self, Act(_) | ActAll(_) | Form(_) | Redo | Rerun(_) | Script(_) | Undo)
    }
}

/// The run and the page around it, as the components see them. Compared by pointer.
#[derive(Clone)]
pub struct Model {
    /// The run.
    pub scene: View,
    /// The run as the panels show it: while it plays they follow a few times a second, because
    /// nobody reads faster, and because a frame has better things to do.
    pub calm: View,
    /// The page around it.
    pub shell: Rc<Shell>,
}

/// A scene as a property: compared by pointer.
#[derive(Clone)]
pub struct View(pub Rc<Scene>);

impl PartialEq for View {
    fn eq(&self, other: &View) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl std::ops::Deref for View {
    type Target = Scene;

    fn deref(&self) -> &Scene {
        &self.0
    }
}

/// The store, shared by everybody through a context. It is always the same.
#[derive(Clone)]
pub struct Store(pub(super) Rc<Inner>);

impl PartialEq for Store {
    fn eq(&self, other: &Store) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

pub(super) struct Inner {
    pub(super) desk: RefCell<Desk>,
    looking: Cell<bool>,
    pub(super) player: RefCell<Player>,
    pub(super) shell: RefCell<Shell>,
    pub(super) scene: RefCell<Rc<Scene>>,
    calm: RefCell<Rc<Scene>>,
    calm_at: Cell<f64>,
    /// One for each of two runs; mostly the second has nothing to paint.
    painters: [RefCell<Painter>; 2],
    pub(super) undo: RefCell<Undo>,
    /// The line of the text that was last in sight for being the present one.
    pub(super) script_line: Cell<usize>,
    frames: RefCell<Option<Frames>>,
    listener: RefCell<Option<Callback<Model>>>,
    /// Whether the person knows where branches are found.
    knows_branches: Cell<bool>,
    /// Whether to play on when the open dialog closes.
    resume: Cell<bool>,
    spoken_at: Cell<f64>,
    hash_at: Cell<f64>,
    hash_waits: Cell<bool>,
    /// Whether nobody can see the page.
    unseen: Cell<bool>,
}

/// The live region speaks at most once in so many milliseconds while the run plays.
const SPEAK_EVERY_MS: f64 = 2_000.0;
/// The address is rewritten at most once in so many milliseconds.
const HASH_EVERY_MS: f64 = 500.0;
/// The panels follow a run that plays at most once in so many milliseconds.
const CALM_EVERY_MS: f64 = 150.0;

impl Store {
    /// The page around a run.
    pub fn new(opened: Opened, mut shell: Shell) -> Store {
        shell.stage = Aside(Rc::new(Arrange::new(shell.stage.plan, opened.tree.session())));
        shell.pair = opened.tree.session().beside().is_some();
        let mut player = Player::new(opened.tree, opened.source);
        player.follow(&shell);
        if let Some(at) = opened.at {
            player.seek_position(at);
        }
        if let Some(text) = opened.remark {
            shell.notice = Some(Notice { text, wrong: false });
        }
        if let Some(speed) = shell.query.speed {
            player.set_speed(speed);
        }
        let service = player.source().service;
        crate::ui::card::keep(player.text());
        let scene = Rc::new(player.scene(service));
        let store = Store(Rc::new(Inner {
            player: RefCell::new(player),
            shell: RefCell::new(shell),
            desk: RefCell::default(),
            looking: Cell::new(false),
            scene: RefCell::new(scene.clone()),
            calm: RefCell::new(scene),
            calm_at: Cell::new(0.0),
            painters: Default::default(),
            undo: RefCell::default(),
            script_line: Cell::new(0),
            frames: RefCell::new(None),
            listener: RefCell::new(None),
            knows_branches: Cell::new(false),
            resume: Cell::new(false),
            spoken_at: Cell::new(0.0),
            hash_at: Cell::new(-1e9),
            hash_waits: Cell::new(false),
            unseen: Cell::new(false),
        }));
        let weak = Rc::downgrade(&store.0);
        let frames =
            Frames::new(move |dt| weak.upgrade().is_some_and(|inner| Store(inner).tick(dt)));
        *store.0.frames.borrow_mut() = Some(frames);
        store
    }

    /// Who is told of changes.
    pub fn listen(&self, listener: Callback<Model>) {
        *self.0.listener.borrow_mut() = Some(listener);
    }

    /// The present state.
    pub fn model(&self) -> Model {
        let shell = Rc::new(self.0.shell.borrow().clone());
        let calm = View(self.0.calm.borrow().clone());
        Model { scene: View(self.0.scene.borrow().clone()), calm, shell }
    }

    /// Which of two runs side by side is faced.
    pub fn lane(&self) -> usize {
        self.0.scene.borrow().lane
    }

    /// A callback that sends a command, whatever the event.
    pub fn on<E: 'static>(&self, command: Command) -> Callback<E> {
        let store = self.clone();
        Callback::from(move |_| store.send(command.clone()))
    }

    /// What the address asked for.
    pub fn query(&self) -> Query {
        self.0.shell.borrow().query.clone()
    }

    /// Asks the run something that no scene holds.
    pub fn ask<T>(&self, question: impl FnOnce(&mut Player) -> T) -> T {
        question(&mut self.0.player.borrow_mut())
    }

    /// Looks at the page around the run, or changes it.
    pub fn shell<T>(&self, act: impl FnOnce(&mut Shell) -> T) -> T {
        act(&mut self.0.shell.borrow_mut())
    }

    /// Asks the run with what was found out about it.
    pub fn desk<T>(&self, question: impl FnOnce(&mut Desk, &mut Player) -> T) -> T {
        question(&mut self.0.desk.borrow_mut(), &mut self.0.player.borrow_mut())
    }

    /// Gives or takes the canvas.
    pub fn attach(&self, lane: usize, canvas: Option<web_sys::HtmlCanvasElement>) {
        self.0.painters[lane].borrow_mut().attach(canvas);
        self.request_frame();
    }

    /// The colours have changed.
    pub fn repaint(&self) {
        for painter in &self.0.painters {
            painter.borrow_mut().forget_colours();
        }
        self.request_frame();
    }

    /// The message at a place of the stage, if one is drawn there now.
    pub fn message_at(&self, at: Point) -> Option<crate::view::MessageName> {
        let player = self.0.player.borrow();
        self.painter().borrow().hit(&self.0.scene.borrow(), player.shown(), at)
    }

    /// Paints the run that is faced.
    fn painter(&self) -> &RefCell<Painter> {
        &self.0.painters[self.0.scene.borrow().lane]
    }

    /// The stages are laid out as the shell says.
    pub(super) fn lay_out(&self, shell: &Shell) {
        for painter in &self.0.painters {
            painter.borrow_mut().lay_out(shell.layout.0.clone(), shell.stage.camera);
        }
    }

    /// How many frames there have been.
    pub fn frame_count(&self) -> u32 {
        self.0.frames.borrow().as_ref().map_or(0, Frames::count)
    }

    /// How long it takes to draw the present picture, in milliseconds.
    pub fn time_paint(&self, times: u32) -> f64 {
        let player = self.0.player.borrow();
        let scene = self.0.scene.borrow();
        let mut painter = self.painter().borrow_mut();
        let begin = browser::now_ms();
        for _ in 0..times {
            painter.paint(&scene, player.shown(), player.arriving(), None);
        }
        (browser::now_ms() - begin) / f64::from(times.max(1))
    }

    /// Stops the frames while nobody sees them, and goes on after.
    pub fn seen(&self, seen: bool) {
        self.0.unseen.set(!seen);
        if seen {
            self.request_frame();
        } else if let Some(frames) = &*self.0.frames.borrow() {
            frames.cancel();
        }
    }

    /// Does what a person wants.
    pub fn send(&self, command: Command) {
        let command = match self.0.shell.borrow().query.edit || !command.changes() {
            true => command,
            false => Command::Notify(WATCH_ONLY.to_string(), false),
        };
        let around = matches!(
            &command,
            Command::Select(_)
                | Command::NextMessage
                | Command::NextLink
                | Command::Tab(_)
                | Command::Dialog(_)
                | Command::Context(_)
                | Command::Dismiss
                | Command::Notify(..)
                | Command::Keys(_)
                | Command::Announce(_)
                | Command::Edit(_)
                | Command::Share(_)
                | Command::Form(_)
                | Command::Resize(..)
                | Command::Stage(_)
                | Command::Stop(_)
                | Command::Sight(..)
                | Command::Study(_)
        ) || matches!(&command, Command::Script(wish) if wish.around());
        // What comes with every move of a pointer changes the page around the stage but rarely.
        let often = matches!(command, Command::Stage(_) | Command::Study(study::Wish::Look));
        let was = self.0.shell.borrow().hectic();
        let asked = match &command {
            Command::Dialog(dialog) => self.hold_still(*dialog),
            _ => false,
        };
        let speak = self.perform(command);
        let mut shell = self.0.shell.borrow_mut();
        shell.stamp += u32::from(!often || shell.hectic() != was);
        drop(shell);
        if around && !asked {
            self.tell_listener(speak);
            self.request_frame();
        } else {
            self.publish(speak);
        }
    }

    /// Nothing moves behind an open dialog; what played goes on when it closes. A link to share is
    /// to this moment, so sharing pauses for good. Says whether that changed anything.
    fn hold_still(&self, dialog: Option<Dialog>) -> bool {
        let mut player = self.0.player.borrow_mut();
        match dialog {
            Some(dialog) if player.playing() => {
                player.pause();
                self.0.resume.set(dialog != Dialog::Share);
                true
            }
            Some(_) => false,
            None => self.0.resume.replace(false) && player.play(),
        }
    }

    fn request_frame(&self) {
        if self.0.unseen.get() {
            return;
        }
        if let Some(frames) = &*self.0.frames.borrow() {
            frames.request();
        }
    }

    fn tick(&self, dt: f64) -> bool {
        let advance = self.0.player.borrow_mut().advance(dt);
        if advance.changed {
            let was = self.0.scene.borrow().clone();
            self.refresh_scene();
            if was.playing && !self.0.player.borrow().playing() {
                self.save_hash();
            }
            let spoken = self.speak_while_playing(&was);
            self.tell_listener(spoken);
        }
        let player = self.0.player.borrow();
        let selection = self.0.shell.borrow().selection;
        // Who wants no motion sees one state after the other, and nothing in between.
        if player.playing() && !advance.changed && self.0.shell.borrow().still {
            return advance.more;
        }
        let scene = self.0.scene.borrow();
        let mut painter = self.painter().borrow_mut();
        painter.paint(&scene, player.shown(), player.arriving(), selection);
        if let Some(beside) = &scene.beside {
            let mut painter = self.0.painters[1 - scene.lane].borrow_mut();
            painter.paint(beside, player.shown(), &[], None);
        }
        advance.more
    }

    fn refresh_scene(&self) {
        let mut player = self.0.player.borrow_mut();
        let service = player.source().service;
        let scene = Rc::new(player.scene(service));
        let now = browser::now_ms();
        if !scene.playing || now - self.0.calm_at.get() >= CALM_EVERY_MS {
            self.0.calm_at.set(now);
            *self.0.calm.borrow_mut() = scene.clone();
        }
        *self.0.scene.borrow_mut() = scene;
        let branch = player.branch();
        drop(player);
        self.0.desk.borrow_mut().keep_up(branch, &mut self.0.shell.borrow_mut().study);
        self.look_on();
    }

    fn publish(&self, speak: Option<String>) {
        // Whoever does something sees at once what came of it.
        self.0.calm_at.set(f64::NEG_INFINITY);
        self.refresh_scene();
        self.tell_listener(speak);
        self.request_frame();
    }

    fn tell_listener(&self, speak: Option<String>) {
        if let Some(text) = speak {
            let mut shell = self.0.shell.borrow_mut();
            if shell.announce {
                shell.spoken = text.into();
            }
        }
        self.follow_script();
        let listener = self.0.listener.borrow().clone();
        if let Some(listener) = listener {
            listener.emit(self.model());
        }
    }

    /// While it plays, only what the scrubber marks is said, and seldom.
    fn speak_while_playing(&self, was: &Scene) -> Option<String> {
        let scene = self.0.scene.borrow().clone();
        if !scene.playing {
            return Some(self.position());
        }
        let now = browser::now_ms();
        let worth = |kind| matches!(kind, MarkKind::Leadership | MarkKind::Violation);
        let mark =
            scene.marks.iter().rev().find(|mark| worth(mark.kind) && mark.step <= scene.step);
        let mark = mark.filter(|mark| mark.step > was.step)?;
        if now - self.0.spoken_at.get() < SPEAK_EVERY_MS {
            return None;
        }
        self.0.spoken_at.set(now);
        let mut player = self.0.player.borrow_mut();
        let event = player.session_mut().event(mark.step)?;
        Some(tell::told(&event, scene.info, scene.names))
    }

    /// Where the run stands, in words.
    pub(super) fn position(&self) -> String {
        let mut player = self.0.player.borrow_mut();
        let session = player.session_mut();
        let (step, now) = (session.step_count(), session.now());
        let (info, names) = (session.info(), session.names());
        let what = if step == 0 { None } else { session.event(step) };
        let what = what.map(|event| tell::told(&event, info, names)).unwrap_or_default();
        format!("Event {step}, {}. {what}", tell::clock(now))
    }

    fn perform(&self, command: Command) -> Option<String> {
        match command {
            Command::Toggle => return self.toggle(),
            Command::Pause => self.0.player.borrow_mut().pause(),
            Command::Step(count) => self.0.player.borrow_mut().step(count),
            Command::Jump(jump, forward) => {
                let selection = self.0.shell.borrow().selection;
                let scene = self.0.scene.borrow().clone();
                let mut player = self.0.player.borrow_mut();
                if let Err(why) = study::jump(&mut player, &scene, selection, jump, forward) {
                    drop(player);
                    return self.perform(Command::Notify(why, false));
                }
            }
            Command::Study(wish) => return self.study(wish),
            Command::Seek(step) => self.0.player.borrow_mut().seek(step),
            Command::End => {
                let head = self.0.player.borrow().session().head();
                self.0.player.borrow_mut().seek(head);
            }
            Command::Switch(id) => self.0.player.borrow_mut().switch(id),
            Command::Face(lane) => return self.face(lane),
            Command::Act(action) => return self.act(vec![action]),
            Command::ActAll(actions) => return self.act(actions),
            Command::Speed(speed) => {
                self.0.player.borrow_mut().set_speed(speed);
                return None;
            }
            Command::Shift(by) => {
                self.0.player.borrow_mut().shift_speed(by);
                return Some(format!("Speed {}×", self.0.player.borrow().speed_name()));
            }
            Command::Undo => return Some(self.undo(true)),
            Command::Redo => return Some(self.undo(false)),
            Command::Script(wish) => return self.wish(wish),
            Command::OpenText(text) => {
                let keep = self.0.shell.borrow().broken.is_none();
                return self.open(source::open_text(&text), false, keep);
            }
            Command::OpenFragment(text) => {
                return self.open(source::open_fragment(&text), true, false);
            }
            Command::Rerun(text) => return self.open(forms::rerun(self, &text), false, true),
            Command::Form(wish) => return forms::perform(self, wish),
            Command::OpenLibrary(id) => return self.open(source::open_library(&id), true, true),
            other => return self.perform_on_shell(other),
        }
        self.0.shell.borrow_mut().context = None;
        self.save_hash();
        Some(self.position())
    }

    /// Panels, keys and what is done to one message speak of that run from now on.
    fn face(&self, lane: usize) -> Option<String> {
        let mut player = self.0.player.borrow_mut();
        if player.session().beside().is_none() || player.lane() == lane {
            return None;
        }
        player.turn();
        let title = player.session().info().title;
        drop(player);
        let mut shell = self.0.shell.borrow_mut();
        if matches!(shell.selection, Some(Selection::Message(_))) {
            shell.selection = None;
        }
        shell.context = None;
        shell.study.why = None;
        Some(format!("{title}. {}", self.position()))
    }

    fn study(&self, wish: study::Wish) -> Option<String> {
        let said = study::perform(
            &mut self.0.desk.borrow_mut(),
            &mut self.0.player.borrow_mut(),
            &mut self.0.shell.borrow_mut(),
            wish,
        );
        self.look_on();
        said
    }

    /// Looks through what was not looked at yet, when the page has had its turn.
    fn look_on(&self) {
        let head = self.0.player.borrow().session().head();
        let wants = self.0.desk.borrow().wants(&self.0.shell.borrow().study, head);
        if wants && !self.0.looking.replace(true) {
            let store = self.clone();
            browser::later(0.0, move || {
                store.0.looking.set(false);
                store.send(Command::Study(study::Wish::Look));
            });
        }
    }

    fn toggle(&self) -> Option<String> {
        let playing = self.0.player.borrow().playing();
        if playing {
            self.0.player.borrow_mut().pause();
            self.save_hash();
            return Some(self.position());
        }
        if self.0.player.borrow_mut().play() {
            return None;
        }
        let manual = self.0.scene.borrow().manual;
        let why = match manual {
            true => "Nothing happens by itself here: deliver a message or fire a timer.",
            false => "Nothing more happens from here. Do something, or step back.",
        };
        self.0.shell.borrow_mut().notice = Some(Notice { text: why.into(), wrong: false });
        Some(why.to_string())
    }

    fn perform_on_shell(&self, command: Command) -> Option<String> {
        let scene = self.0.scene.borrow().clone();
        let mut shell = self.0.shell.borrow_mut();
        match command {
            Command::Select(what) => {
                shell.selection = what;
                shell.context = None;
                shell.study.why = None;
                if what.is_some() {
                    shell.tab = Tab::Inspect;
                }
            }
            Command::NextMessage => {
                let next = next_message(&scene, shell.selection);
                let Some(next) = next else { return Some("No message is on its way.".into()) };
                shell.selection = Some(next);
                shell.tab = Tab::Inspect;
                return Some(scene.describe(next));
            }
            Command::NextLink => {
                shell.selection = next_link(&scene, shell.selection);
                shell.tab = Tab::Inspect;
                return shell.selection.map(|link| scene.describe(link));
            }
            Command::Tab(tab) => shell.tab = tab,
            Command::Dialog(dialog) => {
                shell.dialog = dialog;
                shell.context = None;
                shell.sharing.begin();
                shell.put_away();
                shell.form.mended = None;
                if dialog == Some(Dialog::Partition) {
                    shell.form.side = (0..scene.names.servers / 2).map(NodeId).collect();
                }
                if dialog.is_none() {
                    // The address of what did not open gives way to that of what runs.
                    let mended = shell.broken.take().is_some();
                    // The focus goes back to where it was, and whoever gets it may speak up.
                    drop(shell);
                    browser::close_dialog();
                    if mended {
                        self.save_hash();
                    }
                }
            }
            Command::Context(context) => shell.context = context,
            Command::Dismiss => shell.notice = None,
            Command::Notify(text, wrong) => {
                shell.notice = Some(Notice { text: text.as_str().into(), wrong });
                return Some(text);
            }
            Command::Keys(on) => shell.keys = on,
            Command::Announce(on) => {
                shell.announce = on;
                shell.spoken = "".into();
            }
            Command::Edit(edit) => shell.form.edit(edit),
            Command::Share(wish) => shell.sharing.wish(wish),
            Command::Stop(node) => {
                shell.stop = node;
                drop(shell);
                return self.perform_on_shell(Command::Stage(Wish::LookAt(node, false)));
            }
            Command::Sight(top, height) => shell.sight = (top, height),
            Command::Resize(width, height) => {
                shell.lay_out(scene.names, width, height);
                self.lay_out(&shell);
            }
            Command::Stage(wish) => {
                let said = arrange::obey(&mut shell, scene.names, wish);
                self.lay_out(&shell);
                return said;
            }
            _ => {}
        }
        None
    }

    fn act(&self, actions: Vec<Action>) -> Option<String> {
        // What was typed and reads counts before what is done now.
        self.run_draft();
        let (mut branched, mut said, mut failed) = (false, Vec::new(), None);
        let kept = self.0.player.borrow().keep();
        let (was, draft) = {
            let shell = self.0.shell.borrow();
            (self.sheet(&shell), shell.script.unrun())
        };
        let mut written = Vec::new();
        let names = self.0.player.borrow().session().names();
        for action in actions {
            let line = source::action_line(&action, names);
            let result = self.0.player.borrow_mut().act(action.clone());
            match result {
                Ok(new) => {
                    branched |= new;
                    said.push(line);
                    written
                        .extend(source::recorded_line(self.0.player.borrow().session(), &action));
                }
                Err(why) => {
                    failed = Some(format!("{line}: {why}"));
                    break;
                }
            }
        }
        if !said.is_empty() {
            self.0.undo.borrow_mut().remember(&said.join(", "), kept, draft);
            self.name_undo();
            self.show_written(&was, &written);
            crate::ui::card::keep(self.ask(|player| player.text()));
        }
        let mut shell = self.0.shell.borrow_mut();
        if let Some(text) = failed {
            shell.notice = Some(Notice { text: text.as_str().into(), wrong: true });
            return Some(text);
        }
        shell.context = None;
        let news = branched && !self.0.knows_branches.replace(branched);
        shell.notice = news.then(|| Notice {
            text: "This is a new branch; what happened before is kept under Branches.".into(),
            wrong: false,
        });
        drop(shell);
        if !self.0.player.borrow().playing() {
            self.save_hash();
        }
        let tail = if branched { ". A new branch begins." } else { "." };
        Some(format!("{}{tail}", said.join(", ")))
    }

    fn open(
        &self,
        opened: Result<Opened, super::shell::Broken>,
        link: bool,
        keep: bool,
    ) -> Option<String> {
        if opened.is_ok() {
            // Before anything is borrowed: the focus goes back, and whoever gets it may speak up.
            browser::close_dialog();
        }
        let mut shell = self.0.shell.borrow_mut();
        match opened {
            Err(broken) => {
                let said = broken.problems.first().map(|line| line.to_string());
                shell.broken = Some(Rc::new(broken));
                shell.dialog = Some(Dialog::Mend);
                said
            }
            Ok(opened) => {
                // The history of a frame is the embedding page's: its Back is not ours.
                if keep && !browser::framed() {
                    // What ran so far stays behind the browser's Back.
                    self.0.hash_at.set(f64::NEG_INFINITY);
                    self.save_hash();
                    browser::push_address();
                }
                let draft = shell.script.unrun();
                let mut player = self.0.player.borrow_mut();
                let title = opened.source.title.clone();
                let left = player.replace(opened.tree, opened.source, false);
                if let Some(at) = opened.at {
                    player.seek_position(at);
                }
                let plan = shell.stage.plan;
                shell.stage = Aside(Rc::new(Arrange::new(plan, player.session())));
                drop(player);
                self.0.undo.borrow_mut().remember(&format!("open {title}"), left, draft);
                shell.script.set_draft(None);
                shell.dialog = None;
                shell.broken = None;
                self.0.resume.set(false);
                shell.form = Form::default();
                self.settle_in(&mut shell);
                let remark = opened.remark.filter(|_| link);
                shell.notice = remark.map(|text| Notice { text, wrong: false });
                drop(shell);
                self.name_undo();
                self.0.hash_at.set(f64::NEG_INFINITY);
                self.save_hash();
                Some(format!("Opened: {title}"))
            }
        }
    }

    /// Writes the link of the present position behind the hash mark, at most twice a second, and
    /// only when the run stands still and something was done or a link was opened.
    pub(super) fn save_hash(&self) {
        let now = browser::now_ms();
        let wait = self.0.hash_at.get() + HASH_EVERY_MS - now;
        if wait > 0.0 {
            // What came too soon is written later: the address never stays behind the run.
            if !self.0.hash_waits.replace(true) {
                let store = self.clone();
                browser::later(wait, move || {
                    store.0.hash_waits.set(false);
                    if !store.0.player.borrow().playing() {
                        store.save_hash();
                    }
                });
            }
            return;
        }
        let shared = self.0.player.borrow_mut().share(true);
        if let Ok(shared) = shared {
            self.0.hash_at.set(now);
            browser::replace_fragment(&shared.fragment);
        }
    }
}

fn next_message(scene: &Scene, selection: Option<Selection>) -> Option<Selection> {
    let at = match selection {
        Some(Selection::Message(name)) => {
            scene.flights.iter().position(|flight| flight.name == name).map_or(0, |at| at + 1)
        }
        _ => 0,
    };
    let flight = scene.flights.get(at).or_else(|| scene.flights.first())?;
    Some(Selection::Message(flight.name))
}

fn next_link(scene: &Scene, selection: Option<Selection>) -> Option<Selection> {
    let servers = NodeId(scene.names.servers);
    let links: Vec<_> = scene.links.iter().filter(|link| link.b < servers).collect();
    let at = match selection {
        Some(Selection::Link(a, b)) => {
            links.iter().position(|link| (link.a, link.b) == (a, b)).map_or(0, |at| at + 1)
        }
        Some(Selection::Node(node)) => {
            links.iter().position(|link| link.a == node || link.b == node).unwrap_or(0)
        }
        _ => 0,
    };
    let link = links.get(at).or_else(|| links.first())?;
    Some(Selection::Link(link.a, link.b))
}
