//! The operation that a call acts on.

use mint_api::types::Operation;

use crate::wait::{ActedOn, OperationHandle};

/// The operation that a call acts on, in the state that the caller saw last.
#[derive(Clone, Debug)]
pub(super) struct Found {
    id: String,
    state: ActedOn,
    handle: OperationHandle,
}

impl Found {
    pub(super) fn new(operation: &Operation, handle: &OperationHandle) -> Self {
        Self { id: operation.id.clone(), state: ActedOn::state_of(operation), handle: handle.clone() }
    }

    /// Records the acted-on state if the reply names the same operation, and returns its handle. Returns `None` if the
    /// reply names another operation.
    pub(super) fn continued_as(&self, operation: &Operation) -> Option<OperationHandle> {
        if operation.id != self.id {
            return None;
        }
        self.handle.state().act_on(&self.state);
        Some(self.handle.clone())
    }
}
