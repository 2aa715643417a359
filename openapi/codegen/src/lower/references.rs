//! Makes each reference one to a component of the document, or replaces it by its target.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::lower::alias_cycles;
use crate::lower::document;
use crate::lower::hoisting;
use crate::lower::targets::Targets;
use crate::model::grammar::ObjectKind;
use crate::model::pointer::{Pointer, component_name};
use crate::model::visitor::visit_mut;
use crate::report::{Code, Log, Pass};

/// Makes every reference one to a component of the same kind.
pub(super) fn lower(pass: &mut Pass) {
    let Pass { document, log, .. } = pass;
    let targets = Targets::of(document);
    document::uncalled(document, log);
    while inline_objects(document, &targets, log) {}
    hoisting::hoist(document, &targets, log);
    alias_cycles::cut(document, log);
}

/// Reports why a reference cannot be followed. In a reply it costs the type of that reply, elsewhere the operations.
pub(super) fn refuse(reference: &str, at: &Pointer, targets: &Targets, log: &mut Log) {
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
    let tokens = at.tokens();
    let tokens: Vec<_> = tokens.iter().map(String::as_str).collect();
    let is_in_reply = matches!(tokens[..], ["paths", _, _, "responses", ..] | ["components", "responses", ..]);
    log.add(if is_in_reply { Code::W012 } else { code }, &at.join("$ref"), reason);
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
fn inline_objects(document: &mut Value, targets: &Targets, log: &mut Log) -> bool {
    let mut any = false;
    visit_mut(document, &mut |kind, at, object| {
        let Some(section) = section(kind) else { return };
        let mut seen = BTreeSet::new();
        while let Some(Value::String(reference)) = object.get("$ref") {
            let reference = reference.clone();
            let Some((pointer, target)) = targets.resolve(&reference, &Pointer::default()) else {
                refuse(&reference, at, targets, log);
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
                return log.add(Code::R007, at, "the reference leads back to itself; put in its place what it is for");
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

    fn check(schemas: Value, after: Value, codes: &str) {
        let mut document = json!({"components": {"schemas": schemas}});
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
    fn anchors_ids_and_dynamic_references() {
        check(
            json!({
                "A": {"$id": "https://a/b", "$anchor": "a"},
                "B": {"$ref": "#a"},
                "C": {"$ref": "https://a/b"},
                "D": {"$dynamicRef": "#a"},
            }),
            json!({
                "A": {"$id": "https://a/b", "$anchor": "a"},
                "B": {"$ref": "#/components/schemas/A"},
                "C": {"$ref": "#/components/schemas/A"},
                "D": {"$ref": "#/components/schemas/A"},
            }),
            "L010",
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
    fn a_dynamic_reference_to_several_schemas() {
        check(
            json!({
                "A": {"$dynamicAnchor": "a", "items": {"$dynamicRef": "#a"}},
                "B": {"$dynamicAnchor": "a", "$ref": "#/components/schemas/A"},
            }),
            json!({
                "A": {"$dynamicAnchor": "a", "items": {}},
                "B": {"$dynamicAnchor": "a", "allOf": [{"$ref": "#/components/schemas/A"}]},
            }),
            "W010 L011",
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
