//! Schemas of OpenAPI 3.0 as JSON Schema 2020-12 says them, so that one validator judges both.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

/// The names of properties on the wire, by type and by their names in a prepared document.
type WireNames = BTreeMap<String, BTreeMap<String, String>>;

/// What `nullable` means.
#[derive(Clone, Copy)]
pub(crate) enum Nullable {
    /// It adds null to the type beside it, and nothing else (OpenAPI 3.0.3, section 4.7.24.1).
    Standard,
    /// It adds null to whatever the schema admits, as progenitor reads it.
    Progenitor,
}

/// A document with every schema under its components rewritten.
pub(crate) fn as_2020_12(document: &Value, wire_names: &WireNames, nullable: Nullable) -> Value {
    let schemas = document["components"]["schemas"].as_object().into_iter().flatten();
    let none = BTreeMap::new();
    let schemas: Map<_, _> = schemas
        .map(|(name, schema)| (name.clone(), rewritten(schema, wire_names.get(name).unwrap_or(&none), nullable)))
        .collect();
    json!({"components": {"schemas": schemas}})
}

fn rewritten(schema: &Value, wire_names: &BTreeMap<String, String>, nullable: Nullable) -> Value {
    let Value::Object(given) = schema else { return schema.clone() };
    let wire = |name: &str| wire_names.get(name).map_or(name, String::as_str).to_owned();
    // An object with properties has a name of its own, so no inner schema has names on the wire.
    let inner = |schema: &Value| rewritten(schema, &BTreeMap::new(), nullable);
    let mut schema = Map::new();
    for (keyword, value) in given {
        let value = match keyword.as_str() {
            "properties" => {
                let named = value.as_object().into_iter().flatten();
                named.map(|(name, schema)| (wire(name), inner(schema))).collect()
            }
            "required" => {
                let names = value.as_array().into_iter().flatten().filter_map(Value::as_str);
                names.map(wire).collect()
            }
            "items" | "not" | "additionalProperties" => inner(value),
            "allOf" | "anyOf" => value.as_array().into_iter().flatten().map(inner).collect(),
            // A value that fits several members is read as the likeliest one.
            "oneOf" => {
                let members = value.as_array().into_iter().flatten().map(inner).collect();
                schema.insert("anyOf".into(), members);
                continue;
            }
            "exclusiveMinimum" | "exclusiveMaximum" | "nullable" | "discriminator" => continue,
            _ => value.clone(),
        };
        schema.insert(keyword.clone(), value);
    }
    for (flag, bound) in [("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")] {
        if given.get(flag) == Some(&Value::Bool(true))
            && let Some(value) = schema.remove(bound)
        {
            schema.insert(flag.into(), value);
        }
    }
    if given.get("nullable") != Some(&Value::Bool(true)) {
        return Value::Object(schema);
    }
    match nullable {
        Nullable::Progenitor => json!({"anyOf": [schema, {"type": "null"}]}),
        Nullable::Standard => {
            if let Some(name) = schema.get_mut("type") {
                *name = json!([name.take(), "null"]);
            }
            Value::Object(schema)
        }
    }
}

/// Schemas whose `nullable` has no meaning in 3.0.3.
pub(crate) fn nullable_without_type(document: &Value) -> Vec<String> {
    match document {
        Value::Object(object) if object.get("nullable") == Some(&true.into()) && !object.contains_key("type") => {
            vec![format!("`nullable` without `type` in {document}")]
        }
        Value::Object(object) => object.values().flat_map(nullable_without_type).collect(),
        Value::Array(list) => list.iter().flat_map(nullable_without_type).collect(),
        _ => Vec::new(),
    }
}
