//! The members of unions: their variants, and what distinguishes their values.

use std::collections::BTreeSet;

use serde_json::Value;

use super::facts::Facts;
use super::unions;
use crate::model::names::{pascal_name, rust_name, unique_name};
use crate::model::pointer::{MAX_CHAIN, Pointer, component_name, resolve};
use crate::plan::Member;

/// Finds the members of unions in a document whose names are final.
#[derive(Clone, Copy, Debug)]
pub(super) struct Members<'a> {
    pub(super) document: &'a Value,
    pub(super) facts: &'a Facts,
}

/// Where a schema is that a member holds.
#[derive(Default)]
struct Within {
    /// The unions that are described already.
    unions: BTreeSet<Pointer>,
    /// How many unions and lists are around it.
    depth: usize,
}

impl<'a> Members<'a> {
    /// The members of a union, in document order.
    pub(super) fn of_union(self, name: &str, union: &'a Value) -> Vec<Member> {
        let at = Pointer::component("schemas", name).join(unions::keyword(union));
        let mut taken = BTreeSet::from(["Unknown".to_owned()]);
        let schemas = unions::members(union).into_iter().flatten().enumerate();
        schemas
            .map(|(index, schema)| {
                let place = LocatedSchema { at: at.join(&index.to_string()), schema };
                let mut member = Member {
                    variant: unique_name(&self.variant(schema), &mut taken),
                    recursive: holds(schema, name, self),
                    tags: tags(schema, &union["discriminator"]),
                    schema: schema.clone(),
                    ..Member::default()
                };
                self.describe(&mut member, place, &mut Within::default());
                member
            })
            .collect()
    }

    /// The name of the variant of a member.
    fn variant(self, schema: &Value) -> String {
        if let Some(name) = schema["$ref"].as_str().and_then(|reference| component_name(reference, "schemas")) {
            return self.facts.variants.get(&name).cloned().unwrap_or(name);
        }
        if let Some(title) = schema["title"].as_str().filter(|title| title.len() <= 40) {
            return rust_name(title);
        }
        match schema["type"].as_str() {
            Some(name) => pascal_name(name),
            None => "Any".into(),
        }
    }

    fn describe(self, member: &mut Member, place: LocatedSchema<'a>, within: &mut Within) {
        let LocatedSchema { at, schema } = self.followed(place);
        let is_outermost = within.depth == 0;
        if let Some(name) = schema["type"].as_str() {
            member.types.extend(TYPES.iter().find(|known| **known == name));
            if self.facts.numeric_texts.contains(&at) {
                member.types.insert("string");
                member.is_numeric_text = true;
            }
            member.values.extend(strings(&schema["enum"]));
            if is_outermost {
                member.format = at.in_component().and_then(|(name, _)| self.facts.formats.get(name).copied());
            }
        } else if let Some(members) = unions::members(schema).filter(|_| within.depth < MAX_CHAIN) {
            // Once is enough, however many unions lead to it.
            if within.unions.insert(at.clone()) {
                let at = at.join(unions::keyword(schema));
                within.depth += 1;
                for (index, schema) in members.iter().enumerate() {
                    self.describe(member, LocatedSchema { at: at.join(&index.to_string()), schema }, within);
                }
                within.depth -= 1;
            }
            // A property that one requires may be absent in another.
            member.required.clear();
            member.constants.clear();
            return;
        } else {
            member.types.extend(TYPES);
            member.any_name = true;
        }
        let mut inner = ["items", "additionalProperties"].into_iter().map(|keyword| (keyword, &schema[keyword]));
        if let Some((keyword, inner)) = inner.find(|(_, inner)| inner.is_object()).filter(|_| is_outermost) {
            let mut item = Member::default();
            let mut within = Within { depth: 1, ..Within::default() };
            self.describe(&mut item, LocatedSchema { at: at.join(keyword), schema: inner }, &mut within);
            member.items = Some(Box::new(item));
        }
        self.describe_properties(member, &at, schema);
    }

