//! `cargo xtask`: everything between a fresh clone and a served, tested, deployable page.
//!
//! It has no dependencies, so that the first command of a fresh clone answers within seconds.

mod arguments;
mod bench;
mod page;
mod run;
mod setup;
mod test;
mod tools;

use arguments::Arguments;
use run::Failure;
use std::process::ExitCode;

/// A word of the command line. A new one is one more line in [`COMMANDS`].
struct Command {
    name: &'static str,
    usage: &'static str,
    summary: &'static str,
    run: fn(Arguments) -> Result<(), Stop>,
}

const COMMANDS: &[Command] = &[
    Command {
        name: "serve",
        usage: "serve [--port 8080] [--release]",
        summary: "set up what is missing, then serve the page on http://127.0.0.1:8080",
        run: page::serve,
    },
    Command {
        name: "test",
        usage: "test [--native] [--browser [NAME…]] [--no-build]",
        summary: "set up what is missing, then run every check and test (or the named part)",
        run: test::test,
    },
    Command {
        name: "build",
        usage: "build [--dev]",
        summary: "set up what is missing, then leave the deployable page in dist/",
        run: page::build,
    },
    Command {
        name: "bench",
        usage: "bench [--only PARTS] [--no-build]",
        summary: "set up what is missing, then measure everything beside its budget",
        run: bench::bench,
    },
    Command {
        name: "screenshots",
        usage: "screenshots [NAME…] [--no-build]",
        summary: "set up what is missing, then make the pictures of target/screenshots/",
        run: bench::screenshots,
    },
    Command {
        name: "help",
        usage: "help",
        summary: "this text",
        run: |arguments| {
            arguments.finish()?;
            print!("{}", help());
            Ok(())
        },
    },
];

/// Why a command did not end well.
#[derive(Debug)]
enum Stop {
    /// The command line is wrong: exit 2.
    Usage(String),
    /// Something did not work: exit 1.
    Failed(Failure),
    /// Tests failed, and the line that counts them, which must be the last, is printed: exit 1.
    Counted,
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Stop::Failed(failure)
    }
}

fn main() -> ExitCode {
    match dispatch(std::env::args().skip(1).collect()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Stop::Usage(message)) => {
            eprintln!("xtask: {message}; `cargo xtask help` lists what there is");
            ExitCode::from(2)
        }
        Err(Stop::Failed(failure)) => {
            eprintln!("xtask: {failure}");
            ExitCode::FAILURE
        }
        Err(Stop::Counted) => ExitCode::FAILURE,
    }
}

fn dispatch(mut words: Vec<String>) -> Result<(), Stop> {
    if words.is_empty() {
        return Err(Stop::Usage("a command is missing".to_owned()));
    }
    let word = words.remove(0);
    let name = if word == "--help" || word == "-h" { "help" } else { word.as_str() };
    let Some(command) = COMMANDS.iter().find(|command| command.name == name) else {
        let names = COMMANDS.iter().map(|command| command.name);
        return Err(Stop::Usage(arguments::unknown("command", &word, names)));
    };
    (command.run)(Arguments::new(words))
}

fn help() -> String {
    let mut text = String::from("cargo xtask COMMAND\n\n");
    for command in COMMANDS {
        text.push_str(&format!("  {:<50} {}\n", command.usage, command.summary));
    }
    text.push_str(
        "\nINTERLEAVE_BROWSER names the browser of the tests; without it, Chromium or Chrome is\n\
         looked for on the PATH.\n",
    );
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usage_error(words: &[&str]) -> String {
        match dispatch(words.iter().map(|word| word.to_string()).collect()) {
            Err(Stop::Usage(message)) => message,
            other => panic!("expected a usage error, got {other:?}"),
        }
    }

    #[test]
    fn an_unknown_word_is_answered_with_the_nearest_command() {
        assert_eq!(usage_error(&["sevre"]), "unknown command `sevre`, did you mean `serve`?");
        assert_eq!(usage_error(&["xyzzyplugh"]), "unknown command `xyzzyplugh`");
        assert_eq!(usage_error(&[]), "a command is missing");
    }

    #[test]
    fn a_wrong_option_is_found_before_anything_is_set_up() {
        assert_eq!(
            usage_error(&["serve", "--prot", "80"]),
            "unknown option `--prot`, did you mean `--port`?"
        );
        assert_eq!(usage_error(&["serve", "--port"]), "--port needs a value");
        assert_eq!(
            usage_error(&["serve", "--port", "99999"]),
            "--port needs a number from 1 to 65535, not `99999`"
        );
        assert_eq!(usage_error(&["help", "me"]), "unexpected `me`");
    }

    #[test]
    fn the_help_names_every_command() {
        for command in COMMANDS {
            assert!(help().contains(command.usage));
            assert!(command.usage.starts_with(command.name));
        }
    }
}
