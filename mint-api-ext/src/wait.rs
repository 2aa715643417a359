//! Waits for operations until they end or need a person.
//!
//! [`Mint::attach`](crate::Mint::attach) takes the id of an operation, and sending a request gives an [`OperationHandle`],
//! too. [`OperationHandle::wait`] makes a [`Wait`], which ends in an [`Outcome`].
//!
//! # Until the end
//!
//! ```
//! use std::time::Duration;
//! # use mint_api_ext::simulator::{Script, Simulator};
//!
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let simulator = Simulator::start().await?;
//! # let mint = simulator.mint()?;
//! # let id = simulator.add(Script::model());
//! let outcome = mint.attach(id)?.wait().deadline(Duration::from_secs(600)).await?;
//! println!("{:?}", outcome);
//! # assert!(outcome.is_success());
//! # Ok(())
//! # }
//! ```
//!
//! # With every change of status
//!
//! ```
//! use futures::TryStreamExt as _;
//! use mint_api_ext::wait::Update;
//! # use mint_api_ext::simulator::{Script, Simulator};
//!
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let simulator = Simulator::start().await?;
//! # let mint = simulator.mint()?;
//! # let id = simulator.add(Script::model());
//! let mut updates = mint.attach(id)?.wait().updates();
//! while let Some(update) = updates.try_next().await? {
//!     match update {
//!         Update::Changed(seen) => println!("{}", seen.operation.status),
//!         Update::Ended(outcome) => println!("{outcome:?}"),
//!         _ => {}
//!     }
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # Many at once
//!
//! One task and one timer serve any number of operations. Each item has the id of its operation.
//!
//! ```
//! use futures::StreamExt as _;
//! # use mint_api_ext::simulator::{Script, Simulator};
//!
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let simulator = Simulator::start().await?;
//! # let mint = simulator.mint()?;
//! # let ids = [simulator.add(Script::model()), simulator.add(Script::world())];
//! let mut outcomes = mint.wait_many(ids);
//! while let Some((id, result)) = outcomes.next().await {
//!     match result {
//!         Ok(outcome) => println!("{id}: {}", outcome.operation().status),
//!         Err(error) => println!("{id}: {error}"),
//!     }
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # Step by step
//!
//! A cron job, a web request or a worker of a queue cannot hold a future for minutes. [`OperationHandle::step`] sends at most
//! one request and says when the next one is due; what [`OperationHandle::save`] gives in between lets any process make the
//! next step.
//!
//! ```
//! use mint_api_ext::wait::Step;
//! # use mint_api_ext::simulator::{Script, Simulator};
//!
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let simulator = Simulator::start().await?;
//! # let mint = simulator.mint()?;
//! # let handle = mint.attach(simulator.add(Script::model()))?;
//! match handle.step().await? {
//!     Step::Pending { next_poll_at, .. } => {
//!         println!("store {} and step again at {next_poll_at:?}", serde_json::to_string(&handle)?)
//!     }
//!     Step::Ended(outcome) => println!("{outcome:?}"),
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # Across processes
//!
//! [`OperationHandle::save`] gives a [`SavedOperation`], which serde writes.
//! [`Mint::attach_saved`](crate::Mint::attach_saved) goes on from it; [`guide::restarting`](crate::guide::restarting) says
//! what to store and when.
//!
//! # On failure
//!
//! - The operation failed: [`Outcome::Failed`]. Its [`retry`](FailedOperation::retry) starts a new one and costs credits.
//! - A person must act: [`Outcome::AwaitingReview`] and [`Outcome::BillingRequired`]. Both have methods for the next step.
//! - A poll failed in passing: the wait goes on, for [`Wait::failure_tolerance`] at most.
//! - The server does not know yet what it has just accepted: the wait goes on, for [`Wait::not_found_tolerance`] at most.
//! - The wait itself ends early: an [`Error`](crate::Error). The operation goes on at the server and can be attached to again.

mod acted_on;
mod advice;
mod batch;
mod driver;
mod failures;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzzing;
mod gate;
mod handle;
mod machine;
mod outcome;
mod phase;
mod policy;
mod poller;
mod rules;
mod saved_operation;
mod settled;
mod step;
mod timers;
mod update;
mod wait;
mod wait_many;
mod wait_state;
mod wait_target;
mod watch;

pub use crate::error::{OperationId, WaitSummary};
pub use acted_on::ActedOn;
pub use advice::Advice;
pub use gate::{FailedOperation, Preview, Unpaid};
pub use handle::OperationHandle;
pub use outcome::{NotSucceeded, Outcome, Success};
pub(crate) use phase::has_ended;
pub use policy::{PollState, PollingPolicy};
pub(crate) use poller::{ended, summary};
pub use saved_operation::SavedOperation;
pub use step::Step;
pub use tokio_util::sync::CancellationToken;
pub use update::{Observation, Update};
pub use wait::{Updates, Wait};
pub use wait_many::{BatchControl, ManyUpdates, WaitMany};
pub(crate) use wait_state::WaitState;
pub use wait_target::WaitTarget;
pub(crate) use watch::watch;
