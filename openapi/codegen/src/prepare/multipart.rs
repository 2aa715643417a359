//! Multipart bodies: which of their properties are files, and the media types of their parts.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use crate::model::media_types::{essence, is_json};
use crate::model::pointer::{Pointer, component_name};
use crate::plan::Multipart;
use crate::prepare::parameters::Schemas;
use crate::prepare::unions::members_in;
use crate::report::{Code, Log};

/// How many unions in unions are followed.
const MAX_DEPTH: usize = 4;

/// How many members these may have in all. Each that holds a file is copied.
const MAX_MEMBERS: usize = 1000;

/// What the multipart bodies of a document have in common.
pub(super) struct Bodies<'a> {
    schemas: Schemas<'a>,
    /// The name of the component for a file.
    file: String,
    /// Whether a body has a file, so that the component is added to the document.
    has_file: bool,
    /// The components that only multipart bodies refer to.
    own: BTreeSet<String>,
    /// These components with their files.
    pub(super) changed: Map<String, Value>,
}

/// A body of an operation.
pub(super) struct Body<'a> {
    pub(super) media_type: &'a str,
    /// The media type object of the document.
    pub(super) described: &'a Value,
    pub(super) at: Pointer,
}

impl<'a> Bodies<'a> {
    pub(super) fn of(document: &'a Value, file: String) -> Self {
        let (mut own, mut others) = (BTreeSet::new(), BTreeSet::new());
        references(document, false, &mut |name, in_multipart| {
            let found = if in_multipart { &mut own } else { &mut others };
            found.insert(name.to_owned());
        });
        own.retain(|name| !others.contains(name));
        Self { schemas: Schemas(document), file, has_file: false, own, changed: Map::new() }
    }

    /// The schema of a body, with its files, and how its parts are written. `Err` says why it cannot be sent.
    pub(super) fn prepare(&mut self, body: &Body<'_>, log: &mut Log) -> Result<(Value, Multipart), String> {
        let Body { media_type, described, at } = body;
        let schema = described.get("schema").cloned().unwrap_or_else(|| json!({"type": "object"}));
        self.check(&schema, 0, &mut 0)?;
        let mut content_types = BTreeMap::new();
        for (name, encoding) in described["encoding"].as_object().into_iter().flatten() {
            if let Some(only) = encoding["contentType"].as_str().filter(|name| !name.contains([',', '*'])) {
                content_types.insert(name.clone(), only.trim().to_owned());
            }
            for keyword in ["headers", "style", "explode", "allowReserved"] {
                if encoding.get(keyword).is_some() {
                    log.add(Code::W118, &at.join("encoding").join(name).join(keyword), "not written");
                }
            }
        }
        let with_files = self.with_files(&schema, &described["encoding"], 0);
        self.has_file |= with_files.is_some();
        let schema = with_files.unwrap_or(schema);
        Ok((schema, Multipart { media_type: essence(media_type), content_types }))
    }

    /// Whether every value is an object.
    fn check(&self, schema: &Value, depth: usize, followed: &mut usize) -> Result<(), String> {
        let resolved = self.schemas.resolved(schema);
        if let Some(members) = members_in(&resolved).filter(|_| depth < MAX_DEPTH) {
            *followed += members.len();
            if *followed > MAX_MEMBERS {
                return Err(format!("a multipart body whose unions have more than {MAX_MEMBERS} members"));
            }
            return members.iter().try_for_each(|member| self.check(member, depth + 1, followed));
        }
        match resolved.get("type").and_then(Value::as_str) {
            Some("object") | None => Ok(()),
            Some(_) => Err("a multipart body that may be no object".into()),
        }
    }

    /// Replaces each file in a schema by a reference to the component for files. Returns `None` if the schema has no file.
    fn with_files(&mut self, schema: &Value, encoding: &Value, depth: usize) -> Option<Value> {
        let mut resolved = self.schemas.resolved(schema);
        let mut found = false;
        if let Some(members) = members_in(&resolved).filter(|_| depth < MAX_DEPTH) {
            let keyword = if resolved.contains_key("oneOf") { "oneOf" } else { "anyOf" };
            let members = members.iter().map(|member| match self.with_files(member, encoding, depth + 1) {
                Some(member) => {
                    found = true;
                    member
                }
                None => member.clone(),
            });
            let members: Vec<_> = members.collect();
            resolved.insert(keyword.into(), members.into());
        } else {
            for (name, property) in resolved.get_mut("properties").and_then(Value::as_object_mut).into_iter().flatten()
            {
                if let Some(file) = self.file_in(property, &encoding[name]["contentType"]) {
                    found = true;
                    *property = file;
                }
            }
        }
        if !found {
            return None;
        }
        let component = schema["$ref"].as_str().and_then(|reference| component_name(reference, "schemas"));
        match component {
            Some(name) if self.own.contains(&name) => {
                self.changed.insert(name, Value::Object(resolved));
                Some(schema.clone())
            }
            _ => Some(Value::Object(resolved)),
        }
    }

    /// The schema of a property that is a file, or a list of files.
    fn file_in(&self, property: &Value, content_type: &Value) -> Option<Value> {
        let resolved = self.schemas.resolved(property);
        let kept = ["description", "deprecated", "nullable"];
        let kept = kept.iter().filter_map(|key| Some(((*key).to_owned(), property.get(*key)?.clone())));
        let kept: Map<_, _> = kept.collect();
        if resolved.get("type") == Some(&"array".into()) {
            let mut list = Map::from_iter([("type".to_owned(), "array".into())]);
            list.insert("items".into(), self.file_in(resolved.get("items")?, content_type)?);
            list.extend(kept);
            return Some(Value::Object(list));
        }
        if !is_file(&resolved, content_type.as_str()) {
            return None;
        }
        let reference = json!({"$ref": format!("#/components/schemas/{}", self.file)});
        if kept.is_empty() {
            return Some(reference);
        }
        let mut schema = Map::from_iter([("allOf".to_owned(), json!([reference]))]);
        schema.extend(kept);
        Some(Value::Object(schema))
    }

