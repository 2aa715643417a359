//! Parsing a document within bounds, and its canonical text.

mod limits;
mod text;

pub(crate) use limits::check as check_limits;
#[cfg(feature = "source")]
pub(crate) use text::{beyond_bounds, bounded, exact_integer};
pub use text::{canonical, parse_json};
