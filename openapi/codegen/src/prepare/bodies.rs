//! Prepares request bodies with their documented media type, or rejects the operation.

use serde_json::{Map, Value, json};

use crate::model::media_types::{BYTES, FORM, JSON, essence, is_json, is_sendable};
use crate::model::operations::{self, operations_mut};
use crate::model::pointer::Pointer;
use crate::plan::Operation;
use crate::prepare::facts::Facts;
use crate::prepare::forms;
use crate::prepare::parameters::Schemas;
use crate::report::{Code, Log, Pass};

pub(super) fn prepare(pass: &mut Pass<Facts>) {
    let Pass { document, log, facts } = pass;
    let whole = document.clone();
    for operations::Operation { path, method, at, fields } in operations_mut(document) {
        body(fields, facts.operation(path, method), &whole, &at.join("requestBody"), log);
    }
}

fn body(operation: &mut Map<String, Value>, facts: &mut Operation, document: &Value, at: &Pointer, log: &mut Log) {
    let Some(Value::Object(mut body)) = operation.shift_remove("requestBody") else {
        return;
    };
    let Some(Value::Object(content)) = body.get("content") else {
        return;
    };
    let Some((media_type, described)) = chosen(content) else {
        return;
    };
    if content.len() > 1 {
        let others: Vec<_> = content.keys().filter(|name| *name != media_type).map(String::as_str).collect();
        log.add(Code::W109, at, format!("sent as `{media_type}`, never as {}", others.join(", ")));
    }
    let (media_type, described) = (media_type.clone(), described.clone());
    let schema = described.get("schema").cloned().unwrap_or_else(|| json!({}));
    let essence = essence(&media_type);
    if !is_sendable(&media_type) {
        return log.add(Code::R103, at, format!("{media_type:?} is no media type; no header can hold it"));
    }
    let (kind, schema) = if is_json(&media_type) {
        (JSON, schema)
    } else if essence == FORM {
        match forms::fields(&schema, &described, Schemas(document)) {
            Ok(fields) => facts.fields = Some(fields),
            Err(reason) => return log.add(Code::R103, at, reason),
        };
        (FORM, schema)
    } else if essence.starts_with("multipart/") {
        return log.add(Code::R103, at, format!("`{essence}`; the generator writes no multipart bodies"));
    } else if essence.contains('*') && essence != "*/*" {
        return log.add(Code::R103, at, format!("`{essence}` names no media type the client could say it sends"));
    } else {
        log.add(Code::W112, at, format!("`{essence}`"));
        (BYTES, json!({"type": "string", "format": "binary"}))
    };
    if media_type != kind && media_type != "*/*" {
        facts.content_type = Some(media_type);
    }
    body.insert("content".into(), json!({kind: {"schema": schema}}));
    operation.insert("requestBody".into(), Value::Object(body));
}

/// The media type to send: JSON if the server accepts it, else a typed one, else an untyped one.
fn chosen(content: &Map<String, Value>) -> Option<(&String, &Value)> {
    let rank = |name: &str| {
        let essence = essence(name);
        match essence.as_str() {
            JSON => 0,
            _ if is_json(name) => 1,
            FORM => 2,
            _ if essence.starts_with("multipart/") => 5,
            _ if essence.contains('*') => 4,
            _ => 3,
        }
    };
    content.iter().min_by_key(|(name, _)| rank(name))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[track_caller]
    fn check(body: Value, after: Value, facts: Operation, codes: &str) {
        let mut document = json!({"paths": {"/a": {"post": {"requestBody": body}}}});
        let (report, mut found) = Pass::of(&mut document, prepare);
        assert_eq!(document["paths"]["/a"]["post"], after);
        assert_eq!(*found.operation("/a", "post"), facts);
        let found: Vec<_> = report.entries.iter().map(|entry| entry.code.to_string()).collect();
        assert_eq!(found.join(" "), codes);
    }

    #[test]
    fn bodies() {
        let none = Operation::default;
        let sent_as = |name: &str| Operation { content_type: Some(name.to_owned()), ..none() };
        let schema = || json!({"schema": {"type": "object"}});
        let json = |schema: Value| json!({"content": {JSON: {"schema": schema}}, "required": true});
        check(
            json!({"content": {"text/plain": schema(), "application/json": schema()}, "required": true}),
            json!({"requestBody": json(json!({"type": "object"}))}),
            none(),
            "W109",
        );
        check(
            json!({"content": {"application/merge-patch+json": {}}}),
            json!({"requestBody": {"content": {JSON: {"schema": {}}}}}),
            sent_as("application/merge-patch+json"),
            "",
        );
        check(
            json!({"content": {"image/png": {}}, "required": true}),
            json!({
                "requestBody": {
                    "content": {BYTES: {"schema": {"type": "string", "format": "binary"}}}, "required": true,
                },
            }),
            sent_as("image/png"),
            "W112",
        );
        check(json!({"content": {"multipart/form-data": schema()}}), json!({}), none(), "R103");
        for media_type in ["image/*", "", "text", "text/a\nb", "application/é+json"] {
            check(json!({"content": {media_type: {}}}), json!({}), none(), "R103");
        }
        check(
            json!({"content": {FORM: {"schema": {"type": "object"}}}}),
            json!({"requestBody": {"content": {FORM: {"schema": {"type": "object"}}}}}),
            Operation { fields: Some(BTreeMap::new()), ..none() },
            "",
        );
        check(json!({"content": {FORM: {"schema": {"type": "string"}}}}), json!({}), none(), "R103");
    }
}
