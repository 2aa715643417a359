//! A reply of the API.

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use serde_json::Value;

/// A reply of the API that is not sent yet. It can be stored and sent again.
#[derive(Clone, Debug)]
pub(crate) struct HttpReply {
    status: StatusCode,
    headers: Vec<(String, String)>,
    body: String,
}

impl HttpReply {
    /// A reply with no headers.
    pub(crate) fn new(status: StatusCode, body: String) -> Self {
        Self { status, headers: Vec::new(), body }
    }

    /// A 200 reply with a JSON body.
    pub(crate) fn ok(body: &Value) -> Self {
        Self::json(StatusCode::OK, "application/json", body)
    }

    /// A reply with a JSON body.
    pub(crate) fn json(status: StatusCode, content_type: &str, body: &Value) -> Self {
        Self::new(status, body.to_string()).header("content-type", content_type)
    }

    /// The 202 reply to a request that starts or continues an operation. `retry_after` is in seconds.
    pub(crate) fn accepted(operation: &Value, retry_after: u64) -> Self {
        let location = format!("{OPERATIONS}{}", operation["id"].as_str().unwrap_or_default());
        let reply = Self::json(StatusCode::ACCEPTED, "application/json", operation);
        reply.header("location", &location).header("retry-after", &retry_after.to_string())
    }

    /// The id of the operation in an accepted reply.
    pub(crate) fn operation_id(&self) -> Option<String> {
        let (_, location) = self.headers.iter().find(|(name, _)| name == "location")?;
        location.strip_prefix(OPERATIONS).map(str::to_owned)
    }

    /// Adds a header. Headers that HTTP cannot carry are dropped when the reply is sent.
    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }
}

impl From<HttpReply> for Response {
    fn from(reply: HttpReply) -> Self {
        let mut response = Self::new(Body::from(reply.body));
        *response.status_mut() = reply.status;
        for (name, value) in reply.headers {
            if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), value.parse::<HeaderValue>()) {
                response.headers_mut().insert(name, value);
            }
        }
        response
    }
}

/// The status with this code; 500 if the code is not an HTTP status.
pub(crate) fn status_or_500(code: u16) -> StatusCode {
    StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// The path of operations, before the id.
const OPERATIONS: &str = "/v1/operations/";
