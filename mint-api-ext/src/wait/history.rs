//! What has been done about an operation before a wait for it begins.

use mint_api::Timestamp;
use mint_api::types::Operation;
use serde::{Deserialize, Serialize};

/// What has been done about an operation.
#[derive(Clone, Debug, Default)]
pub(crate) struct History {
    /// The states in which it was approved, revised or resumed.
    pub(crate) acted_on: Vec<ActedOn>,
    /// The key of the call that started it.
    pub(crate) idempotency_key: Option<String>,
}

/// A state of an operation that a person has dealt with.
///
/// Right after an operation was approved, revised or resumed, a reply may still show the state from before. To a wait it
/// is a passing one, so that nothing is approved twice.
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
}

impl History {
    /// That of an operation that a call with this key started.
    pub(crate) fn started_with(key: &str) -> Self {
        Self { acted_on: Vec::new(), idempotency_key: Some(key.to_owned()) }
    }

    /// Whether the operation shows a state that was dealt with.
    pub(super) fn has(&self, operation: &Operation) -> bool {
        let same = |state: &ActedOn| {
            state.status == operation.status.as_str() && state.updated_at.as_ref() == operation.updated_at.as_ref()
        };
        self.acted_on.iter().any(same)
    }
}
