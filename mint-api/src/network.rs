//! What sends requests and returns replies.

use std::pin::Pin;

use reqwest::{Request, Response};

/// A network that sends requests without an HTTP client of reqwest, so that tests can have one in memory.
///
/// [`Transport::network`](crate::Transport::network) takes it. It is no part of the public API.
pub trait Network: Send + Sync {
    /// Sends a request within its timeout, if it has one. Gives back a request to a server that the network does not have.
    fn execute(&self, request: Request) -> Result<Exchange, Box<Request>>;
}

/// The future of a reply.
pub type Exchange = Pin<Box<dyn Future<Output = reqwest::Result<Response>> + Send>>;
