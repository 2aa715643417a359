//! A lock between downloads, in one process or in several.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use fs4::{FileExt, TryLockError};

/// A lock on a file of its own, which is removed with the lock.
///
/// A lock on the partial file would move with it to the published name. The system releases the lock of a killed process.
#[derive(Debug)]
pub(super) struct Lock {
    path: PathBuf,
    file: Option<File>,
}

/// How long to wait for a lock. A download that was just dropped needs a moment to close its file.
const PATIENCE: Duration = Duration::from_secs(1);
const PAUSE: Duration = Duration::from_millis(10);

impl Lock {
    /// Takes the lock; `Ok(None)` if another download holds it for longer than [`PATIENCE`].
    pub(super) fn wait_for(path: &Path) -> io::Result<Option<Self>> {
        let began = Instant::now();
        loop {
            match Self::take(path.to_owned())? {
                None if began.elapsed() < PATIENCE => std::thread::sleep(PAUSE),
                taken => return Ok(taken),
            }
        }
    }

    /// Takes the lock; `Ok(None)` if another download holds it.
    fn take(path: PathBuf) -> io::Result<Option<Self>> {
        loop {
            if fs::symlink_metadata(&path).is_ok_and(|metadata| metadata.is_symlink()) {
                return Err(io::Error::other("it is a symbolic link"));
            }
            let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path)?;
            // By its full name: from Rust 1.89 on, `File` has a method of that name.
            match FileExt::try_lock(&file) {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => return Ok(None),
                Err(TryLockError::Error(error)) => return Err(error),
            }
            // The last holder may have removed the file between our opening and locking it.
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
        // Removed while locked, so that it cannot be another download's file.
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
