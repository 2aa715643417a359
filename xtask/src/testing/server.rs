//! A web server on this machine with a reply for each path, which knows conditional requests.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use mint_loopback::{Loopback, Reply, Request};

pub(crate) fn ok(content_type: &str, body: impl Into<Vec<u8>>) -> Reply {
    Reply::bytes(body.into()).header("content-type", content_type)
}

pub(crate) fn json(body: impl Into<Vec<u8>>) -> Reply {
    ok("application/json", body)
}

pub(crate) fn status(status: u16) -> Reply {
    Reply::bytes("").status(status)
}

pub(crate) fn redirect(location: &str) -> Reply {
    status(302).header("location", location)
}

/// The server; it stops when this is dropped.
pub(crate) struct Server {
    loopback: Loopback,
    replies: Arc<Mutex<HashMap<String, Reply>>>,
}

impl Server {
    /// Serves these paths; a path that is not among them is not found.
    pub(crate) async fn start<'a>(replies: impl IntoIterator<Item = (&'a str, Reply)>) -> Self {
        let replies = replies.into_iter().map(|(path, reply)| (path.to_owned(), reply)).collect();
        let replies = Arc::new(Mutex::new(replies));
        let served = Arc::clone(&replies);
        Self { loopback: Loopback::start(move |request| reply(&served.lock().unwrap(), request)).await, replies }
    }

    /// Serves another reply from now on.
    pub(crate) fn set(&self, path: &str, reply: Reply) {
        self.replies.lock().unwrap().insert(path.to_owned(), reply);
    }

    pub(crate) fn url(&self, path: &str) -> String {
        self.loopback.url(path)
    }

    /// The paths that were asked for since this was called last, in their order; `?` marks a conditional request.
    pub(crate) fn requests(&self) -> Vec<String> {
        let requests = self.loopback.take_requests();
        let mark = |request: &Request| if condition(request).is_some() { "?" } else { "" };
        requests.iter().map(|request| format!("{}{}", request.target(), mark(request))).collect()
    }

    /// Waits until a reply has stalled.
    pub(crate) async fn stalled(&self) {
        self.loopback.stalled().await;
    }
}

fn reply(replies: &HashMap<String, Reply>, request: &Request) -> Reply {
    let reply = replies.get(&request.target()).or_else(|| replies.get(&request.path));
    let Some(reply) = reply else { return status(404) };
    let etag = reply.headers().and_then(|headers| headers.get("etag")?.to_str().ok());
    match condition(request) {
        Some(condition) if etag == Some(condition) => status(304),
        _ => reply.clone(),
    }
}

fn condition(request: &Request) -> Option<&str> {
    request.header("if-none-match").first().copied()
}
