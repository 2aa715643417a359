//! The calls that make a file last, in one place, so that a unit test sees their order and can let one fail.

use std::fs::{self, File};
use std::io;
use std::path::Path;

/// Syncs the content of a file.
pub(crate) fn sync(file: &File) -> io::Result<()> {
    calling(|| format!("sync {} bytes", file.metadata().map_or(0, |found| found.len())))?;
    file.sync_all()
}

/// Syncs the names of the files in a directory.
pub(super) fn sync_directory(directory: &Path) -> io::Result<()> {
    calling(|| "sync the directory".to_owned())?;
    File::open(directory)?.sync_all()
}

pub(super) fn rename(from: &Path, to: &Path) -> io::Result<()> {
    calling(|| format!("rename {} to {}", name(from), name(to)))?;
    fs::rename(from, to)
}

pub(super) fn hard_link(from: &Path, to: &Path) -> io::Result<()> {
    calling(|| format!("link {} as {}", name(from), name(to)))?;
    fs::hard_link(from, to)
}

fn name(path: &Path) -> std::path::Display<'_> {
    path.file_name().map_or(path, Path::new).display()
}

/// Only a unit test looks.
#[cfg(not(all(test, unix)))]
fn calling(_: impl FnOnce() -> String) -> io::Result<()> {
    Ok(())
}

#[cfg(all(test, unix))]
use watched::calling;

/// The calls that work makes on this thread.
#[cfg(all(test, unix))]
pub(crate) mod watched {
    use std::cell::RefCell;
    use std::io;

    thread_local! {
        static WATCHED: RefCell<Option<Watched>> = const { RefCell::new(None) };
    }

    struct Watched {
        calls: Vec<String>,
        failing: Option<(&'static str, i32)>,
    }

    pub(super) fn calling(call: impl FnOnce() -> String) -> io::Result<()> {
        WATCHED.with_borrow_mut(|watched| {
            let Some(watched) = watched else { return Ok(()) };
            watched.calls.push(call());
            match watched.failing {
                Some((failing, code)) if watched.calls.last().is_some_and(|call| call == failing) => {
                    Err(io::Error::from_raw_os_error(code))
                }
                _ => Ok(()),
            }
        })
    }

    /// Does work, and returns the calls that it made, of which one fails with this error of the system.
    pub(crate) fn watch<T>(failing: Option<(&'static str, i32)>, work: impl FnOnce() -> T) -> (T, Vec<String>) {
        WATCHED.set(Some(Watched { calls: Vec::new(), failing }));
        let result = work();
        let calls = WATCHED.take().map(|watched| watched.calls).unwrap_or_default();
        (result, calls)
    }
}
