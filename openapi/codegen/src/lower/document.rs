//! Rules on all objects of a document except schemas.

use serde_json::{Value, json};

use crate::model::grammar::{ObjectKind, shape};
use crate::model::pointer::Pointer;
use crate::model::visitor::visit_mut;
use crate::report::{Code, Log, Pass};

/// Sets the version to 3.0.3; progenitor reads only 3.0.
pub(super) fn version(pass: &mut Pass) {
    let Pass { document, log, .. } = pass;
    let at = Pointer::default().join("openapi");
    let found = match document.get("openapi").or_else(|| document.get("swagger")) {
        Some(Value::String(version)) => version.clone(),
        Some(other) => other.to_string(),
        None => {
            let reason = "no field `openapi` names a version; is this an OpenAPI document?";
            return log.add(Code::R003, &at, reason);
        }
    };
    let is = |version: &str| {
        let is_allowed = |char: char| char.is_ascii_alphanumeric() || "-+.".contains(char);
        let patch = found.strip_prefix(version).and_then(|rest| rest.strip_prefix('.'));
        let is_patch =
            |patch: &str| patch.starts_with(|char: char| char.is_ascii_digit()) && patch.chars().all(is_allowed);
        found == version || patch.is_some_and(is_patch)
    };
    if is("3.0") {
        log.add(Code::L001, &at, format!("was {found}, which is read as 3.0.3"));
    } else if is("3.1") || is("3.2") {
        log.add(Code::L001, &at, format!("was {found}"));
    } else {
        let reason = format!(
            "`{}` is neither 3.0, 3.1 nor 3.2; convert the document to OpenAPI 3.1 first",
            found.escape_debug()
        );
        return log.add(Code::R003, &at, reason);
    }
    document["openapi"] = "3.0.3".into();
}

/// Leaves out malformed `components` and sections, so that later rules can add components.
pub(super) fn sections(pass: &mut Pass) {
    let Pass { document, log, .. } = pass;
    let at = Pointer::default().join("components");
    match document.get_mut("components") {
        None => {}
        Some(Value::Object(sections)) => sections.retain(|name, section| {
            if !section.is_object() && !name.starts_with("x-") {
                log.add(Code::W007, &at.join(name), "not a map of components; left out");
            }
            section.is_object() || name.starts_with("x-")
        }),
        Some(other) => {
            *other = json!({});
            log.add(Code::W007, &at, "not an object; left out");
        }
    }
}

/// Reports requirements of security schemes that the document does not define.
pub(super) fn security(pass: &mut Pass) {
    let Pass { document, log, .. } = pass;
    let schemes = document.pointer("/components/securitySchemes").and_then(Value::as_object).cloned();
    // 3.2 also allows the URI of a scheme.
    let is_undefined = |name: &String| {
        !name.contains(['/', '#']) && !schemes.as_ref().is_some_and(|schemes| schemes.contains_key(name))
    };
    visit_mut(document, &mut |kind, at, object| {
        let (ObjectKind::Document | ObjectKind::Operation, Some(Value::Array(list))) = (kind, object.get("security"))
        else {
            return;
        };
        for (index, requirement) in list.iter().enumerate() {
            for (name, _) in requirement.as_object().into_iter().flatten().filter(|(name, _)| is_undefined(name)) {
                let reason = format!("`{name}` is required, and `components.securitySchemes` does not define it");
                log.add(Code::W011, &at.join("security").join(&index.to_string()).join(name), reason);
            }
        }
    });
}

/// Leaves out webhooks, callbacks and links before their references are followed.
pub(super) fn uncalled(document: &mut Value, log: &mut Log) {
    visit_mut(document, &mut |kind, at, object| {
        let fields: &[&str] = match kind {
            ObjectKind::Document => &["webhooks"],
            ObjectKind::Operation => &["callbacks"],
            ObjectKind::Response => &["links"],
            ObjectKind::Components => &["callbacks", "links"],
            // `x-` keys under `paths` are extensions.
            ObjectKind::Paths => return object.retain(|path, _| !path.starts_with("x-")),
            _ => return,
        };
        for field in fields {
            if object.shift_remove(*field).is_some() {
                log.add(Code::O002, &at.join(field), "the client sends requests and receives none");
            }
        }
    });
}

