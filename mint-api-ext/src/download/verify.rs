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

#[cfg(test)]
mod tests {
    use super::super::sum::Sum;
    use super::*;
    use crate::asset::AssetKind;

    fn asset(bytes: Option<u64>) -> Asset {
        Asset { bytes, ..Asset::new(AssetKind::Stl, "https://a.b/c") }
    }

    fn limits(max_bytes: Option<u64>, sizes: Sizes) -> Limits {
        Limits { max_bytes, content: ContentChecks::Done, sizes }
    }

    #[test]
    fn a_size_that_the_api_says() {
        use Sizes::{Any, AsTheApiSays};
        for (most, bytes, sizes, is_admitted) in [
            (Some(10), Some(10), AsTheApiSays, true),
            (Some(10), Some(11), AsTheApiSays, false),
            (Some(10), Some(11), Any, true),
            (Some(10), None, AsTheApiSays, true),
            (None, Some(11), AsTheApiSays, true),
        ] {
            let admitted = limits(most, sizes).admit_declared(&asset(bytes));
            assert_eq!(admitted.is_ok(), is_admitted, "{most:?} {bytes:?} {sizes:?}");
        }
    }

    #[test]
    fn room_for_bytes() {
        let limits = |most| limits(most, Sizes::AsTheApiSays);
        assert!(limits(Some(10)).admit(&asset(None), Some(10)).is_ok());
        assert!(limits(Some(10)).admit(&asset(None), Some(11)).is_err());
        assert!(limits(Some(10)).admit(&asset(None), None).is_ok());
        let endless = 2 * 100 + 67_108_864;
        for (most, declared, announced, position, bytes, room) in [
            (Some(10), None, None, 4, 6, Ok(6)),
            (Some(10), None, None, 4, 7, Err("`max_bytes` allows 10")),
            (None, None, None, 4, 7, Ok(u64::MAX - 4)),
            // What nothing announced ends somewhere.
            (None, Some(100), None, endless - 1, 1, Ok(1)),
            (None, Some(100), None, endless - 1, 2, Err("instead of 100")),
            (None, Some(100), Some(1), endless - 1, 2, Ok(u64::MAX - endless + 1)),
            // Zero says nothing.
            (None, Some(0), None, endless, 2, Ok(u64::MAX - endless)),
            (Some(200), Some(100), None, 0, 201, Err("`max_bytes` allows 200")),
        ] {
            let found = limits(most).room(&asset(declared), announced, position, bytes);
            match (found, room) {
                (Ok(found), Ok(room)) => assert_eq!(found, room),
                (Err(found), Err(why)) => assert!(found.to_string().contains(why), "{found}"),
                (found, room) => panic!("{found:?} instead of {room:?}"),
            }
        }
    }

    #[test]
    fn every_digest_counts() {
        let mut sum = Sum::new(&Digests { sha256: None, sha512: Some("?".into()) });
        sum.add(b"solid x");
        let file = sum.finish();
        let right = || Some(file.sha256.clone());
        let wrong = || Some("0".to_owned());
        let of_256 = |sha256| Digests { sha256, sha512: None };
        let of_512 = |sha512| Digests { sha256: None, sha512 };
        for (first, last, is_right) in [
            (Digests::default(), Digests::default(), true),
            (of_256(right()), of_256(right()), true),
            (of_256(right()), of_256(wrong()), false),
            (of_256(wrong()), Digests::default(), false),
            (of_512(file.sha512.clone()), Digests::default(), true),
            (of_512(file.sha512.clone()), of_512(wrong()), false),
            (of_512(wrong()), Digests::default(), false),
        ] {
            let version = Version { digests: first.clone(), ..Version::of("https://a.b/c") };
            let found = verify(&asset(None), &version, &last, &limits(None, Sizes::AsTheApiSays), &file);
            assert_eq!(found.is_ok(), is_right, "{first:?} {last:?}");
        }
    }

    #[test]
    fn a_length_other_than_the_api_says() {
        let glb = b"glTF\x02\0\0\0\x0c\0\0\0";
        let check = |kind: AssetKind, declared, sizes, content, bytes: &[u8]| {
            let mut sum = Sum::default();
            sum.add(bytes);
            let asset = Asset { bytes: declared, ..Asset::new(kind, "https://a.b/c") };
            let limits = Limits { content, ..limits(None, sizes) };
            let found = verify(&asset, &Version::default(), &Digests::default(), &limits, &sum.finish());
            found.map(|content| content.notes.len()).map_err(|error| error.to_string())
        };
        use ContentChecks::{Done, Skipped};
        use Sizes::{Any, AsTheApiSays};
        for (kind, declared, sizes, content, bytes, end) in [
            (AssetKind::Stl, None, AsTheApiSays, Done, &b"solid x"[..], Ok(0)),
            (AssetKind::Stl, Some(7), AsTheApiSays, Done, b"solid x", Ok(0)),
            (AssetKind::Stl, Some(8), AsTheApiSays, Done, b"solid x", Err("7 bytes instead of 8")),
            (AssetKind::Stl, Some(8), Any, Done, b"solid x", Ok(1)),
            (AssetKind::Stl, Some(6), AsTheApiSays, Done, b"solid x", Ok(1)),
            // Its own format says that it is whole.
            (AssetKind::Glb, Some(13), AsTheApiSays, Done, glb, Ok(1)),
            (AssetKind::Glb, Some(13), AsTheApiSays, Skipped, glb, Err("12 bytes instead of 13")),
            (AssetKind::Glb, None, AsTheApiSays, Done, b"solid x", Err("`skip_content_checks`")),
            (AssetKind::Glb, None, AsTheApiSays, Skipped, b"solid x", Ok(0)),
        ] {
            match (check(kind.clone(), declared, sizes, content, bytes), end) {
                (Ok(found), Ok(notes)) => assert_eq!(found, notes, "{kind} {declared:?} {sizes:?}"),
                (Err(found), Err(why)) => assert!(found.contains(why), "{found}"),
                (found, end) => panic!("{found:?} instead of {end:?} for {kind} {declared:?} {sizes:?}"),
            }
        }
    }
}
