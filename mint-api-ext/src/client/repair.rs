//! Reading a reply without a status, which the types of operations, models and worlds have always.

use mint_api::FromReply;
use serde_json::Value;

/// A status that no version knows.
const UNKNOWN: &str = "unknown";

/// Reads a reply whose status is absent or no text as one with an unknown status; `None` if it cannot be read so.
pub(super) fn with_unknown_status<T: FromReply>(body: &[u8]) -> Option<T> {
    T::from_reply(&repaired(body)?).ok()
}

/// The JSON of a reply with an unknown status in the place of one that is absent or no text.
fn repaired(body: &[u8]) -> Option<Vec<u8>> {
    let mut json: Value = serde_json::from_slice(body).ok()?;
    let status = json.as_object_mut()?.entry("status").or_insert(Value::Null);
    if status.is_string() {
        return None;
    }
    tracing::warn!("a reply has no status that is a text; it is read as `{UNKNOWN}`");
    *status = UNKNOWN.into();
    Some(json.to_string().into_bytes())
}

#[cfg(test)]
mod tests {
    use mint_api::types::Operation;
    use serde_json::json;

    use super::*;

    fn read(json: &Value) -> Option<Operation> {
        with_unknown_status(json.to_string().as_bytes())
    }

    #[test]
    fn an_operation_cannot_be_without_its_id() {
        for status in [Value::Null, json!(7), json!(["queued"])] {
            let operation = read(&json!({"id": "op_1", "status": status, "credits": "many"})).unwrap();
            assert_eq!(operation.status.as_str(), "unknown");
            assert_eq!(operation.undecoded.get("credits"), Some(&json!("many")));
        }
        assert_eq!(read(&json!({"id": "op_1"})).unwrap().status.as_str(), "unknown");
        for other in [json!({"id": 7}), json!({"id": 7, "status": "queued"}), json!([]), Value::Null] {
            assert!(read(&other).is_none(), "{other}");
        }
        assert!(with_unknown_status::<Operation>(b"<html>").is_none());
    }
}
