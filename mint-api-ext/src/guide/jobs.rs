//! Jobs of several operations: an optimized model, the models of a pack, a failure and what to do about it.
//!
//! # From a prompt to an optimized model
//!
//! [`Request::optimize`](crate::Request::optimize) makes one job of both operations. Its only key is that of the generation:
//! a job that was killed at any moment goes on when it is sent again, and neither operation is paid twice.
//!
//! ```
//! use mint_api_ext::types::OptimizationLevel;
//! # use mint_api_ext::simulator::Simulator;
//!
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let simulator = Simulator::start().await?;
//! # let mint = simulator.mint()?;
//! # let directory = tempfile::tempdir()?;
//! let lamp = mint.generate_model("a brass lamp").with_idempotency_key("prop/lamp/v1");
//! let model = lamp.optimize(OptimizationLevel::Moderate).send_and_wait().await?;
//! mint.download(&model).preferred().named("lamp").to_dir(directory.path()).await?.complete()?;
//! # assert_eq!(simulator.operations_started(), 2);
//! # Ok(())
//! # }
//! ```
//!
//! For a model that exists, send [`Mint::optimize_model`](crate::Mint::optimize_model) with
//! [`send_and_wait`](crate::Request::<crate::request::OptimizeModel>::send_and_wait). If the model is optimized already, it
//! returns the model; if somebody else's optimization is running, it waits for that. An optimized file is usually compressed
//! with Draco, which common loaders cannot read: [`downloading`](super::downloading) says how to choose the plain one.
//!
//! # From a pack to its models
//!
//! The operation of a pack names the pack. [`Mint::asset_pack_models`](crate::Mint::asset_pack_models) reads its items in
//! order, each with its model, so that the files of each get the name of its item.
//!
//! ```
//! use futures::TryStreamExt as _;
//! # use mint_api_ext::simulator::Simulator;
//!
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let simulator = Simulator::start().await?;
//! # let mint = simulator.mint()?;
//! # let directory = tempfile::tempdir()?;
//! let pack = mint.generate_asset_pack("garden tools", 3).send_and_wait().await?.into_succeeded()?.operation;
//! let mut models = mint.asset_pack_models(&pack);
//! let mut number = 0;
//! while let Some(made) = models.try_next().await? {
//!     number += 1;
//!     let Some(model) = made.model else {
//!         println!("{:?} is {:?}", made.item.display_name, made.item.status);
//!         continue;
//!     };
//!     mint.download(&model).preferred().named(format!("tool-{number}")).to_dir(directory.path()).await?.complete()?;
//! }
//! # assert_eq!(std::fs::read_dir(directory.path())?.filter_map(Result::ok).filter(|file| file.path().extension().is_some_and(|extension| extension == "glb")).count(), 3);
//! # Ok(())
//! # }
//! ```
//!
//! # After a failure
//!
//! [`FailedOperation::advice`](crate::wait::FailedOperation::advice) says whether another attempt can succeed. An attempt that
//! fails can cost credits, too, so [`retry`](crate::wait::FailedOperation::retry) refuses what the request itself made fail.
//!
//! ```
//! use mint_api_ext::Outcome;
//! use mint_api_ext::wait::Advice;
//! # use mint_api_ext::simulator::Simulator;
//!
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let simulator = Simulator::start().await?;
//! # let mint = simulator.mint()?;
//! # simulator.fail_next("moderation_blocked", "It cannot be made.");
//! match mint.generate_model("a brass lamp").send_and_wait().await? {
//!     Outcome::Failed(failed) if failed.advice() == Advice::Retry => drop(failed.retry().send_and_wait().await?),
//!     Outcome::Failed(failed) => println!("{:?}: {:?}", failed.advice(), failed.operation.error),
//!     outcome => println!("{}", outcome.operation().status),
//! }
//! # assert_eq!(simulator.operations_started(), 1);
//! # Ok(())
//! # }
//! ```
