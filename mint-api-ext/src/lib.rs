//! Generates 3D models and worlds with [Mint](https://mint.gg): starts an operation, waits for it, downloads its files.
//!
//! Mint's API is asynchronous. A request starts an *operation* that takes from seconds to minutes. The client polls the
//! operation until it ends or needs a person, and then downloads its files. [`Mint`] is the entry point.
//!
//! | Task | Call | More |
//! |---|---|---|
//! | [Make a thing](#make-a-thing) | [`generate_model`](Mint::generate_model)`(..).`[`send_and_wait`](Request::send_and_wait)`()` | [`request`] |
//! | [Wait for an operation](#wait-for-an-operation) | [`attach`](Mint::attach)`(id)?.`[`wait`](OperationHandle::wait)`()` | [`wait`] |
//! | [Download its files](#download-its-files) | [`download`](Mint::download)`(&operation).`[`to_dir`](download::Download::to_dir)`(..)` | [`download`], [`guide::downloading`] |
//! | [Wait step by step](wait#step-by-step) | [`step`](OperationHandle::step)`()` | [`guide::many_workers`] |
//! | [Make an optimized model](Request::optimize) | [`generate_model`](Mint::generate_model)`(..).`[`optimize`](Request::optimize)`(level)` | [`guide::jobs`] |
//! | [Go on after a restart](#go-on-after-a-restart) | [`save`](OperationHandle::save)`()`, [`attach_saved`](Mint::attach_saved)`(&saved)` | [`guide::restarting`] |
//! | [Store a request before it is sent](guide::restarting#requests-stored-before-they-are-sent) | [`save`](Request::save)`()`, [`restore`](Mint::restore)`(&saved)` | [`guide::restarting`] |
//! | [Keep a list of assets in a repository](guide::catalog) | [`Catalog::open`](catalog::Catalog::open)`(path)?.`[`run`](catalog::Catalog::run)`(..)` | [`catalog`], [`guide::catalog`] |
//! | [Let a person decide](#let-a-person-decide) | [`wait`](OperationHandle::wait)`().`[`review_with`](wait::Wait::review_with)`(..)` | [`guide::reviewing`] |
//! | [Spend no more than](#spend-no-more-than) | [`max_credits`](Request::max_credits)`(..)` | [`guide::budgets`] |
//! | [Wait for many](#wait-for-many) | [`wait_many`](Mint::wait_many)`(ids)`, or `([(name, handle), ..])` | [`guide::many_workers`] |
//! | [Read what was made](#read-what-was-made) | [`model`](Mint::model)`(id)`, [`models`](Mint::models)`()` | [`read`] |
//! | [Call any route](#call-any-route) | [`retrying`](Mint::retrying)`(..)` with [`mint_api`], [`request`](Mint::request)`(method, path)` | [`guide::running`] |
//! | [Set a proxy, certificates, timeouts](client#with-settings) | [`builder`](Mint::builder)`(credentials)` | [`client`], [`guide::running`] |
//! | [Test your program](#test-your-program) | [`Simulator::start`](simulator::Simulator::start)`()` | [`simulator`], [`guide::testing`] |
//!
//! A method named by a verb starts or changes something and can cost credits, such as `generate_model`. A method named by a
//! noun reads and costs nothing, such as `worlds`.
//!
//! # Make a thing
//!
//! ```
//! # use mint_api_ext::simulator::{Script, Simulator};
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let simulator = Simulator::start().await?;
//! # let mint = simulator.mint()?;
//! let outcome = mint.generate_model("a brass lamp").send_and_wait().await?;
//! let operation = outcome.into_succeeded()?.operation;
//! println!("{} is {}", operation.id, operation.status);
//! # Ok(())
//! # }
//! ```
//!
//! `let mint = Mint::from_env()?;` makes a client with the key in `MINT_API_KEY`; see [`Mint::from_env`].
//!
//! # Wait for an operation
//!
//! ```
//! use mint_api_ext::Outcome;
//! # use mint_api_ext::simulator::{Script, Simulator};
//!
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let simulator = Simulator::start().await?;
//! # let mint = simulator.mint()?;
//! # let id = simulator.add(Script::model());
//! match mint.attach(id)?.wait().await? {
//!     Outcome::Succeeded(operation) => println!("{} is ready", operation.id),
//!     other => println!("not ready: {}", other.operation().status),
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # Download its files
//!
//! ```
//! # use mint_api_ext::simulator::{Script, Simulator};
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let simulator = Simulator::start().await?;
//! # let mint = simulator.mint()?;
//! # let temporary = tempfile::tempdir()?;
//! # let directory = temporary.path();
//! # let operation = mint.attach(simulator.add(Script::model()))?.wait().await?.into_operation();
//! let files = mint.download(&operation).to_dir(directory.join(&operation.id)).await?.complete()?;
//! for file in &files {
//!     println!("{}", file.path.display());
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # Go on after a restart
//!
//! ```
//! # use mint_api_ext::simulator::{Script, Simulator};
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let simulator = Simulator::start().await?;
//! # let mint = simulator.mint()?;
//! # let id = simulator.add(Script::model());
//! let saved = serde_json::to_string(&mint.attach(id)?.save())?;
//! // In another process:
//! let outcome = mint.attach_saved(&serde_json::from_str(&saved)?)?.wait().await?;
//! # assert!(outcome.is_success());
//! # Ok(())
//! # }
//! ```
//!
//! # Let a person decide
//!
//! ```
//! use mint_api_ext::request::Decision;
//! use mint_api_ext::types::GenerationMode;
//! # use mint_api_ext::simulator::{Script, Simulator};
//!
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let simulator = Simulator::start().await?;
//! # let mint = simulator.mint()?;
//! let request = mint.generate_model("a brass lamp").generation_mode(GenerationMode::Review);
//! let review = request.send().await?.wait().review_with(|preview| async move {
//!     println!("look at {:?}", preview.operation.mint_url);
//!     Decision::Approve
//! });
//! # assert!(review.await?.is_success());
//! # Ok(())
//! # }
//! ```
//!
//! # Spend no more than
//!
//! ```
//! use mint_api_ext::ErrorKind;
//! # use mint_api_ext::simulator::{Script, Simulator};
//!
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let simulator = Simulator::start().await?;
//! # let mint = simulator.mint()?;
//! match mint.generate_model("a brass lamp").max_credits(100).send().await {
//!     Err(error) if error.kind() == ErrorKind::Credits => println!("not started: {error}"),
//!     result => println!("started {}", result?.id()),
//! }
//! # assert_eq!(simulator.operations_started(), 0);
//! # Ok(())
//! # }
//! ```
//!
//! # Wait for many
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
//!     println!("{id}: {:?}", result?);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # Read what was made
//!
//! ```
//! use futures::TryStreamExt as _;
//! # use mint_api_ext::simulator::{Script, Simulator};
//!
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let simulator = Simulator::start().await?;
//! # let mint = simulator.mint()?;
//! # mint.attach(simulator.add(Script::model()))?.wait().await?.into_succeeded()?;
//! let mut models = mint.models().into_stream();
//! while let Some(model) = models.try_next().await? {
//!     println!("{}: {:?}", model.id, model.name);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # Call any route
//!
//! ```
//! use mint_api_ext::client::Method;
//! # use mint_api_ext::simulator::{Script, Simulator};
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let simulator = Simulator::start().await?;
//! # let mint = simulator.mint()?;
//! let me = mint.retrying(|api| api.get_me().send()).await?.into_inner();
//! println!("{}", me.owner.user_id);
//! // A route that this version has no method for, and the JSON that the server sent:
//! let me: serde_json::Value = mint.request(Method::GET, "/v1/me").send().await?;
//! println!("{}", me["owner"]);
//! # Ok(())
//! # }
//! ```
//!
//! # Test your program
//!
//! ```
//! use mint_api_ext::simulator::Simulator;
//!
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let simulator = Simulator::start().await?;
//! let mint = simulator.mint()?;
//! assert_eq!(simulator.operations_started(), 0);
//! # let _ = mint;
//! # Ok(())
//! # }
//! ```
//!
//! # Failures
//!
//! An operation that fails, or needs a person or credits, is an [`Outcome`]. An [`Error`] means that a request was refused
//! or failed, or that the outcome of an operation could not be found out. Its text says what happened, why, and what to do.
//! [`Error::kind`] sorts it. The client retries a request after retryable failures ([`Error::is_transient`]), always with
//! the same `Idempotency-Key`.
//!
//! Every call needs a Tokio runtime. [`guide::running`] shows how to call this crate from code without one.
//!
//! # Features
//!
//! One of `rustls`, `aws-lc` and `native-tls` is needed.
//!
//! - `rustls` (default): TLS by rustls with the cryptography of ring, and the certificates of the system.
//! - `aws-lc`: the same with the cryptography of AWS-LC. With `default-features = false`, ring is not built.
//! - `native-tls`: TLS by the library of the operating system.
//! - `socks`: SOCKS proxies, such as `socks5h://127.0.0.1:1080`.
//! - `catalog`: makes a list of wanted assets into files of a repository; see [`catalog`].
//! - `cli`: the command `mint`: `cargo install mint-api-ext --features cli`.
//! - `glb`: what is in a GLB file: its triangles, extensions, bounds and animations; see [`asset::glb`].
//! - `object-store`: downloads to any store that [`object_store`](https://docs.rs/object_store) supports.
//! - `progress`: shows waits and downloads, as bars in a terminal and as lines elsewhere.
//! - `schemars`: `JsonSchema` for the types of the API.
//! - `simulator`: a Mint server on this machine, for tests.
//! - `test-builders`: builders of the types of replies, so that tests can make them.
//! - `unpack`: unpacks downloaded archives.

#![cfg_attr(docsrs, feature(doc_cfg))]
// The main type of a folder is in a file with the folder's name.
#![allow(clippy::module_inception)]

#[cfg(not(any(feature = "rustls", feature = "aws-lc", feature = "native-tls")))]
compile_error!(
    "without TLS, neither the API nor the files can be reached; turn on the feature `rustls`, `aws-lc` or `native-tls`"
);

pub mod asset;
#[cfg(feature = "catalog")]
pub mod catalog;
pub mod client;
pub mod download;
mod error;
#[cfg(any(test, fuzzing))]
#[doc(hidden)]
pub mod fuzzing;
pub mod guide;
#[cfg(feature = "progress")]
pub mod progress;
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
