//! Operations: taking one up by its id, and waiting until it ends or needs a person.

mod handle;
mod id;
mod machine;
mod outcome;
mod phase;
mod policy;
mod wait;

pub use handle::OperationHandle;
pub use id::OperationId;
pub use outcome::Outcome;
pub use policy::{Exponential, PollState, PollingPolicy};
pub use wait::{Update, Updates, Wait};
