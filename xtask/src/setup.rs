//! What a fresh machine lacks: found first, brought only if missing, named if it cannot be brought.

use crate::run::{self, Failure};
use crate::tools::{self, TRUNK, WASM_BINDGEN};
use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A copy of the lock that `node_modules` was made from. Kept inside it, so both go together.
const NPM_STAMP: &str = "node_modules/.interleave-lock.json";

const BROWSER_VARIABLE: &str = "INTERLEAVE_BROWSER";
const BROWSERS: [&str; 5] =
    ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];

/// What building the page takes.
pub struct PageTools {
    path: OsString,
}

impl PageTools {
    /// Brings everything that building the page needs, and only what is missing.
    pub fn provide() -> Result<Self, Failure> {
        node()?;
        wasm_target()?;
        let mut directories = Vec::new();
        directories.extend(TRUNK.provide()?);
        directories.extend(WASM_BINDGEN.provide()?);
        npm_packages()?;
        let on_path = tools::version_of(Path::new("wasm-opt"));
        if on_path.as_deref() != Some(tools::WASM_OPT_VERSION) {
            directories.push(run::project_root().join("node_modules/.bin"));
        }
        crates()?;
        let rest = env::var_os("PATH").unwrap_or_default();
        directories.extend(env::split_paths(&rest));
        let path = env::join_paths(directories)
            .map_err(|error| Failure::new(format!("the PATH cannot be extended: {error}")))?;
        Ok(PageTools { path })
    }

    /// Trunk, with all it calls on its PATH and its own downloads off.
    pub fn trunk(&self, subcommand: &str) -> Command {
        let program = search(&self.path, "trunk").unwrap_or_else(|| PathBuf::from("trunk"));
        let mut trunk = Command::new(program);
        // Trunk takes NO_COLOR for a boolean and refuses the customary `1`.
        trunk.env_remove("NO_COLOR");
        // It would ask the registry for newer releases of itself.
        trunk.env("TRUNK_SKIP_VERSION_CHECK", "true");
        trunk.env("PATH", &self.path).current_dir(run::project_root()).arg(subcommand);
        trunk
    }
}

/// The browser for the tests. Nothing is ever downloaded for it.
pub fn browser() -> Result<PathBuf, Failure> {
    if let Some(named) = env::var_os(BROWSER_VARIABLE).filter(|value| !value.is_empty()) {
        let path = env::var_os("PATH").unwrap_or_default();
        return search(&path, &named.to_string_lossy()).ok_or_else(|| {
            Failure::new(format!(
                "{BROWSER_VARIABLE} names {}, which is no file that can be started",
                Path::new(&named).display()
            ))
        });
    }
    let path = env::var_os("PATH").unwrap_or_default();
    if let Some(found) = BROWSERS.iter().find_map(|name| search(&path, name)) {
        return Ok(found);
    }
    let applications = [
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
    ];
    if let Some(found) = applications.iter().map(PathBuf::from).find(|path| path.is_file()) {
        return Ok(found);
    }
    Err(Failure::new(format!(
        "the browser tests need Chromium or Chrome, and none is on the PATH.\n  Install it: {}\n  \
         or name one: {BROWSER_VARIABLE}=/path/to/chromium cargo xtask test",
        install_hint("chromium", "--cask chromium", "Google.Chrome")
    )))
}

/// Node.js and npm, of which the tests and `wasm-opt` are made.
pub fn node() -> Result<(), Failure> {
    let hint = install_hint("nodejs npm", "node", "OpenJS.NodeJS.LTS");
    let needed = tools::NODE_MAJOR_MIN;
    let found = tools::version_of(Path::new("node"));
    match found.as_deref().map(|version| (version, tools::major(version))) {
        None => Err(Failure::new(format!(
            "Node.js {needed} or newer is needed, and no `node` is on the PATH.\n  Install it: {hint}"
        ))),
        Some((version, major)) if major.is_none_or(|major| major < needed) => {
            Err(Failure::new(format!(
                "Node.js {needed} or newer is needed; the `node` on the PATH is {version}.\n  \
                 Install a newer one: {hint}, or https://nodejs.org"
            )))
        }
        Some(_) if tools::version_of(Path::new(npm())).is_none() => {
            Err(Failure::new(format!("npm is needed beside Node.js.\n  Install it: {hint}")))
        }
        Some(_) => Ok(()),
    }
}

/// `git`, which the tests of tidiness ask for the list of the project's files.
pub fn git() -> Result<(), Failure> {
    if run::answers("git", &["--version"]) {
        return Ok(());
    }
    let hint = install_hint("git", "git", "Git.Git");
    Err(Failure::new(format!("git is needed, and is not on the PATH.\n  Install it: {hint}")))
}

/// The parts of the Rust toolchain that only development needs.
pub fn lint_components() -> Result<(), Failure> {
    for (subcommand, component) in [("fmt", "rustfmt"), ("clippy", "clippy")] {
        if !run::answers("cargo", &[subcommand, "--version"]) {
            rustup_add("component", component)?;
        }
    }
    Ok(())
}

/// The compiler's library for the page's target. The directory is looked at, rather than rustup
/// asked, because a Rust from a distribution has no rustup and may well have the target.
pub fn wasm_target() -> Result<(), Failure> {
    let asked = Command::new("rustc")
        .args(["--print", "target-libdir", "--target", tools::WASM_TARGET])
        .output();
    let directory = asked.ok().filter(|output| output.status.success());
    let directory = directory.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
    match directory {
        Some(directory) if Path::new(directory.trim()).is_dir() => Ok(()),
        _ => rustup_add("target", tools::WASM_TARGET),
    }
}

