//! Checks a file against what the API and the server say about it.

use super::content;
use super::digest::Digests;
use super::sidecar::Version;
use super::sum::Summary;
use crate::asset::Asset;
use crate::client::refused;
use crate::error::{Error, ErrorKind, shown};

/// Whether the content of a file is checked.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum ContentChecks {
    Done,
    Skipped,
}

/// The bounds on a file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    pub(super) max_bytes: Option<u64>,
    pub(super) content: ContentChecks,
}

impl Limits {
    /// Refuses a file whose announced length is wrong or too large.
    pub(super) fn admit(&self, asset: &Asset, announced: Option<u64>) -> Result<(), Error> {
        match (announced, asset.bytes) {
            (Some(bytes), Some(expected)) if bytes != expected => {
                Err(wrong_length(asset, "the server announces", bytes, expected))
            }
            (Some(bytes), _) => self.room(asset, 0, bytes).map(drop),
            (None, _) => Ok(()),
        }
    }

    /// How many bytes of a file may still be written after `position`; an error if the next `bytes` are more.
    pub(super) fn room(&self, asset: &Asset, position: u64, bytes: u64) -> Result<u64, Error> {
        let most = [asset.bytes, self.max_bytes].into_iter().flatten().min().unwrap_or(u64::MAX);
        let room = most.saturating_sub(position);
        if bytes <= room {
            return Ok(room);
        }
        let at_least = position.saturating_add(bytes);
        Err(match asset.bytes {
            Some(expected) if at_least > expected => {
                wrong_length(asset, "the server sends at least", at_least, expected)
            }
            _ => {
                let why = format!("it has at least {at_least} bytes, and `max_bytes` allows {most}; raise it");
                refused(&asset.url, &why)
            }
        })
    }
}

/// Checks the length, the digests and the content of a whole file.
pub(super) fn verify(
    asset: &Asset,
    version: &Version,
    of_rest: &Digests,
    limits: &Limits,
    file: &Summary,
) -> Result<(), Error> {
    if let Some(expected) = asset.bytes.filter(|expected| *expected != file.length) {
        return Err(wrong_length(asset, "the server sent", file.length, expected));
    }
    let sha256 = [&version.digests.sha256, &of_rest.sha256].into_iter().flatten();
    let sha512 = [&version.digests.sha512, &of_rest.sha512].into_iter().flatten();
    let wrong = sha256.into_iter().any(|expected| *expected != file.sha256)
        || file.sha512.as_ref().is_some_and(|found| sha512.into_iter().any(|expected| expected != found));
    if wrong {
        let why = "its bytes do not have the digest that the server sent with them; download again";
        return Err(refused(&asset.url, why));
    }
    if limits.content == ContentChecks::Skipped {
        return Ok(());
    }
    content::check(asset, version.content_type.as_deref(), file).map_err(|why| {
        let advice = "read the operation again for a fresh URL, or use `skip_content_checks`";
        refused(&asset.url, &format!("{why}; {advice}"))
    })
}

fn wrong_length(asset: &Asset, what: &str, bytes: u64, expected: u64) -> Error {
    let text = format!(
        "could not fetch `{}`: {what} {bytes} bytes instead of {expected}; download again, or read the operation again",
        shown(&asset.url)
    );
    Error::new(ErrorKind::Download, text)
}
