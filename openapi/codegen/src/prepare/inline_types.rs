//! Moves inline enums, objects and unions to components, so that we choose the name of each Rust type.
//!
//! A type is named after its place, so that a change elsewhere does not rename it: component, properties, or operation and
//! part. A title that no other schema has is a better name; then that of the place is an alias. Equal enums of one property
//! name are one type, too, of which the first place gives the name.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use crate::lower::EnumTexts;
use crate::model::direction::directions;
use crate::model::names::{rust_name, unique_name};
use crate::model::operations::{self, Operation, operations_mut};
use crate::model::pointer::Pointer;
use crate::plan::Alias;
use crate::prepare::facts::Facts;
use crate::prepare::numeric_texts::is_number;
use crate::prepare::titles;
use crate::prepare::unions::{self, is_enum_of_strings};
use crate::report::{Code, Log, Pass};

/// Moves inline types to components.
pub(super) fn name(pass: &mut Pass<Facts>) {
    let Pass { document, log, facts } = pass;
    let taken = facts.type_names_in(document);
    let by_place = Naming::of(taken.clone(), BTreeSet::new(), facts, log).run(&mut document.clone());
    let titles = titles::usable(document, &by_place.taken);
    let Named { moved, aliases, variants, .. } = Naming::of(taken, titles, facts, log).run(document);
    for (name, at) in &moved {
        log.add(Code::L103, at, format!("named `{name}`"));
    }
    log.moved(moved);
    facts.aliases.extend(aliases);
    facts.variants.extend(variants);
}

/// The names that a schema would have.
#[derive(Clone, Copy)]
struct Wanted<'a> {
    /// With the titles of the schemas around it.
    name: &'a str,
    /// By its place alone.
    place: &'a str,
    /// The name of its property or parameter, or of the one around it; empty in a body.
    property: &'a str,
    /// The operation that it is in; empty if it is in a component.
    operation: &'a str,
    /// Whether a server sends it.
    is_read: bool,
}

struct Naming<'a> {
    titles: BTreeSet<String>,
    enum_texts: &'a EnumTexts,
    /// The components whose properties are the bodies of replies.
    by_status: &'a BTreeMap<String, Vec<String>>,
    log: &'a Log,
    components: Map<String, Value>,
    shared: BTreeMap<Shared, String>,
    names: Named,
}

#[derive(Default)]
struct Named {
    taken: BTreeSet<String>,
    /// The new components, with their places.
    moved: Vec<(String, Pointer)>,
    aliases: BTreeMap<String, Alias>,
    /// The names of variants that are not those of their types.
    variants: BTreeMap<String, String>,
}

/// What makes types in several places one.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Shared {
    /// The property, whether a server sends it, the values, and what is said of the values. An enum that is only sent stays
    /// exact.
    Enum(String, bool, BTreeSet<String>, [BTreeMap<String, String>; 2]),
    /// The schemas of one title are equal.
    Title(String),
}

impl<'a> Naming<'a> {
    fn of(taken: BTreeSet<String>, titles: BTreeSet<String>, facts: &'a Facts, log: &'a Log) -> Self {
        let Facts { enum_texts, by_status, .. } = facts;
        let names = Named { taken, ..Named::default() };
        Self { titles, enum_texts, by_status, log, components: Map::new(), shared: BTreeMap::new(), names }
    }

    fn run(mut self, document: &mut Value) -> Named {
        let directions = directions(document);
        let is_read = |name: &String| directions.read.contains(name) || !directions.written.contains(name);
        let components = document.pointer_mut("/components/schemas").and_then(Value::as_object_mut);
        let components = components.map(std::mem::take).unwrap_or_default();
        for (name, schema) in &components {
            let key = self.enum_key(schema, name, is_read(name), &Pointer::component("schemas", name));
            self.shared.extend(key.map(|key| (key, name.clone())));
        }
        for (name, mut schema) in components {
            let wanted = Wanted { name: &name, place: &name, property: "", operation: "", is_read: is_read(&name) };
            let at = Pointer::component("schemas", &name);
            if self.by_status.contains_key(&name) {
                self.replies(&mut schema, wanted, &at.join("properties"));
            }
            self.inner(&mut schema, wanted, &at);
            self.components.insert(name, schema);
        }
        operations(document, &mut self);
        if !self.components.is_empty() {
            document["components"]["schemas"] = Value::Object(self.components);
        }
        self.names
    }

