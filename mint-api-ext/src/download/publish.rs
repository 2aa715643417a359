//! Publishing a file: giving it its name.

use std::fs::{self, File};
use std::io;
use std::path::Path;

use super::disk::cannot_sync;

/// Whether a file is synced to the disk before it is published.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Durability {
    /// Synced: a published file is whole even after a power failure.
    Synced,
    /// Left in the system's cache: faster.
    Cached,
}

/// What to do with another file of that name.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Clobber {
    Replace,
    Keep,
}

/// Gives a file its name. With [`Clobber::Keep`], [`io::ErrorKind::AlreadyExists`] if another file has it.
pub(crate) fn publish(from: &Path, to: &Path, clobber: Clobber, durability: Durability) -> io::Result<()> {
    match clobber {
        Clobber::Replace => rename(from, to)?,
        Clobber::Keep => exclusively(from, to)?,
    }
    match durability {
        Durability::Synced => sync_directory_of(to),
        Durability::Cached => Ok(()),
    }
}

/// Renames without replacing another file: by a hard link, then removing the old name.
fn exclusively(from: &Path, to: &Path) -> io::Result<()> {
    match fs::hard_link(from, to) {
        Ok(()) => return fs::remove_file(from),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Err(error),
        // The file system has no hard links.
        Err(_) => {}
    }
    // An empty file reserves the name.
    File::create_new(to)?;
    rename(from, to).inspect_err(|_| {
        let _ = fs::remove_file(to);
    })
}

/// Renames; on Windows, retries while a virus scanner has the file open.
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

/// Syncs the directory entry. Windows has no call for that and does it by itself.
pub(super) fn sync_directory_of(path: &Path) -> io::Result<()> {
    let directory = path.parent().filter(|directory| !directory.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if cfg!(windows) {
        return Ok(());
    }
    // The file itself is synced; some file systems have no call for its directory.
    tolerated(File::open(directory).and_then(|directory| directory.sync_all()))
}

fn tolerated(synced: io::Result<()>) -> io::Result<()> {
    match synced {
        Err(error) if cannot_sync(&error) => Ok(()),
        synced => synced,
    }
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

    #[cfg(target_os = "linux")]
    #[test]
    fn a_directory_that_cannot_be_synced() {
        for (code, ok) in [(22, true), (38, true), (95, true), (5, false), (28, false)] {
            assert_eq!(tolerated(Err(io::Error::from_raw_os_error(code))).is_ok(), ok, "{code}");
        }
    }
}
