//! Polls that fail in a row.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::error::Error;

/// After this many replies in a row that do not decode for the same reason, a wait ends.
const MAX_UNDECODED: u8 = 3;
const UNDECODED_THRICE: &str = "three polls in a row had such a reply";

/// A gap between two failures counts up to this much, however short the backoff. Without it, a policy without delays would
/// poll a server that fails for ever.
const LEAST_COUNTED: Duration = Duration::from_secs(1);

/// The polls that failed in a row, up to the last one. Most waits have none, so they take no room.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub(super) struct Failures(Option<Box<Row>>);

#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
struct Row {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last: Option<Failure>,
    /// How many polls in a row had a reply that did not decode for the same reason, and the hash of the reason, which may
    /// quote the reply.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    undecoded: Option<(u8, u64)>,
}

/// A failed poll. Times are those of the machine.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(super) struct Failure {
    pub(super) at: Duration,
    /// How much of the tolerance the row had used up by then.
    pub(super) used: Duration,
    /// How much of the delay before the next poll is the server's wish.
    pub(super) obeyed: Duration,
    /// When the next poll is due.
    pub(super) next: Duration,
}

impl Failures {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// Whether a poll that failed so is sent again.
    pub(super) fn is_retryable(&mut self, error: &Error) -> bool {
        let Some(reason) = error.undecoded() else {
            if let Some(row) = &mut self.0 {
                row.undecoded = None;
            }
            return error.is_transient();
        };
        let reason = hash(&reason);
        let row = self.0.get_or_insert_default();
        let times = match row.undecoded {
            Some((times, before)) if before == reason => times.saturating_add(1),
            _ => 1,
        };
        row.undecoded = Some((times, reason));
        times < MAX_UNDECODED
    }

    /// Adds to an error that ends the wait what the polls before have to do with it.
    pub(super) fn explain(&self, error: Error) -> Error {
        match self.0.as_ref().and_then(|row| row.undecoded.as_ref()) {
            Some((MAX_UNDECODED, _)) => error.with_advice(UNDECODED_THRICE),
            _ => error,
        }
    }

    /// How much of the tolerance is used up if another poll fails now: nothing by the first failure, then the delays between
    /// the failures.
    ///
    /// The rest of a gap says nothing of the server: the machine slept, the reader of the updates was slow, or the server
    /// asked for the delay.
    pub(super) fn tolerance_used(&self, now: Duration) -> Duration {
        let Some(last) = self.0.as_ref().and_then(|row| row.last.as_ref()) else {
            return Duration::ZERO;
        };
        let backoff = last.next.saturating_sub(last.at).saturating_sub(last.obeyed);
        let gap = now.saturating_sub(last.at).saturating_sub(last.obeyed);
        last.used.saturating_add(gap.min(backoff.max(LEAST_COUNTED)))
    }

    pub(super) fn add(&mut self, failure: Failure) {
        self.0.get_or_insert_default().last = Some(failure);
    }
}

/// A hash to compare texts of one wait by.
pub(super) fn hash(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}
