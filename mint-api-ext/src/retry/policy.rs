//! Sending a request again after a retryable failure.

use std::time::Duration;

use tokio::time::Instant;

use super::{Exponential, Jitter};
use crate::error::{Error, check_runtime};

/// How often, and for how long, a call is sent again after a retryable failure
/// ([`Error::is_transient`](crate::Error::is_transient)).
///
/// It applies to single requests: reads, and calls that start or change something. A [`Wait`](crate::wait::Wait) has its
/// own settings.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use mint_api_ext::retry::{Exponential, RetryPolicy};
/// use mint_api_ext::{Credentials, Mint};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let patient = RetryPolicy::new()
///     .attempts(10)
///     .backoff(Exponential::calls().jitter(1.0))
///     .time_limit(Duration::from_secs(15 * 60));
/// let mint = Mint::builder(Credentials::api_key("key")?).retry_policy(patient).build()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct RetryPolicy {
    /// How often a request is sent at most; zero counts as one. Default: 6.
    pub attempts: u32,
    /// How long to wait between two attempts. Default: [`Exponential::calls`].
    ///
    /// The delay is never shorter than the server's `Retry-After`.
    pub backoff: Exponential,
    /// How long all attempts may take together. Default: 5 minutes.
    ///
    /// If the next delay would exceed it, the call fails at once. [`Error::retry_after`] then has the server's
    /// `Retry-After`.
    pub time_limit: Duration,
}

/// [`RetryPolicy::new`].
impl Default for RetryPolicy {
    fn default() -> Self {
        Self::new()
    }
}

impl RetryPolicy {
    /// Up to 6 attempts in 5 minutes, with the backoff [`Exponential::calls`].
    pub const fn new() -> Self {
        Self { attempts: 6, backoff: Exponential::calls(), time_limit: Duration::from_secs(5 * 60) }
    }

    /// One attempt: nothing is sent again.
    pub const fn never() -> Self {
        Self::new().attempts(1)
    }

    /// Sets how often a request is sent at most; zero counts as one.
    pub const fn attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts;
        self
    }

    /// Sets how long to wait between two attempts.
    pub const fn backoff(mut self, backoff: Exponential) -> Self {
        self.backoff = backoff;
        self
    }

    /// Sets how long all attempts may take together.
    pub const fn time_limit(mut self, limit: Duration) -> Self {
        self.time_limit = limit;
        self
    }

    /// Sends a request until it succeeds, fails permanently, or the policy gives up.
    ///
    /// A call that changes something must carry the same idempotency key in each attempt.
    pub(crate) fn send<T, F>(
        self,
        jitter: Jitter,
        send: impl FnMut() -> F + Send,
    ) -> impl Future<Output = Result<T, Error>> + Send
    where
        F: Future<Output = Result<T, Error>> + Send,
    {
        self.send_while(jitter, Error::is_transient, send)
    }

    /// As [`send`](Self::send), by another rule of which failures are retryable.
    pub(crate) async fn send_while<T, F>(
        self,
        mut jitter: Jitter,
        is_retryable: impl Fn(&Error) -> bool + Send,
        mut send: impl FnMut() -> F + Send,
    ) -> Result<T, Error>
    where
        F: Future<Output = Result<T, Error>> + Send,
    {
        check_runtime()?;
        let mut attempts = Attempts { policy: self, began: Instant::now(), made: 0 };
        loop {
            let error = match send().await {
                Err(error) if is_retryable(&error) => error,
                result => return result,
            };
            attempts.pause(error, jitter.next()).await?;
        }
    }

    /// The delay before the next attempt; `None` to give up. `random` is between 0 and 1.
    fn delay(&self, made: u32, elapsed: Duration, asked: Option<Duration>, random: f64) -> Option<Duration> {
        if made >= self.attempts {
            return None;
        }
        let delay = self.backoff.delay_with_jitter(made, asked, random);
        (elapsed.saturating_add(delay) <= self.time_limit).then_some(delay)
    }
}

/// The attempts of one request.
struct Attempts {
    policy: RetryPolicy,
    began: Instant,
    made: u32,
}

impl Attempts {
    /// Waits until the next attempt is due. Returns `error` if no attempt is left. `random` is between 0 and 1.
    async fn pause(&mut self, error: Error, random: f64) -> Result<(), Error> {
        self.made += 1;
        let Some(delay) = self.policy.delay(self.made, self.began.elapsed(), error.retry_after(), random) else {
            return Err(match self.made {
                1 => error,
                made => error.with_advice(&format!("it was tried {made} times")),
            });
        };
        tracing::debug!(%error, attempts = self.made, ?delay, "the request will be sent again");
        tokio::time::sleep(delay).await;
        Ok(())
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

    #[tokio::test(start_paused = true)]
    async fn a_request_is_sent_again_while_its_failure_is_retryable() {
        use crate::error::ErrorKind::{InvalidArgument, Transport};
        for (fails, attempts, sent, advice) in
            [(Transport, 3, 3, "; it was tried 3 times"), (Transport, 1, 1, ""), (InvalidArgument, 3, 1, "")]
        {
            let mut made = 0;
            let error = RetryPolicy::new().attempts(attempts).send(Jitter::seeded(1), || {
                made += 1;
                std::future::ready(Err::<(), _>(Error::new(fails, "failed")))
            });
            assert_eq!(error.await.unwrap_err().to_string(), format!("failed{advice}"));
            assert_eq!(made, sent, "{fails:?}");
        }
        let mut left = vec![Ok(7), Err(Error::new(Transport, ""))];
        let sent = RetryPolicy::new().send(Jitter::seeded(1), || std::future::ready(left.pop().unwrap()));
        assert_eq!(sent.await.unwrap(), 7);
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
