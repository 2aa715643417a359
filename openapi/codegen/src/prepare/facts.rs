//! The facts that passes collect for the plan, before names are final.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::members::{Members, holds};
use super::{tuples, unions};
use crate::error::Error;
use crate::lower::{EnumTexts, LoweredFacts};
use crate::model::direction::directions;
use crate::model::grammar::ObjectKind;
use crate::model::names::pascal_name;
use crate::model::operations::{self, operations_mut};
use crate::model::pointer::Pointer;
use crate::model::visitor::visit_mut;
use crate::plan::{
    Alias, Enum, Format, FormattedText, Lists, Operation, Place, Plan, ReadType, SecurityScheme, StatusVariant, Tuple,
    Union,
};
use crate::report::{Code, Log, Pass};

/// The facts that passes collect for the plan.
#[derive(Debug, Default)]
pub(super) struct Facts {
    /// By path and method: the id of an operation changes later.
    operations: BTreeMap<(String, String), Operation>,
    /// The Rust type names of components, by their names in the lowered document.
    pub(super) type_names: BTreeMap<String, String>,
    /// Other names of types.
    pub(super) aliases: BTreeMap<String, Alias>,
    /// The names of variants that are not those of their types, by the names of the types.
    pub(super) variants: BTreeMap<String, String>,
    /// The statuses of the types that replace the properties of a component, by its name and in their order.
    pub(super) by_status: BTreeMap<String, Vec<String>>,
    /// The components that are tuples.
    pub(super) tuples: BTreeMap<String, tuples::Tuple>,
    /// The name of the component for a file in a multipart body.
    pub(super) file_part: Option<String>,
    /// The names on the wire of the properties of a schema. No schema moves once its properties are renamed.
    pub(super) wire_names: BTreeMap<Pointer, BTreeMap<String, String>>,
    /// How the document says that lists in objects of style `deepObject` are written.
    pub(super) lists: Lists,
    /// The properties of components that may be absent and null in JSON that is sent, by their names on the wire.
    pub(super) optional_nulls: BTreeMap<String, BTreeSet<String>>,
    /// Properties that are nullable only to distinguish absence from emptiness.
    pub(super) absent: BTreeSet<Pointer>,
    /// The descriptions and names of values, as the given document has them.
    pub(super) enum_texts: EnumTexts,
    /// The descriptions of values, by the names of the enums.
    pub(super) value_descriptions: BTreeMap<String, BTreeMap<String, String>>,
    /// The names of the variants of values, by the names of the enums.
    pub(super) value_names: BTreeMap<String, BTreeMap<String, String>>,
    /// Numbers that a server may write as text.
    pub(super) numeric_texts: BTreeSet<Pointer>,
    /// The formats whose texts have types.
    pub(super) typed_formats: BTreeSet<Format>,
    /// The formats of components that are texts of one.
    pub(super) formats: BTreeMap<String, Format>,
    /// The security schemes that operations need.
    pub(super) security_schemes: Vec<SecurityScheme>,
    /// The values of enums other than enums of strings.
    pub(super) constants: BTreeMap<Pointer, Vec<Value>>,
}

impl Facts {
    /// The facts that the lowering found.
    pub(super) fn of(LoweredFacts { enum_texts, methods }: LoweredFacts, log: &mut Log) -> Self {
        let mut facts = Self { enum_texts, ..Self::default() };
        for ((path, field), method) in methods {
            let at = Pointer::default().join("paths").join(&path).join(&field);
            log.add(Code::L118, &at, format!("sent as `{method}`"));
            facts.operation(&path, &field).method = Some(method);
        }
        facts
    }

    /// The names of types that a document has.
    pub(super) fn type_names_in(&self, document: &Value) -> BTreeSet<String> {
        let schemas = document.pointer("/components/schemas").and_then(Value::as_object);
        schemas.into_iter().flat_map(serde_json::Map::keys).chain(self.aliases.keys()).cloned().collect()
    }

    /// The facts on the operation with this path and method.
    pub(super) fn operation(&mut self, path: &str, method: &str) -> &mut Operation {
        self.operations.entry((path.to_owned(), method.to_owned())).or_default()
    }

