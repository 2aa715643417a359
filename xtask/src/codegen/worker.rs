//! Generating from any document, in a process of its own.
//!
//! The generator may do what no error value can hold: overflow its stack, which aborts, take all memory, or never end. So
//! the program runs itself again with a hidden command, hands it the document in a file and takes the answer from another.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

use openapi_client_codegen::{Entry, Error, source};
use serde::{Deserialize, Serialize};

use super::memory;
use super::process::{self, Ending};
use crate::End;
use crate::generate::{Refusal, generate};
use crate::problem::Problem;

/// The hidden command.
pub(crate) const COMMAND: &str = "generate-here";

/// How long a document may take. The largest published ones take a few seconds.
pub(crate) const LIMIT: Duration = Duration::from_secs(120);

/// What became of a document.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Answer {
    pub(crate) client: Result<Client, Failure>,
    /// What no code could be generated for: operations that are left out, or why there is no client at all.
    pub(crate) rejections: Vec<Rejection>,
}

/// A generated client.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Client {
    pub(crate) rust: String,
    /// The report as Markdown.
    pub(crate) report: String,
    /// The Rust type of each component of the document that has one.
    pub(crate) type_names: BTreeMap<String, String>,
}

/// Why there is no client.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Failure {
    /// The rejections say why.
    Rejected,
    /// The text is no document.
    Unreadable(String),
    /// The generator gave up, without a code.
    Uncoded(String),
}

/// A construct that is refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Rejection {
    pub(crate) code: String,
    pub(crate) pointer: String,
    pub(crate) reason: String,
}

impl Answer {
    fn failed(failure: Failure) -> Self {
        Self { client: Err(failure), rejections: Vec::new() }
    }

    /// What becomes of the text of a document, in this process.
    fn of_text(text: &str) -> Self {
        let document = match source::read(text) {
            Ok(document) => document,
            Err(error) => return Self::of_error(error),
        };
        match generate(&document) {
            Ok(generated) => Self {
                rejections: generated.report.rejections().map(Rejection::of).collect(),
                client: Ok(Client {
                    rust: generated.rust,
                    report: generated.report.to_markdown(),
                    type_names: generated.type_names,
                }),
            },
            Err(Refusal::Error(error)) => Self::of_error(error),
            Err(refusal @ Refusal::Panic(_)) => Self::failed(Failure::Uncoded(refusal.to_string())),
        }
    }

    fn of_error(error: Error) -> Self {
        match error {
            Error::Rejected(entries) => {
                Self { client: Err(Failure::Rejected), rejections: entries.iter().map(Rejection::of).collect() }
            }
            error @ Error::Unreadable { .. } => Self::failed(Failure::Unreadable(error.to_string())),
            error => Self::failed(Failure::Uncoded(error.to_string())),
        }
    }
}

impl Rejection {
    fn of(entry: &Entry) -> Self {
        Self { code: entry.code.to_string(), pointer: entry.pointer.to_string(), reason: entry.reason.clone() }
    }
}

/// Where the two processes leave things for each other.
#[derive(Debug)]
struct Exchange {
    document: PathBuf,
    answer: PathBuf,
}

impl Exchange {
    fn in_folder(folder: &Path) -> Self {
        Self { document: folder.join("document"), answer: folder.join("answer.json") }
    }
}

/// What the hidden command does: reads the document, generates, and leaves the answer.
///
/// # Errors
///
/// When the files in the folder cannot be read or written. More memory than [`memory::LIMIT`] aborts the process.
pub(crate) fn work(folder: &Path) -> Result<End, Problem> {
    let fix = "this command is not for people; run cargo xtask codegen --spec FILE";
    memory::bound();
    let Exchange { document, answer: path } = Exchange::in_folder(folder);
    let text = fs::read_to_string(&document).map_err(|error| Problem::of_path("read", &document, error, fix))?;
    let answer = serde_json::to_vec(&Answer::of_text(&text))
        .map_err(|error| Problem::new("cannot write the answer", error, fix))?;
    fs::write(&path, answer).map_err(|error| Problem::of_path("write", &path, error, fix))?;
    Ok(End::Done)
}

/// Generates from the text of a document in a child process.
///
/// A child that aborts or takes too long gives an answer too: a failure without a code.
///
/// # Errors
///
/// When there is no child: the system does not start it, or has no place for the document.
pub(crate) fn ask(text: &str) -> Result<Answer, Problem> {
    let fix = "make sure that the folder for temporary files has space and is writable, then run the command again";
    let problem = |error| Problem::new("cannot generate in a process of its own", error, fix);
    let folder = tempfile::tempdir().map_err(problem)?;
    let exchange = Exchange::in_folder(folder.path());
    fs::write(&exchange.document, text).map_err(problem)?;
    let program = program().map_err(problem)?;
    let mut command = Command::new(program);
    command.arg(COMMAND).arg(folder.path()).stdin(Stdio::null()).stdout(Stdio::null());
    let failure = match process::run(&mut command, LIMIT).map_err(problem)? {
        Ending::TimedOut(limit) => format!("the generator did not end within {} s and was stopped", limit.as_secs()),
        Ending::Ended { status, words } => match read_answer(&exchange.answer) {
            Some(answer) if status.success() => return Ok(answer),
            _ => abort_message(status, &words),
        },
    };
    Ok(Answer::failed(Failure::Uncoded(failure)))
}

/// Where this program is. To be called before anything may build it anew: after that the system knows the running one
/// only as deleted, while the new one, at the same place, is as good.
pub(crate) fn program() -> std::io::Result<&'static Path> {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    if let Some(program) = PROGRAM.get() {
        return Ok(program);
    }
    let program = std::env::current_exe()?;
    Ok(PROGRAM.get_or_init(|| program))
}

fn read_answer(path: &Path) -> Option<Answer> {
    serde_json::from_slice(&fs::read(path).ok()?).ok()
}

/// What to say of a generator that left no answer.
fn abort_message(status: ExitStatus, words: &str) -> String {
    let words: Vec<_> = words.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let words = words[words.len().saturating_sub(3)..].join("; ");
    let words = if words.is_empty() { String::new() } else { format!(": {words}") };
    format!("the generator aborted ({status}){words}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::DOCUMENT;

    #[test]
    fn a_document_gives_a_client() {
        let answer = Answer::of_text(DOCUMENT);
        assert_eq!(answer.rejections, []);
        let client = answer.client.unwrap();
        assert!(client.rust.contains("pub struct Client"));
        assert!(client.report.starts_with("# What became"));
    }

    #[test]
    fn a_text_that_is_no_document_is_unreadable() {
        for text in ["{\"openapi\": ", "openapi: [", "text"] {
            assert!(matches!(Answer::of_text(text).client, Err(Failure::Unreadable(_))), "{text}");
        }
    }

    #[test]
    fn an_answer_survives_the_way_between_the_processes() {
        let answer = Answer::of_text(&DOCUMENT.replacen("3.1.0", "2.0", 1));
        assert_eq!(answer.client.as_ref().unwrap_err(), &Failure::Rejected);
        let back: Answer = serde_json::from_slice(&serde_json::to_vec(&answer).unwrap()).unwrap();
        assert_eq!(back.rejections, answer.rejections);
        assert_eq!(back.rejections[0].code, "R003");
    }
}
