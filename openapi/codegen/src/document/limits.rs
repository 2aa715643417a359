//! Limits on the size and depth of documents, which bound time, memory and stack.

use serde_json::Value;

use crate::model::pointer::Pointer;
use crate::report::{Code, Log};

/// The greatest depth of nested objects and arrays; JSON parsers refuse deeper documents, too.
const MAX_DEPTH: usize = 128;

/// The greatest size of a document, in bytes of compact JSON.
pub(crate) const MAX_BYTES: usize = 20 * 1024 * 1024;

/// Refuses a document that is too deep or too large.
pub(crate) fn check(document: &Value, log: &mut Log) {
    let at = Pointer::default();
    let mut bytes = 0_usize;
    let mut open = vec![(document, 1_usize)];
    while let Some((value, depth)) = open.pop() {
        if depth > MAX_DEPTH {
            let reason = format!("nested deeper than {MAX_DEPTH}; move inner schemas to components");
            return log.add(Code::R009, &at, reason);
        }
        match value {
            Value::Object(object) => {
                bytes += object.keys().map(|key| key.len() + 4).sum::<usize>() + 2;
                open.extend(object.values().map(|inner| (inner, depth + 1)));
            }
            Value::Array(list) => {
                bytes += list.len() + 2;
                open.extend(list.iter().map(|inner| (inner, depth + 1)));
            }
            Value::String(text) => bytes += text.len() + 2,
            _ => bytes += 4,
        }
        if bytes > MAX_BYTES {
            return log.add(Code::R009, &at, "larger than 20 MB; generate from a part of it");
        }
    }
}

/// The size of a value, in bytes of compact JSON.
#[cfg(feature = "source")]
pub(crate) fn size(value: &Value) -> usize {
    match value {
        Value::Object(object) => object.iter().map(|(key, inner)| key.len() + 4 + size(inner)).sum::<usize>() + 2,
        Value::Array(list) => list.iter().map(|inner| size(inner) + 1).sum::<usize>() + 2,
        Value::String(text) => text.len() + 2,
        _ => 4,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn rejected(document: &Value) -> bool {
        let mut log = Log::default();
        check(document, &mut log);
        log.report.rejections().next().is_some()
    }

    #[test]
    fn deep_and_large_documents() {
        let nested = |depth: usize| (1..depth).fold(json!(1), |inner, _| json!([inner]));
        assert!(!rejected(&nested(128)));
        assert!(rejected(&nested(129)));
        assert!(!rejected(&json!("a".repeat(1024))));
        assert!(rejected(&json!("a".repeat(MAX_BYTES))));
    }
}
