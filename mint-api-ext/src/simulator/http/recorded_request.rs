//! What the simulator was asked.

use std::sync::{Mutex, PoisonError};

use axum::http::HeaderMap;
use axum::http::request::Parts;
use bytes::Bytes;
use tokio::time::Instant;

/// A request that the simulator had.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RecordedRequest {
    /// The method, such as `GET`.
    pub method: String,
    /// The path and the query, as they were sent.
    pub target: String,
    /// The headers; they may hold the key.
    pub headers: HeaderMap,
    /// The body; without one, and of requests for files, empty.
    pub body: Bytes,
    /// When it came, by tokio's clock.
    pub at: Instant,
}

/// The requests so far.
#[derive(Debug, Default)]
pub(crate) struct Record(Mutex<Vec<RecordedRequest>>);

impl Record {
    /// Adds a request, and returns how many there are then.
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
