//! Reads: one resource by its id, or a list page by page.
//!
//! Every read is a method of [`Mint`](crate::Mint), and its name is a noun. It costs nothing. The client retries it under
//! its [`RetryPolicy`](crate::retry::RetryPolicy).
//!
//! | Read | Gives |
//! |---|---|
//! | [`operation`](crate::Mint::operation) | the status, the result and the credits of an operation |
//! | [`model`](crate::Mint::model), [`world`](crate::Mint::world), [`asset_pack`](crate::Mint::asset_pack) | a resource with the URLs of its files |
//! | [`models`](crate::Mint::models), [`worlds`](crate::Mint::worlds) | a [`List`], newest first |
//! | [`artifact_manifest`](crate::Mint::artifact_manifest), [`animation_manifest`](crate::Mint::animation_manifest) | every file of a resource, by role |
//! | [`animation_artifacts`](crate::Mint::animation_artifacts), [`animation_artifact`](crate::Mint::animation_artifact) | the files of an animation |
//! | [`me`](crate::Mint::me), [`usage`](crate::Mint::usage) | the account and its credits |
//! | [`estimate`](crate::Mint::estimate) | what a request would cost |
//!
//! # One page, or every item
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
//! let newest: Vec<_> = mint.models().page_size(20).into_stream().try_collect().await?;
//! println!("{} models", newest.len());
//! # Ok(())
//! # }
//! ```
//!
//! # On failure
//!
//! A read that fails returns an [`Error`](crate::Error). [`is_not_found`](crate::Error::is_not_found) is true after a 404,
//! [`is_unauthorized`](crate::Error::is_unauthorized) after a 401. A list ends after its first error.

mod asset_type;
mod credits;
mod list;
mod pack_models;
mod read;

pub use asset_type::AssetType;
pub use credits::Credits;
pub use list::{Items, List};
pub use pack_models::PackModel;
pub(crate) use read::ANIMATION_TARGETS;
