//! Downloads the files of an operation to a directory, a store or a writer.
//!
//! [`Mint::download`](crate::Mint::download) takes what names the files: an operation, a model, a world, an artifact
//! manifest, or [`Asset`](crate::asset::Asset)s. The [`Download`] that it returns has the settings, and a method for each
//! destination. Awaited, it ends in a [`Report`] of every file.
//!
//! # To a directory
//!
//! ```
//! # use mint_api_ext::simulator::{Script, Simulator};
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let simulator = Simulator::start().await?;
//! # let (mint, id) = (simulator.mint()?, simulator.add(Script::model()));
//! # let operation = mint.attach(id)?.wait().await?.into_operation();
//! # let temporary = tempfile::tempdir()?;
//! # let directory = temporary.path();
//! let report = mint.download(&operation).to_dir(directory).await?;
//! for file in report.complete()? {
//!     println!("{} {} bytes", file.path.display(), file.bytes);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! Each file has the API's name for it, made safe for any file system, or else the name of its kind, such as `model.glb`.
//! A picture without a name from the API gets the extension of its content, since CDNs convert images: `preview.png`, though
//! its URL ends in `.webp`. It keeps the first name where the other one is taken, or where a store cannot rename.
//!
//! # To a store
//!
//! With the feature `object-store`, to S3, Google Cloud Storage, Azure and whatever else
//! [`object_store`](https://docs.rs/object_store) supports.
//!
//! ```
//! use std::sync::Arc;
//! use object_store::memory::InMemory;
//! # use mint_api_ext::simulator::{Script, Simulator};
//!
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let simulator = Simulator::start().await?;
//! # let (mint, id) = (simulator.mint()?, simulator.add(Script::model()));
//! # let operation = mint.attach(id)?.wait().await?.into_operation();
//! let store = Arc::new(InMemory::new());
//! mint.download(&operation).to_store(store, "models/lamp").await?.complete()?;
//! # Ok(())
//! # }
//! ```
//!
//! # To a writer
//!
//! One file, to anything that is `AsyncWrite`: a socket, a compressor, a buffer.
//!
//! ```
//! use mint_api_ext::asset::Assets;
//! # use mint_api_ext::simulator::{Script, Simulator};
//!
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let simulator = Simulator::start().await?;
//! # let (mint, id) = (simulator.mint()?, simulator.add(Script::model()));
//! # let operation = mint.attach(id)?.wait().await?.into_operation();
//! let assets = Assets::of(&operation);
//! let model = assets.preferred().ok_or("the operation made no model")?;
//! let writer = tokio::io::sink();
//! mint.download(&operation).to_writer(model, writer).await?.complete()?;
//! # Ok(())
//! # }
//! ```
//!
//! # Some kinds only
//!
//! ```
//! use mint_api_ext::asset::AssetKind;
//! # use mint_api_ext::simulator::{Script, Simulator};
//!
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let simulator = Simulator::start().await?;
//! # let (mint, id) = (simulator.mint()?, simulator.add(Script::model()));
//! # let operation = mint.attach(id)?.wait().await?.into_operation();
//! # let temporary = tempfile::tempdir()?;
//! # let directory = temporary.path();
//! let wanted = [AssetKind::Glb, AssetKind::Thumbnail];
//! let files = mint.download(&operation).only(wanted).to_dir(directory).await?.complete()?;
//! # assert_eq!(files.len(), 2);
//! # Ok(())
//! # }
//! ```
//!
//! # With progress
//!
//! [`Download::on_event`] calls a function with each [`Event`]. The feature `progress` has bars for a terminal.
//!
//! ```
//! use mint_api_ext::download::Event;
//! # use mint_api_ext::simulator::{Script, Simulator};
//!
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let simulator = Simulator::start().await?;
//! # let (mint, id) = (simulator.mint()?, simulator.add(Script::model()));
//! # let operation = mint.attach(id)?.wait().await?.into_operation();
//! # let temporary = tempfile::tempdir()?;
//! # let directory = temporary.path();
//! let download = mint.download(&operation).on_event(|event| {
//!     if let Event::Progress { path, bytes } = event {
//!         println!("{} {bytes}", path.display());
//!     }
//! });
//! download.to_dir(directory).await?.complete()?;
//! # Ok(())
//! # }
//! ```
//!
//! # Again, after a restart
//!
//! Run the same download again. Partial files are continued, also those of a process that was killed; finished files are
//! only fetched if the server has a newer version.
//!
//! ```
//! use mint_api_ext::download::Obtained;
//! # use mint_api_ext::simulator::{Script, Simulator};
//!
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let simulator = Simulator::start().await?;
//! # let (mint, id) = (simulator.mint()?, simulator.add(Script::model()));
//! # let operation = mint.attach(&id)?.wait().await?.into_operation();
//! # let temporary = tempfile::tempdir()?;
//! # let directory = temporary.path();
//! # mint.download(&operation).to_dir(directory).await?.complete()?;
//! let operation = mint.operation(&id).await?;
//! let files = mint.download(&operation).to_dir(directory).await?.complete()?;
//! println!("{} were there", files.iter().filter(|file| file.obtained == Obtained::AlreadyThere).count());
//! # assert!(files.iter().all(|file| file.obtained == Obtained::AlreadyThere));
//! # Ok(())
//! # }
//! ```
//!
//! # When a file fails
//!
//! A broken connection, a busy server and an expired URL are retried, with the bytes so far where that is safe; see
//! [`Download`]. After that, the file is one of [`Report::failures`] and the others go on. [`Report::complete`] makes the
//! first failure an error.
//!
//! ```
//! # use mint_api_ext::simulator::{Script, Simulator};
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let simulator = Simulator::start().await?;
//! # let (mint, id) = (simulator.mint()?, simulator.add(Script::model()));
//! # let operation = mint.attach(id)?.wait().await?.into_operation();
//! # let temporary = tempfile::tempdir()?;
//! # let directory = temporary.path();
//! let report = mint.download(&operation).to_dir(directory).await?;
//! for failure in &report.failures {
//!     eprintln!("{}: {}", failure.path.display(), failure.error);
//! }
//! # assert!(report.failures.is_empty());
//! # Ok(())
//! # }
//! ```
//!
//! - A file that failed has no name in the directory or the store, or it has its old content. A writer may have the
//!   beginning of it.
//! - A file whose digest is wrong, or whose content is surely that of another file, is never published, and its bytes are not continued.
//! - `<name>.part` and `<name>.part.json` stay if a later download can continue them, and are removed if not.
//! - The download itself is an error only if the directory cannot be made, the manifest cannot be read, or the API cannot
//!   be asked for the files. A manifest that cannot be written is [`Report::unrecorded`].
//! - Files that no place names are [`Report::missing`], and so are kinds of [`Download::only`] that no file has, unless
//!   [`Download::optional`] lets them be absent.
//! - A file that merely disagrees with what the API or the server says of it is taken, with [`FetchedFile::notes`].
//!
//! # What is overwritten
//!
//! A file is replaced only if the manifest of the directory or store, `mint-manifest.json`, says that a download of the
//! same asset wrote it: one of the same resource and kind, or from the same URL. It must also be as that download wrote
//! it. Any other file is refused, and its error names the ways out: a directory for each operation, another
//! [`Asset::file_name`](crate::asset::Asset::file_name), or
//! [`Overwrite::Always`]. [`Download::overwrite`] has the settings:
//!
//! | The name has | [`Overwrite::IfChanged`] (default) | [`Overwrite::Always`] | [`Overwrite::Never`] |
//! |---|---|---|---|
//! | the file of an earlier download, unchanged | replaced if the server has a newer version | replaced | kept, no request |
//! | the same, changed on this side | refused, unless the new one has the same bytes | replaced | kept, no request |
//! | the file of another asset | refused, no request | replaced | refused, no request |
//! | a file that the manifest does not list | refused, unless the new one has the same bytes | replaced | kept, no request |
//!
//! A file that is kept is in [`Report::files`], and one that is refused is in [`Report::failures`].
//!
//! Whatever the setting, these are never overwritten:
//!
//! - A directory that has the name of a file.
//! - An unpacked directory that holds other files than the archive's; see [`Download::unpack_archives`].
//! - A file that another download is writing at the moment, in this process or another; `<name>.lock` prevents that.
//! - A file that a symbolic link leads to: the link itself is replaced, or refused with [`Overwrite::Never`].
//!
//! `mint-manifest.json` records what was saved. Each download adds to it, and keeps the entries of others.

