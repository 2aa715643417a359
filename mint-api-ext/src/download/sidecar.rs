//! The sidecar of a partial file: a small JSON file that names its version.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::digest::Digests;
use super::disk::{beside, replace};
use super::publish::Durability;
use super::segments::ranges::Ranges;
use super::segments::written::{self, is_log};
use crate::error::shown;

const VERSION: u32 = 1;
/// The layout of a sidecar with segments. An earlier version of this crate refuses it, and leaves the partial file alone.
const WITH_SEGMENTS: u32 = 2;
/// How many names are tried for a partial file.
const NAMES: u32 = 10;
/// A sidecar has some hundred bytes; a larger file was not written by this crate.
const MAX_BYTES: u64 = 64 * 1024;

/// A version of a file at the server.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Version {
    /// The layout of this file.
    pub(super) version: u32,
    /// The URL without its query, which may be a secret and differs with each signature.
    pub(super) url: String,
    pub(super) etag: Option<String>,
    pub(super) last_modified: Option<String>,
    pub(super) total: Option<u64>,
    pub(super) content_type: Option<String>,
    #[serde(default)]
    pub(super) digests: Digests,
}

impl Version {
    pub(super) fn of(url: &str) -> Self {
        Self { version: VERSION, url: shown(url), ..Self::default() }
    }
}

/// The sidecar of a partial file.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct Sidecar {
    #[serde(flatten)]
    pub(super) version: Version,
    /// What is on the disk, if the bytes come in any order. The length of the partial file counts if not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) synced: Option<Ranges>,
}

impl Sidecar {
    /// Reads a sidecar; `None` if it is missing or invalid.
    fn read(path: &Path) -> Option<Self> {
        let metadata = fs::symlink_metadata(path).ok()?;
        if !metadata.is_file() || metadata.len() > MAX_BYTES {
            return None;
        }
        let mut sidecar: Self = serde_json::from_slice(&fs::read(path).ok()?).ok()?;
        let layout = std::mem::replace(&mut sidecar.version.version, VERSION);
        let is_known = matches!((layout, &sidecar.synced), (VERSION, None) | (WITH_SEGMENTS, Some(_)));
        is_known.then_some(sidecar)
    }

    pub(super) fn write(&self, path: &Path, durability: Durability) -> io::Result<()> {
        let mut sidecar = self.clone();
        if self.synced.is_some() {
            sidecar.version.version = WITH_SEGMENTS;
        }
        replace(path, &serde_json::to_vec(&sidecar)?, durability)
    }
}

/// The paths of a partial file, none of them another program's.
#[derive(Debug)]
pub(super) struct Paths {
    pub(super) part: PathBuf,
    pub(super) sidecar: PathBuf,
    /// What an earlier download left.
    pub(super) left: Option<Sidecar>,
}

impl Paths {
    /// Chooses `<name>.part` and `<name>.part.json`, or `<name>.2.part` and so on if a file that no download wrote has one
    /// of these names.
    ///
    /// The sidecar is the mark of a download: a partial file without one is another program's, unless it is empty. So is a
    /// log of what is written that cannot be read, unless the sidecar says that there is one.
    pub(super) fn of(target: &Path) -> io::Result<Self> {
        let numbered = (2..=NAMES).map(|number| format!(".{number}.part"));
        for ending in std::iter::once(".part".to_owned()).chain(numbered) {
            let (part, sidecar) = (beside(target, &ending), beside(target, &format!("{ending}.json")));
            let left = Sidecar::read(&sidecar);
            let log = written::path(&part);
            let is_log_free = match size(&log)? {
                None | Some(Size::File(0)) => true,
                Some(Size::File(_)) => left.as_ref().is_some_and(|left| left.synced.is_some()) || is_log(&log),
                Some(Size::NoFile) => false,
            };
            let is_free = is_log_free
                && match (size(&part)?, size(&sidecar)?) {
                    (_, Some(_)) if left.is_none() => false,
                    (Some(Size::File(bytes)), _) => bytes == 0 || left.is_some(),
                    (Some(Size::NoFile), _) => false,
                    (None, _) => true,
                };
            if is_free {
                return Ok(Self { part, sidecar, left });
            }
        }
        Err(io::Error::other(format!("no download wrote it, nor the files of {} other names", NAMES - 1)))
    }
}

enum Size {
    File(u64),
    /// A link or a directory.
    NoFile,
}

/// The size of what has a path; `None` if nothing has it.
fn size(path: &Path) -> io::Result<Option<Size>> {
    match fs::symlink_metadata(path) {
        Ok(found) if found.is_file() => Ok(Some(Size::File(found.len()))),
        Ok(_) => Ok(Some(Size::NoFile)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sidecar_with_segments_is_of_another_layout() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a.part.json");
        let version = Version { etag: Some("\"one\"".into()), total: Some(9), ..Version::of("https://a.b/a?s=1") };
        for synced in [None, Some(Ranges::first(3))] {
            let is_segmented = synced.is_some();
            let sidecar = Sidecar { version: version.clone(), synced };
            sidecar.write(&path, Durability::Cached).unwrap();
            // How a version of this crate without segments reads it: the fields it knows, and layout 1 only.
            let old: Version = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
            assert_eq!(old.version == VERSION, !is_segmented);
            let read = Sidecar::read(&path).unwrap();
            assert_eq!((read.version.version, read.synced.is_some()), (VERSION, is_segmented));
        }
        // A layout that says one thing and has another is no sidecar.
        let text = fs::read_to_string(&path).unwrap();
        for wrong in [text.replace("\"version\":2", "\"version\":1"), text.replace("\"version\":2", "\"version\":3")] {
            assert_ne!(wrong, text);
            fs::write(&path, wrong).unwrap();
            assert!(Sidecar::read(&path).is_none());
        }
    }
}
