//! The page around the run: what is selected, which panel and which dialog are open.

use std::rc::Rc;

use super::forms::Blank;
use super::query::{Controls, Query};
use super::scene::Selection;
use super::script::Editor;
use super::sharing::Sharing;
use super::study::Study;
use super::undo::Undoable;
use crate::ui::hooks::browser;
use crate::ui::stage::Layout;
use crate::ui::stage::arrange::{Arrange, Plan, Tool};
use crate::view::{NodeId, NodeNames};

/// Where the panels stand under the stage; the style sheet says the same.
const NARROW: &str = "(max-width: 900px), (max-width: 1100px) and (max-height: 500px)";

/// A panel of the side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tab {
    /// What is selected, or what one sees.
    Inspect,
    /// What happened.
    Events,
    /// What must hold.
    Properties,
    /// What the clients asked.
    Clients,
    /// What two runs side by side have cost.
    Compare,
    /// The branches.
    Branches,
    /// The scenario's text.
    Script,
}

impl Tab {
    /// Every panel, in the order of the tabs.
    pub const ALL: [Tab; 7] = [
        Tab::Compare,
        Tab::Inspect,
        Tab::Events,
        Tab::Properties,
        Tab::Clients,
        Tab::Branches,
        Tab::Script,
    ];

    /// Whether the address wants this panel. It calls two of them as everybody does: `state` and
    /// `log`. Where the run may not be changed, there is nothing to write and no branch.
    pub fn shown(self, query: &Query) -> bool {
        let name = match self {
            Tab::Inspect => "state",
            Tab::Events => "log",
            tab => tab.word(),
        };
        let changes = matches!(self, Tab::Script | Tab::Branches);
        query.shows(name, !query.embed) && (query.edit || !changes)
    }

    /// The panels that the address wants, and that there is something for.
    pub fn all(shell: &Shell) -> Vec<Tab> {
        let there = |tab: &Tab| shell.pair || *tab != Tab::Compare;
        let wanted = |tab: &Tab| tab.shown(&shell.query);
        Tab::ALL.into_iter().filter(there).filter(wanted).collect()
    }

    /// What stands on the tab.
    pub fn title(self) -> &'static str {
        match self {
            Tab::Compare => "Compare",
            Tab::Inspect => "Inspect",
            Tab::Events => "Events",
            Tab::Properties => "Properties",
            Tab::Clients => "Clients",
            Tab::Branches => "Branches",
            Tab::Script => "Script",
        }
    }

    /// The same as part of an id.
    pub fn word(self) -> &'static str {
        match self {
            Tab::Compare => "compare",
            Tab::Inspect => "inspect",
            Tab::Events => "events",
            Tab::Properties => "properties",
            Tab::Clients => "clients",
            Tab::Branches => "branches",
            Tab::Script => "script",
        }
    }
}

/// A dialog.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialog {
    /// Keys, colours, forms.
    Help,
    /// The scenarios that come with the page.
    Library,
    /// A link to this run.
    Share,
    /// Everything that can be done to the run.
    Act,
    /// Choose the sides of a partition.
    Partition,
    /// Fill in exact values.
    Form,
    /// A text that could not be opened.
    Mend,
}

/// A menu at a place of the stage.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Context {
    /// For what.
    pub what: Selection,
    /// Where, in pixels from the stage's left upper corner.
    pub x: f64,
    /// Where.
    pub y: f64,
}

/// One short message to the person.
#[derive(Clone, Debug, PartialEq)]
pub struct Notice {
    /// What is said.
    pub text: Rc<str>,
    /// Whether it is about something that went wrong.
    pub wrong: bool,
}

/// A text that could not be opened, with what is wrong. It stays until it is mended or closed.
#[derive(Clone, Debug, PartialEq)]
pub struct Broken {
    /// The person's text (or the link, if not even a text came out of it).
    pub text: Rc<str>,
    /// One line each.
    pub problems: Vec<Rc<str>>,
    /// What one may do about it.
    pub hint: Rc<str>,
}

/// What a person has begun to fill in. It lives here and not in the components, because each
/// component with a state of its own costs kilobytes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Form {
    /// Which operation a client is to ask for.
    pub op: Option<usize>,
    /// The nodes of the first side of a partition.
    pub side: Vec<NodeId>,
    /// The mended form of a text that could not be opened.
    pub mended: Option<Rc<str>>,
}

/// A change of a form.
#[derive(Clone, Debug)]
pub enum Edit {
    /// The operation of that place.
    Op(usize),
    /// A node changes sides.
    Side(NodeId),
    /// The broken text was changed.
    Mended(Rc<str>),
}

