//! Waiting for operations, by their ids, until they end or need a person.

mod batch;
mod driver;
mod gate;
mod handle;
mod history;
mod machine;
mod outcome;
mod phase;
mod policy;
mod rules;
mod saved;
mod update;
mod wait;
mod wait_many;

pub(crate) use driver::{ended, summary};
pub(crate) use gate::Origin;
pub use gate::{FailedOperation, Preview, Unpaid};
pub use handle::OperationHandle;
pub use history::ActedOn;
pub(crate) use history::History;
pub use outcome::{NotSucceeded, Outcome, Success};
pub use policy::{PollState, PollingPolicy};
pub use saved::SavedOperation;
pub use update::{Observation, Update};
pub use wait::{Updates, Wait};
pub use wait_many::{BatchControl, WaitMany, WaitTarget};
