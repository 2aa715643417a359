//! The schemas of the types admit everything that the types read, including replies of a newer server.

use mint_api::types;
use schemars::schema_for;
use serde_json::{Value, json};

/// Collects every object within a value, with its pointer.
fn objects(value: &Value, at: &str, found: &mut Vec<(String, Value)>) {
    if value.is_object() {
        found.push((at.to_owned(), value.clone()));
    }
    let members: Vec<_> = match value {
        Value::Object(object) => object.iter().map(|(name, value)| (name.clone(), value)).collect(),
        Value::Array(array) => array.iter().enumerate().map(|(index, value)| (index.to_string(), value)).collect(),
        _ => return,
    };
    for (member, value) in members {
        objects(value, &format!("{at}/{member}"), found);
    }
}

fn operation() -> Value {
    schema_for!(types::Operation).to_value()
}

#[test]
fn no_schema_is_stricter_than_its_type() {
    let schema = operation();
    let mut found = Vec::new();
    objects(&schema, "", &mut found);
    for (at, object) in found {
        // Some properties of the API have the name of a keyword.
        if at.ends_with("/properties") {
            continue;
        }
        for keyword in ["enum", "const", "pattern", "minimum", "maximum", "minLength", "maxLength"] {
            assert!(object.get(keyword).is_none(), "{keyword} at {at}: {object:#}");
        }
        assert_ne!(object.get("additionalProperties"), Some(&json!(false)), "{at}");
        assert!(object.get("format").is_none_or(|format| format == "int64" || format == "double"), "{at}: {object}");
    }
}

#[test]
fn enums_are_texts_with_their_known_values_as_examples() {
    let schema = operation();
    for (name, values) in [
        ("OperationStatus", types::OperationStatus::KNOWN.iter().map(ToString::to_string).collect::<Vec<_>>()),
        ("OperationType", types::OperationType::KNOWN.iter().map(ToString::to_string).collect()),
        ("OperationObject", vec!["operation".into()]),
    ] {
        assert_eq!(schema["$defs"][name], json!({"type": "string", "examples": values}), "{name}");
    }
}

#[test]
fn only_required_properties_are_required_in_the_schema() {
    let schema = operation();
    let required: Vec<_> = schema["required"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    assert_eq!(required, ["id", "status"]);
    assert_eq!(schema["properties"]["prompt"]["type"], json!(["string", "null"]));
    assert_eq!(schema["$defs"]["ModelAssets"]["properties"]["glbSizeBytes"]["type"], json!(["integer", "null"]));
    assert_eq!(schema["$defs"]["WorldAssets"].get("required"), None);
}

#[test]
fn a_union_admits_any_value() {
    let members = operation()["$defs"]["GenerationAssets"]["anyOf"].as_array().unwrap().clone();
    assert_eq!(members[0]["$ref"], "#/$defs/WorldAssets");
    assert_eq!(members[1]["$ref"], "#/$defs/ModelAssets");
    assert_eq!(members[2]["$ref"], "#/$defs/PreviewAssets");
    let mut last = members[3].clone();
    if let Some(object) = last.as_object_mut() {
        object.remove("description");
    }
    assert!(last == json!(true) || last == json!({}), "{last}");
}

#[test]
fn times_and_problems_have_schemas_too() {
    assert_eq!(schema_for!(mint_api::Timestamp).to_value()["type"], "string");
    assert_eq!(schema_for!(mint_api::UnknownValue).to_value()["type"], "string");
    assert_eq!(schema_for!(types::Problem).to_value()["required"], json!(["status", "title", "type"]));
}
