//! Compares the files on disk with the lock.

use std::fmt;
use std::path::PathBuf;

use super::{Catalog, EntryId};
use crate::error::Error;

/// What [`Catalog::verify`] found.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Verification {
    /// How many files are as the lock says.
    pub intact: usize,
    /// What is not.
    pub problems: Vec<FileProblem>,
}

/// A file that is not as the lock says.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct FileProblem {
    /// The entry.
    pub entry: EntryId,
    /// The path from the directory of the definition.
    pub path: PathBuf,
    /// What is wrong.
    pub kind: FileProblemKind,
}

/// What is wrong with a file.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum FileProblemKind {
    /// It is not on disk.
    Missing,
    /// It has other content: somebody changed it.
    Damaged,
    /// A run was interrupted while it put the file in place. The next run finishes that.
    Interrupted,
}

impl Verification {
    /// Whether every file is as the lock says.
    pub fn is_clean(&self) -> bool {
        self.problems.is_empty()
    }
}

impl fmt::Display for FileProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.kind {
            FileProblemKind::Missing => "is missing; run the catalog to download it again",
            FileProblemKind::Damaged => "was changed; restore it, or run with `overwrite` for the entry to replace it",
            FileProblemKind::Interrupted => "was being put in place; run the catalog to finish that",
        };
        write!(f, "{}: `{}` {what}", self.entry, self.path.display())
    }
}

impl Catalog {
    /// Says whether every file exists and is as the lock says. No request is sent. A file that has the size
    /// and time that it had when it was hashed last is not read; `.mint/` remembers that.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) when a file cannot be read.
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
    /// let found = Catalog::open(directory)?.verify()?;
    /// for problem in &found.problems {
    ///     println!("{problem}");
    /// }
    /// # assert!(found.is_clean());
    /// # Ok(())
    /// # }
    /// ```
    pub fn verify(&self) -> Result<Verification, Error> {
        let mut found = Verification::default();
        let mut state = self.state.clone();
        for (entry, locked) in self.lock.entries() {
            for (path, file) in &locked.files {
                let on_disk = state.sha256(&self.paths.root, path)?;
                let kind = match (on_disk, &file.sha256) {
                    _ if file.pending.is_some() || file.moved_from.is_some() => FileProblemKind::Interrupted,
                    (None, _) => FileProblemKind::Missing,
                    (Some(found), Some(expected)) if found != *expected => FileProblemKind::Damaged,
                    _ => {
                        found.intact += 1;
                        continue;
                    }
                };
                found.problems.push(FileProblem { entry: entry.clone(), path: path.into(), kind });
            }
        }
        state.remember(&self.state, &self.paths);
        Ok(found)
    }
}
