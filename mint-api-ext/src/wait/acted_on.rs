//! A state of an operation that was acted on.

use mint_api::Timestamp;
use mint_api::types::Operation;
use serde::{Deserialize, Serialize};

/// A state in which an operation was approved, revised or resumed.
///
/// A reply right after that may still show this state. A wait then goes on, so that nothing is approved twice.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ActedOn {
    /// The status, such as `preview_ready`.
    pub status: String,
    /// When the operation had last changed, as the server writes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<Timestamp>,
}

impl ActedOn {
    pub(crate) fn state_of(operation: &Operation) -> Self {
        Self { status: operation.status.as_str().to_owned(), updated_at: operation.updated_at.clone() }
    }

    /// Whether the operation is in this state.
    pub(super) fn is_of(&self, operation: &Operation) -> bool {
        self.status == operation.status.as_str() && self.updated_at == operation.updated_at
    }
}
