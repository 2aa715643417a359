//! What the simulator knows: the time, what the API remembers, and files.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::download::hex;
use crate::simulator::SimulatorBuilder;
use crate::simulator::cdn::fault::{Fault, Faults};
use crate::simulator::http::recorded_request::Record;
use crate::simulator::scripts::script::{Play, Script};
use crate::simulator::state::result_files;
use crate::simulator::state::store::Store;
use crate::simulator::state::time::Time;

#[derive(Debug)]
pub(crate) struct State {
    cdn: SocketAddr,
    pub(crate) time: Time,
    pub(crate) gates: Gates,
    store: Mutex<Store>,
    files: Mutex<HashMap<String, File>>,
    faults: Mutex<Faults>,
    /// How often the URL of a file has expired, by its path.
    expired: Mutex<HashMap<String, u32>>,
    pub(crate) api_requests: Record,
    pub(crate) cdn_requests: Record,
}

/// What a look at an operation shows right after it was approved, revised or resumed.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) enum Gates {
    #[default]
    Passed,
    /// The first look still shows the gate.
    Lingering,
}

/// A file of the CDN.
#[derive(Clone, Debug)]
pub(crate) struct File {
    pub(crate) bytes: Bytes,
    pub(crate) content_type: &'static str,
    pub(crate) etag: String,
}

impl State {
    pub(crate) fn new(cdn: SocketAddr, settings: &SimulatorBuilder) -> Self {
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
    pub(crate) fn store(&self) -> MutexGuard<'_, Store> {
        locked(&self.store)
    }

    pub(crate) fn add(&self, script: Script) -> String {
        let made = result_files::made_for(self, script.subject);
        self.store().add(script, made)
    }

    pub(crate) fn add_file(&self, name: &str, content_type: &'static str, bytes: Bytes) -> String {
        let hash = hex(&Sha256::digest(&bytes)[..16]);
        let path = format!("/assets/{hash}/{name}");
        let file = File { bytes, content_type, etag: format!("\"{hash}\"") };
        locked(&self.files).insert(path.clone(), file);
        format!("http://{}{path}", self.cdn)
    }

    pub(crate) fn file(&self, path: &str) -> Option<File> {
        locked(&self.files).get(path).cloned()
    }

    pub(crate) fn add_fault(&self, url: &str, fault: Fault) {
        locked(&self.faults).add(self.path(url), fault);
    }

    pub(crate) fn next_fault(&self, path: &str) -> Option<Fault> {
        locked(&self.faults).next(path)
    }

    /// The path of a file in its URL; a path is its own.
    pub(crate) fn path<'a>(&self, url: &'a str) -> &'a str {
        let path = url.strip_prefix(&format!("http://{}", self.cdn)).unwrap_or(url);
        path.split('?').next().unwrap_or_default()
    }

    /// From now on the URL of a file needs another signature.
    pub(crate) fn expire(&self, path: &str) {
        *locked(&self.expired).entry(path.to_owned()).or_default() += 1;
    }

    /// Whether a file may be read with this query.
    pub(crate) fn is_signed(&self, path: &str, query: Option<&str>) -> bool {
        let expired = locked(&self.expired);
        expired.get(path).is_none_or(|times| query == Some(signature(*times).as_str()))
    }

    /// The same with fresh URLs in place of those that have expired.
    pub(crate) fn signed(&self, value: &Value) -> Value {
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
    pub(crate) fn now(&self, id: &str) -> Option<Value> {
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
