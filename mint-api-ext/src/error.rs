//! Errors, and what they name: operations by their ids, types of problems.

mod brief;
mod error;
pub(crate) mod id;
mod operation_id;
pub(crate) mod problem_type;

pub(crate) use brief::Brief;
pub(crate) use error::Reply;
pub use error::{Error, ErrorKind, WaitSummary};
pub use operation_id::OperationId;
