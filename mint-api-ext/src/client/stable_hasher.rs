//! A hasher whose result is the same in every process.

use std::hash::{Hash, Hasher};

use super::hashes::Sha256;

/// SHA-256 of what a value feeds to it. Integers are little-endian, and `usize` and `isize` have 64 bits.
#[derive(Default)]
pub(super) struct StableHasher(Sha256);

impl StableHasher {
    pub(super) fn digest(content: &(impl Hash + ?Sized)) -> [u8; 32] {
        let mut hasher = Self::default();
        content.hash(&mut hasher);
        hasher.0.finalize()
    }
}

// The default methods for signed integers use those for unsigned ones.
impl Hasher for StableHasher {
    fn write(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn write_u16(&mut self, number: u16) {
        self.write(&number.to_le_bytes());
    }

    fn write_u32(&mut self, number: u32) {
        self.write(&number.to_le_bytes());
    }

    fn write_u64(&mut self, number: u64) {
        self.write(&number.to_le_bytes());
    }

    fn write_u128(&mut self, number: u128) {
        self.write(&number.to_le_bytes());
    }

    fn write_usize(&mut self, number: usize) {
        self.write_u64(number as u64);
    }

    fn write_isize(&mut self, number: isize) {
        self.write_i64(number as i64);
    }

    fn finish(&self) -> u64 {
        let mut bytes = [0; 8];
        bytes.copy_from_slice(&self.0.clone().finalize()[..8]);
        u64::from_le_bytes(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_are_little_endian_and_sizes_have_64_bits() {
        for (digest, bytes) in [
            (StableHasher::digest(&0x0102_u16), &[2, 1][..]),
            (StableHasher::digest(&-2_i32), &[0xfe, 0xff, 0xff, 0xff]),
            (StableHasher::digest(&1_u128), &[1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
            (StableHasher::digest(&1_usize), &[1, 0, 0, 0, 0, 0, 0, 0]),
            (StableHasher::digest(&-1_isize), &[0xff; 8]),
            (StableHasher::digest("a"), &[b'a', 0xff]),
            (StableHasher::digest(&[7_u8][..]), &[1, 0, 0, 0, 0, 0, 0, 0, 7]),
        ] {
            assert_eq!(digest, Sha256::digest(bytes), "{bytes:?}");
        }
        let mut hasher = StableHasher::default();
        hasher.write(b"abc");
        assert_eq!(hasher.finish(), 0xeacf_018f_bf16_78ba);
    }
}
