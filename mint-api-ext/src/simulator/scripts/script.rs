//! The script of an operation.

use std::time::Duration;

use serde_json::{Value, json};

use super::operation_kind::OperationKind;
use super::reply::Reply;

/// What an operation does from the moment it is added: its statuses over time, or its replies one by one.
#[derive(Clone, Debug)]
pub struct Script {
    pub(crate) kind: OperationKind,
    pub(crate) play: Play,
    /// The fields that replace those of the operation.
    pub(crate) changes: Vec<(String, Value)>,
}

#[derive(Clone, Debug)]
pub(crate) enum Play {
    /// Statuses and how long each lasts. The last one stays.
    Timeline(Vec<(String, Duration)>),
    /// One reply for each poll. The last one repeats.
    Replies(Vec<Reply>),
}

impl Play {
    /// A timeline of statuses and their durations in seconds.
    pub(crate) fn timeline<S: Into<String>>(statuses: impl IntoIterator<Item = (S, u64)>) -> Self {
        let statuses = statuses.into_iter();
        Self::Timeline(statuses.map(|(status, seconds)| (status.into(), Duration::from_secs(seconds))).collect())
    }
}

impl Script {
    /// A model: queued for 1 s, running for 4 s, then succeeded.
    pub fn model() -> Self {
        Self::new(OperationKind::Model).timeline([("queued", 1), ("running", 4), ("succeeded", 0)])
    }

    /// A world: queued for 2 s, running for 8 s, then succeeded.
    pub fn world() -> Self {
        Self::new(OperationKind::World).timeline([("queued", 2), ("running", 8), ("succeeded", 0)])
    }

    /// A conversion of a model to every format: queued for 1 s, running for 3 s, then succeeded.
    pub fn conversion() -> Self {
        Self::new(OperationKind::Conversion).timeline([("queued", 1), ("running", 3), ("succeeded", 0)])
    }

    /// Replaces the statuses. Each lasts the given number of seconds; the last one stays.
    ///
    /// A status can be any text, even one that the API does not define. The operation has its files in `succeeded` and
    /// `partially_succeeded`, and a preview image in `preview_ready`.
    pub fn timeline<S: Into<String>>(mut self, statuses: impl IntoIterator<Item = (S, u64)>) -> Self {
        self.play = Play::timeline(statuses);
        self
    }

    /// Makes the operation fail after 3 s, with this error.
    pub fn fails(self, code: &str, message: &str) -> Self {
        self.timeline([("queued", 1), ("running", 2), ("failed", 0)])
            .with("error", json!({"code": code, "message": message}))
    }

    /// Makes the operation stop after 3 s at a preview that a person must review.
    pub fn reviewed(self) -> Self {
        self.timeline([("queued", 1), ("running", 2), ("preview_ready", 0)]).with("generationMode", json!("review"))
    }

    /// Sends these replies instead of a timeline, one for each poll. The last one repeats.
    pub fn replies(mut self, replies: impl IntoIterator<Item = Reply>) -> Self {
        self.play = Play::Replies(replies.into_iter().collect());
        self
    }

    /// Sets a field of the operation in every status. The field `error` shows in status `failed` only.
    pub fn with(mut self, field: &str, value: Value) -> Self {
        self.changes.push((field.to_owned(), value));
        self
    }

    /// A script that has no statuses yet.
    pub(crate) fn new(kind: OperationKind) -> Self {
        Self { kind, play: Play::Timeline(Vec::new()), changes: Vec::new() }
    }
}
