//! Removes what no entry wants.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::disk::{io_error, remove_file, sha256, write_text};
use super::lock_file::{LockFile, LockedEntry, Record, Version};
use super::lock_text::LockText;
use super::os_lock::OsLock;
use super::{Catalog, Recorded};
use crate::download::Durability;
use crate::error::Error;

/// What [`Catalog::prune`] did.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Pruned {
    /// The files that were removed, by their paths from the directory of the definition.
    pub removed: Vec<PathBuf>,
    /// The files that were kept, since somebody changed them. The lock knows them no longer.
    pub kept: Vec<PathBuf>,
    /// The entries that were kept, since an operation of theirs has not ended and may have been paid for.
    pub unsettled: Vec<super::EntryId>,
}

impl Catalog {
    /// Removes the files of the entries that the definition has no longer, if they are as the lock says, and what runs left
    /// in `.mint/staging`, and their records in the registry. It blocks while it works.
    ///
    /// A file that somebody changed stays. So does an entry with an operation that has not ended: what was paid for is not
    /// forgotten. The lock forgets the earlier versions of the entries; going back to one is then a new start.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Locked`](crate::ErrorKind::Locked) while a run goes on; [`ErrorKind::Io`](crate::ErrorKind::Io).
    ///
    /// # Examples
    ///
    /// ```
    /// use mint_api_ext::catalog::Catalog;
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let temporary = tempfile::tempdir()?;
    /// # let directory = temporary.path();
    /// # std::fs::write(directory.join("mint.toml"), "project = 'p'")?;
    /// let pruned = Catalog::open(directory)?.prune()?;
    /// println!("{} files removed", pruned.removed.len());
    /// # assert!(pruned.removed.is_empty());
    /// # Ok(())
    /// # }
    /// ```
    pub fn prune(&self) -> Result<Pruned, Error> {
        let _lock = OsLock::acquire_now(&self.paths.os_lock)?;
        // A run may have changed it since.
        let now = Self::open(&self.paths.definition)?;
        let (mut lock, mut pruned, mut forgotten) = (now.lock.clone(), Pruned::default(), Vec::new());
        let orphans: Vec<_> = now.lock.entries().filter(|(id, _)| !now.definition.entries.contains_key(id)).collect();
        for (id, entry) in orphans {
            if has_unsettled(entry) {
                pruned.unsettled.push(id.clone());
                continue;
            }
            for (path, file) in &entry.files {
                let full = now.paths.root.join(path);
                match sha256(&full)? {
                    None => {}
                    found if found == file.sha256 || found == file.pending => {
                        remove_file(&now.paths.root, &full)?;
                        pruned.removed.push(path.into());
                    }
                    Some(_) => pruned.kept.push(path.into()),
                }
            }
            forgotten.push((id.clone(), entry.clone()));
            lock.remove(id);
        }
        for wanted in now.plan()?.entries.iter().filter_map(|planned| planned.wanted.as_ref()) {
            let id = &wanted.entry.id;
            if lock.entry(id).is_some() {
                let is_unsettled = |version: &Version| version.records().any(Record::is_unsettled);
                lock.entry_mut(id).versions.retain(|hash, version| *hash == wanted.generation || is_unsettled(version));
            }
        }
        now.forget_in_registry(&forgotten)?;
        if lock != now.lock {
            now.write_lock(&lock)?;
        }
        remove_folder(&now.paths.staging)?;
        Ok(pruned)
    }

    fn write_lock(&self, lock: &LockFile) -> Result<(), Error> {
        let mut text = LockText::new(self.definition.lock);
        let rendered = text.render(lock)?;
        if self.definition.lock == Recorded::Public {
            let mut state = self.state.clone();
            state.records = text.private();
            state.write(&self.paths.state)?;
        }
        write_text(&self.paths.lock, &rendered, Durability::Synced)
    }
}

fn has_unsettled(entry: &LockedEntry) -> bool {
    entry.records().any(Record::is_unsettled)
}

fn remove_folder(path: &Path) -> Result<(), Error> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(io_error("remove", path, error)),
        _ => Ok(()),
    }
}
