//! Publishing a file: giving it its name.

use std::fs::{self, File};
use std::io;
use std::path::Path;

use super::disk::cannot_sync;
use super::file_system;

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
    linked_or_reserved(file_system::hard_link(from, to), from, to)
}

fn linked_or_reserved(linked: io::Result<()>, from: &Path, to: &Path) -> io::Result<()> {
    match linked {
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
    let attempts = if cfg!(windows) { 10 } else { 1 };
    while_denied(
        attempts,
        || file_system::rename(from, to),
        || std::thread::sleep(std::time::Duration::from_millis(50)),
    )
}

fn while_denied(attempts: u32, mut rename: impl FnMut() -> io::Result<()>, mut pause: impl FnMut()) -> io::Result<()> {
    for _ in 1..attempts {
        match rename() {
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => pause(),
            result => return result,
        }
    }
    rename()
}

/// Syncs the directory entry. Windows has no call for that and does it by itself.
pub(super) fn sync_directory_of(path: &Path) -> io::Result<()> {
    let directory = path.parent().filter(|directory| !directory.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if cfg!(windows) {
        return Ok(());
    }
    // The file itself is synced; some file systems have no call for its directory.
    tolerated(file_system::sync_directory(directory))
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

    #[test]
    fn without_hard_links_an_empty_file_reserves_the_name() {
        let directory = tempfile::tempdir().unwrap();
        let (from, to) = (directory.path().join("a.part"), directory.path().join("a"));
        let unsupported = || Err(io::ErrorKind::Unsupported.into());
        fs::write(&from, "new").unwrap();
        linked_or_reserved(unsupported(), &from, &to).unwrap();
        assert_eq!((fs::read(&to).unwrap(), from.exists()), (b"new".to_vec(), false));
        fs::write(&from, "newer").unwrap();
        let refused = linked_or_reserved(unsupported(), &from, &to).unwrap_err();
        assert_eq!((refused.kind(), fs::read(&to).unwrap()), (io::ErrorKind::AlreadyExists, b"new".to_vec()));
        // A failed attempt leaves no empty file.
        fs::remove_file(&from).unwrap();
        fs::remove_file(&to).unwrap();
        assert!(linked_or_reserved(unsupported(), &from, &to).is_err() && !to.exists());
    }

    #[test]
    fn a_file_that_another_program_has_open_is_renamed_later() {
        use io::ErrorKind::{NotFound, PermissionDenied};
        for (attempts, fails, made, paused, is_renamed) in [
            (1, PermissionDenied, 1, 0, false),
            (3, PermissionDenied, 3, 2, true),
            (2, PermissionDenied, 2, 1, false),
            (3, NotFound, 1, 0, false),
        ] {
            let (mut renames, mut pauses) = (0, 0);
            let rename = || {
                renames += 1;
                if renames == 3 { Ok(()) } else { Err(fails.into()) }
            };
            let renamed = while_denied(attempts, rename, || pauses += 1);
            assert_eq!((renames, pauses, renamed.is_ok()), (made, paused, is_renamed), "{attempts} {fails}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn the_directory_of_a_file_is_synced() {
        let directory = tempfile::tempdir().unwrap();
        assert!(sync_directory_of(&directory.path().join("a")).is_ok());
        assert!(sync_directory_of(&directory.path().join("missing/a")).is_err());
        assert!(sync_directory_of(Path::new("a")).is_ok());
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_directory_that_cannot_be_synced() {
        for (code, ok) in [(22, true), (38, true), (95, true), (5, false), (28, false)] {
            assert_eq!(tolerated(Err(io::Error::from_raw_os_error(code))).is_ok(), ok, "{code}");
        }
    }
}