    /// Adds the component for a file, if a body has one, and the changed components. Returns the name of the former.
    pub(super) fn finish(self, document: &mut Value) -> Option<String> {
        for (name, schema) in self.changed {
            document["components"]["schemas"][name] = schema;
        }
        self.has_file.then(|| {
            document["components"]["schemas"][&self.file] = json!({"type": "string", "format": "binary"});
            self.file
        })
    }
}

/// Whether a part is a file (OpenAPI 3.1.1, section 4.8.14.5): bytes, or a text of another media type than text or JSON.
fn is_file(schema: &Map<String, Value>, content_type: Option<&str>) -> bool {
    let is_binary = schema.get("format") == Some(&"binary".into());
    let is_plain_text = schema.get("type") == Some(&"string".into()) && schema.get("format").is_none();
    let is_untyped = !["type", "properties", "enum", "items"].iter().any(|keyword| schema.contains_key(*keyword));
    let is_other = content_type.is_some_and(|name| {
        let first = essence(name.split(',').next().unwrap_or_default());
        !first.starts_with("text/") && !is_json(&first) && !first.contains("xml")
    });
    is_binary || is_other && (is_plain_text || is_untyped && members_in(schema).is_none())
}

/// Calls back with the component of each reference to a schema, and whether it is the schema of a multipart body.
fn references(value: &Value, in_multipart: bool, found: &mut impl FnMut(&str, bool)) {
    match value {
        Value::Object(object) => {
            if let Some(name) = object.get("$ref").and_then(Value::as_str).and_then(|it| component_name(it, "schemas"))
            {
                found(&name, in_multipart);
            }
            for (key, inner) in object {
                let is_multipart = essence(key).starts_with("multipart/");
                // Within a media type object, only its schema is the body.
                references(inner, is_multipart || in_multipart && key == "schema", found);
            }
        }
        Value::Array(list) => list.iter().for_each(|inner| references(inner, false, found)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Pass;

    #[track_caller]
    fn check(schema: Value, encoding: Value, expected: Result<Value, &str>, components: Value) {
        let described = json!({"schema": schema, "encoding": encoding});
        let document = json!({
            "paths": {"/a": {"post": {"requestBody": {"content": {"multipart/form-data": described}}}}},
            "components": {"schemas": {
                "Own": {"type": "object", "properties": {"file": {"type": "string", "format": "binary"}}},
                "Shared": {"type": "object", "properties": {"file": {"type": "string", "format": "binary"}}},
                "Other": {"properties": {"a": {"$ref": "#/components/schemas/Shared"}}},
            }},
        });
        let mut bodies = Bodies::of(&document, "FilePart".into());
        let body = Body { media_type: "multipart/form-data", described: &described, at: Pointer::default() };
        let mut changed = Value::Null;
        let mut empty = json!({});
        Pass::of(&mut empty, |pass: &mut Pass<()>| {
            let found = bodies.prepare(&body, &mut pass.log).map(|(schema, _)| schema);
            assert_eq!(found, expected.clone().map_err(str::to_owned), "{described}");
            changed = Value::Object(std::mem::take(&mut bodies.changed));
        });
        assert_eq!(changed, components);
    }

    fn object(file: Value) -> Value {
        json!({"type": "object", "properties": {"file": file, "name": {"type": "string"}}})
    }

    #[test]
    fn files() {
        let file = || json!({"$ref": "#/components/schemas/FilePart"});
        let binary = || json!({"type": "string", "format": "binary"});
        for (given, encoding, expected) in [
            (binary(), json!({}), file()),
            (
                json!({"type": "string", "format": "binary", "nullable": true, "description": "d"}),
                json!({}),
                json!({"allOf": [file()], "description": "d", "nullable": true}),
            ),
            (json!({"type": "array", "items": binary()}), json!({}), json!({"type": "array", "items": file()})),
            (json!({"type": "string"}), json!({"file": {"contentType": "image/png, image/jpeg"}}), file()),
            (json!({}), json!({"file": {"contentType": "application/pdf"}}), file()),
            (json!({"type": "string"}), json!({"file": {"contentType": "text/csv"}}), json!({"type": "string"})),
            (json!({"type": "string", "format": "byte"}), json!({}), json!({"type": "string", "format": "byte"})),
        ] {
            check(object(given), encoding, Ok(object(expected)), json!({}));
        }
    }

    #[test]
    fn a_component_of_multipart_bodies_alone_keeps_its_name() {
        let file = json!({"type": "object", "properties": {"file": {"$ref": "#/components/schemas/FilePart"}}});
        let named = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
        check(named("Own"), json!({}), Ok(named("Own")), json!({"Own": file}));
        check(named("Shared"), json!({}), Ok(file.clone()), json!({}));
        check(
            json!({"oneOf": [named("Shared"), {"type": "object"}]}),
            json!({}),
            Ok(json!({"oneOf": [file, {"type": "object"}]})),
            json!({}),
        );
        check(json!({"type": "array"}), json!({}), Err("a multipart body that may be no object"), json!({}));
        let wide = (0..3).fold(json!({"type": "object"}), |inner, _| json!({"oneOf": vec![inner; 12]}));
        check(wide, json!({}), Err("a multipart body whose unions have more than 1000 members"), json!({}));
    }
}
