//! The operation that a call acts on.

use mint_api::Timestamp;
use mint_api::types::Operation;
use serde::{Deserialize, Serialize};

use super::prepared::Prepared;
use super::request::Request;
use crate::client::{Mint, idempotency};
use crate::error::Error;
use crate::wait::{ActedOn, OperationHandle, SavedOperation};

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

    /// The request that acts on this state of the operation. Its idempotency key derives from the state, so that two
    /// processes that act on it act once. Without `updatedAt`, a later state may look the same, and the key is random.
    pub(super) fn request<B, T>(
        self,
        verb: &str,
        prepared: Prepared<B>,
        call: impl FnOnce(Prepared<B>) -> T,
    ) -> Request<T> {
        let mint = self.handle.mint().clone();
        let updated_at = self.state.updated_at.as_ref();
        let key = updated_at.map(|at| idempotency::derived([verb, &self.id, &self.state.status, at.as_str()]));
        let call = call(prepared.acting_on(self));
        match key {
            Some(key) => Request::keyed(&mint, call, key),
            None => Request::new(&mint, call),
        }
    }

    /// Returns the operation's handle if the reply names the same operation, and records that it was acted on in this
    /// state. Returns `None` if the reply names another operation.
    pub(super) fn continued_as(&self, operation: &Operation) -> Option<OperationHandle> {
        if operation.id != self.id {
            return None;
        }
        if !self.is_newer_than(operation) {
            self.handle.state().act_on(&self.state);
        }
        Some(self.handle.clone())
    }

    pub(super) fn save(&self) -> SavedFound {
        SavedFound { state: self.state.clone(), operation: self.handle.save() }
    }

    /// Whether the reply shows an earlier state: that of an earlier call with the same key, which acted on that state.
    fn is_newer_than(&self, operation: &Operation) -> bool {
        let time = |time: Option<&Timestamp>| time.and_then(|time| time.to_utc().ok());
        match (time(operation.updated_at.as_ref()), time(self.state.updated_at.as_ref())) {
            (Some(reply), Some(found)) => reply < found,
            _ => false,
        }
    }
}

/// The operation that a saved call acts on.
#[derive(Clone, Deserialize, PartialEq, Serialize)]
pub(super) struct SavedFound {
    state: ActedOn,
    operation: SavedOperation,
}

impl SavedFound {
    pub(super) fn restore(&self, mint: &Mint) -> Result<Found, Error> {
        let handle = mint.attach_saved(&self.operation)?;
        Ok(Found { id: self.operation.id.to_string(), state: self.state.clone(), handle })
    }
}
