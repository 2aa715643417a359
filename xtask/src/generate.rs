//! Generating from a document that nobody has vouched for yet.

use std::any::Any;
use std::panic;

use mint_openapi::{Generated, Settings};
use serde_json::Value;

/// Generates a client, and makes an error of a panic.
///
/// progenitor and typify panic on some documents they do not take. A command that has something to say about the
/// document should still say it.
///
/// # Errors
///
/// Why there is no client, in words.
pub(crate) fn generate(document: &Value) -> Result<Generated, String> {
    let whole = || mint_openapi::generate(document, &Settings::default())?.without_rejections();
    match panic::catch_unwind(whole) {
        Ok(result) => result.map_err(|error| error.to_string()),
        Err(payload) => Err(format!("the generator panicked: {}", text_of(&*payload))),
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
