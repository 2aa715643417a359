//! What an `allOf` says together, said in one schema.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::code::Code;
use crate::grammar::{Kind, visit};
use crate::pointer::{Pointer, component_name, resolve};
use crate::prepare::intersection::{intersect, is_annotation};
use crate::report::Report;

/// How often merged schemas may bring further `allOf`s to light.
const MAX_ROUNDS: usize = 8;

pub(super) fn merge(document: &mut Value, bases: &BTreeSet<String>, report: &mut Report) {
    cut_cycles(document, report);
    for _ in 0..MAX_ROUNDS {
        let whole = document.clone();
        let merging = Merging { document: &whole, bases };
        let mut any = false;
        visit(document, &mut |kind, at, schema| {
            if kind != Kind::Schema || !(schema.contains_key("allOf") || has_conditions_beside_union(schema)) {
                return;
            }
            let merged = merging.flat(schema, &mut Vec::new(), at, report);
            if merged != *schema {
                any = true;
                report.add(Code::L106, at, "merged");
                *schema = merged;
            }
        });
        if !any {
            break;
        }
    }
}

/// Whether a schema is a union and an object at once.
fn has_conditions_beside_union(schema: &Map<String, Value>) -> bool {
    let union = schema.contains_key("oneOf") || schema.contains_key("anyOf");
    union
        && schema.keys().any(|key| !is_annotation(key) && !["oneOf", "anyOf", "discriminator"].contains(&key.as_str()))
}

/// An `allOf` that leads back to its own schema admits nothing a type could hold.
fn cut_cycles(document: &mut Value, report: &mut Report) {
    let Some(Value::Object(schemas)) = document.pointer_mut("/components/schemas") else {
        return;
    };
    let parents: std::collections::BTreeMap<String, Vec<String>> =
        schemas.iter().map(|(name, schema)| (name.clone(), parents(schema))).collect();
    for (name, schema) in schemas.iter_mut() {
        let mut seen = BTreeSet::new();
        let mut open = parents[name].clone();
        while let Some(next) = open.pop() {
            if seen.insert(next.clone()) {
                open.extend(parents.get(&next).into_iter().flatten().cloned());
            }
        }
        if seen.contains(name) {
            let reason = "the `allOf` leads back to the schema itself; break the cycle";
            report.add(Code::R008, &Pointer::component("schemas", name), reason);
            *schema = json!({});
        }
    }
}

/// The named schemas that a schema is an `allOf` of, also within inline members.
pub(super) fn parents(schema: &Value) -> Vec<String> {
    let mut found = Vec::new();
    for member in schema["allOf"].as_array().into_iter().flatten() {
        match member["$ref"].as_str().and_then(|reference| component_name(reference, "schemas")) {
            Some(name) => found.push(name),
            None => found.extend(parents(member)),
        }
    }
    found
}

struct Merging<'a> {
    document: &'a Value,
    /// Base classes: what they say of their subtypes does not concern a subtype.
    bases: &'a BTreeSet<String>,
}

