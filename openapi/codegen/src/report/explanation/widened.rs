//! The rules that rewrite a construct with a loss.

use super::explained;
use crate::report::Explanation;

pub(crate) const W001: Explanation = explained(
    "A `false` schema admits nothing. A property with this schema is left out; elsewhere it is read as any value.",
    r#"{"type": "object", "properties": {"a": false}}"#,
    r#"{"type": "object", "properties": {}}"#,
    "That the value must be absent.",
);

pub(crate) const W002: Explanation = explained(
    "3.0 has no type for null alone.",
    r#"{"type": "null"}"#,
    "{}",
    "Values that are not null are read, too.",
);

pub(crate) const W003: Explanation = explained(
    "A Rust enum has names for strings, not for objects or arrays.",
    r#"{"const": {"a": 1}}"#,
    r#"{"type": "object"}"#,
    "Values that the document does not list are read, too.",
);

pub(crate) const W004: Explanation = explained(
    "Bounds of integers have 64 bits, lengths are natural numbers.",
    r#"{"type": "integer", "maximum": 1e+30}"#,
    r#"{"type": "integer"}"#,
    "The bound is left to the server to check.",
);

pub(crate) const W005: Explanation = explained(
    "3.0 has no `patternProperties`, and Rust no tuple of any length; the values keep their schema if all share one.",
    r#"{"type": "array", "prefixItems": [{"type": "string"}], "items": {"type": "integer"}}"#,
    r#"{"type": "array", "items": {}}"#,
    "Which name or index has which schema.",
);

pub(crate) const W006: Explanation = explained(
    "3.0 has no conditions between parts of a value. Replies that break one are still read; the server checks requests. A property that only `dependentSchemas` (or `dependencies`, as earlier drafts call them) declare is optional, with its schema; one that only `then` or `else` declares has any value.",
    r#"{"type": "object", "properties": {"a": {"type": "string"}}, "dependentSchemas": {"a": {"properties": {"b": {"type": "integer"}}}}}"#,
    r#"{"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "integer"}}}"#,
    "The condition is not checked.",
);

pub(crate) const W007: Explanation = explained(
    "No tool can rely on a keyword whose value the specification does not allow.",
    r#"{"type": "string", "pattern": 1}"#,
    r#"{"type": "string"}"#,
    "What the author may have meant.",
);

pub(crate) const W009: Explanation = explained(
    "Without a schema, the data of an event is a text, and a JSON value may be any. Streams of other media types than events and JSON are handed to the caller as bytes.",
    r#"{"paths": {"/a": {"get": {"operationId": "a", "responses": {"200": {"description": "d", "content": {"text/event-stream": {}}}}}}}}"#,
    "an `EventStream<String>`",
    "The types of the items.",
);

pub(crate) const W010: Explanation = explained(
    "If several schemas have a `$dynamicAnchor` of the same name, each that refers to a template gets a copy of its own (L019). In the template itself, the reference may be anything.",
    r##"{"components": {"schemas": {"A": {"type": "array", "items": {"$dynamicRef": "#a"}}, "B": {"$defs": {"b": {"$dynamicAnchor": "a", "type": "string"}}, "$ref": "#/components/schemas/A"}, "C": {"$defs": {"c": {"$dynamicAnchor": "a", "type": "integer"}}, "$ref": "#/components/schemas/A"}}}}"##,
    r#"{"components": {"schemas": {"A": {"type": "array", "items": {}}, "B": {"type": "array", "items": {"type": "string"}}, "C": {"type": "array", "items": {"type": "integer"}}}}}"#,
    "The type of the value.",
);

pub(crate) const W011: Explanation = explained(
    "The document does not say how credentials are sent; the client sends those that its caller sets.",
    r#"{"paths": {"/a": {"get": {"operationId": "a", "security": [{"key": []}], "responses": {"204": {"description": "done"}}}}}}"#,
    r#"{"paths": {"/a": {"get": {"operationId": "a", "security": [{"key": []}], "responses": {"204": {"description": "done"}}}}}}"#,
    "How the credentials are sent.",
);

pub(crate) const W012: Explanation = explained(
    "A reference that only replies reach and that leads nowhere, out of the document or back to itself costs the type of what it stands for, such as one property, and no operation. So does an `allOf` that leads back to its schema.",
    r##"{"paths": {"/a": {"get": {"operationId": "a", "responses": {"200": {"description": "d", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Gone"}}}}}}}}}"##,
    "the reply of `a` is any JSON",
    "The type of what the reference stands for.",
);

pub(crate) const W101: Explanation = explained(
    "A reply that breaks a bound, a pattern or a format is still worth reading.",
    r#"{"type": "string", "maxLength": 3}"#,
    r#"{"type": "string"}"#,
    "Replies are not checked, nor are requests of the same type.",
);

