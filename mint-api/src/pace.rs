//! The rate limit of a client.

use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// Spaces the requests of a client and all its clones evenly.
///
/// Each request takes the next free instant and sleeps until then. Requests therefore keep their order, and no second,
/// not even the first, has more requests than the limit.
#[derive(Clone, Debug)]
pub(crate) struct Pace {
    gap: Duration,
    next: Arc<Mutex<Option<Instant>>>,
}

impl Pace {
    pub(crate) fn per_second(requests: NonZeroU32) -> Self {
        Self { gap: Duration::from_secs(1) / requests.get(), next: Arc::default() }
    }

    /// Waits for the turn of one request. A request that is dropped while it waits still uses up its turn.
    pub(crate) async fn turn(&self) {
        let turn = self.take();
        // tokio rounds timers up to a millisecond, which would delay a request whose turn has come.
        if turn > Instant::now() {
            tokio::time::sleep_until(turn).await;
        }
    }

    fn take(&self) -> Instant {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let turn = next.map_or(now, |next| next.max(now));
        *next = Some(turn + self.gap);
        turn
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn turns_are_spaced_and_in_order() {
        let pace = Pace::per_second(NonZeroU32::new(4).unwrap());
        let began = Instant::now();
        let turns: Vec<_> = (0..4).map(|_| pace.clone().take().duration_since(began).as_millis()).collect();
        assert_eq!(turns, [0, 250, 500, 750]);
        // An idle time does not allow a burst later.
        tokio::time::sleep(Duration::from_secs(10)).await;
        pace.turn().await;
        pace.turn().await;
        assert_eq!(began.elapsed(), Duration::from_millis(10_250));
    }

    #[tokio::test(start_paused = true)]
    async fn a_turn_that_has_come_is_taken_at_once() {
        let pace = Pace::per_second(NonZeroU32::MIN);
        // Between two ticks of a timer.
        tokio::time::advance(Duration::from_micros(500)).await;
        let began = Instant::now();
        pace.turn().await;
        assert_eq!(began.elapsed(), Duration::ZERO);
    }
}
