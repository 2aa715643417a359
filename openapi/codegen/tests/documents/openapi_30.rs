//! Schemas of OpenAPI 3.0 as JSON Schema 2020-12 says them, so that one validator judges both.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

/// The names of properties on the wire, by type and by their names in a prepared document.
type WireNames = BTreeMap<String, BTreeMap<String, String>>;

/// A document with every schema under its components rewritten.
pub(crate) fn as_2020_12(document: &Value, wire_names: &WireNames) -> Value {
    let schemas = document["components"]["schemas"].as_object().into_iter().flatten();
    let none = BTreeMap::new();
    let schemas: Map<_, _> = schemas
        .map(|(name, schema)| (name.clone(), rewritten(schema, wire_names.get(name).unwrap_or(&none))))
        .collect();
    json!({"components": {"schemas": schemas}})
}

fn rewritten(schema: &Value, wire_names: &BTreeMap<String, String>) -> Value {
    let Value::Object(given) = schema else { return schema.clone() };
    let wire = |name: &str| wire_names.get(name).map_or(name, String::as_str).to_owned();
    // An object with properties has a name of its own, so no inner schema has names on the wire.
    let inner = |schema: &Value| rewritten(schema, &BTreeMap::new());
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
    match given.get("nullable") {
        Some(Value::Bool(true)) => json!({"anyOf": [schema, {"type": "null"}]}),
        _ => Value::Object(schema),
    }
}