    fn describe_properties(self, member: &mut Member, at: &Pointer, schema: &'a Value) {
        let wire_names = self.facts.wire_names.get(at);
        let wire = |name: &String| wire_names.and_then(|names| names.get(name)).unwrap_or(name).clone();
        let properties = schema["properties"].as_object();
        for (name, property) in properties.into_iter().flatten() {
            let property = self.followed(LocatedSchema { at: at.join("properties").join(name), schema: property });
            let values = property.schema["enum"].as_array().or_else(|| self.facts.constants.get(&property.at));
            if let Some(values) = values {
                member.constants.push((wire(name), values.clone()));
            }
            if !member.names.contains(&wire(name)) {
                member.names.push(wire(name));
            }
        }
        // A nullable one may be absent.
        let required =
            strings(&schema["required"]).into_iter().filter(|name| schema["properties"][name]["nullable"] != true);
        member.required = required.map(|name| wire(&name)).collect();
        let has_none = properties.is_none_or(serde_json::Map::is_empty);
        member.any_name |= schema["type"] == "object" && (has_none || schema["additionalProperties"].is_object());
    }

    /// Follows the references of a schema.
    fn followed(self, mut place: LocatedSchema<'a>) -> LocatedSchema<'a> {
        for _ in 0..MAX_CHAIN {
            let Some(reference) = reference(place.schema) else { break };
            let Some(schema) = resolve(self.document, reference) else { break };
            let at = Pointer::parse(reference.trim_start_matches('#'));
            place = LocatedSchema { at, schema };
        }
        place
    }
}

/// A schema and where it is in the document.
struct LocatedSchema<'a> {
    at: Pointer,
    schema: &'a Value,
}

/// The values of the discriminator that name a member.
fn tags(member: &Value, discriminator: &Value) -> Vec<String> {
    let Some(reference) = member["$ref"].as_str() else { return Vec::new() };
    let mapping = discriminator["mapping"].as_object().into_iter().flatten();
    mapping.filter(|(_, to)| *to == reference).map(|(value, _)| value.clone()).collect()
}

const TYPES: &[&str] = &["string", "integer", "number", "boolean", "array", "object"];

fn strings(list: &Value) -> Vec<String> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// The reference that a schema is, alone or wrapped to carry annotations.
pub(crate) fn reference(schema: &Value) -> Option<&str> {
    schema["$ref"].as_str().or_else(|| schema["allOf"].as_array()?.first()?["$ref"].as_str())
}

/// Whether a value of the schema holds one of the named type, other than behind a list or a map.
pub(super) fn holds(schema: &Value, name: &str, Members { document, facts }: Members<'_>) -> bool {
    let mut seen = BTreeSet::new();
    let mut open = vec![schema];
    while let Some(schema) = open.pop() {
        if let Some(reference) = reference(schema) {
            let found = component_name(reference, "schemas").unwrap_or_default();
            if found == name {
                return true;
            }
            if seen.insert(reference)
                && let Some(target) = resolve(document, reference)
            {
                open.push(target);
                if let Some(tuple) = facts.tuples.get(&found) {
                    open.extend(tuple.places(&found, target).map(|(_, place)| place));
                }
            }
            continue;
        }
        open.extend(schema["properties"].as_object().into_iter().flatten().map(|(_, property)| property));
        open.extend(unions::members(schema).into_iter().flatten());
    }
    false
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::emit::{Settings, generate};

    #[test]
    fn a_union_in_many_unions_is_described_once_in_each() {
        let named = |number: usize| json!({"$ref": format!("#/components/schemas/S{number}")});
        let mut document = json!({
            "openapi": "3.1.0",
            "info": {"title": "T", "version": "1"},
            "paths": {"/a": {"get": {"responses": {"200": {"content": {"application/json": {"schema": named(0)}}}}}}},
            "components": {"schemas": {"S24": {"type": "object", "discriminator": {"propertyName": "kind"}}}},
        });
        // Each base class is a union of all that extend it; describing each union anew would take 24^8 steps.
        for number in 0..24 {
            document["components"]["schemas"][format!("S{number}")] = json!({"allOf": [named(number + 1)]});
        }
        assert!(generate(&document, &Settings::default()).is_ok());
    }
}
