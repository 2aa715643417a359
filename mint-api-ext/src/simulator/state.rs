//! What the simulator knows: operations and files.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tokio::time::Instant;

use super::fault::{Fault, Faults};
use super::files;
use super::record::Record;
use super::script::{Body, Play, Reply, Script, ScriptSubject};
use crate::download::hex;

#[derive(Debug)]
pub(super) struct State {
    cdn: SocketAddr,
    epoch: (Instant, SystemTime),
    operations: Mutex<HashMap<String, Operation>>,
    files: Mutex<HashMap<String, File>>,
    faults: Mutex<Faults>,
    /// How often the URL of a file has expired, by its path.
    expired: Mutex<HashMap<String, u32>>,
    pub(super) api_requests: Record,
    pub(super) cdn_requests: Record,
}

#[derive(Debug)]
struct Operation {
    script: Script,
    added: Instant,
    replies_given: usize,
    /// `assets` and `conversion` once everything is made.
    made: Vec<(&'static str, Value)>,
}

/// A file of the CDN.
#[derive(Clone, Debug)]
pub(super) struct File {
    pub(super) bytes: Bytes,
    pub(super) content_type: &'static str,
    pub(super) etag: String,
}

/// What the API answers a request with.
pub(super) enum Answer {
    Operation(Value),
    Scripted(Reply, Value),
    NotFound,
}

impl State {
    pub(super) fn new(cdn: SocketAddr) -> Self {
        Self {
            cdn,
            epoch: (Instant::now(), SystemTime::now()),
            operations: Mutex::default(),
            files: Mutex::default(),
            faults: Mutex::default(),
            expired: Mutex::default(),
            api_requests: Record::default(),
            cdn_requests: Record::default(),
        }
    }

    pub(super) fn add(&self, script: Script) -> String {
        let made = files::made_for(self, script.subject);
        let mut operations = locked(&self.operations);
        let id = format!("op_{:04}", operations.len() + 1);
        let operation = Operation { script, added: Instant::now(), replies_given: 0, made };
        operations.insert(id.clone(), operation);
        id
    }

    pub(super) fn add_file(&self, name: &str, content_type: &'static str, bytes: Bytes) -> String {
        let hash = hex(&Sha256::digest(&bytes)[..16]);
        let path = format!("/assets/{hash}/{name}");
        let file = File { bytes, content_type, etag: format!("\"{hash}\"") };
        locked(&self.files).insert(path.clone(), file);
        format!("http://{}{path}", self.cdn)
    }

    pub(super) fn file(&self, path: &str) -> Option<File> {
        locked(&self.files).get(path).cloned()
    }

    pub(super) fn add_fault(&self, url: &str, fault: Fault) {
        locked(&self.faults).add(self.path(url), fault);
    }

    pub(super) fn next_fault(&self, path: &str) -> Option<Fault> {
        locked(&self.faults).next(path)
    }

