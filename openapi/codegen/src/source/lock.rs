//! `openapi.lock`: the origin of a vendored document.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::error::Error;

/// The origin and the hash of a vendored document.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Lock {
    /// Where it came from.
    pub origin: Origin,
    /// The day the bytes last changed, `YYYY-MM-DD` in UTC.
    pub date: String,
    /// The entity tag that the origin sent, for a conditional request (RFC 9110, section 8.8.3).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub etag: Option<String>,
    /// The SHA-256 of `openapi.json`, in lower-case hexadecimal.
    pub sha256: String,
    /// `info.version` of the document.
    pub version: String,
}

/// Where a document came from.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Origin {
    /// The kind of origin.
    pub kind: OriginKind,
    /// The URL without its query, or the name of the file or folder without its path.
    pub location: String,
}

/// The kind of origin of a document.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum OriginKind {
    /// A file.
    File,
    /// A folder of docs pages.
    Folder,
    /// A URL of the document, or of a docs page that holds it.
    Url,
    /// The URL of an index of docs pages (`llms.txt`) that together hold it.
    Index,
}

impl Lock {
    /// Reads the lock.
    ///
    /// # Errors
    ///
    /// [`Error::Unreadable`] when the text is not a lock.
    pub fn parse(text: &str) -> Result<Self, Error> {
        serde_json::from_str(text)
            .map_err(|error| Error::Unreadable { format: "JSON", message: format!("openapi.lock: {error}") })
    }

    /// The text of the lock, with a final newline.
    pub fn to_text(&self) -> String {
        // Serialization cannot fail: a lock has only strings.
        serde_json::to_value(self).map(|lock| format!("{lock:#}\n")).unwrap_or_default()
    }
}

/// The SHA-256 of a text, in lower-case hexadecimal.
pub fn sha256(text: &str) -> String {
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}
