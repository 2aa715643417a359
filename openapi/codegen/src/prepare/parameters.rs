//! Prepares parameters in their documented form, or rejects the operation.

mod names;
mod query;
mod schemas;

use serde_json::{Map, Value, json};

use crate::model::operations::relocate;
use crate::model::pointer::Pointer;
use crate::plan::{Form, Operation, Separator};
use crate::prepare::facts::Facts;
use crate::report::{Code, Log, Pass};
use names::names_in;
pub(super) use schemas::Schemas;

pub(super) fn prepare(pass: &mut Pass<Facts>) {
    let Pass { document, log, facts } = pass;
    let whole = document.clone();
    relocate(document, |operation| {
        let (path, method) = (operation.path, operation.method);
        let mut found = facts.take_operation(path, method);
        let mut parameters = Parameters {
            schemas: Schemas(&whole),
            at: &operation.at,
            facts: &mut found,
            log: &mut *log,
            is_required: true,
        };
        let path = parameters.operation(path, operation.fields);
        *facts.operation(&path, method) = found;
        path
    });
}

/// A parameter that progenitor takes, and the form that it cannot carry.
struct Parameter {
    value: Value,
    form: Option<Form>,
}

impl Parameter {
    /// A parameter in the form that progenitor writes.
    fn plain(value: impl Into<Value>) -> Self {
        Self { value: value.into(), form: None }
    }
}

struct Parameters<'a> {
    schemas: Schemas<'a>,
    at: &'a Pointer,
    facts: &'a mut Operation,
    log: &'a mut Log,
    /// Whether every call needs the parameter at hand.
    is_required: bool,
}

