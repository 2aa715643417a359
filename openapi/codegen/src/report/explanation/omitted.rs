//! The rules that leave out constructs without effect on a client.

use super::explained;
use crate::report::Explanation;

pub(crate) const O001: Explanation = explained(
    "Examples are for readers and tests of the document.",
    r#"{"type": "string", "examples": ["a"]}"#,
    r#"{"type": "string"}"#,
    "Nothing.",
);

pub(crate) const O002: Explanation = explained(
    "A client sends requests; it receives none and follows no links.",
    r#"{"webhooks": {}}"#,
    "{}",
    "Nothing.",
);

pub(crate) const O003: Explanation = explained(
    "3.0 has no field for it, and no request or reply depends on it.",
    r#"{"type": "string", "$comment": "c"}"#,
    r#"{"type": "string"}"#,
    "Nothing.",
);

pub(crate) const O004: Explanation = explained(
    "No version of OpenAPI 3 or JSON Schema defines it, so no tool acts on it.",
    r#"{"type": "string", "optional": true}"#,
    r#"{"type": "string"}"#,
    "What the author may have meant.",
);

pub(crate) const O005: Explanation = explained(
    "Once every reference leads to a component, definitions and anchors in schemas have no use.",
    r#"{"type": "string", "$anchor": "a"}"#,
    r#"{"type": "string"}"#,
    "Nothing.",
);

pub(crate) const O101: Explanation = explained(
    "A redirect is not followed and not typed; the caller sees it as `UnexpectedResponse`.",
    r#"{"paths": {"/a": {"get": {"operationId": "a", "responses": {"204": {"description": "done"}, "302": {"description": "d"}}}}}}"#,
    r#"{"paths": {"/a": {"get": {"operationId": "a", "responses": {"204": {"description": "done"}}}}}}"#,
    "Nothing.",
);

pub(crate) const O102: Explanation = explained(
    "Headers of a reply are read by name; credentials are set by the caller's HTTP client or hooks; a value in the query is always encoded, which every server undoes.",
    r#"{"paths": {"/a": {"get": {"operationId": "a", "responses": {"204": {"description": "done", "headers": {"X-Left": {"schema": {"type": "integer"}}}}}}}}}"#,
    r#"{"paths": {"/a": {"get": {"operationId": "a", "responses": {"204": {"description": "done"}}}}}}"#,
    "The types of headers.",
);
