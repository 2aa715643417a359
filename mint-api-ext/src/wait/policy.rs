//! How long to wait between two polls.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::retry::{Exponential, with_jitter};

/// The state of a wait, as a policy sees it.
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
/// Jitter is added: up to a tenth of the delay, or what [`Exponential::jitter`](crate::retry::Exponential::jitter) says. The
/// server's `Retry-After` is obeyed if it is longer.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use mint_api_ext::wait::PollingPolicy;
///
/// let steady = PollingPolicy::new(|_| Duration::from_secs(5));
/// ```
#[derive(Clone)]
pub struct PollingPolicy {
    delay: Arc<dyn Fn(&PollState) -> Duration + Send + Sync>,
    jitter: f64,
}

impl PollingPolicy {
    /// A policy of one's own.
    pub fn new(delay: impl Fn(&PollState) -> Duration + Send + Sync + 'static) -> Self {
        Self { delay: Arc::new(delay), jitter: Exponential::polls().jitter }
    }

    pub(crate) fn delay(&self, state: &PollState) -> Duration {
        (self.delay)(state)
    }

    /// The delay with jitter; never less than the server's `Retry-After`. `random` is between 0 and 1.
    pub(crate) fn delay_with_jitter(&self, state: &PollState, asked: Duration, random: f64) -> Duration {
        with_jitter(self.delay(state), self.jitter, Some(asked), random)
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

impl From<Exponential> for PollingPolicy {
    fn from(exponential: Exponential) -> Self {
        Self { jitter: exponential.jitter, ..Self::new(move |state| exponential.delay(state.polls)) }
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

    #[test]
    fn a_backoff_keeps_its_jitter() {
        let policy = PollingPolicy::from(Exponential::default().jitter(0.5));
        let state = PollState { polls: 1, elapsed: Duration::ZERO };
        assert_eq!(policy.delay_with_jitter(&state, Duration::ZERO, 1.0), Duration::from_secs(3));
    }
}
