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

mod asset;
mod call;
mod clock;
mod download;
mod error;
mod id;
mod idempotency;
mod jitter;
mod list;
mod mint;
mod mutation;
mod operation;
mod problem_type;
#[cfg(feature = "progress")]
pub mod progress;
mod read;
mod reference_image;
mod retry;
mod retry_after;
#[cfg(feature = "simulator")]
pub mod simulator;
mod start;

pub use asset::{Asset, AssetKind, Assets, Subject};
pub use clock::Clock;
#[cfg(feature = "object-store")]
pub use download::ToStore;
pub use download::{Download, Event, Failure, FetchedFile, Obtained, Overwrite, Report, ToDir, ToWriter, Unpacked};
pub use error::{Error, ErrorKind, WaitSummary};
pub use list::{Items, List};
pub use mint::{Mint, MintBuilder};
pub use mint_api::{BearerToken, Credentials, Server, TokenFuture, TokenSource, Transport, types};
pub use operation::{
    ActedOn, BatchControl, Decision, Exponential, FailedOperation, NotSucceeded, Observation, OperationHandle,
    OperationId, Outcome, PollState, PollingPolicy, Preview, Review, SavedOperation, Success, Unpaid, Update, Updates,
    Wait, WaitMany, WaitTarget,
};
pub use reference_image::{ImageSource, ReferenceImage, UploadImage};
pub use retry::RetryPolicy;
pub use start::{
    AnimateModel, Approve, ConvertModel, GenerateAssetPack, GenerateAudio, GenerateModel, GenerateWorld, Optimization,
    OptimizeModel, Reference, Request, Resume, RetryModel, Revise,
};
