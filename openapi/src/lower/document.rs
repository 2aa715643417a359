//! Rules on the document around its schemas.

use serde_json::{Map, Value};

use crate::code::Code;
use crate::grammar::{Kind, shape, visit};
use crate::pointer::{Pointer, resolve};
use crate::report::Report;

/// Relabels the document as 3.0.3, the last version progenitor reads.
pub(super) fn version(document: &mut Value, report: &mut Report) {
    let at = Pointer::default().join("openapi");
    let found = document["openapi"].as_str().unwrap_or_default().to_owned();
    if found.starts_with("3.0.") {
        return;
    }
    if !found.starts_with("3.1.") {
        let reason = format!("`{found}` is not 3.1; convert the document to OpenAPI 3.1 first");
        return report.add(Code::R003, &at, reason);
    }
    document["openapi"] = "3.0.3".into();
    report.add(Code::L001, &at, format!("was {found}"));
}

/// Gives every field of every object its disposition; those that 3.0 lacks and a client does not need are removed.
pub(super) fn fields(document: &mut Value, report: &mut Report) {
    visit(document, &mut |kind, at, object| {
        let names: Vec<_> = object.keys().cloned().collect();
        for name in names {
            field(kind, &name, at, object, report);
        }
    });
}

fn field(kind: Kind, name: &str, at: &Pointer, object: &mut Map<String, Value>, report: &mut Report) {
    let omitted = match (kind, name) {
        (Kind::Schema | Kind::MediaType | Kind::Parameter | Kind::Header, "example" | "examples")
        | (Kind::Components, "examples") => Some((Code::O001, "examples are not part of a client")),
        (Kind::Document, "webhooks")
        | (Kind::Operation, "callbacks")
        | (Kind::Response | Kind::Components, "links")
        | (Kind::Components, "callbacks") => Some((Code::O002, "the client makes requests, it takes none")),
        (Kind::Info | Kind::Response, "summary")
        | (Kind::License, "identifier")
        | (Kind::Document, "jsonSchemaDialect")
        | (Kind::Schema, "$comment" | "xml" | "externalDocs") => Some((Code::O003, "no effect on requests or replies")),
        _ => None,
    };
    if let Some((code, reason)) = omitted {
        object.shift_remove(name);
        return report.add(code, &at.join(name), reason);
    }
    if shape(kind, name).is_none() {
        let reason =
            format!("no rule for `{name}` in {kind:?}; remove it in the overlay, or add a rule to mint-openapi");
        return report.add(Code::R001, &at.join(name), reason);
    }
    if matches!(kind, Kind::Schema) {
        *report.kept.entry(name.to_owned()).or_default() += 1;
    }
}

/// Refuses references that lead nowhere: the generator would panic on them.
pub(super) fn references(document: &mut Value, report: &mut Report) {
    let whole = document.clone();
    visit(document, &mut |_, at, object| {
        let Some(reference) = object.get("$ref").and_then(Value::as_str) else {
            return;
        };
        if resolve(&whole, reference).is_none() {
            let reason = format!("`{reference}` is not in the document; documents are read offline and whole");
            report.add(Code::R002, &at.join("$ref"), reason);
        }
    });
}
