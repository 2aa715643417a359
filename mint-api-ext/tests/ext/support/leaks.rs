//! Texts that hold no secret, neither the key nor what signs a URL, and nothing that a terminal obeys.

use std::error::Error;

use mint_api_ext::simulator::API_KEY;

pub(crate) fn assert_clean(what: &str, text: &str) {
    for secret in [API_KEY, "signature", "Bearer"] {
        assert!(!text.contains(secret), "{what} holds `{secret}`: {text}");
    }
    let obeyed = |character: char| character.is_control() && character != '\n' || character == '\u{202e}';
    assert!(!text.contains(obeyed), "{what} holds a control character: {text:?}");
}

/// Every text of an error and of its causes.
pub(crate) fn all_text(error: &dyn Error) -> String {
    let mut text = format!("{error} {error:?}");
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(&format!(" {cause} {cause:?}"));
        source = cause.source();
    }
    text
}

/// Takes the error of a result, none of whose texts may hold a secret.
pub(crate) trait CleanErr<E> {
    fn clean_err(self) -> E;
}

impl<T: std::fmt::Debug, E: Error> CleanErr<E> for Result<T, E> {
    #[track_caller]
    fn clean_err(self) -> E {
        let error = self.unwrap_err();
        assert_clean("an error", &all_text(&error));
        error
    }
}
