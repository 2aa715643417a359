//! What the simulator knows: the time, what the API remembers, and files.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::SimulatorBuilder;
use super::fault::{Fault, Faults};
use super::files;
use super::record::Record;
use super::script::{Play, Script};
use super::store::Store;
use super::time::Time;
use crate::download::hex;

#[derive(Debug)]
pub(super) struct State {
    cdn: SocketAddr,
    pub(super) time: Time,
    pub(super) gates: Gates,
    store: Mutex<Store>,
    files: Mutex<HashMap<String, File>>,
    faults: Mutex<Faults>,
    /// How often the URL of a file has expired, by its path.
    expired: Mutex<HashMap<String, u32>>,
    pub(super) api_requests: Record,
    pub(super) cdn_requests: Record,
}

/// What a look at an operation shows right after it was approved, revised or resumed.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) enum Gates {
    #[default]
    Passed,
    /// The first look still shows the gate.
    Lingering,
}

/// A file of the CDN.
#[derive(Clone, Debug)]
pub(super) struct File {
    pub(super) bytes: Bytes,
    pub(super) content_type: &'static str,
    pub(super) etag: String,
}

impl State {
    pub(super) fn new(cdn: SocketAddr, settings: &SimulatorBuilder) -> Self {
        Self {
            cdn,
            time: Time::new(settings.speed),
            gates: settings.gates,
            store: Mutex::new(Store::new(settings.credits)),
            files: Mutex::default(),
            faults: Mutex::default(),
            expired: Mutex::default(),
            api_requests: Record::default(),
            cdn_requests: Record::default(),
        }
    }

    /// What the API remembers. It is locked before files and expiries are.
    pub(super) fn store(&self) -> MutexGuard<'_, Store> {
        locked(&self.store)
    }

    pub(super) fn add(&self, script: Script) -> String {
        let made = files::made_for(self, script.subject);
        self.store().add(script, made)
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
    pub(super) fn path<'a>(&self, url: &'a str) -> &'a str {
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
    pub(super) fn signed(&self, value: &Value) -> Value {
        match value {
            Value::String(url) => match locked(&self.expired).get(self.path(url)) {
                Some(times) => format!("{}?{}", url.split('?').next().unwrap_or_default(), signature(*times)).into(),
                None => value.clone(),
            },
            Value::Object(fields) => fields.iter().map(|(name, value)| (name.clone(), self.signed(value))).collect(),
            Value::Array(items) => items.iter().map(|item| self.signed(item)).collect(),
            other => other.clone(),
        }
    }

    /// An operation that plays a timeline, as it is now.
    pub(super) fn now(&self, id: &str) -> Option<Value> {
        let store = self.store();
        let operation = store.operations.get(id)?;
        match &operation.script.play {
            Play::Timeline(_) => Some(operation.body(self)),
            Play::Replies(_) => None,
        }
    }
}

fn signature(times: u32) -> String {
    format!("signature={times}")
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
