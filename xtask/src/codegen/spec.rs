//! `cargo xtask codegen --spec FILE`: one document to one module of Rust.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::worker::{self, Answer, Client, Failure};
use crate::End;
use crate::input::Input;
use crate::problem::Problem;
use crate::replace::replace_all;

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
pub(crate) fn run(input: &Input, targets: Targets<'_>) -> Result<End, Problem> {
    let Answer { client, rejections } = worker::ask(&input.text)?;
    for rejection in &rejections {
        eprintln!("rejected: {} at {}: {}", rejection.code, rejection.pointer, rejection.reason);
    }
    if let Some(rejection) = rejections.first() {
        eprintln!("note: `cargo xtask explain {}` says what a code means", rejection.code);
    }
    let client = client.map_err(|failure| problem(&input.origin.location, failure))?;
    write(&client, targets)?;
    Ok(End::Done)
}

fn write(client: &Client, targets: Targets<'_>) -> Result<(), Problem> {
    let file = |path: Option<&Path>, text: &str| path.map(|path| (PathBuf::from(path), text.to_owned()));
    let files = [file(targets.report, &client.report), file(targets.rust, &client.rust)];
    let files: Vec<_> = files.into_iter().flatten().collect();
    replace_all(&files)?;
    if targets.rust.is_some() {
        return Ok(());
    }
    let result = io::stdout().write_all(client.rust.as_bytes());
    result.map_err(|error| Problem::new("cannot write to stdout", error, "pass a file: --out FILE.rs"))
}

/// Why there is no client, and what to do about it.
fn problem(name: &str, failure: Failure) -> Problem {
    let what = format!("no client can be generated from `{name}`; nothing was written");
    match failure {
        Failure::Rejected => Problem::new(
            what,
            "the document as a whole is rejected, for the reasons above",
            "change what they point at, or pass another document",
        ),
        Failure::Unreadable(why) => {
            Problem::new(what, why, "pass an OpenAPI 3.1 document as JSON, as YAML, or as a docs page in Markdown")
        }
        Failure::Uncoded(why) => Problem::new(
            what,
            format!("{why}\nthe document holds a construct that no rule of the lowering takes before the generator"),
            "remove halves of the document until it generates; add the rule for what is left to `openapi/codegen/src/lower`",
        ),
    }
}
