//! What the pass over the generated code needs to know of the document.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::error::Error;
use crate::pointer::component_name;
use crate::prepare::directions;

/// What the pass over the generated code needs to know of the document, by the names of the Rust types.
#[derive(Debug, Default)]
pub(super) struct Plan {
    /// Enums of strings that a server sends.
    pub(super) open_enums: BTreeSet<String>,
    /// Unions that a server sends, with the property names of each member in document order.
    pub(super) unions: BTreeMap<String, Vec<Vec<String>>>,
    /// Objects that a server sends.
    pub(super) read_structs: BTreeMap<String, ReadStruct>,
}

/// An object that a server sends.
#[derive(Debug, Default)]
pub(super) struct ReadStruct {
    /// Whether a client sends it, too.
    pub(super) written: bool,
    /// The properties that may be null.
    pub(super) nullable: BTreeSet<String>,
}

impl Plan {
    pub(super) fn of(document: &openapiv3::OpenAPI) -> Result<Self, Error> {
        let document = serde_json::to_value(document).map_err(|source| Error::NotOpenApi30 { source })?;
        let directions = directions(&document);
        let mut plan = Self::default();
        for name in directions.read {
            let schema = &document["components"]["schemas"][&name];
            let written = directions.written.contains(&name);
            if schema["type"] == "string" && schema.get("enum").is_some() {
                plan.open_enums.insert(name);
            } else if let Some(members) = schema["oneOf"].as_array() {
                let names = members.iter().map(|member| property_names(member, &document));
                plan.unions.insert(name, names.collect());
            } else if let Some(properties) = schema["properties"].as_object() {
                let nullable = properties
                    .iter()
                    .filter(|(_, property)| property["nullable"] == true)
                    .map(|(name, _)| name.clone())
                    .collect();
                plan.read_structs.insert(name, ReadStruct { written, nullable });
            }
        }
        Ok(plan)
    }
}

fn property_names(member: &Value, document: &Value) -> Vec<String> {
    let named = member["$ref"].as_str().and_then(|reference| component_name(reference, "schemas"));
    let schema = match named {
        Some(name) => &document["components"]["schemas"][&name],
        None => member,
    };
    let properties = schema["properties"].as_object();
    properties.map(|properties| properties.keys().cloned().collect()).unwrap_or_default()
}
