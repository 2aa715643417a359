//! Reading: one thing by its id, or lists page by page.

mod list;
mod read;

pub use list::{Items, List};
