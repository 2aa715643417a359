//! Properties of an object: which are required in which direction, and unique names.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use crate::model::direction::directions;
use crate::model::grammar::ObjectKind;
use crate::model::names::unique_name;
use crate::model::names::{is_left_as_it_is, snake_name};
use crate::model::pointer::Pointer;
use crate::model::visitor::visit_mut;
use crate::prepare::facts::Facts;
use crate::report::{Code, Log, Pass};

/// Declares the properties that a schema requires and does not declare. They have any value, or that of the others, and only
/// a request needs them: a reply without one is still read.
pub(super) fn declare_required(pass: &mut Pass<Facts>) {
    let Pass { document, log, .. } = pass;
    let directions = directions(document);
    let schemas = document.pointer_mut("/components/schemas").and_then(Value::as_object_mut);
    for (component, schema) in schemas.into_iter().flatten() {
        if schema["type"] != "object" || !schema["required"].is_array() {
            continue;
        }
        let read = directions.read.contains(component) || !directions.written.contains(component);
        let others = schema.get("additionalProperties").filter(|others| others.is_object()).cloned();
        let Value::Object(schema) = schema else { continue };
        let Some(Value::Array(required)) = schema.get("required") else { continue };
        let declared = schema.get("properties").and_then(Value::as_object);
        let undeclared: Vec<_> = required
            .iter()
            .filter_map(Value::as_str)
            .filter(|name| declared.is_none_or(|declared| !declared.contains_key(*name)))
            .map(str::to_owned)
            .collect();
        if undeclared.is_empty() {
            continue;
        }
        let is_map = declared.is_none_or(Map::is_empty) && others.is_some();
        if !is_map && let Value::Object(properties) = schema.entry("properties").or_insert_with(|| json!({})) {
            for name in &undeclared {
                properties.insert(name.clone(), others.clone().unwrap_or_else(|| json!({})));
            }
        }
        if (read || is_map)
            && let Some(Value::Array(required)) = schema.get_mut("required")
        {
            required.retain(|name| !undeclared.iter().any(|undeclared| name == undeclared));
        }
        let at = Pointer::component("schemas", component).join("required");
        let names: Vec<_> = undeclared.iter().map(|name| format!("`{name}`")).collect();
        log.add(Code::W117, &at, format!("{} have any value, and may be absent from a reply", names.join(", ")));
    }
}

/// Makes objects that say that they have other properties keep them, beside the declared ones, too.
pub(super) fn keep_others(pass: &mut Pass<Facts>) {
    visit_mut(&mut pass.document, &mut |kind, _, schema| {
        let has_own = schema.get("properties").and_then(Value::as_object).is_some_and(|own| !own.is_empty());
        // typify keeps `{}`, and drops what the equal `true` allows.
        if kind == ObjectKind::Schema && has_own && schema.get("additionalProperties") == Some(&Value::Bool(true)) {
            schema.insert("additionalProperties".into(), json!({}));
        }
    });
}

/// Makes read-only properties optional in requests, and write-only properties optional in replies.
pub(super) fn relax_one_way(pass: &mut Pass<Facts>) {
    let Pass { document, log, .. } = pass;
    let directions = directions(document);
    let whole = document.clone();
    let schemas = document.pointer_mut("/components/schemas").and_then(Value::as_object_mut);
    for (name, schema) in schemas.into_iter().flatten() {
        let Some(Value::Object(properties)) = schema.get("properties").cloned() else {
            continue;
        };
        let Some(Value::Array(required)) = schema.get_mut("required") else {
            continue;
        };
        let (read, written) = (directions.read.contains(name), directions.written.contains(name));
        required.retain(|property| {
            let property = property.as_str().unwrap_or_default();
            let schema = properties.get(property).unwrap_or(&Value::Null);
            let of_server = written && is(schema, "readOnly", &whole);
            let of_client = read && is(schema, "writeOnly", &whole);
            if of_server || of_client {
                let at = Pointer::component("schemas", name).join("properties").join(property);
                let only = if of_server { "the server sets it" } else { "only the client sends it" };
                let both = if read && written { "; one type is for both directions" } else { "" };
                log.add(Code::W111, &at, format!("{only}{both}"));
            }
            !of_server && !of_client
        });
    }
}

/// Whether a property has such a flag, such as `readOnly`, or the schema that it refers to.
pub(super) fn is(property: &Value, keyword: &str, document: &Value) -> bool {
    if property[keyword] == true {
        return true;
    }
    let reference = property["$ref"].as_str().or_else(|| property["allOf"][0]["$ref"].as_str());
    let target = reference.and_then(|reference| crate::model::pointer::resolve(document, reference));
    target.is_some_and(|target| target[keyword] == true)
}

