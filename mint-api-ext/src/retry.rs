//! Retries: which failures are retryable, after what delay, and how often.

mod exponential;
mod jitter;
mod policy;
pub(crate) mod retry_after;
mod retryable;

pub use exponential::Exponential;
pub(crate) use exponential::with_jitter;
pub(crate) use jitter::Jitter;
pub use policy::RetryPolicy;
pub(crate) use retryable::is_retryable;
