//! Makes a list of wanted assets into files, and records what was bought.
//!
//! `mint.toml` is the list: a person writes it. [`Catalog::open`] reads it with `mint.lock`, which records what was bought.
//! [`guide::catalog`](crate::guide::catalog) shows both files and the way of working.
//!
//! | Task | Call |
//! |---|---|
//! | See what a run would do | [`Catalog::plan`], [`Plan::estimate`] |
//! | Make it | [`Catalog::run`], a stream of [`Event`]s |
//! | Check the files, offline | [`Catalog::verify`] |
//! | See the paid calls of each entry, and what they cost | [`Catalog::bought`] |
//! | Write `mint-assets.json`, as Mint's own skills read it | [`Catalog::write_registry`] |
//! | Remove the files of removed entries | [`Catalog::prune`] |
//! | Decide for a failed, lost or changed entry | [`Run::again`], [`Run::resend`], [`Run::overwrite`] |
//!
//! # The lock
//!
//! `mint.lock` is TOML with a `format`. This version writes and reads format 1, and refuses another. It is sorted, so that
//! one change is one hunk. For each entry it has the files with their SHA-256, and for each paid call the key, when it was
//! sent, the operation, what it made and what it cost. A call that has not ended also has its exact request, with the URLs
//! of its pictures. The lock is synced to the disk before the call is sent.
//!
//! `.mint/` has the wait states, the sizes and times of hashed files, staging, and the lock between processes. Without it, a
//! run takes longer, and costs the same.

mod bought;
mod catalog;
mod definition;
mod disk;
mod entry_id;
mod event;
mod fields;
mod file_choice;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzzing;
mod hash;
mod lock_file;
mod lock_text;
mod os_lock;
mod parse;
mod plan;
mod planner;
mod prune;
mod registry;
mod run;
mod state;
mod toml_text;
mod verify;

pub use bought::{Bought, CallState, PaidCall};
pub use catalog::Catalog;
pub use definition::{Definition, Entry, Make, Picture, Recorded};
pub use entry_id::{EntryId, Section};
pub use event::{Event, Summary, Waiting};
pub use file_choice::FileChoice;
pub use plan::{Change, Plan, PlannedEntry, PlannedStep, Step};
pub use prune::Pruned;
pub use run::Run;
pub use verify::{FileProblem, FileProblemKind, Verification};
