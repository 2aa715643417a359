//! The lock that keeps two runs of a catalog apart.

use std::fs::{self, File, OpenOptions};
use std::path::Path;
use std::time::Duration;

use fs4::{FileExt, TryLockError};

use super::disk::io_error;
use crate::download::{is_unsupported, take_in_time};
use crate::error::{Error, ErrorKind};

/// How long a run waits for another one that is about to end.
const PATIENCE: Duration = Duration::from_secs(5);

/// A locked file of its own. The system releases it when the process ends, however that happens.
#[derive(Debug)]
pub(super) struct OsLock {
    file: File,
}

impl OsLock {
    /// Takes the lock.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Locked`] while another run holds it; [`ErrorKind::Io`], also where the file system has no locks.
    pub(super) async fn acquire(path: &Path) -> Result<Self, Error> {
        let take = || {
            let path = path.to_owned();
            move || Self::take(&path)
        };
        take_in_time(PATIENCE, take).await?.ok_or_else(|| Self::held(path))
    }

    /// As [`acquire`](Self::acquire), without waiting.
    pub(super) fn acquire_now(path: &Path) -> Result<Self, Error> {
        Self::take(path)?.ok_or_else(|| Self::held(path))
    }

    fn held(path: &Path) -> Error {
        let text =
            format!("another run of this catalog holds `{}`; wait until it has ended, then run again", path.display());
        Error::new(ErrorKind::Locked, text)
    }

    // By its full name: from Rust 1.89 on, `File` has a method of that name.
    fn take(path: &Path) -> Result<Option<Self>, Error> {
        Self::take_by(path, FileExt::try_lock)
    }

    fn take_by(path: &Path, lock: impl FnOnce(&File) -> Result<(), TryLockError>) -> Result<Option<Self>, Error> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(|error| io_error("make", folder, error))?;
        }
        let opened = OpenOptions::new().create(true).truncate(false).write(true).open(path);
        let file = opened.map_err(|error| io_error("open", path, error))?;
        match lock(&file) {
            Ok(()) => Ok(Some(Self { file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) if is_unsupported(&error) => {
                let text = format!(
                    "the file system of `{}` cannot lock files, so that two runs could buy the same thing twice; put the \
                     catalog on another file system; reading it works here",
                    path.display()
                );
                Err(Error::new(ErrorKind::Io, text).with_source(error))
            }
            Err(TryLockError::Error(error)) => Err(io_error("lock", path, error)),
        }
    }
}

impl Drop for OsLock {
    fn drop(&mut self) {
        let _ = FileExt::unlock(&self.file);
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    #[test]
    fn a_file_system_without_locks_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(".mint/run.lock");
        let unsupported = io::Error::from(io::ErrorKind::Unsupported);
        let error = OsLock::take_by(&path, |_| Err(TryLockError::Error(unsupported))).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Io);
        assert!(error.to_string().contains("cannot lock files") && error.to_string().contains("reading it works"));
        assert!(OsLock::take_by(&path, |_| Err(TryLockError::WouldBlock)).unwrap().is_none());
        let held = OsLock::take(&path).unwrap().unwrap();
        assert_eq!(OsLock::acquire_now(&path).unwrap_err().kind(), ErrorKind::Locked);
        drop(held);
        assert!(OsLock::take(&path).unwrap().is_some());
    }
}
