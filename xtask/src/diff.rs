//! `cargo xtask diff`: the changes between two documents, and what each breaks.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;

use clap::{Args, ValueEnum};
use openapi_client_codegen::diff::Drift;
use openapi_client_codegen::overlay::{self, Overlay};
use openapi_client_codegen::{Error, source};
use serde_json::Value;

use crate::Exit;
use crate::generation::Generation;
use crate::input::Input;
use crate::problem::Problem;
use crate::workspace::Workspace;

/// The arguments of `cargo xtask diff`.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// The old document as JSON, as YAML, or as a docs page in Markdown that holds one of these; `-` reads stdin
    #[arg(value_name = "OLD", required_unless_present = "rev", requires = "new")]
    old: Option<PathBuf>,
    /// The new document
    #[arg(value_name = "NEW")]
    new: Option<PathBuf>,
    /// Compare the vendored document as it was at this revision with the one in the tree
    #[arg(long, value_name = "GITREV", conflicts_with_all = ["old", "new"])]
    rev: Option<String>,
    /// How to print the report
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// The format of a report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For a terminal
    #[default]
    Text,
    /// For a program
    Json,
    /// For a pull request
    Markdown,
}

impl Format {
    /// The report in this format.
    pub(crate) fn of(self, drift: &Drift) -> String {
        match self {
            Self::Text => drift.to_text(),
            Self::Json => drift.to_json(),
            Self::Markdown => drift.to_markdown(),
        }
    }
}

/// A document and its name in messages.
#[derive(Debug)]
struct Subject {
    name: String,
    document: Value,
}

/// Prints the changes, and returns the exit status.
///
/// # Errors
///
/// When a document cannot be read, or is not OpenAPI.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<Exit, Problem> {
    let (old, new) = match (&options.rev, &options.old, &options.new) {
        (Some(rev), ..) => vendored(workspace, rev)?,
        (None, Some(old), Some(new)) => (read(old)?, read(new)?),
        // clap asks for them.
        _ => return Err(no_documents()),
    };
    let drift = compare(old, new)?;
    let mut stdout = io::stdout();
    stdout
        .write_all(options.format.of(&drift).as_bytes())
        .map_err(|error| Problem::new("cannot write to stdout", error, "send it to a file or a program that reads"))?;
    Ok(end(&drift))
}

/// The exit status for these differences.
pub(crate) fn end(drift: &Drift) -> Exit {
    if drift.is_breaking() {
        return Exit::Breaking;
    }
    // An unclassified change may break clients, too.
    if drift.is_unclear() {
        return Exit::Failed;
    }
    if drift.is_empty() { Exit::Done } else { Exit::OutOfDate }
}

/// Compares two documents; both clients are generated at the same time, each in a child process.
fn compare(old: Subject, new: Subject) -> Result<Drift, Problem> {
    let what = format!("cannot compare `{}` with `{}`", old.name, new.name);
    let (before, after) = thread::scope(|scope| {
        let before = scope.spawn(|| Generation::of(old.document));
        let after = Generation::of(new.document);
        (before.join(), after)
    });
    let before = before.map_err(|_| Problem::new(&what, "a thread panicked", "run the command again"))?;
    before?
        .drift_to(&after?)
        .map_err(|error| Problem::new(what, error, "pass two documents of OpenAPI 3: cargo xtask diff OLD NEW"))
}

fn read(path: &Path) -> Result<Subject, Problem> {
    let input = Input::read(path, io::stdin())?;
    let document = source::read(&input.text).map_err(|error| no_document(&input.origin.location, &error))?;
    Ok(Subject { name: path.display().to_string(), document })
}

/// The vendored document as it was, and as it is.
///
/// The overlay is applied to both. If one of the two has no overlay yet, the published documents are compared; otherwise
/// the whole overlay would be a change.
fn vendored(workspace: &Workspace, rev: &str) -> Result<(Subject, Subject), Problem> {
    let mut pairs = Vec::new();
    for name in [Some(rev), None] {
        let document = shown(workspace, name, &workspace.document());
        let text = text(workspace, name, &workspace.document())?;
        let parsed = source::read(&text).map_err(|error| no_document(&document, &error))?;
        // A revision older than the overlay lacks the file; git gives the same error for any other reason.
        let overlay = self::text(workspace, name, &workspace.overlay()).ok();
        let overlay = overlay.map(|text| Overlay::parse(&text)).transpose().map_err(|error| {
            let what = format!("`{}` is no overlay", shown(workspace, name, &workspace.overlay()));
            Problem::new(what, error, "cargo xtask check says what is wrong with the one in the tree")
        })?;
        pairs.push((document, parsed, overlay));
    }
    let both = pairs.iter().all(|(_, _, overlay)| overlay.is_some());
    let mut subjects = pairs.into_iter().map(|(name, document, overlay)| {
        let document = match overlay.filter(|_| both) {
            Some(overlay) => overlay::apply(&document, &overlay).document,
            None => document,
        };
        Subject { name, document }
    });
    let (old, new) = (subjects.next(), subjects.next());
    old.zip(new).ok_or_else(no_documents)
}

/// A file as a commit holds it, or as the tree does.
fn text(workspace: &Workspace, rev: Option<&str>, path: &Path) -> Result<String, Problem> {
    let name = shown(workspace, rev, path);
    let Some(rev) = rev else {
        let fix = format!("git checkout -- {name}");
        return fs::read_to_string(path).map_err(|error| Problem::of_path("read", path, error, fix));
    };
    let fix = "pass a revision that holds openapi/openapi.json: cargo xtask diff --rev HEAD~1";
    let problem = |why: &dyn std::fmt::Display| Problem::new(format!("cannot read `{name}`"), why, fix);
    if rev.starts_with('-') {
        return Err(problem(&"a revision does not start with `-`"));
    }
    let mut git = Command::new("git");
    git.args(["show", &name]).current_dir(workspace.root());
    let output = git.output().map_err(|error| problem(&format!("git cannot be started: {error}")))?;
    if !output.status.success() {
        return Err(problem(&String::from_utf8_lossy(&output.stderr).trim()));
    }
    String::from_utf8(output.stdout).map_err(|error| problem(&error))
}

/// A file as git names it: from the root of the checkout, at a revision.
fn shown(workspace: &Workspace, rev: Option<&str>, path: &Path) -> String {
    let path = workspace.shown(path);
    // The workspace may be in a subfolder of the repository.
    rev.map_or_else(|| path.clone(), |rev| format!("{rev}:./{path}"))
}

fn no_document(name: &str, error: &Error) -> Problem {
    let what = format!("`{name}` holds no OpenAPI document");
    Problem::new(what, error, "pass the document as JSON, as YAML, or as a docs page in Markdown")
}

fn no_documents() -> Problem {
    Problem::new("there is nothing to compare", "OLD and NEW are missing", "cargo xtask diff OLD NEW")
}