impl Form {
    /// Makes a change.
    pub fn edit(&mut self, edit: Edit) {
        match edit {
            Edit::Op(op) => self.op = Some(op),
            Edit::Side(node) => match self.side.iter().position(|other| *other == node) {
                Some(place) => drop(self.side.remove(place)),
                None => self.side.push(node),
            },
            Edit::Mended(text) => self.mended = Some(text),
        }
    }
}

/// What only the stage looks at: it changes with every move of a pointer that drags, and the page
/// around is not drawn again for it.
#[derive(Clone)]
pub struct Aside<T>(pub T);

impl<T> std::ops::Deref for Aside<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

/// Everything of the page that is not the run. Two of them are equal if their stamps are: to
/// compare field by field is kilobytes of code, and each command but few changes one.
#[derive(Clone)]
pub struct Shell {
    /// Counts what has changed around the stage.
    pub stamp: u32,
    /// What the address asked for.
    pub query: Query,
    /// What is selected.
    pub selection: Option<Selection>,
    /// The open panel.
    pub tab: Tab,
    /// Whether two runs stand side by side.
    pub pair: bool,
    /// The open dialog.
    pub dialog: Option<Dialog>,
    /// The open menu on the stage.
    pub context: Option<Context>,
    /// What the page says about the last command.
    pub notice: Option<Notice>,
    /// What the live region says.
    pub spoken: Rc<str>,
    /// Whether single-character keys work.
    pub keys: bool,
    /// Whether the live region says what happens.
    pub announce: bool,
    /// Whether the system or the address wants no motion.
    pub still: bool,
    /// A text that could not be opened.
    pub broken: Option<Rc<Broken>>,
    /// What is being filled in.
    pub form: Form,
    /// The same for the library and for what is shared.
    pub sharing: Sharing,
    /// The open form for exact values.
    pub blank: Option<Rc<Blank>>,
    /// The sample of a panel that a test looks at.
    pub sample: Option<Rc<str>>,
    /// The scenario's text, as far as it is not the run's.
    pub script: Editor,
    /// What can be undone and redone.
    pub undo: Undoable,
    /// The stage's layout, once its size is known.
    pub layout: Aside<Layout>,
    /// How a person has arranged the stage.
    pub stage: Aside<Rc<Arrange>>,
    /// What the tools of the stage show of it.
    pub tools: (Plan, bool, bool),
    /// The node at which the Tab key stops.
    pub stop: NodeId,
    /// What of the log is in sight: from the top, and how high.
    pub sight: (f64, f64),
    /// What is being studied.
    pub study: Study,
}

impl PartialEq for Shell {
    fn eq(&self, other: &Shell) -> bool {
        self.stamp == other.stamp
    }
}

impl Shell {
    /// What may change around the stage while somebody drags on it, or while a run is looked
    /// through.
    pub fn hectic(&self) -> ((Plan, bool, bool), bool, NodeId, usize, u64) {
        let study = &self.study;
        (self.tools, self.context.is_some(), self.stop, study.found, study.looked)
    }

    /// Fits the page to another run of those nodes: a layout and a selection are kept if the
    /// nodes are the same.
    pub fn fit(&mut self, names: NodeNames, was: NodeNames) {
        self.context = None;
        if names == was {
            return;
        }
        self.selection = None;
        self.stop = NodeId(0);
    }

    /// The page as it opens.
    pub fn new(query: Query, still: bool) -> Shell {
        let keys = query.keys;
        let still = still || query.still;
        let stage = Aside(Rc::new(Arrange::empty(Plan::find(query.layout).unwrap_or_default())));
        Shell {
            stamp: 0,
            query,
            selection: None,
            tab: Tab::Compare,
            pair: false,
            dialog: None,
            context: None,
            notice: None,
            spoken: "".into(),
            keys,
            announce: true,
            still,
            broken: None,
            form: Form::default(),
            sharing: Sharing::default(),
            blank: None,
            sample: None,
            layout: Aside(Layout::default()),
            tools: stage.shown(),
            stage,
            script: Editor::default(),
            undo: Undoable::default(),
            stop: NodeId(0),
            sight: (0.0, 600.0),
            study: Study::default(),
        }
    }

    /// Whether things to try are proposed at the foot of the stage.
    pub fn proposes(&self) -> bool {
        self.query.controls == Controls::Full && self.query.edit
    }

    /// Whatever was in the hand is put away.
    pub fn put_away(&mut self) {
        Rc::make_mut(&mut self.stage.0).tool = Tool::None;
        self.tools = self.stage.shown();
    }

    /// Lays out the stage for a size.
    pub fn lay_out(&mut self, names: NodeNames, width: f64, height: f64) {
        // On a small page they stand under the stage.
        let proposals = self.proposes() && !self.pair && !browser::media(NARROW);
        self.layout = Aside(Layout::new(names, (width, height), proposals, &self.stage));
        self.tools = self.stage.shown();
    }
}
