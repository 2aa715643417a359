//! The members of a union: their variants, their types, and what tells them apart.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::quote;
use serde_json::{Map, Value};

use crate::model::names::{pascal_name, rust_name, unique_name};
use crate::model::pointer::{component_name, resolve};
use crate::prepare::{CONSTANTS, WIRE_NAME};

/// A member of a union.
#[derive(Debug, Default)]
pub(super) struct Member {
    pub(super) variant: String,
    /// The type, as it is written in the module `types`.
    pub(super) ty: TokenStream,
    /// Whether the type holds the union itself, so that it needs a box.
    pub(super) recursive: bool,
    /// The JSON types it may be.
    pub(super) types: BTreeSet<&'static str>,
    /// The values of an enum of strings.
    pub(super) values: Vec<String>,
    /// The values of the discriminator that stand for it.
    pub(super) tags: Vec<String>,
    /// Properties that have one of few values.
    pub(super) constants: Vec<(String, Vec<Value>)>,
    pub(super) names: Vec<String>,
    pub(super) required: Vec<String>,
    /// Whether it takes properties of any name.
    pub(super) any_name: bool,
    /// What the items of a list or the values of a map are, if it is one.
    pub(super) items: Option<Box<Self>>,
}

impl Member {
    pub(super) fn all(union: &str, members: &[Value], discriminator: &Value, document: &Value) -> Vec<Self> {
        let mut taken = BTreeSet::from(["Unknown".to_owned()]);
        members
            .iter()
            .map(|schema| {
                let mut member = Self::of(schema, discriminator, document);
                member.variant = unique_name(&variant(schema), &mut taken);
                member.recursive = holds(schema, union, document);
                member
            })
            .collect()
    }

    fn of(schema: &Value, discriminator: &Value, document: &Value) -> Self {
        let mut member = Self { ty: rust_type(schema), ..Self::default() };
        let mapping = discriminator["mapping"].as_object().into_iter().flatten();
        if let Some(reference) = schema["$ref"].as_str() {
            member.tags = mapping.filter(|(_, to)| *to == reference).map(|(value, _)| value.clone()).collect();
        }
        member.describe(schema, document, 0);
        member
    }

    fn describe(&mut self, schema: &Value, document: &Value, depth: usize) {
        let schema = followed(schema, document);
        if let Some(name) = schema["type"].as_str() {
            self.types.extend(TYPES.iter().find(|known| **known == name));
            self.values.extend(strings(&schema["enum"]));
        } else if let Some(members) = schema["oneOf"].as_array().filter(|_| depth < 8) {
            for member in members {
                self.describe(member, document, depth + 1);
            }
            // What one of them requires, another may lack.
            self.required.clear();
            self.constants.clear();
            return;
        } else {
            self.types.extend(TYPES);
            self.any_name = true;
        }
        let inner =
            ["items", "additionalProperties"].iter().map(|keyword| &schema[*keyword]).find(|inner| inner.is_object());
        if let Some(inner) = inner.filter(|_| depth == 0) {
            let mut item = Self::default();
            item.describe(inner, document, 1);
            self.items = Some(Box::new(item));
        }
        let properties = schema["properties"].as_object().cloned().unwrap_or_else(Map::new);
        let wire = |name: &String| schema[WIRE_NAME][name].as_str().unwrap_or(name).to_owned();
        for (name, property) in &properties {
            let property = followed(property, document);
            let values = property["enum"].as_array().or_else(|| property[CONSTANTS].as_array());
            if let Some(values) = values {
                self.constants.push((wire(name), values.clone()));
            }
            if !self.names.contains(&wire(name)) {
                self.names.push(wire(name));
            }
        }
        // A nullable one may be absent.
        let required =
            strings(&schema["required"]).into_iter().filter(|name| schema["properties"][name]["nullable"] != true);
        self.required = required.map(|name| wire(&name)).collect();
        self.any_name |=
            schema["type"] == "object" && (properties.is_empty() || schema["additionalProperties"].is_object());
    }
}

const TYPES: &[&str] = &["string", "integer", "number", "boolean", "array", "object"];

fn strings(list: &Value) -> Vec<String> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// What a schema says once its references are followed.
fn followed<'a>(mut schema: &'a Value, document: &'a Value) -> &'a Value {
    for _ in 0..32 {
        match reference(schema).and_then(|reference| resolve(document, reference)) {
            Some(target) => schema = target,
            None => break,
        }
    }
    schema
}

fn reference(schema: &Value) -> Option<&str> {
    schema["$ref"].as_str().or_else(|| schema["allOf"].as_array()?.first()?["$ref"].as_str())
}

fn variant(schema: &Value) -> String {
    if let Some(name) = schema["$ref"].as_str().and_then(|reference| component_name(reference, "schemas")) {
        return name;
    }
    if let Some(title) = schema["title"].as_str().filter(|title| title.len() <= 40) {
        return rust_name(title);
    }
    match schema["type"].as_str() {
        Some(name) => pascal_name(name),
        None => "Any".into(),
    }
}

/// The type of a schema that is named or needs no name, as it is written in the module `types`.
fn rust_type(schema: &Value) -> TokenStream {
    let plain = plain_type(schema);
    if schema["nullable"] == true { quote!(::std::option::Option<#plain>) } else { plain }
}

fn plain_type(schema: &Value) -> TokenStream {
    if let Some(name) = reference(schema).and_then(|reference| component_name(reference, "schemas")) {
        let name = quote::format_ident!("{name}");
        return quote!(#name);
    }
    match (schema["type"].as_str(), schema["format"].as_str()) {
        (Some("string"), Some("date-time")) => quote!(super::support::Timestamp),
        (Some("string"), _) => quote!(::std::string::String),
        (Some("integer"), Some("uint64")) => quote!(u64),
        (Some("integer"), _) => quote!(i64),
        (Some("number"), _) => quote!(f64),
        (Some("boolean"), _) => quote!(bool),
        (Some("array"), _) => {
            let item = rust_type(&schema["items"]);
            quote!(::std::vec::Vec<#item>)
        }
        (Some("object"), _) if schema["additionalProperties"].is_object() => {
            let value = rust_type(&schema["additionalProperties"]);
            quote!(::std::collections::BTreeMap<::std::string::String, #value>)
        }
        (Some("object"), _) => quote!(::serde_json::Map<::std::string::String, ::serde_json::Value>),
        _ => quote!(::serde_json::Value),
    }
}

/// Whether a value of the schema holds one of the named type, other than behind a list or a map.
fn holds(schema: &Value, name: &str, document: &Value) -> bool {
    let mut seen = BTreeSet::new();
    let mut open = vec![schema];
    while let Some(schema) = open.pop() {
        if let Some(reference) = reference(schema) {
            if component_name(reference, "schemas").as_deref() == Some(name) {
                return true;
            }
            if seen.insert(reference) {
                open.extend(resolve(document, reference));
            }
            continue;
        }
        open.extend(schema["properties"].as_object().into_iter().flatten().map(|(_, property)| property));
        open.extend(schema["oneOf"].as_array().into_iter().flatten());
    }
    false
}
