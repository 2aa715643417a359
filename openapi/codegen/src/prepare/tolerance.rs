//! Removes the constraints on replies: a reply that violates one is still worth reading.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::model::direction::directions;
use crate::model::grammar::{ObjectKind, Shape};
use crate::model::pointer::Pointer;
use crate::model::visitor::{visit_mut, visit_value_mut};
use crate::plan::Format;
use crate::prepare::facts::Facts;
use crate::prepare::formats;
use crate::prepare::numeric_texts::is_number;
use crate::prepare::patterns::can_be_checked;
use crate::prepare::unions::is_enum_of_strings;
use crate::report::{Code, Log, Pass};

pub(super) fn relax(pass: &mut Pass<Facts>) {
    let Pass { document, log, facts } = pass;
    let typed = &facts.typed_formats;
    let directions = directions(document);
    let schemas = document.pointer_mut("/components/schemas");
    for (name, schema) in schemas.and_then(Value::as_object_mut).into_iter().flatten() {
        let mut at = Pointer::component("schemas", name);
        let also = match directions.written.contains(name) {
            true => ", nor in requests, which use the same type",
            false => "",
        };
        let read = directions.read.contains(name) || !directions.written.contains(name);
        visit_value_mut(schema, Shape::One(ObjectKind::Schema), &mut at, &mut |kind, at, schema| match kind {
            ObjectKind::Schema if read => constraints(schema, also, typed, at, log),
            ObjectKind::Schema => unwritable(schema, typed, at, log),
            _ => {}
        });
    }
    visit_mut(document, &mut |kind, at, schema| {
        if kind != ObjectKind::Schema {
            return;
        }
        if at.as_str().split('/').nth(4) == Some("responses") {
            constraints(schema, "", typed, at, log);
        } else if at.as_str().starts_with("/paths/") {
            unwritable(schema, typed, at, log);
        }
        if schema.shift_remove("default").is_some() {
            log.add(Code::W103, &at.join("default"), "left to the server, which may change it");
        }
    });
}

/// Removes constraints on requests that no Rust type can express at a reasonable cost.
fn unwritable(schema: &mut Map<String, Value>, typed: &BTreeSet<Format>, at: &Pointer, log: &mut Log) {
    if schema.get("minLength") == Some(&0.into()) {
        schema.shift_remove("minLength");
    }
    let is_text = schema.get("type") == Some(&"string".into()) && !is_enum_of_strings(schema);
    for keyword in CONSTRAINTS {
        let is_of_text = ["minLength", "maxLength", "pattern"].contains(keyword);
        let readable = match schema.get("pattern").and_then(Value::as_str) {
            Some(pattern) if *keyword == "pattern" => can_be_checked(pattern),
            _ => true,
        };
        let is_kept = is_text && is_of_text && readable && schema.get("format").is_none();
        if is_kept || is_of_other_type(keyword, schema) {
            continue;
        }
        if let Some(value) = schema.shift_remove(*keyword) {
            log.add(Code::W104, &at.join(keyword), format!("`{value}` is left to the server to check"));
        }
    }
    let known = [
        ("string", "date-time"),
        ("string", "date"),
        ("string", "uuid"),
        ("string", "binary"),
        ("integer", "int64"),
        ("integer", "int32"),
        ("integer", "uint64"),
        ("number", "double"),
    ];
    if let Some(format) = unknown_format(schema, &known, typed) {
        log.add(Code::W104, &at.join("format"), format!("`{format}` is left to the server to check"));
    }
}

const CONSTRAINTS: &[&str] = &[
    "minLength",
    "maxLength",
    "pattern",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minItems",
    "maxItems",
    "uniqueItems",
    "minProperties",
    "maxProperties",
];

