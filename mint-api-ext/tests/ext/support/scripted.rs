//! A server that answers each request with the next of a list of replies, or by a function.

use std::collections::VecDeque;
use std::sync::Mutex;

use mint_api_ext::retry::RetryPolicy;
use mint_api_ext::{Mint, MintBuilder};
pub(crate) use mint_loopback::Reply;
use mint_loopback::Request;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::memory::{self, InMemory};

/// No reply: the connection ends once the request was read.
pub(crate) fn lost() -> Reply {
    Reply::raw("")
}

pub(crate) fn is(status: u16, body: Value) -> Reply {
    Reply::json(&body).status(status)
}

pub(crate) fn problem(status: u16, kind: &str) -> Reply {
    is(status, json!({"type": kind, "title": "Refused", "status": status}))
}

pub(crate) fn problem_that_says(status: u16, detail: &str) -> Reply {
    is(status, json!({"type": "about:blank", "title": "Refused", "status": status, "detail": detail}))
}

/// An operation in review mode that makes a model.
pub(crate) fn operation(id: &str, status: &str, updated_at: u32) -> Value {
    json!({
        "id": id, "status": status, "generationMode": "review", "resource": {"type": "model", "id": "m_1"},
        "updatedAt": format!("2026-07-01T10:00:{updated_at:02}Z"),
    })
}

pub(crate) fn accepted(id: &str, status: &str, updated_at: u32) -> Reply {
    is(202, operation(id, status, updated_at))
}

pub(crate) fn found(id: &str, status: &str, updated_at: u32) -> Reply {
    is(200, operation(id, status, updated_at))
}

/// A request as it came.
#[derive(Clone, Debug)]
pub(crate) struct Sent {
    /// Such as `POST /v1/models:generate`.
    pub(crate) line: String,
    pub(crate) key: Option<String>,
    pub(crate) body: String,
    pub(crate) at: Instant,
}

impl Sent {
    fn of(request: &Request) -> Self {
        Self {
            line: format!("{} {}", request.method, request.target()),
            key: request.header("idempotency-key").first().map(ToString::to_string),
            body: request.text().to_owned(),
            at: request.at,
        }
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

#[derive(Clone)]
pub(crate) struct Scripted(InMemory);

impl Scripted {
    /// What is asked beyond the replies gets a 418, which is not retryable.
    pub(crate) async fn start(replies: impl IntoIterator<Item = Reply>) -> Self {
        let replies: Mutex<VecDeque<_>> = Mutex::new(replies.into_iter().collect());
        let next = move |_: &Sent| replies.lock().unwrap().pop_front();
        Self::by(move |sent| next(sent).unwrap_or_else(|| problem(418, "no-more-replies"))).await
    }

    pub(crate) async fn by(reply: impl Fn(&Sent) -> Reply + Send + Sync + 'static) -> Self {
        Self(memory::serve(move |request| reply(&Sent::of(request))).await)
    }

    pub(crate) fn builder(&self) -> MintBuilder {
        memory::builder(self.0.base_url())
    }

    pub(crate) fn mint(&self) -> Mint {
        self.builder().build().unwrap()
    }

    /// A client that sends a request at most twice.
    pub(crate) fn mint_that_tries_twice(&self) -> Mint {
        let mut twice = RetryPolicy::default();
        twice.attempts = 2;
        self.builder().retry_policy(twice).build().unwrap()
    }

    pub(crate) fn sent(&self) -> Vec<Sent> {
        self.0.requests().iter().map(Sent::of).collect()
    }

    pub(crate) fn lines(&self) -> Vec<String> {
        self.sent().into_iter().map(|sent| sent.line).collect()
    }
}
