//! The timers of a batch.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::time::{Instant, Sleep, sleep_until};

use super::batch::Key;

/// The timers of the operations of a batch, which share one timer of tokio.
///
/// `DelayQueue` of tokio-util takes more for each operation, since it can remove a timer. A batch needs no removal: it ignores
/// a timer that fires for an operation it has forgotten.
#[derive(Default)]
pub(super) struct Timers {
    queue: BinaryHeap<Reverse<(Instant, Key)>>,
    sleep: Option<Pin<Box<Sleep>>>,
}

impl Timers {
    pub(super) fn insert_at(&mut self, key: Key, instant: Instant) {
        self.queue.push(Reverse((instant, key)));
    }

    pub(super) fn clear(&mut self) {
        self.queue.clear();
    }

    /// The operation of the next timer that fired. Pending, too, when there is no timer.
    pub(super) fn poll_expired(&mut self, context: &mut Context<'_>) -> Poll<Key> {
        let Some(&Reverse((instant, key))) = self.queue.peek() else {
            return Poll::Pending;
        };
        if instant > Instant::now() {
            let sleep = self.sleep.get_or_insert_with(|| Box::pin(sleep_until(instant)));
            if sleep.deadline() != instant {
                sleep.as_mut().reset(instant);
            }
            std::task::ready!(sleep.as_mut().poll(context));
        }
        self.queue.pop();
        Poll::Ready(key)
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;
    use std::time::Duration;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn timers_fire_in_the_order_of_their_times() {
        let began = Instant::now();
        let at = |seconds| began + Duration::from_secs(seconds);
        let mut timers = Timers::default();
        timers.insert_at(1, at(20));
        // The timer of tokio is set for the first one, and has to follow an earlier one.
        let next = tokio::time::timeout(Duration::from_secs(5), poll_fn(|context| timers.poll_expired(context))).await;
        assert!(next.is_err());
        for (key, seconds) in [(2, 10), (3, 30), (4, 10), (5, 0)] {
            timers.insert_at(key, at(seconds));
        }
        for (key, seconds) in [(5, 5), (2, 10), (4, 10), (1, 20), (3, 30)] {
            let fired = poll_fn(|context| timers.poll_expired(context)).await;
            assert_eq!((fired, began.elapsed().as_secs()), (key, seconds));
        }
        timers.insert_at(6, at(40));
        timers.clear();
        assert!(poll_fn(|context| Poll::Ready(timers.poll_expired(context))).await.is_pending());
    }
}
