//! Thousands of operations, in one process or in many.
//!
//! # In one process
//!
//! [`Mint::wait_many`](crate::Mint::wait_many) is one task with one timer: it holds no reply between polls, and a `429` on one
//! operation holds all. Operations can be added while it runs.
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
//! drop(control); // nothing more comes
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
//! Share out the operations, not the polls: each operation is waited for by one worker at a time, under a lease of your
//! queue. Store [`OperationHandle::save`](crate::OperationHandle::save) when a lease ends, and go on from it in the next
//! worker; it keeps the deadline, and the time before which the server wants no poll.
//!
//! All workers of one key share the account's rate limit.
//! [`MintBuilder::requests_per_second`](crate::MintBuilder::requests_per_second) is per client: divide the limit by the number of
//! processes.
