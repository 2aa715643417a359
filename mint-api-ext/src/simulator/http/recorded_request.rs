//! The requests that reached a server.

use std::sync::{Mutex, PoisonError};

use axum::http::HeaderMap;
use axum::http::request::Parts;
use bytes::Bytes;
use tokio::time::Instant;

/// A request that the simulator received.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RecordedRequest {
    /// The method, such as `GET`.
    pub method: String,
    /// The path and the query, as sent.
    pub target: String,
    /// The headers. They can contain the API key.
    pub headers: HeaderMap,
    /// The body; empty for requests without one and for requests to the CDN.
    pub body: Bytes,
    /// When the request arrived, by tokio's clock.
    pub at: Instant,
}

/// The requests of a server, in the order they arrived.
#[derive(Debug, Default)]
pub(crate) struct RequestLog(Mutex<Vec<RecordedRequest>>);

impl RequestLog {
    /// Adds a request and returns the new number of requests.
    pub(crate) fn add(&self, parts: &Parts, body: Bytes) -> usize {
        let request = RecordedRequest {
            method: parts.method.to_string(),
            target: parts.uri.to_string(),
            headers: parts.headers.clone(),
            body,
            at: Instant::now(),
        };
        let mut requests = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        requests.push(request);
        requests.len()
    }

    pub(crate) fn all(&self) -> Vec<RecordedRequest> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
