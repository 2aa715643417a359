//! Parts of one document that disagree.

use std::fmt;

use serde_json::Value;

use crate::model::pointer::Pointer;

/// How much of a value an error shows, in characters.
const SHOWN: usize = 500;

/// A place at which two parts of one document disagree.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Conflict {
    /// The component, operation, tag or field of the document that both describe.
    pub subject: Pointer,
    /// The narrowest place in it that contains all differences.
    pub at: Pointer,
    /// The names of the parts.
    pub names: [String; 2],
    /// The value each part has there; `None` when it has none.
    pub values: [Option<Value>; 2],
}

impl fmt::Display for Conflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.subject)?;
        if self.at != self.subject {
            write!(f, ", at {}", self.at)?;
        }
        for (name, value) in self.names.iter().zip(&self.values) {
            write!(f, "\n  `{name}` has {}", shown(value.as_ref()))?;
        }
        Ok(())
    }
}

fn shown(value: Option<&Value>) -> String {
    let Some(value) = value else {
        return "nothing".into();
    };
    let text = value.to_string();
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}... ({} bytes)", &text[..end], text.len()),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_long_value_is_cut() {
        let text = shown(Some(&json!("ä".repeat(SHOWN))));
        assert_eq!(text, format!("\"{}... (1002 bytes)", "ä".repeat(SHOWN - 1)));
    }
}
