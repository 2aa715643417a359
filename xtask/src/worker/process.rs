//! A child process with a bound on its time.

use std::io::{self, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// How much of what a child prints to stderr is kept.
const MOST_WORDS: u64 = 64 * 1024;

/// How a child ended.
#[derive(Debug)]
pub(crate) enum Ending {
    /// By itself or by the system, with what it printed to stderr.
    Ended { status: ExitStatus, words: String },
    /// It was killed after this long.
    TimedOut(Duration),
}

/// Runs a command to its end, or kills it when it takes longer than `limit`.
///
/// The caller connects stdout to a file, so that no thread has to drain it.
///
/// # Errors
///
/// When the system does not start the command.
pub(crate) fn run(command: &mut Command, limit: Duration) -> io::Result<Ending> {
    let mut child = command.stderr(Stdio::piped()).spawn()?;
    // A child that ends closes its stderr, so the end of that stream is the end to wait for.
    let stderr = child.stderr.take();
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || sender.send(stderr.map(read_words).unwrap_or_default()));
    match receiver.recv_timeout(limit) {
        Ok(words) => Ok(Ending::Ended { status: child.wait()?, words }),
        Err(_) => {
            kill(&mut child)?;
            Ok(Ending::TimedOut(limit))
        }
    }
}

fn kill(child: &mut Child) -> io::Result<()> {
    child.kill()?;
    child.wait()?;
    Ok(())
}

fn read_words(mut stderr: impl Read) -> String {
    let mut words = Vec::new();
    // What cannot be read is not known; how the child ended still is.
    let _ = stderr.by_ref().take(MOST_WORDS).read_to_end(&mut words);
    let _ = io::copy(&mut stderr, &mut io::sink());
    String::from_utf8_lossy(&words).into_owned()
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn shell(script: &str, limit: Duration) -> Ending {
        run(Command::new("sh").args(["-c", script]).stdin(Stdio::null()).stdout(Stdio::null()), limit).unwrap()
    }

    #[test]
    fn what_a_child_says_and_how_it_ends_are_kept() {
        let Ending::Ended { status, words } = shell("echo a b >&2; exit 3", Duration::from_secs(60)) else {
            panic!("it was killed");
        };
        assert_eq!((status.code(), words.as_str()), (Some(3), "a b\n"));
    }

    #[test]
    fn a_child_that_prints_without_end_does_not_fill_the_memory() {
        let Ending::Ended { words, .. } = shell("head -c 1000000 /dev/zero >&2", Duration::from_secs(60)) else {
            panic!("it was killed");
        };
        assert_eq!(words.len() as u64, MOST_WORDS);
    }

    #[test]
    fn a_child_that_hangs_is_killed() {
        let limit = Duration::from_millis(50);
        assert!(matches!(shell("exec sleep 1000", limit), Ending::TimedOut(after) if after == limit));
    }
}
