//! The sidecar of a partial file: a small JSON file that names its version.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::digest::Digests;
use super::disk::{beside, replace};
use super::publish::Durability;
use crate::error::shown;

const VERSION: u32 = 1;
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

    /// Reads a sidecar; `None` if it is missing or invalid.
    pub(super) fn read(path: &Path) -> Option<Self> {
        let metadata = fs::symlink_metadata(path).ok()?;
        if !metadata.is_file() || metadata.len() > MAX_BYTES {
            return None;
        }
        let version: Self = serde_json::from_slice(&fs::read(path).ok()?).ok()?;
        (version.version == VERSION).then_some(version)
    }

    pub(super) fn write(&self, path: &Path) -> io::Result<()> {
        replace(path, &serde_json::to_vec_pretty(self)?, Durability::Cached)
    }
}

/// The paths of a partial file, none of them another program's.
#[derive(Debug)]
pub(super) struct Paths {
    pub(super) part: PathBuf,
    pub(super) sidecar: PathBuf,
    /// The version whose bytes an earlier download left.
    pub(super) version: Option<Version>,
}

impl Paths {
    /// Chooses `<name>.part` and `<name>.part.json`, or `<name>.2.part` and so on if a file that no download wrote has one
    /// of these names.
    ///
    /// The sidecar is the mark of a download: a partial file without one is another program's, unless it is empty.
    pub(super) fn of(target: &Path) -> io::Result<Self> {
        let numbered = (2..=NAMES).map(|number| format!(".{number}.part"));
        for ending in std::iter::once(".part".to_owned()).chain(numbered) {
            let (part, sidecar) = (beside(target, &ending), beside(target, &format!("{ending}.json")));
            let version = Version::read(&sidecar);
            let is_free = match (size(&part)?, size(&sidecar)?) {
                (_, Some(_)) if version.is_none() => false,
                (Some(Size::File(bytes)), _) => bytes == 0 || version.is_some(),
                (Some(Size::NoFile), _) => false,
                (None, _) => true,
            };
            if is_free {
                return Ok(Self { part, sidecar, version });
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
