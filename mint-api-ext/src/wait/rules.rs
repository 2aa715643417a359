//! The settings of a wait.

use std::time::Duration;

use super::policy::PollingPolicy;

const MINUTE: Duration = Duration::from_secs(60);

/// The settings of a wait.
#[derive(Clone, Debug)]
pub(crate) struct Rules {
    pub(crate) policy: PollingPolicy,
    pub(crate) request_timeout: Duration,
    /// How long polls may fail in a row before the wait ends.
    pub(crate) failure_tolerance: Duration,
    /// How long the server may not know an operation after it accepted its start.
    pub(crate) not_found_tolerance: Duration,
    /// How long an unknown status may stay unchanged before the wait ends.
    pub(crate) unknown_status_tolerance: Duration,
    pub(crate) retry_after_floor: Duration,
    pub(crate) retry_after_ceiling: Duration,
}

pub(crate) const DEFAULT_DEADLINE: Duration = MINUTE.saturating_mul(30);
pub(crate) const NOT_FOUND_TOLERANCE: Duration = MINUTE;

impl Default for Rules {
    fn default() -> Self {
        Self {
            policy: PollingPolicy::default(),
            request_timeout: Duration::from_secs(30),
            failure_tolerance: 5 * MINUTE,
            not_found_tolerance: NOT_FOUND_TOLERANCE,
            unknown_status_tolerance: 10 * MINUTE,
            retry_after_floor: Duration::ZERO,
            retry_after_ceiling: Duration::MAX,
        }
    }
}

impl Rules {
    /// How long the server's `Retry-After` is obeyed, and the `Retry-After` itself if the ceiling overrides it.
    pub(crate) fn obeyed(&self, retry_after: Option<Duration>) -> (Duration, Option<Duration>) {
        match retry_after {
            None => (Duration::ZERO, None),
            Some(wish) if wish > self.retry_after_ceiling => (self.retry_after_ceiling, Some(wish)),
            Some(wish) => (wish.max(self.retry_after_floor), None),
        }
    }
}
