//! Downloading files.

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
mod part;
#[cfg(feature = "progress")]
pub mod progress;
mod publish;
mod refresh;
mod report;
mod retry;
mod run;
mod sidecar;
#[cfg(feature = "object-store")]
mod store;
mod sum;
mod to_dir;
#[cfg(feature = "object-store")]
mod to_store;
mod to_writer;
mod transfer;
mod unpack;
#[cfg(feature = "object-store")]
mod upload;
mod verify;
mod writer;

#[cfg(feature = "simulator")]
pub(crate) use digest::hex;
pub use download::{Download, Overwrite};
pub use event::Event;
pub use report::{Failure, FetchedFile, Obtained, Report, Unpacked};
pub use to_dir::ToDir;
#[cfg(feature = "object-store")]
pub use to_store::ToStore;
pub use to_writer::ToWriter;
