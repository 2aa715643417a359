//! Problem documents (RFC 9457).

use std::borrow::Cow;

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::http_reply::HttpReply;

/// Why the API refuses a request.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Problem {
    status: StatusCode,
    slug: Cow<'static, str>,
    detail: Cow<'static, str>,
    errors: Vec<Value>,
    /// The methods of the route, for a 405.
    allow: Vec<&'static str>,
}

impl Problem {
    pub(crate) fn new(status: StatusCode, slug: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { status, slug: slug.into(), detail: detail.into(), errors: Vec::new(), allow: Vec::new() }
    }

    /// The general problem of a status.
    pub(crate) fn of(status: StatusCode) -> Self {
        let title = title(status);
        let detail = match status {
            StatusCode::UNAUTHORIZED => "Missing, malformed, inactive, or revoked API key.",
            StatusCode::NOT_FOUND => "The requested API resource was not found.",
            StatusCode::TOO_MANY_REQUESTS => "Request was rate limited.",
            StatusCode::SERVICE_UNAVAILABLE => "Mint could not reach the backend service.",
            _ => title,
        };
        let slug = title.to_lowercase().replace(' ', "-").into();
        Self { status, slug, detail: detail.into(), errors: Vec::new(), allow: Vec::new() }
    }

    /// A 405 that names the methods of the route (RFC 9110, section 15.5.6).
    pub(crate) fn method_not_allowed(allow: Vec<&'static str>) -> Self {
        Self { allow, ..Self::of(StatusCode::METHOD_NOT_ALLOWED) }
    }

    pub(crate) fn not_found() -> Self {
        Self::of(StatusCode::NOT_FOUND)
    }

    /// A 409: the current state does not allow the request.
    pub(crate) fn conflict(slug: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::CONFLICT, slug, detail)
    }

    /// A 422 that lists every invalid field; [`field_error`] builds the entries.
    pub(crate) fn invalid(errors: Vec<Value>) -> Self {
        let problem = Self::new(StatusCode::UNPROCESSABLE_ENTITY, "validation", "The request is not valid.");
        Self { errors, ..problem }
    }

    pub(crate) fn with_status(self, status: StatusCode) -> Self {
        Self { status, ..self }
    }
}

impl From<Problem> for HttpReply {
    fn from(problem: Problem) -> Self {
        let mut body = json!({
            "type": format!("https://api.mint.gg/problems/{}", problem.slug),
            "title": title(problem.status), "status": problem.status.as_u16(), "detail": problem.detail,
        });
        if !problem.errors.is_empty() {
            body["errors"] = problem.errors.into();
        }
        let reply = Self::json(problem.status, "application/problem+json", &body);
        if problem.allow.is_empty() { reply } else { reply.header("allow", &problem.allow.join(", ")) }
    }
}

/// An entry of `errors`: the JSON pointer of a field, a code and a message.
pub(crate) fn field_error(path: &str, code: &str, message: impl Into<String>) -> Value {
    json!({"path": path, "code": code, "message": message.into()})
}

fn title(status: StatusCode) -> &'static str {
    status.canonical_reason().unwrap_or("Unknown status")
}
