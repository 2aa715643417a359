//! `cargo xtask codegen --spec FILE`: one document to one module of Rust.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use openapi_client_codegen::Entry;

use crate::Exit;
use crate::input::Input;
use crate::problem::Problem;
use crate::replace::replace_all;
use crate::worker::{self, Client, Refusal};

/// Where the Rust and the report go.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Targets<'a> {
    /// stdout when there is none.
    pub(crate) rust: Option<&'a Path>,
    pub(crate) report: Option<&'a Path>,
}

/// Generates from a document and says what could not be.
///
/// # Errors
///
/// When no client can be generated, or a file cannot be read or written.
pub(crate) fn run(input: &Input, targets: Targets<'_>) -> Result<Exit, Problem> {
    let answer = worker::ask(&input.text)?;
    print_rejections(&match &answer {
        Ok(client) => client.report.rejections().cloned().collect(),
        Err(refusal) => refusal.rejections().to_vec(),
    });
    let client = answer.map_err(|refusal| problem(&input.origin.location, &refusal))?;
    write(&client, targets)?;
    Ok(Exit::Done)
}

fn print_rejections(rejections: &[Entry]) {
    for Entry { code, pointer, reason, .. } in rejections {
        eprintln!("rejected: {code} at {pointer}: {reason}");
    }
    if let Some(Entry { code, .. }) = rejections.first() {
        eprintln!("note: `cargo xtask explain {code}` says what a code means");
    }
}

fn write(client: &Client, targets: Targets<'_>) -> Result<(), Problem> {
    let file = |path: Option<&Path>, text: &str| path.map(|path| (PathBuf::from(path), text.to_owned()));
    let files = [file(targets.report, &client.report.to_markdown()), file(targets.rust, &client.rust)];
    let files: Vec<_> = files.into_iter().flatten().collect();
    replace_all(&files)?;
    if targets.rust.is_some() {
        return Ok(());
    }
    let result = io::stdout().write_all(client.rust.as_bytes());
    result.map_err(|error| Problem::new("cannot write to stdout", error, "pass a file: --out FILE.rs"))
}

fn problem(name: &str, refusal: &Refusal) -> Problem {
    let what = format!("no client can be generated from `{name}`; nothing was written");
    match refusal {
        Refusal::Rejected(_) => Problem::new(
            what,
            "the document as a whole is rejected, for the reasons above",
            "change what they point at, or pass another document",
        ),
        Refusal::Unreadable(_) | Refusal::Unknown(_) => Problem::new(what, refusal, refusal.fix()),
    }
}
