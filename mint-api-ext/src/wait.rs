//! Waiting for operations, by their ids, until they end or need a person.

mod acted_on;
mod batch;
mod driver;
mod gate;
mod handle;
mod machine;
mod outcome;
mod phase;
mod policy;
mod poller;
mod rules;
mod saved_operation;
mod update;
mod wait;
mod wait_many;
mod wait_state;

pub use crate::error::{OperationId, WaitSummary};
pub use acted_on::ActedOn;
pub use gate::{FailedOperation, Preview, Unpaid};
pub use handle::OperationHandle;
pub use outcome::{NotSucceeded, Outcome, Success};
pub use policy::{PollState, PollingPolicy};
pub(crate) use poller::{ended, summary};
pub use saved_operation::SavedOperation;
pub use tokio_util::sync::CancellationToken;
pub use update::{Observation, Update};
pub use wait::{Updates, Wait};
pub use wait_many::{BatchControl, WaitMany, WaitTarget};
pub(crate) use wait_state::WaitState;