/// Adds the fields that 3.0 requires and 3.1 does not.
pub(super) fn required_parts(pass: &mut Pass) {
    let Pass { document, log, .. } = pass;
    let root = Pointer::default();
    if !document["paths"].is_object() {
        document["paths"] = json!({});
        log.add(Code::L015, &root.join("paths"), "no paths");
    }
    if !document["info"].is_object() {
        document["info"] = json!({});
    }
    for field in ["title", "version"] {
        if !document["info"][field].is_string() {
            let text = match &document["info"][field] {
                Value::Null => "unnamed".to_owned(),
                other => other.to_string(),
            };
            document["info"][field] = text.into();
            log.add(Code::L015, &root.join("info").join(field), "a text is required");
        }
    }
    visit_mut(document, &mut |kind, at, object| match kind {
        ObjectKind::Operation if !object.get("responses").is_some_and(Value::is_object) => {
            object.insert("responses".into(), json!({}));
            log.add(Code::L015, &at.join("responses"), "no replies are described");
        }
        ObjectKind::Response
            if !object.contains_key("$ref") && !object.get("description").is_some_and(Value::is_string) =>
        {
            object.insert("description".into(), "".into());
            log.add(Code::L015, &at.join("description"), "no description");
        }
        ObjectKind::RequestBody if !object.contains_key("$ref") && !object.contains_key("content") => {
            object.insert("content".into(), json!({}));
            log.add(Code::L015, &at.join("content"), "no content is described");
        }
        _ => {}
    });
}

/// Records the disposition of every field of every object; fields that 3.0 lacks are removed.
pub(super) fn fields(pass: &mut Pass) {
    let Pass { document, log, .. } = pass;
    visit_mut(document, &mut |kind, at, object| {
        object.retain(|name, _| is_kept(kind, name, at, log));
    });
}

fn is_kept(kind: ObjectKind, name: &str, at: &Pointer, log: &mut Log) -> bool {
    let disposition = match (kind, name) {
        (
            ObjectKind::Schema | ObjectKind::MediaType | ObjectKind::Parameter | ObjectKind::Header,
            "example" | "examples",
        )
        | (ObjectKind::Components, "examples") => Some((Code::O001, "examples are not part of a client")),
        (ObjectKind::Info | ObjectKind::Response | ObjectKind::Tag, "summary")
        | (ObjectKind::License, "identifier")
        | (ObjectKind::Document, "jsonSchemaDialect" | "$self" | "externalDocs")
        | (ObjectKind::Tag | ObjectKind::Operation, "externalDocs")
        | (ObjectKind::Schema, "$comment" | "xml" | "externalDocs") => {
            Some((Code::O003, "no effect on requests or replies"))
        }
        (ObjectKind::Components, "pathItems") | (ObjectKind::Schema, "$defs" | "definitions") => {
            Some((Code::O005, "the target of the reference has become a component"))
        }
        (ObjectKind::Schema, "$id" | "$schema" | "$anchor" | "$dynamicAnchor" | "$vocabulary") => {
            Some((Code::O005, "references no longer need it"))
        }
        (ObjectKind::MediaType, "itemSchema") => Some((Code::W009, "the items of a stream are read by the caller")),
        _ if shape(kind, name).is_none() => Some((Code::O004, "no specification of OpenAPI 3 defines it")),
        _ => None,
    };
    if let Some((code, reason)) = disposition {
        log.add(code, &at.join(name), reason);
        return false;
    }
    if matches!(kind, ObjectKind::Schema) {
        log.keep(name);
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions() {
        for (document, rejected) in [
            (json!({"openapi": "3.1.2"}), false),
            (json!({"openapi": "3.2.0"}), false),
            (json!({"openapi": "3.0.1"}), false),
            (json!({"openapi": "3.1.0-rc1"}), false),
            (json!({"openapi": "3.1.0\u{200b}"}), true),
            (json!({"openapi": "3.1."}), true),
            (json!({"openapi": "3.10"}), true),
            (json!({"swagger": "2.0"}), true),
            (json!({"openapi": "4.0.0"}), true),
            (json!({"openapi": 3.1}), false),
            (json!({}), true),
        ] {
            let (report, ()) = Pass::of(&mut document.clone(), version);
            assert_eq!(report.rejections().next().is_some(), rejected, "{document}");
        }
    }

    #[test]
    fn required_schemes_are_defined() {
        let mut document = json!({
            "security": [{"gone": []}, {}, {"key": [], "also-gone": []}],
            "paths": {"/a": {"get": {"security": [{"key": []}, {"#/components/securitySchemes/key": []}]}, "put": {"security": [{"gone": []}]}}},
            "components": {"securitySchemes": {"key": {}}},
        });
        let (report, ()) = Pass::of(&mut document, security);
        let found: Vec<_> = report.entries.iter().map(|entry| format!("{} {}", entry.code, entry.pointer)).collect();
        assert_eq!(
            found,
            ["W011 /paths/~1a/put/security/0/gone", "W011 /security/0/gone", "W011 /security/2/also-gone"]
        );
    }

    #[test]
    fn what_is_required_is_added() {
        let mut document = json!({"paths": {"/a": {"get": {}, "put": {"responses": {"204": {}}}}}});
        Pass::of(&mut document, required_parts);
        assert_eq!(
            document,
            json!({
                "paths": {"/a": {"get": {"responses": {}}, "put": {"responses": {"204": {"description": ""}}}}},
                "info": {"title": "unnamed", "version": "unnamed"},
            })
        );
    }
}
