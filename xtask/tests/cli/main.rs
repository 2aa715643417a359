//! The built program: what it prints, where, and the code it ends with.

mod codegen;
mod diff;
mod exit_codes;
mod program;
#[path = "../../src/testing/server.rs"]
#[allow(dead_code, reason = "the tests of single modules use more of it")]
mod server;
mod upstream;
