//! Reads the effective 3.1 document: its operations, its schemas and the schemas that admit null.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use jsonschema::Validator;
use serde_json::{Map, Value, json};

static DOCUMENT: LazyLock<Value> = LazyLock::new(|| mint_openapi::effective_document().unwrap());

/// An operation of the document.
pub(crate) struct Operation {
    pub(crate) id: &'static str,
    pub(crate) method: String,
    /// The path with its parameters in braces.
    pub(crate) path: &'static str,
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) body: Option<&'static Value>,
    pub(crate) replies: Vec<Reply>,
}

/// A parameter of an operation.
pub(crate) struct Parameter {
    pub(crate) name: &'static str,
    /// `path`, `query` or `header`.
    pub(crate) place: &'static str,
    pub(crate) required: bool,
    pub(crate) schema: &'static Value,
}

/// A documented reply of an operation.
pub(crate) struct Reply {
    /// A status, or a class such as `2XX`.
    pub(crate) status: &'static str,
    pub(crate) content_type: &'static str,
    pub(crate) schema: &'static Value,
}

/// Every operation, in the order of the document.
pub(crate) fn operations() -> Vec<Operation> {
    let mut all = Vec::new();
    for (path, item) in members(&DOCUMENT["paths"]) {
        for (method, operation) in members(item) {
            assert!(["get", "post", "put", "patch", "delete"].contains(&method.as_str()), "{path} has {method}");
            all.push(Operation {
                id: text(&operation["operationId"]),
                method: method.to_uppercase(),
                path,
                parameters: operation["parameters"].as_array().into_iter().flatten().map(parameter).collect(),
                body: operation.get("requestBody").map(|body| content(resolve(body)).1),
                replies: members(&operation["responses"])
                    .iter()
                    .map(|(status, reply)| self::reply(status, reply))
                    .collect(),
            });
        }
    }
    all
}

fn parameter(parameter: &'static Value) -> Parameter {
    let parameter = resolve(parameter);
    Parameter {
        name: text(&parameter["name"]),
        place: text(&parameter["in"]),
        required: parameter["required"] == true,
        schema: &parameter["schema"],
    }
}

fn reply(status: &'static str, reply: &'static Value) -> Reply {
    let (content_type, schema) = content(resolve(reply));
    Reply { status, content_type, schema }
}

/// The one media type of a body and its schema.
fn content(body: &'static Value) -> (&'static str, &'static Value) {
    let content = members(&body["content"]);
    assert_eq!(content.len(), 1, "one media type: {body:#}");
    let (media_type, content) = content.iter().next().unwrap();
    (media_type, &content["schema"])
}

/// The schemas of the components, by name.
pub(crate) fn components() -> &'static Map<String, Value> {
    members(&DOCUMENT["components"]["schemas"])
}

/// The component of this name.
pub(crate) fn component(name: &str) -> &'static Value {
    components().get(name).unwrap_or_else(|| panic!("the document has no schema {name}"))
}

/// The name of the component that a schema refers to.
pub(crate) fn name_of(schema: &Value) -> Option<&str> {
    schema.get("$ref")?.as_str()?.strip_prefix("#/components/schemas/")
}

/// The target of a reference; the value itself if it is not a reference.
pub(crate) fn resolve(value: &'static Value) -> &'static Value {
    match value.get("$ref").and_then(Value::as_str) {
        Some(reference) => {
            let target = reference.strip_prefix('#').and_then(|pointer| DOCUMENT.pointer(pointer));
            resolve(target.unwrap_or_else(|| panic!("{reference} leads nowhere")))
        }
        None => value,
    }
}

/// The members of a union.
pub(crate) fn union_of(schema: &'static Value) -> Option<&'static Vec<Value>> {
    schema.get("oneOf").or_else(|| schema.get("anyOf"))?.as_array()
}

/// Whether null is valid under a schema.
pub(crate) fn admits_null(schema: &'static Value) -> bool {
    validator(schema).is_valid(&Value::Null)
}

/// The properties that an object must have.
pub(crate) fn required(schema: &Value) -> BTreeSet<&str> {
    schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

/// The components that the bodies of replies refer to.
pub(crate) fn read_components() -> BTreeSet<&'static str> {
    let mut found = BTreeSet::new();
    for reply in operations().iter().flat_map(|operation| &operation.replies) {
        reach(reply.schema, &mut found);
    }
    found
}

fn reach(schema: &'static Value, found: &mut BTreeSet<&'static str>) {
    match schema {
        Value::Object(object) => {
            if let Some(name) = name_of(schema)
                && found.insert(name)
            {
                reach(resolve(schema), found);
            }
            object.values().for_each(|value| reach(value, found));
        }
        Value::Array(list) => list.iter().for_each(|value| reach(value, found)),
        _ => {}
    }
}

/// A validator of JSON Schema 2020-12, formats asserted. Each schema is compiled once.
pub(crate) fn validator(schema: &'static Value) -> Arc<Validator> {
    static COMPILED: LazyLock<Mutex<HashMap<usize, Arc<Validator>>>> = LazyLock::new(Mutex::default);
    let mut compiled = COMPILED.lock().unwrap_or_else(PoisonError::into_inner);
    // The document is static, so an address identifies a schema.
    let validator = compiled.entry(std::ptr::from_ref(schema).addr()).or_insert_with(|| {
        let mut whole = schema.clone();
        if let Some(object) = whole.as_object_mut() {
            object.insert("components".into(), json!({"schemas": DOCUMENT["components"]["schemas"]}));
        }
        Arc::new(jsonschema::draft202012::options().should_validate_formats(true).build(&whole).unwrap())
    });
    Arc::clone(validator)
}

/// The errors of an instance under a schema, each with its pointer.
pub(crate) fn violations(schema: &'static Value, instance: &Value) -> Vec<String> {
    let errors = validator(schema);
    errors.iter_errors(instance).map(|error| format!("at `{}`: {error}", error.instance_path())).collect()
}

/// The members of an object of the document; empty if the value is not an object.
pub(crate) fn members(value: &'static Value) -> &'static Map<String, Value> {
    static NONE: LazyLock<Map<String, Value>> = LazyLock::new(Map::new);
    value.as_object().unwrap_or(&NONE)
}

fn text(value: &'static Value) -> &'static str {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text"))
}

#[test]
fn the_validator_rejects_invalid_instances() {
    let schema = component("ConvertedModelArtifact");
    let valid = json!({
        "format": "glb", "url": "https://cdn.mint.gg/a.glb", "filename": "a.glb", "contentType": "model/gltf-binary",
        "extension": "glb", "byteSize": 0, "packaging": "zip", "artifactVersion": 1, "primaryPath": "a.glb",
    });
    assert_eq!(violations(schema, &valid), [""; 0]);
    for (property, value) in [
        ("format", json!("ply")),
        ("url", json!("no URL")),
        ("filename", json!(null)),
        ("byteSize", json!(-1)),
        ("artifactVersion", json!(1.5)),
    ] {
        let mut broken = valid.clone();
        broken[property] = value;
        assert_eq!(violations(schema, &broken).len(), 1, "{property}");
    }
    assert!(!violations(&component("Operation")["properties"]["createdAt"], &json!("yesterday")).is_empty());
}
