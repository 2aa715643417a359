//! Giving a whole file its name.

use std::fs::{self, File};
use std::io;
use std::path::Path;

/// Whether a file is on the disk itself before it gets its name, or in the system's cache.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Durability {
    /// On the disk: a published file is whole even after the power fails.
    Synced,
    /// In the cache: quicker.
    Cached,
}

/// What to do with a file that has the name.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Clobber {
    Replace,
    Keep,
}

/// Gives a file its name. With [`Clobber::Keep`], [`io::ErrorKind::AlreadyExists`] if another file has it.
pub(super) fn publish(from: &Path, to: &Path, clobber: Clobber, durability: Durability) -> io::Result<()> {
    match clobber {
        Clobber::Replace => rename(from, to)?,
        Clobber::Keep => exclusively(from, to)?,
    }
    match durability {
        Durability::Synced => sync_directory_of(to),
        Durability::Cached => Ok(()),
    }
}

/// A rename that takes no other file's place: a second link, and then the first one goes.
fn exclusively(from: &Path, to: &Path) -> io::Result<()> {
    match fs::hard_link(from, to) {
        Ok(()) => return fs::remove_file(from),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Err(error),
        // A file system without links.
        Err(_) => {}
    }
    // An empty file of ours holds the name, for an instant.
    File::create_new(to)?;
    rename(from, to).inspect_err(|_| {
        let _ = fs::remove_file(to);
    })
}

/// A rename; on Windows it is tried again while a scanner has the file open.
pub(super) fn rename(from: &Path, to: &Path) -> io::Result<()> {
    let mut tries = if cfg!(windows) { 10 } else { 1 };
    loop {
        tries -= 1;
        match fs::rename(from, to) {
            Err(error) if tries > 0 && error.kind() == io::ErrorKind::PermissionDenied => {
                std::thread::sleep(std::time::Duration::from_millis(50));
            }
            result => return result,
        }
    }
}

/// Puts the name itself on the disk. Windows does so without being asked, and has no way to ask.
fn sync_directory_of(path: &Path) -> io::Result<()> {
    let directory = path.parent().filter(|directory| !directory.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if cfg!(windows) {
        return Ok(());
    }
    File::open(directory)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replaced_or_kept() {
        let directory = tempfile::tempdir().unwrap();
        let (from, to) = (directory.path().join("a.part"), directory.path().join("a"));
        fs::write(&from, "new").unwrap();
        publish(&from, &to, Clobber::Keep, Durability::Synced).unwrap();
        assert_eq!((fs::read(&to).unwrap(), from.exists()), (b"new".to_vec(), false));
        fs::write(&from, "newer").unwrap();
        let refused = publish(&from, &to, Clobber::Keep, Durability::Cached).unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::AlreadyExists);
        publish(&from, &to, Clobber::Replace, Durability::Cached).unwrap();
        assert_eq!(fs::read(&to).unwrap(), b"newer");
    }
}
