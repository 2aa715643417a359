//! Why a document could not be read, lowered or turned into Rust.

#[cfg(feature = "source")]
mod conflict;

use std::fmt::Write as _;

use crate::report::{Code, Entry, Report};

#[cfg(feature = "source")]
pub use conflict::Conflict;

/// Why a document could not be read, lowered or turned into Rust.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The text is not a document in the format it was taken for.
    #[error("not a readable {format} document: {message}")]
    Unreadable {
        /// `JSON`, `YAML` or `Markdown`.
        format: &'static str,
        /// What is wrong, with line and column where the parser gives them.
        message: String,
    },
    /// The overlay is invalid or does not fit the document; a line for each wrong action.
    #[error("the overlay cannot be used: {0}")]
    Overlay(String),
    /// Parts of one document disagree.
    #[cfg(feature = "source")]
    #[error("the pages do not agree on {} thing(s):{}", .0.len(), .0.iter().map(|conflict| format!("\n{conflict}")).collect::<String>())]
    Conflicts(Vec<Conflict>),
    /// The document has constructs that are rejected.
    #[error("{}", list(.0))]
    Rejected(Vec<Entry>),
    /// The lowered document is not valid OpenAPI 3.0.
    #[error("{code}: the document is not valid OpenAPI once lowered to 3.0: {source}", code = Code::R000)]
    NotOpenApi30 {
        /// The error of the OpenAPI 3.0 parser.
        source: serde_json::Error,
    },
    /// The generator refused the lowered document.
    #[error("{code}: progenitor cannot generate a client from the lowered document: {0}", code = Code::R000)]
    Generator(String),
    /// The generated code does not parse.
    #[error("{code}: the generated code is not Rust: {0}", code = Code::R000)]
    NotRust(#[from] syn::Error),
}

impl Error {
    /// An error if the report has rejections.
    pub(crate) fn of_rejections(report: &Report) -> Result<(), Self> {
        let rejections: Vec<_> = report.rejections().cloned().collect();
        if rejections.is_empty() {
            return Ok(());
        }
        Err(Self::Rejected(rejections))
    }
}

fn list(rejections: &[Entry]) -> String {
    let mut text = format!("{} construct(s) of the document cannot be turned into Rust:", rejections.len());
    for Entry { code, pointer, reason } in rejections {
        let _ = write!(text, "\n  {code} at {pointer}: {reason}");
    }
    text
}
