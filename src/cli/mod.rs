//! The command line: a file for each command.
//!
//! Exit 0: done and well; 1: something that was checked does not hold, with a reason a line; 2: the
//! input is wrong, with one line on standard error that says what was expected.

mod bench;
mod check;
mod fuzz;
mod input;
mod link;
mod list;
mod run;

use std::ffi::OsString;
use std::io::Write;
use std::process::ExitCode;

use lexopt::{Arg, Parser};

use crate::scenario::diagnostic::{nearest, one_of, quote, words_of};

/// A command: its name, what stands behind it, what it does, and how.
struct Command {
    name: &'static str,
    usage: &'static str,
    doc: &'static str,
    run: fn(Options, &mut Out) -> Result<Verdict, String>,
}

const COMMANDS: &[Command] = &[
    Command {
        name: "list",
        usage: "[--json]",
        doc: "The protocols with their flaws and properties, and the library.",
        run: list::run,
    },
    Command {
        name: "run",
        usage: "SCENARIO [--trace] [--until T] [--json]",
        doc: "Runs a scenario. The last line: steps, virtual time, digest.",
        run: run::run,
    },
    Command {
        name: "check",
        usage: "SCENARIO|DIR… [--json]",
        doc: "Runs scenarios and checks properties and expectations.",
        run: check::run,
    },
    Command {
        name: "fuzz",
        usage: "PROTOCOL|all [--seeds N] [--first S] [--flaw F] [--json]",
        doc: "Random faults. A violation is printed as a scenario, made small.",
        run: fuzz::run,
    },
    Command {
        name: "link",
        usage: "SCENARIO [--at T] [--json]",
        doc: "Packs a scenario into a link.",
        run: link::link,
    },
    Command {
        name: "open",
        usage: "LINK [--json]",
        doc: "The text of the scenario that a link carries.",
        run: link::open,
    },
    Command {
        name: "bench",
        usage: "[PROTOCOL] [--events N] [--json]",
        doc: "Events per second: the kernel alone, and with every property checked.",
        run: bench::run,
    },
];

const FLAGS: &[&str] =
    &["--json", "--trace", "--until", "--seeds", "--first", "--flaw", "--at", "--events"];

const NOTES: &str = "\
SCENARIO is a file, `-` for standard input, the name of a scenario of the library, or a link.
Exit: 0 well; 1 something does not hold, a reason a line; 2 wrong input, one line on standard error.
";

/// Whether what was checked holds.
enum Verdict {
    Good,
    Bad,
}

/// What stands behind a command.
#[derive(Default)]
struct Options {
    /// The words that are not options.
    words: Vec<String>,
    json: bool,
    trace: bool,
    until: Option<String>,
    at: Option<String>,
    seeds: Option<u64>,
    first: Option<u64>,
    events: Option<u64>,
    flaw: Option<String>,
}

/// Standard output. It does not mind when nobody reads on, but a full disk is an error.
struct Out {
    to: std::io::BufWriter<std::io::StdoutLock<'static>>,
    failure: Option<std::io::Error>,
}

impl Out {
    /// Writes a line.
    fn line(&mut self, text: impl AsRef<str>) {
        let done = writeln!(self.to, "{}", text.as_ref());
        self.note(done);
    }

    /// Writes as it is.
    fn text(&mut self, text: &str) {
        let done = write!(self.to, "{text}");
        self.note(done);
    }

    fn note(&mut self, done: std::io::Result<()>) {
        if let Err(error) = done
            && error.kind() != std::io::ErrorKind::BrokenPipe
        {
            self.failure.get_or_insert(error);
        }
    }

    /// Writes out what is left. The error says why not all of it could be written.
    fn finish(&mut self) -> Result<(), String> {
        let done = self.to.flush();
        self.note(done);
        match &self.failure {
            Some(error) => Err(format!("standard output: {error}")),
            None => Ok(()),
        }
    }

    /// Writes a value for a program.
    fn json(&mut self, value: &serde_json::Value) {
        let text = serde_json::to_string_pretty(value).unwrap_or_default();
        self.line(text);
    }
}

/// The command line as a program.
pub fn main() -> ExitCode {
    let to = std::io::BufWriter::new(std::io::stdout().lock());
    let mut out = Out { to, failure: None };
    let result = dispatch(std::env::args_os().skip(1).collect(), &mut out);
    let written = out.finish();
    match result.and_then(|verdict| written.map(|()| verdict)) {
        Ok(Verdict::Good) => ExitCode::SUCCESS,
        Ok(Verdict::Bad) => ExitCode::FAILURE,
        Err(message) => {
            let line: String = message.chars().map(|c| if c == '\n' { ' ' } else { c }).collect();
            let _ = writeln!(std::io::stderr(), "interleave: {line}");
            ExitCode::from(2)
        }
    }
}

/// Says something beside the answer, on standard error.
fn remark(text: &str) {
    let _ = writeln!(std::io::stderr(), "interleave: {text}");
}

