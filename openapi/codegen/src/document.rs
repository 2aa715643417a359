//! Parsing a document within bounds, its canonical text, and selecting some of its operations.

mod limits;
mod selection;
mod text;

pub(crate) use limits::check as check_limits;
#[cfg(feature = "source")]
pub(crate) use limits::{MAX_BYTES, size};
pub use selection::select;
#[cfg(feature = "source")]
pub(crate) use text::{beyond_bounds, bounded, exact_integer};
pub use text::{canonical, parse_json};
