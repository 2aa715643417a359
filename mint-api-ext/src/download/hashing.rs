//! Hashing what was taken of a file while more is taken.

use bytes::Bytes;
use tokio::task::{JoinHandle, spawn_blocking};

use super::sum::Sum;
use crate::error::{Error, ErrorKind};

/// A [`Sum`] that is worked on off the async threads, one run of pieces at a time.
#[derive(Debug, Default)]
pub(super) struct Hashing {
    sum: Sum,
    /// Has the sum while it is at work.
    task: Option<JoinHandle<Sum>>,
}

impl Hashing {
    /// Begins to add a run of pieces, once the one before it is added.
    pub(super) async fn add(&mut self, pieces: Vec<Bytes>) -> Result<(), Error> {
        let mut sum = std::mem::take(self.settled().await?);
        self.task = Some(spawn_blocking(move || {
            sum.add_all(&pieces);
            sum
        }));
        Ok(())
    }

    /// What is known when everything is added.
    pub(super) async fn settled(&mut self) -> Result<&mut Sum, Error> {
        if let Some(task) = self.task.take() {
            self.sum = task.await.map_err(|error| {
                let text = "a task that hashes a file stopped; the runtime is shutting down";
                Error::new(ErrorKind::Io, text).with_source(error)
            })?;
        }
        Ok(&mut self.sum)
    }
}

impl From<Sum> for Hashing {
    fn from(sum: Sum) -> Self {
        Self { sum, task: None }
    }
}
