//! Values that a document admits must still be admitted by what the rules make of it.

use std::collections::BTreeMap;

use jsonschema::{Draft, Registry, Resource, Validator};
use openapi_client_codegen::{Code, Generated, lower};
use serde_json::{Value, json};

use crate::generator::Generator;
use crate::openapi_30::{Nullable, as_2020_12, nullable_without_type};

/// What became of the values of a document.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// How many values were valid before, and so were looked at.
    pub(crate) tried: usize,
    /// What is no longer admitted, and where.
    pub(crate) refused: Vec<String>,
}

/// Makes `count` values of each component, and looks at those that are valid under the document as given.
pub(crate) fn check(document: &Value, generated: &Generated, count: usize) -> Found {
    let mut found = Found::default();
    let lowered = serde_json::to_value(lower(document).unwrap().document).unwrap();
    found.refused.extend(nullable_without_type(&lowered));
    let lowered = as_2020_12(&lowered, &BTreeMap::new(), Nullable::Standard);
    let prepared = serde_json::to_value(&generated.document).unwrap();
    let prepared = as_2020_12(&prepared, &generated.plan.wire_names, Nullable::Progenitor);
    let [Some(before), Some(lowered), Some(prepared)] = [document, &lowered, &prepared].map(registry) else {
        return found;
    };
    let reads_texts = generated.report.entries.iter().any(|entry| entry.code == Code::L119);
    let schemas = document["components"]["schemas"].as_object();
    for (name, schema) in schemas.into_iter().flatten() {
        let Some(validator) = validator(&before, name) else { continue };
        let after = [
            ("lowering", validator_after(&lowered, Some(name))),
            ("preparation", validator_after(&prepared, component_of(generated, name))),
        ];
        let mut generator = Generator::new(document, name);
        for _ in 0..count {
            // Null of a named schema is moved to where the schema is used, which is in the values of others.
            let value = generator.value(schema, 0).filter(|value| !value.is_null() && validator.is_valid(value));
            let Some(value) = value else { continue };
            found.tried += 1;
            for (layer, validator) in &after {
                let Some(validator) = validator else { continue };
                // A number is read from its text, which its schema does not say.
                let is_read = || reads_texts && validator.is_valid(&with_numbers(&value));
                let error = validator.validate(&value).err().filter(|_| !is_read());
                if let Some(error) = error {
                    let at = error.instance_path().to_string();
                    found.refused.push(format!("the {layer} refuses {value} of `{name}`, at `{at}`: {error}"));
                }
            }
        }
    }
    found
}

/// Stands for the document in the validator; nothing is fetched from there.
const DOCUMENT: &str = "https://document.invalid/openapi";

fn registry(document: &Value) -> Option<Registry<'_>> {
    let resource = Resource::from_contents(document.clone());
    Registry::new().draft(Draft::Draft202012).add(DOCUMENT, resource).ok()?.prepare().ok()
}

/// None for a schema that no validator takes, such as one that refers to another document.
fn validator(registry: &Registry<'_>, component: &str) -> Option<Validator> {
    let name: String = component.replace('~', "~0").replace('/', "~1");
    let name = percent_encoding::utf8_percent_encode(&name, percent_encoding::NON_ALPHANUMERIC);
    let reference = format!("{DOCUMENT}#/components/schemas/{name}");
    jsonschema::draft202012::options().with_registry(registry).build(&json!({ "$ref": reference })).ok()
}

/// The value with numbers in the place of their texts.
fn with_numbers(value: &Value) -> Value {
    match value {
        Value::String(text) => serde_json::from_str(text).map_or_else(|_| value.clone(), Value::Number),
        Value::Array(list) => list.iter().map(with_numbers).collect(),
        Value::Object(map) => map.iter().map(|(name, value)| (name.clone(), with_numbers(value))).collect(),
        other => other.clone(),
    }
}

/// The prepared component that a component became.
fn component_of<'a>(generated: &'a Generated, name: &str) -> Option<&'a String> {
    let name = generated.type_names.get(name)?;
    Some(generated.plan.aliases.get(name).map_or(name, |alias| &alias.target))
}

fn validator_after(registry: &Registry<'_>, component: Option<&String>) -> Option<Validator> {
    validator(registry, component?)
}
