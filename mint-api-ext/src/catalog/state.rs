//! What `.mint/` remembers. Losing it loses time, never money.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

use super::catalog::Paths;
use super::disk::{read_text, sha256, write_text};
use super::lock_file::{LockFile, Record};
use super::os_lock::OsLock;
use crate::download::Durability;
use crate::error::{Error, ErrorKind};
use crate::wait::SavedOperation;

/// A file that changed more recently than this may change again within one tick of the file system's clock, and is not
/// remembered.
const SETTLED_AFTER: Duration = Duration::from_secs(2);

/// The content of `.mint/state.json`.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(super) struct State {
    /// What a public lock leaves out, by idempotency key.
    pub(super) records: BTreeMap<String, Private>,
    /// The wait states, by operation.
    pub(super) waits: BTreeMap<String, SavedOperation>,
    /// What files were like when they were hashed, by their path from the directory of the definition.
    files: BTreeMap<String, Seen>,
}

#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(default)]
pub(super) struct Private {
    #[serde(skip_serializing_if = "Option::is_none")]
    operation: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    credits: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    price: Option<f64>,
}

#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
struct Seen {
    bytes: u64,
    /// Since 1970.
    modified: Duration,
    sha256: String,
}

impl Private {
    /// Takes what a public lock leaves out of a record. A call whose operation is left out keeps its request until it is done,
    /// so that the operation is found without the state.
    pub(super) fn take(record: &mut Record) -> Option<Self> {
        let private =
            Self { operation: record.operation.take(), credits: record.credits.take(), price: record.price.take() };
        (private != Self::default()).then_some(private)
    }
}

impl State {
    /// Reads the state. One that cannot be read counts as lost.
    pub(super) fn read(path: &Path) -> Self {
        let text = read_text(path).ok().flatten();
        text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default()
    }

    pub(super) fn write(&self, path: &Path) -> Result<(), Error> {
        let text = serde_json::to_string(self).map_err(|error| {
            Error::new(ErrorKind::Io, format!("could not write `{}`: {error}; remove the file", path.display()))
        })?;
        // A public lock leaves operations to this file.
        let durability = if self.records.is_empty() { Durability::Cached } else { Durability::Synced };
        write_text(path, &text, durability)
    }

    /// Gives a lock back what was taken from it.
    pub(super) fn give_private(&self, lock: &mut LockFile) {
        if self.records.is_empty() {
            return;
        }
        for record in lock.records_mut() {
            if let Some(private) = self.records.get(&record.key) {
                let Record { operation, credits, price, .. } = record;
                *operation = operation.take().or_else(|| private.operation.clone());
                *credits = credits.or(private.credits);
                *price = price.or(private.price);
            }
        }
    }

    /// Writes down what was hashed, unless nothing is new or a run goes on. It only saves time, so failures are ignored.
    pub(super) fn remember(&self, before: &Self, paths: &Paths) {
        if self.files == before.files || !paths.root.join(".mint").is_dir() {
            return;
        }
        if let Ok(_lock) = OsLock::acquire_now(&paths.os_lock) {
            let _ = Self { files: self.files.clone(), ..Self::read(&paths.state) }.write(&paths.state);
        }
    }

    /// The SHA-256 of a file below a directory; `None` if there is no such file. A file of the size and time that it had
    /// when it was hashed last is not read.
    pub(super) fn sha256(&mut self, root: &Path, path: &str) -> Result<Option<String>, Error> {
        let full = root.join(path);
        let before = look(&full);
        if let (Some((bytes, modified)), Some(seen)) = (before, self.files.get(path))
            && (seen.bytes, seen.modified) == (bytes, modified)
        {
            return Ok(Some(seen.sha256.clone()));
        }
        let sha256 = sha256(&full)?;
        self.files.remove(path);
        if let (Some((bytes, modified)), Some(sha256)) = (before, &sha256)
            && has_settled(modified)
        {
            self.files.insert(path.to_owned(), Seen { bytes, modified, sha256: sha256.clone() });
        }
        Ok(sha256)
    }
}

/// The size and the time of a file.
fn look(path: &Path) -> Option<(u64, Duration)> {
    let metadata = fs::symlink_metadata(path).ok().filter(fs::Metadata::is_file)?;
    let modified = metadata.modified().ok()?.duration_since(SystemTime::UNIX_EPOCH).ok()?;
    Some((metadata.len(), modified))
}

/// By the clock of the system, which sets the times of files.
fn has_settled(modified: Duration) -> bool {
    let settled = SystemTime::UNIX_EPOCH.checked_add(modified + SETTLED_AFTER);
    settled.is_some_and(|time| time <= SystemTime::now())
}
