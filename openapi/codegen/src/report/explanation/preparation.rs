//! The rules that say the same in other words, for the generator alone.

use super::explained;
use crate::report::Explanation;

pub(crate) const L101: Explanation = explained(
    "Media types with the suffix `+json` are JSON (RFC 6839), and so is an object or a list of any media type (`*/*`). The client accepts them by their documented names.",
    r#"{"paths": {"/a": {"get": {"operationId": "a", "responses": {"200": {"description": "d", "content": {"application/hal+json": {"schema": {"type": "string"}}}}}}}}}"#,
    r#"{"paths": {"/a": {"get": {"operationId": "a", "responses": {"200": {"description": "d", "content": {"application/json": {"schema": {"type": "string"}}}}}}}}}"#,
    "Nothing.",
);

pub(crate) const L102: Explanation = explained(
    "An operation has one type of error. Errors of all statuses become `4XX` and `5XX` of that type; the real status stays with the reply.",
    r#"{"paths": {"/a": {"get": {"operationId": "a", "responses": {"204": {"description": "done"}, "404": {"description": "d", "content": {"application/json": {"schema": {"type": "string"}}}}}}}}}"#,
    r#"{"paths": {"/a": {"get": {"operationId": "a", "responses": {"204": {"description": "done"}, "4XX": {"content": {"application/json": {"schema": {"type": "string"}}}}, "5XX": {"content": {"application/json": {"schema": {"type": "string"}}}}}}}}}"#,
    "Which statuses the document names.",
);

pub(crate) const L103: Explanation = explained(
    "An enum, object or union that stands inline becomes a component with a name made from its place, so that no two types share one.",
    r#"{"type": "object", "properties": {"a": {"enum": ["x"]}}}"#,
    r##"{"$ref": "#/components/schemas/ExampleA"}"##,
    "Nothing.",
);

pub(crate) const L104: Explanation = explained(
    "A component is named as its Rust type will be, so that references and types agree.",
    r#"{"components": {"schemas": {"my-type": {"type": "string"}}}}"#,
    r#"{"components": {"schemas": {"MyType": {"type": "string"}}}}"#,
    "Nothing.",
);

pub(crate) const L105: Explanation = explained(
    "rustdoc would read HTML, links and code into a description; they are escaped.",
    r#"{"type": "string", "description": "see <id>"}"#,
    r#"{"type": "string", "description": "see \\<id\\>"}"#,
    "Nothing.",
);

pub(crate) const L106: Explanation = explained(
    "The generator makes no right type of several schemas that hold at once, so they are said in one.",
    r#"{"allOf": [{"type": "object", "properties": {"a": {}}}, {"required": ["a"]}]}"#,
    r#"{"type": "object", "properties": {"a": {}}, "required": ["a"]}"#,
    "Nothing.",
);

pub(crate) const L107: Explanation = explained(
    "A value that fits several members of an `anyOf` is read as the likeliest one, so it is decided like `oneOf`.",
    r#"{"anyOf": [{"type": "string"}, {"type": "integer"}]}"#,
    r#"{"oneOf": [{"type": "string"}, {"type": "integer"}]}"#,
    "That a value may be of several members at once.",
);

pub(crate) const L108: Explanation = explained(
    "Read as its base class, a value would lose what its subtype adds; so the base stands for one of its subtypes, told apart by the discriminator.",
    r##"{"components": {"schemas": {"Pet": {"type": "object", "properties": {"kind": {"type": "string"}}, "discriminator": {"propertyName": "kind"}}, "Cat": {"allOf": [{"$ref": "#/components/schemas/Pet"}, {"properties": {"claws": {"type": "integer"}}}]}}}}"##,
    r##"{"components": {"schemas": {"Pet": {"oneOf": [{"$ref": "#/components/schemas/Cat"}]}}}}"##,
    "A type of its own for the base; such a value is kept as JSON.",
);

pub(crate) const L109: Explanation = explained(
    "Two parameters whose names are equal in Rust, or that mean something else there, are told apart by a number.",
    r#"{"paths": {"/a": {"get": {"operationId": "a", "parameters": [{"name": "body", "in": "query", "schema": {"type": "string"}}], "responses": {"204": {"description": "done"}}}}}}"#,
    "the method `body2`, which sends `body`",
    "Nothing.",
);

pub(crate) const L110: Explanation = explained(
    "Two properties whose names are equal in Rust are told apart by a number.",
    r#"{"type": "object", "properties": {"a-b": {}, "a_b": {}}}"#,
    "the fields `a_b` and `a_b2`",
    "Nothing.",
);

