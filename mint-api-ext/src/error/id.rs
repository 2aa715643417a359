//! The ids of operations and other resources.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Error, ErrorKind};

/// The id of an operation: one or more of `A-Z`, `a-z`, `0-9`, `_` and `-`.
#[derive(Clone, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct OperationId(Arc<str>);

impl OperationId {
    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for OperationId {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl FromStr for OperationId {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        check("operation", text)?;
        Ok(Self(text.into()))
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

impl fmt::Display for OperationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Checks an id of a `kind`, such as `model`: one or more of `A-Z`, `a-z`, `0-9`, `_` and `-`.
///
/// The API does not document the form of its ids. Every known client accepts these characters, and none has a special
/// meaning in a path.
pub(crate) fn check(kind: &str, id: &str) -> Result<(), Error> {
    let valid = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    if !id.is_empty() && id.bytes().all(valid) {
        return Ok(());
    }
    let why = if id.is_empty() {
        format!("the id of the {kind} is empty")
    } else {
        // The text may be long and hold control characters.
        let shown: String = id.chars().take(80).collect();
        format!("{shown:?} cannot be the id of the {kind}, which has only letters, digits, `_` and `-`")
    };
    Err(Error::new(ErrorKind::InvalidArgument, format!("{why}; pass the `id` that the API gave the {kind}")))
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
