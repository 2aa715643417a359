//! The state of an operation that a call acts on.

use std::sync::Arc;

use mint_api::types::Operation;

use crate::wait::{ActedOn, History, Origin};

/// The state of an operation that a call acts on.
#[derive(Clone, Debug)]
pub struct Found {
    pub(crate) id: String,
    state: ActedOn,
    history: Arc<History>,
}

impl Found {
    pub(super) fn new(operation: &Operation, origin: &Origin) -> Self {
        let (state, history) = (ActedOn::state_of(operation), origin.history.clone());
        Self { id: operation.id.clone(), state, history }
    }

    /// The history of the operation that the reply to a call with this key names, which may be another.
    pub(crate) fn continued_as(&self, operation: &Operation, key: &str) -> History {
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
