//! Makes replies that a document admits. Each value, type, member and absence occurs at least once.

use serde_json::{Map, Value, json};

/// A reply of a server.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) media_type: String,
    pub(crate) body: Vec<u8>,
}

impl Reply {
    pub(crate) fn shown(&self) -> String {
        format!("{} {}", self.status, String::from_utf8_lossy(&self.body))
    }
}

/// The operations of a document, each with its method and path.
pub(crate) fn operations(document: &Value) -> Vec<(String, &Value)> {
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for method in ["get", "put", "post", "delete", "patch"] {
            if let Some(operation) = item.get(method) {
                operations.push((format!("{} {path}", method.to_uppercase()), operation));
            }
        }
    }
    operations
}

/// The replies of an operation, except those that are neither a success nor an error: a generated client has no form for
/// them.
pub(crate) fn replies(document: &Value, operation: &Value) -> Vec<Reply> {
    let mut replies = Vec::new();
    for (status, reply) in operation["responses"].as_object().unwrap() {
        let Some(status) = status.parse().ok().filter(|status| !(300..400).contains(status)) else { continue };
        let reply = resolve(document, reply);
        let content = reply["content"].as_object().cloned().unwrap_or_default();
        if content.is_empty() {
            replies.push(Reply { status, media_type: String::new(), body: Vec::new() });
        }
        for (media_type, described) in content {
            let bodies = match media_type.contains("json") {
                true => values(document, &described["schema"]).iter().map(|value| value.to_string().into()).collect(),
                false => vec![b"a text".to_vec()],
            };
            replies.extend(bodies.into_iter().map(|body| Reply { status, media_type: media_type.clone(), body }));
        }
    }
    replies
}

fn resolve<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    match value["$ref"].as_str() {
        Some(reference) => resolve(document, document.pointer(&reference[1..]).unwrap()),
        None => value,
    }
}

/// Values that a schema admits. The first has every property.
fn values(document: &Value, schema: &Value) -> Vec<Value> {
    let schema = resolve(document, schema);
    let list = |keyword: &str| schema[keyword].as_array().cloned();
    if let Some(members) = list("oneOf").or_else(|| list("anyOf")) {
        return members.iter().flat_map(|member| values(document, member)).collect();
    }
    if let Some(members) = list("allOf") {
        return all_of(document, &members);
    }
    if let Some(value) = schema.get("const") {
        return vec![value.clone()];
    }
    let mut found = list("enum").unwrap_or_default();
    if schema["nullable"] == true {
        found.push(Value::Null);
    }
    if schema.get("enum").is_some() {
        return found;
    }
    let types = match &schema["type"] {
        Value::Array(types) => types.iter().filter_map(Value::as_str).collect(),
        Value::String(name) => vec![name.as_str()],
        _ if schema.get("properties").is_some() => vec!["object"],
        _ => vec!["string", "integer", "number", "boolean", "array", "object", "null"],
    };
    for name in types {
        found.extend(match name {
            "null" => vec![Value::Null],
            "boolean" => vec![json!(true), json!(false)],
            "integer" if schema["format"] == "uint64" => vec![json!(1), json!(u64::MAX)],
            "integer" => vec![json!(1), json!(2.0)],
            "number" => vec![json!(1.5), json!(2)],
            "string" => vec![json!("text"), json!("")],
            "array" => {
                let items = schema.get("items").map_or(vec![json!(1)], |items| values(document, items));
                items.into_iter().map(|item| json!([item])).chain([json!([])]).collect()
            }
            _ => objects(document, schema),
        });
    }
    found
}

/// An object with every property and an unknown one, an object with only the required properties, and an object for each
/// further value of each property.
fn objects(document: &Value, schema: &Value) -> Vec<Value> {
    let properties: Vec<_> = schema["properties"].as_object().into_iter().flatten().collect();
    let properties: Vec<_> =
        properties.into_iter().map(|(name, schema)| (name.clone(), values(document, schema))).collect();
    let mut whole: Map<_, _> = properties.iter().map(|(name, values)| (name.clone(), values[0].clone())).collect();
    match schema.get("additionalProperties") {
        Some(Value::Bool(false)) => {}
        Some(inner @ Value::Object(_)) => drop(whole.insert("other".into(), values(document, inner)[0].clone())),
        _ => drop(whole.insert("other".into(), json!({"a": [1]}))),
    }
    let required = |name: &String| schema["required"].as_array().is_some_and(|names| names.contains(&json!(name)));
    let least = whole.clone().into_iter().filter(|(name, _)| required(name)).collect();
    let mut objects = vec![whole.clone(), least];
    for (name, values) in &properties {
        for value in &values[1..] {
            let mut object = whole.clone();
            object.insert(name.clone(), value.clone());
            objects.push(object);
        }
    }
    objects.into_iter().map(Value::Object).collect()
}

/// Objects that fit all members of an `allOf`: the first object of each, and then each other object in place of the first.
fn all_of(document: &Value, members: &[Value]) -> Vec<Value> {
    let lists: Vec<_> = members.iter().map(|member| values(document, member)).collect();
    let required: Vec<_> = members
        .iter()
        .filter_map(|member| resolve(document, member)["required"].as_array())
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let merge = |objects: Vec<&Value>| -> Value {
        objects
            .into_iter()
            .filter_map(Value::as_object)
            .flatten()
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect()
    };
    let mut found = Vec::new();
    for (index, list) in lists.iter().enumerate() {
        for value in list {
            let others = lists.iter().enumerate().filter(|(other, _)| *other != index).map(|(_, list)| &list[0]);
            let merged = merge(others.chain([value]).collect());
            if required.iter().all(|name| merged.get(*name).is_some()) {
                found.push(merged);
            }
        }
    }
    found
}
