//! Optional properties that may be null: in JSON, a request distinguishes null from absence.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::model::direction::{directions, reached_schemas};
use crate::model::grammar::{ObjectKind, Shape};
use crate::model::graph::{Component, ReferenceGraph};
use crate::model::media_types::JSON;
use crate::model::operations::operations;
use crate::model::pointer::Pointer;
use crate::model::visitor::visit_value;
use crate::prepare::facts::Facts;
use crate::prepare::properties::is;
use crate::report::{Code, Pass};

/// Collects the optional nullable properties of what is sent as JSON. Reports those of forms and parameters, which have
/// no null.
pub(super) fn find(pass: &mut Pass<Facts>) {
    let Pass { document, log, facts } = pass;
    let Sent { as_fields, in_json } = Sent::of(document, facts);
    for name in directions(document).written {
        let schema = &document["components"]["schemas"][&name];
        for (property, described) in schema["properties"].as_object().into_iter().flatten() {
            let is_required = schema["required"].as_array().is_some_and(|all| all.contains(&property.as_str().into()));
            // What only the server sets is not sent.
            if described["nullable"] != true || is_required || is(described, "readOnly", document) {
                continue;
            }
            if in_json.contains(&name) {
                facts.optional_nulls.entry(name.clone()).or_default().insert(property.clone());
            }
            if as_fields.contains(&name) || !in_json.contains(&name) {
                let at = Pointer::component("schemas", &name).join("properties").join(property);
                log.add(Code::W114, &at, "left out of a form or parameter where it is null");
            }
        }
    }
}

/// How the named schemas of bodies are sent; one may be sent in both ways.
#[derive(Default)]
struct Sent {
    /// Whose properties are the fields of a form, or the parts of a multipart body.
    as_fields: BTreeSet<String>,
    /// That are JSON, or within JSON.
    in_json: BTreeSet<String>,
}

impl Sent {
    fn of(document: &Value, facts: &mut Facts) -> Self {
        let mut sent = Self::default();
        let (mut fields, mut json) = (BTreeSet::new(), BTreeSet::new());
        for operation in operations(document) {
            let is_multipart = facts.operation(operation.path, operation.method).multipart.is_some();
            let content = operation.fields.get("requestBody").and_then(|body| body["content"].as_object());
            for (media_type, described) in content.into_iter().flatten() {
                let (own, within) = references(&described["schema"]);
                json.extend(within);
                if media_type == JSON && !is_multipart { &mut json } else { &mut fields }.extend(own);
            }
        }
        while let Some(component) = fields.pop_first() {
            let (own, within) = references(&document["components"]["schemas"][&component.name]);
            json.extend(within);
            if sent.as_fields.insert(component.name) {
                fields.extend(own);
            }
        }
        sent.in_json = reached_schemas(&ReferenceGraph::of(document), json);
        sent
    }
}

/// The components that a schema is composed of, and those of the values within its own.
fn references(schema: &Value) -> (BTreeSet<Component>, BTreeSet<Component>) {
    let (mut own, mut within) = (BTreeSet::new(), BTreeSet::new());
    visit_value(schema, Shape::One(ObjectKind::Schema), &mut Pointer::default(), &mut |_, at, object| {
        let is_within =
            at.tokens().iter().any(|name| ["properties", "items", "additionalProperties"].contains(&&**name));
        if is_within { &mut within } else { &mut own }.extend(Component::referred_by(object));
    });
    (own, within)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::prepare::bodies;

    #[test]
    fn null_is_sent_in_json_and_in_no_form() {
        let to = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
        let text = || json!({"type": "string", "nullable": true});
        let mut of_server = text();
        of_server["readOnly"] = true.into();
        let schemas = json!({
            "A": {"type": "object", "properties": {"a": text(), "b": text(), "c": {}, "d": of_server, "in": to("In")}, "required": ["b"]},
            "In": {"type": "object", "properties": {"a": text()}},
        });
        let json = "application/json";
        for (media_types, sent, reported) in [
            (vec![json], vec!["A", "In"], vec![]),
            (vec!["application/x-www-form-urlencoded"], vec!["In"], vec!["/components/schemas/A/properties/a"]),
            (vec!["multipart/form-data"], vec!["In"], vec!["/components/schemas/A/properties/a"]),
            (vec![json, "multipart/form-data"], vec!["A", "In"], vec!["/components/schemas/A/properties/a"]),
            (vec![], vec![], vec![]),
        ] {
            let mut document = json!({"paths": {}, "components": {"schemas": schemas}});
            for media_type in &media_types {
                let content = json!({*media_type: {"schema": to("A")}});
                let reply = json!({"200": {"content": {json: {"schema": to("A")}}}});
                document["paths"][format!("/{media_type}")] =
                    json!({"put": {"requestBody": {"content": content}, "responses": reply}});
            }
            let (report, facts) = Pass::of(&mut document, |pass| pass.run(&[bodies::prepare, find]));
            assert_eq!(Vec::from_iter(facts.optional_nulls.keys()), sent, "{media_types:?}");
            assert!(facts.optional_nulls.values().all(|names| *names == BTreeSet::from(["a".to_owned()])));
            let found: Vec<_> = report.entries.iter().map(|entry| entry.pointer.as_str()).collect();
            assert_eq!(found, reported, "{media_types:?}");
        }
    }
}
