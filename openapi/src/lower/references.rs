//! References: each leads to a component of the document, or what it leads to stands in its place.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use crate::code::Code;
use crate::grammar::{Kind, visit, visit_object};
use crate::pointer::{Pointer, component_name, percent_decoded};
use crate::prepare::{rust_name, unique_name};
use crate::report::Report;

/// How many references may follow each other before one is taken for a cycle.
const MAX_CHAIN: usize = 32;

/// Makes every reference one to a component of its own kind.
pub(super) fn lower(document: &mut Value, report: &mut Report) {
    let targets = Targets::of(document);
    for _ in 0..MAX_CHAIN {
        if !inline_objects(document, &targets, report) {
            break;
        }
    }
    let mut hoisting = Hoisting {
        taken: names(document),
        targets: &targets,
        hoisted: BTreeMap::new(),
        components: Vec::new(),
        next: 0,
        report,
    };
    visit(document, &mut |kind, at, object| {
        if kind == Kind::Schema {
            hoisting.schema(object, at);
        }
    });
    while let Some((_, mut schema, mut at)) = hoisting.components.get(hoisting.next).cloned() {
        visit_object(&mut schema, Kind::Schema, &mut at, &mut |kind, at, object| {
            if kind == Kind::Schema {
                hoisting.schema(object, at);
            }
        });
        hoisting.components[hoisting.next].1 = schema;
        hoisting.next += 1;
    }
    let components = hoisting.components;
    if !components.is_empty() {
        for (name, schema, _) in components {
            document["components"]["schemas"][name] = schema;
        }
    }
    cut_alias_cycles(document, report);
}

fn names(document: &Value) -> BTreeSet<String> {
    let schemas = document.pointer("/components/schemas").and_then(Value::as_object);
    schemas.into_iter().flat_map(Map::keys).cloned().collect()
}

/// The document as given, and where its named schemas stand.
struct Targets {
    whole: Value,
    /// Pointers by `$id`, `#anchor` and `$id#anchor`.
    named: BTreeMap<String, String>,
}

impl Targets {
    fn of(document: &Value) -> Self {
        let mut named = BTreeMap::new();
        let mut whole = document.clone();
        visit(&mut whole, &mut |kind, at, object| {
            if kind != Kind::Schema {
                return;
            }
            for keyword in ["$anchor", "$dynamicAnchor"] {
                if let Some(anchor) = object.get(keyword).and_then(Value::as_str) {
                    named.entry(format!("#{anchor}")).or_insert_with(|| at.to_string());
                }
            }
            if let Some(id) = object.get("$id").and_then(Value::as_str) {
                named.entry(id.trim_end_matches('#').to_owned()).or_insert_with(|| at.to_string());
            }
        });
        Self { whole, named }
    }

    /// The pointer a reference leads to and what stands there.
    fn resolve(&self, reference: &str) -> Option<(String, &Value)> {
        let fragment = reference.strip_prefix('#').map(percent_decoded);
        let pointer = match fragment {
            Some(pointer) if pointer.is_empty() || pointer.starts_with('/') => pointer,
            _ => self.of_name(reference)?,
        };
        let value = self.whole.pointer(&pointer)?;
        Some((pointer, value))
    }

    /// Definitions that a tool left in a schema of its own are meant from there, not from the root of the document.
    fn resolve_from(&self, reference: &str, at: &Pointer) -> Option<(String, &Value)> {
        let inner = reference.strip_prefix('#').map(percent_decoded)?;
        if !inner.starts_with("/$defs/") && !inner.starts_with("/definitions/") {
            return None;
        }
        let mut base = at.clone();
        while !base.as_str().is_empty() {
            base.pop();
            let pointer = format!("{base}{inner}");
            if let Some(value) = self.whole.pointer(&pointer) {
                return Some((pointer, value));
            }
        }
        None
    }

    fn of_name(&self, reference: &str) -> Option<String> {
        if let Some(pointer) = self.named.get(reference) {
            return Some(pointer.clone());
        }
        let (id, fragment) = reference.split_once('#')?;
        let base = self.named.get(id)?;
        if fragment.starts_with('/') || fragment.is_empty() {
            return Some(format!("{base}{}", percent_decoded(fragment)));
        }
        self.named.get(&format!("#{fragment}")).cloned()
    }
}

/// Says why a reference cannot be followed.
fn refuse(reference: &str, at: &Pointer, report: &mut Report) {
    if reference.starts_with('#') {
        let reason = format!("`{reference}` is not in the document; add what it names, or remove the reference");
        return report.add(Code::R002, &at.join("$ref"), reason);
    }
    let reason = format!("`{reference}` is outside the document; builds are offline: bundle it into the document");
    report.add(Code::R006, &at.join("$ref"), reason);
}

