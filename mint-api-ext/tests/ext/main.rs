//! The crate against the simulator, in paused time.

mod bad_input;
mod batch;
mod download;
mod entry_points;
mod saved;
mod secrets;
mod simulator;
mod wait;
