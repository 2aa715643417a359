//! Wall time that can be replaced.

use std::fmt::Debug;
use std::time::SystemTime;

/// Tells the time of day, for what outlives a process: the deadline and the not-before instant of a saved operation.
///
/// Sleeping is tokio's, and follows tokio's clock, paused or not.
pub trait Clock: Debug + Send + Sync {
    /// The time of day.
    fn now(&self) -> SystemTime;
}

/// The clock of this machine.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> SystemTime {
        SystemTime::now()
    }
}
