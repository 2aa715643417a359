//! What a status means for a wait.

use mint_api::types::Operation;

use super::{FailedOperation, OperationHandle, Outcome, Preview, Unpaid};

/// How a wait ends, by the status of the operation.
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
    pub(crate) fn outcome(self, operation: Operation, handle: &OperationHandle) -> Outcome {
        let handle = || handle.clone();
        match self {
            Self::Succeeded => Outcome::Succeeded(operation),
            Self::PartiallySucceeded => Outcome::PartiallySucceeded(operation),
            Self::AwaitingReview => Outcome::AwaitingReview(Preview { operation, handle: handle() }),
            Self::BillingRequired => Outcome::BillingRequired(Unpaid { operation, handle: handle() }),
            Self::Failed => Outcome::Failed(FailedOperation { operation, handle: handle() }),
            Self::Canceled => Outcome::Canceled(operation),
            Self::Unrecognized => Outcome::Unrecognized(operation),
        }
    }
}

/// Whether an operation has ended for good.
pub(crate) fn has_ended(operation: &Operation) -> bool {
    use End::{Canceled, Failed, PartiallySucceeded, Succeeded};
    // The mode decides only what a preview means, which is no end for good.
    let phase = Phase::of(operation.status.as_str(), "");
    matches!(phase, Phase::Over(Succeeded | PartiallySucceeded | Failed | Canceled))
}

/// Whether an operation goes on only when a person acts.
pub(super) fn needs_person(operation: &Operation) -> bool {
    matches!(Phase::of_operation(operation), Phase::Over(End::AwaitingReview | End::BillingRequired))
}

/// What a status means for a wait.
///
/// Statuses are compared as text, so that it does not matter which of them the OpenAPI document lists.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Phase {
    /// The operation goes on.
    Passing,
    /// This version does not know the status. The operation goes on unless something else in the reply says that it ended.
    Unknown,
    /// The operation has ended or needs a person.
    Over(End),
}

impl Phase {
    pub(crate) fn of_operation(operation: &Operation) -> Self {
        let ended = operation.completed_at.is_some() || operation.canceled_at.is_some() || operation.error.is_some();
        let mode = operation.generation_mode.as_ref().map_or("", |mode| mode.as_str());
        match Self::of(operation.status.as_str(), mode) {
            Self::Unknown if ended => Self::Over(End::Unrecognized),
            phase => phase,
        }
    }

    pub(crate) fn of(status: &str, generation_mode: &str) -> Self {
        match status {
            "queued" | "running" => Self::Passing,
            "succeeded" => Self::Over(End::Succeeded),
            "partially_succeeded" => Self::Over(End::PartiallySucceeded),
            "failed" => Self::Over(End::Failed),
            "canceled" => Self::Over(End::Canceled),
            "billing_required" => Self::Over(End::BillingRequired),
            // Only in review mode does a preview wait for a person.
            "preview_ready" => match generation_mode {
                "review" => Self::Over(End::AwaitingReview),
                "auto" => Self::Passing,
                _ => Self::Unknown,
            },
            _ => Self::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_preview_waits_for_a_person_only_in_review_mode() {
        for (mode, phase) in [
            ("review", Phase::Over(End::AwaitingReview)),
            ("auto", Phase::Passing),
            ("", Phase::Unknown),
            ("later", Phase::Unknown),
        ] {
            assert_eq!(Phase::of("preview_ready", mode), phase, "{mode}");
        }
    }

    #[test]
    fn ends_for_good_and_gates() {
        for (status, ended, gate) in [
            ("queued", false, false),
            ("running", false, false),
            ("succeeded", true, false),
            ("partially_succeeded", true, false),
            ("failed", true, false),
            ("canceled", true, false),
            ("billing_required", false, true),
            ("preview_ready", false, true),
            ("polishing", false, false),
        ] {
            let operation = serde_json::json!({"id": "op", "status": status, "generationMode": "review"});
            let operation: Operation = serde_json::from_value(operation).unwrap();
            assert_eq!((has_ended(&operation), needs_person(&operation)), (ended, gate), "{status}");
        }
    }
}
