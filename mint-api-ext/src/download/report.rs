//! The report of a download.

use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::time::Instant;

use super::destination::Item;
#[cfg(feature = "glb")]
use crate::asset::glb::Facts;
use crate::asset::{Asset, AssetKind};
use crate::error::{Error, ErrorKind};

/// The result of a download: the files that are in their place, and those that failed.
#[derive(Debug, Default)]
#[non_exhaustive]
#[must_use = "a file may have failed"]
pub struct Report {
    /// The files that are whole and in their place, in the order of the assets.
    pub files: Vec<FetchedFile>,
    /// The files that failed, in the order of the assets. Their names are unused, or lead to their old content.
    pub failures: Vec<Failure>,
    /// Why there are files missing that the download was asked for: no place names one, or none of a kind of
    /// [`Download::only`](crate::download::Download::only) or for a pick. It says what was looked for, where, and what each
    /// place answered.
    pub missing: Option<Error>,
    /// Why the manifest does not record some of the files. They are in their place all the same.
    pub unrecorded: Option<Error>,
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

    /// The files, if every one that was asked for is in its place and recorded.
    ///
    /// # Errors
    ///
    /// The error of the first file that failed, with the number of failures if there are more; else
    /// [`missing`](Self::missing) ([`ErrorKind::Download`]); else [`unrecorded`](Self::unrecorded) ([`ErrorKind::Io`] or
    /// [`ErrorKind::Locked`]).
    pub fn complete(mut self) -> Result<Vec<FetchedFile>, Error> {
        if self.failures.is_empty() {
            return match self.missing.or(self.unrecorded) {
                Some(error) => Err(error),
                None => Ok(self.files),
            };
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
    /// What the file is.
    pub kind: AssetKind,
    /// The path of the file; in a store, its place there; for a writer or memory, the name that it would have.
    pub path: PathBuf,
    /// The size of the file, in bytes.
    pub bytes: u64,
    /// The SHA-256 of the file, in lower-case hexadecimal.
    pub sha256: String,
    /// The media type that the server sent.
    pub content_type: Option<String>,
    /// The asset that was fetched.
    pub asset: Asset,
    /// How the file came to be in its place.
    pub obtained: Obtained,
    /// How many requests were sent for it, not counting redirects.
    pub attempts: u32,
    /// How long that took.
    pub elapsed: Duration,
    /// What disagrees with what the API or the server says of the file, such as another size or another image format, and
    /// with the feature `glb` each extension that a GLB file requires. The file was taken all the same. Empty for a file
    /// that was in its place already.
    pub notes: Vec<String>,
    /// What is in the file, if it is a GLB file. `None` for a file that was in its place already, and with
    /// [`Download::skip_content_checks`](crate::download::Download::skip_content_checks).
    #[cfg(feature = "glb")]
    pub glb: Option<Facts>,
    /// The contents, if the file is an archive and was unpacked.
    pub unpacked: Option<Unpacked>,
}

impl FetchedFile {
    /// A file that was in its place when the download began.
    pub(crate) fn there(asset: &Asset, path: &Path, bytes: u64, sha256: String, began: Instant) -> Self {
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
            notes: Vec::new(),
            #[cfg(feature = "glb")]
            glb: None,
            unpacked: None,
        }
    }
}

/// How a file came to be in its place.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Obtained {
    /// The file was fetched from its beginning.
    Fetched,
    /// A partial file was continued.
    Continued,
    /// The file was in its place already.
    AlreadyThere,
}

/// The contents of an archive.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Unpacked {
    /// The directory that holds the files.
    pub directory: PathBuf,
    /// The files of the archive, by their paths in the directory.
    pub files: Vec<PathBuf>,
    /// The file to open first, if the API names it.
    pub primary: Option<PathBuf>,
}

/// A file that could not be fetched.
#[derive(Debug)]
#[non_exhaustive]
pub struct Failure {
    /// The file.
    pub asset: Asset,
    /// The path that it would have had.
    pub path: PathBuf,
    /// Why it failed.
    pub error: Error,
}
