//! Writing several files as one step: all of them, or none.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::problem::Problem;

const FIX: &str = "make the folder and the files in it writable, then run the command again";

/// Whether a file had to be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    Changed,
    Unchanged,
}

/// Gives each file its text, and says which of them had another one before.
///
/// A file that has its text already is not touched, so that nothing is rebuilt for its sake. The others are written
/// beside their targets first and renamed when all are on disk, so a reader sees old or new, never a part.
///
/// # Errors
///
/// When a file cannot be read, written or renamed. The files are then as they were, or the error names those that
/// could not be put back.
pub(crate) fn replace_all(files: &[(PathBuf, String)]) -> Result<Vec<Change>, Problem> {
    let staged = files.iter().map(|(path, text)| Staged::new(path, text)).collect::<Result<Vec<_>, _>>()?;
    let changes = staged.iter().map(|staged| if staged.is_some() { Change::Changed } else { Change::Unchanged });
    let changes = changes.collect();
    commit(staged.into_iter().flatten().collect())?;
    Ok(changes)
}

/// A new text that waits on disk, beside the file it will replace.
struct Staged {
    target: PathBuf,
    temporary: NamedTempFile,
    previous: Option<Vec<u8>>,
}

impl Staged {
    /// `None` when the target has this text already.
    fn new(target: &Path, text: &str) -> Result<Option<Self>, Problem> {
        let problem = |error: io::Error| Problem::of_path("write", target, error, FIX);
        let previous = read_if_there(target).map_err(problem)?;
        if previous.as_deref() == Some(text.as_bytes()) {
            return Ok(None);
        }
        let mut temporary = temporary_beside(target).map_err(problem)?;
        temporary.write_all(text.as_bytes()).map_err(problem)?;
        temporary.as_file().sync_all().map_err(problem)?;
        Ok(Some(Self { target: target.to_owned(), temporary, previous }))
    }
}

fn commit(staged: Vec<Staged>) -> Result<(), Problem> {
    let mut done: Vec<(PathBuf, Option<Vec<u8>>)> = Vec::new();
    for Staged { target, temporary, previous } in staged {
        if let Err(error) = temporary.persist(&target) {
            let problem = Problem::of_path("write", &target, error.error, FIX);
            return Err(undo(done, problem));
        }
        done.push((target, previous));
    }
    Ok(())
}

/// Puts back what was renamed before the one that failed.
fn undo(done: Vec<(PathBuf, Option<Vec<u8>>)>, mut problem: Problem) -> Problem {
    for (target, previous) in done {
        let result = match previous {
            Some(bytes) => fs::write(&target, bytes),
            None => fs::remove_file(&target),
        };
        if let Err(error) = result {
            problem.why.push_str(&format!("\n`{}` could not be put back: {error}", target.display()));
        }
    }
    problem
}

fn read_if_there(path: &Path) -> io::Result<Option<Vec<u8>>> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn temporary_beside(target: &Path) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".regen-");
    // A temporary file is private by default; this one is to be as readable as any file of the workspace.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder.tempfile_in(target.parent().unwrap_or(Path::new("")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<_> =
            fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn only_what_differs_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::write(path("same"), "1").unwrap();
        fs::write(path("other"), "1").unwrap();
        let files =
            ["same", "other", "new"].map(|name| (path(name), if name == "same" { "1" } else { "2" }.to_owned()));
        assert_eq!(replace_all(&files).unwrap(), [Change::Unchanged, Change::Changed, Change::Changed]);
        assert_eq!(replace_all(&files).unwrap(), [Change::Unchanged; 3]);
        assert_eq!(fs::read_to_string(path("other")).unwrap(), "2");
        assert_eq!(names(folder.path()), ["new", "other", "same"]);
    }

    #[test]
    fn a_rename_that_fails_puts_back_what_went_before() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::write(path("a"), "old").unwrap();
        let staged = ["a", "b", "c"].map(|name| Staged::new(&path(name), "new").unwrap().unwrap());
        // What stands in the way appears after the files were staged, as another program could make it.
        fs::create_dir(path("c")).unwrap();
        let problem = commit(staged.into()).unwrap_err();
        assert!(problem.what.starts_with("cannot write `"), "{problem}");
        assert_eq!(fs::read_to_string(path("a")).unwrap(), "old");
        assert_eq!(names(folder.path()), ["a", "c"]);
    }

    #[test]
    fn a_folder_that_is_none_is_named() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("openapi"), "").unwrap();
        let target = folder.path().join("openapi").join("openapi.json");
        let problem = replace_all(&[(target.clone(), "1".into())]).unwrap_err();
        assert_eq!(problem.what, format!("cannot write `{}`", target.display()));
        assert_eq!(problem.fix, FIX);
    }
}
