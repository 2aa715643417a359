//! `x-` keys of a published document change nothing, whatever they are called, except descriptions of enum values.

use openapi_client_codegen::{Code, Settings, generate, parse_json};
use serde_json::{Map, Value, json};

use crate::codes::document_of;

/// Generates a client that uses most of what progenitor cannot carry: several kinds of replies, forms, renamed
/// parameters and properties, unions, constants, absent lists and null in a union.
const RICH: &str = r##"{
    "openapi": "3.1.0",
    "info": {"title": "Rich", "version": "1"},
    "paths": {
        "/things/{ids}": {
            "post": {
                "operationId": "findThings",
                "parameters": [
                    {"name": "ids", "in": "path", "required": true, "schema": {"type": "array", "items": {"type": "string"}}},
                    {"name": "id", "in": "path", "required": true, "schema": {"type": "string"}},
                    {"name": "body", "in": "query", "schema": {"type": "string"}},
                    {"name": "X-Trace", "in": "header", "schema": {"type": "string"}},
                    {"name": "tags", "in": "query", "explode": false, "schema": {"type": "array", "items": {"type": "string"}}},
                    {"name": "names", "in": "query", "schema": {"type": "array", "items": {"type": "string"}}}
                ],
                "requestBody": {"content": {"application/merge-patch+json": {"schema": {"$ref": "#/components/schemas/Thing"}}}},
                "responses": {
                    "200": {"description": "d", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Shape"}}, "text/event-stream": {}}},
                    "204": {"description": "d"},
                    "400": {"description": "d", "content": {"application/problem+json": {"schema": {"type": "object", "properties": {"a": {"type": "string"}}}}}},
                    "500": {"description": "d", "content": {"application/json": {"schema": {"type": "object", "properties": {"a": {"type": "string"}}}}}}
                }
            },
            "put": {
                "operationId": "fill",
                "requestBody": {"required": true, "content": {"application/x-www-form-urlencoded": {
                    "schema": {"$ref": "#/components/schemas/Thing"}, "encoding": {"labels": {"style": "spaceDelimited"}}
                }}},
                "responses": {"200": {"description": "d", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}}}
            },
            "get": {
                "operationId": "plain",
                "parameters": [{"name": "limit", "in": "query", "schema": {"type": "integer"}}],
                "responses": {"200": {"description": "d", "content": {"application/json": {"schema": {"type": "string"}}}}}
            },
            "patch": {
                "operationId": "change",
                "requestBody": {"required": true, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}},
                "responses": {"204": {"description": "d"}}
            }
        }
    },
    "components": {"schemas": {
        "Thing": {
            "type": "object",
            "required": ["kind", "a-b", "anything"],
            "properties": {
                "kind": {"type": "integer", "enum": [1, 2]},
                "a-b": {"type": "string"},
                "a_b": {"type": ["string", "null"]},
                "labels": {"type": "array", "items": {"type": "string"}},
                "shape": {"anyOf": [{"$ref": "#/components/schemas/Shape"}, {"type": "null"}]},
                "anything": {}
            }
        },
        "Circle": {"type": "object", "required": ["kind"], "properties": {"kind": {"const": 1}, "width": {"type": "number"}}},
        "Square": {"type": "object", "required": ["kind"], "properties": {"kind": {"const": 2}, "width": {"type": "number"}}},
        "Shape": {"oneOf": [{"$ref": "#/components/schemas/Circle"}, {"$ref": "#/components/schemas/Square"}]},
        "Mixed": {"anyOf": [{"$ref": "#/components/schemas/Circle"}, {"$ref": "#/components/schemas/Thing"}, {"type": "string"}]},
        "Level": {"oneOf": [{"type": "string", "enum": ["low"]}, {"type": "string", "enum": ["high"]}]},
        "Merged": {"allOf": [{"$ref": "#/components/schemas/Circle"}, {"type": "object", "properties": {"more": {"type": "string"}}}]}
    }}
}"##;

/// What an object of a document is.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Other,
    Schema,
}

