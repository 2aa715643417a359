//! The simulator's time: tokio's clock, written as the API writes it, and faster or slower when asked to.

use std::time::{Duration, SystemTime};

use tokio::time::Instant;

#[derive(Debug)]
pub(crate) struct Time {
    epoch: (Instant, SystemTime),
    speed: f64,
}

impl Time {
    pub(crate) fn new(speed: f64) -> Self {
        let speed = if speed.is_finite() && speed > 0.0 { speed } else { 1.0 };
        Self { epoch: (Instant::now(), SystemTime::now()), speed }
    }

    /// How long something of this simulated duration takes.
    pub(crate) fn scaled(&self, duration: Duration) -> Duration {
        if self.speed == 1.0 {
            return duration;
        }
        Duration::try_from_secs_f64(duration.as_secs_f64() / self.speed).unwrap_or(Duration::MAX)
    }

    /// An instant as a text (RFC 3339).
    pub(crate) fn text(&self, instant: Instant) -> String {
        let time = self.epoch.1 + instant.saturating_duration_since(self.epoch.0);
        mint_api::Timestamp::from(time).to_string()
    }

    /// When a client is asked to look again after it began something.
    pub(crate) fn retry_after(&self) -> u64 {
        self.scaled(Duration::from_secs(2)).as_secs()
    }
}
