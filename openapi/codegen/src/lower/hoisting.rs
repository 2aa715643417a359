//! Makes schemas components that are referred to and are none.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use crate::lower::references::{Refused, siblings};
use crate::lower::targets::Targets;
use crate::model::grammar::{ObjectKind, Shape};
use crate::model::names::{rust_name, unique_name};
use crate::model::pointer::{Pointer, component_name};
use crate::model::visitor::{visit_mut, visit_value_mut};
use crate::report::{Code, Log};

/// Points every reference to a schema at a component. A schema that is not a component is made one.
pub(super) fn hoist(document: &mut Value, targets: &Targets, log: &mut Log, refused: &mut Vec<Refused>) {
    let mut hoisting = Hoisting {
        taken: names(document),
        targets,
        hoisted: BTreeMap::new(),
        components: Vec::new(),
        next: 0,
        log,
        refused,
    };
    visit_mut(document, &mut |kind, at, object| {
        if kind == ObjectKind::Schema {
            hoisting.schema(object, at, at);
        }
    });
    while let Some((name, mut schema, origin)) = hoisting.components.get(hoisting.next).cloned() {
        let component = Pointer::component("schemas", &name);
        visit_value_mut(&mut schema, Shape::One(ObjectKind::Schema), &mut origin.clone(), &mut |kind, at, object| {
            if kind == ObjectKind::Schema {
                let within = at.as_str().strip_prefix(origin.as_str()).unwrap_or_default();
                hoisting.schema(object, &Pointer::parse(&format!("{component}{within}")), at);
            }
        });
        hoisting.components[hoisting.next].1 = schema;
        hoisting.next += 1;
    }
    let Hoisting { mut components, .. } = hoisting;
    refer_from_origins(document, &mut components);
    for (name, schema, _) in components {
        document["components"]["schemas"][name] = schema;
    }
}

fn names(document: &Value) -> BTreeSet<String> {
    let schemas = document.pointer("/components/schemas").and_then(Value::as_object);
    schemas.into_iter().flat_map(Map::keys).cloned().collect()
}

/// Makes the place that each new component was made from refer to it, so that there is one type of both.
fn refer_from_origins(document: &mut Value, components: &mut [(String, Value, Pointer)]) {
    let made: Vec<_> = components.iter().map(|(name, _, origin)| (name.clone(), origin.to_string())).collect();
    for (name, origin) in &made {
        let within = |around: &Pointer| origin.strip_prefix(around.as_str()).filter(|rest| rest.starts_with('/'));
        let copies = components.iter_mut().filter_map(|(_, copy, around)| copy.pointer_mut(within(around)?));
        let here = document.pointer_mut(origin).filter(|_| origin.starts_with("/components/schemas/"));
        copies.chain(here).for_each(|schema| refer(schema, name));
    }
}

/// Replaces a schema that gets a Rust type of its own by a reference, and keeps what it says of its place.
fn refer(schema: &mut Value, name: &str) {
    const OF_A_TYPE: [&str; 8] = ["enum", "const", "properties", "oneOf", "anyOf", "pattern", "minLength", "maxLength"];
    const OF_THE_PLACE: [&str; 4] = ["description", "deprecated", "readOnly", "writeOnly"];
    let Some(object) = schema.as_object_mut().filter(|object| OF_A_TYPE.iter().any(|key| object.contains_key(*key)))
    else {
        return;
    };
    object.retain(|key, _| OF_THE_PLACE.contains(&key.as_str()));
    let mut pointer = Pointer::default();
    pointer.push(name);
    let reference = json!(format!("#/components/schemas{pointer}"));
    match object.is_empty() {
        true => object.insert("$ref".to_owned(), reference),
        false => object.insert("allOf".to_owned(), json!([{"$ref": reference}])),
    };
}

struct Hoisting<'a> {
    taken: BTreeSet<String>,
    targets: &'a Targets,
    /// The names of the new components by the pointers they were made from.
    hoisted: BTreeMap<String, String>,
    /// The new components, with their places in the document as given.
    components: Vec<(String, Value, Pointer)>,
    next: usize,
    log: &'a mut Log,
    refused: &'a mut Vec<Refused>,
}