    /// Removes the facts on an operation whose path is about to change.
    pub(super) fn take_operation(&mut self, path: &str, method: &str) -> Operation {
        self.operations.remove(&(path.to_owned(), method.to_owned())).unwrap_or_default()
    }

    /// The plan for the document, in which every name is final, and the type names of the lowered document's components.
    ///
    /// # Errors
    ///
    /// [`Error::NotOpenApi30`] when the document cannot be written as JSON.
    pub(super) fn plan(mut self, document: &openapiv3::OpenAPI) -> Result<(Plan, BTreeMap<String, String>), Error> {
        let document = serde_json::to_value(document).map_err(|source| Error::NotOpenApi30 { source })?;
        let operations = self.operations(&document);
        let security_schemes = std::mem::take(&mut self.security_schemes);
        let mut plan = Plan {
            operations,
            security_schemes,
            file_part: self.file_part.clone(),
            optional_nulls: self.optional_nulls.clone(),
            ..Plan::default()
        };
        let members = Members { document: &document, facts: &self };
        let mut directions = directions(&document);
        let streams = plan.operations.values().filter_map(|operation| operation.stream.as_ref()?.method.as_ref());
        directions.reads(&document, streams.map(|method| &method.schema));
        for (name, schema) in document["components"]["schemas"].as_object().into_iter().flatten() {
            if self.file_part.as_ref() == Some(name) {
                continue;
            }
            if let Some(format) = self.formats.get(name) {
                let description = schema["description"].as_str().map(str::to_owned);
                plan.formats.insert(name.clone(), FormattedText { format: *format, description });
                continue;
            }
            let written = directions.written.contains(name);
            // A schema that no operation reaches may be received in another way, such as a webhook.
            let read = directions.read.contains(name) || !written;
            let description = schema["description"].as_str().map(str::to_owned);
            if let Some(values) = schema["enum"].as_array().filter(|_| schema["type"] == "string") {
                let values = values.iter().filter_map(Value::as_str).map(str::to_owned).collect();
                let value_descriptions = self.value_descriptions.get(name).cloned().unwrap_or_default();
                let value_names = self.value_names.get(name).cloned().unwrap_or_default();
                plan.enums
                    .insert(name.clone(), Enum { description, values, value_descriptions, value_names, open: read });
                continue;
            }
            if let Some(tuple) = self.tuples.get(name) {
                let places = tuple
                    .places(name, schema)
                    .map(|(at, place)| Place { schema: place.clone(), is_numeric_text: self.is_numeric_text(&at) });
                let recursive = tuple.places(name, schema).any(|(_, place)| holds(place, name, members));
                let open = read || !tuple.is_fixed;
                let tuple = Tuple { description, places: places.collect(), recursive, open };
                plan.tuples.insert(name.clone(), tuple);
                continue;
            }
            if unions::members(schema).is_some() {
                let tag = schema["discriminator"]["propertyName"].as_str().unwrap_or_default().to_owned();
                let members = members.of_union(name, schema);
                // A discriminator names one member, also of an `anyOf`.
                let exclusive = schema.get("oneOf").is_some() || !tag.is_empty();
                plan.unions.insert(name.clone(), Union { description, members, tag, exclusive, open: read });
                continue;
            }
            if let Some(statuses) = self.by_status.get(name) {
                let schemas = schema["properties"].as_object().into_iter().flatten().map(|(_, schema)| schema.clone());
                let variants = statuses.iter().cloned().zip(schemas);
                let variants = variants.map(|(status, schema)| StatusVariant { status, schema });
                plan.by_status.insert(name.clone(), variants.collect());
                continue;
            }
            let at = Pointer::component("schemas", name);
            let wire_names = self.wire_names.get(&at);
            if let Some(names) = wire_names {
                plan.wire_names.insert(name.clone(), names.clone());
            }
            if read {
                let at = at.join("properties");
                let properties = schema["properties"].as_object().into_iter().flatten();
                let nullable = properties
                    .filter(|(name, property)| property["nullable"] == true && !self.absent.contains(&at.join(name)))
                    .map(|(name, _)| wire_names.and_then(|names| names.get(name)).unwrap_or(name).clone())
                    .collect();
                let numeric_texts = self.numeric_texts_of(&Pointer::component("schemas", name), schema, wire_names);
                plan.read_types.insert(name.clone(), ReadType { written, nullable, numeric_texts });
            }
        }
        let is_type = |name: &str| document["components"]["schemas"].get(name).is_some();
        self.aliases.retain(|_, alias| is_type(&alias.target));
        let mut type_names = self.type_names;
        type_names.retain(|_, name| is_type(name) || self.aliases.contains_key(name));
        plan.aliases = self.aliases;
        Ok((plan, type_names))
    }