    /// The path of a file in its URL; a path is its own.
    fn path<'a>(&self, url: &'a str) -> &'a str {
        let path = url.strip_prefix(&format!("http://{}", self.cdn)).unwrap_or(url);
        path.split('?').next().unwrap_or_default()
    }

    /// From now on the URL of a file needs another signature.
    pub(super) fn expire(&self, path: &str) {
        *locked(&self.expired).entry(path.to_owned()).or_default() += 1;
    }

    /// Whether a file may be read with this query.
    pub(super) fn is_signed(&self, path: &str, query: Option<&str>) -> bool {
        let expired = locked(&self.expired);
        expired.get(path).is_none_or(|times| query == Some(signature(*times).as_str()))
    }

    /// The same with fresh URLs in place of those that have expired.
    fn signed(&self, value: &Value) -> Value {
        match value {
            Value::String(url) => match locked(&self.expired).get(self.path(url)) {
                Some(times) => format!("{}?{}", url.split('?').next().unwrap_or_default(), signature(*times)).into(),
                None => value.clone(),
            },
            Value::Object(fields) => fields.iter().map(|(name, value)| (name.clone(), self.signed(value))).collect(),
            other => other.clone(),
        }
    }

    /// What a request for an operation is answered with now.
    pub(super) fn answer(&self, id: &str) -> Answer {
        let mut operations = locked(&self.operations);
        let Some(operation) = operations.get_mut(id) else {
            return Answer::NotFound;
        };
        let given = operation.replies_given;
        operation.replies_given += 1;
        match &operation.script.play {
            Play::Timeline(timeline) => Answer::Operation(self.at_now(id, operation, timeline)),
            Play::Replies(replies) => {
                let Some(reply) = replies.get(given).or(replies.last()) else {
                    return Answer::NotFound;
                };
                let status = match &reply.body {
                    Body::Operation(status) => status,
                    Body::Text(_) | Body::Problem => "running",
                };
                let body = self.operation(id, operation, status, operation.added);
                Answer::Scripted(reply.clone(), body)
            }
        }
    }

    /// An operation that plays a timeline, as it is now.
    pub(super) fn now(&self, id: &str) -> Option<Value> {
        let operations = locked(&self.operations);
        let operation = operations.get(id)?;
        match &operation.script.play {
            Play::Timeline(timeline) => Some(self.at_now(id, operation, timeline)),
            Play::Replies(_) => None,
        }
    }

    fn at_now(&self, id: &str, operation: &Operation, timeline: &[(String, Duration)]) -> Value {
        let mut left = operation.added.elapsed();
        let mut updated = operation.added;
        let mut current = "queued";
        for (index, (status, duration)) in timeline.iter().enumerate() {
            current = status;
            if left < *duration || index + 1 == timeline.len() {
                break;
            }
            left -= *duration;
            updated += *duration;
        }
        self.operation(id, operation, current, updated)
    }

    fn operation(&self, id: &str, operation: &Operation, status: &str, updated: Instant) -> Value {
        let script = &operation.script;
        let (kind, resource) = match script.subject {
            ScriptSubject::World => ("world_generation", "world"),
            ScriptSubject::Model => ("model_generation", "model"),
            ScriptSubject::Conversion => ("model_conversion", "model"),
        };
        let generates = script.subject != ScriptSubject::Conversion;
        let resource_id = id.replace("op_", "res_");
        let mut body = json!({
            "object": "operation",
            "id": id,
            "type": kind,
            "generationMode": "auto",
            "status": status,
            "prompt": generates.then_some("a brass lamp on a desk"),
            "generationPreset": generates.then_some("standard"),
            "generationModel": generates.then_some("simulated"),
            "optimizationLevel": null,
            "resource": {"type": resource, "id": resource_id},
            "mintUrl": format!("https://mint.gg/simulator/{resource_id}"),
            "assets": null,
            "conversion": null,
            "createdAt": self.time(operation.added),
            "updatedAt": self.time(updated),
        });
        let finished = matches!(status, "succeeded" | "partially_succeeded");
        for (field, value) in &operation.made {
            if finished {
                body[*field] = self.signed(value);
            } else if *field == "assets" && status == "preview_ready" {
                body["assets"] = only_preview(value);
            }
        }
        if finished || status == "failed" {
            body["completedAt"] = self.time(updated).into();
        }
        if status == "canceled" {
            body["canceledAt"] = self.time(updated).into();
        }
        for (field, value) in &script.changes {
            if field != "error" || status == "failed" {
                body[field] = value.clone();
            }
        }
        body
    }

    /// A time of tokio's clock as the API writes it.
    fn time(&self, instant: Instant) -> String {
        let time = self.epoch.1 + instant.saturating_duration_since(self.epoch.0);
        mint_api::Timestamp::from(time).to_string()
    }
}

/// The assets while only the preview is made: every key is there, as the API has it, the others null.
fn only_preview(assets: &Value) -> Value {
    let keys = assets.as_object().into_iter().flatten();
    keys.map(|(key, value)| (key.clone(), if key == "previewImageUrl" { value.clone() } else { Value::Null })).collect()
}

fn signature(times: u32) -> String {
    format!("signature={times}")
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
