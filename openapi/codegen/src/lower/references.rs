//! Makes each reference one to a component of the document, or replaces it by its target.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::lower::alias_cycles;
use crate::lower::document;
use crate::lower::hoisting;
use crate::lower::targets::Targets;
use crate::model::direction::written_components;
use crate::model::grammar::ObjectKind;
use crate::model::graph::Component;
use crate::model::pointer::{Pointer, component_name};
use crate::model::visitor::visit_mut;
use crate::report::{Code, Log, Pass};

/// Makes every reference one to a component of the same kind.
pub(super) fn lower(pass: &mut Pass) {
    let Pass { document, log, .. } = pass;
    let targets = Targets::of(document);
    let mut refused = Vec::new();
    document::uncalled(document, log);
    while inline_objects(document, &targets, log, &mut refused) {}
    hoisting::hoist(document, &targets, log, &mut refused);
    // A component that is cut refers to none.
    let written = written_components(document);
    alias_cycles::cut(document, &mut refused);
    report(document, &written, refused, log);
}

/// A reference that cannot be followed.
#[derive(Debug)]
pub(super) struct Refused {
    pub(super) code: Code,
    pub(super) at: Pointer,
    /// Its place in the document as given: another one in a component that was made of a part of another.
    pub(super) origin: Pointer,
    pub(super) reason: String,
}

impl Refused {
    pub(super) fn new(code: Code, at: &Pointer, reason: &str) -> Self {
        Self { code, at: at.clone(), origin: at.clone(), reason: reason.to_owned() }
    }

    /// A reference that leads nowhere, or out of the document.
    pub(super) fn dangling(reference: &str, at: &Pointer, origin: &Pointer, targets: &Targets) -> Self {
        let (code, reason) = if !reference.starts_with('#') {
            let reason = "is outside the document; copy what it names into the document: nothing is fetched";
            (Code::R006, format!("`{reference}` {reason}"))
        } else if let Some(missing) = targets.first_missing(reference) {
            // References into a part that is missing share a reason, and are reported together.
            (Code::R002, format!("the document has nothing at `{missing}`; add it, or remove the reference"))
        } else {
            let reason = "is not of the kind that is expected here; name another, or remove the reference";
            (Code::R002, format!("`{reference}` {reason}"))
        };
        Self { code, at: at.join("$ref"), origin: origin.join("$ref"), reason }
    }
}

/// Reports references that cannot be followed. One that only replies reach costs the type of what it stands for; any other
/// costs the operations that reach it.
fn report(document: &Value, written: &BTreeSet<Component>, refused: Vec<Refused>, log: &mut Log) {
    // Not what was in a schema that became a component, whose own references are among these.
    let is_there = |refused: &Refused| document.pointer(refused.at.as_str().trim_end_matches("/$ref")).is_some();
    for Refused { code, at, origin, reason } in refused.into_iter().filter(is_there) {
        let tokens = at.tokens();
        let tokens: Vec<_> = tokens.iter().map(String::as_str).collect();
        let is_only_read = match tokens[..] {
            ["paths", _, _, "responses", ..] => true,
            ["components", section, name, ..] => !written.contains(&Component::new(section, name)),
            _ => false,
        };
        log.add_from(if is_only_read { Code::W012 } else { code }, &at, origin, reason);
    }
}

/// The section of `components` that a reference to an object of this kind leads to in 3.0; empty if 3.0 has none.
fn section(kind: ObjectKind) -> Option<&'static str> {
    Some(match kind {
        ObjectKind::Parameter => "parameters",
        ObjectKind::Response => "responses",
        ObjectKind::RequestBody => "requestBodies",
        ObjectKind::Header => "headers",
        ObjectKind::SecurityScheme => "securitySchemes",
        ObjectKind::Link => "links",
        ObjectKind::Callback => "callbacks",
        ObjectKind::PathItem => "",
        _ => return None,
    })
}

