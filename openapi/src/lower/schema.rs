//! Rules on one schema, each independent of where the schema stands.

use serde_json::{Map, Value, json};

use crate::code::Code;
use crate::grammar::{Kind, visit};
use crate::pointer::Pointer;
use crate::report::Report;

type Rule = fn(&mut Map<String, Value>, &Pointer, &mut Report);

/// In the order they run: a rule sees what the rules before it made of the same schema.
const RULES: &[Rule] = &[constant, null_in_type_and_enum, null_in_union, missing_type, exclusive_bound, leftover_type];

pub(super) fn lower_all(document: &mut Value, report: &mut Report) {
    visit(document, &mut |kind, at, object| {
        if kind == Kind::Schema {
            for rule in RULES {
                rule(object, at, report);
            }
        }
    });
}

/// `const` says what an enum of one value says (JSON Schema 2020-12 validation, section 6.1.3).
fn constant(schema: &mut Map<String, Value>, at: &Pointer, report: &mut Report) {
    let Some(value) = schema.shift_remove("const") else {
        return;
    };
    report.add(Code::L005, &at.join("const"), format!("only {value} is valid"));
    schema.insert("enum".into(), json!([value]));
}

/// Null is admitted only where `type` and `enum` both admit it; each admits everything when absent.
fn null_in_type_and_enum(schema: &mut Map<String, Value>, at: &Pointer, report: &mut Report) {
    let type_admits_null = match schema.get("type") {
        None => true,
        Some(Value::Array(types)) => types.iter().any(|name| name == "null"),
        Some(name) => name == "null",
    };
    let enum_has_null = schema.get("enum").and_then(Value::as_array);
    let enum_has_null = enum_has_null.map(|values| values.contains(&Value::Null));

    if let Some(Value::Array(types)) = schema.get_mut("type") {
        let admitted = types.len();
        types.retain(|name| name != "null");
        if types.len() < admitted {
            report.add(Code::L002, &at.join("type"), "null is admitted");
        }
        match types.as_slice() {
            [] => schema["type"] = "null".into(),
            [only] => schema["type"] = only.clone(),
            _ => {}
        }
    }
    if let Some(Value::Array(values)) = schema.get_mut("enum")
        && enum_has_null == Some(true)
    {
        values.retain(|value| !value.is_null());
        report.add(Code::L004, &at.join("enum"), "null is admitted");
        if values.is_empty() {
            schema.shift_remove("enum");
            schema.insert("type".into(), "null".into());
        }
    }
    // A schema that says nothing about type or values admits null in 3.0 too, without a flag.
    let says_null = schema.contains_key("type") || enum_has_null.is_some();
    if says_null && type_admits_null && enum_has_null.unwrap_or(true) && schema.get("type") != Some(&"null".into()) {
        schema.insert("nullable".into(), true.into());
    }
}

/// `oneOf: [X, null]` is X made nullable; with more members the union is.
fn null_in_union(schema: &mut Map<String, Value>, at: &Pointer, report: &mut Report) {
    for keyword in ["oneOf", "anyOf"] {
        let Some(Value::Array(members)) = schema.get_mut(keyword) else {
            continue;
        };
        if !take_null(members) {
            continue;
        }
        report.add(Code::L003, &at.join(keyword), "null is admitted");
        let admits_null = schema.get("type").is_none() || schema.get("nullable").is_some();
        let Some(Value::Array(members)) = schema.get_mut(keyword) else { continue };
        if let [only] = members.as_mut_slice() {
            let only = only.take();
            schema.shift_remove(keyword);
            absorb(schema, only);
        }
        if admits_null {
            schema.insert("nullable".into(), true.into());
        }
    }
}

/// Removes null from the members of a union, and tells whether it was admitted.
pub(super) fn take_null(members: &mut Vec<Value>) -> bool {
    let mut admitted = false;
    members.retain_mut(|member| {
        let Value::Object(member) = member else {
            return true;
        };
        if member.get("type") == Some(&"null".into()) {
            admitted = true;
            return false;
        }
        if member.get("nullable") == Some(&true.into()) {
            admitted = true;
            member.shift_remove("nullable");
            unwrap_reference(member);
        }
        true
    });
    admitted
}

