//! Inline types of components that are no schemas: each becomes a component named after the one that it is in, so that all
//! operations share it.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::model::grammar::{ObjectKind, Shape};
use crate::model::graph::{Component, ReferenceGraph};
use crate::model::names::{rust_name, unique_name};
use crate::model::pointer::Pointer;
use crate::model::visitor::visit_value;
use crate::prepare::facts::Facts;
use crate::prepare::inline_types::{needs_name, reference_to};
use crate::prepare::patterns::can_be_checked;
use crate::report::{Code, Log, Pass};

/// The sections, and what is added to a name that a schema has.
const SECTIONS: [(&str, &str); 3] = [("responses", "Reply"), ("requestBodies", "Body"), ("parameters", "Parameter")];

/// Moves the inline types of shared replies, bodies and parameters to the schemas.
pub(super) fn name(pass: &mut Pass<Facts>) {
    let Pass { document, log, .. } = pass;
    let used = used(document);
    let schemas = document.pointer("/components/schemas").and_then(Value::as_object);
    let taken = schemas.into_iter().flat_map(Map::keys).map(|name| rust_name(name)).collect();
    let mut naming = Naming { taken, named: Vec::new(), log };
    for (section, kind) in SECTIONS {
        let components = document["components"].get_mut(section).and_then(Value::as_object_mut);
        for (name, component) in components.into_iter().flatten() {
            if !used.contains(&Component::new(section, name)) {
                continue;
            }
            let wanted = naming.free(&rust_name(name), kind);
            let at = Pointer::component(section, name);
            if section == "parameters" {
                naming.parameter(component, &wanted, &at.join("schema"));
                continue;
            }
            for (media_type, described) in component["content"].as_object_mut().into_iter().flatten() {
                if let Some(schema) = described.get_mut("schema") {
                    naming.schema(schema, &wanted, &at.join("content").join(media_type).join("schema"));
                }
            }
        }
    }
    let Naming { named, log, .. } = naming;
    log.moved(named.iter().map(|(name, _, at)| (name.clone(), at.clone())));
    for (name, schema, _) in named {
        document["components"]["schemas"][name] = schema;
    }
}

/// The components that operations refer to, directly or through others.
fn used(document: &Value) -> BTreeSet<Component> {
    let mut referred = BTreeSet::new();
    visit_value(&document["paths"], Shape::One(ObjectKind::Paths), &mut Pointer::default(), &mut |_, _, object| {
        referred.extend(Component::referred_by(object));
    });
    ReferenceGraph::of(document).reached_from(referred)
}

struct Naming<'a> {
    taken: BTreeSet<String>,
    /// The new components: name, schema, and the pointer it was at.
    named: Vec<(String, Value, Pointer)>,
    log: &'a mut Log,
}

impl Naming<'_> {
    /// The name of a component, if no schema has it.
    fn free(&self, name: &str, kind: &str) -> String {
        if self.taken.contains(name) { format!("{name}{kind}") } else { name.to_owned() }
    }

    /// An object in a parameter has no type of its own: its properties become parameters.
    fn parameter(&mut self, parameter: &mut Value, wanted: &str, at: &Pointer) {
        match parameter.get_mut("schema") {
            Some(schema) if schema["type"] == "array" && is_text(&schema["items"]) => {
                self.share(&mut schema["items"], &format!("{wanted}Item"), &at.join("items"));
            }
            Some(schema) if is_text(schema) => self.share(schema, wanted, at),
            _ => {}
        }
    }

    fn schema(&mut self, schema: &mut Value, wanted: &str, at: &Pointer) {
        if !is_type(schema) {
            for (keyword, suffix) in [("items", "Item"), ("additionalProperties", "Value")] {
                if let Some(inner) = schema.get_mut(keyword) {
                    self.schema(inner, &format!("{wanted}{suffix}"), &at.join(keyword));
                }
            }
            return;
        }
        self.share(schema, wanted, at);
    }

    fn share(&mut self, schema: &mut Value, wanted: &str, at: &Pointer) {
        let Value::Object(mut inline) = schema.take() else { return };
        let place = inline.clone();
        inline.shift_remove("nullable");
        let inline = Value::Object(inline);
        // Replies of several media types often have one schema.
        let known = self.named.iter().find(|(name, known, _)| name.starts_with(wanted) && *known == inline);
        let name = known.map(|(name, ..)| name.clone()).unwrap_or_else(|| {
            let name = unique_name(wanted, &mut self.taken);
            self.log.add(Code::L103, at, format!("named `{name}`"));
            self.named.push((name.clone(), inline, at.clone()));
            name
        });
        *schema = reference_to(&name, &place);
    }
}

