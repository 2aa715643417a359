//! Prepares parameters in their documented form, or rejects the operation.

mod names;
mod query;
mod schemas;
#[cfg(test)]
mod tests;

use serde_json::{Map, Value, json};

use crate::model::names::is_token;
use crate::model::operations::relocate;
use crate::model::pointer::Pointer;
use crate::plan::{Form, Lists, Operation, PathStyle};
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
            lists: facts.lists,
        };
        let path = parameters.operation(path, operation.fields);
        *facts.operation(&path, method) = found;
        path
    });
}

/// A parameter that progenitor takes, and the form that it cannot carry.
struct Parameter {
    value: Value,
    /// Of a parameter in the query.
    form: Option<Form>,
    /// Of one in the path or a header: the style, and whether it is exploded.
    parts: Option<(PathStyle, bool)>,
}

impl Parameter {
    /// A parameter in the form that progenitor writes.
    fn plain(value: impl Into<Value>) -> Self {
        Self { value: value.into(), form: None, parts: None }
    }
}

struct Parameters<'a> {
    schemas: Schemas<'a>,
    at: &'a Pointer,
    facts: &'a mut Operation,
    log: &'a mut Log,
    /// Whether every call needs the parameter at hand.
    is_required: bool,
    /// How lists in objects of style `deepObject` are written.
    lists: Lists,
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
        if let Some(content) = parameter.shift_remove("content") {
            return self.in_json_text(parameter, &content, at, to);
        }
        let style = parameter.get("style").and_then(Value::as_str).unwrap_or("simple").to_owned();
        let path_style = match &*style {
            "label" => PathStyle::Label,
            "matrix" => PathStyle::Matrix,
            _ => PathStyle::Simple,
        };
        let explode = parameter.get("explode") == Some(&true.into());
        let known = if path_style == PathStyle::Simple { "simple" } else { &style };
        let Some(schema) = self.schema(&mut parameter, known, at) else { return };
        if let Some((schema, has_parts)) = self.in_parts(&schema, at) {
            parameter.insert("schema".into(), schema);
            let parts = (has_parts || path_style != PathStyle::Simple).then_some((path_style, explode));
            to.push(Parameter { parts, ..Parameter::plain(parameter) });
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
        if let Some(content) = parameter.shift_remove("content") {
            return self.in_json_text(parameter, &content, at, to);
        }
        let explode = parameter.get("explode") == Some(&true.into());
        let Some(schema) = self.schema(&mut parameter, "simple", at) else { return };
        if let Some((schema, has_parts)) = self.in_parts(&schema, at) {
            parameter.insert("schema".into(), schema);
            let parts = has_parts.then_some((PathStyle::Simple, explode));
            to.push(Parameter { parts, ..Parameter::plain(parameter) });
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
        if let Some(content) = parameter.shift_remove("content") {
            return self.in_json_text(parameter, &content, at, to);
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
        parameter.shift_remove("explode");
        Some(parameter.shift_remove("schema").filter(Value::is_object).unwrap_or_else(|| json!({"type": "string"})))
    }

    /// The schema of a parameter in a path or header, and whether its values have parts that are written on their own.
    fn in_parts(&mut self, schema: &Value, at: &Pointer) -> Option<(Value, bool)> {
        let resolved = self.schemas.resolved(schema);
        match resolved.get("type").and_then(Value::as_str) {
            Some("array") => {
                if !self.schemas.is_list_of_scalars(&resolved) {
                    self.reject(at, "a list of objects or lists; how it is written is not settled");
                    return None;
                }
                Some((self.schemas.named_list(schema, &resolved), true))
            }
            Some("object") => {
                let properties = resolved.get("properties").and_then(Value::as_object);
                let others = resolved.get("additionalProperties").filter(|others| others.is_object());
                if !self.schemas.holds_scalars(schema) {
                    self.reject(at, "an object with objects or lists in it; how it is written is not settled");
                    return None;
                }
                let values = match others.filter(|_| properties.is_none_or(Map::is_empty)) {
                    Some(others) => self.schemas.named_scalar(others),
                    None => {
                        self.log.add(Code::W108, at, "names and values, as an object of any properties");
                        json!({})
                    }
                };
                Some((json!({"type": "object", "additionalProperties": values}), true))
            }
            _ => Some((self.text(schema, at)?, false)),
        }
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
