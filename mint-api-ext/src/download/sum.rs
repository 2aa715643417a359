//! What is known of a file by having seen its bytes: length, hashes, beginning and end.

use bytes::Bytes;
use sha2::{Digest as _, Sha256, Sha512};

use super::digest::{Digests, hex};

/// How much of the beginning is kept to tell what a file is.
const HEAD: usize = 512;
/// How much of the end is kept: the end record of a zip archive with the longest comment.
pub(super) const TAIL: usize = 22 + 0xffff;

/// Sums up a file from its beginning on.
#[derive(Clone, Debug, Default)]
pub(super) struct Sum {
    length: u64,
    sha256: Sha256,
    /// Only where a server sends a SHA-512 and no SHA-256.
    sha512: Option<Sha512>,
    head: Vec<u8>,
    tail: Vec<u8>,
}

/// What is known of a whole file.
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
        let sha512 = expected.needs_sha512().then(Sha512::new);
        Self { sha512, ..Self::default() }
    }

    pub(super) fn length(&self) -> u64 {
        self.length
    }

    fn add(&mut self, bytes: &[u8]) {
        self.length += bytes.len() as u64;
        self.sha256.update(bytes);
        if let Some(sha512) = &mut self.sha512 {
            sha512.update(bytes);
        }
        let missing = HEAD - self.head.len();
        self.head.extend_from_slice(&bytes[..missing.min(bytes.len())]);
    }

    /// Adds a run of pieces.
    pub(super) fn add_all(&mut self, pieces: &[Bytes]) {
        for piece in pieces {
            self.add(piece);
        }
        // Once for a run: the end of what comes before it is soon forgotten.
        let mut tail: Vec<&[u8]> = Vec::new();
        let mut wanted = TAIL;
        for piece in pieces.iter().rev() {
            let kept = &piece[piece.len() - piece.len().min(wanted)..];
            wanted -= kept.len();
            tail.push(kept);
            if wanted == 0 {
                break;
            }
        }
        let before = self.tail.len().min(wanted);
        self.tail.drain(..self.tail.len() - before);
        tail.iter().rev().for_each(|kept| self.tail.extend_from_slice(kept));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ends_are_kept_however_the_file_is_cut() {
        let file: Vec<u8> = (0..200_000_u32).map(|n| (n % 251) as u8).collect();
        for run in [1, 7_000, 65_557, 65_558, 150_000, 200_000] {
            for piece in [run, 999] {
                let mut sum = Sum::default();
                for run in file.chunks(run.max(500)) {
                    let pieces: Vec<_> = run.chunks(piece.max(100)).map(Bytes::copy_from_slice).collect();
                    sum.add_all(&pieces);
                }
                let summary = sum.finish();
                assert_eq!(summary.length, 200_000);
                assert_eq!(summary.head, file[..HEAD]);
                assert_eq!(summary.tail, file[file.len() - TAIL..], "{run} {piece}");
                assert_eq!(summary.sha256, hex(&Sha256::digest(&file)));
            }
        }
    }
}
