//! Properties that only a condition declares. A schema has them always: which of them are there together is for the server
//! to check.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::model::grammar::ObjectKind;
use crate::model::pointer::resolve;
use crate::model::visitor::{visit, visit_mut};
use crate::report::{Code, Pass};

/// The keywords of conditions on an object.
pub(super) const KEYWORDS: [&str; 4] = ["dependentSchemas", "if", "then", "else"];

/// How many references and compositions are followed from a branch.
const MAX_DEPTH: usize = 8;

/// Moves the properties in branches beside those of the schema. This pass runs on lowered schemas.
pub(super) fn keep_properties(pass: &mut Pass) {
    let Pass { document, log, .. } = pass;
    let mut has_any = false;
    visit(document, &mut |kind, _, schema| {
        has_any |= kind == ObjectKind::Schema && KEYWORDS.iter().any(|keyword| schema.contains_key(*keyword));
    });
    if !has_any {
        return;
    }
    let whole = document.clone();
    visit_mut(document, &mut |kind, at, schema| {
        if kind != ObjectKind::Schema {
            return;
        }
        let taken = KEYWORDS.map(|keyword| (keyword, schema.shift_remove(keyword)));
        let mut declared = Vec::new();
        for (keyword, branch) in &taken {
            match (*keyword, branch) {
                ("dependentSchemas", Some(Value::Object(of))) => {
                    of.values().for_each(|branch| properties(branch, &whole, 0, &mut BTreeSet::new(), &mut declared));
                }
                ("then" | "else", Some(branch)) => {
                    let mut own = Vec::new();
                    properties(branch, &whole, 0, &mut BTreeSet::new(), &mut own);
                    // Without the condition, it may be anything.
                    declared.extend(own.into_iter().map(|(name, _)| (name, json!({}))));
                }
                _ => {}
            }
        }
        add(schema, declared);
        for (keyword, _) in taken.iter().filter(|(_, value)| value.is_some()) {
            let reason = match *keyword {
                "dependentSchemas" => {
                    "its properties are optional; what depends on what is left to the server to check"
                }
                _ => "not checked; the server does",
            };
            log.add(Code::W006, &at.join(keyword), reason);
        }
    });
}

/// The properties that a branch declares, also where it refers to another schema or has a choice. What is `seen` is not
/// followed again.
fn properties<'a>(
    branch: &'a Value,
    document: &'a Value,
    depth: usize,
    seen: &mut BTreeSet<&'a str>,
    found: &mut Vec<(String, Value)>,
) {
    if depth > MAX_DEPTH {
        return;
    }
    if let Some(reference) = branch["$ref"].as_str()
        && seen.insert(reference)
        && let Some(target) = resolve(document, reference)
    {
        properties(target, document, depth + 1, seen, found);
    }
    let own = branch["properties"].as_object().into_iter().flatten();
    found.extend(own.map(|(name, schema)| (name.clone(), schema.clone())));
    let lists = ["allOf", "anyOf", "oneOf"].iter().filter_map(|keyword| branch[*keyword].as_array()).flatten();
    let nested = branch["dependentSchemas"].as_object().into_iter().flat_map(Map::values);
    let nested = nested.chain(["then", "else"].iter().filter_map(|keyword| branch.get(*keyword)));
    lists.chain(nested).for_each(|inner| properties(inner, document, depth + 1, seen, found));
}

/// Adds the properties that a schema does not have. One of several schemas has any value.
fn add(schema: &mut Map<String, Value>, declared: Vec<(String, Value)>) {
    if declared.is_empty() {
        return;
    }
    let composed = ["type", "$ref", "allOf", "oneOf", "anyOf"];
    if !composed.iter().any(|keyword| schema.contains_key(*keyword)) {
        schema.insert("type".into(), "object".into());
    }
    let Value::Object(own) = schema.entry("properties").or_insert_with(|| json!({})) else { return };
    let mut added: Map<String, Value> = Map::new();
    for (name, property) in declared {
        let says_more = own.get(&name).is_none_or(|own| *own == json!({}));
        match added.get_mut(&name) {
            Some(other) if *other != property => *other = json!({}),
            None if says_more => drop(added.insert(name, property)),
            _ => {}
        }
    }
    own.extend(added);
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    fn check(schema: Value, after: Expect) {
        let mut document = json!({"components": {"schemas": {
            "A": schema,
            "Card": {"allOf": [{"properties": {"number": {"type": "string"}}}, {"$ref": "#/components/schemas/Loop"}]},
            "Loop": {
                "properties": {"more": {"$ref": "#/components/schemas/Card"}},
                // Following each of these would take 3000^3 steps.
                "allOf": vec![json!({"$ref": "#/components/schemas/Loop"}); 3000],
            },
        }}});
        let (report, ()) = Pass::of(&mut document, keep_properties);
        let codes: Vec<_> = report.entries.iter().map(|entry| entry.code.to_string()).collect();
        after.assert_eq(&format!("{} {}", document["components"]["schemas"]["A"], codes.join(" ")));
    }

    #[test]
    fn properties_of_dependent_schemas_are_typed() {
        check(
            json!({
                "type": "object",
                "required": ["a"],
                "properties": {"a": {"type": "string"}, "any": {}},
                "dependentSchemas": {
                    "a": {"properties": {"a": {"maxLength": 3}, "b": {"type": "integer"}, "any": {"type": "string"}}},
                    "b": {"required": ["c"], "properties": {"b": {"type": "integer"}, "c": {"type": "boolean"}}},
                },
            }),
            expect![[
                r#"{"type":"object","required":["a"],"properties":{"a":{"type":"string"},"any":{"type":"string"},"b":{"type":"integer"},"c":{"type":"boolean"}}} W006"#
            ]],
        );
        check(
            json!({"dependentSchemas": {"a": {"oneOf": [
                {"properties": {"b": {"type": "integer"}, "c": {"type": "integer"}}},
                {"properties": {"b": {"type": "string"}, "c": {"type": "integer"}}},
            ]}}}),
            expect![[r#"{"type":"object","properties":{"b":{},"c":{"type":"integer"}}} W006"#]],
        );
    }

    #[test]
    fn references_of_branches_are_followed() {
        check(
            json!({"allOf": [{"type": "object"}], "dependentSchemas": {"a": {"$ref": "#/components/schemas/Card"}}}),
            expect![[
                r##"{"allOf":[{"type":"object"}],"properties":{"number":{"type":"string"},"more":{"$ref":"#/components/schemas/Card"}}} W006"##
            ]],
        );
    }

    #[test]
    fn properties_under_a_condition_have_any_value() {
        check(
            json!({
                "type": "object", "properties": {"a": {"type": "string"}},
                "if": {"required": ["a"]},
                "then": {"properties": {"a": {"enum": ["x"]}, "b": {"type": "integer"}, "c": {"type": "string"}}},
                "else": {"properties": {"c": {"type": "integer"}}},
                "dependentSchemas": {"a": {"properties": {"b": {"type": "integer"}}}},
            }),
            expect![[r#"{"type":"object","properties":{"a":{"type":"string"},"b":{},"c":{}}} W006 W006 W006 W006"#]],
        );
        check(json!({"type": "string", "if": {}, "then": {}}), expect![[r#"{"type":"string"} W006 W006"#]]);
    }
}
