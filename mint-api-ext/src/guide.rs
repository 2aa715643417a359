//! A guide by task, from the first program to many workers. Every example runs.
//!
//! - [`running`]: Tokio, code without it, logging, proxies, certificates and timeouts.
//! - [`restarting`]: programs that are killed and never pay twice.
//! - [`reviewing`]: previews that a person approves or has revised.
//! - [`budgets`]: what a request costs, and limits.
//! - [`downloading`]: names of files, where they land, and what is overwritten.
//! - [`testing`]: your own program against the simulator.
//! - [`many_workers`]: thousands of operations, in one process or in many.
//! - [`versions`]: the crates whose types appear in this crate's API.

pub mod budgets;
pub mod downloading;
pub mod many_workers;
pub mod restarting;
pub mod reviewing;
pub mod running;
pub mod testing;
pub mod versions;