    fn content(&mut self, holder: &mut Value, wanted: &str, operation: &str, at: &Pointer) {
        let is_reply = !at.as_str().ends_with("/requestBody");
        let Some(Value::Object(content)) = holder.get_mut("content") else {
            return;
        };
        for (media_type, value) in content {
            for (field, wanted) in [("schema", wanted), ("itemSchema", &format!("{wanted}Item"))] {
                if let Some(schema) = value.get_mut(field) {
                    let wanted = Wanted { name: wanted, place: wanted, property: "", operation, is_read: is_reply };
                    let at = at.join("content").join(media_type).join(field);
                    match is_reply && holds_numeric_text(schema) {
                        true => drop(self.named(schema, None, wanted, &at)),
                        false => self.schema(schema, wanted, &at),
                    }
                }
            }
        }
    }

    /// The bodies of replies whose status decides the type; those that need a name without it are named as properties.
    fn replies(&mut self, by_status: &mut Value, of: Wanted<'_>, at: &Pointer) {
        for (status, schema) in by_status["properties"].as_object_mut().into_iter().flatten() {
            if holds_numeric_text(schema) {
                let name = rust_name(&format!("{}{}", of.name, rust_name(status)));
                self.named(schema, None, Wanted { name: &name, place: &name, ..of }, &at.join(status));
            }
        }
    }

    /// Moves a schema that needs a name to the components; its inner schemas were moved before.
    fn schema(&mut self, schema: &mut Value, wanted: Wanted<'_>, at: &Pointer) {
        if !needs_name(schema) {
            return self.inner(schema, wanted, at);
        }
        let title = titles::of(schema).filter(|title| self.titles.contains(title));
        let title = title.filter(|title| titles::says_more(title, wanted.place, wanted.operation));
        self.named(schema, title, wanted, at);
    }

    /// Moves a schema to the components under its title, or the wanted name.
    fn named(&mut self, schema: &mut Value, title: Option<String>, wanted: Wanted<'_>, at: &Pointer) -> String {
        let key = match &title {
            Some(title) => Some(Shared::Title(title.clone())),
            None => self.enum_key(schema, wanted.property, wanted.is_read, at),
        };
        let place = schema.as_object().cloned().unwrap_or_default();
        let name = match key.as_ref().and_then(|key| self.shared.get(key)) {
            Some(known) => known.clone(),
            None => {
                let unique = unique_name(title.as_deref().unwrap_or(wanted.name), &mut self.names.taken);
                self.shared.extend(key.map(|key| (key, unique.clone())));
                self.inner(schema, Wanted { name: &unique, ..wanted }, at);
                self.names.moved.push((unique.clone(), at.clone()));
                let mut named = schema.take();
                if let Some(named) = named.as_object_mut() {
                    named.shift_remove("nullable");
                }
                self.components.insert(unique.clone(), named);
                unique
            }
        };
        if name != wanted.place && self.names.taken.insert(wanted.place.to_owned()) {
            let alias = Alias { target: name.clone(), description: None };
            self.names.aliases.insert(wanted.place.to_owned(), alias);
        }
        *schema = reference_to(&name, &place);
        name
    }

    fn enum_key(&self, schema: &Value, property: &str, is_read: bool, at: &Pointer) -> Option<Shared> {
        if property.is_empty() || !is_enum_of_strings(schema.as_object()?) {
            return None;
        }
        let values = schema["enum"].as_array()?.iter().filter_map(Value::as_str).map(str::to_owned);
        let values: Vec<_> = values.collect();
        let place = self.log.original(at.clone());
        let texts = [&self.enum_texts.names, &self.enum_texts.descriptions].map(|of| of.of_enum(&place, &values));
        Some(Shared::Enum(property.to_owned(), is_read, values.into_iter().collect(), texts))
    }

