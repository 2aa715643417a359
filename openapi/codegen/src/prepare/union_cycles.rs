//! A union that is a member of itself admits nothing more by that, and reading it would never end.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::model::graph::{Component, ReferenceGraph};
use crate::model::pointer::{Pointer, component_name};
use crate::prepare::facts::Facts;
use crate::prepare::members::reference;
use crate::prepare::unions::{self, keyword};
use crate::report::{Code, Pass};

/// Gives each union that leads back to itself the members that are no unions.
pub(super) fn resolve(pass: &mut Pass<Facts>) {
    let Pass { document, log, .. } = pass;
    let Some(Value::Object(schemas)) = document.pointer("/components/schemas") else { return };
    let edges = schemas.iter().flat_map(|(name, schema)| {
        let targets = members(schema).into_iter().filter_map(|member| nested(member, schemas));
        targets.map(|(target, _)| (Component::schema(name), Component::schema(&target)))
    });
    let cyclic = ReferenceGraph::of_edges(edges).cyclic();
    let cyclic = schemas.iter().filter(|(name, _)| cyclic.contains(&Component::schema(name)));
    let resolved: Vec<_> = cyclic
        .map(|(name, schema)| (name.clone(), unions::members(schema).is_some(), flattened(name, schema, schemas)))
        // An alias of a union ends where the union does.
        .filter(|(_, is_union, members)| *is_union || members.is_empty())
        .collect();
    for (name, _, members) in resolved {
        log.add(Code::L107, &Pointer::component("schemas", &name), "it is a member of itself, which says nothing");
        let schema = &mut document["components"]["schemas"][&name];
        match members.is_empty() {
            true => *schema = json!({}),
            false => {
                let keyword = keyword(schema);
                schema[keyword] = members.into();
            }
        }
    }
}

/// The members of a union and of the unions among them, in document order.
fn flattened(name: &str, union: &Value, schemas: &Map<String, Value>) -> Vec<Value> {
    let mut flattened: Vec<Value> = Vec::new();
    let mut seen = BTreeSet::from([name.to_owned()]);
    let mut open: Vec<&Value> = members(union).into_iter().rev().collect();
    while let Some(member) = open.pop() {
        match nested(member, schemas) {
            Some((name, inner)) if seen.insert(name.clone()) => open.extend(members(inner).into_iter().rev()),
            None if !flattened.contains(member) => flattened.push(member.clone()),
            _ => {}
        }
    }
    flattened
}

/// The members of a union; an alias is its own only member: earlier passes turned one-member unions into `$ref`s.
fn members(schema: &Value) -> Vec<&Value> {
    match unions::members(schema) {
        Some(members) => members.iter().collect(),
        None if is_alias(schema) => vec![schema],
        None => Vec::new(),
    }
}

/// The union or alias that a member refers to.
fn nested<'a>(member: &Value, schemas: &'a Map<String, Value>) -> Option<(String, &'a Value)> {
    let name = component_name(reference(member)?, "schemas")?;
    let schema = schemas.get(&name)?;
    let is_union = unions::members(schema).is_some();
    (is_union || is_alias(schema)).then_some((name, schema))
}

/// Whether a schema is another one under a name of its own.
fn is_alias(schema: &Value) -> bool {
    schema.get("$ref").is_some() || schema.get("allOf").is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unions_of_themselves() {
        let named = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
        let (text, number) = (json!({"type": "string"}), json!({"type": "number"}));
        let mut document = json!({"components": {"schemas": {
            "A": {"oneOf": [named("Alias"), number]},
            "Alias": {"allOf": [named("B")]},
            "B": {"oneOf": [text, named("A")]},
            "Own": {"oneOf": [named("Own")]},
            "Alone": {"allOf": [named("Alone")]},
            "There": {"allOf": [named("Back")]},
            "Back": {"oneOf": [named("There"), text]},
            "Over": {"oneOf": [{"type": "array", "items": named("Over")}, named("B")]},
        }}});
        Pass::of(&mut document, resolve);
        assert_eq!(
            document["components"]["schemas"],
            json!({
                "A": {"oneOf": [text, number]},
                "Alias": {"allOf": [named("B")]},
                "B": {"oneOf": [text, number]},
                "Own": {},
                "Alone": {},
                "There": {"allOf": [named("Back")]},
                "Back": {"oneOf": [text]},
                "Over": {"oneOf": [{"type": "array", "items": named("Over")}, named("B")]},
            })
        );
    }
}
