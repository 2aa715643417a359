//! The time of the simulator.

use std::time::{Duration, SystemTime};

use tokio::time::Instant;

/// Tokio's clock with a speed for operations, written as the API writes times.
#[derive(Debug)]
pub(crate) struct Time {
    epoch: (Instant, SystemTime),
    speed: f64,
}

impl Time {
    /// Operations take `1 / speed` of their usual time. A speed that is not above 0 counts as 1.
    pub(crate) fn new(speed: f64) -> Self {
        let speed = if speed.is_finite() && speed > 0.0 { speed } else { 1.0 };
        Self { epoch: (Instant::now(), SystemTime::now()), speed }
    }

    /// How long a simulated duration takes by the clock.
    pub(crate) fn scaled(&self, duration: Duration) -> Duration {
        if self.speed == 1.0 {
            return duration;
        }
        Duration::try_from_secs_f64(duration.as_secs_f64() / self.speed).unwrap_or(Duration::MAX)
    }

    /// An instant as text (RFC 3339).
    pub(crate) fn text(&self, instant: Instant) -> String {
        let time = self.epoch.1 + instant.saturating_duration_since(self.epoch.0);
        mint_api::Timestamp::from(time).to_string()
    }

    /// The `Retry-After` of a reply that starts or continues an operation, in seconds.
    pub(crate) fn retry_after(&self) -> u64 {
        self.scaled(Duration::from_secs(2)).as_secs()
    }
}
