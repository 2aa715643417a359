//! The files that Mint makes, and the replies that name them.
//!
//! An [`Asset`] is one file: its [`AssetKind`], its URL, and its size, name and media type if the API sends them.
//! [`Assets`] is a list of them. `From` makes it from a reply: an operation, a model, a world, a conversion or an artifact
//! manifest. [`Mint::download`](crate::Mint::download) accepts each of these.
//!
//! # The files of an operation
//!
//! [`Assets::of`] reads a reply that you have and sends no request. [`Mint::assets_of`](crate::Mint::assets_of) also
//! reads the model, the world or the artifact manifest if the operation does not name its files.
//!
//! ```
//! # use mint_api_ext::simulator::{Script, Simulator};
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let simulator = Simulator::start().await?;
//! # let (mint, id) = (simulator.mint()?, simulator.add(Script::model()));
//! let operation = mint.attach(id)?.wait().await?.into_operation();
//! for asset in &mint.assets_of(&operation).await? {
//!     println!("{}: {:?} bytes", asset.kind, asset.bytes);
//! }
//! # assert!(!mint.assets_of(&operation).await?.is_empty());
//! # Ok(())
//! # }
//! ```
//!
//! # One file of a kind
//!
//! ```
//! use mint_api_ext::asset::{AssetKind, Assets};
//! # use mint_api_ext::simulator::{Script, Simulator};
//!
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let simulator = Simulator::start().await?;
//! # let (mint, id) = (simulator.mint()?, simulator.add(Script::world()));
//! let operation = mint.attach(id)?.wait().await?.into_operation();
//! let assets = Assets::of(&operation);
//! let panorama = assets.iter().find(|asset| asset.kind == AssetKind::Panorama).ok_or("no panorama")?;
//! println!("{panorama:?}");
//! # Ok(())
//! # }
//! ```
//!
//! # The files of an asset, without its operation
//!
//! A model, a world, an image or a pack has an artifact manifest, which names every file by its role.
//!
//! ```
//! use mint_api_ext::asset::{AssetType, Assets};
//! # use mint_api_ext::simulator::{Script, Simulator};
//!
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let simulator = Simulator::start().await?;
//! # let mint = simulator.mint()?;
//! # let operation = mint.generate_model("a brass lamp").send_and_wait().await?.into_operation();
//! # let model_id = operation.resource.and_then(|model| model.id).ok_or("no model")?;
//! let manifest = mint.artifact_manifest(AssetType::Model, model_id).await?;
//! let assets = Assets::from(&manifest);
//! println!("{:?}", assets.preferred());
//! # assert!(!assets.is_empty());
//! # Ok(())
//! # }
//! ```
//!
//! # Unknown kinds
//!
//! The API adds kinds of files. A file of an unknown kind is listed and downloaded like any other. Its kind is
//! [`AssetKind::Other`] with the API's name for it. An unknown type of asset is [`AssetType::Other`].
//!
//! # URLs are secrets
//!
//! The URL of a file may be signed, so that everyone who has the URL can read the file. `Debug` of [`Asset`], errors and
//! manifests omit the query of the URL. [`Asset::url`] has all of the URL.

mod artifacts;
mod asset;
mod asset_pack;
mod collect;
#[cfg(feature = "glb")]
pub mod glb;
mod kind;
mod pick;
mod source;

pub use asset::{Asset, Assets, PackItem, Subject};
pub use kind::AssetKind;
pub(crate) use source::Source;

pub use crate::read::AssetType;
