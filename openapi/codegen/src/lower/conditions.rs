//! Keywords of JSON Schema without an equivalent in 3.0, which become unchecked.

use serde_json::{Map, Value, json};

use crate::lower::LoweredFacts;
use crate::model::grammar::ObjectKind;
use crate::model::pointer::Pointer;
use crate::model::visitor::visit_mut;
use crate::report::{Code, Log, Pass};

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

/// How many items a tuple has at most for which Rust has `Debug` and the like.
const MAX_PLACES: usize = 12;

/// A tuple becomes a list; its items keep their schema if all share one.
///
/// If items of other places have no schema, `prefixItems` stays: a generator may make a tuple of it.
pub(super) fn tuple(schema: &mut Map<String, Value>, at: &Pointer, log: &mut Log) {
    let Some(Value::Array(places)) = schema.shift_remove("prefixItems") else {
        return;
    };
    let is_closed = ["items", "unevaluatedItems"].iter().any(|keyword| schema.get(*keyword) == Some(&false.into()));
    let others = schema.get("items").filter(|items| items.as_object().is_some_and(|items| !items.is_empty()));
    let most = schema.get("maxItems").and_then(Value::as_u64);
    let is_list = schema
        .get("type")
        .is_none_or(|of| *of == "array" || of.as_array().is_some_and(|of| of.contains(&"array".into())));
    let is_tuple = is_list
        && others.is_none()
        && (1..=MAX_PLACES).contains(&places.len())
        && places.iter().all(Value::is_object)
        && most.is_none_or(|most| most >= places.len() as u64);
    let mut same = places.iter().chain(others);
    let first = same.next().cloned().unwrap_or_else(|| json!({}));
    let item = if same.all(|item| *item == first) { first } else { json!({}) };
    schema.insert("items".into(), item);
    if is_tuple {
        if is_closed {
            schema.insert("maxItems".into(), places.len().into());
            schema.shift_remove("unevaluatedItems");
        }
        schema.insert("prefixItems".into(), places.into());
    } else {
        log.add(Code::W005, &at.join("prefixItems"), WIDENED);
    }
}

const WIDENED: &str = "all items have one type";

/// Leaves lists where [`tuple()`] left tuples.
pub(super) fn without_tuples(pass: &mut Pass<LoweredFacts>) {
    let Pass { document, log, .. } = pass;
    visit_mut(document, &mut |kind, at, schema| {
        if kind == ObjectKind::Schema && schema.shift_remove("prefixItems").is_some() {
            log.add(Code::W005, &at.join("prefixItems"), WIDENED);
        }
    });
}

/// `dependencies` of earlier drafts become the two keywords that took its place in 2019-09.
pub(super) fn dependencies(pass: &mut Pass) {
    let Pass { document, .. } = pass;
    // The visitor does not know the keyword, and sees what is in its schemas once they moved.
    let mut has_moved = true;
    while std::mem::take(&mut has_moved) {
        visit_mut(document, &mut |kind, _, schema| {
            if kind != ObjectKind::Schema || !schema.get("dependencies").is_some_and(Value::is_object) {
                return;
            }
            has_moved = true;
            let Some(Value::Object(dependencies)) = schema.shift_remove("dependencies") else { return };
            for (name, needed) in dependencies {
                let keyword = if needed.is_array() { "dependentRequired" } else { "dependentSchemas" };
                if let Value::Object(named) = schema.entry(keyword).or_insert_with(|| json!({})) {
                    named.entry(name).or_insert(needed);
                }
            }
        });
    }
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
    "not",
];