/// Turns `{allOf: [{$ref}]}`, which carried a flag beside the reference, back into the reference.
fn unwrap_reference(schema: &mut Map<String, Value>) {
    if schema.len() != 1 {
        return;
    }
    if let Some([Value::Object(only)]) = schema.get("allOf").and_then(Value::as_array).map(Vec::as_slice)
        && only.contains_key("$ref")
    {
        *schema = only.clone();
    }
}

/// Makes `schema` say what its only member says, too.
fn absorb(schema: &mut Map<String, Value>, member: Value) {
    let Value::Object(member) = member else {
        return;
    };
    let annotations = ["title", "description", "deprecated", "default"];
    let disjoint = member.keys().all(|key| annotations.contains(&key.as_str()) || !schema.contains_key(key));
    if member.contains_key("$ref") || !disjoint {
        let members = schema.entry("allOf").or_insert_with(|| json!([]));
        if let Value::Array(members) = members {
            members.push(Value::Object(member));
        }
        return;
    }
    for (key, value) in member {
        schema.entry(key).or_insert(value);
    }
}

/// 3.0 tools take a schema without `type` for anything; the values or keywords tell more.
fn missing_type(schema: &mut Map<String, Value>, at: &Pointer, report: &mut Report) {
    let composed = ["type", "$ref", "allOf", "oneOf", "anyOf"];
    if composed.iter().any(|keyword| schema.contains_key(*keyword)) {
        return;
    }
    let of_keyword = |keywords: &[&str]| keywords.iter().any(|key| schema.contains_key(*key));
    let implied = if let Some(Value::Array(values)) = schema.get("enum") {
        type_of_all(values)
    } else if of_keyword(&["properties", "required", "additionalProperties"]) {
        Some("object")
    } else if of_keyword(&["items", "minItems", "maxItems", "uniqueItems"]) {
        Some("array")
    } else if of_keyword(&["pattern", "minLength", "maxLength"]) {
        Some("string")
    } else {
        None
    };
    let Some(implied) = implied else { return };
    schema.insert("type".into(), implied.into());
    report.add(Code::L006, at, format!("`{implied}` is implied"));
}

fn type_of_all(values: &[Value]) -> Option<&'static str> {
    let type_of = |value: &Value| match value {
        Value::String(_) => Some("string"),
        Value::Bool(_) => Some("boolean"),
        Value::Number(number) if number.is_f64() => Some("number"),
        Value::Number(_) => Some("integer"),
        _ => None,
    };
    let first = type_of(values.first()?)?;
    values.iter().all(|value| type_of(value) == Some(first)).then_some(first)
}

/// 3.0 spells an exclusive bound as the bound and a flag.
fn exclusive_bound(schema: &mut Map<String, Value>, at: &Pointer, report: &mut Report) {
    for (exclusive, inclusive, tighter) in
        [("exclusiveMinimum", "minimum", f64::max as fn(f64, f64) -> f64), ("exclusiveMaximum", "maximum", f64::min)]
    {
        let Some(bound) = schema.get(exclusive).cloned() else {
            continue;
        };
        let Some(number) = bound.as_f64() else {
            continue;
        };
        let other = schema.get(inclusive).and_then(Value::as_f64);
        if other.is_some_and(|other| other != number && tighter(other, number) == other) {
            schema.shift_remove(exclusive);
        } else {
            schema.insert(inclusive.into(), bound);
            schema.insert(exclusive.into(), true.into());
        }
        report.add(Code::L008, &at.join(exclusive), format!("bound of {number}"));
    }
}