pub(crate) const W102: Explanation = explained(
    "An operation that documents no error, in a document with several types of errors, may send any of them.",
    r#"{"paths": {"/a": {"get": {"operationId": "a", "responses": {"204": {"description": "done"}}}}, "/b": {"get": {"operationId": "b", "responses": {"404": {"content": {"application/json": {"schema": {"type": "string"}}}}, "500": {"content": {"application/json": {"schema": {"type": "integer"}}}}}}}}}"#,
    "errors of `a` are any JSON",
    "The type of the error.",
);

pub(crate) const W103: Explanation = explained(
    "Sending the default would pin a value that the server may change.",
    r#"{"type": "string", "default": "a"}"#,
    r#"{"type": "string"}"#,
    "The server fills in the default.",
);

pub(crate) const W104: Explanation = explained(
    "Some constraints on a request have no type in Rust.",
    r#"{"paths": {"/a": {"post": {"operationId": "a", "requestBody": {"required": true, "content": {"application/json": {"schema": {"type": "object", "properties": {"a": {"type": "integer", "maximum": 3}}}}}}, "responses": {"204": {"description": "done"}}}}}}"#,
    "the same without `maximum`",
    "The server checks it, not the client.",
);

pub(crate) const W105: Explanation = explained(
    "A Rust enum has names for strings; numbers and booleans stay as they are.",
    r#"{"type": "integer", "enum": [1, 2]}"#,
    r#"{"type": "integer"}"#,
    "Values that the document does not list are read and sent, too.",
);

pub(crate) const W106: Explanation = explained(
    "If no value satisfies all members of an `allOf`, the document is mistaken.",
    r#"{"allOf": [{"type": "string", "maxLength": 2}, {"type": "integer", "maximum": 2}]}"#,
    "{}",
    "The type of the value.",
);

pub(crate) const W107: Explanation = explained(
    "In a cookie, a list is a string of comma-separated items.",
    r#"{"paths": {"/a": {"get": {"operationId": "a", "parameters": [{"name": "b", "in": "cookie", "schema": {"type": "array", "items": {"type": "string"}}}], "responses": {"204": {"description": "done"}}}}}}"#,
    r#"{"paths": {"/a": {"get": {"operationId": "a", "parameters": [{"name": "b", "in": "cookie", "schema": {"type": "string"}}], "responses": {"204": {"description": "done"}}}}}}"#,
    "The caller writes the commas.",
);

pub(crate) const W108: Explanation = explained(
    "A parameter that is JSON text, an object written as one text, or an object in the query that holds itself, is sent in the documented form; its contents are the caller's responsibility.",
    r#"{"paths": {"/a": {"get": {"operationId": "a", "parameters": [{"name": "b", "in": "query", "content": {"application/json": {"schema": {"type": "object", "properties": {"c": {"type": "string"}}}}}}], "responses": {"204": {"description": "done"}}}}}}"#,
    r#"{"paths": {"/a": {"get": {"operationId": "a", "parameters": [{"name": "b", "in": "query", "schema": {}}], "responses": {"204": {"description": "done"}}}}}}"#,
    "The type of the parameter.",
);

pub(crate) const W109: Explanation = explained(
    "The client sends and reads one of several media types: JSON if possible.",
    r#"{"paths": {"/a": {"post": {"operationId": "a", "requestBody": {"required": true, "content": {"application/json": {}, "text/csv": {}}}, "responses": {"204": {"description": "done"}}}}}}"#,
    "`application/json` only",
    "The other media types.",
);

pub(crate) const W111: Explanation = explained(
    "Requests need no property that only the server sets, and replies none that only the client sets.",
    r#"{"paths": {"/a": {"post": {"operationId": "a", "requestBody": {"required": true, "content": {"application/json": {"schema": {"type": "object", "required": ["id"], "properties": {"id": {"type": "string", "readOnly": true}}}}}}, "responses": {"204": {"description": "done"}}}}}}"#,
    "`id` is optional",
    "That the property is always present in the other direction, if both share one type.",
);

pub(crate) const W112: Explanation = explained(
    "A body that is neither JSON nor a form is passed as bytes, and sent with its media type.",
    r#"{"paths": {"/a": {"post": {"operationId": "a", "requestBody": {"required": true, "content": {"image/png": {}}}, "responses": {"204": {"description": "done"}}}}}}"#,
    "a body of bytes, sent as `image/png`",
    "The type of the body.",
);

pub(crate) const W113: Explanation = explained(
    "The type of an object does not say which properties occur together.",
    r#"{"type": "object", "properties": {"a": {}}, "anyOf": [{"required": ["a"]}, {"required": ["b"]}]}"#,
    r#"{"type": "object", "properties": {"a": {}}}"#,
    "The condition is not checked.",
);

