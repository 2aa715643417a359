//! Null in all its spellings becomes the flag `nullable`, where the schema is used.
//!
//! JSON Schema admits null by conjunction: every keyword must admit it. So whether a schema admits null is worked out
//! on the document as given, through references; then every spelling is removed and the flag is set. A *named* schema
//! that admits null would become a Rust type that is an `Option` of itself, so there the flag moves to the uses.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::model::grammar::ObjectKind;
use crate::model::null::{NamedNulls, Null, said_by};
use crate::model::pointer::Pointer;
use crate::model::visitor::{visit, visit_mut};
use crate::report::{Code, Log, Pass};

/// Replaces every spelling of null by the flag.
pub(super) fn lower(pass: &mut Pass) {
    let Pass { document, log, .. } = pass;
    let named = NamedNulls::of(document);
    let mut admit = Vec::new();
    visit(document, &mut |kind, _, schema| {
        if kind == ObjectKind::Schema {
            admit.push(said_by(schema, &mut |reference| named.0.get(reference).copied()) == Null::Admitted);
        }
    });
    // Both visits meet the schemas in the same order.
    let mut admit = admit.into_iter();
    let mut alone = Alone::default();
    visit_mut(document, &mut |kind, at, schema| {
        if kind != ObjectKind::Schema {
            return;
        }
        strip(schema, at, &mut alone, log);
        if admit.next() != Some(true) {
            return;
        }
        match place(at) {
            SchemaRole::Component => log.add(Code::L007, at, "null is admitted where it is used"),
            // The schema that holds the member decides.
            SchemaRole::Member => {}
            SchemaRole::Use => flag(schema, at, &alone),
        }
    });
}

/// The schemas that admit null and nothing else.
type Alone = BTreeSet<Pointer>;

/// Removes every spelling of null from the keywords of one schema.
fn strip(schema: &mut Map<String, Value>, at: &Pointer, alone: &mut Alone, log: &mut Log) {
    if schema.shift_remove("nullable").is_some() {
        log.add(Code::L012, &at.join("nullable"), "3.1 has no such keyword; it is read as 3.0 means it");
    }
    if let Some(Value::Array(types)) = schema.get_mut("type") {
        let given = types.len();
        types.retain(|name| name != "null");
        if types.len() < given {
            log.add(Code::L002, &at.join("type"), "null is admitted");
        }
        match types.as_slice() {
            [] if given > 0 => null_alone(schema, at, alone, log),
            [] => drop(schema.shift_remove("type")),
            [only] => schema["type"] = only.clone(),
            _ => {}
        }
    }
    if schema.get("type").is_some_and(|name| name == "null") || schema.get("const") == Some(&Value::Null) {
        null_alone(schema, at, alone, log);
    }
    if let Some(Value::Array(values)) = schema.get_mut("enum") {
        let given = values.len();
        values.retain(|value| !value.is_null());
        if values.len() < given {
            log.add(Code::L004, &at.join("enum"), "null is admitted");
            if values.is_empty() {
                null_alone(schema, at, alone, log);
            }
        }
    }
    for keyword in ["oneOf", "anyOf"] {
        if let Some(Value::Array(members)) = schema.get_mut(keyword) {
            let given = members.len();
            let mut places = (0..given).map(|index| at.join(keyword).join(&index.to_string()));
            members.retain(|_| places.next().is_none_or(|place| !alone.contains(&place)));
            if members.len() == given {
                continue;
            }
            log.add(Code::L003, &at.join(keyword), "null is admitted");
            match members.as_mut_slice() {
                [] => null_alone(schema, at, alone, log),
                [only] => {
                    let only = only.take();
                    schema.shift_remove(keyword);
                    absorb(schema, only);
                }
                _ => {}
            }
        }
    }
}

fn null_alone(schema: &mut Map<String, Value>, at: &Pointer, alone: &mut Alone, log: &mut Log) {
    for keyword in ["type", "const", "enum", "oneOf", "anyOf"] {
        schema.shift_remove(keyword);
    }
    if alone.insert(at.clone()) && place(at) != SchemaRole::Member {
        log.add(Code::W002, at, "null alone is read as any value");
    }
}

/// Makes `schema` say what its only member says, too.
fn absorb(schema: &mut Map<String, Value>, member: Value) {
    let Value::Object(member) = member else { return };
    let annotations = ["title", "description", "deprecated", "default"];
    let agrees = |key: &String, value| schema.get(key).is_none_or(|found| found == value);
    let disjoint = member.iter().all(|(key, value)| annotations.contains(&key.as_str()) || agrees(key, value));
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

fn flag(schema: &mut Map<String, Value>, at: &Pointer, alone: &Alone) {
    if schema.contains_key("$ref") {
        let reference = Value::Object(std::mem::take(schema));
        schema.insert("allOf".into(), json!([reference]));
    }
    if !alone.contains(at) {
        schema.insert("nullable".into(), true.into());
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum SchemaRole {
    Component,
    Member,
    Use,
}

fn place(at: &Pointer) -> SchemaRole {
    if at.in_component().is_some_and(|(_, inner)| inner.is_empty()) {
        return SchemaRole::Component;
    }
    match at.is_member_of(&["allOf", "anyOf", "oneOf"]) {
        true => SchemaRole::Member,
        false => SchemaRole::Use,
    }
}

#[cfg(test)]
mod tests;
