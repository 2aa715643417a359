//! JSON pointers (RFC 6901) and the references that hold them.

use std::borrow::Cow;
use std::fmt;

use percent_encoding::percent_decode_str;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A JSON pointer that grows and shrinks while a document is walked.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Pointer(String);

impl Pointer {
    /// The pointer to a component of the document, such as `/components/schemas/Operation`.
    pub(crate) fn component(section: &str, name: &str) -> Self {
        let mut pointer = Self(format!("/components/{section}"));
        pointer.push(name);
        pointer
    }

    /// A pointer from its text.
    pub(crate) fn parse(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The pointer as text, starting with `/`, or empty for the whole document.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The names and indices that the pointer consists of.
    pub(crate) fn tokens(&self) -> Vec<String> {
        self.0.split('/').skip(1).map(unescaped).collect()
    }

    /// The name of the schema component that the pointer leads into, and the pointer from there.
    pub(crate) fn in_component(&self) -> Option<(&str, &str)> {
        let inner = self.0.strip_prefix("/components/schemas/")?;
        Some(inner.split_at(inner.find('/').unwrap_or(inner.len())))
    }

    /// The same place after what it is in, or what it leads to, moved; `None` if it is elsewhere.
    pub(crate) fn relocated(&self, from: &Self, to: &Self) -> Option<Self> {
        let inner = self.0.strip_prefix(&from.0).filter(|inner| inner.is_empty() || inner.starts_with('/'))?;
        Some(Self(format!("{to}{inner}")))
    }

    /// Whether it leads to a member of the list under one of these keywords.
    pub(crate) fn is_member_of(&self, keywords: &[&str]) -> bool {
        let mut tokens = self.0.rsplit('/');
        let is_index = tokens.next().is_some_and(|last| last.bytes().all(|byte| byte.is_ascii_digit()));
        // A property may have the name of a keyword, but a keyword follows it, never a number.
        is_index && tokens.next().is_some_and(|keyword| keywords.contains(&keyword))
    }

    pub(crate) fn push(&mut self, token: &str) {
        self.0.push('/');
        if !token.bytes().any(|byte| matches!(byte, b'~' | b'/')) {
            return self.0.push_str(token);
        }
        for character in token.chars() {
            match character {
                '~' => self.0.push_str("~0"),
                '/' => self.0.push_str("~1"),
                other => self.0.push(other),
            }
        }
    }

    pub(crate) fn pop(&mut self) {
        self.0.truncate(self.0.bytes().rposition(|byte| byte == b'/').unwrap_or(0));
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// Removes what was pushed since the pointer had this length.
    pub(crate) fn truncate(&mut self, length: usize) {
        self.0.truncate(length);
    }

    pub(crate) fn join(&self, token: &str) -> Self {
        let mut pointer = Self(String::with_capacity(self.0.len() + 1 + token.len()));
        pointer.0.push_str(&self.0);
        pointer.push(token);
        pointer
    }
}

impl fmt::Display for Pointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a `$ref` within the document points at.
pub(crate) fn resolve<'a>(document: &'a Value, reference: &str) -> Option<&'a Value> {
    document.pointer(reference.strip_prefix('#')?)
}

/// A longer chain of references is taken for a cycle.
pub(crate) const MAX_CHAIN: usize = 32;

/// Follows a chain of `$ref`s to the first value without one; a reference to nowhere ends the chain, too.
pub(crate) fn follow<'a>(mut value: &'a Value, document: &'a Value) -> &'a Value {
    for _ in 0..MAX_CHAIN {
        let reference = value.get("$ref").and_then(Value::as_str);
        match reference.and_then(|reference| resolve(document, reference)) {
            Some(target) => value = target,
            None => break,
        }
    }
    value
}

/// The name in a `$ref` to `#/components/{section}/{name}`.
pub(crate) fn component_name(reference: &str, section: &str) -> Option<String> {
    let name = reference.strip_prefix("#/components/")?.strip_prefix(section)?.strip_prefix('/')?;
    (!name.contains('/')).then(|| unescaped(name))
}

/// A token of a pointer as the name that it means.
pub(crate) fn unescaped(token: &str) -> String {
    match token.contains('~') {
        true => token.replace("~1", "/").replace("~0", "~"),
        false => token.to_owned(),
    }
}

/// The text of a fragment of a URI (RFC 3986, section 2.1); a fragment that is no UTF-8 stays as it is.
pub(crate) fn percent_decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8().map_or_else(|_| text.to_owned(), Cow::into_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_escaped_and_popped_whole() {
        let mut pointer = Pointer::default();
        pointer.push("paths");
        pointer.push("/v1/a~b");
        assert_eq!(pointer.as_str(), "/paths/~1v1~1a~0b");
        pointer.pop();
        assert_eq!(pointer.as_str(), "/paths");
        pointer.pop();
        assert_eq!(pointer.as_str(), "");
    }

    #[test]
    fn members_of_lists() {
        for (pointer, expected) in [
            ("/components/schemas/A/allOf/0", true),
            ("/components/schemas/A/properties/allOf/items", false),
            ("/components/schemas/A/properties/0", false),
            ("/components/schemas/allOf", false),
            ("", false),
        ] {
            assert_eq!(Pointer::parse(pointer).is_member_of(&["allOf"]), expected, "{pointer}");
        }
    }

    #[test]
    fn component_names() {
        let name = |reference| component_name(reference, "schemas");
        assert_eq!(name("#/components/schemas/A").as_deref(), Some("A"));
        assert_eq!(name("#/components/schemas/a~1b").as_deref(), Some("a/b"));
        assert_eq!(name("#/components/schemas/A/properties/b"), None);
        assert_eq!(name("#/components/responses/A"), None);
        assert_eq!(name("https://example.com/#/components/schemas/A"), None);
    }

    #[test]
    fn fragments_are_decoded_where_they_are_encoded_right() {
        for (text, decoded) in
            [("b%20c", "b c"), ("%c3%A9", "é"), ("%7E1", "~1"), ("100%", "100%"), ("%+f%zz", "%+f%zz"), ("%ff", "%ff")]
        {
            assert_eq!(percent_decoded(text), decoded);
        }
    }

    #[test]
    fn chains_end_at_a_value_a_missing_target_or_a_cycle() {
        let document = serde_json::json!({
            "a": {"$ref": "#/b"}, "b": {"$ref": "#/c"}, "c": {"d": 1}, "e": {"$ref": "#/f"}, "g": {"$ref": "#/g"},
        });
        for (from, to) in [("a", "c"), ("c", "c"), ("e", "e"), ("g", "g")] {
            assert_eq!(follow(&document[from], &document), &document[to], "{from}");
        }
    }
}
