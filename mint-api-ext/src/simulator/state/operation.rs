//! An operation of the simulator, and how it looks at a time.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::Instant;

use crate::simulator::routes::starts::Draft;
use crate::simulator::scripts::{OperationKind, Play, Script};
use crate::simulator::state::api_state::State;
use crate::simulator::state::bill::Bill;

/// An operation, whether a script added it or a request began it.
#[derive(Debug)]
pub(crate) struct Operation {
    pub(crate) id: String,
    pub(crate) script: Script,
    pub(crate) created: Instant,
    /// When what it plays now began.
    pub(crate) since: Instant,
    pub(crate) replies_given: usize,
    /// The resource it is about, once there is one.
    pub(crate) resource: Option<String>,
    /// `assets` and `conversion` once everything is made.
    pub(crate) made: Vec<(&'static str, Value)>,
    /// What a request that began it is charged; a script costs nothing.
    pub(crate) bill: Option<Bill>,
    /// What the next look still shows.
    pub(crate) lingering: Option<Value>,
    /// How often it was revised.
    pub(crate) revisions: u32,
    /// What its resource will be.
    pub(crate) draft: Draft,
}

impl Operation {
    pub(crate) fn new(id: String, script: Script) -> Self {
        let now = Instant::now();
        Self {
            id,
            script,
            created: now,
            since: now,
            replies_given: 0,
            resource: None,
            made: Vec::new(),
            bill: None,
            lingering: None,
            revisions: 0,
            draft: Draft::default(),
        }
    }

    /// Plays these statuses from now on.
    pub(crate) fn play<'a>(&mut self, statuses: impl IntoIterator<Item = (&'a str, u64)>) {
        // What changes shows a later time, also when no time has passed.
        self.since = Instant::now().max(self.since + Duration::from_millis(1));
        self.script.play = Play::timeline(statuses);
    }

    /// Its status now, and since when; `running` while it plays replies.
    pub(crate) fn status(&self, state: &State) -> (&str, Instant) {
        let Play::Timeline(timeline) = &self.script.play else {
            return ("running", self.since);
        };
        let mut left = self.since.elapsed();
        let mut updated = self.since;
        let mut current = "queued";
        for (index, (status, duration)) in timeline.iter().enumerate() {
            let duration = state.time.scaled(*duration);
            current = status;
            if left < duration || index + 1 == timeline.len() {
                break;
            }
            left -= duration;
            updated += duration;
        }
        (current, updated)
    }

    /// What the API shows of it now.
    pub(crate) fn body(&self, state: &State) -> Value {
        let (status, updated) = self.status(state);
        self.body_in(state, status, updated)
    }

    /// What the API shows of it in a status.
    pub(crate) fn body_in(&self, state: &State, status: &str, updated: Instant) -> Value {
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
            "createdAt": state.time.text(self.created),
            "updatedAt": state.time.text(updated),
        });
        if let Some(name) = self.script.kind.operation_type() {
            body["type"] = name.into();
        }
        let finished = is_success(status);
        for (field, value) in &self.made {
            if finished {
                body[*field] = state.files.signed(value);
            } else if *field == "assets" && status == "preview_ready" {
                body["assets"] = only_preview(value);
            }
        }
        if finished || status == "failed" {
            body["completedAt"] = state.time.text(updated).into();
        }
        if status == "canceled" {
            body["canceledAt"] = state.time.text(updated).into();
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

/// Where a person looks at a resource.
pub(crate) fn mint_url(resource: &str) -> String {
    format!("https://mint.gg/simulator/{resource}")
}

pub(crate) fn is_success(status: &str) -> bool {
    matches!(status, "succeeded" | "partially_succeeded")
}

pub(crate) fn is_over(status: &str) -> bool {
    is_success(status) || matches!(status, "failed" | "canceled")
}

/// The assets while only the preview is made: every key is there, as the API has it, the others null.
fn only_preview(assets: &Value) -> Value {
    let keys = assets.as_object().into_iter().flatten();
    keys.map(|(key, value)| (key.clone(), if key == "previewImageUrl" { value.clone() } else { Value::Null })).collect()
}
