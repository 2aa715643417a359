//! The report: the disposition of every construct of a document, with a code and an explanation.

mod code;
mod entry;
mod explanation;
mod log;
mod pass;
mod rejection;

pub use code::{Code, Explanation, UnknownCode};
pub use entry::{Disposition, Entry, Report};
pub(crate) use log::Log;
pub(crate) use pass::Pass;
