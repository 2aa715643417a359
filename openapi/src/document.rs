//! The vendored document, what is added to it, and the canonical form.

use serde_json::Value;

use crate::error::Error;
use crate::overlay::{self, Overlay, Verdict};

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
/// [`Error::Unreadable`] with line and column.
pub fn parse_json(text: &str) -> Result<Value, Error> {
    serde_json::from_str(text).map_err(|error| Error::Unreadable { format: "JSON", message: error.to_string() })
}

/// The canonical text of a document: keys in their order, indented by two spaces, LF, with a final newline.
pub fn canonical(document: &Value) -> String {
    format!("{document:#}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_vendored_document_is_canonical() {
        assert_eq!(canonical(&document().unwrap()), OPENAPI_JSON);
    }
}
