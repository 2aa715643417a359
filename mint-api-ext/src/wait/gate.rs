//! The outcomes about which something can be done, and what.

use std::fmt;
use std::sync::Arc;

use mint_api::types::Operation;

use super::history::History;
use crate::client::Mint;
use crate::error::Brief;

/// Where an outcome comes from.
#[derive(Clone)]
pub(crate) struct Origin {
    pub(crate) mint: Mint,
    pub(crate) history: Arc<History>,
}

/// An operation that waits for a person to look at its preview (`preview_ready` in review mode).
#[derive(Clone)]
#[non_exhaustive]
pub struct Preview {
    /// The operation; its `assets` have the preview.
    pub operation: Operation,
    pub(crate) origin: Origin,
}

/// An operation that needs more credits to go on (`billing_required`).
#[derive(Clone)]
#[non_exhaustive]
pub struct Unpaid {
    /// The operation; its `billing` has what the server says of it.
    pub operation: Operation,
    pub(crate) origin: Origin,
}

impl Unpaid {
    /// How many credits the operation needs to go on, where the server says so.
    pub fn required_credits(&self) -> Option<f64> {
        Some(self.operation.billing.as_ref()?.required_credits)
    }

    /// How many credits there are, where the server says so.
    pub fn available_credits(&self) -> Option<f64> {
        self.operation.billing.as_ref()?.available_credits
    }

    /// The page on which credits are added, where the server names one.
    pub fn action_url(&self) -> Option<&str> {
        Some(&self.operation.billing.as_ref()?.action_url)
    }
}

/// An operation that failed.
#[derive(Clone)]
#[non_exhaustive]
pub struct FailedOperation {
    /// The operation; its `error` has what the server says of it.
    pub operation: Operation,
    pub(crate) origin: Origin,
}

/// Of the operation only its id and status: the rest may hold signed URLs.
impl fmt::Debug for Preview {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Preview").field("operation", &Brief(&self.operation)).finish_non_exhaustive()
    }
}

/// Of the operation only its id and status: the rest may hold signed URLs.
impl fmt::Debug for Unpaid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unpaid").field("operation", &Brief(&self.operation)).finish_non_exhaustive()
    }
}

/// Of the operation only its id and status: the rest may hold signed URLs.
impl fmt::Debug for FailedOperation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FailedOperation").field("operation", &Brief(&self.operation)).finish_non_exhaustive()
    }
}
