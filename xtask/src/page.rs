//! `build` and `serve`: the page, by Trunk.

use crate::Stop;
use crate::arguments::Arguments;
use crate::run::{self, Failure};
use crate::setup::{self, PageTools};
use std::net::TcpListener;
use std::process::Command;

const PORT: u16 = 8080;

pub fn build(mut arguments: Arguments) -> Result<(), Stop> {
    let dev = arguments.flag("--dev");
    arguments.finish()?;
    build_dist(&PageTools::provide()?, !dev)?;
    Ok(())
}

/// Leaves the page in `dist/` and says how large it is.
pub fn build_dist(tools: &PageTools, release: bool) -> Result<(), Failure> {
    let mut trunk = tools.trunk("build");
    if release {
        trunk.arg("--release");
        slim(&mut trunk);
    }
    run::run(&mut trunk)?;
    if release {
        node("xtask/shorten.mjs")?;
    }
    node("xtask/sizes.mjs")
}

/// Runs a script over what was built.
fn node(script: &str) -> Result<(), Failure> {
    let mut node = Command::new("node");
    run::run(node.args([script, "dist"]).current_dir(run::project_root()))
}

/// Builds the standard library along with the page, without what a panic would say: a tenth of the
/// download was that. A panic stops the program all the same, and the page shows its card; what it
/// would have said is said by `cargo xtask serve`, whose build keeps it.
///
/// The switches are not stable yet. The toolchain is pinned, so they mean the same until somebody
/// changes it; and where they cannot be used the page is built without them.
fn slim(trunk: &mut Command) {
    if !setup::library_source() {
        run::say("no source of the standard library: the page will be a tenth larger");
        return;
    }
    setup::set_unstable(trunk);
    trunk.env("RUSTFLAGS", "-Zunstable-options -Cpanic=immediate-abort -Zlocation-detail=none");
}

pub fn serve(mut arguments: Arguments) -> Result<(), Stop> {
    let port = match arguments.value("--port")? {
        None => PORT,
        Some(text) => match text.parse() {
            Ok(port) if port != 0 => port,
            _ => {
                return Err(Stop::Usage(format!(
                    "--port needs a number from 1 to 65535, not `{text}`"
                )));
            }
        },
    };
    let release = arguments.flag("--release");
    arguments.finish()?;
    refuse_taken(port)?;
    let tools = PageTools::provide()?;
    // Not `dist/`: what is deployed is never what somebody happens to be editing.
    let mut trunk = tools.trunk("serve");
    trunk.args(["--dist", "target/serve", "--port", &port.to_string()]);
    if release {
        trunk.arg("--release");
    }
    run::say(&format!("building; the page will be at http://127.0.0.1:{port}/ (Ctrl+C ends it)"));
    run::become_program(&mut trunk)?;
    Ok(())
}

/// Finds out before minutes of set-up, and not after them, that the port is in use.
fn refuse_taken(port: u16) -> Result<(), Failure> {
    match TcpListener::bind(("127.0.0.1", port)) {
        Ok(_) => Ok(()),
        Err(error) => Err(Failure::new(format!(
            "port {port} of 127.0.0.1 cannot be used: {error}.\n  Take another one: \
             cargo xtask serve --port {}",
            if port < u16::MAX { port + 1 } else { PORT }
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taken_port_is_refused_with_another_one() {
        let taken = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = taken.local_addr().unwrap().port();
        let message = refuse_taken(port).unwrap_err().to_string();
        assert!(message.contains("cargo xtask serve --port"), "{message}");
    }
}
