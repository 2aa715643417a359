//! `mint-manifest.json`: the record of the files that downloads saved.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::FetchedFile;
use super::destination::Item;
use super::disk::{io_error, replace};
use super::publish::Durability;
use super::sidecar::Version;
use crate::error::{Error, ErrorKind, shown};

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
    /// The resource whose file it is, such as `model/m_1`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) resource: Option<String>,
    /// The pick that chose it, such as `preferred`. Later it may choose a file of another kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) pick: Option<String>,
    pub(super) bytes: u64,
    pub(super) sha256: String,
    pub(super) content_type: Option<String>,
    pub(super) etag: Option<String>,
    pub(super) last_modified: Option<String>,
    /// The extension of the name that it has, where its content asked for another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) extension: Option<String>,
    /// The store's `ETag` of the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) stored_etag: Option<String>,
    /// The files that were unpacked from it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) unpacked: Vec<PathBuf>,
    /// The SHA-256 of the archive that they were unpacked from, if that was an earlier one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) unpacked_from: Option<String>,
}

impl Default for Manifest {
    fn default() -> Self {
        Self { version: VERSION, files: BTreeMap::new() }
    }
}

impl Manifest {
    /// Reads the manifest of a directory. A missing file reads as an empty one, and so does one that is not a manifest.
    ///
    /// A failure to read is an error, and so is a manifest of a newer version: what an empty manifest is written over is
    /// forgotten.
    pub(super) fn read(directory: &Path) -> Result<Self, Error> {
        let path = directory.join(NAME);
        let small = fs::symlink_metadata(&path).is_ok_and(|found| found.is_file() && found.len() <= MAX_BYTES);
        if !small {
            return Ok(Self::default());
        }
        match fs::read(&path) {
            Ok(bytes) => Self::parse(&bytes, &path),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(io_error("read", &path, error)),
        }
    }

    /// Parses the manifest at a path; an invalid one reads as empty, one of a newer version is an error.
    pub(super) fn parse(bytes: &[u8], path: &Path) -> Result<Self, Error> {
        #[derive(Deserialize)]
        struct Versioned {
            version: u32,
        }
        match serde_json::from_slice(bytes) {
            Ok(Versioned { version }) if version > VERSION => {
                let text = format!(
                    "could not read `{}`: a newer mint-api-ext wrote it, in version {version}, and this one reads up to \
                     version {VERSION}; update mint-api-ext, or choose another place",
                    path.display()
                );
                Err(Error::new(ErrorKind::Io, text))
            }
            _ => Ok(serde_json::from_slice(bytes).unwrap_or_default()),
        }
    }

    /// The entry of a name.
    pub(super) fn entry(&self, name: &str) -> Option<&Entry> {
        self.files.get(name)
    }

    /// Serializes the manifest with this entry added; `None` if that changes nothing.
    ///
    /// The files that were unpacked from an earlier version stay listed until the file is unpacked again.
    pub(super) fn extended(mut self, name: &str, mut entry: Entry) -> serde_json::Result<Option<Vec<u8>>> {
        if let Some(earlier) = self.files.get(name).filter(|earlier| entry.unpacked.is_empty() && earlier.is_as(&entry))
        {
            entry.unpacked.clone_from(&earlier.unpacked);
            let from = earlier.unpacked_from.as_ref().unwrap_or(&earlier.sha256);
            entry.unpacked_from = (!entry.unpacked.is_empty() && *from != entry.sha256).then(|| from.clone());
        }
        if self.files.get(name) == Some(&entry) {
            return Ok(None);
        }
        self.files.insert(name.to_owned(), entry);
        let mut bytes = serde_json::to_vec_pretty(&self)?;
        bytes.push(b'\n');
        Ok(Some(bytes))
    }

    /// Adds a file to the manifest of a directory, and keeps every other entry. The caller holds its lock.
    pub(super) fn add(directory: &Path, name: &str, entry: Entry) -> Result<(), Error> {
        let path = directory.join(NAME);
        let failed = |error| io_error("write", &path, error);
        match Self::read(directory)?.extended(name, entry).map_err(|error| failed(error.into()))? {
            Some(bytes) => replace(&path, &bytes, Durability::Cached).map_err(failed),
            None => Ok(()),
        }
    }
}

