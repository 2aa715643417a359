//! Why a command ended early.

use mint_api_ext::Error;

use crate::exit_code::Code;

/// Why a command ended early: what happened, why, and what to do.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) code: Code,
    pub(crate) text: String,
}

impl Failure {
    pub(crate) fn new(code: Code, text: impl Into<String>) -> Self {
        Self { code, text: text.into() }
    }

    pub(crate) fn failed(text: impl Into<String>) -> Self {
        Self::new(Code::Failed, text)
    }

    pub(crate) fn usage(text: impl Into<String>) -> Self {
        Self::new(Code::Usage, text)
    }

    /// The same after something was done, which a usage error excludes.
    pub(crate) fn with_something_done(self) -> Self {
        Self { code: self.code.with_something_done(), ..self }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::new(Code::of_error(&error), error.to_string())
    }
}
