//! Retrying: after which failures, when, and how often.

mod exponential;
mod jitter;
mod policy;
pub(crate) mod retry_after;
mod transient;

pub use exponential::Exponential;
pub(crate) use jitter::Jitter;
pub use policy::RetryPolicy;
