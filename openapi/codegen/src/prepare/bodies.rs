//! Prepares request bodies with their documented media type, or rejects the operation.

use serde_json::{Map, Value, json};

use crate::model::media_types::{BYTES, FORM, JSON, essence, is_json, is_sendable};
use crate::model::names::unique_name;
use crate::model::operations::{self, operations_mut};
use crate::model::pointer::Pointer;
use crate::plan::{Lists, Operation};
use crate::prepare::facts::Facts;
use crate::prepare::parameters::Schemas;
use crate::prepare::{forms, multipart};
use crate::report::{Code, Log, Pass};

pub(super) fn prepare(pass: &mut Pass<Facts>) {
    let Pass { document, log, facts } = pass;
    let whole = document.clone();
    let mut taken = facts.type_names_in(&whole);
    let mut multipart = multipart::Bodies::of(&whole, unique_name("FilePart", &mut taken));
    let lists = facts.lists;
    for operations::Operation { path, method, at, fields } in operations_mut(document) {
        let facts = facts.operation(path, method);
        body(fields, facts, Whole { document: &whole, multipart: &mut multipart, lists }, &at.join("requestBody"), log);
    }
    facts.file_part = multipart.finish(document);
}

/// The document before this pass, and what its multipart bodies have in common.
struct Whole<'a, 'b> {
    document: &'a Value,
    multipart: &'b mut multipart::Bodies<'a>,
    lists: Lists,
}

fn body(operation: &mut Map<String, Value>, facts: &mut Operation, whole: Whole<'_, '_>, at: &Pointer, log: &mut Log) {
    let Some(Value::Object(mut body)) = operation.shift_remove("requestBody") else {
        return;
    };
    // A call that needs no body can be made without it.
    let rejected = if body.get("required") == Some(&true.into()) { Code::R103 } else { Code::W119 };
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
        return log.add(rejected, at, format!("{media_type:?} is no media type; no header can hold it"));
    }
    let (kind, schema) = if is_json(&media_type) {
        (JSON, schema)
    } else if essence == FORM && Schemas(whole.document).resolved(&schema).get("type") != Some(&"string".into()) {
        match forms::fields(&schema, &described, Schemas(whole.document), whole.lists) {
            Ok(fields) => facts.fields = Some(fields),
            Err(reason) => return log.add(rejected, at, reason),
        };
        (FORM, schema)
    } else if essence.starts_with("multipart/") {
        let at = at.join("content").join(&media_type);
        let body = multipart::Body { media_type: &media_type, described: &described, at };
        match whole.multipart.prepare(&body, log) {
            Ok((schema, multipart)) => {
                facts.multipart = Some(multipart);
                (JSON, schema)
            }
            Err(reason) => return log.add(rejected, &body.at, reason),
        }
    } else if essence.contains('*') && essence != "*/*" {
        return log.add(rejected, at, format!("`{essence}` names no media type the client could say it sends"));
    } else {
        log.add(Code::W112, at, format!("`{essence}`"));
        (BYTES, json!({"type": "string", "format": "binary"}))
    };
    if media_type != kind && media_type != "*/*" && facts.multipart.is_none() {
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
    use crate::plan::Multipart;

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
        check(
            json!({"content": {"multipart/form-data": schema()}}),
            json!({"requestBody": {"content": {JSON: schema()}}}),
            Operation {
                multipart: Some(Multipart { media_type: "multipart/form-data".into(), content_types: BTreeMap::new() }),
                ..none()
            },
            "",
        );
        for media_type in ["image/*", "", "text", "text/a\nb", "application/é+json"] {
            check(json!({"content": {media_type: {}}, "required": true}), json!({}), none(), "R103");
        }
        for (media_type, schema) in [("multipart/mixed", json!({"type": "array"})), (FORM, json!({"type": "array"}))] {
            let content = json!({media_type: {"schema": schema}});
            check(json!({"content": content, "required": true}), json!({}), none(), "R103");
            // A call can be made without it.
            check(json!({"content": content}), json!({}), none(), "W119");
        }
        // A text is the whole form, as it is sent.
        check(
            json!({"content": {FORM: {"schema": {"type": "string", "format": "binary"}}}}),
            json!({"requestBody": {"content": {BYTES: {"schema": {"type": "string", "format": "binary"}}}}}),
            sent_as(FORM),
            "W112",
        );
        check(
            json!({"content": {FORM: {"schema": {"type": "object"}}}}),
            json!({"requestBody": {"content": {FORM: {"schema": {"type": "object"}}}}}),
            Operation { fields: Some(BTreeMap::new()), ..none() },
            "",
        );
    }
}
