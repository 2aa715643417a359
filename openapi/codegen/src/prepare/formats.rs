//! Gives the texts of a format a type, where the settings ask for it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use crate::model::grammar::ObjectKind;
use crate::model::names::{pascal_name, unique_name};
use crate::model::visitor::visit_mut;
use crate::plan::Format;
use crate::prepare::facts::Facts;
use crate::prepare::inline_types::reference_to;
use crate::report::Pass;

/// The format of a schema, if texts of it have a type. An enum has names for its values, which say more.
pub(super) fn of(schema: &Map<String, Value>, typed: &BTreeSet<Format>) -> Option<Format> {
    let format = schema.get("format").and_then(Value::as_str).and_then(Format::named)?;
    let is_text = schema.get("type") == Some(&"string".into()) && !schema.contains_key("enum");
    (is_text && typed.contains(&format)).then_some(format)
}

/// Makes each inline text of such a format a reference to a component: typify knows these by name only.
pub(super) fn name(pass: &mut Pass<Facts>) {
    let Pass { document, facts, .. } = pass;
    let components = document.pointer("/components/schemas").and_then(Value::as_object);
    let of_component = |schema: &Value| of(schema.as_object()?, &facts.typed_formats);
    let own = components.into_iter().flatten().filter_map(|(name, schema)| Some((name.clone(), of_component(schema)?)));
    let own: BTreeMap<_, _> = own.collect();
    let mut taken = facts.type_names_in(document);
    let mut names: BTreeMap<Format, String> = BTreeMap::new();
    visit_mut(document, &mut |kind, at, schema| {
        if kind != ObjectKind::Schema || at.in_component().is_some_and(|(_, inner)| inner.is_empty()) {
            return;
        }
        let Some(format) = of(schema, &facts.typed_formats) else { return };
        let name = names.entry(format).or_insert_with(|| {
            let name = pascal_name(format.name());
            if own.get(&name) == Some(&format) { name } else { unique_name(&name, &mut taken) }
        });
        if let Value::Object(reference) = reference_to(name, schema) {
            *schema = reference;
        }
    });
    for (format, name) in &names {
        if !own.contains_key(name) {
            document["components"]["schemas"][name] = json!({"type": "string", "format": format.name()});
        }
    }
    facts.formats = names.into_iter().map(|(format, name)| (name, format)).chain(own).collect();
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(typed: &[Format], schemas: Value, after: Value, formats: &[(&str, Format)]) {
        let mut pass = Pass { document: json!({"components": {"schemas": schemas}}), ..Pass::<Facts>::default() };
        pass.facts.typed_formats = typed.iter().copied().collect();
        name(&mut pass);
        assert_eq!(pass.document["components"]["schemas"], after);
        let formats: BTreeMap<_, _> = formats.iter().map(|(name, format)| ((*name).to_owned(), *format)).collect();
        assert_eq!(pass.facts.formats, formats);
    }

    fn text(format: &str) -> Value {
        json!({"type": "string", "format": format})
    }

    fn to(name: &str) -> Value {
        json!({"$ref": format!("#/components/schemas/{name}")})
    }

    #[test]
    fn texts_of_a_format_are_one_type_wherever_they_are() {
        check(
            &[Format::Uuid, Format::Uri],
            json!({"A": {"properties": {
                "id": text("uuid"),
                "ids": {"type": "array", "items": text("uuid")},
                "named": {"additionalProperties": text("url")},
                "any": {"anyOf": [text("uri"), {"type": "integer"}]},
                "gone": {"type": "string", "format": "uuid", "nullable": true, "description": "d"},
                "day": text("date"),
                "kind": {"type": "string", "format": "uuid", "enum": ["a"]},
                "number": {"type": "integer", "format": "uuid"},
            }}}),
            json!({
                "A": {"properties": {
                    "id": to("Uuid"),
                    "ids": {"type": "array", "items": to("Uuid")},
                    "named": {"additionalProperties": to("Uri")},
                    "any": {"anyOf": [to("Uri"), {"type": "integer"}]},
                    "gone": {"nullable": true, "description": "d", "allOf": [to("Uuid")]},
                    "day": text("date"),
                    "kind": {"type": "string", "format": "uuid", "enum": ["a"]},
                    "number": {"type": "integer", "format": "uuid"},
                }},
                "Uri": text("uri"),
                "Uuid": text("uuid"),
            }),
            &[("Uuid", Format::Uuid), ("Uri", Format::Uri)],
        );
    }

    #[test]
    fn a_component_is_the_type_of_its_name() {
        let of = |id: Value| json!({"properties": {"id": id}});
        check(
            &[Format::Uuid],
            json!({"Uuid": text("uuid"), "Key": text("uuid"), "A": of(text("uuid"))}),
            json!({"Uuid": text("uuid"), "Key": text("uuid"), "A": of(to("Uuid"))}),
            &[("Uuid", Format::Uuid), ("Key", Format::Uuid)],
        );
        check(
            &[Format::Uuid],
            json!({"Uuid": {"type": "integer"}, "A": of(text("uuid"))}),
            json!({"Uuid": {"type": "integer"}, "A": of(to("Uuid2")), "Uuid2": text("uuid")}),
            &[("Uuid2", Format::Uuid)],
        );
        check(&[], of(text("uuid")), of(text("uuid")), &[]);
    }
}
