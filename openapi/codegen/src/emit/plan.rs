//! What the pass over the generated code needs to know of the document.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::member::Member;
use crate::error::Error;
use crate::model::names::{pascal_name, snake_name};
use crate::model::operations;
use crate::prepare::{ABSENT, ACCEPT, ANY_OF, CONTENT_TYPE, FIELDS, FORM, REPLIES, WIRE_NAME, directions};

/// What the pass over the generated code needs to know of the document, by the names of the Rust types.
#[derive(Debug, Default)]
pub(super) struct Plan {
    /// Enums of strings.
    pub(super) enums: BTreeMap<String, Enum>,
    /// Unions, with their members in document order.
    pub(super) unions: BTreeMap<String, Union>,
    /// Other types that a server sends.
    pub(super) read_types: BTreeMap<String, ReadType>,
    /// The names that properties have on the wire, by type and by their names in the prepared document.
    pub(super) wire_names: BTreeMap<String, BTreeMap<String, String>>,
    /// What an operation is other than progenitor thinks, by the name of its builder.
    pub(super) operations: BTreeMap<String, Operation>,
}

#[derive(Debug, Default)]
pub(super) struct Enum {
    pub(super) description: Option<String>,
    pub(super) values: Vec<String>,
    /// Whether a server sends it, so that it may hold values nobody knows yet.
    pub(super) open: bool,
}

#[derive(Debug, Default)]
pub(super) struct Union {
    pub(super) description: Option<String>,
    pub(super) members: Vec<Member>,
    /// The property that tells the members apart.
    pub(super) tag: String,
    /// Whether a value is one member only, not several at once.
    pub(super) exclusive: bool,
    pub(super) open: bool,
}

/// A type that a server sends.
#[derive(Debug, Default)]
pub(super) struct ReadType {
    /// Whether a client sends it, too.
    pub(super) written: bool,
    /// The properties that may be null.
    pub(super) nullable: BTreeSet<String>,
}

#[derive(Debug, Default)]
pub(super) struct Operation {
    pub(super) body_is_optional: bool,
    /// The kinds of its success replies by status, where there are several.
    pub(super) replies: BTreeMap<String, String>,
    /// The media types it accepts, where there is one beside JSON.
    pub(super) accept: Option<String>,
    pub(super) content_type: Option<String>,
    pub(super) wire_names: BTreeMap<String, String>,
    /// How parameters in the query are written that progenitor would write in another form, by their wire names.
    pub(super) forms: BTreeMap<String, String>,
    /// Of a body that is a form: how fields are written whose values do not say it.
    pub(super) fields: Option<BTreeMap<String, String>>,
    /// The parameters of the path that are lists, by the names of their variables.
    pub(super) path_lists: BTreeSet<String>,
}

impl Plan {
    pub(super) fn of(document: &openapiv3::OpenAPI) -> Result<Self, Error> {
        let document = serde_json::to_value(document).map_err(|source| Error::NotOpenApi30 { source })?;
        let directions = directions(&document);
        let mut plan = Self { operations: operations(&document), ..Self::default() };
        for (name, schema) in document["components"]["schemas"].as_object().into_iter().flatten() {
            let written = directions.written.contains(name);
            // What no operation reaches may come in some other way, such as a webhook.
            let read = directions.read.contains(name) || !written;
            let description = schema["description"].as_str().map(str::to_owned);
            if let Some(values) = schema["enum"].as_array().filter(|_| schema["type"] == "string") {
                let values = values.iter().filter_map(Value::as_str).map(str::to_owned).collect();
                plan.enums.insert(name.clone(), Enum { description, values, open: read });
                continue;
            }
            if let Some(members) = schema["oneOf"].as_array() {
                let tag = schema["discriminator"]["propertyName"].as_str().unwrap_or_default().to_owned();
                let members = Member::all(name, members, &schema["discriminator"], &document);
                // A discriminator names one.
                let exclusive = schema.get(ANY_OF).is_none() || !tag.is_empty();
                plan.unions.insert(name.clone(), Union { description, members, tag, exclusive, open: read });
                continue;
            }
            if let Some(names) = schema[WIRE_NAME].as_object() {
                let names = names.iter().filter_map(|(name, wire)| Some((name.clone(), wire.as_str()?.to_owned())));
                plan.wire_names.insert(name.clone(), names.collect());
            }
            if read {
                let properties = schema["properties"].as_object().into_iter().flatten();
                let nullable = properties
                    .filter(|(_, property)| property["nullable"] == true && property.get(ABSENT).is_none())
                    .map(|(name, _)| name.clone())
                    .collect();
                plan.read_types.insert(name.clone(), ReadType { written, nullable });
            }
        }
        Ok(plan)
    }
}

fn operations(document: &Value) -> BTreeMap<String, Operation> {
    let mut planned = BTreeMap::new();
    for operations::Operation { fields: operation, .. } in operations::operations(document) {
        let field = |name: &str| operation.get(name).unwrap_or(&Value::Null);
        let id = operations::id(operation);
        let content_type = field(CONTENT_TYPE).as_str().map(str::to_owned);
        let mut wire_names = BTreeMap::new();
        let mut forms = BTreeMap::new();
        let mut path_lists = BTreeSet::new();
        for parameter in field("parameters").as_array().into_iter().flatten() {
            let Some(name) = parameter["name"].as_str() else { continue };
            let wire_name = parameter[WIRE_NAME].as_str();
            if let Some(wire_name) = wire_name {
                wire_names.insert(name.to_owned(), wire_name.to_owned());
            }
            if parameter["in"] == "path" && parameter.get(FORM).is_some() {
                path_lists.insert(snake_name(name));
            } else if let Some(form) = parameter[FORM].as_str() {
                forms.insert(wire_name.unwrap_or(name).to_owned(), form.to_owned());
            }
        }
        let fields = field(FIELDS).as_object().map(texts);
        let body = field("requestBody").as_object();
        let body_is_optional = body.is_some_and(|body| body.get("required") != Some(&Value::Bool(true)));
        let replies = field(REPLIES).as_object().map(texts).unwrap_or_default();
        let accept = field(ACCEPT).as_str().map(str::to_owned);
        planned.insert(
            pascal_name(id),
            Operation { body_is_optional, replies, accept, content_type, wire_names, forms, fields, path_lists },
        );
    }
    planned
}

fn texts(object: &serde_json::Map<String, Value>) -> BTreeMap<String, String> {
    object.iter().filter_map(|(name, text)| Some((name.clone(), text.as_str()?.to_owned()))).collect()
}
