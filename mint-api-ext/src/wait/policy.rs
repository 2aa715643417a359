//! How long to wait between two polls.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// What a policy may base its decision on.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct PollState {
    /// How many polls there were, at least one.
    pub polls: u32,
    /// The time since the wait began.
    pub elapsed: Duration,
}

/// How long to wait between two polls: a pure function of the state of the wait.
///
/// The server's `Retry-After` is obeyed whatever a policy says, and jitter is added to what it says.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use mint_api_ext::PollingPolicy;
///
/// let steady = PollingPolicy::new(|_| Duration::from_secs(5));
/// ```
#[derive(Clone)]
pub struct PollingPolicy(Arc<dyn Fn(&PollState) -> Duration + Send + Sync>);

impl PollingPolicy {
    /// A policy of one's own.
    pub fn new(delay: impl Fn(&PollState) -> Duration + Send + Sync + 'static) -> Self {
        Self(Arc::new(delay))
    }

    pub(crate) fn delay(&self, state: &PollState) -> Duration {
        (self.0)(state)
    }
}

/// The cadence Mint documents: [`Exponential::default`].
impl Default for PollingPolicy {
    fn default() -> Self {
        Exponential::default().into()
    }
}

impl fmt::Debug for PollingPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PollingPolicy").finish_non_exhaustive()
    }
}

/// A delay that grows by a factor up to a maximum.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Exponential {
    /// The delay after the first request.
    pub initial: Duration,
    /// What each delay is multiplied by for the next.
    pub factor: f64,
    /// The longest delay.
    pub max: Duration,
}

/// The cadence Mint documents: 2 s, growing by 1.6 up to 15 s.
impl Default for Exponential {
    fn default() -> Self {
        Self { initial: Duration::from_secs(2), factor: 1.6, max: Duration::from_secs(15) }
    }
}

impl Exponential {
    /// The delay after this many requests.
    pub(crate) fn delay(&self, requests: u32) -> Duration {
        let exponent = i32::try_from(requests.saturating_sub(1)).unwrap_or(i32::MAX);
        let delay = self.initial.as_secs_f64() * self.factor.powi(exponent);
        // Beyond what a duration holds, or not a number, it is the maximum.
        Duration::try_from_secs_f64(delay).unwrap_or(self.max).min(self.max)
    }
}

impl From<Exponential> for PollingPolicy {
    fn from(exponential: Exponential) -> Self {
        Self::new(move |state| exponential.delay(state.polls))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documented_cadence() {
        let policy = PollingPolicy::default();
        let delay = |polls| policy.delay(&PollState { polls, elapsed: Duration::ZERO }).as_secs_f64();
        let delays: Vec<_> = (1..=7).map(|polls| (delay(polls) * 1000.0).round() / 1000.0).collect();
        assert_eq!(delays, [2.0, 3.2, 5.12, 8.192, 13.107, 15.0, 15.0]);
        assert_eq!(delay(u32::MAX), 15.0);
    }
}
