//! Moves inline enums, objects and unions to components, so that we choose the name of each Rust type.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use crate::model::names::{rust_name, unique_name};
use crate::model::pointer::Pointer;
use crate::prepare::facts::Facts;
use crate::prepare::unions::{self, is_enum_of_strings};
use crate::report::{Code, Log, Pass};

/// Moves inline types to components.
pub(super) fn name(pass: &mut Pass<Facts>) {
    let Pass { document, log, .. } = pass;
    let components = document.pointer_mut("/components/schemas");
    let components = components.and_then(Value::as_object_mut).map(std::mem::take);
    let components = components.unwrap_or_default();
    let taken = components.keys().cloned().collect();
    let mut naming = Naming { taken, named: Map::new(), origins: BTreeMap::new(), log };
    for (name, mut schema) in components {
        naming.inner(&mut schema, &name, &Pointer::component("schemas", &name));
        naming.named.insert(name, schema);
    }
    operations(document, &mut naming);
    let Naming { named, origins, log, .. } = naming;
    log.moved(origins);
    if !named.is_empty() {
        document["components"]["schemas"] = Value::Object(named);
    }
}

/// The schemas in bodies and parameters of operations.
fn operations(document: &mut Value, naming: &mut Naming<'_>) {
    let Some(Value::Object(paths)) = document.get_mut("paths") else {
        return;
    };
    for (path, item) in paths {
        for (method, operation) in item.as_object_mut().into_iter().flatten() {
            let Some(id) = operation.get("operationId").and_then(Value::as_str) else {
                continue;
            };
            let id = rust_name(id);
            let mut at = Pointer::default();
            for token in ["paths", path, method] {
                at.push(token);
            }
            let success = operation.pointer_mut("/responses").and_then(Value::as_object_mut);
            for (status, response) in success.into_iter().flatten() {
                let at = at.join("responses").join(status);
                naming.content(response, &format!("{id}Reply"), &at);
            }
            if let Some(body) = operation.get_mut("requestBody") {
                naming.content(body, &format!("{id}Body"), &at.join("requestBody"));
            }
            if let Some(Value::Array(parameters)) = operation.get_mut("parameters") {
                for (index, parameter) in parameters.iter_mut().enumerate() {
                    let wanted = parameter.get("name").and_then(Value::as_str);
                    let wanted = format!("{id}{}", rust_name(wanted.unwrap_or_default()));
                    let at = at.join("parameters").join(&index.to_string());
                    if let Some(schema) = parameter.get_mut("schema") {
                        naming.schema(schema, &wanted, &at.join("schema"));
                    }
                }
            }
        }
    }
}

struct Naming<'a> {
    taken: BTreeSet<String>,
    named: Map<String, Value>,
    origins: BTreeMap<String, Pointer>,
    log: &'a mut Log,
}

impl Naming<'_> {
    fn content(&mut self, holder: &mut Value, wanted: &str, at: &Pointer) {
        let Some(Value::Object(content)) = holder.get_mut("content") else {
            return;
        };
        for (media_type, value) in content {
            for (field, wanted) in [("schema", wanted), ("itemSchema", &format!("{wanted}Item"))] {
                if let Some(schema) = value.get_mut(field) {
                    self.schema(schema, wanted, &at.join("content").join(media_type).join(field));
                }
            }
        }
    }

    /// Moves a schema that needs a name to the components; its inner schemas were moved before.
    fn schema(&mut self, schema: &mut Value, wanted: &str, at: &Pointer) {
        if !needs_name(schema) {
            return self.inner(schema, wanted, at);
        }
        let name = unique_name(&rust_name(wanted), &mut self.taken);
        self.inner(schema, &name, at);
        self.log.add(Code::L103, at, format!("named `{name}`"));
        self.origins.insert(name.clone(), at.clone());
        let Value::Object(inline) = schema.take() else {
            return;
        };
        *schema = reference_to(&name, &inline);
        let mut named = inline;
        named.shift_remove("nullable");
        self.named.insert(name, Value::Object(named));
    }

    fn inner(&mut self, schema: &mut Value, name: &str, at: &Pointer) {
        let Value::Object(schema) = schema else { return };
        for (keyword, inner) in schema.iter_mut() {
            let at = at.join(keyword);
            match (keyword.as_str(), inner) {
                ("properties", Value::Object(properties)) => {
                    for (property, inner) in properties {
                        let wanted = format!("{name}{}", rust_name(property));
                        self.schema(inner, &wanted, &at.join(property));
                    }
                }
                ("items", inner) => self.schema(inner, &format!("{name}Item"), &at),
                ("additionalProperties", inner) => self.schema(inner, &format!("{name}Value"), &at),
                ("oneOf" | "anyOf", Value::Array(members)) => {
                    for (index, member) in members.iter_mut().enumerate() {
                        let title = member.get("title").and_then(Value::as_str);
                        let wanted = title.map_or_else(|| format!("{name}Member{}", index + 1), rust_name);
                        self.schema(member, &wanted, &at.join(&index.to_string()));
                    }
                }
                ("allOf", Value::Array(members)) => {
                    for (index, member) in members.iter_mut().enumerate() {
                        self.inner(member, name, &at.join(&index.to_string()));
                    }
                }
                _ => {}
            }
        }
    }
}

/// Whether the schema becomes a Rust type of its own.
fn needs_name(schema: &Value) -> bool {
    let has = |keyword| schema.get(keyword).is_some();
    // A constrained string becomes a type that checks it.
    schema.as_object().is_some_and(is_enum_of_strings)
        || has("properties")
        || unions::members(schema).is_some()
        || ["minLength", "maxLength", "pattern"].iter().any(|keyword| has(keyword))
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
}
