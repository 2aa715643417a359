//! The lock and the state of a run, written as they change.

use std::sync::Arc;

use tokio::sync::Mutex;

use super::super::catalog::Paths;
use super::super::disk::write_text;
use super::super::lock_file::LockFile;
use super::super::os_lock::OsLock;
use super::super::state::State;
use super::super::{Catalog, Recorded};
use crate::client::blocking;
use crate::download::Durability;
use crate::error::Error;

/// The lock and the state of a run. No other run can change them meanwhile.
#[derive(Debug)]
pub(super) struct Journal {
    paths: Paths,
    recorded: Recorded,
    os_lock: Arc<OsLock>,
    content: Mutex<Content>,
}

#[derive(Debug)]
struct Content {
    lock: LockFile,
    state: State,
    /// The text of the lock on disk.
    written: String,
}

impl Journal {
    pub(super) fn of(catalog: &Catalog, os_lock: OsLock) -> Self {
        Self {
            paths: catalog.paths.clone(),
            recorded: catalog.definition.lock,
            os_lock: Arc::new(os_lock),
            content: Mutex::new(Content {
                lock: catalog.lock.clone(),
                state: catalog.state.clone(),
                written: String::new(),
            }),
        }
    }

    pub(super) async fn read<T>(&self, read: impl FnOnce(&LockFile, &State) -> T + Send) -> T {
        let content = self.content.lock().await;
        read(&content.lock, &content.state)
    }

    /// Changes the lock and the state, and returns once both are on disk, synced.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Io`](crate::ErrorKind::Io). The next change writes this one, too.
    pub(super) async fn update<T: Send>(
        &self,
        change: impl FnOnce(&mut LockFile, &mut State) -> T + Send,
    ) -> Result<T, Error> {
        let mut content = self.content.lock().await;
        let Content { lock, state, .. } = &mut *content;
        let changed = change(lock, state);
        let (mut lock, mut state) = (lock.clone(), state.clone());
        if self.recorded == Recorded::Public {
            state.take_private(&mut lock);
        }
        let text = lock.to_text()?;
        let lock_text = (text != content.written).then(|| text.clone());
        let (lock_path, state_path) = (self.paths.lock.clone(), self.paths.state.clone());
        self.blocking(move || {
            // First the operations that a public lock leaves out.
            state.write(&state_path)?;
            lock_text.map_or(Ok(()), |text| write_text(&lock_path, &text, Durability::Synced))
        })
        .await?;
        content.written = text;
        Ok(changed)
    }

    /// Runs work on files. No other run begins before it has ended, even if this one is dropped.
    pub(super) async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let os_lock = self.os_lock.clone();
        blocking(move || {
            let done = work();
            drop(os_lock);
            done
        })
        .await
    }
}