impl Merging<'_> {
    /// The schema without `allOf`, but for one that wraps a single reference.
    fn flat(
        &self,
        schema: &Map<String, Value>,
        within: &mut Vec<String>,
        at: &Pointer,
        report: &mut Report,
    ) -> Map<String, Value> {
        let mut own = schema.clone();
        let members = match own.shift_remove("allOf") {
            Some(Value::Array(members)) => members,
            _ => Vec::new(),
        };
        let mut said = Vec::new();
        for member in members {
            let Value::Object(member) = member else { continue };
            if member.keys().all(|key| is_annotation(key)) {
                for (key, value) in member {
                    own.entry(key).or_insert(value);
                }
            } else if !said.contains(&member) {
                said.push(member);
            }
        }
        let annotated = own.keys().all(|key| is_annotation(key));
        if annotated && said.len() == 1 {
            let only = said.remove(0);
            if only.contains_key("$ref") {
                own.insert("allOf".into(), json!([only]));
                return own;
            }
            let only = self.flat(&only, within, at, report);
            own.shift_remove("nullable");
            let nullable = schema.get("nullable").cloned();
            for (key, value) in only {
                own.entry(key).or_insert(value);
            }
            own.extend(nullable.map(|flag| ("nullable".to_owned(), flag)));
            return own;
        }
        let nullable = own.shift_remove("nullable");
        for member in said {
            let depth = within.len();
            if let Some(member) = self.resolved(&member, within, at, report) {
                own = intersect(own, member, 0, at, report);
            }
            within.truncate(depth);
        }
        own = self.distributed(own, within, at, report);
        own.extend(nullable.map(|flag| ("nullable".to_owned(), flag)));
        own
    }

    /// What a member says, its reference followed.
    fn resolved(
        &self,
        member: &Map<String, Value>,
        within: &mut Vec<String>,
        at: &Pointer,
        report: &mut Report,
    ) -> Option<Map<String, Value>> {
        let Some(reference) = member.get("$ref").and_then(Value::as_str) else {
            return Some(self.flat(member, within, at, report));
        };
        let name = component_name(reference, "schemas")?;
        if within.contains(&name) {
            return None;
        }
        let mut target = resolve(self.document, reference)?.as_object()?.clone();
        if self.bases.contains(&name) {
            target.shift_remove("oneOf");
            target.shift_remove("anyOf");
        }
        target.shift_remove("discriminator");
        within.push(name);
        let mut flat = self.flat(&target, within, at, report);
        // `allOf: [{$ref}]` is left by an alias.
        if let Some([Value::Object(only)]) = flat.get("allOf").and_then(Value::as_array).map(Vec::as_slice) {
            flat = self.resolved(&only.clone(), within, at, report)?;
        }
        for key in ["title", "description", "deprecated", "nullable", "readOnly", "writeOnly", "default"] {
            flat.shift_remove(key);
        }
        Some(flat)
    }

    /// A union with properties beside it is a union of members that have them, too.
    fn distributed(
        &self,
        mut schema: Map<String, Value>,
        within: &mut Vec<String>,
        at: &Pointer,
        report: &mut Report,
    ) -> Map<String, Value> {
        if !has_conditions_beside_union(&schema) {
            return schema;
        }
        let keyword = if schema.contains_key("oneOf") { "oneOf" } else { "anyOf" };
        let Some(Value::Array(members)) = schema.shift_remove(keyword) else {
            return schema;
        };
        if let Some(other) = schema.shift_remove("anyOf") {
            report.add(Code::W113, at, format!("not checked: one of {} schemas", other.as_array().map_or(0, Vec::len)));
        }
        let is_condition = |member: &Value| {
            let keys: Vec<_> = member.as_object().into_iter().flat_map(Map::keys).map(String::as_str).collect();
            keys.iter().all(|key| is_annotation(key) || ["required", "type"].contains(key))
        };
        if members.iter().all(is_condition) && (schema.contains_key("type") || schema.contains_key("properties")) {
            report.add(Code::W113, at, "which of the properties are there together");
            schema.shift_remove("discriminator");
            return schema;
        }
        let mut kept: Map<_, _> = Map::new();
        for key in ["title", "description", "deprecated", "default", "readOnly", "writeOnly", "discriminator"] {
            kept.extend(schema.shift_remove(key).map(|value| (key.to_owned(), value)));
        }
        let says = schema.contains_key("properties")
            || schema.contains_key("items")
            || schema.contains_key("enum")
            || schema.get("additionalProperties").is_some_and(Value::is_object);
        let members = members.into_iter().map(|member| {
            let Value::Object(member) = member else { return member };
            if !says {
                return Value::Object(member);
            }
            let title = member
                .get("title")
                .cloned()
                .or_else(|| Some(component_name(member.get("$ref")?.as_str()?, "schemas")?.into()));
            let depth = within.len();
            let merged = match self.resolved(&member, within, at, report) {
                Some(resolved) => intersect(schema.clone(), resolved, 0, at, report),
                None => member,
            };
            within.truncate(depth);
            let mut merged = merged;
            merged.extend(title.map(|title| ("title".to_owned(), title)));
            Value::Object(merged)
        });
        kept.insert(keyword.into(), members.collect());
        kept
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(schema: Value, after: Value) {
        let mut document = json!({"components": {"schemas": {
            "A": schema,
            "Base": {"type": "object", "description": "base", "properties": {"a": {"type": "string"}}, "required": ["a"]},
            "Other": {"type": "object", "properties": {"b": {"type": "integer"}}, "additionalProperties": false},
        }}});
        merge(&mut document, &BTreeSet::new(), &mut Report::default());
        assert_eq!(document["components"]["schemas"]["A"], after);
    }

    fn named(name: &str) -> Value {
        json!({"$ref": format!("#/components/schemas/{name}")})
    }

    #[test]
    fn members_become_one() {
        check(json!({"nullable": true, "allOf": [named("Base")]}), json!({"nullable": true, "allOf": [named("Base")]}));
        check(
            json!({"allOf": [named("Base"), {"description": "d"}]}),
            json!({"description": "d", "allOf": [named("Base")]}),
        );
        check(
            json!({"allOf": [named("Base"), named("Other")], "properties": {"a": {"enum": ["x"]}}}),
            json!({
                "type": "object",
                "properties": {"a": {"enum": ["x"], "type": "string"}, "b": {"type": "integer"}},
                "required": ["a"],
            }),
        );
    }

    #[test]
    fn unions_beside_properties() {
        check(
            json!({"type": "object", "properties": {"c": {}}, "oneOf": [named("Base"), named("Other")]}),
            json!({"oneOf": [
                {
                    "type": "object", "title": "Base",
                    "properties": {"c": {}, "a": {"type": "string"}}, "required": ["a"],
                },
                {"type": "object", "title": "Other", "properties": {"c": {}, "b": {"type": "integer"}}},
            ]}),
        );
        check(
            json!({"type": "object", "properties": {"c": {}}, "anyOf": [{"required": ["c"]}, {"required": ["d"]}]}),
            json!({"type": "object", "properties": {"c": {}}}),
        );
    }

    #[test]
    fn cycles_are_refused() {
        let mut document = json!({"components": {"schemas": {
            "A": {"allOf": [named("B"), {"type": "object"}]},
            "B": {"allOf": [{"allOf": [named("A")]}]},
        }}});
        let mut report = Report::default();
        merge(&mut document, &BTreeSet::new(), &mut report);
        assert_eq!(report.rejections().count(), 2);
    }
}
