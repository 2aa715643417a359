//! When to try again.

use std::time::Duration;

use tokio::time::Instant;

use crate::retry::{Exponential, Jitter};

/// How long a file may bring nothing new, unless the caller says otherwise: as long as a wait tolerates failures.
pub(super) const FAILURE_TOLERANCE: Duration = Duration::from_secs(5 * 60);
/// If a server asks for a longer wait, the file fails.
const LONGEST_ASKED: Duration = Duration::from_secs(10 * 60);

/// The time budget of a file; new bytes restore it.
#[derive(Clone, Debug)]
pub(super) struct Retries {
    tolerance: Duration,
    failures: u32,
    /// When the first failure since the last new bytes was.
    failing_since: Option<Instant>,
    furthest: u64,
    jitter: Jitter,
}

impl Retries {
    pub(super) fn new(jitter: Jitter, tolerance: Duration) -> Self {
        Self { tolerance, failures: 0, failing_since: None, furthest: 0, jitter }
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
            self.failing_since = None;
        }
        further
    }

    /// The wait before the next attempt; `None` to give up. Jitter and backoff only add to what the server asks for.
    pub(super) fn next(&mut self, asked: Option<Duration>) -> Option<Duration> {
        self.failures = self.failures.saturating_add(1);
        let since = *self.failing_since.get_or_insert_with(Instant::now);
        if since.elapsed() >= self.tolerance || asked.is_some_and(|asked| asked > LONGEST_ASKED) {
            return None;
        }
        Some(Exponential::calls().delay_with_jitter(self.failures, asked, self.jitter.next()))
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::advance;

    use super::*;

    fn retries() -> Retries {
        Retries::new(Jitter::seeded(1), Duration::from_secs(60))
    }

    /// How many attempts the budget allows, and how long they wait in all.
    async fn spent(retries: &mut Retries) -> (usize, Duration) {
        let (began, mut waits) = (Instant::now(), 0);
        while let Some(wait) = retries.next(None) {
            waits += 1;
            advance(wait).await;
        }
        (waits, began.elapsed())
    }

    #[tokio::test(start_paused = true)]
    async fn the_budget_is_a_time_and_is_filled_by_what_is_new() {
        let mut retries = retries();
        let (waits, time) = spent(&mut retries).await;
        assert!((7..12).contains(&waits), "{waits}");
        assert!((60..83).contains(&time.as_secs()), "{time:?}");
        assert!(!retries.arrived(0) && retries.next(None).is_none());
        assert!(retries.arrived(100));
        let first = retries.next(None).unwrap();
        assert!((500..=750).contains(&first.as_millis()), "{first:?}");
        advance(Duration::from_secs(61)).await;
        assert!(!retries.arrived(100), "nothing new");
        assert_eq!(retries.next(None), None);
    }

    #[tokio::test(start_paused = true)]
    async fn never_earlier_than_the_server_asks() {
        let mut retries = retries();
        for asked in [7, 600] {
            let asked = Duration::from_secs(asked);
            assert!(retries.next(Some(asked)).is_some_and(|wait| wait >= asked));
        }
        assert_eq!(retries.next(Some(Duration::from_secs(601))), None);
    }
}
