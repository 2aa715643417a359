//! What an operation of the simulator does.

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Value, json};

/// What an operation does, from when it is added: its statuses over time, or its replies one by one.
#[derive(Clone, Debug)]
pub struct Script {
    pub(crate) subject: ScriptSubject,
    pub(crate) play: Play,
    pub(crate) changes: Vec<(String, Value)>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum ScriptSubject {
    World,
    Model,
    Conversion,
    Optimization,
    Animation,
    AssetPack,
    Audio,
}

#[derive(Clone, Debug)]
pub(crate) enum Play {
    /// Statuses, each with how long it stands; the last one stays.
    Timeline(Vec<(String, Duration)>),
    /// Replies, each to one request; the last one stays.
    Replies(Vec<Reply>),
}

impl Play {
    pub(crate) fn timeline<S: Into<String>>(statuses: impl IntoIterator<Item = (S, u64)>) -> Self {
        let statuses = statuses.into_iter();
        Self::Timeline(statuses.map(|(status, seconds)| (status.into(), Duration::from_secs(seconds))).collect())
    }
}

impl Script {
    /// A model: queued for 1 s, running for 4 s, then succeeded.
    pub fn model() -> Self {
        Self::new(ScriptSubject::Model).timeline([("queued", 1), ("running", 4), ("succeeded", 0)])
    }

    /// A world: queued for 2 s, running for 8 s, then succeeded.
    pub fn world() -> Self {
        Self::new(ScriptSubject::World).timeline([("queued", 2), ("running", 8), ("succeeded", 0)])
    }

    /// A model converted to every format: queued for 1 s, running for 3 s, then succeeded.
    pub fn conversion() -> Self {
        Self::new(ScriptSubject::Conversion).timeline([("queued", 1), ("running", 3), ("succeeded", 0)])
    }

    pub(crate) fn new(subject: ScriptSubject) -> Self {
        Self { subject, play: Play::Timeline(Vec::new()), changes: Vec::new() }
    }

    /// Other statuses, each with how many seconds it stands; the last one stays.
    ///
    /// Any text is a status, also one the API does not have. Files are there from `succeeded` and
    /// `partially_succeeded` on, a preview from `preview_ready` on.
    pub fn timeline<S: Into<String>>(mut self, statuses: impl IntoIterator<Item = (S, u64)>) -> Self {
        self.play = Play::timeline(statuses);
        self
    }

    /// Fails in the end, with this error.
    pub fn fails(self, code: &str, message: &str) -> Self {
        self.timeline([("queued", 1), ("running", 2), ("failed", 0)])
            .with("error", json!({"code": code, "message": message}))
    }

    /// Stops at a preview for a person to review.
    pub fn reviewed(self) -> Self {
        self.timeline([("queued", 1), ("running", 2), ("preview_ready", 0)]).with("generationMode", json!("review"))
    }

    /// Answers each request with the next of these replies, and with the last one from then on.
    pub fn replies(mut self, replies: impl IntoIterator<Item = Reply>) -> Self {
        self.play = Play::Replies(replies.into_iter().collect());
        self
    }

    /// Sets a field of the operation, whatever its status.
    pub fn with(mut self, field: &str, value: Value) -> Self {
        self.changes.push((field.to_owned(), value));
        self
    }
}

/// A reply of the API, for [`Script::replies`] and [`Simulator::reply_next`](crate::simulator::Simulator::reply_next).
#[derive(Clone, Debug)]
pub struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Body,
}

#[derive(Clone, Debug)]
pub(crate) enum Body {
    /// The operation in this status.
    Operation(String),
    /// This text, as it is.
    Text(String),
    /// This JSON.
    Json(Value),
    /// A problem document for the status of the reply.
    Problem,
}

impl Reply {
    /// The operation in a status.
    pub fn operation(status: &str) -> Self {
        Self::new(StatusCode::OK, Body::Operation(status.to_owned()))
    }

    /// An error with a problem document. A code that is no HTTP status becomes 500.
    pub fn problem(status: u16) -> Self {
        Self::new(status_of(status), Body::Problem)
    }

    /// Any JSON. A code that is no HTTP status becomes 500.
    pub fn json(status: u16, body: Value) -> Self {
        Self::new(status_of(status), Body::Json(body))
    }

    /// Any text, such as the page of a gateway. A code that is no HTTP status becomes 500.
    pub fn text(status: u16, content_type: &str, text: &str) -> Self {
        Self::new(status_of(status), Body::Text(text.to_owned())).header("content-type", content_type)
    }

    /// The status of the operation in it.
    pub(crate) fn operation_status(&self) -> &str {
        match &self.body {
            Body::Operation(status) => status,
            Body::Text(_) | Body::Json(_) | Body::Problem => "running",
        }
    }

    fn new(status: StatusCode, body: Body) -> Self {
        Self { status, headers: Vec::new(), body }
    }

    /// Adds a header, such as `Retry-After`. One that HTTP cannot carry is left out.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }
}

pub(crate) fn status_of(code: u16) -> StatusCode {
    StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}
