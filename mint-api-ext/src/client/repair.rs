//! Reading a reply of which a part does not decode.

use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_path_to_error::{Path, Segment};

/// How many parts of a reply are left out at most.
const MOST: usize = 32;

/// The field that an operation cannot be without, and a value of it that no version knows.
const STATUS: &str = "/status";
const UNKNOWN: &str = "unknown";

/// Reads a reply without the parts that do not decode; `None` if it cannot be read so.
///
/// A part that does not decode becomes null, or else what holds the part does. A status becomes `unknown`. The place of
/// each part is logged, its value is not: it may be a signed URL.
pub(super) fn without_unreadable_parts<T: DeserializeOwned>(body: &[u8]) -> Option<T> {
    let mut json: Value = serde_json::from_slice(body).ok()?;
    if let Some(fields) = json.as_object_mut()
        && fields.get("status").is_none_or(Value::is_null)
    {
        // An operation, a model or a world without a status.
        fields.insert("status".to_owned(), UNKNOWN.into());
    }
    for _ in 0..MOST {
        match serde_path_to_error::deserialize(&json) {
            Ok(value) => return Some(value),
            Err(error) => {
                tracing::warn!(at = %error.path(), "a part of a reply is not what the API documents, and was left out");
                let part = deepest_part(&json, error.path())?;
                *json.pointer_mut(&part)? = if part == STATUS { UNKNOWN.into() } else { Value::Null };
            }
        }
    }
    None
}

/// The pointer of the deepest part of a path that is present and not null; `None` for the whole.
fn deepest_part(json: &Value, path: &Path) -> Option<String> {
    let mut pointer = String::new();
    let mut deepest = None;
    for segment in path {
        match segment {
            Segment::Seq { index } => pointer.push_str(&format!("/{index}")),
            Segment::Map { key } => pointer.push_str(&format!("/{}", key.replace('~', "~0").replace('/', "~1"))),
            // A variant has no place of its own in untagged JSON.
            Segment::Enum { .. } | Segment::Unknown => break,
        }
        if json.pointer(&pointer).is_some_and(|part| !part.is_null()) {
            deepest = Some(pointer.clone());
        }
    }
    deepest
}

#[cfg(test)]
mod tests {
    use mint_api::types::Operation;
    use serde_json::json;

    use super::*;

    fn read(change: &[(&str, Value)]) -> Option<Operation> {
        let mut json = json!({
            "id": "op_1", "status": "billing_required", "prompt": "a lamp",
            "resource": {"type": "model", "id": "m_1"},
            "billing": {"reason": "r", "requiredCredits": 200, "actionUrl": "https://platform.mint.gg"},
            "credits": {"estimated": 248, "reserved": 0, "finalized": 0},
        });
        for (pointer, value) in change {
            *json.pointer_mut(pointer).unwrap() = value.clone();
        }
        without_unreadable_parts(json.to_string().as_bytes())
    }

    #[test]
    fn only_the_unreadable_part_is_left_out() {
        let operation = read(&[("/credits/estimated", json!("many"))]).unwrap();
        assert_eq!(operation.credits.unwrap().estimated, None);
        assert_eq!(serde_json::to_value(operation.billing).unwrap()["requiredCredits"], 200.0);

        let operation =
            read(&[("/credits", json!("many")), ("/resource", json!([1])), ("/prompt", json!({}))]).unwrap();
        assert!(operation.credits.is_none() && operation.resource.is_none() && operation.prompt.is_none());
        assert_eq!(operation.status.as_str(), "billing_required");
    }

    #[test]
    fn an_operation_cannot_be_without_its_id() {
        for status in [Value::Null, json!(7), json!(["queued"])] {
            assert_eq!(read(&[("/status", status)]).unwrap().status.as_str(), "unknown");
        }
        assert!(read(&[("/id", json!(7))]).is_none());
        assert!(without_unreadable_parts::<Operation>(b"<html>").is_none());
        assert!(without_unreadable_parts::<Operation>(b"[]").is_none());
        assert!(without_unreadable_parts::<Operation>(b"null").is_none());
    }

    #[test]
    fn a_reply_of_unreadable_parts_only_ends() {
        let many: Vec<_> = (0..1000).map(|_| json!({"id": 7})).collect();
        let body = json!({ "data": many }).to_string();
        assert!(without_unreadable_parts::<mint_api::types::ModelList>(body.as_bytes()).is_none());
    }
}
