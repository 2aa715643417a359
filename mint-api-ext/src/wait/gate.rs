//! The outcomes that a caller can act on.

use std::fmt;

use mint_api::types::Operation;

use super::OperationHandle;
use crate::error::Brief;

/// An operation that waits for a person to look at its preview (`preview_ready` in review mode).
#[derive(Clone)]
#[non_exhaustive]
pub struct Preview {
    /// The operation; its `assets` have the preview.
    pub operation: Operation,
    pub(crate) handle: OperationHandle,
}

/// An operation that needs more credits to go on (`billing_required`).
#[derive(Clone)]
#[non_exhaustive]
pub struct Unpaid {
    /// The operation; its `billing` has the amounts.
    pub operation: Operation,
    pub(crate) handle: OperationHandle,
}

impl Unpaid {
    /// How many credits the operation needs to go on, where the server says so.
    pub fn required_credits(&self) -> Option<f64> {
        self.operation.billing.as_ref()?.required_credits
    }

    /// How many credits the account has, where the server says so.
    pub fn available_credits(&self) -> Option<f64> {
        self.operation.billing.as_ref()?.available_credits
    }

    /// The page on which credits are added, where the server names one.
    pub fn action_url(&self) -> Option<&str> {
        self.operation.billing.as_ref()?.action_url.as_deref()
    }
}

/// An operation that failed.
#[derive(Clone)]
#[non_exhaustive]
pub struct FailedOperation {
    /// The operation; its `error` has the server's reason.
    pub operation: Operation,
    pub(crate) handle: OperationHandle,
}

/// Shows only the id and status of the operation; the rest may hold signed URLs.
impl fmt::Debug for Preview {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Preview").field("operation", &Brief(&self.operation)).finish_non_exhaustive()
    }
}

/// Shows only the id and status of the operation; the rest may hold signed URLs.
impl fmt::Debug for Unpaid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unpaid").field("operation", &Brief(&self.operation)).finish_non_exhaustive()
    }
}

/// Shows only the id and status of the operation; the rest may hold signed URLs.
impl fmt::Debug for FailedOperation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FailedOperation").field("operation", &Brief(&self.operation)).finish_non_exhaustive()
    }
}
