//! `mint-manifest.json`: the record of the files that downloads saved.

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

/// The name of the manifest; `unique_file_names` gives it to no file.
pub(crate) const NAME: &str = "mint-manifest.json";
const VERSION: u32 = 1;
/// A larger file was not written by this crate.
pub(super) const MAX_BYTES: u64 = 16 * 1024 * 1024;

/// The saved files, by name.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Manifest {
    version: u32,
    files: BTreeMap<String, Entry>,
}

/// A saved file.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Entry {
    pub(super) kind: String,
    /// The URL without its query, which may be a secret.
    pub(super) url: String,
    pub(super) bytes: u64,
    pub(super) sha256: String,
    pub(super) content_type: Option<String>,
    pub(super) etag: Option<String>,
    pub(super) last_modified: Option<String>,
    /// The store's `ETag` of the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) stored_etag: Option<String>,
    /// The files that were unpacked from it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) unpacked: Vec<PathBuf>,
}

impl Default for Manifest {
    fn default() -> Self {
        Self { version: VERSION, files: BTreeMap::new() }
    }
}

impl Manifest {
    /// Reads the manifest of a directory. One that is missing or unreadable is empty, so that every file is fetched.
    pub(super) fn read(directory: &Path) -> Self {
        let path = directory.join(NAME);
        let small = fs::symlink_metadata(&path).is_ok_and(|found| found.is_file() && found.len() <= MAX_BYTES);
        small.then(|| fs::read(&path).ok()).flatten().map_or_else(Self::default, |bytes| Self::parse(&bytes))
    }

    /// Parses a manifest; an invalid one reads as empty.
    pub(super) fn parse(bytes: &[u8]) -> Self {
        let manifest: Option<Self> = serde_json::from_slice(bytes).ok();
        manifest.filter(|manifest| manifest.version == VERSION).unwrap_or_default()
    }

    /// The entry of a file, if it belongs to this URL and has a validator for a conditional request.
    pub(super) fn entry(&self, name: &str, asset: &Asset) -> Option<&Entry> {
        self.files.get(name).filter(|entry| {
            entry.url == Version::of(&asset.url).url && (entry.etag.is_some() || entry.last_modified.is_some())
        })
    }

    /// The files that were unpacked from any version of this archive.
    pub(super) fn unpacked(&self, name: &str) -> &[PathBuf] {
        self.files.get(name).map_or(&[], |entry| &entry.unpacked)
    }

    /// Serializes the manifest with this entry added; `None` if that changes nothing.
    pub(super) fn extended(mut self, name: &str, entry: Entry) -> serde_json::Result<Option<Vec<u8>>> {
        if self.files.get(name) == Some(&entry) {
            return Ok(None);
        }
        self.files.insert(name.to_owned(), entry);
        let mut bytes = serde_json::to_vec_pretty(&self)?;
        bytes.push(b'\n');
        Ok(Some(bytes))
    }

    /// Adds a file to the manifest of a directory, and keeps every other entry, even if another download adds one at the
    /// same time.
    pub(super) fn add(directory: &Path, name: &str, entry: Entry) -> Result<(), Error> {
        let path = directory.join(NAME);
        let failed = |error| io_error("write", &path, error);
        // Each download holds it only while it writes this small file.
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

    /// The version of the saved file.
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
