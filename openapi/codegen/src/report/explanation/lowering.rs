//! The rules that rewrite a construct without loss, for any tool.

use super::explained;
use crate::report::Explanation;

pub(crate) const L001: Explanation =
    explained("The generator reads 3.0 only.", r#"{"openapi": "3.1.0"}"#, r#"{"openapi": "3.0.3"}"#, "Nothing.");

pub(crate) const L002: Explanation = explained(
    "3.1 admits null by naming it among the types; 3.0 has a flag for it.",
    r#"{"type": ["string", "null"]}"#,
    r#"{"type": "string", "nullable": true}"#,
    "Nothing.",
);

pub(crate) const L003: Explanation = explained(
    "A union with null among its members admits null and one of the others.",
    r#"{"oneOf": [{"type": "string"}, {"type": "null"}]}"#,
    r#"{"type": "string", "nullable": true}"#,
    "Nothing.",
);

pub(crate) const L004: Explanation = explained(
    "Null among the values of an enum admits null, if the type does, too.",
    r#"{"enum": ["a", null]}"#,
    r#"{"type": "string", "enum": ["a", null], "nullable": true}"#,
    "Nothing.",
);

pub(crate) const L005: Explanation = explained(
    "3.0 has no `const`; an enum of one value says the same.",
    r#"{"const": "world"}"#,
    r#"{"type": "string", "enum": ["world"]}"#,
    "Nothing.",
);

pub(crate) const L006: Explanation = explained(
    "A schema without `type` formally admits any value; its keywords imply a type.",
    r#"{"properties": {"a": {"type": "string"}}}"#,
    r#"{"type": "object", "properties": {"a": {"type": "string"}}}"#,
    "Values of other types, which the schema formally admits, do not decode.",
);

pub(crate) const L007: Explanation = explained(
    "A named schema that admits null would become a type that is an `Option` of itself, so null moves to each use.",
    r#"{"components": {"schemas": {"A": {"type": ["string", "null"]}}}}"#,
    r#"{"components": {"schemas": {"A": {"type": "string"}}}}"#,
    "Nothing.",
);

pub(crate) const L008: Explanation = explained(
    "3.1 writes an exclusive bound as a number; 3.0 writes the bound and a flag.",
    r#"{"type": "integer", "exclusiveMinimum": 0}"#,
    r#"{"type": "integer", "minimum": 0, "exclusiveMinimum": true}"#,
    "Nothing.",
);

pub(crate) const L009: Explanation = explained(
    "`true` as a schema admits anything, as an empty schema does.",
    r#"{"properties": {"a": true}}"#,
    r#"{"properties": {"a": {}}}"#,
    "Nothing.",
);

pub(crate) const L010: Explanation = explained(
    "In 3.0 a reference leads to a component of its kind. The target of any other reference becomes a component, or replaces the reference.",
    r##"{"$defs": {"b": {"type": "string"}}, "properties": {"a": {"$ref": "#/components/schemas/Example/properties/a/$defs/b"}}}"##,
    r##"{"properties": {"a": {"$ref": "#/components/schemas/AB"}}}"##,
    "Nothing.",
);

pub(crate) const L011: Explanation = explained(
    "3.0 ignores keywords beside a reference; in an `allOf` both count.",
    r##"{"$ref": "#/components/schemas/Text", "description": "d"}"##,
    r##"{"allOf": [{"$ref": "#/components/schemas/Text"}], "description": "d"}"##,
    "Nothing.",
);

pub(crate) const L012: Explanation = explained(
    "3.1 has no keyword `nullable`. A document that still uses it means it as 3.0 does.",
    r#"{"type": "string", "nullable": true}"#,
    r#"{"type": "string", "nullable": true}"#,
    "Nothing.",
);

pub(crate) const L013: Explanation = explained(
    "3.0 has two formats for encoded strings.",
    r#"{"type": "string", "contentEncoding": "base64"}"#,
    r#"{"type": "string", "format": "byte"}"#,
    "The media type of the encoded data.",
);

pub(crate) const L014: Explanation = explained(
    "In 3.0 a schema has one type; several types become a union with a member for each.",
    r#"{"type": ["string", "integer"]}"#,
    r#"{"anyOf": [{"type": "string"}, {"type": "integer"}]}"#,
    "Nothing.",
);

pub(crate) const L015: Explanation = explained(
    "3.0 requires parts that 3.1 does not, such as the replies of an operation. A number where a string is required becomes that string.",
    r#"{"paths": {"/a": {"get": {"operationId": "a"}}}}"#,
    r#"{"paths": {"/a": {"get": {"operationId": "a", "responses": {}}}}}"#,
    "Nothing.",
);

pub(crate) const L016: Explanation = explained(
    "A method is named after the id of its operation. Without one it is named after method and path; the second of two equal names gets a number.",
    r#"{"paths": {"/a": {"get": {"responses": {"204": {"description": "done"}}}}}}"#,
    r#"{"paths": {"/a": {"get": {"operationId": "getA", "responses": {"204": {"description": "done"}}}}}}"#,
    "The name changes when the path does.",
);

pub(crate) const L017: Explanation = explained(
    "3.0 knows additional properties only. Where no schema beside it evaluates properties, or any value is allowed, they mean the same.",
    r#"{"type": "object", "properties": {"a": {"type": "string"}}, "unevaluatedProperties": {"type": "integer"}}"#,
    r#"{"type": "object", "properties": {"a": {"type": "string"}}, "additionalProperties": {"type": "integer"}}"#,
    "Nothing.",
);

pub(crate) const L019: Explanation = explained(
    "A dynamic reference leads to the outermost schema on the way to it that has the anchor. A schema that holds one is a template: each schema that gives the anchor a meaning and refers to it is a type of its own.",
    r##"{"components": {"schemas": {"Page": {"type": "object", "properties": {"items": {"type": "array", "items": {"$dynamicRef": "#item"}}}, "$defs": {"any": {"$dynamicAnchor": "item"}}}, "Names": {"$ref": "#/components/schemas/Page", "$defs": {"name": {"$dynamicAnchor": "item", "type": "string"}}}}}}"##,
    r#"{"components": {"schemas": {"Names": {"type": "object", "properties": {"items": {"type": "array", "items": {"type": "string"}}}}}}}"#,
    "Nothing.",
);

pub(crate) const L018: Explanation = explained(
    "3.0 has no schema for the items of a stream. The client reads a stream item by item, and the data of an event as the JSON that it holds.",
    r#"{"paths": {"/a": {"get": {"operationId": "a", "responses": {"200": {"description": "d", "content": {"application/jsonl": {"itemSchema": {"type": "integer"}}}}}}}}}"#,
    r#"{"paths": {"/a": {"get": {"operationId": "a", "responses": {"200": {"description": "d", "content": {"application/jsonl": {"schema": {"type": "integer"}}}}}}}}}"#,
    "Nothing.",
);
