//! The updates of a wait.

use std::fmt;
use std::time::Duration;

use mint_api::types::Operation;

use super::Outcome;
use crate::error::{Brief, Error};

/// An update of a wait.
#[derive(Debug)]
#[non_exhaustive]
pub enum Update {
    /// The operation goes on. Its status changed, or the ceiling on `Retry-After` overrode the server.
    Changed(Observation),
    /// Nothing is new; only with [`Wait::every_poll`](super::Wait::every_poll).
    Unchanged(Observation),
    /// A poll failed, and a later one may succeed; only with [`Wait::every_poll`](super::Wait::every_poll).
    PollFailed(Error),
    /// The wait is over.
    Ended(Outcome),
}

/// An operation that goes on, as one poll found it.
#[derive(Clone)]
#[non_exhaustive]
pub struct Observation {
    /// The operation.
    pub operation: Operation,
    /// How long the server asked to wait, where the ceiling on `Retry-After` overrode it.
    pub overridden_retry_after: Option<Duration>,
}

/// Shows only the id and status of the operation; the rest may hold signed URLs.
impl fmt::Debug for Observation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Observation")
            .field("operation", &Brief(&self.operation))
            .field("overridden_retry_after", &self.overridden_retry_after)
            .finish()
    }
}
