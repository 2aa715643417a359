//! What happens during a download.

use std::path::Path;

use super::FetchedFile;
use crate::asset::Asset;
use crate::error::Error;

/// What happens during a download.
///
/// For each file: once `Started`, then `Progress` for each piece that arrives, then once `Finished` or `Failed`. A file
/// that cannot be begun has no `Started`. Events of different files come in any order.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// The server began to send a file.
    Started {
        /// The file.
        asset: &'a Asset,
        /// Where it will be.
        path: &'a Path,
        /// How large it will be, in bytes, where the server or the operation says so.
        total: Option<u64>,
    },
    /// A piece of a file arrived.
    Progress {
        /// Where the file will be.
        path: &'a Path,
        /// How much of it has arrived, in bytes.
        bytes: u64,
    },
    /// A file is whole and in its place.
    Finished {
        /// The file.
        file: &'a FetchedFile,
    },
    /// A file could not be fetched.
    Failed {
        /// The file.
        asset: &'a Asset,
        /// Where it would have been.
        path: &'a Path,
        /// Why.
        error: &'a Error,
    },
}
