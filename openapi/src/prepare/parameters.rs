//! Parameters: in the form the document names, or the operation is refused.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::code::Code;
use crate::pointer::{Pointer, resolve};
use crate::prepare::identifiers::snake_name;
use crate::prepare::unique_name;
use crate::rejection::METHODS;
use crate::report::Report;

/// The name that a parameter or property has on the wire, where its Rust name would say another.
pub(crate) const WIRE_NAME: &str = "x-wire-name";

/// Names that mean something in a generated builder.
const RESERVED: &[&str] = &["body", "send", "new", "header_map", "client"];

pub(super) fn prepare(document: &mut Value, report: &mut Report) {
    let whole = document.clone();
    let Some(Value::Object(paths)) = document.get_mut("paths") else {
        return;
    };
    let mut prepared: Map<String, Value> = Map::new();
    for (path, item) in std::mem::take(paths) {
        let Value::Object(item) = item else { continue };
        for (method, operation) in item {
            let mut at = Pointer::default();
            ["paths", &path, &method].iter().for_each(|token| at.push(token));
            let (path, operation) = if METHODS.contains(&method.as_str()) {
                let mut operation = operation;
                let path =
                    Parameters { document: &whole, at: &at, report: &mut *report }.operation(&path, &mut operation);
                (path, operation)
            } else {
                (path.clone(), operation)
            };
            prepared.entry(path).or_insert_with(|| json!({}))[method] = operation;
        }
    }
    *paths = prepared;
}

struct Parameters<'a> {
    document: &'a Value,
    at: &'a Pointer,
    report: &'a mut Report,
}