    fn inner(&mut self, schema: &mut Value, wanted: Wanted<'_>, at: &Pointer) {
        let Value::Object(schema) = schema else { return };
        for (keyword, inner) in schema.iter_mut() {
            let at = at.join(keyword);
            match (keyword.as_str(), inner) {
                ("properties", Value::Object(properties)) => {
                    for (property, inner) in properties {
                        self.part(inner, wanted, &rust_name(property), true, &at.join(property));
                    }
                }
                ("items", inner) => self.part(inner, wanted, "Item", false, &at),
                ("additionalProperties", inner) => self.part(inner, wanted, "Value", false, &at),
                ("prefixItems", Value::Array(places)) => {
                    for (index, place) in places.iter_mut().enumerate() {
                        let name = format!("Item{}", index + 1);
                        self.part(place, wanted, &name, false, &at.join(&index.to_string()));
                    }
                }
                ("oneOf" | "anyOf", Value::Array(members)) => {
                    for (index, member) in members.iter_mut().enumerate() {
                        self.member(member, index, wanted, &at.join(&index.to_string()));
                    }
                }
                ("allOf", Value::Array(members)) => {
                    for (index, member) in members.iter_mut().enumerate() {
                        self.inner(member, wanted, &at.join(&index.to_string()));
                    }
                }
                _ => {}
            }
        }
    }

    fn part(&mut self, schema: &mut Value, of: Wanted<'_>, name: &str, is_property: bool, at: &Pointer) {
        let [wanted, place] = [of.name, of.place].map(|outer| rust_name(&format!("{outer}{name}")));
        let property = match of.property {
            _ if is_property => name.to_owned(),
            "" => String::new(),
            property => format!("{property}{name}"),
        };
        self.schema(schema, Wanted { name: &wanted, place: &place, property: &property, ..of }, at);
    }

    /// A member of a union: its variant has its title.
    fn member(&mut self, schema: &mut Value, index: usize, of: Wanted<'_>, at: &Pointer) {
        let title = titles::of(schema);
        let suffix = title.clone().unwrap_or_else(|| format!("Member{}", index + 1));
        let [name, place] = [of.name, of.place].map(|outer| rust_name(&format!("{outer}{suffix}")));
        let wanted = Wanted { name: &name, place: &place, property: "", ..of };
        if !needs_name(schema) {
            return self.inner(schema, wanted, at);
        }
        let name = self.named(schema, title.clone().filter(|title| self.titles.contains(title)), wanted, at);
        if let Some(title) = title.filter(|title| *title != name) {
            self.names.variants.insert(name, title);
        }
    }
}

/// The schemas in bodies and parameters of operations.
fn operations(document: &mut Value, naming: &mut Naming<'_>) {
    for Operation { at, fields, .. } in operations_mut(document) {
        let id = rust_name(operations::id(fields));
        let replies = fields.get_mut("responses").and_then(Value::as_object_mut);
        for (status, response) in replies.into_iter().flatten() {
            naming.content(response, &format!("{id}Reply"), &id, &at.join("responses").join(status));
        }
        if let Some(body) = fields.get_mut("requestBody") {
            naming.content(body, &format!("{id}Body"), &id, &at.join("requestBody"));
        }
        let parameters = fields.get_mut("parameters").and_then(Value::as_array_mut);
        for (index, parameter) in parameters.into_iter().flatten().enumerate() {
            let property = rust_name(parameter["name"].as_str().unwrap_or_default());
            let name = rust_name(&format!("{id}{property}"));
            let wanted = Wanted { name: &name, place: &name, property: &property, operation: &id, is_read: false };
            let at = at.join("parameters").join(&index.to_string()).join("schema");
            if let Some(schema) = parameter.get_mut("schema") {
                naming.schema(schema, wanted, &at);
            }
        }
    }
}

