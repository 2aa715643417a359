//! What is in a GLB file, read from its head.
//!
//! A GLB file begins with JSON that describes the scene; the geometry and the textures follow. [`Facts::read`] reads that
//! JSON and nothing after it, so it is fast for a file of any size and works for geometry compressed by Draco or meshopt.
//!
//! A download reads the facts of every GLB file that it fetches; see
//! [`FetchedFile::glb`](crate::download::FetchedFile::glb).
//!
//! ```
//! use mint_api_ext::asset::glb::Facts;
//! # use mint_api_ext::asset::AssetKind;
//! # use mint_api_ext::simulator::{Script, Simulator};
//!
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let simulator = Simulator::start().await?;
//! # let (mint, id) = (simulator.mint()?, simulator.add(Script::model()));
//! # let operation = mint.attach(id)?.wait().await?.into_operation();
//! # let temporary = tempfile::tempdir()?;
//! # let directory = temporary.path();
//! # mint.download(&operation).only([AssetKind::Glb]).to_dir(directory).await?.complete()?;
//! let facts = Facts::read(std::fs::File::open(directory.join("model.glb"))?)?;
//! println!("{} triangles in {} meshes, {:?}", facts.triangles, facts.meshes, facts.bounds);
//! assert!(facts.extensions_required.is_empty());
//! # assert!(facts.triangles > 0 && facts.bounds.is_some());
//! # Ok(())
//! # }
//! ```
//!
//! Format: glTF 2.0, <https://registry.khronos.org/glTF/specs/2.0/glTF-2.0.html>.

mod facts;
mod head;
mod scene;
mod transform;

pub use facts::{Animation, Facts};
pub(crate) use head::head_length;
