//! When to try again.

use std::time::Duration;

use crate::retry::{Exponential, Jitter};

/// A file fails after this many attempts in a row that brought nothing new.
const BUDGET: u32 = 6;
/// If a server asks for a longer wait, the file fails.
const LONGEST_ASKED: Duration = Duration::from_secs(10 * 60);

/// The retry budget of a file; new bytes restore it.
#[derive(Debug)]
pub(super) struct Retries {
    failures: u32,
    furthest: u64,
    jitter: Jitter,
}

impl Retries {
    pub(super) fn new(jitter: Jitter) -> Self {
        Self { failures: 0, furthest: 0, jitter }
    }

    /// Notes that the bytes up to `up_to` have arrived; whether any of them are new.
    ///
    /// Re-sent bytes do not count: a server that always breaks off at the same place and cannot continue would be asked
    /// for ever.
    pub(super) fn arrived(&mut self, up_to: u64) -> bool {
        let further = up_to > self.furthest;
        if further {
            self.furthest = up_to;
            self.failures = 0;
        }
        further
    }

    /// The wait before the next attempt; `None` to give up. Jitter and backoff only add to what the server asks for.
    pub(super) fn next(&mut self, asked: Option<Duration>) -> Option<Duration> {
        self.failures += 1;
        if self.failures >= BUDGET || asked.is_some_and(|asked| asked > LONGEST_ASKED) {
            return None;
        }
        Some(Exponential::calls().delay_with_jitter(self.failures, asked, self.jitter.next()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_budget_ends_and_is_filled_by_what_is_new() {
        let mut retries = Retries::new(Jitter::seeded(1));
        let waits: Vec<_> = std::iter::from_fn(|| retries.next(None)).collect();
        assert_eq!(waits.len(), BUDGET as usize - 1);
        for (index, wait) in waits.iter().enumerate() {
            let backoff = Duration::from_millis(500) * (1 << index);
            assert!((backoff..=backoff + backoff / 2).contains(wait), "{waits:?}");
        }
        assert!(retries.arrived(100));
        assert!(retries.next(None).is_some());
        for _ in 0..BUDGET {
            assert!(!retries.arrived(100), "nothing new");
            let _ = retries.next(None);
        }
        assert_eq!(retries.next(None), None);
    }

    #[test]
    fn never_earlier_than_the_server_asks() {
        let mut retries = Retries::new(Jitter::seeded(1));
        let asked = Duration::from_secs(7);
        assert!(retries.next(Some(asked)).is_some_and(|wait| wait >= asked));
        assert_eq!(retries.next(Some(Duration::from_secs(3600))), None);
    }
}
