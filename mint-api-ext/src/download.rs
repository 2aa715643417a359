//! Downloads the files of an operation to a directory, a store or a writer.
//!
//! [`Mint::download`](crate::Mint::download) takes what names the files: an operation, a model, a world, an artifact
//! manifest, or [`Asset`](crate::asset::Asset)s. The [`Download`] that it returns has the settings, and a method for each
//! destination. Awaited, it ends in a [`Report`] of every file.
//!
//! | Files | Methods |
//! |---|---|
//! | all, or those of some kinds | [`Download::only`], [`Download::optional`] |
//! | those that a use needs | [`preferred`](Download::preferred), [`preferred_without_draco`](Download::preferred_without_draco), [`poster`](Download::poster), [`splat`](Download::splat), [`world_runtime`](Download::world_runtime) |
//! | a chosen one | [`Download::asset`] |
//!
//! | To | Methods |
//! |---|---|
//! | a directory | [`to_dir`](Download::to_dir), with [`named`](Download::named) and [`named_by`](Download::named_by) |
//! | a path, for one file | [`to_file`](Download::to_file) |
//! | memory, for one file | [`to_bytes`](Download::to_bytes) |
//! | a writer, for one file | [`to_writer`](Download::to_writer) |
//! | a store, such as S3 | `to_store`, with the feature `object-store` |
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
//! # One file, to a path or to memory
//!
//! A pick chooses the file, and [`Download::to_file`] gives it exactly this path. [`Download::to_bytes`] returns its bytes, at
//! most 64 MiB unless [`Download::max_bytes`] says otherwise.
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
//! mint.download(&operation).preferred().to_file(directory.join("assets/rider.glb")).await?;
//! let poster = mint.download(&operation).poster().to_bytes().await?;
//! # assert!(!poster.is_empty());
//! # Ok(())
//! # }
//! ```
//!
//! # Names of your own
//!
//! Files of many operations fit in one directory if each operation has a name of its own. The manifest knows a file by its
//! resource and kind, so the next download of the same name fetches only what has changed.
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
//! // rider.glb and rider.poster.png
//! mint.download(&operation).preferred().poster().named("rider").to_dir(directory).await?.complete()?;
//! # assert!(directory.join("rider.glb").is_file());
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
//! [`Download::on_event`] calls a function with each [`Event`]. The feature `progress` shows waits and
//! files: as bars in a terminal, as lines elsewhere.
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
//! - `<name>.part`, `<name>.part.json` and `<name>.part.written` stay if a later download can continue them, and are removed
//!   if not. If another program wrote a file of one of these names, that file stays, and the download uses `<name>.2.part`.
//! - The download itself is an error only if the directory cannot be made, the manifest cannot be read, the API cannot
//!   be asked for the files, or [`Download::named`] or [`Download::named_by`] gives a file no valid path of its own. A
//!   manifest that cannot be written is [`Report::unrecorded`].
//! - Files that no place names are [`Report::missing`], and so are kinds of [`Download::only`] and picks that no file fits,
//!   unless [`Download::optional`] lets them be absent.
//! - A file that merely disagrees with what the API or the server says of it is taken, with [`FetchedFile::notes`].
//!
//! # Large files
//!
//! A server or a far network may give each connection little. A file of more than 16 MiB that goes to a directory or a path
//! gets more connections as long as that is faster: up to 8, or as many as [`Download::connections`] says.
//!
//! # When a file is cut off
//!
//! A connection that breaks off is noticed by the length that the server announced. Where the server announces none, or
//! its own file is cut off, the content decides:
//!
//! | Format | Its end | A file without it |
//! |---|---|---|
//! | GLB, WebP, KTX2, AVIF | by the sizes in the file | refused |
//! | zip, USDZ | the end record | refused, unless the last 64 KiB are zero |
//! | PNG | `IEND` | refused up to 64 KiB, else a note |
//! | JPEG | `EOI` | a note |
//! | binary STL | by the number of triangles | a note |
//! | binary FBX, WAV, AVI, MP4 | the footer, or the sizes in the file | taken, since some writers leave these out |
//! | OBJ, ASCII STL, ASCII FBX, GIF, SPZ, RAD, MP3 | not checked | taken |
//!
//! A file with its end is whole, even where the API names another size. A file without is refused if it is shorter than
//! the API says, unless [`Download::accept_other_sizes`] is set. Bytes after the end are a note. The sizes of AVIF and MP4
//! are read as far as the first 512 bytes have them.
//!
//! # What is overwritten
//!
//! A file is replaced only if the manifest of the directory or store, `mint-manifest.json`, says that a download of the
//! same asset wrote it: one of the same resource and the same kind or pick, or from the same URL. It must also be as that
//! download wrote it. Any other file is refused, and its error names the ways out: a directory for each operation, another
//! name by [`Download::named`] or [`Asset::file_name`](crate::asset::Asset::file_name), or [`Overwrite::Always`]. [`Download::overwrite`] has the settings:
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
//! - A file called `<name>.part`, `<name>.part.json`, `<name>.part.written` or `<name>.lock` that another program wrote. An
//!   empty one counts as a download's.
//! - A file in a folder of [`Download::named_by`] that is a symbolic link.
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
mod end;
mod event;
mod fetch;
mod file_name;
mod file_system;
mod format;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzzing;
mod in_order;
mod lock;
mod manifest;
mod missing;
mod naming;
mod one_file;
mod part;
mod pick;
mod publish;
mod refresh;
mod report;
mod retry;
mod run;
mod segments;
mod selection;
mod setback;
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

#[cfg(any(feature = "catalog", feature = "simulator"))]
pub(crate) use digest::hex;
#[cfg(feature = "cli")]
#[doc(hidden)]
pub use disk::replace_file;
#[cfg(feature = "catalog")]
pub(crate) use disk::{advised, beside, is_unsupported, replace};
pub use download::{Download, Overwrite};
pub use event::Event;
#[cfg(feature = "catalog")]
pub(crate) use file_name::{checked_path, folded};
#[cfg(feature = "catalog")]
pub(crate) use file_system::sync;
#[cfg(all(test, unix, feature = "catalog"))]
pub(crate) use file_system::watched::watch;
#[cfg(feature = "catalog")]
pub(crate) use lock::take_in_time;
#[cfg(feature = "object-store")]
pub use object_store;
#[cfg(feature = "catalog")]
pub(crate) use publish::{Clobber, Durability, publish};
pub use report::{Failure, FetchedFile, Obtained, Report, Unpacked};
pub use to_bytes::ToBytes;
pub use to_dir::ToDir;
pub use to_file::ToFile;
#[cfg(feature = "object-store")]
pub use to_store::ToStore;
pub use to_writer::ToWriter;
