//! A value that is not of its type costs its own field, and nothing else.

use mint_api::read_reply;
use mint_api::types::Operation;
use serde_json::{Value, json};

use crate::examples::model;

fn changed(pointer: &str, value: Value) -> Value {
    let mut json = model();
    *json.pointer_mut(pointer).unwrap_or_else(|| panic!("{pointer}")) = value;
    json
}

fn read(json: &Value) -> Operation {
    read_reply(json.to_string().as_bytes()).unwrap_or_else(|error| panic!("{json}: {error}"))
}

#[test]
fn a_property_of_another_type_is_kept_beside_the_others() {
    for name in ["billing", "credits", "error", "resource", "prompt", "createdAt", "mintUrl"] {
        for value in [json!([[1]]), json!([{"a": "b"}])] {
            let mut json = model();
            json[name] = value.clone();
            let operation = read(&json);
            assert_eq!(operation.undecoded.get(name), Some(&value), "{name}");
            assert_eq!(operation.undecoded.iter().count(), 1);
            assert_eq!(operation.status.as_str(), json["status"]);
            assert_eq!(serde_json::to_value(&operation).unwrap()[name], value, "it is written back");
            assert!(!format!("{operation:?}").contains("\"a\""), "a value may be a secret");
        }
    }
}

#[test]
fn only_the_innermost_object_lacks_it() {
    let operation = read(&changed("/error/code", json!({"number": 7})));
    assert!(operation.undecoded.is_empty());
    let error = operation.error.unwrap();
    assert_eq!((error.code, error.undecoded.get("code")), (None, Some(&json!({"number": 7}))));
    assert!(error.message.is_some());
}

#[test]
fn what_does_not_decode_is_written_once() {
    let json = changed("/prompt", json!(["a lamp"]));
    let text = serde_json::to_string(&read(&json)).unwrap();
    assert_eq!(text.matches("\"prompt\"").count(), 1, "{text}");
    assert_eq!(serde_json::from_str::<Value>(&text).unwrap()["prompt"], json!(["a lamp"]));
    // What was saved is read again, as it was.
    assert_eq!(read_reply::<Operation>(text.as_bytes()).unwrap().undecoded.get("prompt"), Some(&json!(["a lamp"])));
}

#[test]
fn an_operation_needs_its_id_and_a_status() {
    for (name, value) in [("id", json!(7)), ("id", Value::Null), ("status", json!(7)), ("status", Value::Null)] {
        let mut json = model();
        json[name] = value;
        assert!(read_reply::<Operation>(json.to_string().as_bytes()).is_err(), "{name}");
    }
}
