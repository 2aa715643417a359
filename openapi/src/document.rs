//! The vendored document and its canonical form.

use serde_json::Value;

use crate::error::Error;

/// The vendored document of the Mint API: OpenAPI 3.1, as upstream publishes it.
pub const OPENAPI_JSON: &str = include_str!("../openapi.json");

/// The vendored document, parsed.
///
/// # Errors
///
/// [`Error::Unreadable`] when `openapi.json` was edited by hand and is no longer JSON.
pub fn document() -> Result<Value, Error> {
    parse_json(OPENAPI_JSON)
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
