//! `mint-manifest.json`: what was saved in a directory.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::FetchedFile;
use super::disk::{beside, io_error, replace};
use super::lock::Lock;
use super::sidecar::Version;
use crate::asset::Asset;
use crate::error::Error;

/// The name of the manifest; no file of an operation gets it.
pub(crate) const NAME: &str = "mint-manifest.json";
const VERSION: u32 = 1;
/// Something larger was not written by this crate.
pub(super) const MAX_BYTES: u64 = 16 * 1024 * 1024;

/// What was saved in a directory, by name.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Manifest {
    version: u32,
    files: BTreeMap<String, Entry>,
}

/// A file that was saved.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Entry {
    pub(super) kind: String,
    /// Without its query, which may be a secret.
    pub(super) url: String,
    pub(super) bytes: u64,
    pub(super) sha256: String,
    pub(super) content_type: Option<String>,
    pub(super) etag: Option<String>,
    pub(super) last_modified: Option<String>,
    /// What the store calls the version that was saved in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) stored_etag: Option<String>,
    /// The files that were unpacked of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) unpacked: Vec<PathBuf>,
}

impl Default for Manifest {
    fn default() -> Self {
        Self { version: VERSION, files: BTreeMap::new() }
    }
}

impl Manifest {
    /// Reads the manifest of a directory. One that is missing, or cannot be read as one, is empty: everything is then
    /// fetched.
    pub(super) fn read(directory: &Path) -> Self {
        let path = directory.join(NAME);
        let small = fs::symlink_metadata(&path).is_ok_and(|found| found.is_file() && found.len() <= MAX_BYTES);
        small.then(|| fs::read(&path).ok()).flatten().map_or_else(Self::default, |bytes| Self::parse(&bytes))
    }

    /// What these bytes tell; nothing, if they are no manifest.
    pub(super) fn parse(bytes: &[u8]) -> Self {
        let manifest: Option<Self> = serde_json::from_slice(bytes).ok();
        manifest.filter(|manifest| manifest.version == VERSION).unwrap_or_default()
    }

    /// The entry of a file that can be asked for by whether it has changed.
    pub(super) fn entry(&self, name: &str, asset: &Asset) -> Option<&Entry> {
        self.files.get(name).filter(|entry| {
            entry.url == Version::of(&asset.url).url && (entry.etag.is_some() || entry.last_modified.is_some())
        })
    }

    /// The files that were unpacked of an archive of this name, whichever version of it that was.
    pub(super) fn unpacked(&self, name: &str) -> &[PathBuf] {
        self.files.get(name).map_or(&[], |entry| &entry.unpacked)
    }

    /// The bytes of this manifest with this entry; `None` if it has it already.
    pub(super) fn extended(mut self, name: &str, entry: Entry) -> serde_json::Result<Option<Vec<u8>>> {
        if self.files.get(name) == Some(&entry) {
            return Ok(None);
        }
        self.files.insert(name.to_owned(), entry);
        let mut bytes = serde_json::to_vec_pretty(&self)?;
        bytes.push(b'\n');
        Ok(Some(bytes))
    }

    /// Adds a file to the manifest of a directory. What it tells of others stays, also when another download adds to it
    /// at the same time.
    pub(super) fn add(directory: &Path, name: &str, entry: Entry) -> Result<(), Error> {
        let path = directory.join(NAME);
        let failed = |error| io_error("write", &path, error);
        // The other one has it for the time of writing a small file.
        let lock = Lock::wait_for(&beside(&path, ".lock")).map_err(failed)?;
        let _lock = lock.ok_or_else(|| failed(io::Error::other("another download holds it")))?;
        match Self::read(directory).extended(name, entry).map_err(|error| failed(error.into()))? {
            Some(bytes) => replace(&path, &bytes).map_err(failed),
            None => Ok(()),
        }
    }
}

impl Entry {
    pub(super) fn new(file: &FetchedFile, version: &Version) -> Self {
        Self {
            kind: file.kind.to_string(),
            url: version.url.clone(),
            bytes: file.bytes,
            sha256: file.sha256.clone(),
            content_type: file.content_type.clone(),
            etag: version.etag.clone(),
            last_modified: version.last_modified.clone(),
            stored_etag: None,
            unpacked: file.unpacked.as_ref().map(|unpacked| unpacked.files.clone()).unwrap_or_default(),
        }
    }

    /// The version that was saved.
    pub(super) fn version(&self) -> Version {
        Version {
            etag: self.etag.clone(),
            last_modified: self.last_modified.clone(),
            total: Some(self.bytes),
            content_type: self.content_type.clone(),
            url: self.url.clone(),
            ..Version::of("")
        }
    }
}
