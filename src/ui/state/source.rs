//! Where runs come from and where they go: scenario texts and links.

use std::rc::Rc;

use super::player::Player;
use super::shell::Broken;
use crate::scenario::link::{self, LinkError, Position};
use crate::scenario::{Diagnostic, Document, Scenario, library, parse};
use crate::service::ServiceInfo;
use crate::sim::action::Action;
use crate::sim::session::{Session, Watch};
use crate::sim::tree::Tree;
use crate::view::{NodeNames, Span, Time};

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
    /// Its name in the library.
    pub id: Option<&'static str>,
    scenario: Scenario,
    document: Document,
}

/// A run.
pub struct Opened {
    /// The run.
    pub tree: Tree,
    /// What it was made from.
    pub source: Source,
    /// Where it is to be opened.
    pub at: Option<Position>,
    /// What the person should know of it.
    pub remark: Option<Rc<str>>,
}

/// A link, ready to be copied.
#[derive(Clone, PartialEq)]
pub struct Shared {
    /// The fragment from its `#`.
    pub fragment: String,
    /// The text that it carries, or that the library has under its name.
    pub text: String,
}

impl Source {
    fn new(scenario: Scenario, document: Document, id: Option<&'static str>) -> Source {
        let title = match scenario.title.as_str() {
            "" => scenario.entry.info.title.into(),
            title => title.into(),
        };
        let says = scenario.says.iter().map(|say| (say.at, say.text.as_str().into())).collect();
        let until = Some(scenario.until);
        let service = scenario.entry.service;
        Source { title, says, until, service, id, scenario, document }
    }

    /// The text with everything that was done to a run of it.
    pub fn text(&self, session: &dyn Session) -> String {
        if !acted(session) {
            return self.document.to_string();
        }
        let mut scripts = vec![session.setup().script.as_slice()];
        scripts.extend(session.beside().map(|beside| beside.setup().script.as_slice()));
        if session.lane() == 1 {
            scripts.reverse();
        }
        self.document.with_scripts(&self.scenario, &scripts).to_string()
    }

    /// A link to a run, to its start or to its present position.
    pub fn share(&self, player: &mut Player, here: bool) -> Result<Shared, String> {
        let position = if here { position(player) } else { None };
        let session = player.session();
        let mut text = self.text(session);
        let done = acted(session);
        let late = position.is_some_and(|position| position.at > self.scenario.until);
        if let Some(id) = self.id.filter(|_| !done && !late) {
            return Ok(Shared { fragment: link::encode_library(id, position), text });
        }
        if let Some(position) = position {
            text = lengthen(&text, position.at);
        }
        let fragment = link::encode(&self.scenario, &text, position);
        let fragment = fragment.map_err(|error| error.to_string())?;
        Ok(Shared { fragment, text })
    }
}

/// Whether anything was done to a run, or to the one beside it, that its scenario does not say.
fn acted(session: &dyn Session) -> bool {
    let own = session.setup().script.iter().any(|scheduled| scheduled.recorded);
    own || session.beside().is_some_and(acted)
}

/// Moves the end of a scenario behind a time at which somebody stands.
fn lengthen(text: &str, at: Time) -> String {
    let parsed = parse(text);
    let Some(scenario) = parsed.scenario else { return text.to_string() };
    if scenario.until >= at {
        return text.to_string();
    }
    let end = at.div_ceil(100_000) * 100_000;
    let line = format!("until {}", Span(end));
    let mut lines: Vec<String> = parsed.document.lines().to_vec();
    match scenario.until_line {
        Some(number) => lines[number as usize - 1] = line,
        None => lines.push(line),
    }
    lines.join("\n") + "\n"
}

/// Where a run stands, as a link says it.
pub fn position(player: &mut Player) -> Option<Position> {
    let session = player.session_mut();
    let (step, at) = (session.step_count(), session.now());
    if step == 0 && at == 0 {
        return None;
    }
    let whole = session.next_at().is_none_or(|next| next > at) && {
        let later = if step < session.head() { session.event(step + 1) } else { None };
        later.is_none_or(|event| event.at > at)
    };
    if whole {
        return Some(Position { at, events: None });
    }
    if session.beside().is_some() {
        // Of two runs a link says the time alone.
        return Some(Position { at, events: None });
    }
    let same = |step: &u64| session.event(*step).is_some_and(|event| event.at == at);
    let events = (1..=step).rev().take_while(same).count() as u32;
    Some(Position { at, events: Some(events) })
}

