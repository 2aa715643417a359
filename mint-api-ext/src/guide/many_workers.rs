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
//! Let one worker at a time wait for an operation, under a lease of your queue. When the lease ends, store
//! [`OperationHandle::save`](crate::OperationHandle::save); the next worker attaches to it and continues the wait. The saved
//! handle keeps the deadline, and the time before which the server wants no poll.
//!
//! [`MintBuilder::requests_per_second`](crate::MintBuilder::requests_per_second) limits one client. If many processes use one
//! account, divide the limit by their number.
