//! Keywords of JSON Schema without an equivalent in 3.0, which become unchecked.

use serde_json::{Map, Value, json};

use crate::model::pointer::Pointer;
use crate::report::{Code, Log};

/// `patternProperties` become `additionalProperties`; the values keep their schema if all patterns share one.
pub(super) fn patterns(schema: &mut Map<String, Value>, at: &Pointer, log: &mut Log) {
    let Some(Value::Object(patterns)) = schema.shift_remove("patternProperties") else {
        return;
    };
    let closed = schema.get("additionalProperties") == Some(&Value::Bool(false))
        || schema.get("unevaluatedProperties") == Some(&Value::Bool(false));
    let mut schemas: Vec<Value> = Vec::new();
    schemas.extend(schema.get("additionalProperties").filter(|other| other.is_object()).cloned());
    for value in patterns.values() {
        if !schemas.contains(value) {
            schemas.push(value.clone());
        }
    }
    let open = !closed && !schema.get("additionalProperties").is_some_and(Value::is_object);
    let value = match schemas.as_slice() {
        // Names that match no pattern have any value.
        _ if open => json!({}),
        [only] => only.clone(),
        _ => json!({"anyOf": schemas}),
    };
    schema.insert("additionalProperties".into(), value);
    let names: Vec<_> = patterns.keys().map(|name| format!("`{name}`")).collect();
    log.add(Code::W005, &at.join("patternProperties"), format!("names are not matched with {}", names.join(", ")));
}

/// A tuple becomes an array; its items keep their schema if all share one.
pub(super) fn tuple(schema: &mut Map<String, Value>, at: &Pointer, log: &mut Log) {
    let Some(Value::Array(places)) = schema.shift_remove("prefixItems") else {
        return;
    };
    let mut same = places
        .iter()
        .chain(schema.get("items").filter(|items| items.as_object().is_some_and(|items| !items.is_empty())));
    let first = same.next().cloned().unwrap_or_else(|| json!({}));
    let item = if same.all(|item| *item == first) { first } else { json!({}) };
    schema.insert("items".into(), item);
    log.add(Code::W005, &at.join("prefixItems"), "all items have one type");
}

/// Keywords whose schemas evaluate properties of the same object.
const APPLICATORS: &[&str] =
    &["$ref", "$dynamicRef", "allOf", "anyOf", "oneOf", "if", "then", "else", "dependentSchemas"];

/// `unevaluatedProperties` that allow others become `additionalProperties`, which know only the properties beside them.
pub(super) fn unevaluated(schema: &mut Map<String, Value>, at: &Pointer, log: &mut Log) {
    let rest = match schema.get("unevaluatedProperties") {
        Some(Value::Bool(true)) => json!({}),
        Some(rest @ Value::Object(_)) => rest.clone(),
        _ => return,
    };
    let at = at.join("unevaluatedProperties");
    schema.shift_remove("unevaluatedProperties");
    if schema.contains_key("additionalProperties") {
        return log.add(Code::L017, &at, "every property is evaluated by `additionalProperties`");
    }
    let is_any = rest.as_object().is_some_and(Map::is_empty);
    if is_any || !APPLICATORS.iter().any(|keyword| schema.contains_key(*keyword)) {
        log.add(Code::L017, &at, "written as `additionalProperties`");
        schema.insert("additionalProperties".into(), rest);
    } else {
        log.add(Code::W006, &at, "others are kept, and their values are not checked");
        schema.insert("additionalProperties".into(), json!({}));
    }
}

const CONDITIONS: &[&str] = &[
    "contains",
    "minContains",
    "maxContains",
    "unevaluatedItems",
    "unevaluatedProperties",
    "propertyNames",
    "dependentRequired",
    "dependencies",
    "not",
];

/// Removes conditions on what is in a value.
pub(super) fn drop_conditions(schema: &mut Map<String, Value>, at: &Pointer, log: &mut Log) {
    for keyword in CONDITIONS {
        if schema.shift_remove(*keyword).is_some() {
            log.add(Code::W006, &at.join(keyword), "not checked; the server does");
        }
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;
    use serde_json::json;

    use crate::lower::schema::tests::check;

    #[test]
    fn names_by_pattern() {
        check(
            json!({"type": "object", "patternProperties": {"^a": {"type": "string"}}, "additionalProperties": false}),
            expect![[r#"{"type":"object","additionalProperties":{"type":"string"}} W005"#]],
        );
        check(
            json!({"type": "object", "patternProperties": {"^a": {"type": "string"}}}),
            expect![[r#"{"type":"object","additionalProperties":{}} W005"#]],
        );
    }

    #[test]
    fn tuples() {
        check(
            json!({"type": "array", "prefixItems": [{"type": "number"}, {"type": "number"}], "items": false}),
            expect![[r#"{"type":"array","items":{"type":"number"}} W005"#]],
        );
        check(
            json!({"prefixItems": [{"type": "number"}, {"type": "string"}]}),
            expect![[r#"{"items":{},"type":"array"} W005 L006"#]],
        );
    }

    #[test]
    fn conditions() {
        check(
            json!({"type": "object", "not": {"required": ["a"]}, "propertyNames": {"pattern": "a"}, "dependentRequired": {}}),
            expect![[r#"{"type":"object"} L006 L006 W006 W006 W006"#]],
        );
    }
}