/// Replaces references that 3.0 does not allow by their targets; returns whether it replaced any.
fn inline_objects(document: &mut Value, targets: &Targets, log: &mut Log, refused: &mut Vec<Refused>) -> bool {
    let mut any = false;
    visit_mut(document, &mut |kind, at, object| {
        let Some(section) = section(kind) else { return };
        let mut seen = BTreeSet::new();
        while let Some(Value::String(reference)) = object.get("$ref") {
            let reference = reference.clone();
            let Some((pointer, target)) = targets.resolve(&reference, &Pointer::default()) else {
                refused.push(Refused::dangling(&reference, at, at, targets));
                object.shift_remove("$ref");
                return;
            };
            let canonical = format!("#{pointer}");
            if !section.is_empty() && component_name(&canonical, section).is_some() {
                object["$ref"] = canonical.into();
                return;
            }
            object.shift_remove("$ref");
            if !seen.insert(pointer.clone()) || pointer == at.as_str() {
                let reason = "the reference leads back to itself; put in its place what it is for";
                return refused.push(Refused::new(Code::R007, at, reason));
            }
            any = true;
            log.add(Code::L010, at, format!("`{reference}` is put in its place"));
            for (field, value) in target.as_object().into_iter().flatten() {
                object.entry(field.clone()).or_insert_with(|| value.clone());
            }
        }
    });
    any
}