fn dispatch(mut args: Vec<OsString>, out: &mut Out) -> Result<Verdict, String> {
    let names = words_of(COMMANDS, |command| command.name);
    if args.is_empty() {
        return Err(format!("a command is missing; expected {} or `help`", one_of(&names)));
    }
    let word = args.remove(0).to_string_lossy().into_owned();
    match word.as_str() {
        "help" | "--help" | "-h" => {
            help(out);
            return Ok(Verdict::Good);
        }
        "--version" | "-V" => {
            out.line(format!("interleave {}", env!("CARGO_PKG_VERSION")));
            return Ok(Verdict::Good);
        }
        _ => {}
    }
    let Some(command) = COMMANDS.iter().find(|command| command.name == word) else {
        let message = format!("there is no command {}", quote(&word));
        return Err(with_nearest(message, &word, &names, &one_of(&names)));
    };
    let Some(options) = read_options(args)? else {
        out.line(format!("interleave {} {}\n{}\n", command.name, command.usage, command.doc));
        out.text(NOTES);
        return Ok(Verdict::Good);
    };
    options.check(command)?;
    (command.run)(options, out)
}

fn help(out: &mut Out) {
    out.line("Interleave: a laboratory for distributed systems.\n");
    for command in COMMANDS {
        out.line(format!("interleave {} {}", command.name, command.usage));
        out.line(format!("    {}", command.doc));
    }
    out.text("\n");
    out.text(NOTES);
}

/// Reads what stands behind the command; `None` if help is asked for.
fn read_options(args: Vec<OsString>) -> Result<Option<Options>, String> {
    let mut options = Options::default();
    let mut parser = Parser::from_args(args);
    while let Some(arg) = parser.next().map_err(|error| error.to_string())? {
        let flag = match arg {
            Arg::Value(word) => {
                options.words.push(plain(word)?);
                continue;
            }
            Arg::Short('h') => return Ok(None),
            Arg::Short(letter) => {
                return Err(format!("there is no option `-{letter}`; expected {}", flags()));
            }
            Arg::Long(flag) => flag.to_string(),
        };
        match flag.as_str() {
            "help" => return Ok(None),
            "json" => options.json = true,
            "trace" => options.trace = true,
            "until" => options.until = Some(text(&mut parser, &flag)?),
            "at" => options.at = Some(text(&mut parser, &flag)?),
            "flaw" => options.flaw = Some(text(&mut parser, &flag)?),
            "seeds" => options.seeds = Some(some(&mut parser, &flag)?),
            "first" => options.first = Some(number(&mut parser, &flag)?),
            "events" => options.events = Some(some(&mut parser, &flag)?),
            _ => {
                let word = format!("--{flag}");
                let message = format!("there is no option {}", quote(&word));
                return Err(with_nearest(message, &word, FLAGS, &flags()));
            }
        }
    }
    Ok(Some(options))
}

fn flags() -> String {
    one_of(FLAGS)
}

fn plain(word: OsString) -> Result<String, String> {
    word.into_string().map_err(|word| format!("{word:?} is not UTF-8 text"))
}

fn text(parser: &mut Parser, flag: &str) -> Result<String, String> {
    plain(parser.value().map_err(|_| format!("a value is missing behind `--{flag}`"))?)
}

/// A number that is not zero: a search of nothing finds nothing, and proves it to nobody.
fn some(parser: &mut Parser, flag: &str) -> Result<u64, String> {
    match number(parser, flag)? {
        0 => Err(format!("`--{flag}` needs at least 1")),
        number => Ok(number),
    }
}

fn number(parser: &mut Parser, flag: &str) -> Result<u64, String> {
    let word = text(parser, flag)?;
    let wrong = || format!("{} behind `--{flag}` is no whole number", quote(&word));
    word.parse().map_err(|_| wrong())
}

fn with_nearest(message: String, word: &str, known: &[&str], expected: &str) -> String {
    match nearest(word, known) {
        Some(word) => format!("{message}; did you mean `{word}`?"),
        None => format!("{message}; expected {expected}"),
    }
}

impl Options {
    /// The one word that a command takes.
    fn only(&self, what: &str) -> Result<&str, String> {
        match self.words.as_slice() {
            [only] => Ok(only),
            [] => Err(format!("{what} is missing")),
            [_, second, ..] => Err(format!("{} is too much; expected {what}", quote(second))),
        }
    }

    /// Options that another command has are no options of this one.
    fn check(&self, command: &Command) -> Result<(), String> {
        let given = [
            ("--json", self.json),
            ("--trace", self.trace),
            ("--until", self.until.is_some()),
            ("--at", self.at.is_some()),
            ("--seeds", self.seeds.is_some()),
            ("--first", self.first.is_some()),
            ("--events", self.events.is_some()),
            ("--flaw", self.flaw.is_some()),
        ];
        let stray = given.iter().find(|(flag, given)| *given && !command.usage.contains(flag));
        match stray {
            None => Ok(()),
            Some((flag, _)) => {
                let (name, usage) = (command.name, command.usage);
                Err(format!("`{name}` has no option `{flag}`; expected `{name} {usage}`"))
            }
        }
    }
}