/// An action as a line of a scenario writes it, without its time.
pub fn action_line(action: &Action, names: NodeNames) -> String {
    crate::scenario::action::print_action(action, names)
}

/// The line of a scenario for an action that was just taken.
pub fn recorded_line(session: &dyn Session, action: &Action) -> Option<String> {
    let script = &session.setup().script;
    let last = script.iter().rev().find(|done| done.recorded && done.action == *action)?;
    Some(crate::scenario::action::print_scheduled(last, session.names()))
}

/// The run that the page opens with: the first of the library.
pub fn open_default() -> Result<Opened, Broken> {
    open_library(library::all().first().map_or("", |first| first.id))
}

/// A scenario's text.
pub fn open_text(text: &str) -> Result<Opened, Broken> {
    let parsed = parse(text);
    let Some(scenario) = parsed.scenario else { return Err(broken(text, &parsed.diagnostics)) };
    start(scenario, parsed.document, None, text)
}

/// A scenario of the library.
pub fn open_library(id: &str) -> Result<Opened, Broken> {
    let Some(entry) = library::find(id) else {
        let error = LinkError::UnknownScenario(id.to_string());
        return Err(broken_link(&format!("#/g/{id}"), &error));
    };
    let parsed = parse(entry.text);
    match parsed.scenario {
        Some(scenario) => start(scenario, parsed.document, Some(entry.id), entry.text),
        None => Err(broken(entry.text, &parsed.diagnostics)),
    }
}

/// What stands behind the hash mark, from the mark.
pub fn open_fragment(fragment: &str) -> Result<Opened, Broken> {
    let opened = link::open(fragment).map_err(|error| broken_link(fragment, &error))?;
    let text = opened.document.to_string();
    let remark = opened.made_with.map(|old| opened.scenario.made_with(old).into());
    let run = start(opened.scenario, opened.document, opened.library, &text)?;
    Ok(Opened { at: opened.position, remark, ..run })
}

fn start(
    scenario: Scenario,
    document: Document,
    id: Option<&'static str>,
    text: &str,
) -> Result<Opened, Broken> {
    let session = scenario.start(Watch::ALL).map_err(|why| Broken {
        text: text.into(),
        problems: vec![why.into()],
        hint: MEND.into(),
    })?;
    let source = Source::new(scenario, document, id);
    Ok(Opened { tree: Tree::new(session), source, at: None, remark: None })
}

const MEND: &str = "Your text is kept below. Mend it and open it again.";

fn broken(text: &str, diagnostics: &[Diagnostic]) -> Broken {
    let problems = diagnostics.iter().map(|fault| fault.to_string().into()).collect();
    Broken { text: text.into(), problems, hint: MEND.into() }
}

fn broken_link(fragment: &str, error: &LinkError) -> Broken {
    match error {
        LinkError::Invalid { text, diagnostics } => broken(text, diagnostics),
        other => Broken {
            text: fragment.into(),
            problems: vec![other.to_string().into()],
            hint: "The link is kept below; a scenario's text can be opened there too.".into(),
        },
    }
}

/// What the page reports of a text run to its end, to be compared with another machine's run of
/// the same text: events, microseconds, digest.
pub fn digest_of(text: &str) -> String {
    let parsed = parse(text);
    let Some(scenario) = parsed.scenario else {
        return parsed.diagnostics.first().map(ToString::to_string).unwrap_or_default();
    };
    match scenario.start(Watch::PROPERTIES) {
        Ok(mut session) => {
            session.run_to(scenario.until, crate::scenario::limits::MAX_EVENTS);
            let beside = session.beside().map_or(0, |beside| beside.step_count());
            let steps = session.step_count() + beside;
            format!("{steps} {} {:016x}", session.now(), session.digest())
        }
        Err(why) => why,
    }
}
