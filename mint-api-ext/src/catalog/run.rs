//! Makes what a plan says.

mod context;
mod files;
mod journal;
mod lookup;
mod paid;
mod requests;
mod run;
mod sending;
mod superseded;
mod waits;
mod worker;

pub use run::Run;
