//! What became of every construct of a document.

mod code;
mod entry;
mod explanation;
pub(crate) mod rejection;

pub use code::{Code, Explanation, UnknownCode};
pub use entry::{Disposition, Entry, Report};
