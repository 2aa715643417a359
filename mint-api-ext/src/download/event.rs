//! What happens during a download.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::FetchedFile;
use crate::asset::Asset;
use crate::error::Error;

/// What happens during a download.
///
/// For each file, in this order: `Started` once, when there is something of it; then `Progress`, `Continued` and
/// `Retried` in any order; `Verified` once, when it is whole and what it should be; `Finished` or `Failed` once, at the
/// end. A file that never begins has no `Started`, though perhaps `Retried`; one that is there already has only
/// `Finished`. A file whose check fails after a continued download may be fetched once more from the beginning.
///
/// `Progress` comes after a piece was written, at most once per 64 KiB, and once more at the end of each reply's body.
/// Where a file begins anew, its `bytes` are fewer than before. Events of different files come in any order; those of
/// one file never at the same time.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// The server began to send a file, or has nothing to add to what is there.
    Started {
        /// The file.
        asset: &'a Asset,
        /// Where it will be.
        path: &'a Path,
        /// How large it will be, in bytes, where the server or the operation says so.
        total: Option<u64>,
    },
    /// A piece of a file arrived and was written.
    Progress {
        /// Where the file will be.
        path: &'a Path,
        /// How much of it has arrived, in bytes.
        bytes: u64,
    },
    /// A file could not be fetched so far, and is tried again.
    Retried {
        /// Where the file will be.
        path: &'a Path,
        /// Which try this will be; the first one was 1.
        attempt: u32,
        /// How long it waits before that.
        wait: Duration,
    },
    /// The server goes on with a file where it had ended.
    Continued {
        /// Where the file will be.
        path: &'a Path,
        /// How much of it was there, in bytes.
        bytes: u64,
    },
    /// A file is whole and what it should be; it does not have its name yet.
    Verified {
        /// Where the file will be.
        path: &'a Path,
        /// How large it is, in bytes.
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
