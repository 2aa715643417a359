//! The crate against the simulator, in paused time.

// A process of its own tells what it did.
#![allow(clippy::print_stderr)]

mod already_there;
mod any_route;
mod archives;
mod asset_fallback;
mod asset_packs;
mod bad_input;
mod bad_start;
mod batch;
mod broken_sinks;
mod continued;
mod crowded;
mod disk;
mod download;
mod entry_points;
mod faults;
mod gate;
mod generated_calls;
mod in_memory;
mod inputs;
mod jobs;
mod missing_files;
mod money;
mod named;
mod nginx;
mod no_runtime;
mod not_found;
mod odd_replies;
mod one_file;
mod picks;
mod plain_store;
mod processes;
mod progress;
mod reads;
mod reference_images;
mod saved;
mod saved_requests;
mod secrets;
mod segments;
mod silent;
mod simulator;
mod simulator_api;
mod simulator_document;
mod simulator_faults;
mod simulator_state;
mod sinks;
mod soak;
mod start;
mod support {
    pub(crate) mod child;
    pub(crate) mod clock;
    pub(crate) mod leaks;
    pub(crate) mod memory;
    pub(crate) mod recorder;
    pub(crate) mod say;
    pub(crate) mod scripted;
    pub(crate) mod wire;
}
mod steps;
mod taken_names;
mod tls;
mod tokens;
mod traces;
mod transport;
mod wait;
