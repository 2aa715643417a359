//! One document of a corpus, and its results.

use std::path::Path;

use openapi_client_codegen::{Entry, source};
use serde_json::Value;

use super::examples::{self, Example};
use super::measure::{self, Measures};
use crate::input::Input;
use crate::problem::Problem;
use crate::worker::{self, Client, Refusal};

/// One document of a corpus, and its results.
#[derive(Debug)]
pub(crate) struct Document {
    /// The name of its file.
    pub(crate) name: String,
    pub(crate) bytes: u64,
    /// How many operations it describes.
    pub(crate) operations: usize,
    pub(crate) generated: Result<Measured, Refusal>,
    pub(crate) rejections: Vec<Entry>,
    pub(crate) compiled: Compiled,
    /// The examples that the document's own schemas take.
    pub(crate) examples: Vec<Example>,
    /// How many of them came back equal, once they were tried.
    pub(crate) equal: usize,
    /// How many of these are equal because a part was kept as JSON.
    pub(crate) unknown: usize,
    /// The failures, in words.
    pub(crate) failures: Vec<String>,
}

/// A generated client, and what was counted in its Rust.
#[derive(Debug)]
pub(crate) struct Measured {
    pub(crate) client: Client,
    pub(crate) measures: Measures,
}

/// Whether the Rust was compiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Compiled {
    /// It was not compiled.
    Skipped,
    Yes,
    No,
}

impl Document {
    /// Generates from the document in a file.
    ///
    /// # Errors
    ///
    /// Only for I/O errors.
    pub(crate) fn generate(path: &Path) -> Result<Self, Problem> {
        let Input { text, origin, .. } = match Input::read(path, std::io::empty()) {
            Ok(input) => input,
            Err(problem) => return Ok(Self::unread(path, &problem)),
        };
        let answer = worker::ask(&text)?;
        let document = source::read(&text).unwrap_or(Value::Null);
        let mut failures = Vec::new();
        let mut rejections = Vec::new();
        let generated = match answer {
            Ok(client) => {
                let measures = measure::measure(&client.rust);
                failures.extend(measures.oddities.iter().cloned());
                rejections.extend(client.report.rejections().cloned());
                Ok(Measured { client, measures })
            }
            Err(refusal) => {
                failures.push(match &refusal {
                    Refusal::Rejected(_) => "rejected as a whole".into(),
                    Refusal::Unreadable(why) | Refusal::Unknown(why) => why.clone(),
                });
                rejections.extend_from_slice(refusal.rejections());
                Err(refusal)
            }
        };
        Ok(Self {
            name: origin.location,
            bytes: text.len() as u64,
            operations: measure::operations(&document),
            generated,
            rejections,
            compiled: Compiled::Skipped,
            examples: examples::valid(&document),
            equal: 0,
            unknown: 0,
            failures,
        })
    }

    pub(crate) fn client(&self) -> Option<&Client> {
        self.generated.as_ref().ok().map(|generated| &generated.client)
    }

    /// How many operations have a method in the client.
    pub(crate) fn methods(&self) -> usize {
        self.generated.as_ref().map_or(0, |generated| generated.measures.operations)
    }

    /// A file that cannot be read; the others are still tried.
    fn unread(path: &Path, problem: &Problem) -> Self {
        Self {
            name: path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned(),
            bytes: 0,
            operations: 0,
            generated: Err(Refusal::Unreadable(problem.to_string())),
            rejections: Vec::new(),
            compiled: Compiled::Skipped,
            examples: Vec::new(),
            equal: 0,
            unknown: 0,
            failures: vec![problem.to_string()],
        }
    }

    /// Whether the document gave a client, or else a code.
    pub(crate) fn generates_or_says_why(&self) -> bool {
        match &self.generated {
            Ok(_) => self.methods() == self.operations || !self.rejections.is_empty(),
            Err(refusal) => !refusal.rejections().is_empty(),
        }
    }
}