/// What no rule above could say in 3.0 is refused, never guessed.
fn leftover_type(schema: &mut Map<String, Value>, at: &Pointer, report: &mut Report) {
    let reason = match schema.get("type") {
        Some(Value::Array(types)) => format!("a value of several types, {}", Value::from(&types[..])),
        Some(Value::String(_)) | None => return,
        Some(other) => format!("`type` is {other}"),
    };
    report.add(Code::R004, &at.join("type"), reason);
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    /// Lowers a schema in place of a property, and shows it with the codes of the rules that ran.
    fn check(before: Value, after: Expect) {
        let mut document = json!({"components": {"schemas": {"A": {"properties": {"p": before}}}}});
        let mut report = Report::default();
        lower_all(&mut document, &mut report);
        let schema = &document["components"]["schemas"]["A"]["properties"]["p"];
        let mut codes: Vec<_> = report
            .entries
            .iter()
            .filter(|entry| entry.pointer.as_str().contains("/properties/p"))
            .map(|entry| entry.code.to_string())
            .collect();
        codes.dedup();
        after.assert_eq(&format!("{schema} {}", codes.join(" ")));
    }

    #[test]
    fn null_in_its_spellings() {
        check(json!({"type": ["string", "null"]}), expect![[r#"{"type":"string","nullable":true} L002"#]]);
        check(
            json!({"type": ["string", "null"], "enum": ["a", null]}),
            expect![[r#"{"type":"string","enum":["a"],"nullable":true} L002 L004"#]],
        );
        check(json!({"enum": ["a", null]}), expect![[r#"{"enum":["a"],"nullable":true,"type":"string"} L004 L006"#]]);
        check(
            json!({"oneOf": [{"type": "string", "format": "date-time"}, {"type": "null"}]}),
            expect![[r#"{"type":"string","format":"date-time","nullable":true} L003"#]],
        );
        check(
            json!({"oneOf": [{"$ref": "#/components/schemas/A"}, {"type": "null"}]}),
            expect![[r##"{"allOf":[{"$ref":"#/components/schemas/A"}],"nullable":true} L003"##]],
        );
        check(
            json!({"anyOf": [{"type": "null"}, {"type": "object", "properties": {}}], "description": "d"}),
            expect![[r#"{"description":"d","type":"object","properties":{},"nullable":true} L003"#]],
        );
        check(
            json!({"oneOf": [{"$ref": "#/a"}, {"$ref": "#/b"}, {"type": "null"}]}),
            expect![[r##"{"oneOf":[{"$ref":"#/a"},{"$ref":"#/b"}],"nullable":true} L003"##]],
        );
    }

    #[test]
    fn null_that_is_not_admitted() {
        check(json!({"type": ["string", "null"], "enum": ["a"]}), expect![[r#"{"type":"string","enum":["a"]} L002"#]]);
        check(json!({"type": "string", "enum": ["a", null]}), expect![[r#"{"type":"string","enum":["a"]} L004"#]]);
        check(
            json!({"type": "object", "oneOf": [{"$ref": "#/a"}, {"type": "null"}]}),
            expect![[r##"{"type":"object","allOf":[{"$ref":"#/a"}]} L003"##]],
        );
        check(json!({}), expect!["{} "]);
        check(json!({"description": "anything"}), expect![[r#"{"description":"anything"} "#]]);
    }

    #[test]
    fn constants_and_missing_types() {
        check(json!({"const": "operation"}), expect![[r#"{"enum":["operation"],"type":"string"} L005 L006"#]]);
        check(json!({"enum": [1, 2]}), expect![[r#"{"enum":[1,2],"type":"integer"} L006"#]]);
        check(json!({"items": {"type": "string"}}), expect![[r#"{"items":{"type":"string"},"type":"array"} L006"#]]);
    }

    #[test]
    fn exclusive_bounds() {
        check(
            json!({"type": "integer", "exclusiveMinimum": 0}),
            expect![[r#"{"type":"integer","exclusiveMinimum":true,"minimum":0} L008"#]],
        );
        check(
            json!({"type": "number", "exclusiveMaximum": 5, "maximum": 4}),
            expect![[r#"{"type":"number","maximum":4} L008"#]],
        );
    }

    #[test]
    fn what_no_rule_takes_is_refused() {
        check(json!({"type": ["string", "integer"]}), expect![[r#"{"type":["string","integer"]} R004"#]]);
    }
}
