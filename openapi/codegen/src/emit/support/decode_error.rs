use std::error::Error as StdError;
use std::fmt;

/// Why JSON could not be decoded, and where.
#[derive(Debug)]
pub struct DecodeError {
    path: String,
    reason: serde_json::Error,
}

impl DecodeError {
    pub(crate) fn new(path: String, reason: serde_json::Error) -> Self {
        Self { path, reason }
    }

    /// The path to the value that failed first, such as `assets.files[0].url`. Empty for the whole, and for what is no JSON.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The error of serde_json. Its text may quote the value.
    pub fn reason(&self) -> &serde_json::Error {
        &self.reason
    }
}

impl From<serde_json::Error> for DecodeError {
    fn from(reason: serde_json::Error) -> Self {
        Self::new(String::new(), reason)
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.path {
            "" => write!(f, "{}", self.reason),
            path => write!(f, "`{path}`: {}", self.reason),
        }
    }
}

impl StdError for DecodeError {}
