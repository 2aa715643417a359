//! Random numbers that a seed makes repeatable.

use std::hash::{BuildHasher as _, Hasher as _, RandomState};

/// A sequence of random numbers; the same seed gives the same sequence.
#[derive(Clone, Debug)]
pub(crate) struct Jitter {
    state: u64,
}

/// What each number adds to the state.
const GAMMA: u64 = 0x9e37_79b9_7f4a_7c15;

impl Jitter {
    pub(crate) fn seeded(seed: u64) -> Self {
        Self { state: seed }
    }

    /// The next number, from 0 up to 1, evenly distributed.
    pub(crate) fn next(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Skips numbers.
    pub(crate) fn skip(&mut self, numbers: u32) {
        self.state = self.state.wrapping_add(GAMMA.wrapping_mul(numbers.into()));
    }

    /// The next 64 bits, by SplitMix64. It is not for secrets.
    pub(crate) fn bits(&mut self) -> u64 {
        self.state = self.state.wrapping_add(GAMMA);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

/// Seeded by the system, through the standard library.
impl Default for Jitter {
    fn default() -> Self {
        Self::seeded(RandomState::new().build_hasher().finish())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bits_are_those_of_split_mix_64() {
        let mut jitter = Jitter::seeded(1_234_567);
        let bits = [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423];
        assert_eq!([jitter.bits(), jitter.bits(), jitter.bits()], bits);
    }

    #[test]
    fn numbers_are_spread_between_0_and_1() {
        let mut jitter = Jitter::seeded(7);
        let numbers: Vec<_> = (0..1000).map(|_| jitter.next()).collect();
        assert!(numbers.iter().all(|number| (0.0..1.0).contains(number)));
        let mean = numbers.iter().sum::<f64>() / 1000.0;
        assert!((0.45..0.55).contains(&mean), "{mean}");
        assert_eq!(Jitter::seeded(7).next(), numbers[0]);
        let mut skipping = Jitter::seeded(7);
        skipping.skip(999);
        assert_eq!(skipping.next(), numbers[999]);
    }
}
