//! What a download did.

use std::path::PathBuf;

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
    /// Where it is.
    pub path: PathBuf,
    /// How large it is, in bytes.
    pub bytes: u64,
    /// Its SHA-256, in lower-case hexadecimal.
    pub sha256: String,
    /// The media type the server sent it as.
    pub content_type: Option<String>,
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
