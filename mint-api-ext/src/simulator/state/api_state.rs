//! What the simulator knows: the time, what the API remembers, and files.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::Value;

use super::result_files;
use super::store::Store;
use super::time::Time;
use crate::simulator::SimulatorBuilder;
use crate::simulator::cdn::Files;
use crate::simulator::http::RequestLog;
use crate::simulator::scripts::{Play, Script};

#[derive(Debug)]
pub(crate) struct State {
    pub(crate) files: Arc<Files>,
    pub(crate) time: Time,
    pub(crate) gates: Gates,
    store: Mutex<Store>,
    pub(crate) api_requests: RequestLog,
}

/// What a look at an operation shows right after it was approved, revised or resumed.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) enum Gates {
    #[default]
    Passed,
    /// The first look still shows the gate.
    Lingering,
}

impl State {
    pub(crate) fn new(files: Arc<Files>, settings: &SimulatorBuilder) -> Self {
        Self {
            files,
            time: Time::new(settings.speed),
            gates: settings.gates,
            store: Mutex::new(Store::new(settings.credits)),
            api_requests: RequestLog::default(),
        }
    }

    /// What the API remembers. It is locked before files and expiries are.
    pub(crate) fn store(&self) -> MutexGuard<'_, Store> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn add(&self, script: Script) -> String {
        let made = result_files::made_for(self, script.kind);
        self.store().add(script, made)
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