impl Parameters<'_> {
    /// Rejects the operation for a parameter that cannot be written, or leaves out one that a call does not need.
    fn reject(&mut self, at: &Pointer, reason: impl Into<String>) {
        self.reject_as(Code::R101, at, reason);
    }

    fn reject_as(&mut self, code: Code, at: &Pointer, reason: impl Into<String>) {
        let code = if self.is_required { code } else { Code::W119 };
        self.log.add(code, at, reason);
    }

    /// Prepares the parameters of one operation and returns its path, in which a parameter may have another name.
    fn operation(&mut self, path: &str, operation: &mut Map<String, Value>) -> String {
        let Some(names) = names_in(path) else {
            let reason = format!("`{path}` does not start with a slash, or its braces do not match");
            self.log.add(Code::R104, self.at, reason);
            return path.to_owned();
        };
        let given = operation.get_mut("parameters").map(Value::take);
        let given = given.as_ref().and_then(Value::as_array).cloned().unwrap_or_default();
        let mut parameters = Vec::new();
        for (index, parameter) in given.into_iter().enumerate() {
            let at = self.at.join("parameters").join(&index.to_string());
            let Value::Object(parameter) = parameter else { continue };
            self.is_required = parameter.get("required") == Some(&true.into());
            match parameter.get("in").and_then(Value::as_str) {
                Some("path") => self.in_path(parameter, &names, &at, &mut parameters),
                Some("query") => self.in_query(parameter, &at, &mut parameters),
                Some("header") => self.in_header(parameter, &at, &mut parameters),
                Some("cookie") => self.in_cookie(parameter, &at, &mut parameters),
                other => {
                    let place = other.map_or_else(|| "no place".to_owned(), |place| format!("`{place}`"));
                    self.reject(
                        &at,
                        format!("a parameter in {place}; the generator writes path, query, header and cookie"),
                    );
                }
            }
        }
        for name in &names {
            if !parameters
                .iter()
                .any(|Parameter { value: parameter, .. }| parameter["in"] == "path" && parameter["name"] == *name)
            {
                self.log.add(Code::L114, self.at, format!("`{name}` is a text"));
                let schema = json!({"type": "string"});
                parameters
                    .push(Parameter::plain(json!({"name": name, "in": "path", "required": true, "schema": schema})));
            }
        }
        let path = self.rust_names(path, &mut parameters);
        operation.insert("parameters".into(), parameters.into_iter().map(|parameter| parameter.value).collect());
        path
    }

    fn in_path(&mut self, mut parameter: Map<String, Value>, names: &[String], at: &Pointer, to: &mut Vec<Parameter>) {
        let named = |name: &String| parameter.get("name").and_then(Value::as_str) == Some(name);
        if !names.iter().any(named) {
            let reason = format!("{} is not in the path; left out", parameter.get("name").unwrap_or(&Value::Null));
            return self.log.add(Code::L114, at, reason);
        }
        parameter.insert("required".into(), true.into());
        if let Some(schema) = self.schema(&mut parameter, "simple", at) {
            let is_list = self.schemas.resolved(&schema).get("type") == Some(&"array".into());
            if let Some(schema) = self.text(&schema, at) {
                parameter.insert("schema".into(), schema);
                let form = is_list.then_some(Form::Separated(Separator::Comma));
                to.push(Parameter { value: parameter.into(), form });
            }
        }
    }

    fn in_header(&mut self, mut parameter: Map<String, Value>, at: &Pointer, to: &mut Vec<Parameter>) {
        let name = parameter.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
        if ["accept", "content-type", "authorization"].contains(&name.to_lowercase().as_str()) {
            return self.log.add(Code::L113, at, format!("`{name}`"));
        }
        if !is_token(&name) {
            return self.reject(at, format!("`{name}` is no name of a header (RFC 9110, section 5.1)"));
        }
        if let Some(schema) = self.schema(&mut parameter, "simple", at).and_then(|schema| self.text(&schema, at)) {
            parameter.insert("schema".into(), schema);
            to.push(Parameter::plain(parameter));
        }
    }

    fn in_cookie(&mut self, mut parameter: Map<String, Value>, at: &Pointer, to: &mut Vec<Parameter>) {
        let name = parameter.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
        if !is_token(&name) {
            return self.reject_as(
                Code::R102,
                at,
                format!("`{name}` is no name of a cookie (RFC 6265, section 4.1.1)"),
            );
        }
        if let Some(schema) = self.schema(&mut parameter, "form", at).and_then(|schema| self.text(&schema, at)) {
            parameter.insert("schema".into(), schema);
            to.push(Parameter::plain(parameter));
        }
    }

    /// The schema of a parameter; `None` when its style was rejected.
    fn schema(&mut self, parameter: &mut Map<String, Value>, style: &str, at: &Pointer) -> Option<Value> {
        let found = parameter.shift_remove("style");
        let found = found.as_ref().and_then(Value::as_str).unwrap_or(style);
        if found != style {
            let reason = format!("style `{found}`; the generator writes `{style}` here");
            self.reject(at, reason);
            return None;
        }
        if parameter.contains_key("content") {
            self.reject(at, "a parameter with a media type; the generator writes plain values");
            return None;
        }
        parameter.shift_remove("explode");
        Some(parameter.shift_remove("schema").filter(Value::is_object).unwrap_or_else(|| json!({"type": "string"})))
    }

    /// The schema of a parameter that is serialized to one string.
    fn text(&mut self, schema: &Value, at: &Pointer) -> Option<Value> {
        let resolved = self.schemas.resolved(schema);
        match resolved.get("type").and_then(Value::as_str) {
            Some("string" | "integer" | "number" | "boolean") => Some(self.schemas.named_scalar(schema)),
            Some("array") => {
                self.log.add(Code::W107, at, "pass the list as text, separated by commas");
                Some(json!({"type": "string"}))
            }
            Some("object") => {
                self.reject(at, "an object; the generator writes scalars here");
                None
            }
            _ => Some(json!({"type": "string"})),
        }
    }
}

