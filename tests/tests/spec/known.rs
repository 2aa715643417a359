//! Finds what a value lost when it was read and written back. Only losses of what the document describes count.

use std::cmp::Reverse;

use serde_json::{Number, Value};

use crate::document::{members, required, resolve, union_of, validator};

/// The differences between `sent` and `written` in what the schema describes, each with its pointer.
///
/// An absent property and a null property are equal.
pub(crate) fn differences(schema: &'static Value, sent: &Value, written: &Value) -> Vec<String> {
    let mut found = Vec::new();
    compare(schema, sent, written, "", &mut found);
    found
}

fn compare(schema: &'static Value, sent: &Value, written: &Value, at: &str, found: &mut Vec<String>) {
    let schema = resolve(schema);
    if sent.is_null() {
        return expect_same(sent, written, at, found);
    }
    if union_of(schema).is_some() {
        return match member_of(schema, sent) {
            Some(member) => compare(member, sent, written, at, found),
            None => expect_same(sent, written, at, found),
        };
    }
    match (sent, written) {
        _ if schema.get("type").is_none() => expect_same(sent, written, at, found),
        (Value::Object(_), Value::Object(_)) if is_map(schema) => expect_same(sent, written, at, found),
        (Value::Object(sent), Value::Object(written)) => {
            for (name, property) in members(&schema["properties"]) {
                let at = format!("{at}/{name}");
                match (sent.get(name), written.get(name)) {
                    (None | Some(Value::Null), None | Some(Value::Null)) => {}
                    (Some(sent), Some(written)) => compare(property, sent, written, &at, found),
                    (sent, written) => found.push(format!("at `{at}`: {} became {}", shown(sent), shown(written))),
                }
            }
            let described = members(&schema["properties"]);
            let values = &schema["additionalProperties"];
            for (name, sent) in sent.iter().filter(|(name, _)| values.is_object() && !described.contains_key(*name)) {
                let at = format!("{at}/{name}");
                match written.get(name) {
                    Some(written) => compare(values, sent, written, &at, found),
                    None => found.push(format!("at `{at}`: {sent} is gone")),
                }
            }
        }
        (Value::Array(sent), Value::Array(written)) if sent.len() == written.len() => {
            for (index, (sent, written)) in sent.iter().zip(written).enumerate() {
                compare(&schema["items"], sent, written, &format!("{at}/{index}"), found);
            }
        }
        _ => expect_same(sent, written, at, found),
    }
}

/// Finds the member of a union that a value is: one whose required properties it has, then the one that shares the most
/// properties with it, then the one with the fewest others.
pub(crate) fn member_of(schema: &'static Value, value: &Value) -> Option<&'static Value> {
    let choice: Vec<_> = union_of(schema)?.iter().map(resolve).filter(|member| member["type"] != "null").collect();
    if let [only] = choice[..] {
        return Some(only);
    }
    let mut best = None;
    for member in choice {
        let score = match value {
            Value::Object(object) => {
                let has = |name: &str| object.contains_key(name);
                let properties = members(&member["properties"]);
                let shared = properties.keys().filter(|name| has(name)).count();
                let complete = required(member).iter().all(|name| has(name));
                (shared > 0).then_some((complete, shared, Reverse(properties.len())))
            }
            _ => validator(member).is_valid(value).then_some((true, 0, Reverse(0))),
        };
        // With equal scores, the first member in the document wins.
        if let Some(score) = score
            && best.is_none_or(|(highest, _)| score > highest)
        {
            best = Some((score, member));
        }
    }
    best.map(|(_, member)| member)
}

/// Whether a schema is an object with any properties and no described ones.
fn is_map(schema: &'static Value) -> bool {
    schema["additionalProperties"] == true && members(&schema["properties"]).is_empty()
}

fn expect_same(sent: &Value, written: &Value, at: &str, found: &mut Vec<String>) {
    if !same(sent, written) {
        found.push(format!("at `{at}`: {sent} became {written}"));
    }
}

/// Whether two values are equal. Numbers are compared by value, so 1 equals 1.0.
pub(crate) fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => same_number(one, other),
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
        }
        (Value::Object(one), Value::Object(other)) => {
            one.len() == other.len()
                && one.iter().all(|(name, value)| other.get(name).is_some_and(|other| same(value, other)))
        }
        _ => one == other,
    }
}

fn same_number(one: &Number, other: &Number) -> bool {
    match (one.as_i128(), other.as_i128()) {
        (Some(one), Some(other)) => one == other,
        _ => one.as_f64() == other.as_f64(),
    }
}

fn shown(value: Option<&Value>) -> String {
    value.map_or_else(|| "absence".into(), ToString::to_string)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::document::component;

    #[test]
    fn losses_are_found() {
        let artifact = json!({"id": "a", "byteSize": 1.0, "loaderHint": {"lod": [1]}, "newField": 1});
        let operation = |assets: Value| json!({"id": "a", "status": "x", "assets": assets});
        for (schema, sent, written, place) in [
            ("Artifact", artifact.clone(), json!({"id": "a", "byteSize": 1, "loaderHint": {"lod": [1]}}), ""),
            ("Artifact", artifact.clone(), json!({"id": "a", "byteSize": 1}), "/loaderHint"),
            ("Artifact", artifact.clone(), json!({"id": "b", "byteSize": 1, "loaderHint": {"lod": [1]}}), "/id"),
            ("Artifact", artifact, json!({"id": "a", "byteSize": 2, "loaderHint": {"lod": [1]}}), "/byteSize"),
            ("Artifact", json!({"loaderHint": {"a": [{"b": 1}]}}), json!({"loaderHint": {"a": [{}]}}), "/loaderHint"),
            ("AssetPack", json!({"id": "a"}), json!({"id": "a", "name": null}), ""),
            ("AssetPack", json!({"id": "a", "items": []}), json!({"id": "a"}), "/items"),
            ("AssetPack", json!({"id": "a"}), json!({"id": "a", "items": []}), "/items"),
            ("AnimationOptions", json!({"a": 1}), json!({}), "``"),
            ("Operation", operation(json!({"glbUrl": "a"})), operation(json!({"glbUrl": "a", "objUrl": null})), ""),
            ("Operation", operation(json!({"glbUrl": "a"})), operation(json!({"radUrl": null})), "/assets/glbUrl"),
            ("Operation", operation(json!({"newUrl": "a"})), operation(json!({"newUrl": "a"})), ""),
            ("Operation", operation(json!({"newUrl": "a"})), operation(json!({})), "/assets"),
            (
                "Operation",
                operation(json!({"spzUrls": {"1k": "a"}})),
                operation(json!({"spzUrls": {}})),
                "/assets/spzUrls/1k",
            ),
        ] {
            let found = differences(component(schema), &sent, &written);
            match place {
                "" => assert_eq!(found, [""; 0], "{schema} {sent}"),
                place => assert!(found.len() == 1 && found[0].contains(place), "{schema} {sent}: {found:?}"),
            }
        }
    }
}
