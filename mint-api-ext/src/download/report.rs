//! What a download did.

use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::time::Instant;

use super::destination::Item;
use crate::asset::{Asset, AssetKind};
use crate::error::{Error, ErrorKind};

/// What a download did: the files that are in their place, and those that are not.
#[derive(Debug, Default)]
#[non_exhaustive]
#[must_use = "a file may have failed"]
pub struct Report {
    /// The files that are whole and in their place, in the order of the assets.
    pub files: Vec<FetchedFile>,
    /// The files that are not, in the order of the assets. Nothing is under their names that was not there before.
    pub failures: Vec<Failure>,
}

impl Report {
    pub(super) fn of(results: Vec<(Item, Result<FetchedFile, Error>)>) -> Self {
        let mut report = Self::default();
        for (item, result) in results {
            match result {
                Ok(file) => report.files.push(file),
                Err(error) => report.failures.push(Failure { asset: item.asset, path: item.path, error }),
            }
        }
        report
    }

    /// The files, if every one is in its place.
    ///
    /// # Errors
    ///
    /// The error of the first file that is not.
    pub fn complete(mut self) -> Result<Vec<FetchedFile>, Error> {
        if self.failures.is_empty() {
            return Ok(self.files);
        }
        let count = self.failures.len();
        let first = self.failures.swap_remove(0).error;
        if count == 1 {
            return Err(first);
        }
        Err(Error::new(ErrorKind::Download, format!("{count} files failed; the first: {first}")).with_source(first))
    }
}

/// A file that was fetched.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct FetchedFile {
    /// What it is.
    pub kind: AssetKind,
    /// Where it is; in a store, its place there; for a writer, the name it would have.
    pub path: PathBuf,
    /// How large it is, in bytes.
    pub bytes: u64,
    /// Its SHA-256, in lower-case hexadecimal.
    pub sha256: String,
    /// The media type the server sent it as.
    pub content_type: Option<String>,
    /// The file of the operation that it is.
    pub asset: Asset,
    /// How it came to be in its place.
    pub obtained: Obtained,
    /// How many requests it took, redirects not counted.
    pub attempts: u32,
    /// How long it took.
    pub elapsed: Duration,
    /// What was unpacked of it.
    pub unpacked: Option<Unpacked>,
}

impl FetchedFile {
    /// A file that is in its place, and was when the download began.
    pub(super) fn there(asset: &Asset, path: &Path, bytes: u64, sha256: String, began: Instant) -> Self {
        Self {
            kind: asset.kind.clone(),
            path: path.to_owned(),
            bytes,
            sha256,
            content_type: None,
            asset: asset.clone(),
            obtained: Obtained::AlreadyThere,
            attempts: 0,
            elapsed: began.elapsed(),
            unpacked: None,
        }
    }
}

/// How a file came to be in its place.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Obtained {
    /// It was fetched from its beginning.
    Fetched,
    /// A part that was there was continued.
    Continued,
    /// It was there, and nothing was fetched.
    AlreadyThere,
}

/// What was unpacked of an archive.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Unpacked {
    /// The directory that holds the files.
    pub directory: PathBuf,
    /// The files of the archive, by their paths in the directory.
    pub files: Vec<PathBuf>,
    /// The file to open first, where the API names it.
    pub primary: Option<PathBuf>,
}

/// A file that could not be fetched.
#[derive(Debug)]
#[non_exhaustive]
pub struct Failure {
    /// The file.
    pub asset: Asset,
    /// Where it would have been.
    pub path: PathBuf,
    /// Why it is not there.
    pub error: Error,
}
