//! A text into a [`Scenario`], or into everything that is wrong with it.
//!
//! Total: any text gives a document and either a scenario or at least one fault, in time and
//! memory proportional to the text.

use super::action::{Known, VERBS, action_words, read_action, read_rule, read_weather};
use super::cursor::{Cursor, Read, looks_like_node, node_list};
use super::diagnostic::{Diagnostic, Fault, one_of, quote, words_of};
use super::document::{Document, last_time};
use super::expect::{Expect, Expectation, Fact, FieldFact, When, read_expectation};
use super::head::{read_client_rules, read_params};
use super::lex::{Lexed, lex, quoted};
use super::limits::*;
use super::{LANES, Say, Scenario, VERSION, units};
use crate::order::{SortedMap, sort_by_key};
use crate::protocols::{self, CATALOG, Entry};
use crate::sim::action::{Action, Moment, Scheduled, Target};
use crate::sim::info::{Count, Info, Params};
use crate::sim::session::{ClientRules, Session, Setup, Watch, Weather};
use crate::view::{NodeId, NodeNames, Span, Time, Value};

/// The first words of lines, apart from protocols and actions.
pub const KEYWORDS: &[&str] = &[
    "interleave",
    "title",
    "beside",
    "seed",
    "network",
    "clients",
    "flaw",
    "given",
    "clock",
    "at",
    "from",
    "say",
    "expect",
    "until",
];

/// What a line may begin with that speaks of one of two runs alone, behind `first` or `second`.
pub const OF_ONE: &[&str] = &["flaw", "given", "at", "from", "expect"];

/// What became of a text.
pub struct Parsed {
    /// Every line, whatever it says.
    pub document: Document,
    /// What it means, if nothing is wrong with it.
    pub scenario: Option<Scenario>,
    /// What is wrong with it, in order of lines; at most [`MAX_DIAGNOSTICS`].
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads bytes that should be a text.
pub fn parse_bytes(bytes: &[u8]) -> Parsed {
    match std::str::from_utf8(bytes) {
        Ok(text) => parse(text),
        Err(error) => {
            let good = &bytes[..error.valid_up_to()];
            let line = good.iter().filter(|&&byte| byte == b'\n').count() as u32 + 1;
            let start = good.iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1);
            let before = std::str::from_utf8(&good[start..]).unwrap_or_default();
            let column = before.chars().count() as u32 + 1;
            let fault = Diagnostic::new(line, column, 1, "this is not UTF-8 text");
            Parsed { document: Document::default(), scenario: None, diagnostics: vec![*fault] }
        }
    }
}

/// Reads a text.
pub fn parse(text: &str) -> Parsed {
    if text.len() > MAX_TEXT {
        let message = format_args!(
            "this text has {} bytes; a scenario has at most {} KiB",
            text.len(),
            MAX_TEXT / 1024
        );
        let fault = Diagnostic::new(1, 1, 0, message);
        let document = Document::default();
        return Parsed { document, scenario: None, diagnostics: vec![*fault] };
    }
    let document = Document::parse(text);
    let lexed: Vec<Lexed<'_>> = document.lines().iter().map(|line| lex(line)).collect();
    let mut reader = Reader { paired: lexed.iter().any(is_beside), ..Reader::default() };
    let mut scenario = reader.read(&lexed);
    let mut diagnostics = reader.faults;
    if reader.paired {
        let beside = read_beside(&lexed, &mut diagnostics);
        if let (Some(scenario), Some(mut beside)) = (&mut scenario, beside) {
            let until = scenario.until.max(beside.until);
            (scenario.until, beside.until) = (until, until);
            scenario.beside = Some(Box::new(beside));
        }
    }
    sort_by_key(&mut diagnostics, |fault| [u64::from(fault.line), u64::from(fault.column), 0]);
    diagnostics.truncate(MAX_DIAGNOSTICS);
    drop(lexed);
    let scenario = scenario.filter(|_| diagnostics.is_empty());
    Parsed { document, scenario, diagnostics }
}

