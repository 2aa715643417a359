//! Operations.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::Instant;

use super::bill::Bill;
use super::environment::Environment;
use super::status::{current_status, is_success};
use crate::simulator::http::HttpReply;
use crate::simulator::scripts::{OperationKind, Play, Script};

/// An operation that a script added or a request started.
#[derive(Debug)]
pub(crate) struct Operation {
    pub(crate) id: String,
    pub(crate) script: Script,
    pub(crate) created: Instant,
    /// When the current timeline began.
    pub(crate) since: Instant,
    /// How many polls the operation has had.
    pub(crate) polls: usize,
    /// The id of its resource. An operation that waits for credits to start has none yet.
    pub(crate) resource: Option<String>,
    /// The fields `assets` and `conversion` of the operation once it has succeeded.
    pub(crate) results: Vec<(&'static str, Value)>,
    /// `None` for an operation of a script, which costs nothing.
    pub(crate) bill: Option<Bill>,
    /// What the next poll shows instead of the current state.
    pub(crate) lingering: Option<Value>,
    /// How often the operation was revised.
    pub(crate) revisions: u32,
    pub(crate) draft: Draft,
}

/// What a request says about the resource of an operation, which exists only once the credits suffice.
#[derive(Clone, Debug, Default)]
pub(crate) struct Draft {
    pub(crate) name: Option<String>,
    /// The number of models in an asset pack.
    pub(crate) items: u64,
    /// The target formats of a conversion; every format if empty.
    pub(crate) formats: Vec<String>,
}

impl Operation {
    pub(crate) fn new(id: String, script: Script) -> Self {
        let now = Instant::now();
        Self {
            id,
            script,
            created: now,
            since: now,
            polls: 0,
            resource: None,
            results: Vec::new(),
            bill: None,
            lingering: None,
            revisions: 0,
            draft: Draft::default(),
        }
    }

    /// Starts a new timeline of statuses and their durations in seconds.
    pub(crate) fn play<'a>(&mut self, statuses: impl IntoIterator<Item = (&'a str, u64)>) {
        // Every change has a later `updatedAt`, even if the clock has not moved.
        self.since = Instant::now().max(self.since + Duration::from_millis(1));
        self.script.play = Play::timeline(statuses);
    }

    /// The current status and when it began; `running` for an operation that plays replies.
    pub(crate) fn status(&self, environment: &Environment) -> (&str, Instant) {
        match &self.script.play {
            Play::Timeline(timeline) => current_status(timeline, self.since, &environment.time),
            Play::Replies(_) => ("running", self.since),
        }
    }

    /// The 202 reply to a request that starts or continues the operation.
    pub(crate) fn accepted(&self, environment: &Environment) -> HttpReply {
        HttpReply::accepted(&self.body(environment), environment.time.retry_after())
    }

    /// The operation as the API shows it now.
    pub(crate) fn body(&self, environment: &Environment) -> Value {
        let (status, updated) = self.status(environment);
        self.body_in(environment, status, updated)
    }

    /// The operation as the API shows it in a status that began at `updated`.
    pub(crate) fn body_in(&self, environment: &Environment, status: &str, updated: Instant) -> Value {
        let time = &environment.time;
        let generates = matches!(self.script.kind, OperationKind::World | OperationKind::Model);
        let resource = self.resource.as_ref();
        let mut body = json!({
            "object": "operation",
            "id": self.id,
            "generationMode": "auto",
            "status": status,
            "prompt": generates.then_some("a brass lamp on a desk"),
            "generationPreset": generates.then_some("standard"),
            "generationModel": generates.then_some("simulated"),
            "optimizationLevel": null,
            "resource": resource.map(|id| json!({"type": self.script.kind.resource_type(), "id": id})),
            "mintUrl": resource.map(|id| mint_url(id)),
            "assets": null,
            "conversion": null,
            "createdAt": time.text(self.created),
            "updatedAt": time.text(updated),
        });
        if let Some(name) = self.script.kind.operation_type() {
            body["type"] = name.into();
        }
        let finished = is_success(status);
        for (field, value) in &self.results {
            if finished {
                body[*field] = environment.files.signed(value);
            } else if *field == "assets" && status == "preview_ready" {
                body["assets"] = only_preview(value);
            }
        }
        if finished || status == "failed" {
            body["completedAt"] = time.text(updated).into();
        }
        if status == "canceled" {
            body["canceledAt"] = time.text(updated).into();
        }
        if let Some(bill) = &self.bill {
            body["credits"] = bill.credits(status);
            if status == "billing_required" {
                body["billing"] = bill.billing(self.script.kind.resource_type());
            }
        }
        for (field, value) in &self.script.changes {
            if field != "error" || status == "failed" {
                body[field] = value.clone();
            }
        }
        body
    }
}

/// The page of a resource on Mint's website.
pub(crate) fn mint_url(resource: &str) -> String {
    format!("https://mint.gg/simulator/{resource}")
}

/// The assets of a preview. As in the API, every key is present and the other values are null.
fn only_preview(assets: &Value) -> Value {
    let keys = assets.as_object().into_iter().flatten();
    keys.map(|(key, value)| (key.clone(), if key == "previewImageUrl" { value.clone() } else { Value::Null })).collect()
}
