//! The values of discriminators that stand for the members of a union.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::base_classes::{Hierarchy, inherit_discriminators, reference};
use super::facts::Facts;
use crate::model::grammar::ObjectKind;
use crate::model::pointer::{MAX_CHAIN, component_name, resolve};
use crate::model::visitor::{visit, visit_mut};
use crate::report::Pass;

/// Moves a discriminator out of the member of an `allOf` that holds the schema's own keywords.
fn lift_discriminator(schema: &mut Value) {
    let members = schema["allOf"].as_array_mut().into_iter().flatten().filter_map(Value::as_object_mut);
    let found = members.filter_map(|member| member.shift_remove("discriminator")).next_back();
    if let (Some(found), Some(schema)) = (found, schema.as_object_mut()) {
        schema.entry("discriminator").or_insert(found);
    }
}

/// Makes implied discriminator mappings explicit, before components are renamed.
pub(super) fn explicit_mappings(pass: &mut Pass<Facts>) {
    let Pass { document, .. } = pass;
    let schemas = document.pointer_mut("/components/schemas").and_then(Value::as_object_mut);
    schemas
        .into_iter()
        .flat_map(Map::values_mut)
        .filter(|schema| schema["allOf"].is_array())
        .for_each(lift_discriminator);
    let hierarchy = Hierarchy::of(document);
    let tags = Tags::of(document, &hierarchy);
    let Some(Value::Object(schemas)) = document.pointer_mut("/components/schemas") else {
        return;
    };
    for (name, subtypes) in hierarchy.iter() {
        complete(&mut schemas[name]["discriminator"], subtypes, &tags);
    }
    inherit_discriminators(document, &hierarchy);
    visit_mut(document, &mut |kind, _, schema| {
        if kind == ObjectKind::Schema && schema.contains_key("discriminator") {
            let members = named_members(schema);
            complete(&mut schema["discriminator"], &members, &tags);
        }
    });
}

/// The components that are members of a union.
fn named_members(schema: &Map<String, Value>) -> Vec<String> {
    let members = ["oneOf", "anyOf"].iter().filter_map(|keyword| schema.get(*keyword)?.as_array()).flatten();
    members.filter_map(|member| component_name(member["$ref"].as_str()?, "schemas")).collect()
}

/// What a document says of the values of its discriminators.
struct Tags {
    /// The names of the components.
    names: BTreeSet<String>,
    /// The values that a component allows for the property of a discriminator, by property and component.
    allowed: BTreeMap<String, BTreeMap<String, Vec<String>>>,
}

impl Tags {
    fn of(document: &Value, hierarchy: &Hierarchy) -> Self {
        let mut wanted: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let mut want = |discriminator: &Value, members: &[String]| {
            if let Some(property) = discriminator["propertyName"].as_str() {
                wanted.entry(property.to_owned()).or_default().extend(members.iter().cloned());
            }
        };
        for (name, subtypes) in hierarchy.iter() {
            want(&document["components"]["schemas"][name]["discriminator"], subtypes);
        }
        visit(document, &mut |kind, _, schema| {
            if let Some(discriminator) = schema.get("discriminator").filter(|_| kind == ObjectKind::Schema) {
                want(discriminator, &named_members(schema));
            }
        });
        let allowed = wanted.into_iter().map(|(property, members)| {
            let of = |member: String| {
                let values = allowed_values(document, &member, &property);
                (member, values)
            };
            let allowed = members.into_iter().map(of).collect();
            (property, allowed)
        });
        let allowed = allowed.collect();
        let schemas = document.pointer("/components/schemas").and_then(Value::as_object);
        Self { names: schemas.into_iter().flat_map(Map::keys).cloned().collect(), allowed }
    }

    /// The values of a discriminator that only this one of its members allows.
    fn of_member(&self, property: &str, member: &str, members: &[String]) -> Vec<&String> {
        let Some(allowed) = self.allowed.get(property) else { return Vec::new() };
        let values = |member: &str| allowed.get(member).into_iter().flatten();
        let others = || members.iter().filter(|other| *other != member);
        values(member).filter(|value| !others().any(|other| values(other).any(|taken| taken == *value))).collect()
    }
}

/// The values that a component allows for a property: of the schemas it is composed of, those of the strictest.
fn allowed_values(document: &Value, component: &str, property: &str) -> Vec<String> {
    let schema = &document["components"]["schemas"][component];
    let (mut open, mut strictest) = (vec![schema], None::<&Vec<Value>>);
    for _ in 0..MAX_CHAIN {
        let Some(schema) = open.pop() else { break };
        open.extend(schema["$ref"].as_str().and_then(|reference| resolve(document, reference)));
        open.extend(schema["allOf"].as_array().into_iter().flatten());
        let mut allowed = &schema["properties"][property];
        if let Some(referred) = allowed["$ref"].as_str().and_then(|reference| resolve(document, reference)) {
            allowed = referred;
        }
        if let Some(values) = allowed["enum"].as_array()
            && strictest.is_none_or(|strictest| values.len() < strictest.len())
        {
            strictest = Some(values);
        }
    }
    let spelled = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    strictest.into_iter().flatten().filter(|value| !value.is_null()).map(spelled).collect()
}

fn complete(discriminator: &mut Value, members: &[String], tags: &Tags) {
    let mut mapping = Map::new();
    for (value, target) in discriminator["mapping"].as_object().into_iter().flatten() {
        let Some(target) = target.as_str() else { continue };
        let name = component_name(target, "schemas").unwrap_or_else(|| target.to_owned());
        if tags.names.contains(&name) {
            mapping.insert(value.clone(), reference(&name));
        }
    }
    let property = discriminator["propertyName"].as_str().unwrap_or_default();
    for member in members {
        let target = reference(member);
        if mapping.values().any(|known| *known == target) {
            continue;
        }
        // What the member itself allows wins over its name.
        let own = tags.of_member(property, member, members);
        let values = if own.is_empty() { vec![member] } else { own };
        for value in values {
            mapping.entry(value.clone()).or_insert_with(|| target.clone());
        }
    }
    if discriminator.is_object() {
        discriminator["mapping"] = Value::Object(mapping);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_that_one_member_allows_stand_for_it() {
        let named = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
        let kind = |values: &[&str]| json!({"properties": {"kind": {"enum": values}}});
        let mut document = json!({"components": {"schemas": {
            "Kind": {"enum": ["b1", "b2"]},
            "Base": kind(&["a", "b1", "b2", "shared", "mapped"]),
            "A": {"allOf": [named("Base"), kind(&["a", "shared"])]},
            "B": {"properties": {"kind": named("Kind")}},
            "Shared": kind(&["shared"]),
            "Mapped": kind(&["mapped"]),
            "Numbers": {"properties": {"kind": {"enum": [1, null]}}},
            "Free": {"properties": {"kind": {"type": "string"}}},
            "Union": {
                "oneOf": [named("A"), named("B"), named("Shared"), named("Mapped"), named("Numbers"), named("Free")],
                "discriminator": {"propertyName": "kind", "mapping": {"other": "Mapped"}},
            },
        }}});
        Pass::of(&mut document, explicit_mappings);
        let to = |name: &str| reference(name);
        assert_eq!(
            document["components"]["schemas"]["Union"]["discriminator"]["mapping"],
            json!({
                "other": to("Mapped"), "a": to("A"), "b1": to("B"), "b2": to("B"), "Shared": to("Shared"), "1": to("Numbers"),
                "Free": to("Free"),
            })
        );
    }
}
