//! The one walk over a document, in a shared and a mutable form.
//!
//! The [grammar](crate::model::grammar) says where objects nest. A value that only looks like an object of the
//! specification, such as `{"$ref": ...}` in a `default`, is never visited.

use serde_json::{Map, Value};

use crate::model::grammar::{ObjectKind, Shape, shape};
use crate::model::pointer::Pointer;

/// Called with the kind, the place and the fields of an object.
type Visitor<'a> = &'a mut dyn FnMut(ObjectKind, &Pointer, &Map<String, Value>);

/// The same, to change the object.
type VisitorMut<'a> = &'a mut dyn FnMut(ObjectKind, &Pointer, &mut Map<String, Value>);

macro_rules! visitor {
    ($visit:ident, $visit_object:ident, $visit_value:ident, $iter:ident, $visitor:ty, $($mutable:tt)?) => {
        /// Calls `visitor` with the kind, the place and the fields of every object of the document, inner objects before
        /// the object that holds them.
        pub(crate) fn $visit(document: &$($mutable)? Value, visitor: $visitor) {
            $visit_value(document, Shape::One(ObjectKind::Document), &mut Pointer::default(), visitor);
        }

        /// Does the same for a value that a field of the given shape holds.
        pub(crate) fn $visit_value(value: &$($mutable)? Value, shape: Shape, at: &mut Pointer, visitor: $visitor) {
            let around = at.len();
            match (shape, value) {
                (Shape::One(kind), Value::Object(object)) => $visit_object(object, kind, at, visitor),
                (Shape::List(kind), Value::Array(list)) => {
                    for (index, inner) in list.$iter().enumerate() {
                        at.push(&index.to_string());
                        $visit_value(inner, Shape::One(kind), at, visitor);
                        at.truncate(around);
                    }
                }
                (Shape::Map(kind), Value::Object(map)) => {
                    for (name, inner) in map.$iter() {
                        at.push(name);
                        $visit_value(inner, Shape::One(kind), at, visitor);
                        at.truncate(around);
                    }
                }
                _ => {}
            }
        }

        /// Does the same for one object.
        pub(crate) fn $visit_object(
            object: &$($mutable)? Map<String, Value>,
            kind: ObjectKind,
            at: &mut Pointer,
            visitor: $visitor,
        ) {
            let around = at.len();
            for (field, inner) in object.$iter() {
                // Most fields are scalars, which need no look into the table.
                if !inner.is_object() && !inner.is_array() {
                    continue;
                }
                if let Some(shape) = shape(kind, field).filter(|shape| !matches!(shape, Shape::Leaf)) {
                    at.push(field);
                    $visit_value(inner, shape, at, visitor);
                    at.truncate(around);
                }
            }
            visitor(kind, at, object);
        }
    };
}

visitor!(visit, visit_object, visit_value, iter, Visitor<'_>,);
visitor!(visit_mut, visit_object_mut, visit_value_mut, iter_mut, VisitorMut<'_>, mut);

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_schema_is_visited_inner_first() {
        let document = json!({
            "paths": {"/a": {"get": {
                "parameters": [{"schema": {"title": "parameter"}}],
                "responses": {"200": {
                    "headers": {"X": {"schema": {"title": "header"}}},
                    "content": {"application/json": {"schema": {"title": "body"}}},
                }},
            }}},
            "components": {"schemas": {"A": {
                "title": "outer",
                "properties": {"title": {"title": "property"}},
                "oneOf": [{"title": "member", "items": {"title": "item"}}],
                "additionalProperties": {"title": "value"},
                "default": {"properties": {"a": {"title": "not a schema"}}},
            }}},
        });
        let mut seen = Vec::new();
        visit(&document, &mut |kind, at, object| {
            if kind == ObjectKind::Schema {
                seen.push(format!("{at} {}", object["title"].as_str().unwrap()));
            }
        });
        assert_eq!(
            seen,
            [
                "/paths/~1a/get/parameters/0/schema parameter",
                "/paths/~1a/get/responses/200/headers/X/schema header",
                "/paths/~1a/get/responses/200/content/application~1json/schema body",
                "/components/schemas/A/properties/title property",
                "/components/schemas/A/oneOf/0/items item",
                "/components/schemas/A/oneOf/0 member",
                "/components/schemas/A/additionalProperties value",
                "/components/schemas/A outer",
            ]
        );
    }
}