impl Entry {
    pub(super) fn new(item: &Item, file: &FetchedFile, version: &Version) -> Self {
        Self {
            resource: item.resource.clone(),
            kind: file.kind.to_string(),
            pick: item.pick.as_ref().map(ToString::to_string),
            url: version.url.clone(),
            bytes: file.bytes,
            sha256: file.sha256.clone(),
            content_type: file.content_type.clone(),
            etag: version.etag.clone(),
            last_modified: version.last_modified.clone(),
            extension: None,
            stored_etag: None,
            unpacked: file.unpacked.as_ref().map(|unpacked| unpacked.files.clone()).unwrap_or_default(),
            unpacked_from: None,
        }
    }

    /// Whether it is the file of this item, in any version: of the same resource and the same kind or pick, or from the
    /// same URL.
    pub(super) fn is_of(&self, item: &Item) -> bool {
        let is_picked = || item.pick.as_ref().is_some_and(|pick| self.pick == Some(pick.to_string()));
        let is_of_resource = || item.resource.is_some() && self.resource == item.resource;
        self.is_at(&item.asset.url)
            || self.is_from(item.resource.as_deref(), &item.asset.kind.to_string())
            || is_of_resource() && is_picked()
    }

    /// Whether both are the same file, in any version.
    fn is_as(&self, other: &Self) -> bool {
        self.url == other.url || self.is_from(other.resource.as_deref(), &other.kind)
    }

    fn is_from(&self, resource: Option<&str>, kind: &str) -> bool {
        resource.is_some() && self.resource.as_deref() == resource && self.kind == kind
    }

    fn is_at(&self, url: &str) -> bool {
        self.url == shown(url)
    }

    /// Whether a conditional request can confirm it: it came from this URL and has a validator.
    pub(super) fn can_be_confirmed(&self, url: &str) -> bool {
        self.is_at(url) && (self.etag.is_some() || self.last_modified.is_some())
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

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn manifest(version: u32) -> Value {
        let file = json!({"kind": "model", "url": "https://cdn.mint.gg/a.glb", "bytes": 1, "sha256": "0"});
        json!({"version": version, "files": {"a.glb": file}})
    }

    /// The names that are read from a directory after it was prepared.
    fn names(prepare: impl FnOnce(&Path)) -> Result<Vec<String>, String> {
        let directory = tempfile::tempdir().unwrap();
        prepare(&directory.path().join(NAME));
        let manifest = Manifest::read(directory.path()).map_err(|error| error.to_string())?;
        Ok(manifest.files.into_keys().collect())
    }

    #[test]
    fn what_no_version_of_this_crate_wrote_reads_as_nothing() {
        let of = |bytes: &[u8]| names(|path| fs::write(path, bytes).unwrap());
        let known = manifest(VERSION).to_string();
        assert_eq!(of(known.as_bytes()), Ok(vec!["a.glb".to_owned()]));
        assert_eq!(names(|_| {}), Ok(vec![]), "no file");
        assert_eq!(names(|path| fs::create_dir(path).unwrap()), Ok(vec![]), "a directory");
        assert_eq!(of(b"{"), Ok(vec![]), "no JSON");
        assert_eq!(of(br#"{"version": 1}"#), Ok(vec![]), "another JSON");
        let padded = |length: u64| {
            names(|path| {
                let missing = usize::try_from(length).unwrap() - known.len();
                fs::write(path, known.clone() + &" ".repeat(missing)).unwrap();
            })
        };
        assert_eq!(padded(MAX_BYTES), Ok(vec!["a.glb".to_owned()]));
        assert_eq!(padded(MAX_BYTES + 1), Ok(vec![]), "too large");
    }

    #[test]
    fn a_newer_version_is_an_error() {
        let error = names(|path| fs::write(path, manifest(VERSION + 1).to_string()).unwrap()).unwrap_err();
        assert!(error.contains("a newer mint-api-ext wrote it, in version 2"), "{error}");
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_not_followed() {
        let elsewhere = tempfile::tempdir().unwrap();
        let target = elsewhere.path().join("target");
        fs::write(&target, manifest(VERSION).to_string()).unwrap();
        assert_eq!(names(|path| std::os::unix::fs::symlink(&target, path).unwrap()), Ok(vec![]));
    }
}
