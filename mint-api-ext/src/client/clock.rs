//! A clock that tests can replace.

use std::fmt::Debug;
use std::time::SystemTime;

/// A clock of wall time, for deadlines and for the times in a saved operation.
///
/// Sleeps follow tokio's clock instead, which tests can pause.
pub trait Clock: Debug + Send + Sync {
    /// The current time.
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
