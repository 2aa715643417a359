//! Errors. Their texts show ids, operations and URLs without secrets.

mod brief;
mod error;
pub(crate) mod id;
mod no_runtime;
pub(crate) mod problem_type;
mod shown;

pub(crate) use brief::Brief;
pub use error::{Error, ErrorKind, WaitSummary};
pub(crate) use error::{Fate, Reply};
pub use id::OperationId;
pub(crate) use mint_api::shown_text as quoted;
pub(crate) use no_runtime::check_runtime;
pub(crate) use shown::shown;
