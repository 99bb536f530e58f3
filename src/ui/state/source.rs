//! Where runs come from and where they go: scenario texts and links.

use std::rc::Rc;

use super::player::Player;
use super::shell::Broken;
use crate::protocols;
use crate::service::ServiceInfo;
use crate::sim::action::Action;
use crate::sim::info::Params;
use crate::sim::session::{ClientRules, Setup, Watch, Weather};
use crate::sim::tree::Tree;
use crate::view::{NodeNames, Time};

/// What a run was made from.
pub struct Source {
    /// What the scenario is called.
    pub title: Rc<str>,
    /// What its author says, and when.
    pub says: Vec<(Time, Rc<str>)>,
    /// Where playing stops once.
    pub until: Option<Time>,
    /// What the clients may ask.
    pub service: &'static ServiceInfo,
}

/// An action as a line of a scenario writes it, without its time.
pub fn action_line(action: &Action, _names: NodeNames) -> String {
    format!("{action:?}")
}

/// A run.
pub struct Opened {
    /// The run.
    pub tree: Tree,
    /// What it was made from.
    pub source: Source,
    /// Where it is to be opened.
    pub at: Option<Time>,
    /// What the person should know of it.
    pub remark: Option<Rc<str>>,
}

/// The run that the page opens with.
pub fn open_default() -> Result<Opened, Broken> {
    let entry = protocols::find("raft").unwrap_or(&protocols::CATALOG[0]);
    let setup = Setup {
        params: Params::defaults(entry.info),
        seed: 42,
        network: Weather::default(),
        clients: ClientRules::default(),
        manual: false,
        given: Vec::new(),
        script: Vec::new(),
    };
    let session = entry.start(setup, Watch::ALL).map_err(|error| Broken {
        text: "".into(),
        problems: vec![error.message.into()],
        hint: "".into(),
    })?;
    let source =
        Source { title: "First election".into(), says: vec![], until: None, service: entry.service };
    Ok(Opened { tree: Tree::new(session), source, at: None, remark: None })
}

/// A scenario's text.
pub fn open_text(_text: &str) -> Result<Opened, Broken> {
    open_default()
}

/// What stands behind the hash mark.
pub fn open_fragment(_text: &str) -> Result<Opened, Broken> {
    open_default()
}

/// A scenario of the library.
pub fn open_library(_text: &str) -> Result<Opened, Broken> {
    open_default()
}

/// The present run as a fragment.
pub fn fragment_of(_player: &Player, _at: bool) -> Option<String> {
    None
}
