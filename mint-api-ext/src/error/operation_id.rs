//! Ids of operations, as the API makes them.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Error, id};

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

impl FromStr for OperationId {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        id::check("operation", text)?;
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;

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