/// Adds keys with values that would do harm to every object that may have extensions.
fn forged(value: &Value, kind: Kind) -> Value {
    let Value::Object(object) = value else { return value.clone() };
    let mut forged = Map::new();
    for (field, inner) in object {
        let inner = match (kind, field.as_str()) {
            (_, "properties" | "schemas" | "patternProperties" | "dependentSchemas" | "$defs" | "definitions") => {
                each(inner, Kind::Schema)
            }
            (Kind::Schema, "oneOf" | "anyOf" | "allOf" | "prefixItems") => each(inner, Kind::Schema),
            (
                Kind::Schema,
                "items"
                | "additionalProperties"
                | "not"
                | "if"
                | "then"
                | "else"
                | "contains"
                | "propertyNames"
                | "unevaluatedProperties"
                | "contentSchema",
            )
            | (Kind::Other, "schema" | "itemSchema") => self::forged(inner, Kind::Schema),
            (Kind::Schema, _) | (_, "servers" | "security" | "example" | "discriminator" | "enum") => inner.clone(),
            (
                Kind::Other,
                "paths" | "webhooks" | "parameters" | "content" | "headers" | "requestBodies" | "responses"
                | "pathItems" | "callbacks" | "examples" | "links" | "encoding" | "securitySchemes",
            ) => each(inner, Kind::Other),
            (Kind::Other, _) => self::forged(inner, Kind::Other),
        };
        forged.insert(field.clone(), inner);
    }
    // An object that is a reference and no schema has no extensions.
    if kind == Kind::Schema || !object.contains_key("$ref") {
        let Value::Object(keys) = hostile(kind) else { return forged.into() };
        forged.extend(keys);
    }
    forged.into()
}

fn each(value: &Value, kind: Kind) -> Value {
    match value {
        Value::Object(named) => named.iter().map(|(name, inner)| (name.clone(), forged(inner, kind))).collect(),
        Value::Array(list) => list.iter().map(|inner| forged(inner, kind)).collect(),
        other => other.clone(),
    }
}

fn hostile(kind: Kind) -> Value {
    let wire_name = match kind {
        Kind::Schema => json!({"kind": "evil", "width": "evil", "a": "evil", "labels": "evil"}),
        Kind::Other => json!("evil"),
    };
    json!({
        "x-form": "json",
        "x-wire-name": wire_name,
        "x-replies": {"200": "bytes", "2XX": "nothing", "204": "bytes"},
        "x-accept": "text/evil",
        "x-absent": true,
        "x-constants": ["evil", 1],
        "x-any-of": true,
        "x-content-type": "text/evil",
        "x-form-fields": {"labels": "json", "a": "deep"},
        "x-null-alone": true,
        // These have a meaning only in the form of texts for values.
        "x-enum-varnames": 1,
        "x-enumNames": {"low": ["evil"], "high": 1},
        "x-enum-descriptions": 1,
        "x-enumDescriptions": {"low": ["evil"], "high": 1},
    })
}

fn source(document: &Value) -> Result<String, String> {
    generate(document, &Settings::default()).map(|generated| generated.rust).map_err(|error| error.to_string())
}

#[track_caller]
fn check(what: &str, document: &Value) {
    let (given, forged) = (source(document), source(&forged(document, Kind::Other)));
    if let (Ok(given), Ok(forged)) = (&given, &forged) {
        let differs = given.lines().zip(forged.lines()).find(|(given, forged)| given != forged);
        assert_eq!(differs, None, "{what}");
    }
    assert!(given == forged, "{what}: {forged:?}");
}

#[test]
fn no_extension_changes_a_rich_document() {
    let document = parse_json(RICH).unwrap();
    assert!(source(&document).unwrap().contains("append_query"));
    check("the document", &document);
}

#[test]
fn no_extension_of_one_object_alone_changes_it() {
    let document = parse_json(RICH).unwrap();
    let given = source(&document).unwrap();
    let whole = forged(&document, Kind::Other);
    let mut places = Vec::new();
    extended(&whole, "", &mut places);
    assert!(places.len() > 50, "{places:?}");
    for place in places {
        let mut one = document.clone();
        let keys = whole.pointer(&place).unwrap().as_object().unwrap().iter();
        let keys = keys.filter(|(key, _)| key.starts_with("x-")).map(|(key, value)| (key.clone(), value.clone()));
        one.pointer_mut(&place).unwrap().as_object_mut().unwrap().extend(keys);
        assert!(source(&one).as_ref() == Ok(&given), "{place}");
    }
}

/// The pointers to all objects with extensions.
fn extended(value: &Value, at: &str, found: &mut Vec<String>) {
    if value.get("x-form").is_some() {
        found.push(at.to_owned());
    }
    let inner: Vec<(String, &Value)> = match value {
        Value::Object(object) => object.iter().map(|(name, inner)| (name.replace('/', "~1"), inner)).collect(),
        Value::Array(list) => list.iter().enumerate().map(|(index, inner)| (index.to_string(), inner)).collect(),
        _ => return,
    };
    for (name, inner) in inner {
        extended(inner, &format!("{at}/{name}"), found);
    }
}

#[test]
fn no_extension_changes_an_example_of_a_rule() {
    for code in Code::ALL {
        let Ok(example) = parse_json(code.explanation().before) else { continue };
        check(&code.to_string(), &document_of(&example));
    }
}
