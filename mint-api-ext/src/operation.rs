//! Operations: taking one up by its id, and waiting until it ends or needs a person.

mod batch;
mod brief;
mod driver;
mod gate;
mod handle;
mod history;
mod id;
mod machine;
mod outcome;
mod phase;
mod policy;
mod review;
mod rules;
mod saved;
mod update;
mod verdict;
mod wait;
mod wait_many;

pub(crate) use brief::Brief;
pub(crate) use gate::Found;
pub use gate::{FailedOperation, Preview, Unpaid};
pub use handle::OperationHandle;
pub use history::ActedOn;
pub(crate) use history::History;
pub use id::OperationId;
pub use outcome::{NotSucceeded, Outcome, Success};
pub use policy::{Exponential, PollState, PollingPolicy};
pub use review::{Decision, Review};
pub(crate) use saved::Bounds;
pub use saved::SavedOperation;
pub use update::{Observation, Update};
pub(crate) use verdict::is_transient;
pub use wait::{Updates, Wait};
pub use wait_many::{BatchControl, WaitMany, WaitTarget};
