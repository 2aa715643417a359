//! One document of a corpus and what became of it.

use std::path::Path;

use openapi_client_codegen::source;
use serde_json::Value;

use super::examples::{self, Example};
use super::measure::{self, Measures};
use crate::codegen::worker::{self, Client, Failure, Rejection};
use crate::input::Input;
use crate::problem::Problem;

/// One document of a corpus and what became of it.
#[derive(Debug)]
pub(crate) struct Document {
    /// The name of its file.
    pub(crate) name: String,
    pub(crate) bytes: u64,
    /// How many operations it describes.
    pub(crate) operations: usize,
    pub(crate) outcome: Outcome,
    pub(crate) rejections: Vec<Rejection>,
    pub(crate) compiled: Compiled,
    /// The examples that the document's own schemas take.
    pub(crate) examples: Vec<Example>,
    /// How many of them came back equal, once they were tried.
    pub(crate) equal: usize,
    /// How many of these are equal because they were kept as JSON somewhere.
    pub(crate) unknown: usize,
    /// What went wrong, for people.
    pub(crate) failures: Vec<String>,
}

/// What the generator gave.
#[derive(Debug)]
pub(crate) enum Outcome {
    Generated { client: Client, measures: Measures },
    Failed(Failure),
}

/// Whether the Rust was compiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Compiled {
    /// Nobody tried.
    Skipped,
    Yes,
    No,
}

impl Document {
    /// Generates from the document in a file.
    ///
    /// # Errors
    ///
    /// When the system does not let us.
    pub(crate) fn generate(path: &Path) -> Result<Self, Problem> {
        let Input { text, origin, .. } = match Input::read(path, std::io::empty()) {
            Ok(input) => input,
            Err(problem) => return Ok(Self::unread(path, &problem)),
        };
        let answer = worker::ask(&text)?;
        let document = source::read(&text).unwrap_or(Value::Null);
        let mut failures = Vec::new();
        let outcome = match answer.client {
            Ok(client) => {
                let measures = measure::measure(&client.rust);
                failures.extend(measures.oddities.iter().cloned());
                Outcome::Generated { client, measures }
            }
            Err(failure) => {
                failures.push(match &failure {
                    Failure::Rejected => "rejected as a whole".into(),
                    Failure::Unreadable(why) | Failure::Uncoded(why) => why.clone(),
                });
                Outcome::Failed(failure)
            }
        };
        Ok(Self {
            name: origin.location,
            bytes: text.len() as u64,
            operations: measure::operations(&document),
            outcome,
            rejections: answer.rejections,
            compiled: Compiled::Skipped,
            examples: examples::valid(&document),
            equal: 0,
            unknown: 0,
            failures,
        })
    }

    pub(crate) fn client(&self) -> Option<&Client> {
        match &self.outcome {
            Outcome::Generated { client, .. } => Some(client),
            Outcome::Failed(_) => None,
        }
    }

    /// How many operations have a method in the client.
    pub(crate) fn generated(&self) -> usize {
        match &self.outcome {
            Outcome::Generated { measures, .. } => measures.operations,
            Outcome::Failed(_) => 0,
        }
    }

    /// A file that cannot be read; the others are tried all the same.
    fn unread(path: &Path, problem: &Problem) -> Self {
        Self {
            name: path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned(),
            bytes: 0,
            operations: 0,
            outcome: Outcome::Failed(Failure::Unreadable(problem.to_string())),
            rejections: Vec::new(),
            compiled: Compiled::Skipped,
            examples: Vec::new(),
            equal: 0,
            unknown: 0,
            failures: vec![problem.to_string()],
        }
    }

    /// Whether there is a client, or a code that says why there is none.
    pub(crate) fn generates_or_says_why(&self) -> bool {
        match &self.outcome {
            Outcome::Generated { .. } => self.generated() == self.operations || !self.rejections.is_empty(),
            Outcome::Failed(Failure::Rejected) => !self.rejections.is_empty(),
            Outcome::Failed(Failure::Unreadable(_) | Failure::Uncoded(_)) => false,
        }
    }
}
