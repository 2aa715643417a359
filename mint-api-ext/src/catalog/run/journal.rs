//! The lock and the state of a run, written as they change.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Mutex as AsyncMutex;

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
    written: AsyncMutex<Written>,
}

#[derive(Debug)]
struct Content {
    lock: LockFile,
    state: State,
    /// How often they were changed.
    changes: u64,
}

/// What is on disk.
#[derive(Debug, Default)]
struct Written {
    changes: u64,
    lock: String,
}

impl Journal {
    pub(super) fn of(catalog: &Catalog, os_lock: OsLock) -> Self {
        Self {
            paths: catalog.paths.clone(),
            recorded: catalog.definition.lock,
            os_lock: Arc::new(os_lock),
            content: Mutex::new(Content { lock: catalog.lock.clone(), state: catalog.state.clone(), changes: 0 }),
            written: AsyncMutex::default(),
        }
    }

    pub(super) fn read<T>(&self, read: impl FnOnce(&LockFile, &State) -> T) -> T {
        let content = self.content();
        read(&content.lock, &content.state)
    }

    fn content(&self) -> MutexGuard<'_, Content> {
        self.content.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the lock and the state, and returns once both are on disk, synced. Changes that are made while others are
    /// written are written together.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Io`](crate::ErrorKind::Io). The change stays in memory, and the next update writes it.
    pub(super) async fn update<T: Send>(
        &self,
        change: impl FnOnce(&mut LockFile, &mut State) -> T + Send,
    ) -> Result<T, Error> {
        let (changed, number) = {
            let mut content = self.content();
            let Content { lock, state, changes } = &mut *content;
            *changes += 1;
            (change(lock, state), *changes)
        };
        let mut written = self.written.lock().await;
        if written.changes < number {
            self.write(&mut written).await?;
        }
        Ok(changed)
    }

    async fn write(&self, written: &mut Written) -> Result<(), Error> {
        let (mut lock, mut state, changes) = {
            let content = self.content();
            (content.lock.clone(), content.state.clone(), content.changes)
        };
        let (is_public, before) = (self.recorded == Recorded::Public, std::mem::take(&mut written.lock));
        let (lock_path, state_path) = (self.paths.lock.clone(), self.paths.state.clone());
        let text = self.blocking(move || {
            if is_public {
                state.take_private(&mut lock);
            }
            // First the operations that a public lock leaves out.
            state.write(&state_path)?;
            let text = lock.to_text()?;
            if text != before {
                write_text(&lock_path, &text, Durability::Synced)?;
            }
            Ok(text)
        });
        *written = Written { lock: text.await?, changes };
        Ok(())
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
