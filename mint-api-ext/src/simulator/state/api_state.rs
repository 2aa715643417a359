//! The state of the API.

use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::Value;

use super::environment::Environment;
use super::result_files;
use super::store::Store;
use crate::simulator::http::RequestLog;
use crate::simulator::scripts::{Play, Script};

/// The state that the requests of the API share.
#[derive(Debug)]
pub(crate) struct ApiState {
    pub(crate) environment: Environment,
    pub(crate) requests: RequestLog,
    store: Mutex<Store>,
}

impl ApiState {
    pub(crate) fn new(environment: Environment, store: Store) -> Self {
        Self { environment, requests: RequestLog::default(), store: Mutex::new(store) }
    }

    /// Locks the store. Code that also locks the CDN's files must lock the store first.
    pub(crate) fn store(&self) -> MutexGuard<'_, Store> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds an operation that plays a script, and returns its id.
    pub(crate) fn add(&self, script: Script) -> String {
        let kind = script.kind;
        self.store().add(script, |id| result_files::results(self.environment.files.of(id), kind))
    }

    /// The current body of an operation that plays a timeline; `None` for any other id.
    pub(crate) fn operation(&self, id: &str) -> Option<Value> {
        let store = self.store();
        let operation = store.operations.get(id)?;
        match &operation.script.play {
            Play::Timeline(_) => Some(operation.body(&self.environment)),
            Play::Replies(_) => None,
        }
    }
}
