//! The operation that a call acts on.

use std::sync::Arc;

use mint_api::types::Operation;

use crate::wait::{ActedOn, History, Origin};

/// The operation that a call acts on, as it was last seen.
#[derive(Clone, Debug)]
pub(super) struct Found {
    id: String,
    state: ActedOn,
    history: Arc<History>,
}

impl Found {
    pub(super) fn new(operation: &Operation, origin: &Origin) -> Self {
        let (state, history) = (ActedOn::state_of(operation), origin.history.clone());
        Self { id: operation.id.clone(), state, history }
    }

    /// The history of the operation in the reply to the call, which may be another operation.
    pub(super) fn continued_as(&self, operation: &Operation, key: &str) -> History {
        if operation.id != self.id {
            return History::started_with(key);
        }
        let mut history = (*self.history).clone();
        if !history.acted_on.contains(&self.state) {
            history.acted_on.push(self.state.clone());
        }
        history
    }
}
