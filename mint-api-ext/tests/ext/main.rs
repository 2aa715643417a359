//! The crate against the simulator, in paused time.

mod bad_input;
mod download;
mod secrets;
mod simulator;
mod wait;
