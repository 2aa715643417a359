//! Parsing a document written as JSON, and its canonical text.

use serde_json::Value;

use super::limits::MAX_BYTES;
use crate::error::Error;
use crate::model::pointer::Pointer;
use crate::report::{Code, Log};

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

/// Refuses a text that is too large to parse in bounded memory.
pub(crate) fn bounded(text: &str) -> Result<(), Error> {
    if text.len() > MAX_BYTES {
        return Err(beyond_bounds(format!("it has {} bytes, and {MAX_BYTES} is the most", text.len())));
    }
    Ok(())
}

/// The error for a document that is too deep or too large for its parser.
pub(crate) fn beyond_bounds(reason: String) -> Error {
    let mut log = Log::default();
    log.add(Code::R009, &Pointer::default(), reason);
    Error::Rejected(log.report.entries)
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
}
