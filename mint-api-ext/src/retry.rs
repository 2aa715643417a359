//! Retries: which failures are retryable, after what delay, and how often.
//!
//! A [`RetryPolicy`] is a setting of the client ([`MintBuilder::retry_policy`](crate::MintBuilder::retry_policy)). It
//! applies to every single request. [`Error::is_transient`](crate::Error::is_transient) has the table of retryable failures.
//! A wait polls under a [`PollingPolicy`](crate::wait::PollingPolicy) instead; an [`Exponential`] is one.
//!
//! # More patience
//!
//! ```
//! use std::time::Duration;
//! use mint_api_ext::retry::{Exponential, RetryPolicy};
//! use mint_api_ext::{Credentials, Mint};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let policy = RetryPolicy::new().attempts(10).backoff(Exponential::calls()).time_limit(Duration::from_secs(900));
//! let mint = Mint::builder(Credentials::api_key("mint_live_0123456789")?).retry_policy(policy).build()?;
//! # let _ = mint;
//! # Ok(())
//! # }
//! ```
//!
//! # No retries
//!
//! [`RetryPolicy::never`] sends each request once. Use it if a queue of your own retries. Store the request's
//! [`idempotency_key`](crate::Request::idempotency_key) with the job and set it on each attempt. Otherwise each attempt
//! starts another operation, and each operation costs credits.

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
