//! A clock that tests can replace.

use std::fmt::Debug;
use std::time::SystemTime;

/// A clock of wall time, for the times in a saved operation.
///
/// Sleeps follow tokio's clock, paused or not.
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
