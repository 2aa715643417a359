//! Boolean schemas, which 3.0 has for `additionalProperties` only.

use serde_json::{Map, Value, json};

use crate::model::grammar::{ObjectKind, Shape, shape};
use crate::model::pointer::Pointer;
use crate::model::visitor::visit_mut;
use crate::report::{Code, Log, Pass};

/// `true` becomes `{}`, which admits anything, too; `false` is not checked.
pub(super) fn lower(pass: &mut Pass) {
    let Pass { document, log, .. } = pass;
    visit_mut(document, &mut |kind, at, object| {
        if let Some(Value::Object(properties)) = object.get_mut("properties").filter(|_| kind == ObjectKind::Schema) {
            forbidden_properties(properties, &at.join("properties"), log);
        }
        for (field, inner) in object.iter_mut() {
            match inner {
                Value::Bool(_) if !KEEP.contains(&field.as_str()) => {
                    if let Some(Shape::One(ObjectKind::Schema)) = shape(kind, field) {
                        one(inner, || at.join(field), log);
                    }
                }
                Value::Array(list) if list.iter().any(Value::is_boolean) => {
                    if let Some(Shape::List(ObjectKind::Schema)) = shape(kind, field) {
                        for (index, inner) in list.iter_mut().enumerate() {
                            one(inner, || at.join(field).join(&index.to_string()), log);
                        }
                    }
                }
                Value::Object(map) if map.values().any(Value::is_boolean) => {
                    if let Some(Shape::Map(ObjectKind::Schema)) = shape(kind, field) {
                        for (name, inner) in map {
                            one(inner, || at.join(field).join(name), log);
                        }
                    }
                }
                _ => {}
            }
        }
    });
}

/// Keywords whose own rules take a boolean.
const KEEP: &[&str] = &["additionalProperties", "unevaluatedProperties", "unevaluatedItems", "items"];

/// Leaves out properties with the schema `false`: no valid value has them.
fn forbidden_properties(properties: &mut Map<String, Value>, at: &Pointer, log: &mut Log) {
    properties.retain(|name, schema| {
        let forbidden = *schema == Value::Bool(false);
        if forbidden {
            log.add(Code::W001, &at.join(name), "a property that must be absent is left out");
        }
        !forbidden
    });
}

fn one(schema: &mut Value, at: impl Fn() -> Pointer, log: &mut Log) {
    match schema {
        Value::Bool(true) => log.add(Code::L009, &at(), "`true` is `{}`"),
        Value::Bool(false) => log.add(Code::W001, &at(), "`false` is read as any value"),
        _ => return,
    }
    *schema = json!({});
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn booleans_become_schemas() {
        let mut document = json!({"components": {"schemas": {
            "A": true,
            "B": {"properties": {"a": true, "b": false}, "additionalProperties": false, "anyOf": [true, false]},
        }}});
        Pass::of(&mut document, lower);
        assert_eq!(
            document["components"]["schemas"],
            json!({"A": {}, "B": {"properties": {"a": {}}, "additionalProperties": false, "anyOf": [{}, {}]}})
        );
    }
}
