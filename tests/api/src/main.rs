//! `rustdoc` with its unstable options. Cargo calls it in the place of `rustdoc`: for all of Cargo, they would make build
//! scripts take the compiler for a nightly one, and build every crate again.

use std::env;
use std::process::{Command, exit};

fn main() {
    let status = Command::new("rustdoc").args(env::args_os().skip(1)).env("RUSTC_BOOTSTRAP", "1").status();
    match status {
        Ok(status) => exit(status.code().unwrap_or(1)),
        Err(error) => {
            eprintln!("cannot start rustdoc: {error}");
            exit(1);
        }
    }
}
