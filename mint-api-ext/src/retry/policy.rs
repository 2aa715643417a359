//! Sending a request again when its failure may pass.

use std::time::Duration;

use tokio::time::Instant;

use super::{Exponential, Jitter};
use crate::error::Error;

/// How often, and for how long, a request is sent again after a failure that may pass: a connection error, a timeout,
/// 408, 429, and every 5xx but 501 and 505.
///
/// It is for single requests: starts, verbs and reads. A wait has rules of its own, see [`Wait`](crate::Wait).
///
/// # Examples
///
/// ```
/// use mint_api_ext::{Credentials, Mint, RetryPolicy};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let mut once = RetryPolicy::default();
/// once.attempts = 1;
/// let mint = Mint::builder(Credentials::api_key("key")?).retry_policy(once).build()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct RetryPolicy {
    /// How often a request is sent at most; zero counts as one. Default: 6.
    pub attempts: u32,
    /// How long to wait between two attempts. Default: 0.5 s, doubling up to 15 s.
    ///
    /// Up to half of it is added as jitter, and the server's `Retry-After` is never undercut.
    pub backoff: Exponential,
    /// How long all attempts may take together. No wait is begun that would go beyond it, so that a longer
    /// `Retry-After` is told to the caller instead. Default: 5 minutes.
    pub time_limit: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        let backoff = Exponential { initial: Duration::from_millis(500), factor: 2.0, max: Duration::from_secs(15) };
        Self { attempts: 6, backoff, time_limit: Duration::from_secs(5 * 60) }
    }
}

impl RetryPolicy {
    /// Sends a request until it succeeds, fails for good, or the policy gives up.
    ///
    /// A call that changes something must carry the same idempotency key each time.
    pub(crate) async fn send<T, F>(self, mut jitter: Jitter, mut send: impl FnMut() -> F + Send) -> Result<T, Error>
    where
        F: Future<Output = Result<T, Error>> + Send,
    {
        let began = Instant::now();
        let mut made = 0;
        loop {
            let error = match send().await {
                Err(error) if error.is_transient() => error,
                result => return result,
            };
            made += 1;
            let Some(delay) = self.delay(made, began.elapsed(), error.retry_after(), jitter.next()) else {
                return Err(if made > 1 { error.with_advice(&format!("it was tried {made} times")) } else { error });
            };
            tracing::debug!(%error, attempts = made, ?delay, "sent again later");
            tokio::time::sleep(delay).await;
        }
    }

    /// How long to wait before the next attempt; `None` to give up. `jitter` is between 0 and 1.
    fn delay(&self, made: u32, elapsed: Duration, asked: Option<Duration>, jitter: f64) -> Option<Duration> {
        if made >= self.attempts {
            return None;
        }
        let backoff = self.backoff.delay(made);
        let least = backoff.max(asked.unwrap_or_default());
        // Added even to what the server asks, so that those whom it turned away together do not return together.
        let delay = least.saturating_add(backoff.mul_f64(0.5 * jitter.clamp(0.0, 1.0)));
        (elapsed.saturating_add(delay) <= self.time_limit).then_some(delay)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn ms(milliseconds: u64) -> Duration {
        Duration::from_millis(milliseconds)
    }

    #[test]
    fn attempts_and_backoff() {
        let policy = RetryPolicy::default();
        let delays: Vec<_> = (1..=7).map(|made| policy.delay(made, ms(0), None, 0.0)).collect();
        let expected = [Some(ms(500)), Some(ms(1000)), Some(ms(2000)), Some(ms(4000)), Some(ms(8000)), None, None];
        assert_eq!(delays, expected);
        let never = RetryPolicy { attempts: 0, ..policy };
        assert_eq!(never.delay(1, ms(0), None, 0.0), None);
        let many = RetryPolicy { attempts: 100, ..policy };
        assert_eq!(many.delay(99, ms(0), None, 0.0), Some(ms(15_000)));
    }

    #[test]
    fn jitter_and_the_servers_wish_only_add() {
        let policy = RetryPolicy::default();
        for (asked, jitter, delay) in [
            (None, 1.0, 750),
            (None, 9.0, 750),
            (None, -1.0, 500),
            (Some(ms(0)), 0.0, 500),
            (Some(ms(7000)), 0.0, 7000),
            (Some(ms(7000)), 1.0, 7250),
        ] {
            assert_eq!(policy.delay(1, ms(0), asked, jitter), Some(ms(delay)), "{asked:?} {jitter}");
        }
    }

    #[test]
    fn no_wait_goes_beyond_the_time_limit() {
        let policy = RetryPolicy { time_limit: ms(60_000), ..RetryPolicy::default() };
        assert_eq!(policy.delay(1, ms(59_500), None, 0.0), Some(ms(500)));
        assert_eq!(policy.delay(1, ms(59_501), None, 0.0), None);
        assert_eq!(policy.delay(1, ms(0), Some(ms(60_001)), 0.0), None);
        assert_eq!(policy.delay(1, Duration::MAX, Some(Duration::MAX), 1.0), None);
    }
}
