//! Exponential backoff.

use std::time::Duration;

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
