//! Programs that are killed at any moment and never pay twice.
//!
//! Three things can be lost when a program dies: a request that was sent, an operation that goes on, and a file that is half
//! there. Each has an answer that needs no database.
//!
//! # Requests: a key that follows from the thing
//!
//! A request carries an `Idempotency-Key`. The server does a request with one key and one body once, and replies with the
//! same operation again. Derive the key from the thing to be made, and the program can simply run again:
//!
//! ```
//! use mint_api_ext::{Mint, OperationHandle};
//! # use mint_api_ext::simulator::{Script, Simulator};
//!
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let simulator = Simulator::start().await?;
//! # let mint = simulator.mint()?;
//! async fn lamp(mint: &Mint) -> Result<OperationHandle, mint_api_ext::Error> {
//!     mint.generate_model("a brass lamp").with_idempotency_key("prop/lamp/v1").send().await
//! }
//! let first = lamp(&mint).await?;
//! let after_a_crash = lamp(&mint).await?;
//! assert_eq!(first.id(), after_a_crash.id());
//! assert_eq!(simulator.operations_started(), 1);
//! # Ok(())
//! # }
//! ```
//!
//! Change the key (`v2`) when the thing changes. The same key with another body is refused with
//! [`ErrorKind::IdempotencyConflict`](crate::ErrorKind::IdempotencyConflict): the first request holds.
//!
//! Without such a name, write the random key down before you send: [`Request::idempotency_key`](crate::Request::idempotency_key).
//! An error whose request may have been done has the key, too: [`Error::idempotency_key`](crate::Error::idempotency_key). Sending
//! the same request with that key starts nothing twice. A request without its key does.
//!
//! # Operations: save the handle
//!
//! [`OperationHandle::save`](crate::OperationHandle::save) gives what a later process needs: the id, the deadline, when the server
//! wants the next poll, and which previews were approved or revised. Store it as soon as the request returns, and again after
//! an approval, a revision or a resume:
//!
//! ```
//! # use mint_api_ext::simulator::{Script, Simulator};
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let simulator = Simulator::start().await?;
//! # let mint = simulator.mint()?;
//! let handle = mint.generate_model("a brass lamp").send().await?;
//! let row = serde_json::to_string(&handle.save())?;
//!
//! // After the restart:
//! let handle = mint.attach_saved(&serde_json::from_str(&row)?)?;
//! let outcome = handle.wait().await?;
//! # assert!(outcome.is_success());
//! # Ok(())
//! # }
//! ```
//!
//! | When | Store |
//! |---|---|
//! | before a request is sent | its idempotency key and its arguments |
//! | after it returned | `handle.save()` |
//! | after `approve`, `revise` or `resume` | `handle.save()` of the handle it returned |
//! | after the outcome | what you need of the operation; the saved handle can go |
//!
//! The id alone is enough to wait ([`Mint::attach`](crate::Mint::attach)); a saved handle also keeps the deadline and what was
//! acted on.
//!
//! # Files: run the download again
//!
//! A download goes on where it ended, also after `kill -9`; see [`downloading`](super::downloading).