impl Hoisting<'_> {
    /// Settles the reference of a schema; `at` is its place in the document as given.
    fn schema(&mut self, schema: &mut Map<String, Value>, here: &Pointer, at: &Pointer) {
        let Some(reference) = schema.get("$ref") else { return };
        let Some(reference) = reference.as_str().map(str::to_owned) else {
            self.log.add(Code::R004, &at.join("$ref"), "a reference is a text");
            schema.shift_remove("$ref");
            return;
        };
        match self.target(&reference, at) {
            Some(name) => {
                let mut pointer = Pointer::default();
                pointer.push(&name);
                schema.insert("$ref".into(), format!("#/components/schemas{pointer}").into());
                siblings(schema, at, self.log);
            }
            None => {
                self.refused.push(Refused::dangling(&reference, here, at, self.targets));
                schema.shift_remove("$ref");
            }
        }
    }

    /// The name of the component that a reference leads to; a target that is no component becomes one.
    fn target(&mut self, reference: &str, at: &Pointer) -> Option<String> {
        let (pointer, target) = self.targets.schema(reference, at)?;
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
        self.log.add(Code::L010, &at.join("$ref"), format!("`{reference}` becomes the component `{name}`"));
        let origin = Pointer::parse(&pointer);
        self.hoisted.insert(pointer, name.clone());
        let schema = if target.is_object() { target.clone() } else { json!({}) };
        self.components.push((name.clone(), schema, origin));
        Some(name)
    }
}

/// A name for a new component: that of its type before it was one, else the last names in its pointer, without keywords and
/// indices.
fn wanted_name(pointer: &str) -> String {
    if let Some(name) = name_of_inline_type(pointer) {
        return name;
    }
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

/// The name of the type of a schema within a component, as inline types are named.
fn name_of_inline_type(pointer: &str) -> Option<String> {
    let mut tokens = pointer.strip_prefix("/components/schemas/")?.split('/');
    let unescaped = |token: &str| rust_name(&token.replace("~1", "/").replace("~0", "~"));
    let mut name = unescaped(tokens.next()?);
    while let Some(keyword) = tokens.next() {
        match keyword {
            "properties" => name.push_str(&unescaped(tokens.next()?)),
            "items" => name.push_str("Item"),
            "additionalProperties" => name.push_str("Value"),
            _ => return None,
        }
    }
    Some(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Pass;

    #[test]
    fn a_property_that_is_referred_to_stays_one_type_of_its_name() {
        let to = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
        let mut document = json!({"components": {"schemas": {
            "A": {"properties": {
                "status": {"enum": ["on"], "description": "d", "readOnly": true},
                "b": {"properties": {"c": {"items": {"enum": ["x"]}}, "text": {"type": "string"}}},
            }},
            "B": {"properties": {
                "status": to("A/properties/status"),
                "b": to("A/properties/b"),
                "c": to("A/properties/b/properties/c/items"),
                "text": to("A/properties/b/properties/text"),
            }},
        }}});
        Pass::of(&mut document, |pass: &mut Pass| {
            let targets = Targets::of(&pass.document);
            hoist(&mut pass.document, &targets, &mut pass.log, &mut Vec::new());
        });
        assert_eq!(
            document["components"]["schemas"],
            json!({
                "A": {"properties": {
                    "status": {"description": "d", "readOnly": true, "allOf": [to("AStatus")]},
                    "b": to("AB"),
                }},
                "B": {"properties": {"status": to("AStatus"), "b": to("AB"), "c": to("ABCItem"), "text": to("ABText")}},
                "AStatus": {"enum": ["on"], "description": "d", "readOnly": true},
                "AB": {"properties": {"c": {"items": to("ABCItem")}, "text": {"type": "string"}}},
                "ABCItem": {"enum": ["x"]},
                "ABText": {"type": "string"},
            })
        );
    }
}