/// Whether a text is a token (RFC 9110, section 5.6.2): the name of a header or of a cookie.
fn is_token(name: &str) -> bool {
    let is_character = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !name.is_empty() && name.bytes().all(is_character)
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;

    #[track_caller]
    fn check(path: &str, parameters: Value, after: Value, facts: &Operation, codes: &str) {
        let mut document = json!({
            "paths": {path: {"get": {"parameters": parameters}}},
            "components": {"schemas": {"E": {"type": "string", "enum": ["a"]}}},
        });
        let (report, mut found) = Pass::of(&mut document, prepare);
        let (path, item) = document["paths"].as_object().unwrap().iter().next().unwrap();
        assert_eq!(found.operation(path, "get"), facts);
        assert_eq!(item["get"]["parameters"], after);
        let found: Vec<_> = report.entries.iter().map(|entry| entry.code.to_string()).collect();
        assert_eq!(found.join(" "), codes);
    }

    fn parameter(place: &str, name: &str, schema: Value) -> Value {
        json!({"name": name, "in": place, "required": place == "path", "schema": schema})
    }

    fn none() -> Operation {
        Operation::default()
    }

    /// The parameter `p` of the query is in this form.
    fn in_form(form: Form) -> Operation {
        Operation { forms: BTreeMap::from([("p".to_owned(), form)]), ..none() }
    }

    #[test]
    fn names_that_collide() {
        let text = || json!({"type": "string"});
        let renamed = parameter("query", "id2", text());
        let body = parameter("header", "body2", text());
        let wire_names = [("id2", "id"), ("body2", "body")].map(|(name, wire)| (name.to_owned(), wire.to_owned()));
        check(
            "/a/{id}",
            json!([
                parameter("query", "id", text()),
                parameter("path", "id", text()),
                parameter("header", "body", text())
            ]),
            json!([renamed, parameter("path", "id", text()), body]),
            &Operation { wire_names: BTreeMap::from(wire_names), ..none() },
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
            &none(),
            "L114 L114",
        );
        check("/a/{id", json!([]), json!([]), &none(), "R104");
        check(
            "/a/{id}",
            json!([parameter("path", "id", json!({"type": "array", "items": {}}))]),
            json!([parameter("path", "id", text())]),
            &Operation { path_lists: BTreeSet::from(["id".to_owned()]), ..none() },
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
            &none(),
            "L111",
        );
    }

    #[test]
    fn forms_of_lists_and_objects() {
        let list = || json!({"type": "array", "items": {"type": "integer"}});
        let map = || json!({"type": "object", "additionalProperties": {}});
        let object = || json!({"type": "object", "properties": {"a": {"type": "integer"}}});
        let of = |fields: Value, schema: Value| {
            let mut parameter = parameter("query", "p", schema);
            parameter.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
            parameter
        };
        for (fields, schema, form) in [
            (json!({"style": "form", "explode": false}), list(), Form::Separated(Separator::Comma)),
            (json!({"style": "pipeDelimited"}), list(), Form::Separated(Separator::Pipe)),
            (json!({"style": "spaceDelimited", "explode": false}), list(), Form::Separated(Separator::Space)),
            (json!({"style": "deepObject"}), map(), Form::Deep),
            (json!({"explode": false}), map(), Form::Separated(Separator::Comma)),
        ] {
            check(
                "/a",
                json!([of(fields, schema.clone())]),
                json!([parameter("query", "p", schema)]),
                &in_form(form),
                "",
            );
        }
        for fields in [json!({"style": "spaceDelimited", "explode": true}), json!({"explode": true})] {
            check("/a", json!([of(fields, list())]), json!([parameter("query", "p", list())]), &none(), "");
        }
        check(
            "/a",
            json!([parameter("query", "p", json!({"type": "object"}))]),
            json!([parameter("query", "p", map())]),
            &none(),
            "",
        );
        check(
            "/a",
            json!([of(json!({"style": "deepObject"}), object())]),
            json!([parameter("query", "p[a]", json!({"type": "integer"}))]),
            &none(),
            "L111",
        );
        check(
            "/a",
            json!([of(json!({"explode": false}), object())]),
            json!([parameter("query", "p", map())]),
            &in_form(Form::Separated(Separator::Comma)),
            "W108",
        );
        for (schema, after, codes) in
            [(object(), json!({}), "W108"), (json!({"type": "boolean"}), json!({"type": "boolean"}), "")]
        {
            let mut given = parameter("query", "p", json!({}));
            given["content"] = json!({"application/json": {"schema": schema}});
            check("/a", json!([given]), json!([parameter("query", "p", after)]), &in_form(Form::Json), codes);
        }
    }

    #[test]
    fn forms_that_are_refused() {
        let list = json!({"type": "array", "items": {"type": "object", "properties": {}}});
        for (given, code) in [
            (json!({"name": "a b", "in": "cookie"}), "R102"),
            (json!({"name": "a", "in": "cookie", "schema": {"type": "object"}}), "R101"),
            (json!({"name": "a", "in": "query", "style": "deepObject"}), "R101"),
            (parameter("query", "l", list), "R101"),
            (json!({"name": "a", "in": "query", "content": {}}), "R101"),
            (json!({"name": "a b", "in": "header"}), "R101"),
            (json!({"name": "a", "in": "body"}), "R101"),
        ] {
            // What a call does not need costs no operation.
            check("/a", json!([given]), json!([]), &none(), "W119");
            let mut required = given;
            required["required"] = true.into();
            check("/a", json!([required]), json!([]), &none(), code);
        }
        check("/a", json!([{"name": "a", "in": "path", "style": "matrix"}]), json!([]), &none(), "L114");
        check("/a", json!([{"name": "Authorization", "in": "header"}]), json!([]), &none(), "L113");
    }

    #[test]
    fn cookies_are_headers_with_a_mark() {
        let cookies = Operation { cookies: BTreeMap::from([("session_id".into(), "session-id".into())]), ..none() };
        check(
            "/a",
            json!([{"name": "session-id", "in": "cookie", "schema": {"type": "string"}}]),
            json!([{"name": "session_id", "in": "header", "schema": {"type": "string"}}]),
            &cookies,
            "",
        );
    }
}
