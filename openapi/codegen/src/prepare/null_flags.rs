//! Null as the flag alone: progenitor reads `nullable` beside any keyword, and null in a union or an enum as a value.

use serde_json::{Map, Value, json};

use crate::model::grammar::ObjectKind;
use crate::model::null::null_schema;
use crate::model::visitor::visit_mut;
use crate::prepare::facts::Facts;
use crate::report::Pass;

/// Folds each union of a schema with null, as the lowering writes it, to that schema with the flag, and removes null from
/// enums.
pub(super) fn fold(pass: &mut Pass<Facts>) {
    let null = null_schema();
    visit_mut(&mut pass.document, &mut |kind, _, schema| {
        if kind != ObjectKind::Schema {
            return;
        }
        if schema.get("nullable") == Some(&true.into())
            && let Some(Value::Array(values)) = schema.get_mut("enum")
            && values.len() > 1
        {
            values.retain(|value| !value.is_null());
        }
        let Some([Value::Object(_), last]) = schema.get("anyOf").and_then(Value::as_array).map(Vec::as_slice) else {
            return;
        };
        if *last == null {
            *schema = folded(std::mem::take(schema));
        }
    });
}

fn folded(union: Map<String, Value>) -> Map<String, Value> {
    let mut schema = Map::new();
    for (key, mut value) in union {
        match key.as_str() {
            "anyOf" => match value[0].take() {
                reference if reference.get("$ref").is_some() => {
                    schema.insert("allOf".into(), json!([reference]));
                }
                Value::Object(inner) => schema.extend(inner),
                _ => {}
            },
            _ => {
                schema.insert(key, value);
            }
        }
    }
    schema.insert("nullable".into(), true.into());
    schema
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_union_with_null_becomes_a_flag() {
        let reference = json!({"$ref": "#/components/schemas/A"});
        let only_null = null_schema();
        for (schema, after) in [
            (json!({"anyOf": [reference, only_null], "x": 1}), json!({"allOf": [reference], "x": 1, "nullable": true})),
            (json!({"anyOf": [{"oneOf": [reference]}, only_null]}), json!({"oneOf": [reference], "nullable": true})),
            (json!({"anyOf": [{}, only_null]}), json!({"nullable": true})),
            (
                json!({"type": "string", "enum": ["a", null], "nullable": true}),
                json!({"type": "string", "enum": ["a"], "nullable": true}),
            ),
            (json!({"anyOf": [reference, reference]}), json!({"anyOf": [reference, reference]})),
        ] {
            let mut document = json!({"components": {"schemas": {"B": {"properties": {"a": schema}}}}});
            Pass::of(&mut document, fold);
            assert_eq!(document["components"]["schemas"]["B"]["properties"]["a"].to_string(), after.to_string());
        }
    }
}