/// Removes conditions on what is in a value.
pub(super) fn drop_conditions(schema: &mut Map<String, Value>, at: &Pointer, log: &mut Log) {
    // Few schemas have any.
    if !schema.keys().any(|keyword| CONDITIONS.contains(&keyword.as_str())) {
        return;
    }
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
            expect![[
                r#"{"type":"array","items":{"type":"number"},"maxItems":2,"prefixItems":[{"type":"number"},{"type":"number"}]} "#
            ]],
        );
        check(
            json!({"prefixItems": [{"type": "number"}, {"type": "string"}]}),
            expect![[r#"{"items":{},"prefixItems":[{"type":"number"},{"type":"string"}],"type":"array"} L006"#]],
        );
        check(
            json!({"type": "array", "prefixItems": [{"type": "number"}], "items": {}, "unevaluatedItems": false}),
            expect![[r#"{"type":"array","items":{"type":"number"},"maxItems":1,"prefixItems":[{"type":"number"}]} "#]],
        );
        check(
            json!({"type": ["array", "string"], "prefixItems": [{"type": "number"}], "minItems": 1}),
            expect![[
                r#"{"anyOf":[{"type":"array","items":{"type":"number"},"prefixItems":[{"type":"number"}],"minItems":1},{"type":"string"}]} L014"#
            ]],
        );
        // Lists that are no tuples in Rust.
        check(
            json!({"type": "array", "prefixItems": [{"type": "number"}], "items": {"type": "string"}}),
            expect![[r#"{"type":"array","items":{}} W005"#]],
        );
        check(
            json!({"type": "array", "prefixItems": [{"type": "number"}, {}], "maxItems": 1}),
            expect![[r#"{"type":"array","maxItems":1,"items":{}} W005"#]],
        );
        check(
            json!({"type": "array", "prefixItems": [], "items": false}),
            expect![[r#"{"type":"array","items":{}} W005"#]],
        );
        check(
            json!({"type": "array", "prefixItems": vec![json!({}); 13]}),
            expect![[r#"{"type":"array","items":{}} W005"#]],
        );
        check(json!({"type": "string", "prefixItems": [{}]}), expect![[r#"{"type":"string","items":{}} W005"#]]);
    }

    #[test]
    fn dependencies_of_earlier_drafts() {
        let to = json!({"$ref": "#/components/schemas/B/definitions/c"});
        let card = json!({"properties": {"card": {"type": "string"}}, "dependencies": {"card": to}});
        let schema = json!({"properties": {"a": {}}, "dependencies": {"a": ["b"], "b": card}});
        let mut document = json!({
            "openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": {},
            "components": {"schemas": {
                "A": schema, "B": {"definitions": {"c": {"properties": {"code": {"type": "integer"}}}}},
                "Property": {"properties": {"dependencies": {"type": "string"}}},
            }},
        });
        let lowered = crate::lower::lower(&document).unwrap();
        let schemas = serde_json::to_value(lowered.document).unwrap()["components"]["schemas"].take();
        assert_eq!(
            schemas["A"]["properties"],
            json!({"a": {}, "card": {"type": "string"}, "code": {"type": "integer"}})
        );
        assert_eq!(schemas["Property"]["properties"], json!({"dependencies": {"type": "string"}}));
        let codes: Vec<_> = lowered.report.entries.iter().map(|entry| entry.code.to_string()).collect();
        assert!(codes.iter().filter(|code| *code == "W006").count() >= 2, "{codes:?}");
        assert!(!codes.contains(&"O004".to_owned()), "{codes:?}");
        // A value that is no object is no keyword of any draft.
        document["components"]["schemas"]["A"]["dependencies"] = json!(["a"]);
        let lowered = crate::lower::lower(&document).unwrap();
        assert!(lowered.report.entries.iter().any(|entry| entry.code.to_string() == "O004"));
    }

    #[test]
    fn other_tools_get_lists() {
        let document = json!({
            "openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": {},
            "components": {"schemas": {"A": {"type": "array", "prefixItems": [{"type": "number"}], "items": false}}},
        });
        let crate::lower::Lowered { document, report, .. } = crate::lower::lower(&document).unwrap();
        let lowered = serde_json::to_value(document).unwrap();
        assert_eq!(
            lowered["components"]["schemas"]["A"],
            json!({"type": "array", "items": {"type": "number"}, "maxItems": 1})
        );
        let codes: Vec<_> = report.entries.iter().map(|entry| entry.code.to_string()).collect();
        assert_eq!(codes, ["L001", "W005"]);
    }

    #[test]
    fn conditions() {
        check(
            json!({"type": "object", "not": {"required": ["a"]}, "propertyNames": {"pattern": "a"}, "dependentRequired": {}}),
            expect![[r#"{"type":"object"} L006 L006 W006 W006 W006"#]],
        );
    }
}
