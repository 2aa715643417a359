//! Files of a catalog on disk.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::Path;

use crate::client::Sha256;
use crate::download::{Clobber, Durability, advised, beside, hex, publish, replace, sync};
use crate::error::Error;

pub(super) fn io_error(verb: &str, path: &Path, error: io::Error) -> Error {
    let advice = match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "make room on the disk, then run again",
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => "make it writable, then run again",
        io::ErrorKind::NotFound => "check the path",
        _ => "check the file system, then run again",
    };
    advised(verb, path, error, advice)
}

/// Reads a text; `None` if there is no file.
pub(super) fn read_text(path: &Path) -> Result<Option<String>, Error> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(io_error("read", path, error)),
    }
}

/// Replaces a text file: if durably, it is synced before it gets its name, and its directory after that.
pub(super) fn write_text(path: &Path, text: &str, durability: Durability) -> Result<(), Error> {
    replace(path, text.as_bytes(), durability).map_err(|error| io_error("write", path, error))
}

/// The SHA-256 of a file, in hexadecimal; `None` if there is no file of that name. A link is no file.
pub(super) fn sha256(path: &Path) -> Result<Option<String>, Error> {
    let read = || -> io::Result<Option<String>> {
        if !fs::symlink_metadata(path)?.is_file() {
            return Ok(None);
        }
        let (mut file, mut hash) = (File::open(path)?, Sha256::default());
        let mut buffer = vec![0; 256 * 1024];
        loop {
            match file.read(&mut buffer)? {
                0 => return Ok(Some(hex(&hash.finalize()))),
                length => hash.update(&buffer[..length]),
            }
        }
    };
    match read() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        read => read.map_err(|error| io_error("read", path, error)),
    }
}

/// Moves a file to its place and replaces what has its name, also from another file system.
pub(super) fn move_file(from: &Path, to: &Path, clobber: Clobber) -> Result<(), Error> {
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder).map_err(|error| io_error("make", folder, error))?;
    }
    let moved = match publish(from, to, clobber, Durability::Synced) {
        Err(error) if error.kind() == io::ErrorKind::CrossesDevices => {
            let temporary = beside(to, ".new");
            let copied = fs::copy(from, &temporary).and_then(|_| sync(&File::open(&temporary)?));
            copied
                .and_then(|()| publish(&temporary, to, clobber, Durability::Synced))
                .map(|()| drop(fs::remove_file(from)))
        }
        moved => moved,
    };
    moved.map_err(|error| io_error("write", to, error))
}

/// Removes a file and the folders that it leaves empty, up to `root`.
pub(super) fn remove_file(root: &Path, path: &Path) -> Result<(), Error> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(io_error("remove", path, error)),
        _ => {}
    }
    for folder in path.ancestors().skip(1).take_while(|folder| *folder != root) {
        if fs::remove_dir(folder).is_err() {
            break;
        }
    }
    Ok(())
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use crate::download::watch;

    #[test]
    fn a_file_from_another_file_system_is_on_the_disk_before_the_first_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let (from, to) = (folder.path().join("a"), folder.path().join("b"));
        fs::write(&from, "abc").unwrap();
        // EXDEV.
        let (moved, calls) = watch(Some(("rename a to b", 18)), || move_file(&from, &to, Clobber::Replace));
        moved.unwrap();
        assert_eq!(calls, ["rename a to b", "sync 3 bytes", "rename b.new to b", "sync the directory"]);
        assert_eq!((fs::read(&to).unwrap(), from.exists()), (b"abc".to_vec(), false));
    }
}
