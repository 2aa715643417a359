//! Checks a file against what the API and the server say about it.

use super::content::{self, Content};
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

/// What becomes of a file that is shorter than the API says.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Sizes {
    /// It is refused, unless its own format says that it is whole.
    AsTheApiSays,
    /// It is taken.
    Any,
}

/// The bounds on a file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    pub(super) max_bytes: Option<u64>,
    pub(super) content: ContentChecks,
    pub(super) sizes: Sizes,
}

/// How much more than the API says a server may send without announcing it.
const MORE_UNANNOUNCED: u64 = 64 * 1024 * 1024;

impl Limits {
    /// Refuses a file that is too large by what the API says, unless that may be wrong.
    pub(super) fn admit_declared(&self, asset: &Asset) -> Result<(), Error> {
        match (self.max_bytes, expected(asset)) {
            (Some(most), Some(bytes)) if bytes > most && self.sizes == Sizes::AsTheApiSays => {
                let why = format!(
                    "it has {bytes} bytes, as the API says, and `max_bytes` allows {most}; raise it, or use \
                     `accept_other_sizes` if the API is wrong"
                );
                Err(refused(&asset.url, &why))
            }
            _ => Ok(()),
        }
    }

    /// Refuses a file whose announced length is too large.
    pub(super) fn admit(&self, asset: &Asset, announced: Option<u64>) -> Result<(), Error> {
        announced.map_or(Ok(()), |bytes| self.room(asset, announced, 0, bytes).map(drop))
    }

    /// How many bytes of a file may still be written after `position`; an error if the next `bytes` are more.
    pub(super) fn room(&self, asset: &Asset, announced: Option<u64>, position: u64, bytes: u64) -> Result<u64, Error> {
        // A body whose length neither says ends somewhere.
        let endless = match (announced, expected(asset)) {
            (None, Some(expected)) => expected.saturating_mul(2).saturating_add(MORE_UNANNOUNCED),
            _ => u64::MAX,
        };
        let most = endless.min(self.max_bytes.unwrap_or(u64::MAX));
        let room = most.saturating_sub(position);
        if bytes <= room {
            return Ok(room);
        }
        let at_least = position.saturating_add(bytes);
        Err(match expected(asset) {
            Some(expected) if most == endless => wrong_length(asset, "the server sends at least", at_least, expected),
            _ => {
                let why = format!("it has at least {at_least} bytes, and `max_bytes` allows {most}; raise it");
                refused(&asset.url, &why)
            }
        })
    }
}

/// The size that the API says; 0 says nothing.
fn expected(asset: &Asset) -> Option<u64> {
    asset.bytes.filter(|bytes| *bytes > 0)
}

/// Checks the digests, the content and the length of a whole file; returns what its content shows.
pub(super) fn verify(
    asset: &Asset,
    version: &Version,
    of_rest: &Digests,
    limits: &Limits,
    file: &Summary,
) -> Result<Content, Error> {
    let sha256 = [&version.digests.sha256, &of_rest.sha256].into_iter().flatten();
    let sha512 = [&version.digests.sha512, &of_rest.sha512].into_iter().flatten();
    let wrong = sha256.into_iter().any(|expected| *expected != file.sha256)
        || file.sha512.as_ref().is_some_and(|found| sha512.into_iter().any(|expected| expected != found));
    if wrong {
        let why = "its bytes do not have the digest that the server sent with them; download again";
        return Err(refused(&asset.url, why));
    }
    let content = match limits.content {
        ContentChecks::Skipped => Ok(Content::default()),
        ContentChecks::Done => content::check(asset, version.content_type.as_deref(), file),
    };
    let is_taken = limits.sizes == Sizes::Any || content.as_ref().is_ok_and(|content| content.knows_its_length);
    if let Some(expected) = expected(asset).filter(|expected| file.length < *expected && !is_taken) {
        return Err(wrong_length(asset, "the server sent", file.length, expected));
    }
    let mut content = content.map_err(|why| {
        let advice = "read the operation again for a fresh URL, or use `skip_content_checks`";
        refused(&asset.url, &format!("{why}; {advice}"))
    })?;
    if let Some(expected) = expected(asset).filter(|expected| file.length != *expected) {
        content.notes.push(format!("it has {} bytes, and the API says {expected}", file.length));
    }
    Ok(content)
}

fn wrong_length(asset: &Asset, what: &str, bytes: u64, expected: u64) -> Error {
    let text = format!(
        "could not fetch `{}`: {what} {bytes} bytes instead of {expected}; download again, or take other \
         sizes by `accept_other_sizes`",
        shown(&asset.url)
    );
    Error::new(ErrorKind::Download, text)
}
