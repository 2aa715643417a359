//! Rules on a single schema.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::lower::{bounds, conditions, types};
use crate::model::grammar::ObjectKind;
use crate::model::media_types::essence;
use crate::model::pointer::Pointer;
use crate::model::visitor::visit_mut;
use crate::report::{Code, Log, Pass};

pub(super) type Rule = fn(&mut Map<String, Value>, &Pointer, &mut Log);

/// The rules in order: each sees the result of the ones before it on the same schema.
const RULES: &[Rule] = &[
    conditions::tuple,
    malformed,
    content,
    constant,
    conditions::patterns,
    conditions::unevaluated,
    conditions::drop_conditions,
    types::known_types,
    types::missing_type,
    types::several_types,
    types::values,
    bounds::lower,
];

pub(super) fn lower_all(pass: &mut Pass) {
    let Pass { document, log, .. } = pass;
    visit_mut(document, &mut |kind, at, object| {
        if kind == ObjectKind::Schema {
            for rule in RULES {
                rule(object, at, log);
            }
        }
    });
}

/// Leaves out keywords with invalid values, for which the 3.0 parser would refuse the whole document.
fn malformed(schema: &mut Map<String, Value>, at: &Pointer, log: &mut Log) {
    let is_schema = |value: &Value| value.is_object() || value.is_boolean();
    let is_schemas = |value: &Value| value.as_object().is_some_and(|map| map.values().all(is_schema));
    let wrong = |keyword: &str, value: &Value| match keyword {
        "properties" | "patternProperties" => !is_schemas(value),
        "allOf" | "anyOf" | "oneOf" => {
            !value.as_array().is_some_and(|list| !list.is_empty() && list.iter().all(is_schema))
        }
        "items" | "additionalProperties" => !is_schema(value),
        "enum" => !value.is_array(),
        "required" => !value.as_array().is_some_and(|names| names.iter().all(Value::is_string)),
        "title" | "description" | "format" | "pattern" => !value.is_string(),
        "deprecated" | "readOnly" | "writeOnly" | "uniqueItems" => !value.is_boolean(),
        "discriminator" => !value["propertyName"].is_string(),
        _ => false,
    };
    let keywords: Vec<_> = schema.iter().filter(|(key, value)| wrong(key, value)).map(|(key, _)| key.clone()).collect();
    for keyword in keywords {
        schema.shift_remove(&keyword);
        log.add(Code::W007, &at.join(&keyword), "the specification does not allow this value here; left out");
    }
    if schema.get("items") == Some(&Value::Bool(true)) || schema.get("items") == Some(&Value::Bool(false)) {
        schema.insert("items".into(), json!({}));
    }
    if let Some(Value::Array(names)) = schema.get_mut("required") {
        let mut seen = BTreeSet::new();
        names.retain(|name| seen.insert(name.to_string()));
    }
    if schema.get("readOnly") == Some(&true.into()) && schema.get("writeOnly") == Some(&true.into()) {
        schema.shift_remove("readOnly");
        schema.shift_remove("writeOnly");
        log.add(Code::W007, at, "both `readOnly` and `writeOnly`; both are ignored");
    }
}

/// Rewrites the encoding of a string as a format; 3.0 has formats for two encodings.
fn content(schema: &mut Map<String, Value>, at: &Pointer, log: &mut Log) {
    let encoding = schema.shift_remove("contentEncoding");
    let media_type = schema.shift_remove("contentMediaType");
    schema.shift_remove("contentSchema");
    let format = match (encoding.as_ref().and_then(Value::as_str), media_type.as_ref().and_then(Value::as_str)) {
        (Some("base64"), _) => "byte",
        (Some("base64url"), _) => "base64url",
        (Some("binary"), _) => "binary",
        (None, Some(media_type)) if is_bytes(media_type) => "binary",
        (None, None) => return,
        _ => return log.add(Code::O003, at, "the caller decodes the string"),
    };
    schema.entry("format").or_insert(format.into());
    log.add(Code::L013, at, format!("`format: {format}`"));
}

/// Whether values of a media type are bytes: no text in JSON can be one.
fn is_bytes(media_type: &str) -> bool {
    let essence = essence(media_type);
    ["application/octet-stream", "application/pdf", "application/zip"].contains(&essence.as_str())
        || ["image/", "audio/", "video/"].iter().any(|kind| essence.starts_with(kind) && !essence.ends_with("+xml"))
}

/// Rewrites `const` as an enum of one value (JSON Schema 2020-12 validation, section 6.1.3).
fn constant(schema: &mut Map<String, Value>, at: &Pointer, log: &mut Log) {
    let Some(value) = schema.shift_remove("const") else {
        return;
    };
    log.add(Code::L005, &at.join("const"), format!("only {value} is valid"));
    schema.insert("enum".into(), json!([value]));
}

#[cfg(test)]
pub(super) mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    /// Lowers an inline schema, and shows it with the codes of the rules that changed it.
    pub(in crate::lower) fn check(before: Value, after: Expect) {
        let mut document = json!({"components": {"schemas": {"A": {"type": "array", "items": before}}}});
        let (report, ()) = Pass::of(&mut document, |pass| {
            pass.run(&[crate::lower::booleans::lower, crate::lower::null::lower, lower_all]);
        });
        let codes: Vec<_> = report.entries.iter().map(|entry| entry.code.to_string()).collect();
        after.assert_eq(&format!("{} {}", document["components"]["schemas"]["A"]["items"], codes.join(" ")));
    }

    #[test]
    fn constants() {
        check(json!({"const": "operation"}), expect![[r#"{"enum":["operation"],"type":"string"} L005 L006"#]]);
        check(json!({"const": 1}), expect![[r#"{"enum":[1],"type":"integer"} L005 L006"#]]);
        check(json!({"const": true}), expect![[r#"{"enum":[true],"type":"boolean"} L005 L006"#]]);
        check(json!({"const": {"a": 1}}), expect![[r#"{"type":"object"} L005 W003"#]]);
        check(json!({"const": [1]}), expect![[r#"{"type":"array","items":{}} L005 W003"#]]);
    }

    #[test]
    fn contents() {
        check(
            json!({"type": "string", "contentEncoding": "base64", "contentMediaType": "image/png"}),
            expect![[r#"{"type":"string","format":"byte"} L013"#]],
        );
        check(
            json!({"type": "string", "contentEncoding": "base64url"}),
            expect![[r#"{"type":"string","format":"base64url"} L013"#]],
        );
        check(json!({"type": "string", "contentMediaType": "text/html"}), expect![[r#"{"type":"string"} O003"#]]);
    }

    #[test]
    fn what_the_specification_does_not_allow() {
        check(json!({"type": "string", "pattern": 1, "enum": "a"}), expect![[r#"{"type":"string"} W007 W007"#]]);
    }
}
