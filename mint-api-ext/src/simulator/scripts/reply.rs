//! A reply that a test sets.

use axum::http::StatusCode;
use serde_json::Value;

use crate::simulator::http::{HttpReply, Problem, status_or_500};

/// A reply of the API, for [`Script::replies`](crate::simulator::Script::replies) and
/// [`Simulator::reply_next`](crate::simulator::Simulator::reply_next).
#[derive(Clone, Debug)]
pub struct Reply {
    status: StatusCode,
    headers: Vec<(String, String)>,
    body: Body,
}

#[derive(Clone, Debug)]
enum Body {
    /// The operation in this status.
    Operation(String),
    Text(String),
    Json(Value),
    /// A problem document for the status of the reply.
    Problem,
}

impl Reply {
    /// The operation in a status.
    pub fn operation(status: &str) -> Self {
        Self::new(StatusCode::OK, Body::Operation(status.to_owned()))
    }

    /// An error with a problem document. A code that is not an HTTP status becomes 500.
    pub fn problem(status: u16) -> Self {
        Self::new(status_or_500(status), Body::Problem)
    }

    /// Any JSON. A code that is not an HTTP status becomes 500.
    pub fn json(status: u16, body: Value) -> Self {
        Self::new(status_or_500(status), Body::Json(body))
    }

    /// Any text, such as the error page of a gateway. A code that is not an HTTP status becomes 500.
    pub fn text(status: u16, content_type: &str, text: &str) -> Self {
        Self::new(status_or_500(status), Body::Text(text.to_owned())).header("content-type", content_type)
    }

    /// Adds a header, such as `Retry-After`. A header that HTTP cannot carry is left out.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The status of the operation in the reply; `running` for a reply without an operation.
    pub(crate) fn operation_status(&self) -> &str {
        match &self.body {
            Body::Operation(status) => status,
            Body::Text(_) | Body::Json(_) | Body::Problem => "running",
        }
    }

    /// The HTTP reply, in which `operation` is the body of [`Reply::operation`].
    pub(crate) fn into_http(self, operation: &Value) -> HttpReply {
        let reply = match self.body {
            Body::Operation(_) => HttpReply::json(self.status, "application/json", operation),
            Body::Json(value) => HttpReply::json(self.status, "application/json", &value),
            Body::Problem => Problem::of(self.status).into(),
            Body::Text(text) => HttpReply::new(self.status, text),
        };
        self.headers.iter().fold(reply, |reply, (name, value)| reply.header(name, value))
    }

    fn new(status: StatusCode, body: Body) -> Self {
        Self { status, headers: Vec::new(), body }
    }
}