fn constraints(schema: &mut Map<String, Value>, also: &str, typed: &BTreeSet<Format>, at: &Pointer, log: &mut Log) {
    for keyword in CONSTRAINTS.iter().filter(|keyword| !is_of_other_type(keyword, schema)).collect::<Vec<_>>() {
        if let Some(value) = schema.shift_remove(*keyword) {
            log.add(Code::W101, &at.join(keyword), format!("`{value}` is not checked{also}"));
        }
    }
    if schema.get("additionalProperties") == Some(&false.into()) {
        schema.shift_remove("additionalProperties");
        log.add(Code::W101, &at.join("additionalProperties"), format!("unknown properties are ignored{also}"));
    }
    // A timestamp keeps its text; the Rust type of any other format would refuse values.
    let known = [("string", "date-time"), ("integer", "int64"), ("integer", "uint64"), ("number", "double")];
    if let Some(format) = unknown_format(schema, &known, typed) {
        log.add(Code::W101, &at.join("format"), format!("`{format}` is not checked{also}"));
    }
}

/// Whether a keyword only says that a number may be a text, or how many places a tuple has.
fn is_of_other_type(keyword: &str, schema: &Map<String, Value>) -> bool {
    match keyword {
        "pattern" => is_number(schema),
        "minItems" | "maxItems" => schema.contains_key("prefixItems"),
        _ => false,
    }
}

/// Removes a format without a Rust type, or one of another type than the schema's: typify panics on these.
fn unknown_format(schema: &mut Map<String, Value>, known: &[(&str, &str)], typed: &BTreeSet<Format>) -> Option<String> {
    let format = schema.get("format")?.as_str()?.to_owned();
    let of = schema.get("type").and_then(Value::as_str).unwrap_or_default();
    if known.contains(&(of, format.as_str())) || formats::of(schema, typed).is_some() {
        return None;
    }
    schema.shift_remove("format");
    Some(format)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn formats_of_another_type() {
        for (of, format, kept) in [
            ("string", "date-time", true),
            ("integer", "int64", true),
            ("boolean", "date-time", false),
            ("string", "int64", false),
            ("array", "int64", false),
            ("integer", "unix-time", false),
        ] {
            let mut document = json!({"components": {"schemas": {"A": {"type": of, "format": format}}}});
            Pass::of(&mut document, relax);
            assert_eq!(document["components"]["schemas"]["A"].get("format").is_some(), kept, "{format} of {of}");
        }
    }

    #[test]
    fn a_pattern_that_cannot_be_checked_is_left_to_the_server() {
        for (pattern, kept) in [("^a$", true), (r"^\p{L}$", false), (r"\Aa\z", false)] {
            let content = json!({"content": {"application/json": {"schema": {"$ref": "#/components/schemas/A"}}}});
            let mut document = json!({
                "paths": {"/a": {"post": {"requestBody": content, "responses": {}}}},
                "components": {"schemas": {"A": {"type": "string", "pattern": pattern}}},
            });
            let (report, _) = Pass::of(&mut document, relax);
            let left = document["components"]["schemas"]["A"].get("pattern");
            let reported = report.entries.iter().any(|entry| entry.code == Code::W104);
            assert_eq!((left.is_some(), reported), (kept, !kept), "{pattern}");
        }
    }

    #[test]
    fn only_what_is_read_is_relaxed() {
        let schema = json!({"type": "string", "maxLength": 3, "format": "uri", "default": "a"});
        let content = |name: &str| json!({"content": {"application/json": {"schema": {"$ref": format!("#/components/schemas/{name}")}}}});
        let mut document = json!({
            "paths": {"/a": {"post": {"requestBody": content("Written"), "responses": {"200": content("Read")}}}},
            "components": {"schemas": {
                "Read": {"type": "object", "additionalProperties": false, "properties": {"a": schema}},
                "Written": {"type": "object", "additionalProperties": false, "properties": {"a": schema}},
            }},
        });
        Pass::of(&mut document, relax);
        assert_eq!(
            document["components"]["schemas"],
            json!({
                "Read": {"type": "object", "properties": {"a": {"type": "string"}}},
                "Written": {
                    "type": "object", "additionalProperties": false,
                    "properties": {"a": {"type": "string"}},
                },
            })
        );
    }
}