mod claim;
mod content;
mod destination;
mod digest;
mod directory;
mod disk;
mod download;
mod event;
mod fetch;
mod file_name;
mod in_order;
mod lock;
mod manifest;
mod memory;
mod missing;
mod naming;
mod one_file;
mod part;
mod pick;
#[cfg(feature = "progress")]
pub mod progress;
mod publish;
mod refresh;
mod report;
mod retry;
mod run;
mod selection;
mod sidecar;
#[cfg(feature = "object-store")]
mod store;
mod sum;
mod to_bytes;
mod to_dir;
mod to_file;
#[cfg(feature = "object-store")]
mod to_store;
mod to_writer;
mod transfer;
#[cfg(feature = "unpack")]
mod unpack;
#[cfg(feature = "object-store")]
mod upload;
mod verify;
mod writer;

#[cfg(feature = "simulator")]
pub(crate) use digest::hex;
pub use download::{Download, Overwrite};
pub use event::Event;
#[cfg(feature = "object-store")]
pub use object_store;
pub use report::{Failure, FetchedFile, Obtained, Report, Unpacked};
pub use to_bytes::ToBytes;
pub use to_dir::ToDir;
pub use to_file::ToFile;
#[cfg(feature = "object-store")]
pub use to_store::ToStore;
pub use to_writer::ToWriter;