/// Moves a reference with other keywords into an `allOf`, since 3.0 ignores keywords beside a reference.
pub(super) fn siblings(schema: &mut Map<String, Value>, at: &Pointer, log: &mut Log) {
    let says_nothing = |key: &str| key.starts_with("x-") || ["$ref", "$comment", "$id", "$schema"].contains(&key);
    if schema.keys().all(|key| says_nothing(key)) {
        schema.retain(|key, _| key == "$ref");
        return;
    }
    log.add(Code::L011, at, "the reference moves into an `allOf`");
    let reference = schema.shift_remove("$ref").unwrap_or_default();
    let members = schema.entry("allOf").or_insert_with(|| json!([]));
    if let Value::Array(members) = members {
        members.insert(0, json!({"$ref": reference}));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_without_its_type_costs_no_operation() {
        let content = |reference: &str| json!({"application/json": {"schema": {"$ref": reference}}});
        for (reply, code) in [
            (json!({"content": content("#/components/schemas/Gone")}), "W012"),
            (json!({"content": content("other.json#/A")}), "W012"),
            (json!({"$ref": "#/components/responses/Gone"}), "W012"),
            (json!({"content": {"application/json": {"schema": {"items": {"$ref": "#/nowhere"}}}}}), "W012"),
        ] {
            let mut document = json!({"paths": {"/a": {"get": {"responses": {"200": reply}}}}, "components": {}});
            let (report, ()) = Pass::of(&mut document, lower);
            let codes: Vec<_> = report.entries.iter().map(|entry| entry.code.to_string()).collect();
            assert_eq!(codes, [code], "{reply}");
            assert!(!document.to_string().contains("$ref"), "{document}");
        }
        let body = json!({"requestBody": {"content": content("#/components/schemas/Gone")}});
        let mut document = json!({"paths": {"/a": {"get": body}}, "components": {}});
        let (report, ()) = Pass::of(&mut document, lower);
        assert_eq!(report.entries[0].code, Code::R002);
    }

    /// Where a reference cannot be followed, what becomes of it is decided by who reaches it.
    #[test]
    fn a_component_that_only_replies_reach_costs_no_operation() {
        let to = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
        let content = |schema: Value| json!({"content": {"application/json": {"schema": schema}}});
        for (reply, body, codes) in [
            ("Dangling", "Text", "W012"),
            ("Around", "Text", "W012"),
            ("Itself", "Text", "W012"),
            ("Text", "Dangling", "R002"),
            ("Text", "Around", "R002"),
            ("Text", "Itself", "R007"),
            ("Around", "Around", "R002"),
            ("Text", "Text", "W012"),
            // The part becomes a component of its own.
            ("Whole", "Whole/properties/part", "L010 R002"),
            ("Whole/properties/part", "Text", "L010 W012"),
        ] {
            let mut schemas = json!({"Text": {"type": "string"}});
            let given = match reply.split('/').next().unwrap() {
                "Text" => body.split('/').next().unwrap(),
                reply => reply,
            };
            schemas["Dangling"] = json!({"properties": {"a": {"$ref": "#/nowhere"}}});
            schemas["Around"] = json!({"properties": {"a": {"items": to("Dangling")}}});
            if given == "Itself" {
                schemas["Itself"] = to("Itself");
                schemas["Dangling"] = json!({});
            }
            if given == "Whole" {
                schemas["Whole"] = json!({"properties": {"part": {"properties": {"a": {"$ref": "#/nowhere"}}}}});
                schemas["Dangling"] = json!({});
            }
            let operation = json!({"requestBody": content(to(body)), "responses": {"200": content(to(reply))}});
            let mut document = json!({"paths": {"/a": {"put": operation}}, "components": {"schemas": schemas}});
            let (report, ()) = Pass::of(&mut document, lower);
            let found: Vec<_> = report.entries.iter().map(|entry| entry.code.to_string()).collect();
            assert_eq!(found.join(" "), codes, "{reply} and {body}");
            assert!(!report.entries.iter().any(|entry| entry.pointer.as_str().contains("WholePart")), "{report:?}");
        }
        let header = json!({"H": {"schema": {"$ref": "other.json"}}});
        let reply = json!({"200": {"headers": {"H": {"$ref": "#/components/headers/H"}}}});
        let mut document = json!({"paths": {"/a": {"get": {"responses": reply}}}, "components": {"headers": header}});
        let (report, ()) = Pass::of(&mut document, lower);
        assert_eq!(report.entries[0].code, Code::W012);
    }

    /// Lowers schemas that requests reach.
    fn check(schemas: Value, after: Value, codes: &str) {
        let names = schemas.as_object().unwrap().keys();
        let parameters = names.map(|name| json!({"schema": {"$ref": format!("#/components/schemas/{name}")}}));
        let parameters: Vec<_> = parameters.collect();
        let mut document =
            json!({"paths": {"/a": {"get": {"parameters": parameters}}}, "components": {"schemas": schemas}});
        let (report, ()) = Pass::of(&mut document, lower);
        assert_eq!(document["components"]["schemas"], after);
        let found: Vec<_> = report.entries.iter().map(|entry| entry.code.to_string()).collect();
        assert_eq!(found.join(" "), codes);
    }

    #[test]
    fn deep_pointers_become_components() {
        check(
            json!({
                "A": {"properties": {"b c": {"type": "string"}}},
                "B": {"$ref": "#/components/schemas/A/properties/b%20c"},
                "C": {"$defs": {"d": {"items": {"$ref": "#/components/schemas/C/$defs/d"}}}, "$ref": "#/components/schemas/C/$defs/d"},
            }),
            json!({
                "A": {"properties": {"b c": {"type": "string"}}},
                "B": {"$ref": "#/components/schemas/ABc"},
                "C": {
                    "$defs": {"d": {"items": {"$ref": "#/components/schemas/CD"}}},
                    "allOf": [{"$ref": "#/components/schemas/CD"}],
                },
                "ABc": {"type": "string"},
                "CD": {"items": {"$ref": "#/components/schemas/CD"}},
            }),
            "L010 L010 L011",
        );
    }

    #[test]
    fn anchors_and_ids() {
        check(
            json!({
                "A": {"$id": "https://a/b", "$anchor": "a"},
                "B": {"$ref": "#a"},
                "C": {"$ref": "https://a/b"},
            }),
            json!({
                "A": {"$id": "https://a/b", "$anchor": "a"},
                "B": {"$ref": "#/components/schemas/A"},
                "C": {"$ref": "#/components/schemas/A"},
            }),
            "",
        );
        check(
            json!({"A": {"$defs": {"d": {"type": "string"}}, "items": {"$ref": "#/$defs/d"}}}),
            json!({
                "A": {"$defs": {"d": {"type": "string"}}, "items": {"$ref": "#/components/schemas/AD"}},
                "AD": {"type": "string"},
            }),
            "L010",
        );
    }

    #[test]
    fn examples_are_left_out_wherever_they_lead() {
        let nowhere = json!({"e": {"$ref": "#/components/examples/none"}});
        let mut document =
            json!({"components": {"parameters": {"P": {"name": "p", "in": "query", "examples": nowhere}}}});
        let (report, ()) = Pass::of(&mut document, lower);
        assert_eq!(report.entries.len(), 0, "{report:?}");
    }

    #[test]
    fn references_to_nowhere_to_the_network_and_to_themselves() {
        check(
            json!({
                "A": {"$ref": "#/components/schemas/None"},
                "B": {"$ref": "https://example.com/b.json"},
                "C": {"$ref": "#/components/schemas/D"},
                "D": {"$ref": "#/components/schemas/C"},
                "E": {"$ref": "#/components/schemas/E"},
                "F": {"$ref": "#/components/schemas/E"},
            }),
            json!({"A": {}, "B": {}, "C": {}, "D": {}, "E": {}, "F": {"$ref": "#/components/schemas/E"}}),
            "R002 R006 R007 R007 R007",
        );
        check(
            json!({"A": {"properties": {"root": {"$ref": "#"}, "other": {"$ref": "#/components"}}}}),
            json!({"A": {"properties": {"root": {}, "other": {}}}}),
            "R002 R002",
        );
    }

    #[test]
    fn a_refusal_names_the_shortest_part_that_is_missing() {
        for (reference, expected) in [
            ("#/components/schemas/None", "the document has nothing at `#/components/schemas/None`"),
            ("#/components/schemas/None/items", "the document has nothing at `#/components/schemas/None`"),
            ("#/definitions/a/b", "the document has nothing at `#/definitions`"),
            ("#/components/schemas/A%20B", "the document has nothing at `#/components/schemas/A%20B`"),
            ("#anchor", "the document has nothing at `#anchor`"),
            ("#/components/responses/R", "`#/components/responses/R` is not of the kind"),
            ("#", "`#` is not of the kind"),
            ("models.yaml#/A", "`models.yaml#/A` is outside the document"),
        ] {
            let mut document =
                json!({"components": {"schemas": {"S": {"$ref": reference}}, "responses": {"R": {"description": ""}}}});
            let (report, ()) = Pass::of(&mut document, lower);
            let reasons: Vec<_> = report.entries.iter().map(|entry| &entry.reason).collect();
            assert!(reasons.len() == 1 && reasons[0].starts_with(expected), "{reference}: {reasons:?}");
        }
    }

    #[test]
    fn each_schema_with_an_id_has_its_own_names() {
        let anchored = |name: &str, of: &str| json!({"$id": format!("https://a.b/{name}"), "$defs": {"d": {"$anchor": "d", "type": of}}, "items": {"$ref": "#d"}});
        let after = |name: &str, of: &str, to: &str| json!({"$id": format!("https://a.b/{name}"), "$defs": {"d": {"$anchor": "d", "type": of}}, "items": {"$ref": format!("#/components/schemas/{to}")}});
        check(
            json!({
                "A": anchored("a", "string"),
                "B": anchored("b", "integer"),
                "C": {"$id": "https://a.b/c/c", "properties": {
                    "c": {"$ref": "#/properties/d"}, "d": {"$ref": "#"}, "a": {"$ref": "../a"}, "b": {"$ref": "/b#d"},
                }},
            }),
            json!({
                "A": after("a", "string", "AD"),
                "B": after("b", "integer", "BD"),
                "C": {"$id": "https://a.b/c/c", "properties": {
                    "c": {"$ref": "#/components/schemas/CD"}, "d": {"$ref": "#/components/schemas/C"},
                    "a": {"$ref": "#/components/schemas/A"}, "b": {"$ref": "#/components/schemas/BD"},
                }},
                "AD": {"$anchor": "d", "type": "string"},
                "BD": {"$anchor": "d", "type": "integer"},
                "CD": {"$ref": "#/components/schemas/C"},
            }),
            "L010 L010 L010",
        );
    }

    #[test]
    fn path_items_and_components_that_lead_back_to_themselves() {
        let to = |reference: &str| json!({"$ref": reference});
        let mut paths: Map<_, _> =
            (0..50).map(|number| (format!("/{number}"), to(&format!("#/paths/~1{}", number + 1)))).collect();
        paths.insert("/50".into(), json!({"get": {"parameters": [to("#/components/parameters/A")]}}));
        paths.insert("/self".into(), to("#/paths/~1self"));
        paths.insert("/a".into(), to("#/paths/~1b"));
        paths.insert("/b".into(), to("#/paths/~1a"));
        let mut document = json!({"paths": paths, "components": {"parameters": {
            "A": to("#/components/parameters/B"), "B": to("#/components/parameters/A"),
        }}});
        let (report, ()) = Pass::of(&mut document, lower);
        assert_eq!(document["paths"]["/0"]["get"], json!({"parameters": [to("#/components/parameters/A")]}));
        let refused: Vec<_> = report.rejections().map(|entry| format!("{} {}", entry.code, entry.pointer)).collect();
        assert_eq!(
            refused,
            [
                "R007 /paths/~1self",
                "R007 /paths/~1a",
                "R007 /paths/~1b",
                "R007 /components/parameters/A",
                "R007 /components/parameters/B"
            ]
        );
    }
}
