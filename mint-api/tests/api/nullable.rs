//! A nullable property may be absent, even if the document requires it. No other required property may be absent.

use std::collections::BTreeSet;

use mint_api::types::Operation;
use serde_json::{Value, json};

use crate::examples::{conversion, model, preview_assets, reached, with, without, world};

/// Each object of the document: its schema, an example, and its place in the example.
fn places() -> Vec<(&'static str, Value, &'static str)> {
    vec![
        ("/components/schemas/Operation", world(), ""),
        ("/components/schemas/Operation", model(), ""),
        ("/components/schemas/Operation", conversion(), ""),
        ("/components/schemas/Operation/properties/resource/oneOf/0", world(), "/resource"),
        ("/components/schemas/Operation/properties/error/oneOf/0", model(), "/error"),
        ("/components/schemas/OperationBilling", model(), "/billing"),
        ("/components/schemas/OperationCredits", world(), "/credits"),
        ("/components/schemas/ModelBounds", model(), "/assets/bounds"),
        ("/components/schemas/WorldAssets", world(), "/assets"),
        ("/components/schemas/ModelAssets", model(), "/assets"),
        ("/components/schemas/PreviewAssets", with(model(), "/assets", preview_assets()), "/assets"),
        ("/components/schemas/OperationConversion", conversion(), "/conversion"),
        ("/components/schemas/ConvertedModelAssets", conversion(), "/conversion/assets"),
        ("/components/schemas/ConvertedModelArtifacts", conversion(), "/conversion/assets/artifacts"),
        ("/components/schemas/ConvertedModelArtifact", conversion(), "/conversion/assets/artifacts/usdz"),
    ]
}

struct Property {
    schema: &'static str,
    example: Value,
    /// The pointer to it in the example.
    pointer: String,
    nullable: bool,
    required: bool,
}

fn properties() -> Vec<Property> {
    let document = mint_openapi::effective_document().unwrap();
    let mut all = Vec::new();
    for (schema, example, at) in places() {
        let object = document.pointer(schema).unwrap_or_else(|| panic!("the document has no {schema}"));
        let required: Vec<_> = object["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        for (name, property) in object["properties"].as_object().unwrap() {
            all.push(Property {
                schema,
                example: example.clone(),
                pointer: format!("{at}/{name}"),
                nullable: is_nullable(property, &document),
                required: required.contains(&name.as_str()),
            });
        }
    }
    all
}

fn is_nullable(schema: &Value, document: &Value) -> bool {
    if let Some(reference) = schema["$ref"].as_str() {
        return is_nullable(document.pointer(&reference[1..]).unwrap(), document);
    }
    let null = json!("null");
    let types = schema["type"].as_array().is_some_and(|types| types.contains(&null));
    let members = schema["oneOf"].as_array().is_some_and(|members| members.iter().any(|one| one["type"] == null));
    types || schema["type"] == null || members
}

fn read(operation: &Value) -> Result<Value, serde_json::Error> {
    let operation: Operation = serde_json::from_value(operation.clone())?;
    serde_json::to_value(operation)
}

/// Checks the selected properties. It fails if the document has none, since the test would then check nothing.
fn check(select: fn(&Property) -> bool, check: fn(&Property)) {
    let selected: Vec<_> = properties().into_iter().filter(select).collect();
    assert!(!selected.is_empty());
    selected.iter().for_each(check);
}

#[test]
fn null_stays_null() {
    check(
        |property| property.nullable,
        |Property { example, pointer, .. }| {
            let null = with(example.clone(), pointer, Value::Null);
            assert_eq!(read(&null).unwrap(), null, "{pointer}");
        },
    );
}

#[test]
fn an_absent_nullable_is_read_as_null() {
    check(
        |property| property.nullable,
        |Property { example, pointer, .. }| {
            let absent = without(example.clone(), pointer);
            assert_eq!(read(&absent).unwrap(), with(absent, pointer, Value::Null), "{pointer}");
        },
    );
}

#[test]
fn an_absent_optional_stays_absent() {
    check(
        |property| !property.nullable && !property.required,
        |Property { example, pointer, .. }| {
            let absent = without(example.clone(), pointer);
            assert_eq!(read(&absent).unwrap(), absent, "{pointer}");
        },
    );
}

#[test]
fn an_absent_required_property_is_an_error() {
    check(
        |property| !property.nullable && property.required,
        |Property { example, pointer, .. }| {
            let absent = without(example.clone(), pointer);
            // A member of a union that does not decode is kept as it is.
            if pointer.starts_with("/assets/") {
                assert_eq!(read(&absent).unwrap(), absent, "{pointer}");
                return;
            }
            let error = read(&absent).expect_err(pointer);
            let name = pointer.rsplit('/').next().unwrap();
            assert!(error.to_string().contains(&format!("missing field `{name}`")), "{pointer}: {error}");
            assert!(read(&with(example.clone(), pointer, Value::Null)).is_err(), "{pointer} may not be null");
        },
    );
}

#[test]
fn no_object_of_an_operation_is_left_out() {
    let checked: BTreeSet<_> = properties().into_iter().map(|property| property.schema).collect();
    let mut documented = BTreeSet::new();
    let document = mint_openapi::effective_document().unwrap();
    for pointer in reached(&document, "/components/schemas/Operation") {
        find_objects(document.pointer(&pointer).unwrap(), &pointer, &mut documented);
    }
    assert_eq!(documented, checked.into_iter().map(str::to_owned).collect());
}

fn find_objects(value: &Value, at: &str, found: &mut BTreeSet<String>) {
    if value["type"] == "object" && value["properties"].is_object() {
        found.insert(at.to_owned());
    }
    let members: Vec<_> = match value {
        Value::Object(object) => object.iter().map(|(name, value)| (name.clone(), value)).collect(),
        Value::Array(array) => array.iter().enumerate().map(|(index, value)| (index.to_string(), value)).collect(),
        _ => return,
    };
    for (member, value) in members {
        find_objects(value, &format!("{at}/{member}"), found);
    }
}
