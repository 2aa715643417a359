//! The server of files. It knows nothing of the API.

mod fault;
mod files;
mod range;
mod server;

pub use self::fault::Fault;
pub(crate) use self::files::{Content, Files, FilesOf};
pub(crate) use self::server::router;