    /// The properties that hold numbers which a server may write as text, by their names on the wire; an empty one for what
    /// is no property.
    fn numeric_texts_of(
        &self,
        at: &Pointer,
        schema: &Value,
        wire_names: Option<&BTreeMap<String, String>>,
    ) -> BTreeSet<String> {
        let wire = |name: &String| wire_names.and_then(|names| names.get(name)).unwrap_or(name).clone();
        let properties = schema["properties"].as_object().into_iter().flat_map(serde_json::Map::keys);
        let found = properties.filter(|name| self.is_numeric_text(&at.join("properties").join(name))).map(wire);
        let itself = self.numeric_texts.contains(at)
            || ["items", "additionalProperties"].iter().any(|keyword| self.is_numeric_text(&at.join(keyword)));
        found.chain(itself.then(String::new)).collect()
    }

    /// Whether a schema is, or holds, a number that a server may write as text.
    fn is_numeric_text(&self, at: &Pointer) -> bool {
        let from_here = self.numeric_texts.range(at.clone()..);
        let mut within = from_here.take_while(|place| place.as_str().starts_with(at.as_str()));
        within.any(|place| place.relocated(at, at).is_some())
    }

    /// The facts on operations, by the names of their builders.
    fn operations(&mut self, document: &Value) -> BTreeMap<String, Operation> {
        let mut by_builder = BTreeMap::new();
        for operation in operations::operations(document) {
            let body = operation.fields.get("requestBody").and_then(Value::as_object);
            let body_is_optional = body.is_some_and(|body| body.get("required") != Some(&Value::Bool(true)));
            let facts = self.take_operation(operation.path, operation.method);
            let id = operations::id(operation.fields);
            // reqwest has a function for each of the others.
            let own = ["options", "trace"].contains(&operation.method).then(|| operation.method.to_uppercase());
            let method = facts.method.clone().or(own);
            by_builder.insert(pascal_name(id), Operation { method, body_is_optional, ..facts });
        }
        by_builder
    }
}

/// Moves the values of enums that are no Rust types from the document to the facts. This pass comes late, since schemas
/// that differ only in these values are different types.
pub(super) fn take_constants(pass: &mut Pass<Facts>) {
    let Pass { document, facts, .. } = pass;
    visit_mut(document, &mut |kind, at, schema| {
        if kind == ObjectKind::Schema
            && !unions::is_enum_of_strings(schema)
            && let Some(Value::Array(values)) = schema.shift_remove("enum")
        {
            facts.constants.insert(at.clone(), values);
        }
    });
}

/// Moves the schemas of the items of streams from the document to the facts.
pub(super) fn take_items(pass: &mut Pass<Facts>) {
    let Pass { document, facts, .. } = pass;
    for operations::Operation { path, method, fields, .. } in operations_mut(document) {
        let replies = fields.get_mut("responses").and_then(Value::as_object_mut).into_iter().flatten();
        let content = replies.filter_map(|(_, reply)| reply.get_mut("content")?.as_object_mut()).flatten();
        let items = content.filter_map(|(_, described)| described.as_object_mut()?.shift_remove("itemSchema"));
        for schema in items.collect::<Vec<_>>() {
            if let Some(method) =
                facts.operation(path, method).stream.as_mut().and_then(|stream| stream.method.as_mut())
            {
                method.schema = schema;
            }
        }
    }
}