/// Reads the same lines once more for the protocol that runs beside the first. What is wrong with
/// them for this one alone is added, and says so.
fn read_beside(lines: &[Lexed<'_>], faults: &mut Vec<Diagnostic>) -> Option<Scenario> {
    let mut reader = Reader { paired: true, lane: 1, ..Reader::default() };
    let scenario = reader.read(lines);
    for mut fault in reader.faults {
        let known = |other: &Diagnostic| (other.line, other.column) == (fault.line, fault.column);
        if faults.iter().any(known) {
            continue;
        }
        let tokens = &lines[fault.line as usize - 1].tokens;
        let first = tokens.first().map(|token| &*token.text);
        if first.is_some_and(|word| word != "beside" && word != LANES[1]) {
            fault.message = format!("beside the first protocol, {}", fault.message);
            fault.expected.push_str(", or `first` before the line");
            fault.expected = fault.expected.trim_start_matches(", or ").to_string();
        }
        faults.push(fault);
    }
    scenario
}

/// What has been read so far.
#[derive(Default)]
struct Reader {
    faults: Vec<Diagnostic>,
    /// Whether two protocols run side by side.
    paired: bool,
    /// Which of them is read for.
    lane: usize,
    /// Header lines that may stand there once, with the line where they do.
    seen: SortedMap<&'static str, u32>,
    title: String,
    seed: u64,
    network: Weather,
    clients: ClientRules,
    manual: bool,
    flaws: Vec<bool>,
    given: Vec<(u32, NodeId, Vec<String>)>,
    script: Vec<(u32, Scheduled)>,
    /// When the action line before was: a line without a time comes after it.
    last_at: Time,
    says: Vec<(u32, Say)>,
    expects: Vec<Expect>,
    until: Option<(u32, Time)>,
}

impl Reader {
    fn read(&mut self, lines: &[Lexed<'_>]) -> Option<Scenario> {
        self.check_version(lines);
        let mut protocol = self.find_protocol(lines);
        if self.lane == 1 {
            protocol = self.find_beside(lines, protocol);
        }
        self.manual = lines.iter().any(is_clock_off);
        let (entry, params) = match protocol {
            Some((entry, params)) => (Some(entry), params),
            None => (None, None),
        };
        let known = entry.zip(params.as_ref()).map(|(entry, params)| {
            let names = NodeNames { servers: params.servers, clients: params.clients };
            Known { entry, names }
        });
        if let Some(entry) = entry {
            self.flaws = vec![false; entry.info.flaws.len()];
        }
        for (place, lexed) in lines.iter().enumerate() {
            if self.faults.len() > MAX_DIAGNOSTICS {
                return None;
            }
            let line = place as u32 + 1;
            if let Some(fault) = &lexed.fault {
                let fault = Diagnostic::new(line, fault.column, fault.length, fault.message);
                self.faults.push(*fault);
            } else if !lexed.tokens.is_empty()
                && let Err(fault) = self.line(&mut Cursor::new(line, lexed), entry, known)
            {
                self.faults.push(*fault);
            }
        }
        let (entry, params) = entry.zip(params)?;
        self.finish(entry, params, lines)
    }

    /// The first line that says anything must be `interleave 1`.
    fn check_version(&mut self, lines: &[Lexed<'_>]) {
        let expected = "`interleave 1`";
        let first = lines.iter().enumerate().find(|(_, lexed)| !lexed.tokens.is_empty());
        let Some((place, lexed)) = first else {
            let fault = Diagnostic::new(1, 1, 0, "this text is empty");
            self.faults.push(*fault.expected(format_args!("{expected}, then a scenario")));
            return;
        };
        let token = &lexed.tokens[0];
        if token.text != "interleave" {
            let line = place as u32 + 1;
            let fault = Diagnostic::new(line, token.column, token.length, "this comes too early");
            let fault = fault.expected(format_args!("{expected} as the first line"));
            let fault = fault.nearest(&token.text, &["interleave"]);
            self.faults.push(*fault.offering(vec![format!("interleave {VERSION}")]));
        }
    }

    /// Finds and reads the line of the protocol, which says who exists. `None` if there is no
    /// such line; `Some((entry, None))` if it is wrong.
    fn find_protocol(&mut self, lines: &[Lexed<'_>]) -> Option<(&'static Entry, Option<Params>)> {
        let mut found = None;
        for (place, lexed) in lines.iter().enumerate() {
            let Some(token) = lexed.tokens.first().filter(|token| !token.quoted) else { continue };
            let Some(entry) = protocols::find(&token.text) else { continue };
            let mut cursor = Cursor::new(place as u32 + 1, lexed);
            if found.is_some() {
                let fault = cursor.at(token, "there is a line of a protocol already");
                self.faults.push(*fault.expected("one protocol"));
                continue;
            }
            cursor.take();
            match read_params(&mut cursor, entry.info, None) {
                Ok(params) => found = Some((entry, Some(params))),
                Err(fault) => {
                    self.faults.push(*fault);
                    found = Some((entry, None));
                }
            }
        }
        let suspicious = |lexed: &Lexed<'_>| {
            lexed.tokens.first().is_some_and(|token| !is_known_start(&token.text))
        };
        let empty = lines.iter().all(|lexed| lexed.tokens.is_empty());
        if found.is_none() && !empty && !lines.iter().any(suspicious) {
            let line = lines.len().max(1) as u32;
            let fault = Diagnostic::new(line, 1, 0, "no line says which protocol runs");
            self.faults.push(*fault.expected(protocol_list()));
        }
        found
    }

    /// Finds and reads the line of the protocol that runs beside the first.
    fn find_beside(
        &mut self,
        lines: &[Lexed<'_>],
        first: Option<(&'static Entry, Option<Params>)>,
    ) -> Option<(&'static Entry, Option<Params>)> {
        let (entry, params) = first?;
        let (place, lexed) = lines.iter().enumerate().find(|(_, lexed)| is_beside(lexed))?;
        let mut cursor = Cursor::new(place as u32 + 1, lexed);
        match read_beside_line(&mut cursor, entry, &params?, lines.iter().any(is_clock_off)) {
            Ok((entry, params)) => Some((entry, Some(params))),
            Err(fault) => {
                self.faults.push(*fault);
                None
            }
        }
    }

    fn line(
        &mut self,
        cursor: &mut Cursor<'_>,
        entry: Option<&'static Entry>,
        known: Option<Known>,
    ) -> Read<()> {
        let Some(first) = cursor.peek() else { return Ok(()) };
        let word: &str = if first.quoted { "" } else { &first.text };
        if let Some(lane) = LANES.iter().position(|lane| *lane == word) {
            return self.line_of_one(cursor, lane, entry, known);
        }
        match word {
            "beside" => self.once(cursor, "beside"),
            "interleave" => self.version(cursor),
            "title" => self.title(cursor),
            "seed" => self.seed(cursor),
            "until" => self.until(cursor),
            "say" => self.say(cursor),
            "clock" if clock_off(cursor) => self.clock_off(cursor),
            "flaw" => match entry {
                Some(entry) => self.flaw(cursor, entry.info),
                None => Ok(()),
            },
            "network" => self.network(cursor),
            _ if protocols::find(word).is_some() => Ok(()),
            _ => match known {
                Some(known) => self.line_of_run(cursor, word, known),
                None if entry.is_some() || is_known_start(word) => Ok(()),
                None => Err(unknown_start(cursor).offering(self.starts(None))),
            },
        }
    }

    /// A line that speaks of one of two runs alone.
    fn line_of_one(
        &mut self,
        cursor: &mut Cursor<'_>,
        lane: usize,
        entry: Option<&'static Entry>,
        known: Option<Known>,
    ) -> Read<()> {
        let token = cursor.take();
        if let (Some(token), false) = (token, self.paired) {
            let message = format_args!("{} speaks of one of two runs", quote(&token.text));
            return Err(cursor
                .at(token, message)
                .expected("a line `beside …` that names the other"));
        }
        if lane != self.lane {
            return Ok(());
        }
        let next = cursor.word(&one_of(OF_ONE))?;
        if !OF_ONE.contains(&&*next.text) {
            return Err(cursor.unknown(next, "speaks of both runs, or of none", OF_ONE));
        }
        cursor.back();
        self.line(cursor, entry, known)
    }

    /// The lines that name nodes: they can be judged only if it is known who exists.
    fn line_of_run(&mut self, cursor: &mut Cursor<'_>, word: &str, known: Known) -> Read<()> {
        match word {
            "clients" => self.clients(cursor, known),
            "given" => self.given(cursor, known),
            "at" => self.at(cursor, known),
            "from" => self.rule(cursor, known),
            "expect" => self.expect(cursor, known),
            _ if is_action(word, known) => self.bare_action(cursor, known),
            _ => Err(unknown_start(cursor).offering(self.starts(Some(known)))),
        }
    }

    /// The words with which a line may begin here, as far as one knows from the lines before.
    fn starts(&self, known: Option<Known>) -> Vec<String> {
        let free = |word: &str| {
            self.seen.get(word).is_none()
                && !(word == "beside" && self.manual)
                && !(word == "clients" && known.is_some_and(|known| known.names.clients == 0))
        };
        let keywords = KEYWORDS.iter().filter(|word| free(word) && **word != "interleave");
        let lanes = LANES.iter().filter(|_| self.paired);
        let keywords = keywords.chain(lanes);
        let mut words: Vec<String> = keywords
            .map(|word| if *word == "clock" { "clock off" } else { word }.to_string())
            .collect();
        match known {
            Some(known) if self.manual => {
                let bare = action_words(known.names).into_iter();
                words.extend(bare.filter(|word| word != "network"));
            }
            Some(_) => {}
            None => words
                .splice(..0, CATALOG.iter().map(|entry| entry.info.id.to_string()))
                .for_each(drop),
        }
        words
    }

    fn once(&mut self, cursor: &Cursor<'_>, word: &'static str) -> Read<()> {
        match self.seen.insert(word, cursor.line()) {
            None => Ok(()),
            Some(line) => {
                let length = word.len() as u32;
                let column = cursor.peek().map_or(1, |token| token.column);
                let message = format_args!("line {line} says `{word}` already");
                Err(Diagnostic::new(cursor.line(), column, length, message)
                    .expected("one such line"))
            }
        }
    }

    fn version(&mut self, cursor: &mut Cursor<'_>) -> Read<()> {
        self.once(cursor, "interleave")?;
        cursor.take();
        let token = cursor.peek();
        let version = cursor.number("the version of the format, `1`", 0, u64::MAX)?;
        if let (Some(token), true) = (token, version != VERSION) {
            let message = match version > VERSION {
                true => "this text was made for a newer version of Interleave",
                false => "there is no such version",
            };
            return Err(cursor.at(token, message).expected("`1`, which this program reads"));
        }
        cursor.finish()
    }

    fn title(&mut self, cursor: &mut Cursor<'_>) -> Read<()> {
        self.once(cursor, "title")?;
        cursor.take();
        self.title = cursor.text("the title in quotes")?.text.to_string();
        cursor.finish()
    }

    fn seed(&mut self, cursor: &mut Cursor<'_>) -> Read<()> {
        self.once(cursor, "seed")?;
        cursor.take();
        self.seed = cursor.number("a whole number below 2^64", 0, u64::MAX)?;
        cursor.finish()
    }

    fn until(&mut self, cursor: &mut Cursor<'_>) -> Read<()> {
        self.once(cursor, "until")?;
        cursor.take();
        self.until = Some((cursor.line(), cursor.time()?));
        cursor.finish()
    }

    fn say(&mut self, cursor: &mut Cursor<'_>) -> Read<()> {
        cursor.take();
        let at = cursor.time()?;
        let text = cursor.text("what is said, in quotes")?.text.to_string();
        if self.says.len() >= MAX_REMARKS {
            return Err(too_many(cursor, "`say` lines", MAX_REMARKS));
        }
        self.says.push((cursor.line(), Say { at, text }));
        cursor.finish()
    }

    fn clock_off(&mut self, cursor: &mut Cursor<'_>) -> Read<()> {
        self.once(cursor, "clock")?;
        cursor.take();
        cursor.take();
        cursor.finish()
    }

    fn flaw(&mut self, cursor: &mut Cursor<'_>, info: &'static Info) -> Read<()> {
        cursor.take();
        let ids = words_of(info.flaws, |flaw| flaw.id);
        let token = cursor.word(&one_of(&ids))?;
        let Some(place) = ids.iter().position(|id| *id == token.text) else {
            let free = |word: &str| {
                let on = ids.iter().zip(&self.flaws).any(|(id, on)| *id == word && *on);
                !on
            };
            return Err(cursor.unknown(token, "is no flaw of this protocol", &ids).fitting(free));
        };
        if std::mem::replace(&mut self.flaws[place], true) {
            return Err(cursor.at(token, "this flaw is on already"));
        }
        cursor.finish()
    }

    fn network(&mut self, cursor: &mut Cursor<'_>) -> Read<()> {
        self.once(cursor, "network")?;
        cursor.take();
        self.network = read_weather(cursor)?;
        cursor.finish()
    }

    fn clients(&mut self, cursor: &mut Cursor<'_>, known: Known) -> Read<()> {
        self.once(cursor, "clients")?;
        let token = cursor.take();
        if let (Some(token), 0) = (token, known.names.clients) {
            let fault = cursor.at(token, "this run has no clients");
            return Err(match known.info().clients.max {
                0 => fault.expected("no such line: this protocol serves no clients"),
                _ => fault.expected("`clients=1` or more on the line of the protocol"),
            });
        }
        self.clients = read_client_rules(cursor)?;
        cursor.finish()
    }

    fn given(&mut self, cursor: &mut Cursor<'_>, known: Known) -> Read<()> {
        cursor.take();
        let token = cursor.peek();
        let server = |word: &str| known.names.find(word).is_some_and(|n| !known.names.is_client(n));
        let node = cursor.node(known.names).map_err(|fault| fault.fitting(server))?;
        if let (Some(token), true) = (token, known.names.is_client(node)) {
            return Err(cursor.at(token, "only servers are given a state").expected("a server"));
        }
        let words = cursor.take_rest().iter().map(|token| token.text.to_string()).collect();
        if self.given.len() >= MAX_ACTIONS {
            return Err(too_many(cursor, "`given` lines", MAX_ACTIONS));
        }
        self.given.push((cursor.line(), node, words));
        Ok(())
    }

    fn at(&mut self, cursor: &mut Cursor<'_>, known: Known) -> Read<()> {
        cursor.take();
        let token = cursor.word(units::TIME_FORM)?;
        let moment = cursor.convert(token, units::TIME_FORM, units::read_moment)?;
        let action = read_action(cursor, known)?;
        self.schedule(cursor, moment, action)
    }

    fn rule(&mut self, cursor: &mut Cursor<'_>, known: Known) -> Read<()> {
        cursor.take();
        let token = cursor.word(units::TIME_FORM)?;
        let moment = cursor.convert(token, units::TIME_FORM, units::read_moment)?;
        cursor.keyword("to")?;
        let end = cursor.peek();
        let until = cursor.time()?;
        if let (Some(end), true) = (end, until <= moment.at) {
            return Err(cursor.at(end, "the end is not after the start").expected("a later time"));
        }
        let action = read_rule(cursor, known, until)?;
        self.schedule(cursor, moment, action)
    }

    fn bare_action(&mut self, cursor: &mut Cursor<'_>, known: Known) -> Read<()> {
        if !self.manual {
            let Some(token) = cursor.peek() else { return Ok(()) };
            let message = format_args!("{} says no time", quote(&token.text));
            let expected = "`at 1s …`; only with `clock off` may it stand without";
            return Err(cursor.at(token, message).expected(expected));
        }
        let moment = Moment { at: self.last_at + MANUAL_STEP, slot: 0 };
        let action = read_action(cursor, known)?;
        self.schedule(cursor, moment, action)
    }

    fn schedule(&mut self, cursor: &Cursor<'_>, moment: Moment, action: Action) -> Read<()> {
        if self.script.len() >= MAX_ACTIONS {
            return Err(too_many(cursor, "actions", MAX_ACTIONS));
        }
        self.last_at = moment.at;
        self.script.push((cursor.line(), Scheduled { moment, action, recorded: false }));
        Ok(())
    }

    fn expect(&mut self, cursor: &mut Cursor<'_>, known: Known) -> Read<()> {
        cursor.take();
        if self.expects.len() >= MAX_REMARKS {
            return Err(too_many(cursor, "`expect` lines", MAX_REMARKS));
        }
        let words = cursor.rest().iter().map(|token| match token.quoted {
            true => quoted(&token.text),
            false => token.text.to_string(),
        });
        let text = words.collect::<Vec<_>>().join(" ");
        let what = read_expectation(cursor, known)?;
        let history = matches!(what, Expectation::History(_))
            || matches!(what, Expectation::Fact(_, Fact::Answer { .. }));
        if history && known.names.clients == 0 {
            let fault = Diagnostic::new(cursor.line(), 1, 6, "this run has no clients");
            return Err(fault.expected("`clients=1` or more on the line of the protocol"));
        }
        self.expects.push(Expect { line: cursor.line(), text, what });
        Ok(())
    }

    /// What can be judged only when all lines are known.
    fn finish(
        &mut self,
        entry: &'static Entry,
        mut params: Params,
        lines: &[Lexed<'_>],
    ) -> Option<Scenario> {
        sort_by_key(&mut self.script, |(_, scheduled)| scheduled.moment.key());
        sort_by_key(&mut self.says, |(_, say)| [say.at, 0, 0]);
        let until = self.end();
        self.check_times(until);
        params.flaws = std::mem::take(&mut self.flaws);
        let given = self.given.iter().map(|(_, node, words)| (*node, words.clone())).collect();
        let (script_lines, script) = std::mem::take(&mut self.script).into_iter().unzip();
        let setup = Setup {
            params,
            seed: self.seed,
            network: self.network,
            clients: self.clients,
            manual: self.manual,
            given,
            script,
        };
        self.check_against_run(entry, &setup, lines);
        Some(Scenario {
            title: std::mem::take(&mut self.title),
            entry,
            setup,
            says: std::mem::take(&mut self.says).into_iter().map(|(_, say)| say).collect(),
            expects: std::mem::take(&mut self.expects),
            until,
            script_lines,
            until_line: self.until.map(|(line, _)| line),
            beside: None,
        })
    }

    fn end(&self) -> Time {
        if let Some((_, until)) = self.until {
            return until;
        }
        let actions = self.script.iter().map(|(_, action)| last_time(action));
        let says = self.says.iter().map(|(_, say)| say.at);
        let expects = self.expects.iter().filter_map(|expect| expected_at(&expect.what));
        let last = actions.chain(says).chain(expects).max().unwrap_or(0);
        (last + AFTER_LAST).clamp(DEFAULT_UNTIL, MAX_TIME)
    }

    fn check_times(&mut self, until: Time) {
        let actions = self.script.iter().map(|(line, action)| (*line, last_time(action)));
        let says = self.says.iter().map(|(line, say)| (*line, say.at));
        let expects = self.expects.iter();
        let expects = expects.filter_map(|expect| Some((expect.line, expected_at(&expect.what)?)));
        let late = actions.chain(says).chain(expects).filter(|(_, at)| *at > until);
        for (line, at) in late.take(MAX_DIAGNOSTICS) {
            let (at, end) = (Span(at), Span(until));
            let message = format_args!("{at} is after the end of the run, which is {end}");
            let fault = Diagnostic::new(line, 1, 0, message);
            self.faults.push(*fault.expected("an earlier time, or a later `until`"));
        }
    }

    /// Starts the run, without letting anything happen, to see whether the given states and the
    /// fields that the expectations name exist.
    fn check_against_run(&mut self, entry: &'static Entry, setup: &Setup, lines: &[Lexed<'_>]) {
        let setup = Setup { script: Vec::new(), ..setup.clone() };
        let session = match entry.start(setup, Watch::RAW) {
            Ok(session) => session,
            Err(error) => {
                let line = self.given.get(error.place).map_or(1, |(line, _, _)| *line);
                self.faults.push(*Diagnostic::new(line, 1, 5, error.message));
                return;
            }
        };
        for expect in &self.expects {
            if let Some(fault) = check_field(expect, &*session, lines) {
                self.faults.push(*fault);
            }
        }
    }
}

/// `beside PROTOCOL …`: another protocol of the same service, with the same nodes.
fn read_beside_line(
    cursor: &mut Cursor<'_>,
    first: &'static Entry,
    params: &Params,
    manual: bool,
) -> Read<(&'static Entry, Params)> {
    let beside = cursor.take();
    if let (Some(beside), true) = (beside, manual) {
        let fault = cursor.at(beside, "two runs side by side need a clock");
        return Err(fault.expected("no line `clock off`"));
    }
    let fitting = CATALOG.iter().filter(|entry| entry.service.id == first.service.id);
    let fitting = fitting.map(|entry| entry.info.id).collect::<Vec<_>>();
    let token = cursor.word(&one_of(&fitting))?;
    let found = protocols::find(&token.text).filter(|entry| fitting.contains(&entry.info.id));
    let Some(entry) = found else {
        let what = format!("is no protocol of the service of {}", first.info.title);
        return Err(cursor.unknown(token, &what, &fitting));
    };
    let names = NodeNames { servers: params.servers, clients: params.clients };
    let bounds = [(names.servers, entry.info.servers), (names.clients, entry.info.clients)];
    if bounds.iter().any(|(count, bounds)| !(bounds.min..=bounds.max).contains(count)) {
        let Count { min, max, .. } = entry.info.servers;
        let clients = entry.info.clients.max;
        let fault = cursor.at(token, "it does not run with that many nodes");
        let what = format_args!("{min} to {max} nodes and at most {clients} clients on the first");
        return Err(fault.expected(what));
    }
    Ok((entry, read_params(cursor, entry.info, Some(names))?))
}

/// The latest time that an expectation names.
fn expected_at(what: &Expectation) -> Option<Time> {
    match what {
        Expectation::Fact(When::By(at) | When::At(at) | When::During(_, at), _) => Some(*at),
        _ => None,
    }
}

fn check_field(expect: &Expect, session: &dyn Session, lines: &[Lexed<'_>]) -> Option<Fault> {
    let Expectation::Fact(_, Fact::Field(fact)) = &expect.what else { return None };
    let node = match fact.target {
        Target::Node(node) => node,
        _ => NodeId(0),
    };
    let view = session.node(node).view;
    if let Some(field) = view.field(&fact.name) {
        return check_value(expect.line, fact, &field.value, session.names(), lines);
    }
    let fields = words_of(&view.fields, |field| field.name);
    let message = format_args!("nodes have no field {}", quote(&fact.name));
    let mut places = lines[expect.line as usize - 1].tokens.iter().filter_map(|token| {
        let (target, field) = token.text.split_once('.')?;
        let name = field.split('.').next()?;
        (name == fact.name).then(|| token.column + target.chars().count() as u32 + 1)
    });
    let (column, length) = (places.next_back().unwrap_or(1), fact.name.chars().count() as u32);
    let fault = Diagnostic::new(expect.line, column, length, message);
    Some(fault.expected(one_of(&fields)).nearest(&fact.name, &fields))
}

/// A value that looks like a node must be one: `n3.voted_for = n33` would never hold.
fn check_value(
    line: u32,
    fact: &FieldFact,
    now: &Value,
    names: NodeNames,
    lines: &[Lexed<'_>],
) -> Option<Fault> {
    if !matches!(now, Value::None | Value::Node(_) | Value::Nodes(_)) {
        return None;
    }
    let wrong = |word: &&str| looks_like_node(word) && names.find(word).is_none();
    let word = fact.value.split(' ').find(wrong)?;
    let tokens = &lines[line as usize - 1].tokens;
    let token = tokens.iter().rev().find(|token| token.text == word)?;
    let message = format_args!("there is no node {}", quote(word));
    let fault = Diagnostic::new(line, token.column, token.length, message);
    Some(fault.expected(format_args!("{} or `none`", node_list(names))))
}

fn is_beside(lexed: &Lexed<'_>) -> bool {
    lexed.tokens.first().is_some_and(|token| !token.quoted && token.text == "beside")
}

fn is_clock_off(lexed: &Lexed<'_>) -> bool {
    match lexed.tokens.as_slice() {
        [clock, off, ..] => clock.text == "clock" && off.text == "off",
        _ => false,
    }
}

fn clock_off(cursor: &Cursor<'_>) -> bool {
    matches!(cursor.rest(), [_, off, ..] if off.text == "off")
}

fn is_action(word: &str, known: Known) -> bool {
    VERBS.contains(&word) || known.names.find(word).is_some_and(|node| known.names.is_client(node))
}

fn is_known_start(word: &str) -> bool {
    let is_client = word.starts_with('c')
        && word.len() > 1
        && word[1..].bytes().all(|digit| digit.is_ascii_digit());
    KEYWORDS.contains(&word) || LANES.contains(&word) || VERBS.contains(&word) || is_client
}

fn unknown_start(cursor: &Cursor<'_>) -> Fault {
    let Some(token) = cursor.peek() else { return cursor.missing("a line of a scenario") };
    let protocols = words_of(CATALOG, |entry| entry.info.id);
    let known = [KEYWORDS, &protocols, VERBS, &LANES].concat();
    let message = format_args!("{} begins no line of a scenario", quote(&token.text));
    cursor.at(token, message).expected(one_of(KEYWORDS)).nearest(&token.text, &known)
}

fn protocol_list() -> String {
    one_of(&words_of(CATALOG, |entry| entry.info.id))
}

fn too_many(cursor: &Cursor<'_>, what: &str, most: usize) -> Fault {
    Diagnostic::new(cursor.line(), 1, 0, format_args!("a scenario has at most {most} {what}"))
}