/// Where 3.0 lets a reference to an object of this kind lead.
fn section(kind: Kind) -> Option<&'static str> {
    Some(match kind {
        Kind::Parameter => "parameters",
        Kind::Response => "responses",
        Kind::RequestBody => "requestBodies",
        Kind::Header => "headers",
        Kind::SecurityScheme => "securitySchemes",
        Kind::Example => "examples",
        Kind::Link => "links",
        Kind::Callback => "callbacks",
        Kind::PathItem => "",
        _ => return None,
    })
}

/// Puts what a reference leads to in its place, where 3.0 does not allow the reference; tells whether any was.
fn inline_objects(document: &mut Value, targets: &Targets, report: &mut Report) -> bool {
    let mut any = false;
    visit(document, &mut |kind, at, object| {
        let (Some(section), Some(Value::String(reference))) = (section(kind), object.get("$ref")) else {
            return;
        };
        let reference = reference.clone();
        let Some((pointer, target)) = targets.resolve(&reference) else {
            refuse(&reference, at, report);
            object.shift_remove("$ref");
            return;
        };
        let canonical = format!("#{pointer}");
        if !section.is_empty() && component_name(&canonical, section).is_some() {
            object["$ref"] = canonical.into();
            return;
        }
        any = true;
        object.shift_remove("$ref");
        report.add(Code::L010, at, format!("`{reference}` is put in its place"));
        for (field, value) in target.as_object().into_iter().flatten() {
            object.entry(field.clone()).or_insert_with(|| value.clone());
        }
    });
    any
}

struct Hoisting<'a> {
    taken: BTreeSet<String>,
    targets: &'a Targets,
    /// The names given to what stands at a pointer.
    hoisted: BTreeMap<String, String>,
    /// What became a component, and where it stands in the document as given.
    components: Vec<(String, Value, Pointer)>,
    next: usize,
    report: &'a mut Report,
}

impl Hoisting<'_> {
    fn schema(&mut self, schema: &mut Map<String, Value>, at: &Pointer) {
        if let Some(Value::String(dynamic)) = schema.shift_remove("$dynamicRef") {
            self.report.add(Code::L010, &at.join("$dynamicRef"), format!("`{dynamic}` is read as `$ref`"));
            schema.entry("$ref").or_insert(dynamic.into());
        }
        let Some(reference) = schema.get("$ref") else { return };
        let Some(reference) = reference.as_str().map(str::to_owned) else {
            self.report.add(Code::R004, &at.join("$ref"), "a reference is a text");
            schema.shift_remove("$ref");
            return;
        };
        match self.target(&reference, at) {
            Some(name) => {
                let mut pointer = Pointer::default();
                pointer.push(&name);
                schema.insert("$ref".into(), format!("#/components/schemas{pointer}").into());
                siblings(schema, at, self.report);
            }
            None => {
                refuse(&reference, at, self.report);
                schema.shift_remove("$ref");
            }
        }
    }

    /// The name of the component a reference leads to, made one where it is none.
    fn target(&mut self, reference: &str, at: &Pointer) -> Option<String> {
        let resolved = self.targets.resolve(reference).or_else(|| self.targets.resolve_from(reference, at));
        let (pointer, target) = resolved?;
        if let Some(name) = component_name(&format!("#{pointer}"), "schemas") {
            return Some(name);
        }
        if let Some(name) = self.hoisted.get(&pointer) {
            return Some(name.clone());
        }
        if !target.is_object() && !target.is_boolean() {
            return None;
        }
        let wanted = wanted_name(&pointer);
        let name = unique_name(&wanted, &mut self.taken);
        self.report.add(Code::L010, &at.join("$ref"), format!("`{reference}` becomes the component `{name}`"));
        let origin = Pointer::parse(&pointer);
        self.hoisted.insert(pointer, name.clone());
        let schema = if target.is_object() { target.clone() } else { json!({}) };
        self.components.push((name.clone(), schema, origin));
        Some(name)
    }
}

/// The last names in a pointer, without keywords and positions.
fn wanted_name(pointer: &str) -> String {
    let keywords =
        ["properties", "items", "schemas", "$defs", "definitions", "schema", "components", "paths", "content", "allOf"];
    let names = pointer.split('/').filter(|token| {
        !token.is_empty() && !keywords.contains(token) && !token.chars().all(|digit| digit.is_ascii_digit())
    });
    let names: Vec<_> = names.map(|token| rust_name(&token.replace("~1", "/").replace("~0", "~"))).collect();
    if names.is_empty() {
        return "Root".into();
    }
    names[names.len().saturating_sub(2)..].concat()
}