/// Whether the schema becomes a Rust type of its own.
pub(super) fn needs_name(schema: &Value) -> bool {
    let has = |keyword| schema.get(keyword).is_some();
    // A constrained string becomes a type that checks it.
    schema.as_object().is_some_and(is_enum_of_strings)
        || has("properties")
        || has("prefixItems")
        || unions::members(schema).is_some()
        || ["minLength", "maxLength", "pattern"].iter().any(|keyword| has(keyword))
            && !schema.as_object().is_some_and(is_number)
}

/// Whether a schema is a number that may be a text, or a list or map of such: only a field can be told to read it.
fn holds_numeric_text(schema: &Value) -> bool {
    let inner = ["items", "additionalProperties"].iter().filter_map(|keyword| schema.get(*keyword));
    let is_itself = schema.as_object().is_some_and(is_number) && schema.get("pattern").is_some();
    is_itself || inner.into_iter().any(holds_numeric_text)
}

/// The schema that replaces an inline type: a reference, with the annotations and the null of the use.
pub(super) fn reference_to(name: &str, inline: &Map<String, Value>) -> Value {
    let reference = json!({"$ref": format!("#/components/schemas/{name}")});
    let mut place: Map<_, _> = ["nullable", "description", "deprecated"]
        .into_iter()
        .filter_map(|keyword| Some((keyword.to_owned(), inline.get(keyword)?.clone())))
        .collect();
    if place.is_empty() {
        return reference;
    }
    place.insert("allOf".into(), json!([reference]));
    Value::Object(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_the_place_and_never_collide() {
        let mut document = json!({"paths": {}, "components": {"schemas": {
            "Operation": {"type": "object", "properties": {
                "resource": {"nullable": true, "type": "object", "properties": {
                    "type": {"type": "string", "enum": ["world"]},
                }},
                "status": {"type": "string", "enum": ["queued"], "description": "d"},
            }},
            "OperationStatus": {"type": "string"},
            "A": {"properties": {"b": {"type": "string", "enum": ["<", ">"]}}},
        }}});
        Pass::of(&mut document, name);
        let reference = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
        assert_eq!(
            document["components"]["schemas"],
            json!({
                "OperationResourceType": {"type": "string", "enum": ["world"]},
                "OperationResource": {"type": "object", "properties": {"type": reference("OperationResourceType")}},
                "OperationStatus2": {"type": "string", "enum": ["queued"], "description": "d"},
                "Operation": {"type": "object", "properties": {
                    "resource": {"nullable": true, "allOf": [reference("OperationResource")]},
                    "status": {"description": "d", "allOf": [reference("OperationStatus2")]},
                }},
                "OperationStatus": {"type": "string"},
                // The name that typify would choose, so that it finds the type.
                "Ab": {"type": "string", "enum": ["<", ">"]},
                "A": {"properties": {"b": reference("Ab")}},
            })
        );
    }

    /// A status decides between bodies as between the properties of a component; only a type of its own reads both forms.
    #[test]
    fn a_number_that_may_be_a_text_is_a_type_where_the_status_decides() {
        let number = json!({"type": "integer", "pattern": "^[0-9]$"});
        let mut document = json!({"components": {"schemas": {
            "Reply": {"properties": {"status200": number, "status202": {"type": "array", "items": number}, "status404": {"type": "integer"}}},
            "Other": {"properties": {"status200": number}},
        }}});
        let mut pass = Pass { document: document.take(), ..Pass::<Facts>::default() };
        pass.facts.by_status.insert("Reply".into(), Vec::new());
        name(&mut pass);
        let reference = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
        assert_eq!(
            pass.document["components"]["schemas"],
            json!({
                "ReplyStatus200": number,
                "ReplyStatus202": {"type": "array", "items": number},
                "Reply": {"properties": {
                    "status200": reference("ReplyStatus200"), "status202": reference("ReplyStatus202"), "status404": {"type": "integer"},
                }},
                "Other": {"properties": {"status200": number}},
            })
        );
    }
}
