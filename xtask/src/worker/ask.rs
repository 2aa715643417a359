//! The parent process: starts the child and takes its answer.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

use super::answer::{Answer, Refusal};
use super::exchange::Exchange;
use super::process::{self, Ending};
use crate::problem::Problem;

/// How long a document may take. The largest published ones take a few seconds.
const LIMIT: Duration = Duration::from_secs(120);

/// Generates from the text of a document in a child process.
///
/// A child that aborts or takes too long gives an answer too: a refusal.
///
/// # Errors
///
/// Only for I/O errors: the child cannot be started, or the document cannot be written to a temporary file.
pub(crate) fn ask(text: &str) -> Result<Answer, Problem> {
    let fix = "make sure that the folder for temporary files has space and is writable, then run the command again";
    let problem = |error| Problem::new("cannot generate in a child process", error, fix);
    let folder = tempfile::tempdir().map_err(problem)?;
    let exchange = Exchange::in_folder(folder.path());
    fs::write(&exchange.document, text).map_err(problem)?;
    let mut command = child(folder.path()).map_err(problem)?;
    // The child ends when this pipe is closed: also when this process is killed.
    command.stdin(Stdio::piped()).stdout(Stdio::null());
    let refusal = match process::run(&mut command, LIMIT).map_err(problem)? {
        Ending::TimedOut(limit) => {
            Refusal::of_generator(format!("did not end within {} s and was stopped", limit.as_secs()))
        }
        Ending::Ended { status, words } => match exchange.read_answer() {
            Some(answer) if status.success() => return Ok(answer),
            _ => aborted(status, &words),
        },
    };
    Ok(Err(refusal))
}

/// The path of this program.
///
/// To be called before cargo builds the program again: the system then reports the running file as deleted, although the
/// new one is at the same path.
///
/// # Errors
///
/// When the system does not know the path.
pub(crate) fn program() -> io::Result<&'static Path> {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    if let Some(program) = PROGRAM.get() {
        return Ok(program);
    }
    let program = std::env::current_exe()?;
    Ok(PROGRAM.get_or_init(|| program))
}

#[cfg(not(test))]
fn child(folder: &Path) -> io::Result<Command> {
    let mut command = Command::new(program()?);
    command.arg(super::COMMAND).arg(folder);
    Ok(command)
}

/// In unit tests this program is the test harness, so the child is the test that does the work.
#[cfg(test)]
fn child(folder: &Path) -> io::Result<Command> {
    let mut command = Command::new(program()?);
    command.args(["--exact", "worker::ask::tests::the_child_works"]).env(tests::FOLDER, folder);
    Ok(command)
}

/// The refusal for a child that left no answer.
fn aborted(status: ExitStatus, words: &str) -> Refusal {
    let words: Vec<_> = words.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let words = words[words.len().saturating_sub(3)..].join("; ");
    let words = if words.is_empty() { String::new() } else { format!(": {words}") };
    Refusal::of_generator(format!("aborted ({status}){words}"))
}

#[cfg(test)]
mod tests {
    use std::env;

    use super::*;
    use crate::testing::DOCUMENT;

    /// The variable that names the folder to the child.
    pub(super) const FOLDER: &str = "XTASK_WORKER_FOLDER";

    /// The child of the unit tests; without the variable it has nothing to do.
    #[test]
    fn the_child_works() {
        if let Some(folder) = env::var_os(FOLDER) {
            crate::worker::work(Path::new(&folder)).unwrap();
        }
    }

    #[test]
    fn the_answer_of_the_child_is_taken() {
        assert!(ask(DOCUMENT).unwrap().unwrap().rust.contains("pub struct Client"));
        assert!(matches!(ask("text").unwrap(), Err(Refusal::Unreadable(_))));
    }
}
