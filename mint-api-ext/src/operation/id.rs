//! Ids of operations, as the API makes them.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind};

/// The id of an operation: one or more of `A-Z`, `a-z`, `0-9`, `_` and `-`.
///
/// The API says nothing of its form; these are the characters that every client of it is known to accept, and none
/// of them has a meaning in a path.
#[derive(Clone, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct OperationId(Arc<str>);

impl OperationId {
    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for OperationId {
    type Err = Error;

    fn from_str(id: &str) -> Result<Self, Error> {
        let valid = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
        if id.is_empty() {
            return Err(invalid("the operation id is empty".into()));
        }
        if !id.bytes().all(valid) {
            // Cut, since it may be anything; quoted, since it may hold control characters.
            let shown: String = id.chars().take(80).collect();
            return Err(invalid(format!(
                "{shown:?} is not an operation id, which has only letters, digits, `_` and `-`"
            )));
        }
        Ok(Self(id.into()))
    }
}

impl TryFrom<String> for OperationId {
    type Error = Error;

    fn try_from(id: String) -> Result<Self, Error> {
        id.parse()
    }
}

impl From<OperationId> for String {
    fn from(id: OperationId) -> Self {
        id.as_str().to_owned()
    }
}

fn invalid(what: String) -> Error {
    Error::new(ErrorKind::InvalidArgument, format!("{what}; pass the `id` of the operation that was started"))
}

impl fmt::Display for OperationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids() {
        for id in ["op_123", "k3m-9_A", "a"] {
            assert_eq!(id.parse::<OperationId>().unwrap().as_str(), id);
        }
        for id in ["", "a/b", "..\\..\\x", "..", ".", "a b", "a%2fb", "ä", "a\n", "a:approve", "a?b"] {
            let error = id.parse::<OperationId>().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidArgument, "{id}");
        }
    }
}
