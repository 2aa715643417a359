//! The crate against the simulator, in paused time.

// A test that cannot run says so.
#![allow(clippy::print_stderr)]

mod bad_input;
mod batch;
mod disk;
mod download;
mod entry_points;
mod saved;
mod faults;
mod secrets;
mod simulator;
mod sinks;
mod wait;
