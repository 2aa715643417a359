//! Types: in 3.0 a schema has one type, and the values of an enum have that type.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::lower::branches;
use crate::model::pointer::Pointer;
use crate::report::{Code, Log};

const TYPES: &[&str] = &["string", "integer", "number", "boolean", "array", "object"];

/// Keywords that apply to one type only.
const OF_TYPE: &[(&str, &[&str])] = &[
    ("string", &["pattern", "minLength", "maxLength", "format"]),
    ("array", &["items", "prefixItems", "minItems", "maxItems", "uniqueItems"]),
    ("object", &["properties", "required", "additionalProperties", "minProperties", "maxProperties"]),
    ("number", &["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"]),
    ("integer", &["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"]),
];

/// The formats of numbers, for a schema that admits other types, too.
const OF_NUMBERS: &[&str] =
    &["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float", "double"];

/// Removes unknown types.
pub(super) fn known_types(schema: &mut Map<String, Value>, at: &Pointer, log: &mut Log) {
    let known = |name: &Value| name.as_str().is_some_and(|name| TYPES.contains(&name));
    let right = match schema.get_mut("type") {
        None => return,
        Some(Value::Array(types)) => {
            types.dedup();
            types.iter().all(known)
        }
        Some(name) => known(name),
    };
    if right {
        return;
    }
    let unknown = schema.shift_remove("type").unwrap_or_default();
    // Some tools write `any` for a schema without a type.
    log.add(Code::W007, &at.join("type"), format!("{unknown} is not a type; read as any value"));
}

/// Infers a missing `type` from values or keywords; 3.0 tools read a schema without a type as any value.
pub(super) fn missing_type(schema: &mut Map<String, Value>, at: &Pointer, log: &mut Log) {
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
    if !["array", "object"].contains(&implied) || !schema.contains_key("enum") {
        log.add(Code::L006, at, format!("`{implied}` is implied"));
    }
}

/// Rewrites several types as a union with a member for each.
pub(super) fn several_types(schema: &mut Map<String, Value>, at: &Pointer, log: &mut Log) {
    let Some(Value::Array(types)) = schema.get("type").cloned() else {
        return;
    };
    schema.shift_remove("type");
    let names: Vec<_> = types.iter().filter_map(Value::as_str).collect();
    // Every integer is a number, and a list of all types is no constraint.
    let names: Vec<_> = names.iter().copied().filter(|name| *name != "integer" || !names.contains(&"number")).collect();
    if ["allOf", "oneOf", "anyOf", "$ref"].iter().any(|keyword| schema.contains_key(*keyword)) {
        return log.add(Code::L014, at, "its composition implies the types");
    }
    if names.len() >= 5 {
        for (_, keywords) in OF_TYPE {
            keywords.iter().for_each(|keyword| drop(schema.shift_remove(*keyword)));
        }
        return log.add(Code::L014, at, "every type is admitted");
    }
    log.add(Code::L014, at, format!("one of {}", names.join(", ")));
    let values = schema.shift_remove("enum");
    let has_number = names.iter().any(|name| ["number", "integer"].contains(name));
    let mut members = Vec::new();
    for name in &names {
        let mut member = Map::from_iter([("type".to_owned(), json!(name))]);
        for keyword in OF_TYPE.iter().filter(|(of, _)| of == name).flat_map(|(_, keywords)| *keywords) {
            if let Some(value) = schema.get(*keyword) {
                member.insert((*keyword).into(), value.clone());
            }
        }
        if *name == "object" {
            let branches = branches::KEYWORDS.iter();
            member.extend(branches.filter_map(|keyword| schema.shift_remove_entry(*keyword)));
        }
        let is_numeric = schema.get("format").and_then(Value::as_str).is_some_and(|name| OF_NUMBERS.contains(&name));
        if let Some(format) = schema.get("format").filter(|_| is_numeric && has_number) {
            member.shift_remove("format");
            if ["number", "integer"].contains(name) {
                member.insert("format".into(), format.clone());
            }
        }
        if let Some(Value::Array(values)) = &values {
            let values: Vec<_> = values.iter().filter(|value| is_of(value, name)).cloned().collect();
            if values.is_empty() {
                continue;
            }
            member.insert("enum".into(), values.into());
        }
        self::values(&mut member, at, log);
        members.push(Value::Object(member));
    }
    for (_, keywords) in OF_TYPE {
        keywords.iter().for_each(|keyword| drop(schema.shift_remove(*keyword)));
    }
    match members.len() {
        0 => {}
        1 => schema.extend(members.remove(0).as_object().cloned().unwrap_or_default()),
        _ => drop(schema.insert("anyOf".into(), members.into())),
    }
}

