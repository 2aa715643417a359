//! Keeping two downloads off one file, whether they are in one process or in two.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use fs4::{FileExt, TryLockError};

/// A lock on a file of its own, which is gone when the lock is.
///
/// Not on the partial file, which gets another name in the end: whoever had opened it before would hold a lock on the
/// published file. The system frees the lock of a process that is killed.
#[derive(Debug)]
pub(super) struct Lock {
    path: PathBuf,
    file: Option<File>,
}

/// How long to wait for a lock: as long as a download that was just dropped takes to close its file.
const PATIENCE: Duration = Duration::from_secs(1);
const PAUSE: Duration = Duration::from_millis(10);

impl Lock {
    /// Takes the lock; `Ok(None)` if somebody keeps it.
    pub(super) fn wait_for(path: &Path) -> io::Result<Option<Self>> {
        let began = Instant::now();
        loop {
            match Self::take(path.to_owned())? {
                None if began.elapsed() < PATIENCE => std::thread::sleep(PAUSE),
                taken => return Ok(taken),
            }
        }
    }

    /// Takes the lock; `Ok(None)` if somebody has it.
    fn take(path: PathBuf) -> io::Result<Option<Self>> {
        loop {
            if fs::symlink_metadata(&path).is_ok_and(|metadata| metadata.is_symlink()) {
                return Err(io::Error::other("it is a symbolic link"));
            }
            let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path)?;
            // By its full name: from Rust 1.89 on, files have a method of that name themselves.
            match FileExt::try_lock(&file) {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => return Ok(None),
                Err(TryLockError::Error(error)) => return Err(error),
            }
            // Between opening and locking, the last holder may have removed it.
            if is_at(&file, &path) {
                return Ok(Some(Self { path, file: Some(file) }));
            }
        }
    }
}

#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;

    let identity = |metadata: fs::Metadata| (metadata.dev(), metadata.ino());
    let (held, there) = (file.metadata().map(identity), fs::symlink_metadata(path).map(identity));
    matches!((held, there), (Ok(held), Ok(there)) if held == there)
}

#[cfg(not(unix))]
fn is_at(_: &File, path: &Path) -> bool {
    path.exists()
}

impl Drop for Lock {
    fn drop(&mut self) {
        // While it is held, so that nobody else's is removed.
        let _ = fs::remove_file(&self.path);
        if let Some(file) = self.file.take() {
            let _ = FileExt::unlock(&file);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_at_a_time_and_nothing_left() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a.lock");
        let held = Lock::take(path.clone()).unwrap().unwrap();
        assert!(Lock::take(path.clone()).unwrap().is_none());
        drop(held);
        assert!(!path.exists());
        assert!(Lock::take(path).unwrap().is_some());
    }
}
