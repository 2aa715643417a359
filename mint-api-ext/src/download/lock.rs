//! A lock between downloads, in one process or in several.

use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use fs4::{FileExt, TryLockError};
use tokio::time::{Instant, sleep};

use super::disk::{io_error, is_unsupported};
use crate::client::blocking;
use crate::error::{Error, ErrorKind};

/// A lock on a file of its own, which is removed with the lock.
///
/// A lock on the partial file would move with it to the published name. The system releases the lock of a killed process.
#[derive(Debug)]
pub(super) struct Lock {
    path: PathBuf,
    /// `None` where the file system has no locks.
    file: Option<File>,
}

/// The pauses between two looks at a lock that another download holds.
const FIRST_PAUSE: Duration = Duration::from_millis(10);
const LONGEST_PAUSE: Duration = Duration::from_millis(250);

/// The locks that this process holds where the file system has none.
static HELD: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

impl Lock {
    /// Takes the lock, and waits for another download that holds it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Locked`] after `patience`; [`ErrorKind::Io`].
    pub(super) async fn acquire(path: PathBuf, patience: Duration) -> Result<Self, Error> {
        let take = || {
            let from = path.clone();
            move || Self::take(from.clone()).map_err(|error| io_error("lock", &from, error))
        };
        take_in_time(patience, take).await?.ok_or_else(|| {
            let text = format!(
                "could not take `{}`: another download is writing it, for {} s by now; try again when that has ended, or \
                 wait longer by `lock_timeout`",
                path.display(),
                patience.as_secs()
            );
            Error::new(ErrorKind::Locked, text)
        })
    }

    /// Takes the lock; `Ok(None)` if another download holds it.
    fn take(path: PathBuf) -> io::Result<Option<Self>> {
        loop {
            if fs::symlink_metadata(&path).is_ok_and(|metadata| metadata.is_symlink()) {
                return Err(io::Error::other("it is a symbolic link"));
            }
            let mut options = OpenOptions::new();
            options.create(true).truncate(false).write(true);
            // Nobody else can have it open, and then lock a file that is no longer at its path.
            #[cfg(windows)]
            std::os::windows::fs::OpenOptionsExt::share_mode(&mut options, 0);
            let file = match options.open(&path) {
                Err(error) if cfg!(windows) && is_in_use(&error) => return Ok(None),
                opened => opened?,
            };
            // A lock is empty.
            if file.metadata()?.len() > 0 {
                return Err(io::Error::other("another program wrote it"));
            }
            // By its full name: from Rust 1.89 on, `File` has a method of that name.
            match FileExt::try_lock(&file) {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => return Ok(None),
                Err(TryLockError::Error(error)) if is_unsupported(&error) => {
                    return Ok(Self::within_process(path, file));
                }
                Err(TryLockError::Error(error)) => return Err(error),
            }
            // The last holder may have removed the file between our opening and locking it.
            if is_at(&file, &path) {
                return Ok(Some(Self { path, file: Some(file) }));
            }
        }
    }

    /// Whether other processes respect it.
    pub(super) fn is_of_the_system(&self) -> bool {
        self.file.is_some()
    }

    /// A lock that only this process knows, for a file system without locks.
    fn within_process(path: PathBuf, file: File) -> Option<Self> {
        drop(file);
        // Its own statement: `Drop` takes the mutex, too.
        let is_free = held().insert(path.clone());
        is_free.then(|| Self { path, file: None })
    }
}

/// Tries to take a lock until `patience` is over; `None` if others hold it all the while. `take` makes an attempt.
pub(crate) async fn take_in_time<L, A>(patience: Duration, take: impl Fn() -> A) -> Result<Option<L>, Error>
where
    L: Send + 'static,
    A: FnOnce() -> Result<Option<L>, Error> + Send + 'static,
{
    let (began, mut pause) = (Instant::now(), FIRST_PAUSE);
    loop {
        let taken = blocking(take()).await?;
        if taken.is_some() || began.elapsed() >= patience {
            return Ok(taken);
        }
        sleep(pause).await;
        pause = LONGEST_PAUSE.min(pause * 2);
    }
}

fn held() -> MutexGuard<'static, BTreeSet<PathBuf>> {
    HELD.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Whether Windows does not open a file since another handle has it, or since it is being removed.
fn is_in_use(error: &io::Error) -> bool {
    const ERROR_SHARING_VIOLATION: i32 = 32;
    error.kind() == io::ErrorKind::PermissionDenied || error.raw_os_error() == Some(ERROR_SHARING_VIOLATION)
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
        let file = self.file.take();
        if cfg!(windows) && file.is_some() {
            // Windows removes no file that is open like this; from here on it is another download's, which has it open.
            drop(file);
            let _ = fs::remove_file(&self.path);
            return;
        }
        // Removed while locked, so that it cannot be another download's file.
        let _ = fs::remove_file(&self.path);
        match file {
            Some(file) => drop(FileExt::unlock(&file)),
            None => drop(held().remove(&self.path)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

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

    /// Each removes its file while others open it.
    #[test]
    fn one_at_a_time_of_many() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a.lock");
        let (is_taken, times) = (AtomicBool::new(false), AtomicU32::new(0));
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    while times.load(Ordering::SeqCst) < 500 {
                        let Some(lock) = Lock::take(path.clone()).unwrap() else { continue };
                        assert!(!is_taken.swap(true, Ordering::SeqCst), "two have the lock");
                        times.fetch_add(1, Ordering::SeqCst);
                        is_taken.store(false, Ordering::SeqCst);
                        drop(lock);
                    }
                });
            }
        });
        assert!(!path.exists());
    }

    #[test]
    fn one_at_a_time_in_this_process_where_no_file_can_be_locked() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a.lock");
        let take = || Lock::within_process(path.clone(), File::create(&path).unwrap());
        let first = take().unwrap();
        assert!(take().is_none());
        drop(first);
        assert!(!path.exists());
        assert!(take().is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn a_held_lock_is_waited_for() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a.lock");
        let held = Lock::acquire(path.clone(), Duration::ZERO).await.unwrap();
        let began = Instant::now();
        let patience = Duration::from_secs(60);
        let error = Lock::acquire(path.clone(), patience).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Locked);
        assert!((patience..patience + LONGEST_PAUSE * 2).contains(&began.elapsed()), "{:?}", began.elapsed());
        let waiting = tokio::spawn(Lock::acquire(path, patience));
        sleep(Duration::from_secs(30)).await;
        drop(held);
        waiting.await.unwrap().unwrap();
    }
}
