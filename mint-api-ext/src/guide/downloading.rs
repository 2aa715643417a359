//! Files: their names, where they land, and what is overwritten.
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
//! A file has the API's name for it, made safe for every file system. Where the API gives no name, it has the name of its
//! kind: `model.glb`, `thumbnail.webp`, `panorama.jpg`. Two files of one name get numbers: `model.glb`, `model-2.glb`. Names of
//! two operations can be equal, so give each operation a directory of its own.
//!
//! # What is in the directory
//!
//! | Name | What it is |
//! |---|---|
//! | `model.glb` | a whole file, checked and synced; nothing else ever has a final name |
//! | `model.glb.part`, `model.glb.part.json` | a file that is not whole yet, and which version of it that is |
//! | `model.glb.lock` | a file that some process writes at the moment |
//! | `mint-manifest.json` | what was saved: size, SHA-256, version and origin of each file |
//!
//! # What is overwritten
//!
//! [`Overwrite`](crate::download::Overwrite) decides; the front page of [`download`](crate::download) has the table.
//!
//! # Big files, slow networks, restarts
//!
//! Files are streamed: memory does not depend on their size. A download that breaks off, or whose process is killed, goes on
//! where it ended if the server still has the same version. URLs of files expire; the download asks the API for fresh ones.
//!
//! # Other destinations
//!
//! [`Download::to_writer`](crate::download::Download::to_writer) writes one file to anything that is `AsyncWrite`. With the
//! feature `object-store`, `Download::to_store` writes to S3 and its like.
