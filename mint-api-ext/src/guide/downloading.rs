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
//! operations can have files with equal names, so give each operation a directory of its own.
//!
//! # The files in the directory
//!
//! | Name | Content |
//! |---|---|
//! | `model.glb` | a complete file, checked and synced; only complete files have a final name |
//! | `model.glb.part`, `model.glb.part.json` | a part of a file, and the version that the part belongs to |
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
//! # Other destinations
//!
//! [`Download::to_writer`](crate::download::Download::to_writer) writes one file to any `AsyncWrite`. With the feature
//! `object-store`, `Download::to_store` writes to S3 and other stores.
