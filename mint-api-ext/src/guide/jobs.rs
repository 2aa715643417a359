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
//! # From a model to its animation clips
//!
//! The clips are in the artifact manifest of the animation, which is closed to some accounts. A download then reads the list of
//! artifacts, and each of them. A clip has the API's name. As Mint works now, an animation takes a humanoid, rigs a copy of the
//! model, and does so in turn, in about 80 seconds each; the model itself gets no rig.
//!
//! ```
//! # use mint_api_ext::simulator::Simulator;
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let simulator = Simulator::start().await?;
//! # let mint = simulator.mint()?;
//! # let directory = tempfile::tempdir()?;
//! # let operation = mint.generate_model("a rider").send_and_wait().await?.into_operation();
//! # let model_id = operation.resource.and_then(|model| model.id).ok_or("no model")?;
//! let waves = mint.animate_model(model_id, "waves with one arm").with_idempotency_key("rider/waves/v1");
//! let operation = waves.send_and_wait().await?.into_succeeded()?.operation;
//! for clip in mint.download(&operation).to_dir(directory.path()).await?.complete()? {
//!     println!("{}", clip.path.display());
//! }
//! # Ok(())
//! # }
//! ```
//!
//! [`Mint::animation_assets`](crate::Mint::animation_assets) finds the clips of an animation by its id alone.
//!
//! # From a pack to its models
//!
//! The operation of a pack names the pack. A download reads its items, and the model of each; it names the files after the
//! items. An item that failed is [`Report::missing`](crate::download::Report::missing), so that
//! [`complete`](crate::download::Report::complete) is an error that names it, unless files may be
//! [`optional`](crate::download::Download::optional).
//!
//! ```
//! # use mint_api_ext::simulator::Simulator;
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let simulator = Simulator::start().await?;
//! # let mint = simulator.mint()?;
//! # let directory = tempfile::tempdir()?;
//! # simulator.fail_next("generation_failed", "One tool could not be made.");
//! let pack = mint.generate_asset_pack("garden tools", 3).send_and_wait().await?.into_succeeded()?.operation;
//! let report = mint.download(&pack).preferred().named("tool").to_dir(directory.path()).await?;
//! for file in &report.files {
//!     println!("{}", file.path.display());
//! }
//! if let Some(missing) = &report.missing {
//!     println!("{missing}");
//! }
//! # assert!(report.files.len() == 2 && report.missing.is_some() && directory.path().join("tool-Item 1.glb").is_file());
//! # Ok(())
//! # }
//! ```
//!
//! [`Mint::asset_pack_models`](crate::Mint::asset_pack_models) is a stream of the items themselves, each with its model.
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
