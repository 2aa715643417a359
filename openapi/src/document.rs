//! The vendored document, what is added to it, and the canonical form.

use serde_json::Value;

use crate::code::Code;
use crate::error::Error;
use crate::lower::MAX_BYTES;
use crate::overlay::{self, Overlay, Verdict};
use crate::pointer::Pointer;
use crate::report::Report;

/// The vendored document of the Mint API: OpenAPI 3.1, as upstream publishes it.
pub const OPENAPI_JSON: &str = include_str!("../openapi.json");

/// What is known of the Mint API beyond that document: an OpenAPI Overlay 1.1, each action with its source.
pub const OVERLAY_JSON: &str = include_str!("../overlay.json");

/// The vendored document, parsed, without what the overlay adds.
///
/// # Errors
///
/// [`Error::Unreadable`] when `openapi.json` was edited by hand and is no longer JSON.
pub fn document() -> Result<Value, Error> {
    parse_json(OPENAPI_JSON)
}

/// The vendored document with the overlay applied: what the client is generated from.
///
/// What upstream has by now is skipped, as [`overlay::apply`] says.
///
/// # Errors
///
/// [`Error::Unreadable`] or [`Error::Overlay`] when one of the two files was edited and is no longer right, or when an
/// action is dead or contradicts the document.
pub fn effective_document() -> Result<Value, Error> {
    let overlay = Overlay::parse(OVERLAY_JSON)?;
    overlay.provenances()?;
    let applied = overlay::apply(&document()?, &overlay);
    let broken = applied.unsettled().filter(|outcome| outcome.verdict != Verdict::Superseded);
    let broken: Vec<_> = broken.map(ToString::to_string).collect();
    if !broken.is_empty() {
        return Err(Error::Overlay(broken.join("\n")));
    }
    Ok(applied.document)
}

/// Parses a document written as JSON; keys keep their order.
///
/// # Errors
///
/// [`Error::Unreadable`] with line and column, and [`Error::Rejected`] for a document that is too deep or too large.
pub fn parse_json(text: &str) -> Result<Value, Error> {
    bounded(text)?;
    serde_json::from_str(text).map_err(|error| match error.to_string() {
        message if message.starts_with("recursion limit exceeded") => beyond_bounds(message),
        message => Error::Unreadable { format: "JSON", message },
    })
}

/// Refuses a text that is too large to be parsed in bounded memory.
pub(crate) fn bounded(text: &str) -> Result<(), Error> {
    if text.len() > MAX_BYTES {
        return Err(beyond_bounds(format!("it has {} bytes, and {MAX_BYTES} is the most", text.len())));
    }
    Ok(())
}

/// A document that its reader gave up on, since it is too deep or too large.
pub(crate) fn beyond_bounds(reason: String) -> Error {
    let mut report = Report::default();
    report.add(Code::R009, &Pointer::default(), reason);
    Error::Rejected(report.entries)
}

/// The canonical text of a document: keys in their order, indented by two spaces, LF, with a final newline.
pub fn canonical(document: &Value) -> String {
    format!("{document:#}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_deep_or_too_large_has_a_code() {
        let deep = format!("{{\"a\": {}{}}}", "[".repeat(200), "]".repeat(200));
        for text in [deep, format!("\"{}\"", "a".repeat(MAX_BYTES))] {
            let Err(Error::Rejected(entries)) = parse_json(&text) else { panic!("it is taken, or has no code") };
            assert_eq!(entries[0].code, Code::R009);
        }
    }

    #[test]
    fn the_vendored_document_is_canonical() {
        assert_eq!(canonical(&document().unwrap()), OPENAPI_JSON);
    }
}
