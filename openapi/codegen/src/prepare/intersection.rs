//! The intersection of two schemas.

use serde_json::{Map, Value, json};

use crate::model::pointer::Pointer;
use crate::report::{Code, Log};

/// The depth to which properties of the same name are intersected; deeper ones are rare, and may recur without end.
const MAX_DEPTH: usize = 4;

/// Whether a keyword does not restrict the values, other than null.
pub(super) fn is_annotation(keyword: &str) -> bool {
    keyword.starts_with("x-")
        || ["title", "description", "deprecated", "nullable", "readOnly", "writeOnly", "default", "externalDocs"]
            .contains(&keyword)
}

/// A schema that admits what both admit, as far as that can be expressed; the keywords of the first come first.
pub(super) fn intersect(
    mut first: Map<String, Value>,
    second: Map<String, Value>,
    depth: usize,
    at: &Pointer,
    log: &mut Log,
) -> Map<String, Value> {
    let closed = |schema: &Map<String, Value>| schema.get("additionalProperties") == Some(&Value::Bool(false));
    if closed(&first) != closed(&second) {
        // Taken literally, a closed member would refuse the properties of the others, which is never meant.
        first.shift_remove("additionalProperties");
    }
    let was_closed = closed(&second) && !closed(&first);
    for (keyword, value) in second {
        if keyword == "additionalProperties" && was_closed {
            continue;
        }
        let Some(own) = first.get_mut(&keyword) else {
            first.insert(keyword, value);
            continue;
        };
        match (keyword.as_str(), own, value) {
            (_, own, value) if *own == value => {}
            ("properties", Value::Object(own), Value::Object(others)) => {
                for (name, other) in others {
                    let at = at.join("properties").join(&name);
                    let both = match own.shift_remove(&name) {
                        Some(own) => both(own, other, depth, &at, log),
                        None => other,
                    };
                    own.insert(name, both);
                }
            }
            ("items", own, value) => *own = both(own.take(), value, depth, at, log),
            ("prefixItems", Value::Array(own), Value::Array(others)) => {
                for (index, other) in others.into_iter().enumerate() {
                    match own.get_mut(index) {
                        Some(own) => *own = both(own.take(), other, depth, at, log),
                        None => own.push(other),
                    }
                }
            }
            ("additionalProperties", own, value) if takes_any(own) => *own = value,
            ("additionalProperties", _, value) if takes_any(&value) => {}
            ("required", Value::Array(own), Value::Array(others)) => {
                for name in others {
                    if !own.contains(&name) {
                        own.push(name);
                    }
                }
            }
            ("enum", Value::Array(own), Value::Array(others)) => {
                let common: Vec<_> = own.iter().filter(|value| others.contains(value)).cloned().collect();
                if common.is_empty() {
                    log.add(Code::W106, at, "no value is in both enums; both are read");
                    own.extend(others);
                } else {
                    *own = common;
                }
            }
            ("type", own, value) => {
                let pair = [own.as_str().unwrap_or_default(), value.as_str().unwrap_or_default()];
                if pair.contains(&"integer") && pair.contains(&"number") {
                    *own = "integer".into();
                } else {
                    log.add(Code::W106, at, format!("{} and {}; read as any value", pair[0], pair[1]));
                    return Map::new();
                }
            }
            ("oneOf" | "anyOf", _, value) => {
                let count = value.as_array().map_or(0, Vec::len);
                log.add(Code::W113, at, format!("not checked: one of {count} schemas"));
            }
            _ => {}
        }
    }
    first
}

fn takes_any(schema: &Value) -> bool {
    *schema == Value::Bool(true) || schema.as_object().is_some_and(Map::is_empty)
}

/// Intersects a property that both schemas have.
fn both(first: Value, second: Value, depth: usize, at: &Pointer, log: &mut Log) -> Value {
    let (Value::Object(mut first), Value::Object(mut second)) = (first, second) else {
        return json!({});
    };
    let says_nothing = |schema: &Map<String, Value>| schema.keys().all(|key| is_annotation(key));
    if says_nothing(&second) {
        for (key, value) in second {
            first.entry(key).or_insert(value);
        }
        return Value::Object(first);
    }
    if says_nothing(&first) {
        for (key, value) in first {
            second.entry(key).or_insert(value);
        }
        return Value::Object(second);
    }
    let nullable = first.shift_remove("nullable").is_some() & second.shift_remove("nullable").is_some();
    let mut merged = if first == second || depth >= MAX_DEPTH {
        second
    } else if composed(&first) || composed(&second) {
        // The next round follows the references.
        let annotations = first.iter().filter(|(key, _)| is_annotation(key)).map(|(k, v)| (k.clone(), v.clone()));
        let mut merged: Map<_, _> = annotations.collect();
        merged.insert("allOf".into(), json!([first, second]));
        merged
    } else {
        intersect(first, second, depth + 1, at, log)
    };
    if nullable {
        merged.insert("nullable".into(), true.into());
    }
    Value::Object(merged)
}

fn composed(schema: &Map<String, Value>) -> bool {
    ["$ref", "allOf", "oneOf", "anyOf"].iter().any(|keyword| schema.contains_key(*keyword))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(first: Value, second: Value, after: Value) {
        let (Value::Object(first), Value::Object(second)) = (first, second) else { unreachable!() };
        let both = intersect(first, second, 0, &Pointer::default(), &mut Log::default());
        assert_eq!(Value::Object(both), after);
    }

    #[test]
    fn what_both_admit() {
        check(json!({"type": "number"}), json!({"type": "integer"}), json!({"type": "integer"}));
        check(json!({"type": "string"}), json!({"type": "integer"}), json!({}));
        check(json!({"enum": ["a", "b"]}), json!({"enum": ["b", "c"]}), json!({"enum": ["b"]}));
        check(
            json!({"prefixItems": [{"type": "number"}, {"type": "string"}]}),
            json!({"prefixItems": [{"type": "integer"}], "maxItems": 2}),
            json!({"prefixItems": [{"type": "integer"}, {"type": "string"}], "maxItems": 2}),
        );
        check(
            json!({"prefixItems": [{}]}),
            json!({"prefixItems": [{"type": "integer"}, {"type": "string"}]}),
            json!({"prefixItems": [{"type": "integer"}, {"type": "string"}]}),
        );
        check(
            json!({"properties": {"a": {"type": "string", "nullable": true}}}),
            json!({"properties": {"a": {"type": "string", "maxLength": 3}}, "additionalProperties": false}),
            json!({"properties": {"a": {"type": "string", "maxLength": 3}}}),
        );
    }
}
