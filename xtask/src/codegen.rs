//! `cargo xtask codegen`: the whole pipeline on any document, or on a folder of them.

mod corpus;
mod folder;
mod spec;

use std::io;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::Exit;
use crate::input::Input;
use crate::problem::Problem;
use crate::workspace::Workspace;
use corpus::{Compile, Corpus};
use spec::Targets;

/// What `cargo xtask codegen` is given.
#[derive(Debug, Args)]
pub(crate) struct Options {
    #[command(flatten)]
    documents: Documents,
    /// Write the Rust here; without it, to stdout
    #[arg(long, value_name = "FILE.rs", conflicts_with = "corpus")]
    out: Option<PathBuf>,
    /// Write what became of every construct of the document here
    #[arg(long, value_name = "FILE.md", conflicts_with = "corpus")]
    report: Option<PathBuf>,
    /// Generate this operation only, and what it needs: an operationId, `METHOD /path` or `tag:NAME`; may be repeated
    #[arg(long, value_name = "OPERATION", conflicts_with = "corpus")]
    only: Vec<String>,
    /// Fail if anything is rejected, and write nothing then
    #[arg(long, conflicts_with = "corpus")]
    strict: bool,
    /// Generate only; compile nothing and read no examples
    #[arg(long, conflicts_with = "spec")]
    no_compile: bool,
    /// Do not compile what comes from a document with more bytes than this
    #[arg(long, value_name = "BYTES", default_value_t = 1_000_000, conflicts_with = "spec")]
    skip_over: u64,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct Documents {
    /// One document as JSON, as YAML, or as a docs page in Markdown that holds one of these, with the files of its folder
    /// that it refers to; `-` reads stdin
    #[arg(long, value_name = "FILE")]
    spec: Option<PathBuf>,
    /// A folder of documents as JSON or YAML: compile what is generated, read and write the documents' own examples
    /// with it, and print a table
    #[arg(long, value_name = "FOLDER")]
    corpus: Option<PathBuf>,
}

/// Generates as the options say.
///
/// # Errors
///
/// When no client can be generated from the one document, and for I/O errors.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<Exit, Problem> {
    if let Some(folder) = &options.documents.corpus {
        let compile = match options.no_compile {
            true => Compile::Nothing,
            false => Compile::UpTo(options.skip_over),
        };
        let tried = corpus::run(workspace, &Corpus::read(folder)?, compile)?;
        return Ok(if tried.every_client_compiles { Exit::Done } else { Exit::Failed });
    }
    let targets =
        Targets { rust: options.out.as_deref(), report: options.report.as_deref(), is_strict: options.strict };
    // The command line has one of the two.
    let spec = options.documents.spec.as_deref().unwrap_or(Path::new("-"));
    spec::run(Input::read(spec, io::stdin())?, &options.only, targets)
}

/// Returns whether every bar is met on the documents of a folder; compiles those of at most this many bytes.
///
/// # Errors
///
/// Only for I/O errors; a document that fails is a row of the table.
pub(crate) fn measure(workspace: &Workspace, folder: &Path, bytes: u64) -> Result<bool, Problem> {
    let tried = corpus::run(workspace, &Corpus::read(folder)?, Compile::UpTo(bytes))?;
    Ok(tried.every_client_compiles && tried.bars_are_met)
}
