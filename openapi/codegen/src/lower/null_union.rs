//! Null as 3.0.3 defines it: `nullable` extends the `type` beside it and nothing else, so a composed schema still refuses
//! null, and an enum must list it.

use serde_json::{Map, Value, json};

use crate::model::grammar::ObjectKind;
use crate::model::null::null_schema;
use crate::model::visitor::visit_mut;
use crate::report::Pass;

/// Keywords that describe a schema and restrict no value; they stay outside the union.
const ANNOTATIONS: &[&str] = &["title", "description", "deprecated", "default", "readOnly", "writeOnly"];

/// Rewrites `nullable` on a schema without `type`, or with composed schemas, as a union with null; adds null to a nullable
/// enum.
pub(super) fn lower(pass: &mut Pass) {
    visit_mut(&mut pass.document, &mut |kind, _, schema| {
        if kind != ObjectKind::Schema || schema.get("nullable") != Some(&true.into()) {
            return;
        }
        let is_composed = ["allOf", "anyOf", "oneOf"].iter().any(|keyword| schema.contains_key(*keyword));
        if is_composed || !schema.contains_key("type") {
            schema.shift_remove("nullable");
            *schema = united_with_null(std::mem::take(schema));
        } else if let Some(Value::Array(values)) = schema.get_mut("enum") {
            values.push(Value::Null);
        }
    });
}

fn united_with_null(schema: Map<String, Value>) -> Map<String, Value> {
    let is_outside = |key: &str| ANNOTATIONS.contains(&key) || key.starts_with("x-");
    let mut union = Map::new();
    let mut inner = Map::new();
    for (key, value) in schema {
        if is_outside(&key) {
            union.insert(key, value);
            continue;
        }
        // The union takes the place of the first keyword.
        union.entry("anyOf").or_insert(Value::Null);
        inner.insert(key, value);
    }
    union.insert("anyOf".into(), json!([unwrapped(inner), null_schema()]));
    union
}

/// The reference that an `allOf` alone wraps, or else the schema.
fn unwrapped(mut schema: Map<String, Value>) -> Value {
    match schema.get_mut("allOf").and_then(Value::as_array_mut).map(Vec::as_mut_slice) {
        Some([only]) if only.get("$ref").is_some() => {
            let only = only.take();
            if schema.len() == 1 {
                return only;
            }
            schema["allOf"] = json!([only]);
            Value::Object(schema)
        }
        _ => Value::Object(schema),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn null_without_a_type_and_in_an_enum() {
        let reference = json!({"$ref": "#/components/schemas/A"});
        let only_null = json!({"type": "string", "nullable": true, "enum": [null]});
        for (schema, after) in [
            (json!({"type": "string", "nullable": true}), json!({"type": "string", "nullable": true})),
            (json!({"allOf": [reference], "nullable": true}), json!({"anyOf": [reference, only_null]})),
            (
                json!({"description": "d", "allOf": [reference], "x-a": 1, "nullable": true}),
                json!({"description": "d", "anyOf": [reference, only_null], "x-a": 1}),
            ),
            (
                json!({"allOf": [reference], "maxLength": 3, "nullable": true}),
                json!({"anyOf": [{"allOf": [reference], "maxLength": 3}, only_null]}),
            ),
            (
                json!({"oneOf": [reference, {"type": "integer"}], "nullable": true}),
                json!({"anyOf": [{"oneOf": [reference, {"type": "integer"}]}, only_null]}),
            ),
            (
                json!({"type": "integer", "oneOf": [reference], "nullable": true}),
                json!({"anyOf": [{"type": "integer", "oneOf": [reference]}, only_null]}),
            ),
            (
                json!({"allOf": [{"type": "string"}], "nullable": true}),
                json!({"anyOf": [{"allOf": [{"type": "string"}]}, only_null]}),
            ),
            (json!({"nullable": true}), json!({"anyOf": [{}, only_null]})),
            (
                json!({"type": "string", "enum": ["a"], "nullable": true}),
                json!({"type": "string", "enum": ["a", null], "nullable": true}),
            ),
            (json!({"nullable": false}), json!({"nullable": false})),
        ] {
            let mut document = json!({"components": {"schemas": {"B": {"properties": {"a": schema}}}}});
            Pass::of(&mut document, lower);
            assert_eq!(document["components"]["schemas"]["B"]["properties"]["a"].to_string(), after.to_string());
        }
    }
}
