//! Small helpers for files on disk.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::file_system::sync;
use super::publish::{Clobber, Durability, publish};
use crate::client::causes;
use crate::error::{Error, ErrorKind};

/// The path with `ending` appended to its file name.
pub(crate) fn beside(target: &Path, ending: &str) -> PathBuf {
    let mut path = target.as_os_str().to_owned();
    path.push(ending);
    path.into()
}

/// Replaces a small file atomically: a crash leaves the old content or the new. If durably, it is synced before it gets its name,
/// and its directory after that.
pub(crate) fn replace(path: &Path, bytes: &[u8], durability: Durability) -> io::Result<()> {
    let temporary = beside(path, ".new");
    // Left by a crash, or a link that somebody planted.
    let _ = fs::remove_file(&temporary);
    let mut file = File::create_new(&temporary)?;
    let written = file.write_all(bytes).and_then(|()| match durability {
        Durability::Synced => sync(&file).or_else(|error| if cannot_sync(&error) { Ok(()) } else { Err(error) }),
        Durability::Cached => Ok(()),
    });
    drop(file);
    let replaced = written.and_then(|()| publish(&temporary, path, Clobber::Replace, durability));
    if replaced.is_err() {
        let _ = fs::remove_file(&temporary);
    }
    replaced
}

/// Replaces a small file atomically and durably, for the command `mint`.
#[cfg(feature = "cli")]
pub fn replace_file(path: &Path, bytes: &[u8]) -> io::Result<()> {
    replace(path, bytes, Durability::Synced)
}

/// Whether a file system cannot do what it was asked for, such as lock a file or sync a directory.
///
/// `ENOLCK` is what NFS answers without its lock service; the numbers are those of the system's `errno.h`.
pub(crate) fn is_unsupported(error: &io::Error) -> bool {
    let codes: &[i32] = if cfg!(any(target_os = "linux", target_os = "android")) {
        // ENOLCK, ENOSYS, EOPNOTSUPP.
        &[37, 38, 95]
    } else if cfg!(unix) {
        // ENOTSUP, ENOLCK, ENOSYS, EOPNOTSUPP of the BSDs and macOS.
        &[45, 77, 78, 102]
    } else {
        // ERROR_INVALID_FUNCTION, ERROR_NOT_SUPPORTED.
        &[1, 50]
    };
    error.kind() == io::ErrorKind::Unsupported || error.raw_os_error().is_some_and(|code| codes.contains(&code))
}

/// Whether a file system cannot sync what it was asked to sync.
pub(crate) fn cannot_sync(error: &io::Error) -> bool {
    is_unsupported(error) || error.kind() == io::ErrorKind::InvalidInput
}

/// Names the way out for a file system that cannot sync files.
pub(super) fn naming_skip_sync(error: io::Error) -> io::Error {
    if !cannot_sync(&error) {
        return error;
    }
    io::Error::new(io::ErrorKind::Unsupported, format!("{error}: the file system cannot sync files; use `skip_sync`"))
}

/// Whether an operation failed because the process, or the system, has no file descriptor left.
pub(super) fn is_out_of_files(error: &Error) -> bool {
    causes(error).any(|cause| cause.downcast_ref::<io::Error>().is_some_and(has_no_descriptor))
}

/// ENFILE and EMFILE, the same on every Unix; ERROR_TOO_MANY_OPEN_FILES on Windows.
fn has_no_descriptor(error: &io::Error) -> bool {
    let codes: &[i32] = if cfg!(unix) { &[23, 24] } else { &[4] };
    error.raw_os_error().is_some_and(|code| codes.contains(&code))
}

pub(super) fn io_error(verb: &str, path: &Path, error: io::Error) -> Error {
    let advice = match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "make room on the disk, then download again",
        io::ErrorKind::AlreadyExists => "another program made it meanwhile; choose another directory",
        io::ErrorKind::Unsupported => "or choose another directory",
        _ if has_no_descriptor(&error) => "lower `concurrency`, or raise the limit of open files (`ulimit -n`)",
        _ => "choose a directory that can be written to",
    };
    advised(verb, path, error, advice)
}

/// An error of a file: what could not be done, why, and what to do.
pub(crate) fn advised(verb: &str, path: &Path, error: io::Error, advice: &str) -> Error {
    let text = format!("could not {verb} `{}`: {error}; {advice}", path.display());
    Error::new(ErrorKind::Io, text).with_source(error)
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(unix)]
    use crate::download::file_system::watched::watch;

    #[cfg(unix)]
    #[test]
    fn a_small_file_is_on_the_disk_before_it_replaces_another() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a");
        let (sync, rename, sync_name) = ("sync 3 bytes", "rename a.new to a", "sync the directory");
        for (durability, failing, is_replaced, made) in [
            (Durability::Cached, None, true, &[rename][..]),
            (Durability::Synced, None, true, &[sync, rename, sync_name]),
            // EINVAL of a file system that cannot sync, and EIO.
            (Durability::Synced, Some((sync, 22)), true, &[sync, rename, sync_name]),
            (Durability::Synced, Some((sync, 5)), false, &[sync]),
            (Durability::Synced, Some((rename, 5)), false, &[sync, rename]),
        ] {
            fs::write(&path, "old").unwrap();
            let (replaced, calls) = watch(failing, || replace(&path, b"new", durability));
            let content = if is_replaced { b"new" } else { b"old" };
            assert_eq!((replaced.is_ok(), &fs::read(&path).unwrap()[..]), (is_replaced, &content[..]), "{failing:?}");
            assert_eq!(calls, made, "{failing:?}");
            assert!(!beside(&path, ".new").exists(), "{failing:?}");
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn what_a_file_system_cannot_do() {
        for (code, unsupported, sync, out_of_files, advice) in [
            (37, true, true, false, "choose a directory"),
            (38, true, true, false, "or choose another directory"),
            (95, true, true, false, "or choose another directory"),
            (22, false, true, false, "choose a directory"),
            (5, false, false, false, "choose a directory"),
            (13, false, false, false, "choose a directory"),
            (28, false, false, false, "make room"),
            (23, false, false, true, "lower `concurrency`"),
            (24, false, false, true, "lower `concurrency`"),
        ] {
            let error = || io::Error::from_raw_os_error(code);
            assert_eq!((is_unsupported(&error()), cannot_sync(&error())), (unsupported, sync), "{code}");
            let told = io_error("write", Path::new("a"), error());
            assert_eq!(is_out_of_files(&told), out_of_files, "{code}");
            assert!(told.to_string().contains(advice), "{told}");
            let told = io_error("write", Path::new("a"), naming_skip_sync(error()));
            assert_eq!(told.to_string().contains("`skip_sync`"), sync, "{told}");
        }
    }
}
