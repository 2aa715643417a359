//! Makes a list of wanted assets into files, and keeps what was bought.

mod catalog;
mod definition;
mod disk;
mod entry_id;
mod event;
mod fields;
mod file_choice;
mod hash;
mod lock_file;
mod os_lock;
mod parse;
mod plan;
mod planner;
mod prune;
mod run;
mod state;
mod toml_text;
mod verify;

pub use catalog::Catalog;
pub use definition::{Definition, Entry, Make, Picture, Recorded};
pub use entry_id::{EntryId, Section};
pub use event::{Event, Summary, Waiting};
pub use file_choice::FileChoice;
pub use plan::{Change, Plan, PlannedEntry, PlannedStep, Step};
pub use prune::Pruned;
pub use run::Run;
pub use verify::{FileProblem, FileProblemKind, Verification};
