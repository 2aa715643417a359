//! The lock and the state of a run, written as they change.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Mutex as AsyncMutex;

use super::super::catalog::Paths;
use super::super::disk::write_text;
use super::super::lock_file::LockFile;
use super::super::lock_text::LockText;
use super::super::os_lock::OsLock;
use super::super::state::State;
use super::super::{Catalog, Recorded};
use crate::client::blocking;
use crate::download::Durability;
use crate::error::Error;

/// The state is written after so many changes as this share of its waits, so that many waits do not make each change slow. What
/// a killed run did not write only costs a request more.
const STATE_SHARE: u64 = 8;

/// When the state is written with the lock.
#[derive(Clone, Copy)]
enum StateIsDue {
    Now,
    /// A public lock needs it at every change.
    AfterSomeChanges,
}

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
#[derive(Debug)]
struct Written {
    changes: u64,
    /// The number of the change with which the state was written last.
    state_changes: u64,
    text: LockText,
    lock: String,
}

impl Journal {
    pub(super) fn of(catalog: &Catalog, os_lock: OsLock) -> Self {
        Self {
            paths: catalog.paths.clone(),
            recorded: catalog.definition.lock,
            os_lock: Arc::new(os_lock),
            content: Mutex::new(Content { lock: catalog.lock.clone(), state: catalog.state.clone(), changes: 0 }),
            written: AsyncMutex::new(Written {
                changes: 0,
                state_changes: 0,
                text: LockText::new(catalog.definition.lock),
                lock: String::new(),
            }),
        }
    }

    pub(super) fn read<T>(&self, read: impl FnOnce(&LockFile, &State) -> T) -> T {
        let content = self.content();
        read(&content.lock, &content.state)
    }

    fn content(&self) -> MutexGuard<'_, Content> {
        self.content.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the lock and the state, and returns once the lock is on disk, synced. Changes that are made while others are
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
            self.write(&mut written, StateIsDue::AfterSomeChanges).await?;
        }
        Ok(changed)
    }

    /// Writes the state, too.
    pub(super) async fn finish(&self) -> Result<(), Error> {
        self.write(&mut *self.written.lock().await, StateIsDue::Now).await
    }

    async fn write(&self, written: &mut Written, due: StateIsDue) -> Result<(), Error> {
        let (lock, mut state, changes) = {
            let content = self.content();
            let is_due = match (self.recorded, due) {
                (Recorded::Public, _) | (_, StateIsDue::Now) => true,
                (_, StateIsDue::AfterSomeChanges) => {
                    let missed = content.changes - written.state_changes;
                    missed > content.state.waits.len() as u64 / STATE_SHARE
                }
            };
            (content.lock.clone(), is_due.then(|| content.state.clone()), content.changes)
        };
        let is_public = self.recorded == Recorded::Public;
        let mut text = std::mem::replace(&mut written.text, LockText::new(self.recorded));
        let before = std::mem::take(&mut written.lock);
        let (lock_path, state_path) = (self.paths.lock.clone(), self.paths.state.clone());
        let done = self.blocking(move || {
            let rendered = text.render(&lock)?;
            // First the operations that a public lock leaves out.
            if let Some(state) = &mut state {
                if is_public {
                    state.records = text.private();
                }
                state.write(&state_path)?;
            }
            if rendered != before {
                write_text(&lock_path, &rendered, Durability::Synced)?;
            }
            Ok((text, rendered, state.is_some()))
        });
        let (text, lock, wrote_state) = done.await?;
        let state_changes = if wrote_state { changes } else { written.state_changes };
        *written = Written { changes, state_changes, text, lock };
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
