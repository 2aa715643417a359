//! The examples a document gives of its own components.

use std::collections::BTreeSet;

use jsonschema::{Draft, Registry, Resource, Validator};
use serde_json::{Value, json};

use super::compare::{Known, with_described_rest};
use super::measure::resolve;

/// Stands for the document in the validator; nothing is fetched from there.
const DOCUMENT: &str = "https://document.invalid/openapi";

/// An example that the schema of its component takes.
#[derive(Clone, Debug)]
pub(crate) struct Example {
    /// The name of the component.
    pub(crate) component: String,
    /// Where the example stands in the document.
    pub(crate) pointer: String,
    pub(crate) value: Value,
    /// The properties in it that the schema describes.
    pub(crate) known: Known,
}

/// The examples of components that are valid under JSON Schema 2020-12, each once.
pub(crate) fn valid(document: &Value) -> Vec<Example> {
    let mut given = Given { document, examples: Vec::new() };
    given.of_schemas();
    given.of_paths();
    given.of_components();
    let mut seen = BTreeSet::new();
    given.examples.retain(|(component, _, value)| seen.insert((component.clone(), value.to_string())));
    given.examples.sort_by(|(left, ..), (right, ..)| left.cmp(right));

    let Some(registry) = registry(document) else {
        return Vec::new();
    };
    let mut validator: Option<(String, Option<Validator>)> = None;
    let mut examples = Vec::new();
    for (component, pointer, value) in given.examples {
        if validator.as_ref().is_none_or(|(name, _)| *name != component) {
            validator = Some((component.clone(), validator_of(&registry, &component)));
        }
        if let Some((_, Some(validator))) = &validator
            && validator.is_valid(value)
        {
            let known = Known::of(&validator.evaluate(value));
            examples.push(Example { component, pointer, value: value.clone(), known });
        }
    }
    examples
}

fn registry(document: &Value) -> Option<Registry<'_>> {
    let resource = Resource::from_contents(with_described_rest(document.clone()));
    Registry::new().draft(Draft::Draft202012).add(DOCUMENT, resource).ok()?.prepare().ok()
}

/// None for a schema that no validator takes, such as one that refers to another document.
fn validator_of(registry: &Registry<'_>, component: &str) -> Option<Validator> {
    let reference = format!("{DOCUMENT}#/components/schemas/{}", in_fragment(component));
    jsonschema::draft202012::options().with_registry(registry).build(&json!({ "$ref": reference })).ok()
}

/// A name as a part of a JSON pointer in a fragment.
fn in_fragment(name: &str) -> String {
    let mut text = String::new();
    for byte in name.replace('~', "~0").replace('/', "~1").bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => text.push(char::from(byte)),
            byte => text.push_str(&format!("%{byte:02X}")),
        }
    }
    text
}

/// Component, pointer and value of each example, valid or not.
struct Given<'a> {
    document: &'a Value,
    examples: Vec<(String, String, &'a Value)>,
}

impl<'a> Given<'a> {
    fn of_schemas(&mut self) {
        for (name, schema) in entries(&self.document["components"]["schemas"]) {
            let pointer = format!("/components/schemas/{name}");
            self.extend(name, &pointer, schema.get("example").map(|value| ("example".into(), value)));
            let examples = schema["examples"].as_array().into_iter().flatten().enumerate();
            self.extend(name, &pointer, examples.map(|(index, value)| (format!("examples/{index}"), value)));
        }
    }

    fn of_paths(&mut self) {
        for (path, item) in entries(&self.document["paths"]) {
            let item = resolve(self.document, item);
            for (method, operation) in entries(item).filter(|(_, operation)| operation.is_object()) {
                let pointer = format!("/paths/{path}/{method}");
                self.of_content(&format!("{pointer}/requestBody"), &operation["requestBody"]);
                for (status, response) in entries(&operation["responses"]) {
                    self.of_content(&format!("{pointer}/responses/{status}"), response);
                }
            }
        }
    }

    fn of_components(&mut self) {
        for kind in ["requestBodies", "responses"] {
            for (name, holder) in entries(&self.document["components"][kind]) {
                self.of_content(&format!("/components/{kind}/{name}"), holder);
            }
        }
    }

    /// The examples of a body or reply whose schema is a component.
    fn of_content(&mut self, pointer: &str, holder: &'a Value) {
        for (name, media) in entries(&resolve(self.document, holder)["content"]) {
            let reference = media["schema"]["$ref"].as_str();
            let Some(component) = reference.and_then(|text| text.strip_prefix("#/components/schemas/")) else {
                continue;
            };
            let pointer = format!("{pointer}/content/{name}");
            self.extend(component, &pointer, media.get("example").map(|value| ("example".into(), value)));
            let examples = entries(&media["examples"]).filter_map(|(name, example)| {
                let example = resolve(self.document, example);
                let value = example.get("value").or_else(|| example.get("dataValue"))?;
                Some((format!("examples/{name}"), value))
            });
            let examples: Vec<_> = examples.collect();
            self.extend(component, &pointer, examples);
        }
    }

    fn extend(&mut self, component: &str, pointer: &str, examples: impl IntoIterator<Item = (String, &'a Value)>) {
        for (field, value) in examples {
            self.examples.push((component.to_owned(), format!("{pointer}/{field}"), value));
        }
    }
}

fn entries(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn examples_are_found_where_a_component_is_described() {
        let media = json!({
            "schema": {"$ref": "#/components/schemas/A"},
            "example": {"a": 2},
            "examples": {"one": {"value": {"a": 3}}, "two": {"$ref": "#/components/examples/four"}, "no": {"externalValue": "x"}},
        });
        let document = json!({
            "openapi": "3.1.0",
            "paths": {"/a": {"post": {
                "requestBody": {"content": {"application/json": media}},
                "responses": {"200": {"$ref": "#/components/responses/R"}, "400": {"content": {"application/json": {
                    "schema": {"type": "array", "items": {"$ref": "#/components/schemas/A"}}, "example": [{"a": 9}],
                }}}},
            }}},
            "components": {
                "examples": {"four": {"value": {"a": 4}}},
                "responses": {"R": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/A"}, "example": {"a": 5}}}}},
                "schemas": {
                    "A": {
                        "type": "object",
                        "properties": {"a": {"type": "integer"}, "b": {"$ref": "#/components/schemas/b~0c%20d"}},
                        "example": {"a": 0},
                        "examples": [{"a": 1}, {"a": "not valid"}, {"a": 0}],
                    },
                    "b~c d": {"const": "x", "example": "x"},
                    "Elsewhere": {"$ref": "https://elsewhere.invalid/a.json", "example": 1},
                },
            },
        });
        let found: Vec<_> = valid(&document).into_iter().map(|example| (example.component, example.value)).collect();
        let mut expected: Vec<_> = (0..=5).map(|number| ("A".to_owned(), json!({"a": number}))).collect();
        expected.push(("b~c d".into(), json!("x")));
        let mut sorted = found.clone();
        sorted.sort_by_key(|(component, value)| (component.clone(), value.to_string()));
        assert_eq!(sorted, expected);
    }

    #[test]
    fn what_is_no_document_has_no_examples() {
        assert!(valid(&Value::Null).is_empty());
        assert!(valid(&json!({"components": {"schemas": []}, "paths": 1})).is_empty());
    }
}
