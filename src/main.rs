//! Two faces of one program: on `wasm32` the page, elsewhere the command line.

fn main() {}
