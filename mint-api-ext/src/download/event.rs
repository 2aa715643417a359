//! Events of a download.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::FetchedFile;
use crate::asset::Asset;
use crate::error::Error;

/// An event of a download.
///
/// A download has `Planned` once, before all others. Each file has, in this order: `Started` once; `Progress`, `Continued` and `Retried` in any order; `Verified` once;
/// `Finished` or `Failed` once. A file that no server began to send has no `Started`, but may have `Retried`. A file that
/// is unchanged has only `Finished`. If the check of a continued file fails, the file is fetched once more from the
/// beginning.
///
/// `Progress` follows a write, at most once per 64 KiB, and once more at the end of each reply's body. Its `bytes` drop
/// when a file begins again. Events of different files come in any order; those of one file never at the same time.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// The files are known.
    Planned {
        /// How many files are saved, those that are in their place already among them.
        files: usize,
    },
    /// The server began to send a file, or confirmed that the partial file is complete.
    Started {
        /// The file.
        asset: &'a Asset,
        /// Where it will be.
        path: &'a Path,
        /// The size of the file in bytes, if the server or the operation says so.
        total: Option<u64>,
    },
    /// Bytes of a file were written.
    Progress {
        /// Where the file will be.
        path: &'a Path,
        /// How many bytes of the file have arrived in all.
        bytes: u64,
    },
    /// An attempt failed, and another one follows.
    Retried {
        /// Where the file will be.
        path: &'a Path,
        /// The number of the next attempt; the first one was 1.
        attempt: u32,
        /// The wait before it.
        wait: Duration,
    },
    /// The server continues a partial file.
    Continued {
        /// Where the file will be.
        path: &'a Path,
        /// How many bytes of the file are there.
        bytes: u64,
    },
    /// A file is whole and passed its checks; it does not have its name yet.
    Verified {
        /// Where the file will be.
        path: &'a Path,
        /// The size of the file, in bytes.
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

pub(super) type OnEvent = Arc<dyn Fn(&Event<'_>) + Send + Sync>;
