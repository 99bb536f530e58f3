//! Two faces of one program: on `wasm32` the page, elsewhere the command line.

#[cfg(target_arch = "wasm32")]
fn main() {
    interleave::ui::main();
}

#[cfg(not(target_arch = "wasm32"))]
fn main() -> std::process::ExitCode {
    interleave::cli::main()
}
