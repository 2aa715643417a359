//! Exponential backoff with jitter.

use std::time::Duration;

/// A delay that grows by a factor up to a maximum, with random jitter added.
///
/// [`polls`](Self::polls) is the default between the polls of a wait, and [`calls`](Self::calls) between the attempts of a
/// call or a download.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use mint_api_ext::retry::Exponential;
/// # use mint_api_ext::simulator::{Script, Simulator};
///
/// # #[tokio::main(flavor = "current_thread", start_paused = true)]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let simulator = Simulator::start().await?;
/// # let mint = simulator.mint()?;
/// # let id = simulator.add(Script::model());
/// // 5 s, 10 s, 20 s, 40 s, 60 s, 60 s, each with up to a fifth of jitter.
/// let patient = Exponential::new(Duration::from_secs(5), 2.0, Duration::from_secs(60)).jitter(0.2);
/// let outcome = mint.attach(id)?.wait().policy(patient).await?;
/// # assert!(outcome.is_success());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Exponential {
    /// The delay after the first request.
    pub initial: Duration,
    /// The factor between a delay and the next one.
    pub factor: f64,
    /// The longest delay, without jitter.
    pub max: Duration,
    /// The largest part of a delay that is added at random: 0.1 adds up to a tenth. A negative number counts as 0.
    pub jitter: f64,
}

/// [`Exponential::polls`].
impl Default for Exponential {
    fn default() -> Self {
        Self::polls()
    }
}

impl Exponential {
    /// Makes a backoff with up to a tenth of jitter.
    pub const fn new(initial: Duration, factor: f64, max: Duration) -> Self {
        Self { initial, factor, max, jitter: 0.1 }
    }

    /// The backoff of polls, which Mint documents: 2 s, multiplied by 1.6 up to 15 s, with up to a tenth of jitter.
    pub const fn polls() -> Self {
        Self::new(Duration::from_secs(2), 1.6, Duration::from_secs(15))
    }

    /// The backoff of calls and downloads: 0.5 s, doubled up to 15 s, with up to a half of jitter.
    pub const fn calls() -> Self {
        Self::new(Duration::from_millis(500), 2.0, Duration::from_secs(15)).jitter(0.5)
    }

    /// Sets the largest part of a delay that is added at random.
    pub const fn jitter(mut self, jitter: f64) -> Self {
        self.jitter = jitter;
        self
    }

    /// The delay after this many requests, without jitter.
    pub(crate) fn delay(&self, requests: u32) -> Duration {
        let exponent = i32::try_from(requests.saturating_sub(1)).unwrap_or(i32::MAX);
        let delay = self.initial.as_secs_f64() * self.factor.powi(exponent);
        // NaN, and a delay too long for a `Duration`, count as the maximum.
        Duration::try_from_secs_f64(delay).unwrap_or(self.max).min(self.max)
    }

    /// The delay after this many requests, with jitter; never less than the server's `Retry-After`. `random` is between 0 and 1.
    pub(crate) fn delay_with_jitter(&self, requests: u32, asked: Option<Duration>, random: f64) -> Duration {
        with_jitter(self.delay(requests), self.jitter, asked, random)
    }
}

/// A delay with jitter; never less than the server's `Retry-After`. `random` is between 0 and 1.
///
/// Jitter is added to the server's delay, too, so that clients that were refused at the same time return at different times.
pub(crate) fn with_jitter(delay: Duration, jitter: f64, asked: Option<Duration>, random: f64) -> Duration {
    let added = delay.as_secs_f64() * jitter * random.clamp(0.0, 1.0);
    // A negative number, NaN, and a time too long for a `Duration` add nothing.
    let added = Duration::try_from_secs_f64(added).unwrap_or_default();
    delay.max(asked.unwrap_or_default()).saturating_add(added)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jitter_and_the_servers_wish_only_add() {
        let seconds = Duration::from_secs_f64;
        for (jitter, asked, random, delay) in [
            (0.5, None, 0.0, 2.0),
            (0.5, None, 1.0, 3.0),
            (0.5, None, 9.0, 3.0),
            (0.5, None, -1.0, 2.0),
            (0.5, Some(0.0), 0.0, 2.0),
            (0.5, Some(7.0), 0.0, 7.0),
            (0.5, Some(7.0), 1.0, 8.0),
            (0.1, None, 0.5, 2.1),
            (-1.0, None, 1.0, 2.0),
            (f64::NAN, None, 1.0, 2.0),
            (f64::INFINITY, None, 1.0, 2.0),
        ] {
            let backoff = Exponential::polls().jitter(jitter);
            let delayed = backoff.delay_with_jitter(1, asked.map(seconds), random);
            assert_eq!(delayed, seconds(delay), "{jitter} {asked:?} {random}");
        }
        assert_eq!(with_jitter(Duration::MAX, 0.5, Some(Duration::MAX), 1.0), Duration::MAX);
    }
}
