//! JSONPath queries.

use std::collections::HashSet;
use std::fmt;

use serde::{Deserialize, Deserializer, de};
use serde_json::Value;
use serde_json_path::{JsonPath, NormalizedPath};

use crate::model::pointer::Pointer;

/// A JSONPath query (RFC 9535).
#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    text: String,
    path: JsonPath,
}

impl Query {
    /// The query as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The pointers of the nodes it selects, in order, each once.
    pub(super) fn locate(&self, document: &Value) -> Vec<Pointer> {
        let nodes = self.path.query_located(document);
        let mut seen = HashSet::new();
        let pointers = nodes.locations().map(NormalizedPath::to_json_pointer);
        pointers.filter(|pointer| seen.insert(pointer.clone())).map(|pointer| Pointer::parse(&pointer)).collect()
    }
}

impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for Query {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let path = JsonPath::parse(&text)
            .map_err(|error| de::Error::custom(format!("`{text}` is not a JSONPath (RFC 9535): {error}")))?;
        Ok(Self { text, path })
    }
}