pub(crate) const W114: Explanation = explained(
    "A form, a multipart body and a parameter have no null. Where one is sent with an optional property that may be null, null is left out. JSON distinguishes the two.",
    r##"{"paths": {"/a": {"patch": {"operationId": "a", "requestBody": {"required": true, "content": {"application/x-www-form-urlencoded": {"schema": {"$ref": "#/components/schemas/A"}}}}, "responses": {"204": {"description": "done"}}}}}, "components": {"schemas": {"A": {"type": "object", "properties": {"b": {"type": ["string", "null"]}}}}}}"##,
    r##"{"paths": {"/a": {"patch": {"operationId": "a", "requestBody": {"required": true, "content": {"application/x-www-form-urlencoded": {"schema": {"$ref": "#/components/schemas/A"}}}}, "responses": {"204": {"description": "done"}}}}}, "components": {"schemas": {"A": {"type": "object", "properties": {"b": {"type": "string", "nullable": true}}}}}}"##,
    "Sending null.",
);

pub(crate) const W115: Explanation = explained(
    "A reply that is not JSON is returned as a stream of bytes, whatever its schema.",
    r#"{"paths": {"/a": {"get": {"operationId": "a", "responses": {"200": {"description": "d", "content": {"application/xml": {"schema": {"type": "object"}}}}}}}}}"#,
    "a stream of bytes",
    "The type of the reply.",
);

pub(crate) const W116: Explanation = explained(
    "A client has one base URL. To call an operation of another server, make a client for that server.",
    r#"{"paths": {"/a": {"servers": [{"url": "https://files.example.com"}], "get": {"operationId": "a", "responses": {"204": {"description": "done"}}}}}}"#,
    r#"{"paths": {"/a": {"get": {"operationId": "a", "responses": {"204": {"description": "done"}}}}}}"#,
    "The server of the operation.",
);

pub(crate) const W117: Explanation = explained(
    "A schema may require a property that it does not describe. It has any value; a request needs it, and a reply without it is still read.",
    r#"{"type": "object", "required": ["a"], "properties": {"b": {"type": "string"}}}"#,
    r#"{"type": "object", "required": [], "properties": {"b": {"type": "string"}, "a": {}}}"#,
    "A reply without it is not refused.",
);

pub(crate) const W118: Explanation = explained(
    "A part has a name, a media type and, as a file, a file name. Other headers of it, and styles of values in it, are not written.",
    r#"{"paths": {"/a": {"post": {"operationId": "a", "requestBody": {"content": {"multipart/form-data": {"schema": {"type": "object", "properties": {"b": {"type": "string"}}}, "encoding": {"b": {"headers": {"X-B": {"schema": {"type": "string"}}}}}}}}, "responses": {"204": {"description": "done"}}}}}}"#,
    "the part has no header `X-B`",
    "The headers and the style of that part.",
);

pub(crate) const W119: Explanation = explained(
    "A call that needs no such parameter or body can be made without it. What every call needs rejects the operation (R101, R102, R103).",
    r#"{"paths": {"/a": {"get": {"operationId": "a", "parameters": [{"name": "b", "in": "query", "schema": {"type": "array", "items": {"type": "object", "properties": {"c": {"type": "string"}}}}}], "responses": {"204": {"description": "done"}}}}}}"#,
    "the method has no parameter `b`",
    "The parameter.",
);

pub(crate) const W120: Explanation = explained(
    "Credentials that answer a challenge of the server (digest), that have a name no header or cookie can have, or that \
     take the place of others in the same request are for the caller to send, such as with hooks of progenitor.",
    r#"{"paths": {"/a": {"get": {"operationId": "a", "security": [{"b": []}], "responses": {"204": {"description": "done"}}}}}, "components": {"securitySchemes": {"b": {"type": "http", "scheme": "digest"}}}}"#,
    "the client has no method for the credentials of `b`",
    "Those credentials.",
);

pub(crate) const W121: Explanation = explained(
    "OpenAPI says how the properties of an object in the query are written only if they are scalars or lists of them. Some servers read `a[b]=1`, some `a.b=1`; the tools that show a document send the inner object as JSON, and so does the client. To settle it, give the parameter the style `deepObject`, or the media type JSON (`content`). A property that a call does not need is left out (W119).",
    r#"{"paths": {"/a": {"get": {"operationId": "a", "parameters": [{"name": "b", "in": "query", "required": true, "schema": {"type": "object", "required": ["c"], "properties": {"c": {"type": "object", "properties": {"d": {"type": "integer"}}}}}}], "responses": {"204": {"description": "done"}}}}}}"#,
    "`c={\"d\":1}`, encoded",
    "The type of the inner object. A server that expects another form does not read it.",
);
