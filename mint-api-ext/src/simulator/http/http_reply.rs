//! What the API answers, and the problems it answers with (RFC 9457).

use std::borrow::Cow;

use axum::body::Body as HttpBody;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use serde_json::{Value, json};

use crate::simulator::scripts::script::{Body, Reply};

/// A reply, before it is one of HTTP; it can be kept and given again.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    headers: Vec<(String, String)>,
    body: String,
}

impl Answer {
    pub(crate) fn ok(body: &Value) -> Self {
        Self::json(StatusCode::OK, "application/json", body)
    }

    fn json(status: StatusCode, content_type: &str, body: &Value) -> Self {
        Self { status, headers: vec![("content-type".to_owned(), content_type.to_owned())], body: body.to_string() }
    }

    /// An operation that was begun or goes on.
    pub(crate) fn accepted(operation: &Value, retry_after: u64) -> Self {
        let location = format!("/v1/operations/{}", operation["id"].as_str().unwrap_or_default());
        let answer = Self::json(StatusCode::ACCEPTED, "application/json", operation);
        answer.with("location", &location).with("retry-after", &retry_after.to_string())
    }

    /// A reply that a test set, for this operation.
    pub(crate) fn scripted(reply: Reply, operation: &Value) -> Self {
        let mut answer = match &reply.body {
            Body::Operation(_) => Self::json(reply.status, "application/json", operation),
            Body::Json(value) => Self::json(reply.status, "application/json", value),
            Body::Problem => Problem::of(reply.status).into(),
            Body::Text(text) => Self { status: reply.status, headers: Vec::new(), body: text.clone() },
        };
        answer.headers.extend(reply.headers);
        answer
    }

    /// The operation that it shows, if it accepted one.
    pub(crate) fn operation(&self) -> Option<String> {
        let (_, location) = self.headers.iter().find(|(name, _)| name == "location")?;
        location.strip_prefix("/v1/operations/").map(str::to_owned)
    }

    fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }
}

impl From<Answer> for Response {
    fn from(answer: Answer) -> Self {
        let mut response = Self::new(HttpBody::from(answer.body));
        *response.status_mut() = answer.status;
        for (name, value) in answer.headers {
            if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), value.parse::<HeaderValue>()) {
                response.headers_mut().insert(name, value);
            }
        }
        response
    }
}

/// Why a request is refused.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Problem {
    pub(crate) status: StatusCode,
    slug: Cow<'static, str>,
    detail: Cow<'static, str>,
    errors: Vec<Value>,
}

impl Problem {
    /// What the API says for a status that needs no further words.
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
        Self { status, slug, detail: detail.into(), errors: Vec::new() }
    }

    pub(crate) fn new(status: StatusCode, slug: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { status, slug: slug.into(), detail: detail.into(), errors: Vec::new() }
    }

    /// The state of something does not allow the call.
    pub(crate) fn conflict(slug: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::CONFLICT, slug, detail)
    }

    /// Every field that is wrong, each with its path, a code, and a message.
    pub(crate) fn invalid(errors: Vec<Value>) -> Self {
        let problem = Self::new(StatusCode::UNPROCESSABLE_ENTITY, "validation", "The request is not valid.");
        Self { errors, ..problem }
    }

    pub(crate) fn with_status(self, status: StatusCode) -> Self {
        Self { status, ..self }
    }

    pub(crate) fn not_found() -> Self {
        Self::of(StatusCode::NOT_FOUND)
    }
}

impl From<Problem> for Answer {
    fn from(problem: Problem) -> Self {
        let mut body = json!({
            "type": format!("https://api.mint.gg/problems/{}", problem.slug),
            "title": title(problem.status), "status": problem.status.as_u16(), "detail": problem.detail,
        });
        if !problem.errors.is_empty() {
            body["errors"] = problem.errors.into();
        }
        Self::json(problem.status, "application/problem+json", &body)
    }
}

fn title(status: StatusCode) -> &'static str {
    status.canonical_reason().unwrap_or("Unknown status")
}

pub(crate) fn field_error(path: &str, code: &str, message: impl Into<String>) -> Value {
    json!({"path": path, "code": code, "message": message.into()})
}
