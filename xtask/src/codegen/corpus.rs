//! `cargo xtask codegen --corpus FOLDER`: how far the pipeline goes on real documents.

mod compare;
mod document;
mod examples;
pub(super) mod measure;
mod round_trip;
mod scaffold;
mod sum;
mod table;

use std::fs;
use std::path::{Path, PathBuf};

use crate::problem::Problem;
use crate::workspace::Workspace;
use document::Document;
use sum::Sum;
use table::Table;

/// The documents of a folder, in the order of their names.
#[derive(Debug)]
pub(crate) struct Corpus {
    paths: Vec<PathBuf>,
}

/// What to compile of it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Compile {
    Nothing,
    /// What comes from documents of at most this many bytes.
    UpTo(u64),
}

impl Corpus {
    /// Finds the documents: files that end in `.json`, `.yaml` or `.yml`.
    ///
    /// # Errors
    ///
    /// When the folder cannot be read or holds no document.
    pub(crate) fn read(folder: &Path) -> Result<Self, Problem> {
        let fix = "pass a folder of OpenAPI documents: cargo xtask codegen --corpus FOLDER";
        let problem = |error| Problem::of_path("read", folder, error, fix);
        let mut paths = Vec::new();
        for entry in fs::read_dir(folder).map_err(problem)? {
            let path = entry.map_err(problem)?.path();
            let is_document =
                path.extension().is_some_and(|end| ["json", "yaml", "yml"].iter().any(|known| end == *known));
            if is_document && path.is_file() {
                paths.push(path);
            }
        }
        if paths.is_empty() {
            return Err(Problem::new(
                format!("`{}` holds no document", folder.display()),
                "no file in it ends in .json, .yaml or .yml",
                fix,
            ));
        }
        paths.sort();
        Ok(Self { paths })
    }
}

/// How a corpus did.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tried {
    /// Every document gave a client that compiles, or else a code.
    pub(crate) every_client_compiles: bool,
    /// As good as it has to be.
    pub(crate) bars_are_met: bool,
}

/// Generates from every document, compiles, reads and writes the examples, and prints the table.
///
/// # Errors
///
/// Only for I/O errors; a document that fails is a row of the table.
pub(crate) fn run(workspace: &Workspace, corpus: &Corpus, compile: Compile) -> Result<Tried, Problem> {
    let mut documents = generate(corpus)?;
    if let Compile::UpTo(bytes) = compile {
        round_trip::run(workspace, &mut documents, bytes)?;
    }
    print!("{}", Table(&documents));
    let unmet = Sum::of(&documents).unmet();
    for bar in &unmet {
        println!("\nnot met: {bar}");
    }
    let is_fine = |document: &Document| document.generates_or_says_why() && document.compiled != document::Compiled::No;
    Ok(Tried { every_client_compiles: documents.iter().all(is_fine), bars_are_met: unmet.is_empty() })
}

fn generate(corpus: &Corpus) -> Result<Vec<Document>, Problem> {
    let mut documents = Vec::new();
    for path in &corpus.paths {
        documents.push(Document::generate(path)?);
    }
    Ok(documents)
}
