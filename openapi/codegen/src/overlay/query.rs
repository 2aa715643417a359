//! JSONPath queries.

use std::fmt;

use serde::{Deserialize, Deserializer, de};
use serde_json::Value;

use super::plain::Plain;
use crate::model::pointer::Pointer;

/// A JSONPath query (RFC 9535).
///
/// Without the feature `jsonpath`, it names one node, such as `$.components.schemas['Lamp']`, or the elements of a list that are
/// these texts, or are not: `$.required[?@ == 'a' || @ == 'b']`, `$.required[?@ != 'a' && @ != 'b']`.
#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    text: String,
    path: Path,
}

#[derive(Clone, Debug, PartialEq)]
enum Path {
    Plain(Plain),
    #[cfg(feature = "jsonpath")]
    Any(Box<serde_json_path::JsonPath>),
}

impl Path {
    /// The error says why a text is no query.
    fn parse(text: &str) -> Result<Self, String> {
        if let Some(plain) = Plain::parse(text) {
            return Ok(Self::Plain(plain));
        }
        #[cfg(feature = "jsonpath")]
        return match serde_json_path::JsonPath::parse(text) {
            Ok(path) => Ok(Self::Any(Box::new(path))),
            Err(error) => Err(format!("`{text}` is not a JSONPath (RFC 9535): {error}")),
        };
        #[cfg(not(feature = "jsonpath"))]
        Err(format!("`{text}` is no query that is read without the feature `jsonpath`; turn it on"))
    }

    /// The pointers of the nodes it selects, in order, each once.
    fn locate(&self, document: &Value) -> Vec<Pointer> {
        match self {
            Self::Plain(plain) => plain.locate(document),
            #[cfg(feature = "jsonpath")]
            Self::Any(path) => {
                let nodes = path.query_located(document);
                let mut seen = std::collections::HashSet::new();
                let pointers = nodes.locations().map(serde_json_path::NormalizedPath::to_json_pointer);
                pointers
                    .filter(|pointer| seen.insert(pointer.clone()))
                    .map(|pointer| Pointer::parse(&pointer))
                    .collect()
            }
        }
    }
}

impl Query {
    /// The query as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The pointers of the nodes it selects, in order, each once.
    pub(super) fn locate(&self, document: &Value) -> Vec<Pointer> {
        self.path.locate(document)
    }

    /// The shortest part of the query that selects nothing; `None` when the query selects something.
    pub(super) fn gap(&self, document: &Value) -> Option<Gap<'_>> {
        let ends = segment_ends(&self.text);
        let selects = |end: &usize| {
            let path = Path::parse(self.text[..*end].trim_end());
            path.is_ok_and(|path| !path.locate(document).is_empty())
        };
        let first = ends.iter().position(|end| !selects(end))?;
        let last = ends.len() - 1;
        let selects_elements = last > 0 && self.text[ends[last - 1]..].trim_start().starts_with('[');
        let within_list = selects_elements && first + 1 == last;
        Some(Gap { query: self.text[..ends[first]].trim_end(), is_target: first == last || within_list })
    }
}

/// The part of a query at which a document ends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Gap<'a> {
    /// The shortest part that selects nothing.
    pub(super) query: &'a str,
    /// Whether only the target is missing: the node itself, or the list that would hold it.
    pub(super) is_target: bool,
}

/// Where each segment of a query ends (RFC 9535, section 2.1.1).
fn segment_ends(text: &str) -> Vec<usize> {
    let (mut depth, mut quote, mut escaped) = (0_usize, None, false);
    let mut ends = Vec::new();
    let mut before = '$';
    for (at, char) in text.char_indices() {
        match (quote, char) {
            (Some(_), _) if escaped => escaped = false,
            (Some(_), '\\') => escaped = true,
            (Some(open), _) if char == open => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(char),
            (None, '[' | '.') if depth == 0 && at > 0 && before != '.' => ends.push(at),
            (None, ')' | ']') => depth = depth.saturating_sub(1),
            _ => {}
        }
        if quote.is_none() && matches!(char, '[' | '(') {
            depth += 1;
        }
        before = char;
    }
    ends.push(text.len());
    // The root is no segment, and is never missing.
    ends.remove(0);
    ends
}

impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for Query {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let path = Path::parse(&text).map_err(de::Error::custom)?;
        Ok(Self { text, path })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_gap_is_where_the_document_ends() {
        let document = json!({"a": {"b.c": {"list": ["x"], "[": 1}}, "p": {"/v1/a[0]": {}}});
        for (query, expected) in [
            ("$", None),
            ("$.a['b.c'].list[0]", None),
            ("$..list", None),
            ("$['p'][\"/v1/a[0]\"]", None),
            ("$.b", Some(("$.b", true))),
            ("$.b.c.d", Some(("$.b", false))),
            ("$.a.gone.c", Some(("$.a.gone", false))),
            ("$.a['b.c'].list[?@ == 'y']", Some(("$.a['b.c'].list[?@ == 'y']", true))),
            ("$.a['b.c'].gone[?@.x['y'] != 'id' && @ != ']']", Some(("$.a['b.c'].gone", true))),
            ("$.a.gone.list[0]", Some(("$.a.gone", false))),
            ("$..gone[0]", Some(("$..gone", true))),
            ("$.a['it\\'s'].b", Some(("$.a['it\\'s']", false))),
            ("$['p']['/v1/b'].get", Some(("$['p']['/v1/b']", false))),
        ] {
            let query: Query = serde_json::from_value(json!(query)).unwrap();
            let gap = query.gap(&document).map(|gap| (gap.query, gap.is_target));
            assert_eq!(gap, expected, "{query}");
        }
    }
}