/// Leaves out enum values of other types; objects and arrays in an enum are not compared.
pub(super) fn values(schema: &mut Map<String, Value>, at: &Pointer, log: &mut Log) {
    if let Some("array") = schema.get("type").and_then(Value::as_str) {
        schema.entry("items").or_insert_with(|| json!({}));
    }
    let Some(Value::Array(values)) = schema.get("enum") else {
        return;
    };
    let mut seen = BTreeSet::new();
    let distinct: Vec<Value> = values.iter().filter(|value| seen.insert(value.to_string())).cloned().collect();
    if distinct.iter().any(|value| value.is_object() || value.is_array()) {
        schema.shift_remove("enum");
        return log.add(Code::W003, &at.join("enum"), "objects and arrays are not compared with the values");
    }
    if let Some(name) = schema.get("type").and_then(Value::as_str) {
        let right: Vec<_> = distinct.iter().filter(|value| is_of(value, name)).cloned().collect();
        if right.len() < distinct.len() {
            log.add(Code::W007, &at.join("enum"), format!("values of other types than {name} are left out"));
        }
        if right.is_empty() {
            schema.shift_remove("enum");
        } else {
            schema.insert("enum".into(), right.into());
        }
        return;
    }
    if distinct.is_empty() {
        schema.shift_remove("enum");
        return;
    }
    if ["$ref", "allOf", "oneOf", "anyOf"].iter().any(|keyword| schema.contains_key(*keyword)) {
        schema.insert("enum".into(), distinct.into());
        return;
    }
    // The enum has scalars of several types.
    schema.shift_remove("enum");
    let mut members = Vec::new();
    for name in ["string", "integer", "number", "boolean"] {
        let of: Vec<_> = distinct.iter().filter(|value| type_of(value) == Some(name)).cloned().collect();
        if !of.is_empty() {
            members.push(json!({"type": name, "enum": of}));
        }
    }
    log.add(Code::L014, &at.join("enum"), "values of several types");
    schema.insert("anyOf".into(), members.into());
}

fn is_of(value: &Value, name: &str) -> bool {
    match (type_of(value), name) {
        (Some("integer"), "number") => true,
        (Some("number"), "integer") => value.as_f64().is_some_and(|number| number.fract() == 0.0),
        (of, name) => of == Some(name),
    }
}

fn type_of(value: &Value) -> Option<&'static str> {
    match value {
        Value::String(_) => Some("string"),
        Value::Bool(_) => Some("boolean"),
        Value::Number(number) if number.is_f64() => Some("number"),
        Value::Number(_) => Some("integer"),
        Value::Array(_) => Some("array"),
        Value::Object(_) => Some("object"),
        Value::Null => None,
    }
}

fn type_of_all(values: &[Value]) -> Option<&'static str> {
    let first = type_of(values.first()?)?;
    values.iter().all(|value| type_of(value) == Some(first)).then_some(first)
}

#[cfg(test)]
mod tests {
    use expect_test::expect;
    use serde_json::json;

    use crate::lower::schema::tests::check;

    #[test]
    fn missing_types() {
        check(json!({"enum": [1, 2]}), expect![[r#"{"enum":[1,2],"type":"integer"} L006"#]]);
        check(json!({"items": {"type": "string"}}), expect![[r#"{"items":{"type":"string"},"type":"array"} L006"#]]);
        check(json!({"type": "array"}), expect![[r#"{"type":"array","items":{}} "#]]);
    }

    #[test]
    fn several_types() {
        check(
            json!({"type": ["string", "integer"], "maxLength": 3, "minimum": 1}),
            expect![[r#"{"anyOf":[{"type":"string","maxLength":3},{"type":"integer","minimum":1}]} L014"#]],
        );
        check(
            json!({"enum": ["a", 1, true]}),
            expect![[
                r#"{"anyOf":[{"type":"string","enum":["a"]},{"type":"integer","enum":[1]},{"type":"boolean","enum":[true]}]} L014"#
            ]],
        );
        check(
            json!({"type": ["object", "string"], "dependentSchemas": {"a": {"type": "object"}}}),
            expect![[
                r#"{"anyOf":[{"type":"object","dependentSchemas":{"a":{"type":"object"}}},{"type":"string"}]} L014"#
            ]],
        );
        check(json!({"type": ["integer", "number"]}), expect![[r#"{"type":"number"} L014"#]]);
        check(json!({"type": ["string", "integer", "number", "boolean", "array", "object"]}), expect!["{} L014"]);
    }

    #[test]
    fn values_of_another_type() {
        check(json!({"type": "string", "enum": ["a", 1, "a"]}), expect![[r#"{"type":"string","enum":["a"]} W007"#]]);
        check(
            json!({"type": "integer", "enum": [1, 2.0, 1.5]}),
            expect![[r#"{"type":"integer","enum":[1,2.0]} W007"#]],
        );
        check(json!({"type": "text"}), expect!["{} W007"]);
    }
}
