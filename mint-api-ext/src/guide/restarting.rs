//! Programs that can be killed at any moment and never pay twice.
//!
//! A program that dies can lose three things: a request that it sent, an operation that continues at the server, and a
//! partial file. You can recover each of them without a database.
//!
//! # Requests: a key derived from the thing
//!
//! A request carries an `Idempotency-Key`. The server does a request with a given key and body once; after that it replies
//! with the same operation. If you derive the key from the thing to make, the program can simply run again:
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
//! Change the key (`v2`) when the thing changes. The server refuses the same key with another body, which is an
//! [`ErrorKind::IdempotencyConflict`](crate::ErrorKind::IdempotencyConflict).
//! [`Request::idempotency_key_from`](crate::Request::idempotency_key_from) derives the key from the thing's content, so that
//! it changes with the content.
//!
//! # Requests: stored before they are sent
//!
//! If you have no such name, store the request before you send it. [`Request::save`](crate::Request::save) returns its
//! random key, its arguments and the limits on its price. [`Mint::restore`](crate::Mint::restore) takes it up:
//!
//! ```
//! use mint_api_ext::request::GenerateModel;
//! # use mint_api_ext::simulator::Simulator;
//!
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let simulator = Simulator::start().await?;
//! # let mint = simulator.mint()?;
//! # let directory = tempfile::tempdir()?;
//! # let path = directory.path().join("pending.json");
//! let request = mint.generate_model("a brass lamp").max_credits(1000);
//! std::fs::write(&path, serde_json::to_string(&request.save()?)?)?;
//! let _handle = request.send().await?;
//!
//! // After the restart:
//! let saved = serde_json::from_str(&std::fs::read_to_string(&path)?)?;
//! let _handle = mint.restore::<GenerateModel>(&saved)?.send().await?;
//! assert_eq!(simulator.operations_started(), 1);
//! # Ok(())
//! # }
//! ```
//!
//! Approvals, revisions, resumptions and retries are stored in the same way, with the operation that they act on. A
//! [`Budget`](crate::request::Budget) is not stored: a request that had one fails until it has a budget again. An upload
//! cannot be stored.
//!
//! The error of a request has the key, too: [`Error::idempotency_key`](crate::Error::idempotency_key). The same request with
//! the same key starts nothing twice. With a new key it would.
//!
//! # Operations: save the handle
//!
//! [`OperationHandle::save`](crate::OperationHandle::save) returns what a later process needs: the id, the deadline, the time
//! of the next poll that the server asked for, and which previews were approved or revised. Store it as soon as the request
//! returns, and again after an approval, a revision or a resume:
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
//! | before you send a request | `request.save()`, unless its key derives from the thing |
//! | after the request returned | `handle.save()` |
//! | after `approve`, `revise` or `resume` | `handle.save()` of the handle that it returned |
//! | after the outcome | the parts of the operation that you need; delete the saved handle |
//!
//! The id alone is enough to wait ([`Mint::attach`](crate::Mint::attach)). A saved handle also keeps the deadline of a wait
//! that has begun and not ended (save a clone of the handle while it waits), the acted-on states, and when the operation was started: a server that does not know it yet does not end the wait
//! ([`Wait::not_found_tolerance`](crate::wait::Wait::not_found_tolerance)). A stored deadline may have passed: each wait
//! polls at least once.
//!
//! # Files: run the download again
//!
//! A download continues where it ended, even after `kill -9`; see [`downloading`](super::downloading).