impl Parameters<'_> {
    /// Prepares the parameters of one operation and returns its path, in which a parameter may have another name.
    fn operation(&mut self, path: &str, operation: &mut Value) -> String {
        let Some(names) = names_in(path) else {
            let reason = format!("`{path}` does not start with a slash, or its braces do not match");
            self.report.add(Code::R104, self.at, reason);
            return path.to_owned();
        };
        let given = operation.get_mut("parameters").map(Value::take);
        let given = given.as_ref().and_then(Value::as_array).cloned().unwrap_or_default();
        let mut parameters = Vec::new();
        for (index, parameter) in given.into_iter().enumerate() {
            let at = self.at.join("parameters").join(&index.to_string());
            let Value::Object(parameter) = parameter else { continue };
            match parameter.get("in").and_then(Value::as_str) {
                Some("path") => self.in_path(parameter, &names, &at, &mut parameters),
                Some("query") => self.in_query(parameter, &at, &mut parameters),
                Some("header") => self.in_header(parameter, &at, &mut parameters),
                Some("cookie") => {
                    self.report.add(Code::R102, &at, "the generator sends no cookies; set the header `Cookie` by hand");
                }
                other => {
                    let reason = format!("a parameter in {other:?}; one is in path, query, header or cookie");
                    self.report.add(Code::R101, &at, reason);
                }
            }
        }
        for name in &names {
            if !parameters.iter().any(|parameter| parameter["in"] == "path" && parameter["name"] == *name) {
                self.report.add(Code::L114, self.at, format!("`{name}` is a text"));
                let schema = json!({"type": "string"});
                parameters.push(json!({"name": name, "in": "path", "required": true, "schema": schema}));
            }
        }
        let path = self.rust_names(path, &mut parameters);
        operation["parameters"] = parameters.into();
        path
    }

    fn in_path(&mut self, mut parameter: Map<String, Value>, names: &[String], at: &Pointer, to: &mut Vec<Value>) {
        let named = |name: &String| parameter.get("name").and_then(Value::as_str) == Some(name);
        if !names.iter().any(named) {
            let reason = format!("{} is not in the path; left out", parameter.get("name").unwrap_or(&Value::Null));
            return self.report.add(Code::L114, at, reason);
        }
        parameter.insert("required".into(), true.into());
        if let Some(schema) = self.schema(&mut parameter, "simple", at).and_then(|schema| self.text(&schema, at)) {
            parameter.insert("schema".into(), schema);
            to.push(Value::Object(parameter));
        }
    }

    fn in_header(&mut self, mut parameter: Map<String, Value>, at: &Pointer, to: &mut Vec<Value>) {
        let name = parameter.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
        if ["accept", "content-type", "authorization"].contains(&name.to_lowercase().as_str()) {
            return self.report.add(Code::L113, at, format!("`{name}`"));
        }
        let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
        if name.is_empty() || !name.bytes().all(is_token) {
            return self.report.add(Code::R101, at, format!("`{name}` is no name of a header (RFC 9110, section 5.1)"));
        }
        if let Some(schema) = self.schema(&mut parameter, "simple", at).and_then(|schema| self.text(&schema, at)) {
            parameter.insert("schema".into(), schema);
            to.push(Value::Object(parameter));
        }
    }

    fn in_query(&mut self, mut parameter: Map<String, Value>, at: &Pointer, to: &mut Vec<Value>) {
        let explode = parameter.get("explode") != Some(&Value::Bool(false));
        parameter.shift_remove("allowReserved");
        let Some(schema) = self.schema(&mut parameter, "form", at) else {
            return;
        };
        let resolved = self.resolved(&schema);
        let refuse = |this: &mut Self, what: &str| {
            this.report.add(Code::R101, at, format!("{what}; the generator writes scalars and exploded lists of them"));
        };
        if resolved.get("type") == Some(&"array".into()) {
            let item = resolved.get("items").cloned().unwrap_or_default();
            if !explode {
                return refuse(self, "a list that is not exploded");
            }
            if !self.is_scalar(&item, 0) {
                return refuse(self, "a list of objects or lists");
            }
            let item = self.named_scalar(&item);
            parameter.insert("schema".into(), json!({"type": "array", "items": item}));
            return to.push(Value::Object(parameter));
        }
        if let Some(Value::Object(properties)) = resolved.get("properties") {
            if !explode {
                return refuse(self, "an object that is not exploded");
            }
            let scalar = |schema: &Value| {
                let inner = self.resolved(schema);
                self.is_scalar(inner.get("items").unwrap_or(schema), 0)
            };
            if !properties.values().all(scalar) || resolved.get("additionalProperties").is_some_and(Value::is_object) {
                return refuse(self, "an object with objects in it, or with any properties");
            }
            let names: Vec<_> = properties.keys().map(String::as_str).collect();
            self.report.add(Code::L111, at, names.join(", "));
            let required = |name: &String| {
                resolved
                    .get("required")
                    .and_then(Value::as_array)
                    .is_some_and(|all| all.contains(&name.as_str().into()))
            };
            for (name, schema) in properties {
                let required = parameter.get("required") == Some(&true.into()) && required(name);
                let schema = json!({"name": name, "in": "query", "required": required, "schema": schema});
                if let Value::Object(property) = schema {
                    self.in_query(property, at, to);
                }
            }
            return;
        }
        if resolved.get("type") == Some(&"object".into()) {
            let values = resolved.get("additionalProperties").cloned().unwrap_or_default();
            if !(explode && values.is_object() && self.is_scalar(&values, 0)) {
                return refuse(self, "an object of any shape");
            }
            let values = self.named_scalar(&values);
            parameter.insert("schema".into(), json!({"type": "object", "additionalProperties": values}));
            return to.push(Value::Object(parameter));
        }
        if !self.is_scalar(&schema, 0) && !self.is_union_of_scalars_and_lists(&resolved, explode) {
            return refuse(self, "a union with objects in it");
        }
        let schema = self.named_scalar(&schema);
        parameter.insert("schema".into(), schema);
        to.push(Value::Object(parameter));
    }

    /// The schema of a parameter, or `None` once its style was refused.
    fn schema(&mut self, parameter: &mut Map<String, Value>, style: &str, at: &Pointer) -> Option<Value> {
        let found = parameter.shift_remove("style");
        let found = found.as_ref().and_then(Value::as_str).unwrap_or(style);
        if found != style {
            let reason = format!("style `{found}`; the generator writes `{style}` here");
            self.report.add(Code::R101, at, reason);
            return None;
        }
        if parameter.contains_key("content") {
            self.report.add(Code::R101, at, "a parameter with a media type; the generator writes plain values");
            return None;
        }
        parameter.shift_remove("explode");
        Some(parameter.shift_remove("schema").filter(Value::is_object).unwrap_or_else(|| json!({"type": "string"})))
    }

    /// The schema of a parameter that is written as one text.
    fn text(&mut self, schema: &Value, at: &Pointer) -> Option<Value> {
        let resolved = self.resolved(schema);
        match resolved.get("type").and_then(Value::as_str) {
            Some("string" | "integer" | "number" | "boolean") => Some(self.named_scalar(schema)),
            Some("array") => {
                self.report.add(Code::W107, at, "pass the list as text, separated by commas");
                Some(json!({"type": "string"}))
            }
            Some("object") => {
                self.report.add(Code::R101, at, "an object; the generator writes scalars here");
                None
            }
            _ => Some(json!({"type": "string"})),
        }
    }

    /// What a schema says once its references are followed.
    fn resolved(&self, schema: &Value) -> Map<String, Value> {
        let mut schema = schema;
        for _ in 0..32 {
            let wrapped = schema["allOf"].as_array().filter(|members| members.len() == 1).map(|members| &members[0]);
            let reference = wrapped.unwrap_or(schema)["$ref"].as_str();
            match reference.and_then(|reference| resolve(self.document, reference)) {
                Some(target) => schema = target,
                None => break,
            }
        }
        schema.as_object().cloned().unwrap_or_default()
    }

    fn is_scalar(&self, schema: &Value, depth: usize) -> bool {
        let resolved = self.resolved(schema);
        match resolved.get("type").and_then(Value::as_str) {
            Some("array" | "object") => false,
            Some(_) => true,
            None => match resolved.get("oneOf").and_then(Value::as_array) {
                Some(members) => depth < 4 && members.iter().all(|member| self.is_scalar(member, depth + 1)),
                // Any value: the caller passes a scalar, or gets an error.
                None => true,
            },
        }
    }

    fn is_union_of_scalars_and_lists(&self, resolved: &Map<String, Value>, explode: bool) -> bool {
        let members = resolved.get("oneOf").and_then(Value::as_array);
        members.is_some_and(|members| {
            members.iter().all(|member| {
                let inner = self.resolved(member);
                match inner.get("items") {
                    Some(items) => explode && self.is_scalar(items, 0),
                    None => self.is_scalar(member, 0),
                }
            })
        })
    }

    /// A scalar without null, which a parameter cannot carry; named where a type of its own is made for it, so that the
    /// parameters of all operations share one.
    fn named_scalar(&self, schema: &Value) -> Value {
        const MADE_A_TYPE: [&str; 5] = ["enum", "oneOf", "minLength", "maxLength", "pattern"];
        let mut resolved = self.resolved(schema);
        if MADE_A_TYPE.iter().any(|keyword| resolved.contains_key(*keyword)) {
            let reference = schema["allOf"].as_array().map_or(schema, |members| &members[0]);
            if reference.get("$ref").is_some() {
                return json!({"$ref": reference["$ref"]});
            }
        }
        resolved.shift_remove("nullable");
        resolved.shift_remove("title");
        Value::Object(resolved)
    }

    /// Gives each parameter a name that no other has, and keeps the one it has on the wire.
    fn rust_names(&mut self, path: &str, parameters: &mut [Value]) -> String {
        let mut path = path.to_owned();
        let mut taken: BTreeSet<_> = RESERVED.iter().map(|name| (*name).to_owned()).collect();
        // Parameters of the path first: their names are the ones a caller knows the path by.
        for in_path in [true, false] {
            for parameter in parameters.iter_mut().filter(|parameter| (parameter["in"] == "path") == in_path) {
                let name = parameter["name"].as_str().unwrap_or_default().to_owned();
                let wanted = snake_name(&name);
                let unique = unique_name(&wanted, &mut taken);
                if unique == wanted && !name.is_empty() {
                    continue;
                }
                self.report.add(Code::L109, self.at, format!("`{name}` is named `{unique}`"));
                if in_path {
                    path = path.replace(&format!("{{{name}}}"), &format!("{{{unique}}}"));
                } else {
                    parameter[WIRE_NAME] = name.into();
                }
                parameter["name"] = unique.into();
            }
        }
        path
    }
}

