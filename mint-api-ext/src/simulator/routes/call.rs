//! A call of a route.

use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue};
use serde_json::{Map, Value};
use url::form_urlencoded;

use super::check;
use crate::simulator::http::{Problem, Route, field_error};

/// A request that is authenticated, routed and checked.
pub(crate) struct Call {
    pub(crate) route: Route,
    pub(crate) path: String,
    parameters: Vec<String>,
    query: Vec<(String, String)>,
    pub(crate) idempotency_key: Option<String>,
    pub(crate) token: String,
    pub(crate) body: Map<String, Value>,
}

impl Call {
    /// Reads a request. `parameters` are the values of the path parameters, in order.
    ///
    /// # Errors
    ///
    /// Returns a problem if the idempotency key or the body is not valid.
    pub(crate) fn new(
        route: Route,
        parameters: Vec<String>,
        token: &str,
        parts: &Parts,
        body: &[u8],
    ) -> Result<Self, Problem> {
        let query = parts.uri.query().unwrap_or_default();
        Ok(Self {
            route,
            path: parts.uri.path().to_owned(),
            parameters,
            query: form_urlencoded::parse(query.as_bytes()).into_owned().collect(),
            idempotency_key: idempotency_key(&parts.headers)?,
            token: token.to_owned(),
            body: if route.method() == "POST" { check::body(route, body)? } else { Map::new() },
        })
    }

    /// The value of a path parameter; empty if the route has no such parameter.
    pub(crate) fn parameter(&self, index: usize) -> &str {
        self.parameters.get(index).map_or("", String::as_str)
    }

    /// The resource type of the path parameter `{assetType}`.
    pub(crate) fn resource_type(&self) -> &str {
        match self.parameter(0) {
            "model_animation_clip" => "animation",
            other => other,
        }
    }

    /// The value of a query parameter.
    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The value of a string field of the body.
    pub(crate) fn text(&self, field: &str) -> Option<&str> {
        self.body.get(field).and_then(Value::as_str)
    }
}

fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    match headers.get("idempotency-key").map(HeaderValue::to_str) {
        None => Ok(None),
        Some(Ok(key)) if (1..=255).contains(&key.len()) => Ok(Some(key.to_owned())),
        Some(_) => {
            let error = field_error("/Idempotency-Key", "invalid_value", "Must have 1 to 255 characters.");
            Err(Problem::invalid(vec![error]))
        }
    }
}