/// Makes names of fields unique within their type, and lists and maps that may be absent nullable.
pub(super) fn prepare(pass: &mut Pass<Facts>) {
    let Pass { document, log, facts } = pass;
    visit_mut(document, &mut |kind, at, schema| {
        if kind != ObjectKind::Schema {
            return;
        }
        let wire_names = rename(schema, at, log);
        if !wire_names.is_empty() {
            facts.wire_names.insert(at.clone(), wire_names);
        }
        facts.absent.extend(absent_lists(schema).iter().map(|name| at.join("properties").join(name)));
    });
}

/// Makes each list or map that may be absent nullable, so that absence differs from emptiness. Returns their names.
fn absent_lists(schema: &mut Map<String, Value>) -> Vec<String> {
    let mut absent = Vec::new();
    let required: BTreeSet<_> = schema
        .get("required")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect();
    for (name, property) in schema.get_mut("properties").and_then(Value::as_object_mut).into_iter().flatten() {
        let is_map = property["type"] == "object" && property.get("properties").is_none();
        if !required.contains(name) && (property["type"] == "array" || is_map) && property["nullable"] != true {
            property["nullable"] = true.into();
            absent.push(name.clone());
        }
    }
    absent
}

/// Returns the names on the wire of the properties that were renamed.
fn rename(schema: &mut Map<String, Value>, at: &Pointer, log: &mut Log) -> BTreeMap<String, String> {
    let mut renamed = BTreeMap::new();
    let extra = schema.get("additionalProperties").is_some_and(Value::is_object);
    let Some(Value::Object(properties)) = schema.get_mut("properties") else {
        return renamed;
    };
    // typify has a field `extra` for all other properties.
    let mut taken: BTreeSet<String> = if extra { BTreeSet::from(["extra".to_owned()]) } else { BTreeSet::new() };
    *properties = std::mem::take(properties)
        .into_iter()
        .map(|(name, property)| {
            let wanted = snake_name(&name);
            let unique = unique_name(&wanted, &mut taken);
            if unique == wanted && is_left_as_it_is(&name) {
                return (name, property);
            }
            log.add(Code::L110, &at.join("properties").join(&name), format!("named `{unique}`"));
            renamed.insert(unique.clone(), name);
            (unique, property)
        })
        .collect();
    if let Some(Value::Array(required)) = schema.get_mut("required") {
        for name in required {
            if let Some((unique, _)) = renamed.iter().find(|(_, wire)| *name == ***wire) {
                *name = unique.as_str().into();
            }
        }
    }
    renamed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn required_properties_that_are_not_declared() {
        let document = |part: &str, schema: Value| {
            let content = json!({"content": {"application/json": {"schema": {"$ref": "#/components/schemas/A"}}}});
            let operation = match part {
                "requestBody" => json!({"requestBody": content}),
                _ => json!({"responses": {"200": content}}),
            };
            json!({"paths": {"/a": {"put": operation}}, "components": {"schemas": {"A": schema}}})
        };
        let schema = |required: Value, properties: Value| json!({"type": "object", "properties": properties, "required": required});
        let given = || schema(json!(["a", "b"]), json!({"a": {"type": "string"}}));
        let both = || json!({"a": {"type": "string"}, "b": {}});
        let map = || json!({"type": "object", "additionalProperties": {}, "required": ["a"]});
        for (part, given, expected) in [
            ("requestBody", given(), schema(json!(["a", "b"]), both())),
            ("responses", given(), schema(json!(["a"]), both())),
            ("responses", map(), json!({"type": "object", "additionalProperties": {}, "required": []})),
        ] {
            let mut document = document(part, given);
            let (report, _) = Pass::of(&mut document, declare_required);
            assert_eq!(document["components"]["schemas"]["A"], expected, "{part}");
            assert_eq!(report.entries[0].code, Code::W117);
        }
    }

    #[test]
    fn names_that_collide() {
        let mut document = json!({"components": {"schemas": {"A": {
            "properties": {"a-b": {}, "a_b": {}, "extra": {}, "@": {}}, "required": ["a_b"], "additionalProperties": {},
        }}}});
        let (_, facts) = Pass::of(&mut document, prepare);
        let wire_names = [("a_b2", "a_b"), ("extra2", "extra")].map(|(name, wire)| (name.to_owned(), wire.to_owned()));
        assert_eq!(facts.wire_names[&Pointer::component("schemas", "A")], BTreeMap::from(wire_names));
        assert_eq!(
            document["components"]["schemas"]["A"],
            json!({
                "properties": {"a-b": {}, "a_b2": {}, "extra2": {}, "@": {}}, "required": ["a_b2"],
                "additionalProperties": {},
            })
        );
    }
}
