//! A job of the queue.

use mint_api_ext::wait::SavedOperation;
use serde::{Deserialize, Serialize};

/// One step of a wait.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Job {
    /// The operation, as the step before left it.
    pub operation: SavedOperation,
    /// The number of steps before this one.
    pub step: u32,
    /// How many steps in a row ended with an error.
    pub failures: u32,
}

impl Job {
    /// The first step of a wait.
    pub fn first(operation: SavedOperation) -> Self {
        Self { operation, step: 0, failures: 0 }
    }

    /// The step after this one.
    pub fn next(&self, operation: SavedOperation) -> Self {
        Self { operation, step: self.step + 1, failures: 0 }
    }

    /// The step after this one, when this one failed.
    pub fn again(&self) -> Self {
        Self { operation: self.operation.clone(), step: self.step + 1, failures: self.failures + 1 }
    }

    /// The key under which the queue takes this job once: `operation id/step`. A job that runs twice pushes its successor
    /// twice, and the queue keeps one.
    pub fn key(&self) -> String {
        format!("{}/{}", self.operation.id, self.step)
    }
}
