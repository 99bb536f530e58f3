//! Every tool's version, in this one place, and how a tool is found or installed.
//!
//! A tool of the right version on the PATH is used first; then one that an earlier run installed
//! below the cargo home, in a directory that carries the version in its name, so that two
//! checkouts of different age do not fight; only then is it installed, once.

use crate::run::{self, Failure};
use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A program that comes as a crate.
pub struct CargoTool {
    /// The name of the executable.
    pub program: &'static str,
    /// The crate that holds it.
    pub package: &'static str,
    pub version: &'static str,
}

pub const TRUNK: CargoTool = CargoTool { program: "trunk", package: "trunk", version: "0.21.14" };

/// Must equal the `wasm-bindgen` that Cargo.lock holds: the two halves speak a private format.
pub const WASM_BINDGEN: CargoTool =
    CargoTool { program: "wasm-bindgen", package: "wasm-bindgen-cli", version: "0.2.129" };

/// The release of binaryen; its npm package has two zeros more.
pub const WASM_OPT_VERSION: &str = "132";

/// The first Node.js that playwright-core runs on.
pub const NODE_MAJOR_MIN: u32 = 20;

pub const WASM_TARGET: &str = "wasm32-unknown-unknown";

impl CargoTool {
    /// The directory that holds the program, after installing it where it is missing.
    /// `None` means: it is on the PATH already.
    pub fn provide(&self) -> Result<Option<PathBuf>, Failure> {
        if version_of(Path::new(self.program)).as_deref() == Some(self.version) {
            return Ok(None);
        }
        let root = tools_home()?.join(format!("{}-{}", self.program, self.version));
        let bin = root.join("bin");
        if !self.is_in(&bin) {
            self.install(&root)?;
            if !self.is_in(&bin) {
                return Err(Failure::new(format!(
                    "{} {} was installed into {} but does not answer there; delete that \
                     directory and try again",
                    self.program,
                    self.version,
                    root.display()
                )));
            }
        }
        Ok(Some(bin))
    }

    fn is_in(&self, bin: &Path) -> bool {
        version_of(&bin.join(self.program)).as_deref() == Some(self.version)
    }

    fn install(&self, root: &Path) -> Result<(), Failure> {
        if run::answers("cargo", &["binstall", "-V"]) {
            run::say(&format!("fetching {} {}", self.program, self.version));
            let mut binstall = Command::new("cargo");
            binstall.args(["binstall", "--no-confirm", "--disable-strategies", "compile"]);
            binstall.arg("--root").arg(root).arg(format!("{}@{}", self.package, self.version));
            if run::run(&mut binstall).is_ok() && self.is_in(&root.join("bin")) {
                return Ok(());
            }
            run::say("cargo binstall did not bring it; compiling it instead");
        }
        run::say(&format!(
            "compiling {} {} (minutes, but only this once)",
            self.program, self.version
        ));
        let mut install = Command::new("cargo");
        install.args(["install", "--locked", "--version", self.version, self.package, "--root"]);
        run::run(install.arg(root))
    }
}

/// The version that a program reports, if it runs at all.
pub fn version_of(program: &Path) -> Option<String> {
    let output = Command::new(program).arg("--version").output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout);
    output.status.success().then(|| first_version(&text))?
}

/// The first word that starts with a digit, a leading `v` aside: `trunk 0.21.14` and `v20.2.0`
/// and `wasm-opt version 132 (version_132)` all have one.
pub fn first_version(text: &str) -> Option<String> {
    text.split_whitespace()
        .map(|word| word.strip_prefix('v').unwrap_or(word))
        .find(|word| word.starts_with(|c: char| c.is_ascii_digit()))
        .map(str::to_owned)
}

/// The number before the first dot.
pub fn major(version: &str) -> Option<u32> {
    version.split('.').next()?.parse().ok()
}

fn tools_home() -> Result<PathBuf, Failure> {
    let cargo_home = env::var_os("CARGO_HOME").map(PathBuf::from).or_else(|| {
        let home = env::var_os("HOME").or_else(|| env::var_os("USERPROFILE"))?;
        Some(PathBuf::from(home).join(".cargo"))
    });
    match cargo_home {
        Some(directory) => Ok(directory.join("interleave-tools")),
        None => Err(Failure::new("neither CARGO_HOME nor HOME is set: no place for the tools")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn project_file(name: &str) -> String {
        std::fs::read_to_string(run::project_root().join(name)).unwrap()
    }

    #[test]
    fn versions_are_read_from_what_programs_print() {
        let cases = [
            ("trunk 0.21.14\n", "0.21.14"),
            ("wasm-bindgen 0.2.129", "0.2.129"),
            ("wasm-opt version 132 (version_132)", "132"),
            ("v20.20.2", "20.20.2"),
        ];
        for (printed, version) in cases {
            assert_eq!(first_version(printed).as_deref(), Some(version));
        }
        assert_eq!(first_version("command not found"), None);
        assert_eq!(first_version(""), None);
    }

    #[test]
    fn the_major_number_leads() {
        assert_eq!(major("20.20.2"), Some(20));
        assert_eq!(major("132"), Some(132));
        assert_eq!(major("next"), None);
    }

    #[test]
    fn the_other_files_name_the_same_versions() {
        let trunk = project_file("Trunk.toml");
        assert!(trunk.contains(&format!("trunk-version = \"={}\"", TRUNK.version)));
        assert!(trunk.contains(&format!("wasm_bindgen = \"{}\"", WASM_BINDGEN.version)));
        assert!(trunk.contains(&format!("wasm_opt = \"version_{WASM_OPT_VERSION}\"")));

        let manifest = project_file("Cargo.toml");
        assert!(manifest.contains(&format!("wasm-bindgen = \"={}\"", WASM_BINDGEN.version)));
        let locked = format!("name = \"wasm-bindgen\"\nversion = \"{}\"", WASM_BINDGEN.version);
        assert!(project_file("Cargo.lock").contains(&locked));

        let npm = project_file("package.json");
        assert!(npm.contains(&format!("\"binaryen\": \"{WASM_OPT_VERSION}.0.0\"")));
        assert!(npm.contains(&format!("\"node\": \">={NODE_MAJOR_MIN}\"")));
    }
}
