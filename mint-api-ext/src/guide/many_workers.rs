//! Thousands of operations, in one process or in many.
//!
//! # In one process
//!
//! [`Mint::wait_many`](crate::Mint::wait_many) is one stream with one timer. It keeps no reply between polls. A 429 for one
//! operation delays the polls of all. You can add operations while it runs.
//!
//! ```
//! use futures::StreamExt as _;
//! # use mint_api_ext::simulator::{Script, Simulator};
//!
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let simulator = Simulator::start().await?;
//! # let mint = simulator.mint()?;
//! # let ids = (0..100).map(|_| simulator.add(Script::model())).collect::<Vec<_>>();
//! let (control, mut outcomes) = mint.wait_many(ids).concurrency(16).controlled();
//! control.add(simulator.add(Script::world()));
//! drop(control); // no more operations will be added
//! let mut count = 0;
//! while let Some((id, result)) = outcomes.next().await {
//!     let _ = (id, result?);
//!     count += 1;
//! }
//! assert_eq!(count, 101);
//! # Ok(())
//! # }
//! ```
//!
//! # In many processes
//!
//! Any queue with delayed jobs will do. A job is a stored [`SavedOperation`](crate::wait::SavedOperation). A worker takes the
//! job, makes one [`step`](crate::OperationHandle::step), and puts a job with the new state back into the queue, due at
//! `next_poll_at`; only then does it acknowledge the old one. A step sends at most one request, so a worker holds no future and
//! no lease for minutes. It does not matter which worker makes which step: the deadline, the place in the backoff and what the
//! server asked for are in the state.
//!
//! ```
//! use std::time::SystemTime;
//!
//! use mint_api_ext::wait::{SavedOperation, Step};
//! use mint_api_ext::{Error, Mint, Outcome};
//! # use mint_api_ext::simulator::{Script, Simulator};
//!
//! /// What a worker does with a job.
//! enum Next {
//!     /// Put this job into the queue, due at this time, then acknowledge the old one.
//!     StepAgain(Box<SavedOperation>, SystemTime),
//!     /// Download the files and store the outcome under the id of the operation, then acknowledge the job.
//!     Finish(Box<Outcome>),
//! }
//!
//! async fn work(mint: &Mint, job: &SavedOperation) -> Result<Next, Error> {
//!     let handle = mint.attach_saved(job)?;
//!     match handle.step().await? {
//!         Step::Ended(outcome) => Ok(Next::Finish(outcome.into())),
//!         Step::Pending { next_poll_at, .. } => Ok(Next::StepAgain(handle.save().into(), next_poll_at)),
//!     }
//! }
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let simulator = Simulator::start().await?;
//! # let mint = simulator.mint()?;
//! # let job = mint.attach(simulator.add(Script::model()))?.save();
//! # let Next::StepAgain(job, _) = work(&mint, &job).await? else { return Err("it goes on".into()) };
//! # let Next::StepAgain(..) = work(&mint, &job).await? else { return Err("it goes on".into()) };
//! # Ok(())
//! # }
//! ```
//!
//! A job that runs twice, because a worker died before it acknowledged it, costs one poll more and nothing else: polls change
//! nothing, and two approvals of one preview are one, since their idempotency keys are derived from the preview. Where two
//! workers have stored different states of one operation, [`SavedOperation::merge`](crate::wait::SavedOperation::merge) keeps
//! everything that was acted on.
//!
//! [`MintBuilder::requests_per_second`](crate::MintBuilder::requests_per_second) limits one client. If many processes use one
//! account, divide the limit by their number.
