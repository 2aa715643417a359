//! What a status means for a wait.

use std::sync::Arc;

use mint_api::types::Operation;

use super::gate::Origin;
use super::history::History;
use super::{FailedOperation, Outcome, Preview, Unpaid};
use crate::client::Mint;

/// How an operation ends, as far as its status tells.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum End {
    Succeeded,
    PartiallySucceeded,
    AwaitingReview,
    BillingRequired,
    Failed,
    Canceled,
    Unrecognized,
}

impl End {
    pub(crate) fn outcome(self, operation: Operation, mint: &Mint, history: Option<&Arc<History>>) -> Outcome {
        let origin = || Origin { mint: mint.clone(), history: history.cloned().unwrap_or_default() };
        match self {
            Self::Succeeded => Outcome::Succeeded(operation),
            Self::PartiallySucceeded => Outcome::PartiallySucceeded(operation),
            Self::AwaitingReview => Outcome::AwaitingReview(Preview { operation, origin: origin() }),
            Self::BillingRequired => Outcome::BillingRequired(Unpaid { operation, origin: origin() }),
            Self::Failed => Outcome::Failed(FailedOperation { operation, origin: origin() }),
            Self::Canceled => Outcome::Canceled(operation),
            Self::Unrecognized => Outcome::Unrecognized(operation),
        }
    }
}

/// What a status means for a wait.
///
/// Statuses are told apart by their text, so that one the document does not name yet means the same.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Phase {
    /// The operation goes on.
    Passing,
    /// Nobody knows; it goes on unless something else says that it ended.
    Unknown,
    /// The operation has ended or needs a person.
    Over(End),
}

impl Phase {
    pub(crate) fn of(status: &str, generation_mode: &str) -> Self {
        match status {
            "queued" | "running" => Self::Passing,
            "succeeded" => Self::Over(End::Succeeded),
            "partially_succeeded" => Self::Over(End::PartiallySucceeded),
            "failed" => Self::Over(End::Failed),
            "canceled" => Self::Over(End::Canceled),
            "billing_required" => Self::Over(End::BillingRequired),
            // In auto mode the preview is passed by; only in review mode does it wait for a person.
            "preview_ready" => match generation_mode {
                "review" => Self::Over(End::AwaitingReview),
                "auto" => Self::Passing,
                _ => Self::Unknown,
            },
            _ => Self::Unknown,
        }
    }
}
