//! File access off the async threads.

use std::any::Any;

use tokio::task::spawn_blocking;

use crate::error::{Error, ErrorKind, check_runtime};

/// Runs work that blocks, such as file access, off the async threads.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    match run(Box::new(|| Box::new(work()))).await?.downcast() {
        Ok(done) => *done,
        Err(_) => Err(stopped_early()),
    }
}

/// Not generic: the compiler makes a whole task anew for each type of work.
async fn run(work: Box<dyn FnOnce() -> Box<dyn Any + Send> + Send>) -> Result<Box<dyn Any + Send>, Error> {
    check_runtime()?;
    spawn_blocking(work).await.map_err(|error| stopped_early().with_source(error))
}

fn stopped_early() -> Error {
    Error::new(ErrorKind::Io, "a task that reads or writes files stopped; the runtime is shutting down")
}

#[cfg(test)]
mod tests {
    use futures::FutureExt as _;

    use super::*;

    #[tokio::test]
    async fn work_gives_its_result_or_the_reason_that_it_has_none() {
        assert_eq!(blocking(|| Ok(7)).await.unwrap(), 7);
        let error = Error::new(ErrorKind::Io, "why");
        assert_eq!(blocking::<()>(|| Err(error)).await.unwrap_err().to_string(), "why");
        let error = blocking::<()>(|| panic!("on purpose")).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Io);
        assert!(std::error::Error::source(&error).is_some(), "{error:?}");
    }

    #[test]
    fn without_a_runtime_it_is_an_error() {
        assert!(blocking(|| Ok(())).now_or_never().is_some_and(|result| result.is_err()));
    }
}
