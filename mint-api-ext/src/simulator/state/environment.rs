//! What the state depends on.

use std::sync::Arc;

use super::time::Time;
use crate::simulator::cdn::Files;

/// What the state of an operation depends on besides its own data.
#[derive(Debug)]
pub(crate) struct Environment {
    pub(crate) time: Time,
    pub(crate) files: Arc<Files>,
    pub(crate) gates: Gates,
}

/// What the first poll shows after an operation was approved, revised or resumed.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) enum Gates {
    /// The operation as it is now.
    #[default]
    Passed,
    /// The operation as it was at the gate.
    Lingering,
}
