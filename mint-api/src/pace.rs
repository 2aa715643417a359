//! How fast requests may follow each other.

use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// Spaces requests evenly, for a client and all its clones together.
///
/// Each request takes the next free instant and sleeps until then, so that none is overtaken, and no second holds more
/// than it may, not even the first: there is no burst. Sleeping is tokio's, and follows its clock.
#[derive(Clone, Debug)]
pub(crate) struct Pace {
    gap: Duration,
    next: Arc<Mutex<Option<Instant>>>,
}

impl Pace {
    pub(crate) fn per_second(requests: NonZeroU32) -> Self {
        Self { gap: Duration::from_secs(1) / requests.get(), next: Arc::default() }
    }

    /// Waits for the turn of one request. A turn that was taken and then dropped is not given to another.
    pub(crate) async fn turn(&self) {
        let turn = self.take();
        // A timer has a millisecond's grain: a request whose turn it is should not wait for the next.
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
        // A time without requests is not saved up.
        tokio::time::sleep(Duration::from_secs(10)).await;
        pace.turn().await;
        pace.turn().await;
        assert_eq!(began.elapsed(), Duration::from_millis(10_250));
    }
}
