//! Why a document could not be read, lowered or turned into Rust.

#[cfg(feature = "source")]
mod conflict;

use std::collections::BTreeMap;
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
    /// Selectors of operations that name none.
    #[error(
        "the document has no operation {0}; a selector is an operationId, a method and a path, or `tag:` and a tag"
    )]
    Selection(String),
    /// A name in [`Settings::boxed_types`](crate::Settings::boxed_types) that makes no difference.
    #[error(
        "no optional property of a type that is only received is a `{0}`, which a setting boxes; remove the name, or give \
         it as the type is called in Rust"
    )]
    BoxedType(String),
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
    let mut groups: Vec<(&Entry, usize)> = Vec::new();
    let mut known: BTreeMap<_, usize> = BTreeMap::new();
    for entry in rejections {
        match known.get(&(entry.code, &entry.reason)) {
            Some(index) => groups[*index].1 += 1,
            None => {
                known.insert((entry.code, &entry.reason), groups.len());
                groups.push((entry, 0));
            }
        }
    }
    for (Entry { code, pointer, reason }, others) in groups {
        let _ = match others {
            0 => write!(text, "\n  {code} at {pointer}: {reason}"),
            1 => write!(text, "\n  {code} at {pointer} and one other place: {reason}"),
            _ => write!(text, "\n  {code} at {pointer} and {others} other places: {reason}"),
        };
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::pointer::Pointer;

    #[test]
    fn a_reason_of_several_places_is_given_once() {
        let entry = |code, at: &str, reason: &str| Entry { code, pointer: Pointer::parse(at), reason: reason.into() };
        let entries = [
            entry(Code::R002, "/a", "x"),
            entry(Code::R004, "/b", "x"),
            entry(Code::R002, "/c", "x"),
            entry(Code::R004, "/d", "y"),
            entry(Code::R004, "/e", "x"),
            entry(Code::R004, "/f", "x"),
        ];
        assert_eq!(
            list(&entries),
            "6 construct(s) of the document cannot be turned into Rust:\n  \
             R002 at /a and one other place: x\n  \
             R004 at /b and 2 other places: x\n  \
             R004 at /d: y"
        );
    }
}
