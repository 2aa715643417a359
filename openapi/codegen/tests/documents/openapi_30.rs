//! Schemas of OpenAPI 3.0 as JSON Schema 2020-12 says them, so that one validator judges both.

use serde_json::{Map, Value, json};

/// A document with every schema under its components rewritten.
pub(crate) fn as_2020_12(document: &Value) -> Value {
    let schemas = document["components"]["schemas"].as_object().into_iter().flatten();
    let schemas: Map<_, _> = schemas.map(|(name, schema)| (name.clone(), rewritten(schema))).collect();
    json!({"components": {"schemas": schemas}})
}

fn rewritten(schema: &Value) -> Value {
    let Value::Object(given) = schema else { return schema.clone() };
    let wire = |name: &str| {
        let names = given.get("x-wire-name");
        names.and_then(|names| names[name].as_str()).unwrap_or(name).to_owned()
    };
    let mut schema = Map::new();
    for (keyword, value) in given {
        let value = match keyword.as_str() {
            "properties" => {
                let named = value.as_object().into_iter().flatten();
                named.map(|(name, schema)| (wire(name), rewritten(schema))).collect()
            }
            "required" => {
                let names = value.as_array().into_iter().flatten().filter_map(Value::as_str);
                names.map(wire).collect()
            }
            "items" | "not" | "additionalProperties" => rewritten(value),
            "allOf" | "anyOf" => value.as_array().into_iter().flatten().map(rewritten).collect(),
            // A value that fits several members is read as the likeliest one.
            "oneOf" => {
                let members = value.as_array().into_iter().flatten().map(rewritten).collect();
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
