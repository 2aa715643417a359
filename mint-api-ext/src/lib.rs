//! Start [Mint](https://mint.gg)'s operations, wait for them, and download the 3D models and worlds they make.
//!
//! Mint works in *operations* that take minutes: a request starts one, a client polls it until it ends or needs a
//! person, then downloads its files. This crate does all of it, on top of the generated client of [`mint_api`].
//!
//! ```
//! use mint_api_ext::Outcome;
//! # use mint_api_ext::simulator::Simulator;
//!
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let simulator = Simulator::start().await?;
//! # let mint = simulator.mint()?;
//! # let directory = tempfile::tempdir()?;
//! // let mint = Mint::from_env()?;
//! match mint.generate_model("a brass lamp").max_credits(1_000).send_and_wait().await? {
//!     Outcome::Succeeded(operation) => {
//!         let files = mint.download(&operation).to_dir(directory.path()).await?.complete()?;
//!         println!("{} files", files.len());
//!     }
//!     Outcome::AwaitingReview(preview) => println!("approve or revise {}", preview.operation.id),
//!     other => println!("not done: {}", other.operation().status),
//! }
//! # Ok(())
//! # }
//! ```
//!
//! - [`Mint`] is the entry point: it starts, reads and lists; [`Mint::api`] gives the generated client.
//! - [`Request`] is a call that starts something or lets it go on, sent once however often it must be sent.
//! - [`OperationHandle`] is an operation by its id; [`Wait`] waits for it and ends in an [`Outcome`].
//! - [`List`] reads models or worlds page by page, as a stream.
//! - [`Assets`] lists the files of an operation; [`Download`] fetches them.
//! - `simulator` (feature) is a Mint server on this machine, for tests and examples.
//!
//! # Features
//!
//! - `rustls` (default) and `native-tls`: how https is done.
//! - `object-store`: downloads to any store that [`object_store`](https://docs.rs/object_store) knows.
//! - `progress`: downloads as bars in a terminal.
//! - `schemars`: `JsonSchema` for the types of the API.
//! - `simulator`: a Mint server on this machine.

// The file of a folder's main type has the folder's name.
#![allow(clippy::module_inception)]

pub mod asset;
pub mod client;
pub mod download;
mod error;
pub mod read;
pub mod request;
pub mod retry;
#[cfg(feature = "simulator")]
pub mod simulator;
pub mod wait;

pub use client::{Credentials, Mint, MintBuilder, Server};
pub use error::{Error, ErrorKind};
pub use mint_api::types;
pub use request::Request;
pub use wait::{OperationHandle, Outcome, SavedOperation};
