//! Constraints on what a server sends are not checked: a reply that breaks one is still worth reading.

use serde_json::{Map, Value};

use crate::code::Code;
use crate::grammar::{Kind, visit, visit_object};
use crate::pointer::Pointer;
use crate::prepare::directions;
use crate::report::Report;

pub(super) fn relax(document: &mut Value, report: &mut Report) {
    let directions = directions(document);
    let schemas = document.pointer_mut("/components/schemas");
    for (name, schema) in schemas.and_then(Value::as_object_mut).into_iter().flatten() {
        if !directions.read.contains(name) {
            continue;
        }
        let also = match directions.written.contains(name) {
            true => ", nor in requests, which use the same type",
            false => "",
        };
        let mut at = Pointer::component("schemas", name);
        visit_object(schema, Kind::Schema, &mut at, &mut |kind, at, schema| {
            if kind == Kind::Schema {
                constraints(schema, also, at, report);
            }
        });
    }
    visit(document, &mut |kind, at, schema| {
        if kind != Kind::Schema {
            return;
        }
        if at.as_str().contains("/responses/") {
            constraints(schema, "", at, report);
        }
        if schema.shift_remove("default").is_some() {
            report.add(Code::W103, &at.join("default"), "left to the server, which may change it");
        }
    });
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

fn constraints(schema: &mut Map<String, Value>, also: &str, at: &Pointer, report: &mut Report) {
    for keyword in CONSTRAINTS {
        if let Some(value) = schema.shift_remove(*keyword) {
            report.add(Code::W101, &at.join(keyword), format!("`{value}` is not checked{also}"));
        }
    }
    if schema.get("additionalProperties") == Some(&false.into()) {
        schema.shift_remove("additionalProperties");
        report.add(Code::W101, &at.join("additionalProperties"), format!("unknown properties are ignored{also}"));
    }
    // A time keeps its text; every other format would make its Rust type refuse values.
    let format = schema.get("format").and_then(Value::as_str).map(str::to_owned);
    if let Some(format) = format.filter(|format| !["date-time", "int64", "double", "float"].contains(&format.as_str()))
    {
        schema.shift_remove("format");
        report.add(Code::W101, &at.join("format"), format!("`{format}` is not checked{also}"));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

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
        relax(&mut document, &mut Report::default());
        assert_eq!(
            document["components"]["schemas"],
            json!({
                "Read": {"type": "object", "properties": {"a": {"type": "string"}}},
                "Written": {
                    "type": "object", "additionalProperties": false,
                    "properties": {"a": {"type": "string", "maxLength": 3, "format": "uri"}},
                },
            })
        );
    }
}