/// 3.0 ignores what stands beside a reference, so the reference moves into an `allOf`.
fn siblings(schema: &mut Map<String, Value>, at: &Pointer, report: &mut Report) {
    let says_nothing = |key: &str| key.starts_with("x-") || ["$ref", "$comment", "$id", "$schema"].contains(&key);
    if schema.keys().all(|key| says_nothing(key)) {
        schema.retain(|key, _| key == "$ref");
        return;
    }
    report.add(Code::L011, at, "the reference moves into an `allOf`");
    let reference = schema.shift_remove("$ref").unwrap_or_default();
    let members = schema.entry("allOf").or_insert_with(|| json!([]));
    if let Value::Array(members) = members {
        members.insert(0, json!({"$ref": reference}));
    }
}

/// Refuses named schemas that are nothing but references to each other.
fn cut_alias_cycles(document: &mut Value, report: &mut Report) {
    let Some(Value::Object(schemas)) = document.pointer_mut("/components/schemas") else {
        return;
    };
    let alias = |schema: &Value| {
        let schema = schema.as_object()?;
        let only = match schema.get("allOf").and_then(Value::as_array).map(Vec::as_slice) {
            Some([only]) => only.get("$ref")?,
            _ => schema.get("$ref")?,
        };
        component_name(only.as_str()?, "schemas")
    };
    let aliases: BTreeMap<_, _> =
        schemas.iter().filter_map(|(name, schema)| Some((name.clone(), alias(schema)?))).collect();
    for name in aliases.keys() {
        let mut seen = BTreeSet::from([name]);
        let mut next = aliases.get(name);
        while let Some(target) = next
            && seen.insert(target)
        {
            next = aliases.get(target);
        }
        if next == Some(name) {
            let at = Pointer::component("schemas", name);
            report.add(Code::R007, &at, "the schema is nothing but a reference to itself; say what it is");
            schemas[name] = json!({});
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(schemas: Value, after: Value, codes: &str) {
        let mut document = json!({"components": {"schemas": schemas}});
        let mut report = Report::default();
        lower(&mut document, &mut report);
        assert_eq!(document["components"]["schemas"], after);
        let found: Vec<_> = report.entries.iter().map(|entry| entry.code.to_string()).collect();
        assert_eq!(found.join(" "), codes);
    }

    #[test]
    fn deep_pointers_become_components() {
        check(
            json!({
                "A": {"properties": {"b c": {"type": "string"}}},
                "B": {"$ref": "#/components/schemas/A/properties/b%20c"},
                "C": {"$defs": {"d": {"items": {"$ref": "#/components/schemas/C/$defs/d"}}}, "$ref": "#/components/schemas/C/$defs/d"},
            }),
            json!({
                "A": {"properties": {"b c": {"type": "string"}}},
                "B": {"$ref": "#/components/schemas/ABc"},
                "C": {
                    "$defs": {"d": {"items": {"$ref": "#/components/schemas/CD"}}},
                    "allOf": [{"$ref": "#/components/schemas/CD"}],
                },
                "ABc": {"type": "string"},
                "CD": {"items": {"$ref": "#/components/schemas/CD"}},
            }),
            "L010 L010 L011",
        );
    }

    #[test]
    fn anchors_ids_and_dynamic_references() {
        check(
            json!({
                "A": {"$id": "https://a/b", "$anchor": "a"},
                "B": {"$ref": "#a"},
                "C": {"$ref": "https://a/b"},
                "D": {"$dynamicRef": "#a"},
            }),
            json!({
                "A": {"$id": "https://a/b", "$anchor": "a"},
                "B": {"$ref": "#/components/schemas/A"},
                "C": {"$ref": "#/components/schemas/A"},
                "D": {"$ref": "#/components/schemas/A"},
            }),
            "L010",
        );
        check(
            json!({"A": {"$defs": {"d": {"type": "string"}}, "items": {"$ref": "#/$defs/d"}}}),
            json!({
                "A": {"$defs": {"d": {"type": "string"}}, "items": {"$ref": "#/components/schemas/AD"}},
                "AD": {"type": "string"},
            }),
            "L010",
        );
    }

    #[test]
    fn references_to_nowhere_to_the_network_and_to_themselves() {
        check(
            json!({
                "A": {"$ref": "#/components/schemas/None"},
                "B": {"$ref": "https://example.com/b.json"},
                "C": {"$ref": "#/components/schemas/D"},
                "D": {"$ref": "#/components/schemas/C"},
                "E": {"$ref": "#/components/schemas/E"},
            }),
            json!({"A": {}, "B": {}, "C": {}, "D": {}, "E": {}}),
            "R002 R006 R007 R007 R007",
        );
    }
}