pub(crate) const L111: Explanation = explained(
    "An object in the query is written as one parameter for each of its properties, so each gets a method.",
    r#"{"paths": {"/a": {"get": {"operationId": "a", "parameters": [{"name": "o", "in": "query", "schema": {"type": "object", "properties": {"b": {"type": "string"}}}}], "responses": {"204": {"description": "done"}}}}}}"#,
    r#"{"paths": {"/a": {"get": {"operationId": "a", "parameters": [{"name": "b", "in": "query", "schema": {"type": "string"}}], "responses": {"204": {"description": "done"}}}}}}"#,
    "That the properties belong together.",
);

pub(crate) const L112: Explanation = explained(
    "An operation has one type of success and one of error. Where the bodies differ, it is an enum with a variant for each status, and the status of a reply decides the variant.",
    r#"{"paths": {"/a": {"get": {"operationId": "a", "responses": {"200": {"content": {"application/json": {"schema": {"type": "string"}}}}, "201": {"content": {"application/json": {"schema": {"type": "integer"}}}}}}}}}"#,
    r##"{"paths": {"/a": {"get": {"operationId": "a", "responses": {"200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/AReply"}}}}, "201": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/AReply"}}}}}}}}}"##,
    "Nothing.",
);

pub(crate) const L113: Explanation = explained(
    "OpenAPI says that parameters of these names are ignored: the client sets the headers.",
    r#"{"paths": {"/a": {"get": {"operationId": "a", "parameters": [{"name": "Accept", "in": "header", "schema": {"type": "string"}}], "responses": {"204": {"description": "done"}}}}}}"#,
    r#"{"paths": {"/a": {"get": {"operationId": "a", "responses": {"204": {"description": "done"}}}}}}"#,
    "Nothing.",
);

pub(crate) const L114: Explanation = explained(
    "A path and the parameters declared for it must agree; one that is missing is a text, one too many is left out.",
    r#"{"paths": {"/a/{b}": {"get": {"operationId": "a", "responses": {"204": {"description": "done"}}}}}}"#,
    r#"{"paths": {"/a/{b}": {"get": {"operationId": "a", "parameters": [{"name": "b", "in": "path", "required": true, "schema": {"type": "string"}}], "responses": {"204": {"description": "done"}}}}}}"#,
    "Nothing.",
);

pub(crate) const L115: Explanation = explained(
    "Two operations whose methods would have one name, or that of another item, are told apart by a number.",
    r#"{"paths": {"/a": {"get": {"operationId": "error", "responses": {"204": {"description": "done"}}}}}}"#,
    r#"{"paths": {"/a": {"get": {"operationId": "Error2", "responses": {"204": {"description": "done"}}}}}}"#,
    "Nothing.",
);

pub(crate) const L116: Explanation = explained(
    "The status of a reply says whether it is JSON, bytes or nothing, and so does its media type where a status has both. The method returns a `Reply`, which says which it is; the document after keeps the replies in JSON.",
    r#"{"paths": {"/a": {"get": {"operationId": "a", "responses": {"200": {"content": {"application/json": {"schema": {"type": "string"}}}}, "204": {"description": "d"}}}}}}"#,
    r#"{"paths": {"/a": {"get": {"operationId": "a", "responses": {"200": {"content": {"application/json": {"schema": {"type": "string"}}}}}}}}}"#,
    "Nothing.",
);

pub(crate) const L117: Explanation = explained(
    "The method returns an `EventStream` of server-sent events, or a `JsonStream` of JSON values in lines or records. Where an operation has other successes, too, `send` returns those, and `send_streaming` the stream.",
    r#"{"paths": {"/a": {"get": {"operationId": "a", "responses": {"200": {"description": "d", "content": {"text/event-stream": {"schema": {"type": "integer"}}}}}}}}}"#,
    "`a` returns an `EventStream<i64>`",
    "Nothing.",
);

pub(crate) const L118: Explanation = explained(
    "progenitor knows the methods of OpenAPI 3.0. An operation of another one takes a free field of its path, and its method is written where it is sent.",
    r#"{"paths": {"/a": {"query": {"operationId": "a", "responses": {"204": {"description": "done"}}}}}}"#,
    "the operation is in the field `trace`, and is sent as `QUERY`",
    "Nothing.",
);

pub(crate) const L119: Explanation = explained(
    "Some servers write a number as a number or as its text, and describe it so. If the pattern of the text admits only numbers as JSON writes them, the type is the number, which is read from both and written as a number.",
    r#"{"type": ["integer", "string"], "pattern": "^-?(?:0|[1-9]\\d*)$", "format": "int32"}"#,
    r#"{"type": "integer", "format": "int32"}"#,
    "Which of the two the server wrote.",
);

pub(crate) const L120: Explanation = explained(
    "3.0 has no tuples. A list with a schema for each of up to twelve places is a type with a tuple. In a reply, and where the document allows more or fewer items, any other list is kept as JSON.",
    r#"{"type": "array", "prefixItems": [{"type": "string"}, {"type": "integer"}], "items": false}"#,
    "`Tuple((String, i64))`",
    "Nothing.",
);