/// Whether the source of the standard library is here, or could be brought. The page does without
/// it, at a tenth more to download.
pub fn library_source() -> bool {
    let asked = Command::new("rustc").args(["--print", "sysroot"]).output();
    let Some(output) = asked.ok().filter(|output| output.status.success()) else { return false };
    let sysroot = String::from_utf8_lossy(&output.stdout).into_owned();
    let source = Path::new(sysroot.trim()).join("lib/rustlib/src/rust/library/Cargo.lock");
    if !source.is_file() && rustup_add("component", "rust-src").is_err() {
        return false;
    }
    // What the library itself is made of: Trunk asks for no crate that is not here.
    let mut fetch = Command::new("cargo");
    fetch.args(["fetch", "--locked", "--target", tools::WASM_TARGET]);
    set_unstable(&mut fetch);
    source.is_file() && run::run(fetch.current_dir(run::project_root())).is_ok()
}

/// Lets a stable toolchain build the standard library.
pub fn set_unstable(command: &mut Command) {
    command
        .env("RUSTC_BOOTSTRAP", "1")
        .env("CARGO_UNSTABLE_BUILD_STD", "std,panic_abort")
        .env("CARGO_UNSTABLE_BUILD_STD_FEATURES", "optimize_for_size");
}

fn rustup_add(kind: &str, name: &str) -> Result<(), Failure> {
    if !run::answers("rustup", &["--version"]) {
        return Err(Failure::new(format!(
            "the Rust {kind} {name} is missing, and there is no rustup to add it.\n  Install rustup: \
             https://rustup.rs, or the package of your system that holds {name}"
        )));
    }
    run::say(&format!("adding the Rust {kind} {name}"));
    let mut rustup = Command::new("rustup");
    rustup.args([kind, "add", name]);
    if let Some(toolchain) = env::var_os("RUSTUP_TOOLCHAIN") {
        rustup.arg("--toolchain").arg(toolchain);
    }
    run::run(rustup.current_dir(run::project_root()))
}

/// Runs `npm ci` when what is installed does not come from the lock that is committed.
fn npm_packages() -> Result<(), Failure> {
    let root = run::project_root();
    let lock = fs::read(root.join("package-lock.json"))
        .map_err(|error| Failure::new(format!("package-lock.json cannot be read: {error}")))?;
    let stamp = root.join(NPM_STAMP);
    if is_current(&lock, fs::read(&stamp).ok().as_deref()) {
        return Ok(());
    }
    run::say("installing the npm packages of package-lock.json");
    let mut command = Command::new(npm());
    command.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]).current_dir(root);
    run::run(&mut command)?;
    fs::write(&stamp, &lock)
        .map_err(|error| Failure::new(format!("{} cannot be written: {error}", stamp.display())))
}

/// Whether `node_modules` was made from this very lock.
fn is_current(lock: &[u8], stamp: Option<&[u8]>) -> bool {
    stamp == Some(lock)
}

/// Fetches the crates of Cargo.lock: Trunk calls cargo offline.
fn crates() -> Result<(), Failure> {
    let mut fetch = Command::new("cargo");
    fetch.args(["fetch", "--locked"]).current_dir(run::project_root());
    run::run(&mut fetch)
}

fn npm() -> &'static str {
    if cfg!(windows) { "npm.cmd" } else { "npm" }
}

/// The first file of that name in the directories of a PATH; a name with a slash is a path.
fn search(path: &OsString, name: &str) -> Option<PathBuf> {
    let suffix = if cfg!(windows) && !name.ends_with(".exe") { ".exe" } else { "" };
    let name = format!("{name}{suffix}");
    if name.contains(std::path::is_separator) {
        return Some(PathBuf::from(name)).filter(|file| is_program(file));
    }
    env::split_paths(path).map(|directory| directory.join(&name)).find(|file| is_program(file))
}

#[cfg(unix)]
fn is_program(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(file).is_ok_and(|data| data.is_file() && data.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_program(file: &Path) -> bool {
    file.is_file()
}

/// The command that installs something on this kind of machine.
fn install_hint(debian: &str, brew: &str, winget: &str) -> String {
    if cfg!(target_os = "macos") {
        format!("brew install {brew}")
    } else if cfg!(windows) {
        format!("winget install {winget}")
    } else {
        format!("sudo apt-get install {debian}  (or your distribution's like)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_are_stale_without_a_stamp_or_with_another_lock() {
        assert!(!is_current(b"{}", None));
        assert!(!is_current(b"{\"a\":1}", Some(b"{}")));
        assert!(is_current(b"{\"a\":1}", Some(b"{\"a\":1}")));
    }

    #[test]
    fn a_program_is_found_by_name_and_by_path_but_a_directory_is_none() {
        let path = env::var_os("PATH").unwrap();
        let rustc = search(&path, "rustc").expect("rustc is on the PATH of its own tests");
        assert_eq!(search(&path, &rustc.to_string_lossy()), Some(rustc));
        assert_eq!(search(&path, "no-such-program-here"), None);
        assert_eq!(search(&path, &env::temp_dir().to_string_lossy()), None);
    }
}
