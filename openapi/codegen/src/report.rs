//! The report: the disposition of every construct of a document, with a code and an explanation.

mod code;
mod entry;
mod explanation;
pub(crate) mod rejection;

pub use code::{Code, Explanation, UnknownCode};
pub use entry::{Disposition, Entry, Report};
