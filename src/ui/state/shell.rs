//! The page around the run: what is selected, which panel and which dialog are open, and what
//! the address asks for.

use std::rc::Rc;

use super::scene::Selection;
use crate::ui::hooks::{browser, number};
use crate::ui::stage::Layout;
use crate::ui::stage::arrange::{Arrange, Plan, Tool};
use crate::view::{NodeId, NodeNames};

/// What the query of the address asks for. Unknown names and values change nothing.
#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    /// Only stage, transport and narration.
    pub embed: bool,
    /// `light`, `dark` or `auto`.
    pub theme: Theme,
    /// Whether single-character keys work.
    pub keys: bool,
    /// Whether to play at once; never under reduced motion, never by itself in a frame.
    pub autoplay: Option<bool>,
    /// Virtual seconds a second.
    pub speed: Option<f64>,
    /// Whether motion is to be avoided, whatever the system says.
    pub still: bool,
    /// The layout of the stage.
    pub layout: Plan,
}

/// The theme that the address asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    /// As the system has it.
    Auto,
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

impl Query {
    /// Reads `?embed=1&theme=dark`. Never fails: a tracker's parameter is none of our business.
    pub fn parse(query: &str) -> Query {
        let mut asked = Query {
            embed: false,
            theme: Theme::Auto,
            keys: true,
            autoplay: None,
            speed: None,
            still: false,
            layout: Plan::default(),
        };
        for pair in query.trim_start_matches('?').split('&') {
            let (key, value) = pair.split_once('=').unwrap_or((pair, "1"));
            match (key, value) {
                ("embed", value) => asked.embed = value != "0",
                ("theme", "light") => asked.theme = Theme::Light,
                ("theme", "dark") => asked.theme = Theme::Dark,
                ("keys", "off") => asked.keys = false,
                ("autoplay", value) => asked.autoplay = Some(value == "1"),
                ("motion", "reduce") => asked.still = true,
                ("layout", value) => asked.layout = Plan::find(value).unwrap_or_default(),
                ("speed", value) => {
                    asked.speed = number::read(value).filter(|speed| *speed > 0.0);
                }
                _ => {}
            }
        }
        asked
    }
}

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
    /// The branches.
    Branches,
    /// The scenario's text.
    Script,
}

impl Tab {
    /// Every panel, in the order of the tabs.
    pub const ALL: [Tab; 6] =
        [Tab::Inspect, Tab::Events, Tab::Properties, Tab::Clients, Tab::Branches, Tab::Script];

    /// What stands on the tab.
    pub fn title(self) -> &'static str {
        match self {
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
    /// Whether a link is to lead to the start and not to the present moment.
    pub from_start: bool,
    /// Whether the link was copied, or could only be selected.
    pub copied: Option<bool>,
    /// A text that was written in place of what runs.
    pub written: Option<Rc<str>>,
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
    /// The link leads to the start.
    FromStart(bool),
    /// The link was copied, or not.
    Copied(bool),
    /// The scenario's text was changed, or is as it was.
    Written(Option<Rc<str>>),
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
            Edit::FromStart(start) => {
                self.from_start = start;
                self.copied = None;
            }
            Edit::Copied(done) => self.copied = Some(done),
            Edit::Written(text) => self.written = text,
            Edit::Mended(text) => self.mended = Some(text),
        }
    }
}

/// What only the stage looks at: it changes with every move of a pointer that drags, and whether
/// the page around has changed is asked without it.
#[derive(Clone)]
pub struct Aside<T>(pub T);

impl<T> PartialEq for Aside<T> {
    fn eq(&self, _: &Aside<T>) -> bool {
        true
    }
}

impl<T> std::ops::Deref for Aside<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

/// Everything of the page that is not the run.
#[derive(Clone, PartialEq)]
pub struct Shell {
    /// What the address asked for.
    pub query: Query,
    /// What is selected.
    pub selection: Option<Selection>,
    /// The open panel.
    pub tab: Tab,
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
    /// Whether the system or the address wants no motion.
    pub still: bool,
    /// A text that could not be opened.
    pub broken: Option<Rc<Broken>>,
    /// What is being filled in.
    pub form: Form,
    /// The stage's layout, once its size is known.
    pub layout: Aside<Layout>,
    /// How a person has arranged the stage.
    pub stage: Aside<Rc<Arrange>>,
    /// The node at which the Tab key stops.
    pub stop: NodeId,
    /// What of the log is in sight: from the top, and how high.
    pub sight: (f64, f64),
}

impl Shell {
    /// The page as it opens.
    pub fn new(query: Query, still: bool) -> Shell {
        let keys = query.keys;
        let still = still || query.still;
        let stage = Aside(Rc::new(Arrange::empty(query.layout)));
        Shell {
            query,
            selection: None,
            tab: Tab::Inspect,
            dialog: None,
            context: None,
            notice: None,
            spoken: "".into(),
            keys,
            still,
            broken: None,
            form: Form::default(),
            layout: Aside(Layout::default()),
            stage,
            stop: NodeId(0),
            sight: (0.0, 600.0),
        }
    }

    /// Whatever was in the hand is put away.
    pub fn put_away(&mut self) {
        Rc::make_mut(&mut self.stage.0).tool = Tool::None;
    }

    /// Lays out the stage for a size.
    pub fn lay_out(&mut self, names: NodeNames, width: f64, height: f64) {
        // On a small page they stand under the stage.
        let proposals = !self.query.embed && !browser::media("(max-width: 900px)");
        self.layout = Aside(Layout::new(names, (width, height), proposals, &self.stage));
    }
}
