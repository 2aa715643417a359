//! Many workers step through Mint's operations from one queue.
//!
//! A [`Job`] is one step of a wait. A [`Worker`] makes the step, pushes the next job into the [`Queue`], due at the next
//! poll, and only then lets the queue acknowledge the old job. When the operation ends, the worker downloads the files to a
//! store and records the [`Outcome`]. The queue is [apalis](https://docs.rs/apalis), in SQLite or PostgreSQL.
//!
//! The example `fleet` is the program. The chapter "Many workers" of `mint_api_ext::guide` describes how it works and its
//! limits.

mod job;
mod outcomes;
mod processes;
mod queue;
mod settings;
mod worker;

pub use self::job::Job;
pub use self::outcomes::{Outcome, Outcomes};
pub use self::processes::{SimulatorProcess, WorkerProcess, scripts, serve};
pub use self::queue::Queue;
pub use self::settings::Settings;
pub use self::worker::Worker;

/// What went wrong, in words.
pub type Error = Box<dyn std::error::Error + Send + Sync>;
