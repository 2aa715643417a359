//! Small helpers for files on disk.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::publish::rename;
use crate::error::{Error, ErrorKind};

/// The path with `ending` appended to its file name.
pub(super) fn beside(target: &Path, ending: &str) -> PathBuf {
    let mut path = target.as_os_str().to_owned();
    path.push(ending);
    path.into()
}

/// Replaces a small file atomically: a crash leaves the old content or the new.
pub(super) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let temporary = beside(path, ".new");
    // Left by a crash, or a link that somebody planted.
    let _ = fs::remove_file(&temporary);
    let mut file = File::create_new(&temporary)?;
    let written = file.write_all(bytes);
    drop(file);
    let replaced = written.and_then(|()| rename(&temporary, path));
    if replaced.is_err() {
        let _ = fs::remove_file(&temporary);
    }
    replaced
}

pub(super) fn io_error(verb: &str, path: &Path, error: io::Error) -> Error {
    let advice = match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "make room on the disk, then download again",
        io::ErrorKind::AlreadyExists => "another program made it meanwhile; choose another directory",
        _ => "choose a directory that can be written to",
    };
    let text = format!("could not {verb} `{}`: {error}; {advice}", path.display());
    Error::new(ErrorKind::Io, text).with_source(error)
}
