//! Null of a named schema is moved to where the schema is used.
//!
//! A named schema that admits null would become a Rust type that is an `Option` of itself.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::code::Code;
use crate::grammar::{Kind, visit};
use crate::lower::schema::take_null;
use crate::pointer::{Pointer, component_name};
use crate::report::Report;

pub(super) fn hoist_null(document: &mut Value, report: &mut Report) {
    let mut hoisted = BTreeSet::new();
    loop {
        // A schema that refers to a nullable one becomes nullable itself, hence the rounds; each schema is in one.
        let nullable = take_nullable(document, &hoisted);
        if nullable.is_empty() {
            return;
        }
        for name in &nullable {
            report.add(Code::L007, &Pointer::component("schemas", name), "null is admitted where it is used");
        }
        visit(document, &mut |kind, _, object| {
            if kind == Kind::Schema {
                admit_null(object, &nullable);
            }
        });
        hoisted.extend(nullable);
    }
}

/// Removes the flag from the named schemas that have it, and returns their names.
fn take_nullable(document: &mut Value, hoisted: &BTreeSet<String>) -> BTreeSet<String> {
    let schemas = document.pointer_mut("/components/schemas");
    let schemas = schemas.and_then(Value::as_object_mut);
    let mut nullable = BTreeSet::new();
    for (name, schema) in schemas.into_iter().flatten() {
        let Some(schema) = schema.as_object_mut() else {
            continue;
        };
        if schema.get("nullable") == Some(&true.into()) {
            schema.shift_remove("nullable");
            if !hoisted.contains(name) {
                nullable.insert(name.clone());
            }
        }
    }
    nullable
}

fn admit_null(schema: &mut Map<String, Value>, nullable: &BTreeSet<String>) {
    for keyword in ["oneOf", "anyOf"] {
        if let Some(Value::Array(members)) = schema.get_mut(keyword)
            && take_null(members)
        {
            schema.insert("nullable".into(), true.into());
        }
    }
    let named = schema.get("$ref").and_then(Value::as_str);
    let named = named.and_then(|reference| component_name(reference, "schemas"));
    if named.is_some_and(|name| nullable.contains(&name)) {
        let reference = Value::Object(std::mem::take(schema));
        schema.insert("nullable".into(), true.into());
        schema.insert("allOf".into(), json!([reference]));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn null_moves_through_names_and_unions() {
        let reference = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
        let mut document = json!({"components": {"schemas": {
            "Nullable": {"type": "string", "nullable": true},
            "Alias": reference("Nullable"),
            "Union": {"oneOf": [reference("Alias"), reference("Other")]},
            "Other": {"type": "object", "properties": {"a": reference("Union"), "b": reference("Other")}},
        }}});
        hoist_null(&mut document, &mut Report::default());
        let nullable = |name| json!({"nullable": true, "allOf": [reference(name)]});
        assert_eq!(
            document["components"]["schemas"],
            json!({
                "Nullable": {"type": "string"},
                "Alias": {"allOf": [reference("Nullable")]},
                "Union": {"oneOf": [reference("Alias"), reference("Other")]},
                "Other": {"type": "object", "properties": {"a": nullable("Union"), "b": reference("Other")}},
            })
        );
    }
}