/// The names of the parameters in a path, or `None` for a path that is none.
fn names_in(path: &str) -> Option<Vec<String>> {
    let mut names = Vec::new();
    let mut rest = path.strip_prefix('/')?;
    while let Some(start) = rest.find(['{', '}']) {
        if rest[start..].starts_with('}') {
            return None;
        }
        let (name, after) = rest[start + 1..].split_once('}')?;
        if name.is_empty() || name.contains('{') {
            return None;
        }
        if !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
        rest = after;
    }
    Some(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(path: &str, parameters: Value, after: Value, codes: &str) {
        let mut document = json!({
            "paths": {path: {"get": {"parameters": parameters}}},
            "components": {"schemas": {"E": {"type": "string", "enum": ["a"]}}},
        });
        let mut report = Report::default();
        prepare(&mut document, &mut report);
        let item = document["paths"].as_object().unwrap().values().next().unwrap();
        assert_eq!(item["get"]["parameters"], after);
        let found: Vec<_> = report.entries.iter().map(|entry| entry.code.to_string()).collect();
        assert_eq!(found.join(" "), codes);
    }

    fn parameter(place: &str, name: &str, schema: Value) -> Value {
        json!({"name": name, "in": place, "required": place == "path", "schema": schema})
    }

    #[test]
    fn names_that_collide() {
        let text = || json!({"type": "string"});
        let mut renamed = parameter("query", "id2", text());
        renamed["x-wire-name"] = "id".into();
        let mut body = parameter("header", "body2", text());
        body["x-wire-name"] = "body".into();
        check(
            "/a/{id}",
            json!([
                parameter("query", "id", text()),
                parameter("path", "id", text()),
                parameter("header", "body", text())
            ]),
            json!([renamed, parameter("path", "id", text()), body]),
            "L109 L109",
        );
    }

    #[test]
    fn paths_and_their_parameters() {
        let text = || json!({"type": "string"});
        check(
            "/a/{id}:go",
            json!([parameter("path", "other", text())]),
            json!([parameter("path", "id", text())]),
            "L114 L114",
        );
        check("/a/{id", json!([]), json!([]), "R104");
        check(
            "/a/{id}",
            json!([parameter("path", "id", json!({"type": "array", "items": {}}))]),
            json!([parameter("path", "id", text())]),
            "W107",
        );
    }

    #[test]
    fn objects_and_lists_in_the_query() {
        let named = json!({"$ref": "#/components/schemas/E"});
        let object = json!({"type": "object", "properties": {"a": named, "b": {"type": "array", "items": named}}});
        check(
            "/a",
            json!([parameter("query", "o", object)]),
            json!([
                parameter("query", "a", named.clone()),
                parameter("query", "b", json!({"type": "array", "items": named})),
            ]),
            "L111",
        );
        let list = json!({"type": "array", "items": {"type": "object", "properties": {}}});
        check("/a", json!([parameter("query", "l", list)]), json!([]), "R101");
    }

    #[test]
    fn forms_that_are_refused() {
        check("/a", json!([{"name": "a", "in": "cookie"}]), json!([]), "R102");
        check("/a", json!([{"name": "a", "in": "query", "style": "deepObject"}]), json!([]), "R101");
        check("/a", json!([{"name": "a", "in": "query", "content": {}}]), json!([]), "R101");
        check("/a", json!([{"name": "a b", "in": "header"}]), json!([]), "R101");
        check("/a", json!([{"name": "Authorization", "in": "header"}]), json!([]), "L113");
    }
}