/// Whether a string has a type of its own in a parameter.
fn is_text(schema: &Value) -> bool {
    let is_checked = |pattern: &Value| pattern.as_str().is_none_or(can_be_checked);
    schema["type"] == "string"
        && needs_name(schema)
        && (schema.get("enum").is_some() || schema.get("format").is_none() && is_checked(&schema["pattern"]))
}

/// Whether a schema of a body has a type of its own, after merging.
fn is_type(schema: &Value) -> bool {
    let is_merged = schema["allOf"].as_array().is_some_and(|members| members.len() > 1);
    // The checks of a string are left out of replies.
    is_merged || needs_name(schema) && (schema["type"] != "string" || schema.get("enum").is_some())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn operations_share_the_types_of_shared_parts() {
        let object = |name: &str| json!({"type": "object", "properties": {name: {"type": "string"}}});
        let content = |schema: Value| json!({"content": {"application/json": {"schema": schema}}});
        let to = |section: &str, name: &str| json!({"$ref": format!("#/components/{section}/{name}")});
        let sort = json!({"name": "sort", "in": "query", "schema": {"type": "string", "enum": ["up"]}});
        let mut several = content(object("a"));
        several["content"]["application/hal+json"] = json!({"schema": object("a")});
        several["content"]["application/vnd.a+json"] = json!({"schema": object("b")});
        let mut document = json!({
            "paths": {"/a": {"get": {
                "parameters": [to("parameters", "Sort"), to("parameters", "Filter")],
                "requestBody": to("requestBodies", "order"),
                "responses": {"200": to("responses", "Page"), "400": to("responses", "Taken"), "500": to("responses", "Other")},
            }}},
            "components": {
                "schemas": {"Taken": {}},
                "parameters": {"Sort": sort, "Filter": {"name": "f", "in": "query", "schema": object("f")}},
                "requestBodies": {"order": content(json!({"nullable": true, "allOf": [to("schemas", "Taken"), object("a")]}))},
                "responses": {
                    "Page": content(json!({"type": "array", "items": object("p")})), "Taken": several,
                    "Other": to("responses", "Text"), "Text": content(json!({"type": "string", "maxLength": 2})),
                    "Unused": content(object("a")),
                },
            },
        });
        let given = document["components"].clone();
        Pass::of(&mut document, name);
        let components = &document["components"];
        assert_eq!(
            components["schemas"],
            json!({
                "Taken": {},
                "PageItem": object("p"),
                "TakenReply": object("a"),
                "TakenReply2": object("b"),
                "Order": {"allOf": [to("schemas", "Taken"), object("a")]},
                "Sort": sort["schema"],
            })
        );
        let schema = |part: &str| components.pointer(&format!("/{part}/schema")).unwrap();
        assert_eq!(schema("parameters/Sort"), &to("schemas", "Sort"));
        assert_eq!(schema("responses/Page/content/application~1json")["items"], to("schemas", "PageItem"));
        let order = json!({"nullable": true, "allOf": [to("schemas", "Order")]});
        assert_eq!(schema("requestBodies/order/content/application~1json"), &order);
        for (media_type, name) in [("json", "TakenReply"), ("hal+json", "TakenReply"), ("vnd.a+json", "TakenReply2")] {
            let at = format!("responses/Taken/content/application~1{media_type}");
            assert_eq!(schema(&at), &to("schemas", name));
        }
        for same in ["responses/Unused", "responses/Text", "parameters/Filter"] {
            assert_eq!(components.pointer(&format!("/{same}")), given.pointer(&format!("/{same}")), "{same}");
        }
    }
}
