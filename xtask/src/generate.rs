//! Generating from a document that nobody has vouched for yet.

use std::any::Any;
use std::fmt;
use std::panic;

use openapi_client_codegen::{Error, Generated, Settings};
use serde_json::Value;

/// Why there is no client.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// The generator says what is wrong with the document.
    Error(Error),
    /// It panicked, with these words.
    Panic(String),
}

/// Generates a client, and makes an error of a panic.
///
/// progenitor and typify panic on some documents they do not take. A command that has something to say about the
/// document should still say it.
///
/// # Errors
///
/// Why there is no client.
pub(crate) fn generate(document: &Value) -> Result<Generated, Refusal> {
    match panic::catch_unwind(|| openapi_client_codegen::generate(document, &Settings::default())) {
        Ok(result) => result.map_err(Refusal::Error),
        Err(payload) => Err(Refusal::Panic(text_of(&*payload).to_owned())),
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Error(error) => error.fmt(f),
            Self::Panic(words) => write!(f, "the generator panicked: {words}"),
        }
    }
}

/// What a panic said.
fn text_of(payload: &(dyn Any + Send)) -> &str {
    let text = payload.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| payload.downcast_ref::<&str>().copied()).unwrap_or("without a message")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_keeps_its_words() {
        assert_eq!(text_of(&String::from("a b")), "a b");
        assert_eq!(text_of(&"a b"), "a b");
        assert_eq!(text_of(&1), "without a message");
    }
}
