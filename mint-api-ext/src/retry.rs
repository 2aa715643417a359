//! Sending a request again: after which failures, when, and how often.

mod jitter;
mod policy;
pub(crate) mod retry_after;
mod transient;

pub(crate) use jitter::Jitter;
pub use policy::RetryPolicy;
pub(crate) use policy::retrying;
pub(crate) use transient::is_transient;
