//! Makes a list of wanted assets into files, and keeps what was bought.

mod definition;
mod entry_id;
mod fields;
mod file_choice;
mod parse;

pub use definition::{Definition, Entry, Make, Picture, Recorded};
pub use entry_id::{EntryId, Section};
pub use file_choice::FileChoice;
