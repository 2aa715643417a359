//! The rules that reject a construct.

use super::explained;
use crate::report::Explanation;

pub(crate) const R000: Explanation = explained(
    "progenitor or typify panics, overflows its stack, runs without end or writes what is no Rust, on a construct that no rule takes before it sees it. A stack that overflows aborts the process: generate from a document that you do not know in a child process. To find the construct, remove halves of the document until it generates.",
    "lists that may be null, each the items of another, 122 deep",
    "nothing is generated",
    "Everything.",
);

pub(crate) const R002: Explanation = explained(
    "A reference that requests reach has no target in the document. Add the target, or remove the reference. W012 is for replies.",
    r##"{"paths": {"/a": {"post": {"operationId": "a", "requestBody": {"required": true, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Missing"}}}}, "responses": {"204": {"description": "done"}}}}}}"##,
    "the operations that reach it are left out",
    "Those operations.",
);

pub(crate) const R003: Explanation = explained(
    "The document is OpenAPI 2, or has no version. Convert it to OpenAPI 3 first.",
    r#"{"swagger": "2.0"}"#,
    "nothing is generated",
    "Everything.",
);

pub(crate) const R004: Explanation = explained(
    "A `$ref` must be a string, and every part of an operation must have the form that the specification defines.",
    r#"{"$ref": 1}"#,
    "the operations that reach it are left out",
    "Those operations.",
);

pub(crate) const R005: Explanation = explained(
    "OpenAPI 3.0 has fields for eight methods. A generated client sends others, too, but at most six of them for each path; the lowering alone, which is for any tool, leaves them out.",
    r#"{"paths": {"/a": {"additionalOperations": {"A": {}, "B": {}, "C": {}, "D": {}, "E": {}, "F": {}, "G": {}}}}}"#,
    "the operation of the method `G` is left out",
    "That operation.",
);

pub(crate) const R006: Explanation = explained(
    "Builds are offline, so every target must be in the document. Bundle the document first.",
    r#"{"paths": {"/a": {"post": {"operationId": "a", "requestBody": {"required": true, "content": {"application/json": {"schema": {"$ref": "https://example.com/a.json"}}}}, "responses": {"204": {"description": "done"}}}}}}"#,
    "the operations that reach it are left out",
    "Those operations.",
);

pub(crate) const R007: Explanation = explained(
    "A schema, parameter, reply or path that refers to itself defines nothing.",
    r##"{"paths": {"/a": {"post": {"operationId": "a", "requestBody": {"required": true, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/A"}}}}, "responses": {"204": {"description": "done"}}}}}, "components": {"schemas": {"A": {"$ref": "#/components/schemas/B"}, "B": {"$ref": "#/components/schemas/A"}}}}"##,
    "the operations that reach it are left out",
    "Those operations.",
);

pub(crate) const R008: Explanation = explained(
    "A schema that is an `allOf` of itself has no end. One that only replies reach is read as any value (W012).",
    r##"{"paths": {"/a": {"put": {"operationId": "a", "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/A"}}}}, "responses": {"204": {"description": "done"}}}}}, "components": {"schemas": {"A": {"allOf": [{"$ref": "#/components/schemas/A"}, {"type": "object"}]}}}}"##,
    "the operations that reach it are left out",
    "Those operations.",
);

pub(crate) const R009: Explanation = explained(
    "A document of more than 20 MB, or nested deeper than 128, would cost time and memory without bound.",
    "an array in an array, 129 deep",
    "nothing is generated",
    "Everything.",
);

pub(crate) const R101: Explanation = explained(
    "The client would write a value that every call needs in another way than the server reads it. The reason names the cause, which is one of these. The place is none of path, query, header and cookie; in the place of `body`, which is of OpenAPI 2, there is `requestBody`. The name is none that a header can have. The style is none of its place. The media type is not JSON, or there are several. The value is a list or an object whose items have no form in its style: in a query, give the parameter the media type JSON (`content`).",
    r#"{"paths": {"/place": {"get": {"operationId": "place", "parameters": [{"name": "b", "in": "body", "schema": {"type": "string"}, "required": true}], "responses": {"204": {"description": "done"}}}}, "/name": {"get": {"operationId": "name", "parameters": [{"name": "b c", "in": "header", "schema": {"type": "string"}, "required": true}], "responses": {"204": {"description": "done"}}}}, "/style": {"get": {"operationId": "style", "parameters": [{"name": "b", "in": "query", "style": "simple", "schema": {"type": "string"}, "required": true}], "responses": {"204": {"description": "done"}}}}, "/media-type": {"get": {"operationId": "mediaType", "parameters": [{"name": "b", "in": "query", "content": {"application/xml": {"schema": {"type": "string"}}}, "required": true}], "responses": {"204": {"description": "done"}}}}, "/value": {"get": {"operationId": "value", "parameters": [{"name": "b", "in": "query", "schema": {"type": "array", "items": {"type": "object", "properties": {"c": {"type": "string"}}}}, "required": true}], "responses": {"204": {"description": "done"}}}}}}"#,
    "all five operations are left out, each for another of these causes",
    "Those operations.",
);

pub(crate) const R102: Explanation = explained(
    "A cookie is named by a token (RFC 6265, section 4.1.1); any other name would end the header, or another cookie.",
    r#"{"paths": {"/a": {"get": {"operationId": "a", "parameters": [{"name": "b;c", "in": "cookie", "required": true, "schema": {"type": "string"}}], "responses": {"204": {"description": "done"}}}}}}"#,
    "the operation is left out",
    "That operation.",
);

pub(crate) const R103: Explanation = explained(
    "The client would send the body in another form than the document defines.",
    r#"{"paths": {"/a": {"post": {"operationId": "a", "requestBody": {"required": true, "content": {"multipart/mixed": {"schema": {"type": "array", "items": {"type": "string"}}}}}, "responses": {"204": {"description": "done"}}}}}}"#,
    "the operation is left out",
    "That operation.",
);

pub(crate) const R104: Explanation = explained(
    "A path starts with a slash, and each brace in it is closed.",
    r#"{"paths": {"/a/{b": {"get": {"operationId": "a", "responses": {"204": {"description": "done"}}}}}}"#,
    "the operation is left out",
    "That operation.",
);

pub(crate) const R105: Explanation = explained(
    "The members of an `allOf` are merged into one schema. Some documents describe in a few lines a merged schema of gigabytes, or inherit from more than 64 schemas in a row.",
    "`S20` is one of two schemas that are each an `allOf` of `S19` and more, and so on down to `S1`",
    "the operations that reach it are left out",
    "Those operations.",
);
