//! Components made of merged schemas: each is written once and referred to, since a schema may hold a merged copy of
//! itself without end, or in too many places.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use crate::model::names::{rust_name, unique_name};
use crate::model::pointer::Pointer;
use crate::prepare::cycles::Cycles;

/// Where the result of merging a schema goes.
#[derive(Debug)]
pub(super) enum Destination {
    /// It replaces the schema.
    InPlace,
    /// This component already holds it.
    Known(String),
    /// It becomes a component, which this text identifies.
    New(String),
}

#[derive(Debug)]
pub(super) struct MergedTypes {
    taken: BTreeSet<String>,
    /// The names of components by the texts of the schemas they were made from.
    known: BTreeMap<String, String>,
    /// The new components: name, schema, and the pointer they were made at.
    made: Vec<(String, Value, Pointer)>,
    /// The names of variants that are not those of their types.
    pub(super) variants: BTreeMap<String, String>,
}

impl MergedTypes {
    pub(super) fn of(document: &Value) -> Self {
        let schemas = document.pointer("/components/schemas").and_then(Value::as_object);
        let schemas: Vec<_> = schemas.into_iter().flatten().collect();
        let composed = schemas.iter().filter_map(|(name, schema)| Some((*name, schema.as_object()?)));
        let composed = composed.filter(|(_, schema)| schema.contains_key("allOf"));
        Self {
            taken: schemas.iter().map(|(name, _)| (*name).clone()).collect(),
            known: composed.map(|(name, schema)| (text(schema), name.clone())).collect(),
            made: Vec::new(),
            variants: BTreeMap::new(),
        }
    }

    /// Decides where the merged schema goes: one that leads back to the component it is in, or that was found late, becomes
    /// a component.
    pub(super) fn destination(
        &self,
        schema: &Map<String, Value>,
        at: &Pointer,
        cycles: &Cycles,
        late: bool,
    ) -> Destination {
        let within = at.in_component();
        if within.is_some_and(|(_, inner)| inner.is_empty()) {
            return Destination::InPlace;
        }
        let leads_back = within.is_some_and(|(name, _)| cycles.is_closed(name, schema));
        if !leads_back && !late {
            return Destination::InPlace;
        }
        let text = text(schema);
        match self.known.get(&text) {
            Some(name) => Destination::Known(name.clone()),
            None => Destination::New(text),
        }
    }

    /// Makes a component of a merged schema, and returns its name.
    pub(super) fn make(&mut self, key: String, merged: &Map<String, Value>, at: &Pointer, document: &Value) -> String {
        let title = merged.get("title").and_then(Value::as_str).filter(|_| at.is_member_of(&["oneOf", "anyOf"]));
        let wanted = match title.map(rust_name) {
            Some(title) if self.taken.contains(&title) => {
                let mut union = at.clone();
                union.pop();
                union.pop();
                format!("{}{title}", wanted_name(&union, document))
            }
            Some(title) => title,
            None => wanted_name(at, document),
        };
        let name = unique_name(&rust_name(&wanted), &mut self.taken);
        if let Some(title) = title.map(rust_name).filter(|title| *title != name) {
            self.variants.insert(name.clone(), title);
        }
        let mut component = merged.clone();
        component.shift_remove("nullable");
        self.known.insert(key, name.clone());
        self.made.push((name.clone(), Value::Object(component), at.clone()));
        name
    }

    /// Adds the new components to the document, and returns their names with the pointers they were made at.
    pub(super) fn settle(&mut self, document: &mut Value) -> Vec<(String, Pointer)> {
        let made = self.made.drain(..).map(|(name, schema, at)| {
            document["components"]["schemas"][&name] = schema;
            (name, at)
        });
        made.collect()
    }
}

/// A schema as text, without the keywords that belong to its place.
fn text(schema: &Map<String, Value>) -> String {
    let of_place = ["nullable", "title", "description", "deprecated"];
    let said: Map<_, _> = schema.iter().filter(|(key, _)| !of_place.contains(&key.as_str())).map(owned).collect();
    Value::Object(said).to_string()
}

fn owned((key, value): (&String, &Value)) -> (String, Value) {
    (key.clone(), value.clone())
}

/// The name that a type has by its place, as types of schemas without `allOf` have.
fn wanted_name(at: &Pointer, document: &Value) -> String {
    let tokens = at.tokens();
    let tokens: Vec<&str> = tokens.iter().map(String::as_str).collect();
    let (mut name, mut rest) = match tokens.as_slice() {
        ["components", "schemas", component, rest @ ..] => ((*component).to_owned(), rest),
        ["paths", path, method, rest @ ..] => {
            let operation = &document["paths"][*path][*method];
            let mut name = rust_name(operation["operationId"].as_str().unwrap_or_default());
            match rest {
                ["requestBody", ..] => name.push_str("Body"),
                ["responses", status, ..] if status.starts_with('2') => name.push_str("Reply"),
                ["responses", ..] => name.push_str("Error"),
                ["parameters", index, ..] => {
                    let index = index.parse::<usize>().unwrap_or_default();
                    let parameter = &operation["parameters"][index]["name"];
                    name.push_str(&rust_name(parameter.as_str().unwrap_or_default()));
                }
                _ => {}
            }
            (name, rest)
        }
        rest => ("Any".to_owned(), rest),
    };
    while let [keyword, after @ ..] = rest {
        rest = match (*keyword, after) {
            ("properties", [property, after @ ..]) => {
                name.push_str(&rust_name(property));
                after
            }
            ("oneOf" | "anyOf", [index, after @ ..]) => {
                let place = index.parse::<usize>().map_or(1, |index| index + 1);
                name.push_str(&format!("Member{place}"));
                after
            }
            ("items", after) => {
                name.push_str("Item");
                after
            }
            ("additionalProperties", after) => {
                name.push_str("Value");
                after
            }
            (_, after) => after,
        };
    }
    name
}
