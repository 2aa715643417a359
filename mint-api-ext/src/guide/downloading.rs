//! The names and places of downloaded files, and which files are overwritten.
//!
//! # A directory for each operation
//!
//! ```
//! # use mint_api_ext::simulator::{Script, Simulator};
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let simulator = Simulator::start().await?;
//! # let mint = simulator.mint()?;
//! # let temporary = tempfile::tempdir()?;
//! # let operation = mint.attach(simulator.add(Script::model()))?.wait().await?.into_operation();
//! # let out = temporary.path();
//! let report = mint.download(&operation).to_dir(out.join(&operation.id)).await?;
//! for file in report.complete()? {
//!     println!("{} {} bytes, SHA-256 {}", file.path.display(), file.bytes, file.sha256);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # Names
//!
//! A file has the API's name for it, made safe for every file system. If the API gives no name, the file has the name of its
//! kind: `model.glb`, `thumbnail.webp`, `panorama.jpg`. Files with equal names get numbers: `model.glb`, `model-2.glb`. Two
//! operations can have files with equal names, so give each operation a directory of its own, or its files a name.
//!
//! # Your own names
//!
//! [`Download::named`](crate::download::Download::named) names files after a thing, and
//! [`Download::named_by`](crate::download::Download::named_by) by a function from a file to a path. Do not rename files
//! afterwards: the next download would fetch them again.
//!
//! ```
//! # use mint_api_ext::simulator::{Script, Simulator};
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let simulator = Simulator::start().await?;
//! # let mint = simulator.mint()?;
//! # let temporary = tempfile::tempdir()?;
//! # let rider = mint.attach(simulator.add(Script::model()))?.wait().await?.into_operation();
//! # let desk = mint.attach(simulator.add(Script::world()))?.wait().await?.into_operation();
//! let assets = temporary.path().join("assets");
//! // rider.glb and rider.poster.png
//! mint.download(&rider).preferred().poster().named("rider").to_dir(&assets).await?.complete()?;
//! // desk.rad and desk.collider.glb
//! mint.download(&desk).world_runtime().named("desk").to_dir(&assets).await?.complete()?;
//! # assert!(assets.join("rider.glb").is_file() && assets.join("desk.collider.glb").is_file());
//! # Ok(())
//! # }
//! ```
//!
//! # The files that a use needs
//!
//! | For | Pick | Files |
//! |---|---|---|
//! | a viewer or an engine with Draco | [`preferred`](crate::download::Download::preferred) | the optimized GLB, else the original one |
//! | a loader without Draco | [`preferred_without_draco`](crate::download::Download::preferred_without_draco) | the original GLB |
//! | a page, while the model loads | [`poster`](crate::download::Download::poster) | the preview image, else the thumbnail |
//! | a splat viewer | [`splat`](crate::download::Download::splat) | the SPZ splats of a quality, else of the nearest smaller one, else of the nearest larger one |
//! | a world to walk in | [`world_runtime`](crate::download::Download::world_runtime) | the RAD splats and the collider mesh, both or neither |
//!
//! A pick chooses from each model of an asset pack. If the reply of the operation lacks a file that a pick or
//! [`only`](crate::download::Download::only) asks for, such as RAD splats, the download looks for it in the model or world and
//! in the artifact manifest. A pick that finds nothing is an error that says what there is, and where. The crate does not read the files before it picks, so it
//! takes for Draco what Mint usually compresses: the optimized GLB.
//!
//! # The files in the directory
//!
//! | Name | Content |
//! |---|---|
//! | `model.glb` | a complete file, checked and synced; only complete files have a final name |
//! | `model.glb.part`, `model.glb.part.json` | a part of a file, and the version that the part belongs to; `model.glb.2.part` if another program wrote a file of that name |
//! | `model.glb.part.written` | what is written of a large file that comes over several connections |
//! | `model.glb.lock` | the lock of the process that is writing the file |
//! | `mint-manifest.json` | the size, SHA-256, version and origin of each saved file |
//!
//! # Overwriting
//!
//! [`Overwrite`](crate::download::Overwrite) decides which files are replaced. The front page of
//! [`download`](crate::download) has a table.
//!
//! # Big files, slow networks, restarts
//!
//! A download streams files, so its memory does not depend on their size. After a connection breaks off or the process is
//! killed, it continues where it ended, if the server still has the same version. If a URL has expired, it asks the API for a
//! fresh one.
//!
//! # Progress
//!
//! With the feature `progress`, `mint_api_ext::progress::Progress` shows waits and downloads: bars and totals in a terminal, lines
//! in a log. [`Download::on_event`](crate::download::Download::on_event) passes the same events to a display of your own.
//!
//! ```
//! # #[cfg(feature = "progress")]
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use futures::TryStreamExt as _;
//! use mint_api_ext::progress::Progress;
//! # use mint_api_ext::simulator::Simulator;
//!
//! # let simulator = Simulator::start().await?;
//! # let mint = simulator.mint()?;
//! # let directory = tempfile::tempdir()?;
//! let progress = Progress::default();
//! let handle = mint.generate_model("a brass lamp").send().await?;
//! let mut updates = handle.wait().updates();
//! while let Some(update) = updates.try_next().await? {
//!     progress.show_update("lamp", Ok(&update));
//! }
//! let operation = handle.get().await?;
//! let download = mint.download(&operation).on_event(move |event| progress.show(event));
//! download.to_dir(directory.path()).await?.complete()?;
//! # Ok(())
//! # }
//! # #[cfg(not(feature = "progress"))]
//! # fn main() {}
//! ```
//!
//! # Other destinations
//!
//! [`Download::to_file`](crate::download::Download::to_file) saves one file under a path, and
//! [`Download::to_bytes`](crate::download::Download::to_bytes) returns its bytes.
//! [`Download::to_writer`](crate::download::Download::to_writer) writes one file to any `AsyncWrite`. With the feature
//! `object-store`, `Download::to_store` writes to S3 and other stores.
