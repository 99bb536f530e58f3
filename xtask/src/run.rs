//! Running other programs, and saying what is going on.

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Why a task ended early: one message for the person who started it.
#[derive(Debug)]
pub struct Failure(String);

impl Failure {
    pub fn new(message: impl Into<String>) -> Self {
        Failure(message.into())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// A line about progress. It goes to standard error: standard output belongs to the tests.
pub fn say(line: &str) {
    eprintln!("xtask: {line}");
}

/// The directory of the workspace, wherever the command was started.
pub fn project_root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_path_buf()
}

/// Runs a program to its end; what it prints is shown as it comes.
pub fn run(command: &mut Command) -> Result<(), Failure> {
    match command.stdin(Stdio::null()).status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(Failure::new(format!("{} ended with {status}", line_of(command)))),
        Err(error) => Err(Failure::new(format!("{} did not start: {error}", line_of(command)))),
    }
}

/// Becomes the program, so that a signal meant for this process ends the program and not only us.
#[cfg(unix)]
pub fn become_program(command: &mut Command) -> Result<(), Failure> {
    use std::os::unix::process::CommandExt;
    let error = command.stdin(Stdio::null()).exec();
    Err(Failure::new(format!("{} did not start: {error}", line_of(command))))
}

#[cfg(not(unix))]
pub fn become_program(command: &mut Command) -> Result<(), Failure> {
    run(command)
}

/// Whether a program runs and is content, without showing what it says.
pub fn answers(program: &str, arguments: &[&str]) -> bool {
    Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// The command as a person would type it.
pub fn line_of(command: &Command) -> String {
    let mut line = command.get_program().to_string_lossy().into_owned();
    for argument in command.get_args() {
        line.push(' ');
        line.push_str(&argument.to_string_lossy());
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failing_program_is_named_with_its_arguments() {
        let mut command = Command::new("rustc");
        command.arg("--no-such-flag").stderr(Stdio::null());
        let failure = run(&mut command).unwrap_err().to_string();
        assert!(failure.starts_with("rustc --no-such-flag ended with"), "{failure}");
    }

    #[test]
    fn a_missing_program_is_a_failure_and_not_a_panic() {
        let failure = run(&mut Command::new("no-such-program-here")).unwrap_err().to_string();
        assert!(failure.contains("did not start"), "{failure}");
        assert!(!answers("no-such-program-here", &[]));
    }

    #[test]
    fn the_project_root_holds_the_workspace() {
        assert!(project_root().join("Trunk.toml").is_file());
    }
}
