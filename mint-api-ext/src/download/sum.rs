//! The length, hashes, beginning and end of a file, computed as its bytes pass.

use std::io::{self, Read};

use bytes::Bytes;

use super::digest::{Digests, hex};
#[cfg(feature = "glb")]
use crate::asset::glb::head_length;
use crate::client::{Sha256, Sha512, blocking};
use crate::error::Error;

/// How many of the first bytes are kept for the check of the content. With the feature `glb`, the JSON of a GLB file is
/// kept, too.
const HEAD: usize = 512;
/// How many of the last bytes are kept: the end record of a zip archive with the longest comment.
pub(super) const TAIL: usize = 22 + 0xffff;

/// A running sum of a file, from its beginning.
#[derive(Clone, Debug, Default)]
pub(super) struct Sum {
    length: u64,
    sha256: Sha256,
    /// Only if the server sent a SHA-512 and no SHA-256.
    sha512: Option<Sha512>,
    head: Vec<u8>,
    tail: Vec<u8>,
}

/// The sum of a whole file.
#[derive(Clone, Debug)]
pub(super) struct Summary {
    pub(super) length: u64,
    pub(super) sha256: String,
    pub(super) sha512: Option<String>,
    pub(super) head: Vec<u8>,
    pub(super) tail: Vec<u8>,
}

impl Sum {
    pub(super) fn new(expected: &Digests) -> Self {
        let sha512 = expected.needs_sha512().then(Sha512::default);
        Self { sha512, ..Self::default() }
    }

    pub(super) fn length(&self) -> u64 {
        self.length
    }

    pub(super) fn add(&mut self, bytes: &[u8]) {
        let start = self.length;
        self.length += bytes.len() as u64;
        self.sha256.update(bytes);
        if let Some(sha512) = &mut self.sha512 {
            sha512.update(bytes);
        }
        self.keep_head(start, bytes, HEAD);
        if let Some(length) = head_length(&self.head) {
            self.keep_head(start, bytes, length);
        }
        let end = &bytes[bytes.len() - bytes.len().min(TAIL)..];
        let before = self.tail.len().min(TAIL - end.len());
        self.tail.drain(..self.tail.len() - before);
        self.tail.extend_from_slice(end);
    }

    /// Keeps the beginning of the file up to this length. These bytes of the file begin at `start`.
    fn keep_head(&mut self, start: u64, bytes: &[u8], length: usize) {
        let missing = length.saturating_sub(self.head.len());
        let kept = (self.head.len() as u64).checked_sub(start).and_then(|kept| usize::try_from(kept).ok());
        // Without the bytes before these, the head stays as it is.
        if let Some(new) = kept.and_then(|kept| bytes.get(kept..)) {
            self.head.extend_from_slice(&new[..missing.min(new.len())]);
        }
    }

    /// Adds everything that a reader has.
    pub(super) fn read(&mut self, reader: &mut impl Read) -> io::Result<()> {
        let mut buffer = vec![0; 256 * 1024];
        loop {
            match reader.read(&mut buffer)? {
                0 => return Ok(()),
                read => self.add(&buffer[..read]),
            }
        }
    }

    /// Adds a piece off the async threads.
    pub(super) async fn added(mut self, piece: Bytes) -> Result<Self, Error> {
        blocking(move || {
            self.add(&piece);
            Ok(self)
        })
        .await
    }

    pub(super) fn finish(&self) -> Summary {
        Summary {
            length: self.length,
            sha256: hex(&self.sha256.clone().finalize()),
            sha512: self.sha512.clone().map(|sha512| hex(&sha512.finalize())),
            head: self.head.clone(),
            tail: self.tail.clone(),
        }
    }
}

/// Without the feature `glb`, no file needs more.
#[cfg(not(feature = "glb"))]
fn head_length(_: &[u8]) -> Option<usize> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ends_are_kept_however_the_file_is_cut() {
        let file: Vec<u8> = (0..200_000_u32).map(|n| (n % 251) as u8).collect();
        for piece in [100, 7_000, 65_557, 65_558, 150_000, 200_000] {
            let mut sum = Sum::default();
            file.chunks(piece).for_each(|piece| sum.add(piece));
            let summary = sum.finish();
            assert_eq!(summary.length, 200_000);
            assert_eq!(summary.head, file[..HEAD]);
            assert_eq!(summary.tail, file[file.len() - TAIL..], "{piece}");
            assert_eq!(summary.sha256, hex(&Sha256::digest(&file)));
        }
    }
}
