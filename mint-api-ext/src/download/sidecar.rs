//! The sidecar of a partial file: a small JSON file that names its version.

use std::fs;
use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::digest::Digests;
use super::disk::replace;
use crate::error::shown;

const VERSION: u32 = 1;
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
        replace(path, &serde_json::to_vec_pretty(self)?)
    }
}
