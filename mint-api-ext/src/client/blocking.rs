//! File access off the async threads.

use tokio::task::spawn_blocking;

use crate::error::{Error, ErrorKind, check_runtime};

/// Runs work that blocks, such as file access, off the async threads.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    check_runtime()?;
    spawn_blocking(work).await.unwrap_or_else(|error| {
        let text = "a task that reads or writes files stopped; the runtime is shutting down";
        Err(Error::new(ErrorKind::Io, text).with_source(error))
    })
}
