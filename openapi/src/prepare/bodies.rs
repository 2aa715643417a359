//! Request bodies: sent as what the document says they are, or the operation is refused.

use serde_json::{Map, Value, json};

use crate::code::Code;
use crate::pointer::{Pointer, resolve};
use crate::prepare::media_types::{BYTES, FORM, JSON, essence, is_json, is_sendable};
use crate::rejection::METHODS;
use crate::report::Report;

/// The media type a body is sent as, where it is another than progenitor would say.
pub(crate) const CONTENT_TYPE: &str = "x-content-type";

pub(super) fn prepare(document: &mut Value, report: &mut Report) {
    let whole = document.clone();
    for (path, item) in document["paths"].as_object_mut().into_iter().flatten() {
        for (method, operation) in item.as_object_mut().into_iter().flatten() {
            let Some(operation) = operation.as_object_mut().filter(|_| METHODS.contains(&method.as_str())) else {
                continue;
            };
            let mut at = Pointer::default();
            ["paths", path, method, "requestBody"].iter().for_each(|token| at.push(token));
            body(operation, &whole, &at, report);
        }
    }
}

fn body(operation: &mut Map<String, Value>, document: &Value, at: &Pointer, report: &mut Report) {
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
        report.add(Code::W109, at, format!("sent as `{media_type}`, never as {}", others.join(", ")));
    }
    let (media_type, described) = (media_type.clone(), described.clone());
    let schema = described.get("schema").cloned().unwrap_or_else(|| json!({}));
    let essence = essence(&media_type);
    if !is_sendable(&media_type) {
        return report.add(Code::R103, at, format!("{media_type:?} is no media type; no header can hold it"));
    }
    let (kind, schema) = if is_json(&media_type) {
        (JSON, schema)
    } else if essence == FORM {
        if let Err(reason) = is_flat(&schema, document).and_then(|()| is_plain(&described["encoding"])) {
            return report.add(Code::R103, at, reason);
        }
        (FORM, schema)
    } else if essence.starts_with("multipart/") {
        return report.add(Code::R103, at, format!("`{essence}`; the generator writes no multipart bodies"));
    } else if essence.contains('*') && essence != "*/*" {
        return report.add(Code::R103, at, format!("`{essence}` names no media type the client could say it sends"));
    } else {
        report.add(Code::W112, at, format!("`{essence}`"));
        (BYTES, json!({"type": "string", "format": "binary"}))
    };
    if media_type != kind && media_type != "*/*" {
        operation.insert(CONTENT_TYPE.into(), media_type.into());
    }
    body.insert("content".into(), json!({kind: {"schema": schema}}));
    operation.insert("requestBody".into(), Value::Object(body));
}

/// The media type to send: JSON where the server takes it, then what is typed, then what is not.
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

/// A form holds scalars; how anything else is written in one is not settled.
fn is_flat(schema: &Value, document: &Value) -> Result<(), String> {
    let follow = |schema: &Value| {
        let mut schema = schema.clone();
        for _ in 0..32 {
            let inner =
                schema["allOf"].as_array().filter(|members| members.len() == 1).map(|members| members[0].clone());
            let reference = inner.unwrap_or_else(|| schema.clone());
            match reference["$ref"].as_str().and_then(|reference| resolve(document, reference)) {
                Some(target) => schema = target.clone(),
                None => break,
            }
        }
        schema
    };
    let schema = follow(schema);
    if schema["type"] != "object" {
        return Err("a form that is not one object".into());
    }
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        let property = follow(property);
        if ["array", "object"].iter().any(|name| property["type"] == *name) || property.get("oneOf").is_some() {
            return Err(format!("`{name}` of the form is no scalar; the generator writes scalars"));
        }
    }
    let others = schema.get("additionalProperties").filter(|others| others.is_object()).map(follow);
    if others.is_some_and(|others| others["type"] == "array" || others["type"] == "object") {
        return Err("other properties of the form are no scalars; the generator writes scalars".into());
    }
    Ok(())
}

/// Whether the values of a form are written as texts, which is what the generator does.
fn is_plain(encoding: &Value) -> Result<(), String> {
    for (name, encoding) in encoding.as_object().into_iter().flatten() {
        if let Some(media_type) = encoding["contentType"].as_str().filter(|name| essence(name) != "text/plain") {
            return Err(format!("`{name}` of the form is in `{media_type}`; the generator writes texts"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(body: Value, after: Value, codes: &str) {
        let mut document = json!({"paths": {"/a": {"post": {"requestBody": body}}}});
        let mut report = Report::default();
        prepare(&mut document, &mut report);
        assert_eq!(document["paths"]["/a"]["post"], after);
        let found: Vec<_> = report.entries.iter().map(|entry| entry.code.to_string()).collect();
        assert_eq!(found.join(" "), codes);
    }

    #[test]
    fn bodies() {
        let schema = || json!({"schema": {"type": "object"}});
        let json = |schema: Value| json!({"content": {JSON: {"schema": schema}}, "required": true});
        check(
            json!({"content": {"text/plain": schema(), "application/json": schema()}, "required": true}),
            json!({"requestBody": json(json!({"type": "object"}))}),
            "W109",
        );
        check(
            json!({"content": {"application/merge-patch+json": {}}}),
            json!({
                "requestBody": {"content": {JSON: {"schema": {}}}},
                "x-content-type": "application/merge-patch+json",
            }),
            "",
        );
        check(
            json!({"content": {"image/png": {}}, "required": true}),
            json!({
                "requestBody": {
                    "content": {BYTES: {"schema": {"type": "string", "format": "binary"}}}, "required": true,
                },
                "x-content-type": "image/png",
            }),
            "W112",
        );
        check(json!({"content": {"multipart/form-data": schema()}}), json!({}), "R103");
        for media_type in ["image/*", "", "text", "text/a\nb", "application/é+json"] {
            check(json!({"content": {media_type: {}}}), json!({}), "R103");
        }
        let form = |encoding: Value, others: Value| {
            let schema =
                json!({"type": "object", "properties": {"a": {"type": "string"}}, "additionalProperties": others});
            json!({"content": {FORM: {"schema": schema, "encoding": encoding}}})
        };
        let sent = form(json!({}), json!({"type": "string"}))["content"][FORM]["schema"].clone();
        check(
            form(json!({"a": {"contentType": "text/plain"}}), json!({"type": "string"})),
            json!({"requestBody": {"content": {FORM: {"schema": sent}}}}),
            "",
        );
        check(form(json!({"a": {"contentType": "application/json"}}), json!({"type": "string"})), json!({}), "R103");
        check(form(json!({}), json!({"type": "object"})), json!({}), "R103");
        check(
            json!({"content": {FORM: {"schema": {"type": "object", "properties": {"a": {"type": "array"}}}}}}),
            json!({}),
            "R103",
        );
    }
}
