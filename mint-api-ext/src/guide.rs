//! A guide by task, from the first program to many workers. The examples are tests of this crate.
//!
//! - [`running`]: Tokio, code without Tokio, logging, proxies, certificates and timeouts.
//! - [`restarting`]: programs that can be killed at any moment and never pay twice.
//! - [`reviewing`]: previews that a person approves or revises.
//! - [`budgets`]: the price of a request, and limits.
//! - [`jobs`]: an optimized model, the models of a pack, a failure and what to do about it.
//! - [`catalog`]: a list of assets in a repository, made into files; needs the feature `catalog`.
//! - [`downloading`]: the names and places of files, and which files are overwritten.
//! - [`testing`]: tests of your own program with the simulator.
//! - [`many_workers`]: thousands of operations, in one process or in many.
//! - [`versions`]: the crates whose types appear in this crate's API.

pub mod budgets;
#[cfg(feature = "catalog")]
pub mod catalog;
pub mod downloading;
pub mod jobs;
pub mod many_workers;
pub mod restarting;
pub mod reviewing;
pub mod running;
pub mod testing;
pub mod versions;
